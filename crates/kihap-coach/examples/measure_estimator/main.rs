//! What BlazePose makes of figures whose joints are known, beside what `degrade/errors.toml` says it makes of them:
//! `measure_estimator DIR [SCENES] [SEED]`.
//!
//! Draws techniques and everyday postures at every turn of the body, a third of them too near for the whole body, asks the
//! full network, writes one line a joint into `DIR/estimates.csv`, and prints the tables that `errors.toml` rests on: first
//! the estimator's, then the same of the model.

mod tables;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use glam::{Mat3, Vec3};
use kihap_coach::camera::Camera;
use kihap_coach::degrade::ErrorModel;
use kihap_coach::figure::{Actor, draw};
use kihap_coach::kinematics::{Body, Joints, Posture};
use kihap_coach::postures::Demand;
use kihap_syllabus::{Handedness, Kind, Side, Syllabus, Technique};
use kihap_vision::Pose;
use kihap_vision::PoseEstimator;
use kihap_vision::blazepose::{BlazePose, Complexity};

use tables::Pair;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("usage: measure_estimator DIR [SCENES] [SEED]")?);
    let count: u64 = args.next().map_or(Ok(600), |text| text.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    fs::create_dir_all(&folder)?;
    let syllabus = Syllabus::embedded()?;
    let model = ErrorModel::measured()?;
    let mut estimator = BlazePose::open(Complexity::Full, 1)?;
    let mut pairs = Vec::new();
    for index in 0..count {
        let scene = Scene::of(&syllabus, seed * 100_000 + index);
        let truth = scene.camera.sees(&scene.points());
        let picture = draw(&scene.actor, &scene.camera, scene.session_seed);
        let found = estimator.estimate(&picture)?.into_iter().next();
        pairs.push(Pair { name: scene.name.clone(), truth, found });
    }
    write_estimates(&folder.join("estimates.csv"), &pairs)?;
    println!("# BlazePose full, {count} figures\n{}", tables::of(&pairs));
    let modelled: Vec<Pair> = pairs
        .iter()
        .zip(0..)
        .map(|(pair, seed)| Pair { found: model.degrade(&pair.truth, seed), ..pair.clone() })
        .collect();
    println!("# errors.toml on the same figures\n{}", tables::of(&modelled));
    Ok(())
}

/// Somebody before a camera.
struct Scene {
    name: String,
    actor: Actor,
    camera: Camera,
    session_seed: u64,
}

/// Even numbers from 0 to 1 that follow from a seed and a topic's number (splitmix64).
fn even(seed: u64, topic: u64) -> f32 {
    let mut x = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(topic.wrapping_mul(0xd1b5_4a32_d192_ed03));
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 40) as f32 / 16_777_216.0
}

impl Scene {
    fn of(syllabus: &Syllabus, seed: u64) -> Self {
        let between = |topic: u64, low: f32, high: f32| low + (high - low) * even(seed, topic);
        let shown: Vec<&Technique> = syllabus.techniques().iter().filter(|t| t.kind != Kind::Stance).collect();
        let technique = shown[(even(seed, 1) * shown.len() as f32) as usize % shown.len()];
        let side = if even(seed, 2) < 0.5 { Side::Left } else { Side::Right };
        let stances = ["walking_stance", "front_stance", "back_stance", "horse_riding_stance", "parallel_stance"];
        let stance = syllabus.technique(stances[(even(seed, 3) * 5.0) as usize % 5]);
        let demand = Demand {
            technique: Some(technique),
            side: (technique.handedness == Handedness::Sided).then_some(side),
            stance: stance.filter(|_| technique.kind != Kind::Kick && technique.kind != Kind::Ready),
            lead: Some(if even(seed, 4) < 0.5 { Side::Left } else { Side::Right }),
        };
        // Between techniques people stand, and are on their way.
        let end = demand.show(seed, 0.8);
        let posture = if even(seed, 5) < 0.25 { end.between(&Posture::upright(), even(seed, 6)) } else { end };
        let person_seed = seed / 5;
        let body = Body::of(person_seed);
        let actor = Actor {
            body,
            joints: Joints::of(&body, &posture),
            person_seed,
            heading_deg: between(7, 0.0, 360.0),
            tip_deg: [0.0; 2],
            place: Vec3::ZERO,
        };
        let (width, height) = if even(seed, 8) < 0.5 { (480, 640) } else { (640, 480) };
        let near = even(seed, 9) < 0.33;
        let share = if near { between(10, 0.9, 1.6) } else { between(10, 0.45, 0.75) };
        let distance = between(11, 2.0, 5.0);
        let focal = share * height as f32 * distance / body.stature;
        let place = Vec3::new(between(12, -0.3, 0.3), between(13, 0.5, 1.8), distance);
        let target = Vec3::new(between(14, -0.1, 0.1), between(15, 0.4, 0.65), 0.0) * body.stature;
        let camera = Camera::towards(width, height, focal, place, target);
        Self { name: technique.id.clone(), actor, camera, session_seed: seed / 3 }
    }

    fn points(&self) -> [Vec3; 33] {
        // Clockwise from above is a negative turn about y.
        let turn = Mat3::from_rotation_y(-self.actor.heading_deg.to_radians());
        self.actor.joints.points.map(|point| turn * point + self.actor.place)
    }
}

fn write_estimates(path: &Path, pairs: &[Pair]) -> Result<(), Box<dyn std::error::Error>> {
    let mut table = String::from("scene,motion,found,joint,tx,ty,ex,ey,visibility,twx,twy,twz,ewx,ewy,ewz\n");
    for (index, pair) in pairs.iter().enumerate() {
        let found: &Pose = pair.found.as_ref().unwrap_or(&pair.truth);
        for joint in 0..33 {
            let (t, e) = (&pair.truth.landmarks[joint], &found.landmarks[joint]);
            write!(table, "{index},{},{},{joint}", pair.name, u8::from(pair.found.is_some()))?;
            write!(table, ",{:.2},{:.2},{:.2},{:.2},{:.4}", t.x, t.y, e.x, e.y, e.visibility)?;
            for value in pair.truth.world[joint].into_iter().chain(found.world[joint]) {
                write!(table, ",{value:.4}")?;
            }
            table.push('\n');
        }
    }
    fs::write(path, table)?;
    Ok(())
}
