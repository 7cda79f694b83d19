//! Draws a performance as a sheet of small pictures, row by row: `draw_performance FORM SECTION|all FILE.png [SEED] [FPS] [AZIMUTH]`.

use std::path::PathBuf;

use glam::Vec3;
use image::{RgbImage, imageops};
use kihap_coach::figure::{Actor, draw};
use kihap_coach::performance::{Manner, Performance, Shoot};
use kihap_syllabus::Syllabus;

/// Pictures in a row.
const ROW: u32 = 12;
const EDGE: u32 = 150;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let mut next = |what: &str| args.next().ok_or_else(|| format!("{what} is missing; see the top of this file"));
    let (form, section, file) = (next("FORM")?, next("SECTION")?, PathBuf::from(next("FILE")?));
    let seed: u64 = next("SEED").map_or(Ok(1), |text| text.parse())?;
    let fps: f64 = next("FPS").map_or(Ok(3.0), |text| text.parse())?;
    let azimuth: f32 = next("AZIMUTH").map_or(Ok(0.0), |text| text.parse())?;
    let syllabus = Syllabus::embedded()?;
    let form = syllabus.form(&form).ok_or("no such form")?;
    let performance = Performance::of_form(&syllabus, form, section.parse().ok(), &Manner::of(seed, seed))?;
    let shoot = Shoot { width: 480, height: 480, distance: 3.0, roll_deg: 0.0, ..Shoot::of(seed) };
    let fixed = shoot.from_azimuth(azimuth).camera(&performance);
    let count = (performance.seconds() * fps) as u32;
    let mut sheet = RgbImage::new(ROW * EDGE, count.div_ceil(ROW) * EDGE);
    for number in 0..count {
        let seconds = f64::from(number) / fps;
        let joints = performance.joints_at(seconds);
        // The camera goes along, so that the figure stays large.
        let along = joints.hip_centre.with_y(0.0);
        let away = (fixed.place - along).with_y(0.0).normalize_or(Vec3::Z) * 3.2;
        let place = along + away + Vec3::Y * 1.2;
        let turned = fixed_turn(away);
        let camera = kihap_coach::camera::Camera::towards(480, 480, 620.0, turned * (place - along), Vec3::Y * 0.85);
        let mut own = joints;
        own.points = own.points.map(|point| turned * (point - along));
        for centre in [&mut own.hip_centre, &mut own.shoulder_centre, &mut own.head_centre] {
            *centre = turned * (*centre - along);
        }
        for frame in [&mut own.pelvis, &mut own.chest, &mut own.head] {
            *frame = turned * *frame;
        }
        let actor = Actor {
            body: *performance.body(),
            joints: own,
            person_seed: performance.person_seed(),
            heading_deg: 0.0,
            tip_deg: [0.0; 2],
            place: Vec3::ZERO,
        };
        let picture = draw(&actor, &camera, seed);
        let small = imageops::thumbnail(&picture, EDGE, EDGE);
        imageops::replace(&mut sheet, &small, i64::from(number % ROW * EDGE), i64::from(number / ROW * EDGE));
    }
    sheet.save(&file)?;
    for step in performance.steps() {
        println!("{:?} {:.2} {:.2} {:?}", step.step, step.start, step.end, step.techniques.last().map(|t| &t.id));
    }
    Ok(())
}

/// Turns the floor so that the camera stands at +z, where the room has its open side.
fn fixed_turn(away: Vec3) -> glam::Mat3 {
    glam::Mat3::from_rotation_y(-away.x.atan2(away.z))
}
