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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::performance::{Manner, Phase};
    use kihap_syllabus::Syllabus;

    fn performance() -> Performance {
        let syllabus = Syllabus::embedded().unwrap();
        let form = syllabus.form("taegeuk_1").unwrap();
        Performance::of_form(&syllabus, form, Some(1), &Manner::of(4, 4)).unwrap()
    }

    #[test]
    fn the_same_seed_gives_the_same_film() {
        let (performance, errors) = (performance(), ErrorModel::measured().unwrap());
        let shoot = Shoot::of(3);
        let film = |seed: u64| super::film(&performance, &shoot, &errors, seed);
        let poses = |film: &Film| film.frames.iter().map(|frame| frame.pose.clone()).collect::<Vec<_>>();
        assert_eq!(poses(&film(1)), poses(&film(1)));
        assert_ne!(poses(&film(1)), poses(&film(2)));
        let frames = film(1).frames;
        let rate = (frames.len() - 1) as f64 / frames[frames.len() - 1].seconds;
        assert!((rate - f64::from(shoot.frames_per_second)).abs() < 0.1, "{rate}");
    }

    #[test]
    fn the_heading_is_that_of_the_camera() {
        let (performance, none) = (performance(), ErrorModel::none());
        for azimuth in [0.0, 90.0, 200.0, 310.0] {
            let shoot = Shoot { distance: 5.0, ..Shoot::of(3) }.from_azimuth(azimuth);
            for frame in super::film(&performance, &shoot, &none, 1).frames {
                if frame.truth.phase != Phase::Ready {
                    continue;
                }
                let off = (frame.heading_to_camera_deg + azimuth + 180.0).rem_euclid(360.0) - 180.0;
                assert!(off.abs() < 25.0, "{azimuth}: {off}");
                // Facing the camera the left shoulder is at the picture's right.
                let pose = frame.pose.unwrap();
                let left = pose.landmarks[11].x - pose.landmarks[12].x;
                let wanted = frame.heading_to_camera_deg.to_radians().cos();
                assert!(wanted.abs() < 0.5 || left.signum() == wanted.signum(), "{azimuth}: {left} {wanted}");
            }
        }
    }

    #[test]
    fn cameras_of_most_seeds_see_the_whole_performance() {
        let performance = performance();
        let shares: Vec<f32> = (0..24)
            .map(|seed| {
                let film = super::film(&performance, &Shoot::of(seed), &ErrorModel::none(), seed);
                let poses = film.frames.iter().filter_map(|frame| frame.pose.as_ref());
                let landmarks: Vec<f32> = poses.flat_map(|pose| pose.landmarks.iter().map(|l| l.visibility)).collect();
                landmarks.iter().sum::<f32>() / landmarks.len() as f32
            })
            .collect();
        let whole = shares.iter().filter(|share| **share > 0.97).count();
        assert!((12..24).contains(&whole), "{shares:?}");
        assert!(shares.iter().all(|share| *share > 0.3), "{shares:?}");
    }
}
