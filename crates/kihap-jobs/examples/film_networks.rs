//! Trains the networks on films alone and says how often they are right. `cargo run --release -p kihap-jobs --example film_networks --
//! FOLDER FILMS EPOCHS WIDTH`.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use kihap_coach::synth::SynthCourse;
use kihap_jobs::builtin::{FilmOptions, film_examples, train_on_films};
use kihap_syllabus::Syllabus;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let syllabus = Syllabus::embedded()?;
    let options = FilmOptions { films: args[2].parse()?, epochs: args[3].parse()?, width: args[4].parse()?, seed: 7 };
    let start = Instant::now();
    let examples = film_examples(&syllabus, &options)?;
    println!("{} examples, {:.0} s", examples.len(), start.elapsed().as_secs_f64());
    for course in [SynthCourse::Techniques, SynthCourse::Stances] {
        let model = train_on_films(&syllabus, course, &examples, &options, &mut |record| {
            println!("{record:?} {:.0} s", start.elapsed().as_secs_f64());
            ControlFlow::Continue(())
        })?;
        println!("{} {:?}", course.name(), model.metrics.evaluations.first().map(|e| e.accuracy));
        model.save(&Path::new(&args[1]).join(format!("film-{}", course.name())))?;
    }
    Ok(())
}
