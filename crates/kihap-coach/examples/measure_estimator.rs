//! What BlazePose makes of figures whose joints are known: `measure_estimator DIR [SCENES] [SEED]`.
//!
//! Draws scenes at every turn of the body, asks the full network, and writes one line a joint into `DIR/estimates.csv`.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use kihap_coach::figure::{Motion, Scene, render_turned};
use kihap_syllabus::Side;
use kihap_vision::PoseEstimator;
use kihap_vision::blazepose::{BlazePose, Complexity};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("usage: measure_estimator DIR [SCENES] [SEED]")?);
    let count: u32 = args.next().map_or(Ok(480), |text| text.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    fs::create_dir_all(&folder)?;
    let mut estimator = BlazePose::open(Complexity::Full, 1)?;
    let mut table = String::from("scene,motion,side,turn,found,joint,tx,ty,ex,ey,visibility,twx,twy,twz,ewx,ewy,ewz\n");
    let motions: Vec<Motion> = Motion::ALL.iter().map(|(motion, _)| *motion).filter(|m| *m != Motion::Nobody).collect();
    for index in 0..count {
        let motion = motions[index as usize % motions.len()];
        let side = Side::BOTH[index as usize / motions.len() % 2];
        let turn = (index as f32 * 137.508) % 360.0;
        let person_seed = seed * 1000 + u64::from(index / 6);
        let session_seed = seed * 1000 + u64::from(index / 3);
        let scene = Scene { motion, side, person_seed, session_seed, frame: index };
        let drawing = render_turned(&scene, turn);
        let Some(truth) = drawing.pose else { continue };
        let found = estimator.estimate(&drawing.picture)?.into_iter().next();
        for joint in 0..33 {
            let (t, tw) = (truth.landmarks[joint], truth.world[joint]);
            write!(
                table,
                "{index},{},{},{turn:.1},{},{joint},{:.2},{:.2}",
                motion.id(),
                side.id(),
                u8::from(found.is_some()),
                t.x,
                t.y
            )?;
            let (e, ew) = found.as_ref().map_or((t, tw), |pose| (pose.landmarks[joint], pose.world[joint]));
            write!(table, ",{:.2},{:.2},{:.4}", e.x, e.y, e.visibility)?;
            for value in tw.into_iter().chain(ew) {
                write!(table, ",{value:.4}")?;
            }
            table.push('\n');
        }
    }
    fs::write(folder.join("estimates.csv"), table)?;
    Ok(())
}
