//! Every technique of the syllabus at its targets, drawn from the front and from an angle: `cargo run --release -p kihap-coach
//! --example contact_sheet -- OUT.png [SPREAD] [FILTER]`.

use glam::Vec3;
use image::{RgbImage, imageops};
use kihap_coach::camera::Camera;
use kihap_coach::figure::{Actor, draw};
use kihap_coach::kinematics::{Body, Joints};
use kihap_coach::postures::Demand;
use kihap_syllabus::{Handedness, Kind, Side, Syllabus};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = arguments.first().ok_or("give the picture to write")?;
    let spread: f32 = arguments.get(1).map_or(Ok(0.0), |text| text.parse())?;
    let filter = arguments.get(2).map_or("", String::as_str);
    let syllabus = Syllabus::embedded()?;
    let techniques: Vec<_> = syllabus.techniques().iter().filter(|t| t.id.contains(filter)).collect();
    let (width, height, columns) = (150_u32, 200_u32, 6_u32);
    let rows = (techniques.len() as u32).div_ceil(columns);
    let mut sheet = RgbImage::new(width * 2 * columns, height * rows);
    for (index, technique) in techniques.iter().enumerate() {
        let sided = technique.handedness == Handedness::Sided;
        let side = sided.then_some(Side::Left);
        let stance_only = technique.kind == Kind::Stance;
        let demand = Demand {
            technique: (!stance_only).then_some(*technique),
            side: if stance_only { None } else { side },
            stance: stance_only.then_some(*technique),
            lead: if stance_only { Some(Side::Left) } else { None },
        };
        let posture = demand.show(index as u64, spread);
        let body = Body { stature: 1.7, ..Body::MEAN }.scaled();
        for (view, heading_deg) in [0.0_f32, 50.0].into_iter().enumerate() {
            let actor = Actor {
                joints: Joints::of(&body, &posture),
                body,
                person_seed: 4,
                heading_deg,
                tip_deg: [0.0; 2],
                place: Vec3::ZERO,
            };
            let camera = Camera::towards(width, height, 260.0, Vec3::new(0.0, 1.1, 3.0), Vec3::new(0.0, 0.9, 0.0));
            let picture = draw(&actor, &camera, 3);
            let (column, row) = (index as u32 % columns, index as u32 / columns);
            let x = (column * 2 + view as u32) * width;
            imageops::replace(&mut sheet, &picture, i64::from(x), i64::from(row * height));
        }
        println!("{} {} {}", index as u32 / columns, index as u32 % columns, technique.id);
    }
    sheet.save(path)?;
    Ok(())
}
