//! Draws the stills that built-in models are trained from, lets BlazePose look at them and writes what it finds, for looking into:
//! `cargo run --release -p kihap-coach --example estimate -- SHARE FIRST_SEED PART PARTS OUT`. OUT.jsonl says what is shown; a
//! record of OUT.bin is: found, then 33×3 true world coordinates, 33×3 estimated ones, 33×4 landmarks (x, y, visibility,
//! presence), all f32.

use std::fs::File;
use std::io::{BufWriter, Write};

use kihap_coach::synth::{Plan, StillMaker};
use kihap_syllabus::Syllabus;
use kihap_vision::estimators::EstimatorName;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [share, first, part, parts, out] = &arguments[..] else { return Err("SHARE FIRST_SEED PART PARTS OUT".into()) };
    let (part, parts): (usize, usize) = (part.parse()?, parts.parse()?);
    let syllabus = Syllabus::embedded()?;
    let maker = StillMaker::new(&syllabus);
    let mut estimator = EstimatorName::default().open(1)?;
    let mut numbers = BufWriter::new(File::create(format!("{out}.bin"))?);
    let mut shown = BufWriter::new(File::create(format!("{out}.jsonl"))?);
    let shots = Plan::BUILTIN.share(share.parse()?).shots(&syllabus, first.parse()?);
    let (mut found, mut count) = (0, 0);
    for (shot, seed) in shots.iter().skip(part).step_by(parts) {
        let (picture, still) = maker.draw(shot, *seed);
        let pose = estimator.estimate(&picture)?.into_iter().next();
        (found, count) = (found + usize::from(pose.is_some()), count + 1);
        let mut record = vec![f32::from(u8::from(pose.is_some()))];
        record.extend(still.truth.map_or(vec![0.0; 99], |p| p.world.concat()));
        match &pose {
            Some(pose) => {
                record.extend(pose.world.concat());
                record.extend(pose.landmarks.iter().flat_map(|l| [l.x, l.y, l.visibility, l.presence]));
            }
            None => record.extend(vec![0.0; 99 + 132]),
        }
        for value in record {
            numbers.write_all(&value.to_le_bytes())?;
        }
        writeln!(shown, "{}", serde_json::to_string(&still.shown)?)?;
    }
    println!("{found} of {count} found");
    Ok(())
}
