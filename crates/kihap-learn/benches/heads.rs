//! How long training takes: `cargo bench -p kihap-learn --bench heads`. The 6000 × 1280 problem is the size of the
//! original's.

#[path = "../tests/common/mod.rs"]
mod common;

use std::{ops::ControlFlow, time::Instant};

use common::{arm_classes, arms, network, photos, quick};
use kihap_learn::{Class, TrainOptions, fit};

fn main() {
    let classes: Vec<Class> = ["a", "b", "c"].map(Class::new).into();
    let (training, validation) = (photos(3, 2000, 1280, 0.1, 1), photos(3, 80, 1280, 0.1, 2));
    let options = TrainOptions { patience: 0, learning_rate: 1e-3, ..quick(150) };
    for head in [network("photo-softmax"), network("photo-mlp")] {
        let start = Instant::now();
        let fitted =
            fit(&head, &classes, &training, &validation, &options, &mut |_| ControlFlow::Continue(())).unwrap();
        let seconds = start.elapsed().as_secs_f64();
        let steps = 150 * 6000usize.div_ceil(32);
        println!(
            "{}: 6000 x 1280, batch 32, 150 epochs: {seconds:.1} s, {:.3} ms a step, validation accuracy {:.3}",
            head.entry.name,
            seconds / steps as f64 * 1000.0,
            fitted.history[fitted.best_epochs[0] - 1].validation.unwrap().accuracy
        );
    }
    let (training, validation) = (arms(700, 8.0, 1), arms(40, 8.0, 2));
    let options = TrainOptions { patience: 0, ..TrainOptions::default() };
    for head in [network("landmark-softmax"), network("landmark-mlp")] {
        let start = Instant::now();
        let fitted =
            fit(&head, &arm_classes(), &training, &validation, &options, &mut |_| ControlFlow::Continue(())).unwrap();
        println!("{}: 2100 skeletons, augmented, 150 epochs: {:.1} s", head.entry.name, start.elapsed().as_secs_f64());
        let start = Instant::now();
        for example in validation.iter().cycle().take(1000) {
            fitted.network.log_probabilities(std::slice::from_ref(example)).unwrap();
        }
        println!("{}: one prediction at a time: {:.3} ms", head.entry.name, start.elapsed().as_secs_f64());
    }
}
