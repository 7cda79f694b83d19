//! Trains a built-in model and shows what it says about labelled stills: `cargo run --release -p kihap-jobs --example
//! builtin_lab -- COURSE OUT PER_CLASS EPOCHS [STILLS.csv]`.

use std::ops::ControlFlow;
use std::path::Path;

use kihap_coach::synth::SynthCourse;
use kihap_jobs::builtin::{BuiltinOptions, train_builtin};
use kihap_syllabus::Syllabus;
use kihap_vision::estimators::EstimatorName;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [course, out, per_class, epochs] = &arguments[..4] else { return Err("COURSE OUT PER_CLASS EPOCHS".into()) };
    let course = SynthCourse::ALL.into_iter().find(|c| c.name() == course).ok_or("no such course")?;
    let syllabus = Syllabus::embedded()?;
    let estimator = EstimatorName::default().open(2)?.settings();
    let options =
        BuiltinOptions { per_class: per_class.parse()?, epochs: epochs.parse()?, ..BuiltinOptions::default() };
    let model = train_builtin(&syllabus, course, estimator, &options, &mut |record| {
        let validation = record.validation.as_ref().map_or(0.0, |v| v.accuracy);
        eprintln!("{} {:.3} {:.3} {:.1} s", record.epoch, record.training.accuracy, validation, record.seconds);
        ControlFlow::Continue(())
    })?;
    model.save(Path::new(out))?;
    Ok(())
}
