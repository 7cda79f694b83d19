//! A performance as an estimator sees it, frame by frame.

use kihap_vision::Pose;

use super::moving::Performance;
use super::shoot::Shoot;
use super::truth::Truth;
use crate::camera::Camera;
use crate::degrade::{Degrader, ErrorModel};

/// One frame.
#[derive(Debug, Clone)]
pub struct FilmFrame {
    /// Seconds from the start.
    pub seconds: f64,
    /// What the estimator gives; `None` where it finds nobody.
    pub pose: Option<Pose>,
    /// What is true.
    pub truth: Truth,
    /// Which way the body faces as the camera sees it, degrees in 0..360: 0 is towards the camera, 90 turned to the own right.
    pub heading_to_camera_deg: f32,
}

/// A filmed performance.
#[derive(Debug, Clone)]
pub struct Film {
    /// Every frame in order.
    pub frames: Vec<FilmFrame>,
    /// Where the camera stood.
    pub camera: Camera,
}

/// Films a performance from start to end. The same seed gives the same film; errors follow the model, or there are none with
/// [`ErrorModel::none`].
pub fn film(performance: &Performance, shoot: &Shoot, errors: &ErrorModel, seed: u64) -> Film {
    let camera = shoot.camera(performance);
    let mut degrader = Degrader::new(errors, seed);
    let step = 1.0 / f64::from(shoot.frames_per_second.max(0.1));
    let count = (performance.seconds() / step).floor() as usize + 1;
    let frames = (0..count).map(|number| {
        let seconds = number as f64 * step;
        let joints = performance.joints_at(seconds);
        let truth = performance.labels_at(seconds);
        let pose = degrader.next(&camera.sees(&joints.points), seconds);
        let away = camera.place - joints.hip_centre;
        let azimuth = (-away.x).atan2(away.z).to_degrees();
        let heading_to_camera_deg = (truth.heading_deg - azimuth).rem_euclid(360.0);
        FilmFrame { seconds, pose, truth, heading_to_camera_deg }
    });
    Film { frames: frames.collect(), camera }
}
