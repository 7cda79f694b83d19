//! Trains one built-in model from stills drawn before: `cargo run --release -p kihap-jobs --example builtin_lab -- STILLS COURSE OUT
//! EPOCHS MEMBERS`.

use std::ops::ControlFlow;
use std::path::Path;

use kihap_coach::synth::SynthCourse;
use kihap_jobs::builtin::{BuiltinOptions, read_stills, train_builtin};
use kihap_syllabus::Syllabus;
use kihap_vision::estimators::EstimatorName;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [stills, course, out, epochs, members] = &arguments[..] else {
        return Err("STILLS COURSE OUT EPOCHS MEMBERS".into());
    };
    let course = SynthCourse::ALL.into_iter().find(|c| c.name() == course).ok_or("no such course")?;
    let syllabus = Syllabus::embedded()?;
    let estimator = EstimatorName::default().open(2)?.settings();
    let stills = read_stills(Path::new(stills), 10_000_000)?;
    let options = BuiltinOptions { epochs: epochs.parse()?, members: members.parse()?, ..BuiltinOptions::default() };
    let model = train_builtin(&syllabus, course, &stills, &estimator, &options, &mut |record| {
        let validation = record.validation.as_ref().map_or(0.0, |v| v.accuracy);
        eprintln!("{} {:.3} {:.3} {:.1} s", record.epoch, record.training.accuracy, validation, record.seconds);
        ControlFlow::Continue(())
    })?;
    model.save(Path::new(out))?;
    Ok(())
}
