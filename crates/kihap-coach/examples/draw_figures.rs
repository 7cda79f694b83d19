//! Draws figures with their true landmarks into a folder: `draw_figures DIR COUNT SEED`.
//!
//! `tools/peer_figure.py` then asks MediaPipe where it sees them.

use std::fs;
use std::path::PathBuf;

use kihap_coach::figure::{Motion, Scene, render};
use kihap_syllabus::Side;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = PathBuf::from(args.next().ok_or("usage: draw_figures DIR [COUNT] [SEED]")?);
    let count: u32 = args.next().map_or(Ok(300), |text| text.parse())?;
    let seed: u64 = args.next().map_or(Ok(1), |text| text.parse())?;
    fs::create_dir_all(&folder)?;
    let mut truth = String::from("file,motion,side,person,session,found");
    for joint in 0..33 {
        truth += &format!(",x{joint},y{joint}");
    }
    truth.push('\n');
    let mut drawing_time = std::time::Duration::ZERO;
    for index in 0..count {
        let (motion, _) = Motion::ALL[index as usize % Motion::ALL.len()];
        let side = Side::BOTH[(index as usize / Motion::ALL.len()) % 2];
        let person_seed = seed * 1000 + u64::from(index / 45);
        let session_seed = seed * 1000 + u64::from(index / 15);
        let scene = Scene { motion, side, person_seed, session_seed, frame: index };
        let started = std::time::Instant::now();
        let drawing = render(&scene);
        drawing_time += started.elapsed();
        let name = format!("{index:04}_{}.png", motion.class(Some(side)));
        drawing.picture.save(folder.join(&name))?;
        truth +=
            &format!("{name},{},{},{person_seed},{session_seed},{}", motion.id(), side.id(), drawing.pose.is_some());
        for joint in 0..33 {
            let (x, y) =
                drawing.pose.as_ref().map_or((0.0, 0.0), |pose| (pose.landmarks[joint].x, pose.landmarks[joint].y));
            truth += &format!(",{x:.2},{y:.2}");
        }
        truth.push('\n');
    }
    fs::write(folder.join("truth.csv"), truth)?;
    println!("{count} pictures, {:.1} ms each", drawing_time.as_secs_f64() * 1000.0 / f64::from(count.max(1)));
    Ok(())
}
