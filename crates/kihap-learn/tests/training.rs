//! Training as callers see it.

mod common;

use std::ops::ControlFlow;

use common::{arm_classes, arms, network, photos, quick};
use kihap_learn::{
    Augmentation, Blueprint, Checkpointing, Class, EpochRecord, Evaluation, Example, Fit, LearnError, StopReason,
    TrainOptions, Warning, fit, fit_resumable, train::ClassWeights,
};

fn named(names: &[&str]) -> Vec<Class> {
    names.iter().map(|name| Class::new(*name)).collect()
}

fn train(
    blueprint: &Blueprint,
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    options: &TrainOptions,
) -> Fit {
    fit(blueprint, classes, training, validation, options, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn accuracy(fit: &Fit, examples: &[Example]) -> f64 {
    let rows = fit.network.log_probabilities(examples).unwrap();
    let right = rows
        .iter()
        .zip(examples)
        .filter(|(row, example)| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])) == Some(example.label));
    right.count() as f64 / examples.len() as f64
}

#[test]
fn every_head_overfits_a_small_problem() {
    let mut examples = arms(10, 2.0, 1);
    for (example, photo) in examples.iter_mut().zip(photos(3, 10, 24, 1.0, 2)) {
        example.photo = photo.photo;
    }
    for head in ["landmark-softmax", "landmark-mlp", "photo-softmax", "photo-mlp", "fusion-mlp"].map(network) {
        let fitted = train(&head, &arm_classes(), &examples, &[], &quick(60));
        let last = fitted.history.last().unwrap();
        assert_eq!(accuracy(&fitted, &examples), 1.0, "{}", head.entry.name);
        assert!(last.training.loss < fitted.history[0].training.loss / 2.0, "{}: {:?}", head.entry.name, last.training);
        assert_eq!(
            fitted.network.parameters(),
            head.graph(&fitted.network.layout, 3).unwrap().total_parameters().unwrap()
        );
        assert!(fitted.warnings.contains(&Warning::NoValidation));
    }
}

#[test]
fn the_same_seed_gives_the_same_weights_bit_for_bit_and_another_seed_others() {
    let (training, validation) = (arms(12, 6.0, 1), arms(4, 6.0, 2));
    let options = TrainOptions { epochs: 5, augmentation: Augmentation::default(), members: 2, ..quick(5) };
    let once = train(&network("landmark-mlp"), &arm_classes(), &training, &validation, &options);
    let twice = train(&network("landmark-mlp"), &arm_classes(), &training, &validation, &options);
    assert_eq!(once.network.members, twice.network.members);
    assert_eq!(once.network.members.len(), 2);
    assert_ne!(once.network.members[0], once.network.members[1]);
    let scores = |fit: &Fit| fit.history.iter().map(|r| (r.training, r.validation)).collect::<Vec<_>>();
    assert_eq!(scores(&once), scores(&twice));
    let other = TrainOptions { seed: 1, ..options };
    let other = train(&network("landmark-mlp"), &arm_classes(), &training, &validation, &other);
    assert_ne!(once.network.members, other.network.members);
}

#[test]
fn the_number_of_threads_does_not_change_the_weights() {
    let examples = photos(3, 60, 1280, 0.1, 1);
    let classes = named(&["a", "b", "c"]);
    let with_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| train(&network("photo-mlp"), &classes, &examples, &[], &quick(3)).network.members)
    };
    assert_eq!(with_threads(1), with_threads(2));
}

#[test]
fn early_stopping_keeps_the_weights_of_the_best_epoch() {
    // few noisy examples with many features: the validation loss soon rises
    let (training, validation) = (photos(2, 15, 200, 0.06, 1), photos(2, 40, 200, 0.06, 2));
    let options = TrainOptions { patience: 8, ..quick(200) };
    let classes = named(&["a", "b"]);
    let fitted = train(&network("photo-softmax"), &classes, &training, &validation, &options);
    assert_eq!(fitted.stopped, StopReason::Early);
    let losses: Vec<f64> = fitted.history.iter().map(|r| r.validation.unwrap().loss).collect();
    let best = (0..losses.len()).min_by(|a, b| losses[*a].total_cmp(&losses[*b])).unwrap();
    assert_eq!(fitted.best_epochs, [best + 1]);
    assert_eq!(losses.len(), best + 1 + 8);
    let rows = fitted.network.log_probabilities(&validation).unwrap();
    let loss = -rows.iter().zip(&validation).map(|(row, e)| row[e.label]).sum::<f64>() / rows.len() as f64;
    assert!((loss - losses[best]).abs() < 1e-6, "{loss} is not {}", losses[best]);
}

#[test]
fn a_stop_keeps_the_best_so_far() {
    let mut seen = Vec::new();
    let mut stop = |record: &EpochRecord| {
        seen.push(*record);
        if record.epoch == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (training, validation) = (photos(2, 20, 10, 0.5, 1), photos(2, 5, 10, 0.5, 2));
    let classes = named(&["a", "b"]);
    let fitted = fit(&network("photo-softmax"), &classes, &training, &validation, &quick(50), &mut stop).unwrap();
    assert_eq!(fitted.stopped, StopReason::Interrupted);
    assert_eq!(fitted.history, seen);
    assert_eq!(fitted.history.len(), 3);
    assert!(fitted.warnings.contains(&Warning::Interrupted { epoch: 3 }));
    assert!(accuracy(&fitted, &training) > 0.8);
}

#[test]
fn class_weights_help_the_rare_class() {
    let rare = |count: usize, seed| -> Vec<Example> {
        let mut examples = photos(2, count, 6, 0.55, seed);
        let mut kept = 0;
        examples.retain(|example| {
            kept += usize::from(example.label == 1);
            example.label == 0 || kept <= count / 20
        });
        examples
    };
    let training = rare(400, 1);
    let test = photos(2, 300, 6, 0.55, 3);
    let recall = |class_weights| {
        let options = TrainOptions { class_weights, ..quick(40) };
        let fitted = train(&network("photo-softmax"), &named(&["often", "rare"]), &training, &[], &options);
        let rare: Vec<Example> = test.iter().filter(|e| e.label == 1).cloned().collect();
        accuracy(&fitted, &rare)
    };
    let (with, without) = (recall(ClassWeights::Balanced), recall(ClassWeights::None));
    assert!(with > without + 0.1, "recall of the rare class: {with} with weights, {without} without");
}

#[test]
fn the_mirror_teaches_a_side_never_shown() {
    // right arms are only seen in a mirror
    let mut training = arms(20, 3.0, 1);
    training.retain(|example| example.label != 1);
    training.push(arms(1, 3.0, 9).remove(1));
    let test: Vec<Example> = arms(20, 3.0, 2).into_iter().filter(|example| example.label == 1).collect();
    let options = TrainOptions { class_weights: ClassWeights::None, ..quick(40) };
    let mirrored = TrainOptions { augmentation: Augmentation::mirror_only(), ..options.clone() };
    let with = train(&network("landmark-softmax"), &arm_classes(), &training, &[], &mirrored);
    assert_eq!(accuracy(&with, &test), 1.0);
    let seen = with.history.last().unwrap().training;
    assert!(seen.accuracy > 0.95, "mirrored labels disagree with mirrored skeletons: {seen:?}");
}

#[test]
fn what_is_kept_of_the_start_is_averaged_with_what_was_learnt() {
    let examples = arms(10, 6.0, 1);
    let fitted = |blueprint: &Blueprint| train(blueprint, &arm_classes(), &examples, &[], &quick(5));
    let first = fitted(&network("landmark-mlp"));
    let start = Some(first.network.members[0].clone());
    let standardiser = Some(first.network.standardiser.clone());
    let again = Blueprint { start, standardiser, ..network("landmark-mlp") };
    let of = |kept: f32| fitted(&Blueprint { kept, ..again.clone() }).network.members.remove(0);
    let (learnt, half, all) = (of(0.0), of(0.5), of(1.0));
    assert_ne!(learnt, first.network.members[0]);
    for (name, array) in &half.0 {
        let mean = learnt.0[name].values.iter().zip(&all.0[name].values).map(|(a, b)| (a + b) / 2.0);
        assert!(array.values.iter().zip(mean).all(|(value, mean)| (value - mean).abs() < 1e-5), "{name}");
        let back = all.0[name].values.iter().zip(&first.network.members[0].0[name].values);
        assert!(back.into_iter().all(|(a, b)| (a - b).abs() < 1e-5), "{name}");
    }
}

#[test]
fn nobody_is_a_class_that_can_be_learnt() {
    let classes = named(&["left", "right", "ready", "nobody"]);
    let mut training = arms(20, 3.0, 1);
    training.extend((0..20).map(|_| Example::from_pose(None, 3)));
    let fitted = train(&network("landmark-mlp"), &classes, &training, &[], &quick(30));
    assert!(fitted.knows_nobody);
    assert_eq!(accuracy(&fitted, &[Example::from_pose(None, 3)]), 1.0);
    assert_eq!(accuracy(&fitted, &arms(10, 3.0, 2)), 1.0);
}

#[test]
fn bad_data_is_refused_with_a_sentence() {
    let examples = photos(2, 5, 4, 1.0, 1);
    let refuse = |classes: &[&str], examples: &[Example], options: TrainOptions| -> LearnError {
        fit(&network("photo-softmax"), &named(classes), examples, &[], &options, &mut |_| ControlFlow::Continue(()))
            .unwrap_err()
    };
    assert!(matches!(refuse(&["a", "b"], &[], quick(1)), LearnError::NoExamples));
    let ones: Vec<Example> = examples.iter().filter(|e| e.label == 0).cloned().collect();
    assert!(refuse(&["한 가지", "b"], &ones, quick(1)).to_string().contains("only \"한 가지\" has any"));
    assert!(matches!(refuse(&["a", "b", "c"], &examples, quick(1)), LearnError::EmptyClass { class } if class == "c"));
    assert!(matches!(refuse(&["a"], &examples, quick(1)), LearnError::BadLabel { index: 1, .. }));
    let poses: Vec<Example> = (0..4).map(|i| Example::from_pose(None, i % 2)).collect();
    assert!(matches!(refuse(&["a", "b"], &poses, quick(1)), LearnError::MissingPhoto { index: 0, .. }));
    let blind =
        fit(&network("landmark-mlp"), &named(&["a", "b"]), &poses, &[], &quick(1), &mut |_| ControlFlow::Continue(()));
    assert!(matches!(blind.unwrap_err(), LearnError::NobodySeen { .. }));
    let mut damaged = examples.clone();
    damaged[3].photo.as_mut().unwrap()[1] = f32::NAN;
    assert!(matches!(refuse(&["a", "b"], &damaged, quick(1)), LearnError::NotFinite { index: 3, .. }));
    let wild = TrainOptions { learning_rate: 1e30, ..quick(20) };
    assert!(matches!(refuse(&["a", "b"], &examples, wild), LearnError::Diverged { .. }));
}

#[test]
fn records_tell_the_truth_about_validation() {
    let (training, validation) = (photos(3, 20, 12, 0.6, 1), photos(3, 20, 12, 0.6, 2));
    let classes = named(&["a", "b", "c"]);
    let options = TrainOptions { patience: 0, ..quick(10) };
    let fitted = train(&network("photo-softmax"), &classes, &training, &validation, &options);
    let names: Vec<String> = classes.iter().map(|c| c.name.clone()).collect();
    let labels: Vec<usize> = validation.iter().map(|e| e.label).collect();
    let predictions: Vec<_> = fitted
        .network
        .log_probabilities(&validation)
        .unwrap()
        .iter()
        .map(|row| kihap_learn::Prediction::from_probabilities(row.iter().map(|l| l.exp()).collect(), 0.0))
        .collect();
    let evaluation = Evaluation::new(&names, &labels, &predictions, "validation").unwrap();
    let best = fitted.history[fitted.best_epochs[0] - 1].validation.unwrap();
    assert!((evaluation.loss - best.loss).abs() < 1e-6);
    assert_eq!(evaluation.accuracy, best.accuracy);
    assert_eq!(evaluation.macro_average.f1, best.f1);
    assert_eq!(evaluation.keras_precision, best.keras_precision);
    assert_eq!(evaluation.keras_recall, best.keras_recall);
}

/// Stops after `epochs` epochs of all members, and goes on from the checkpoint.
fn stopped_and_resumed(blueprint: &Blueprint, examples: &[Example], options: &TrainOptions, epochs: usize) -> Fit {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint.safetensors");
    let mut seen = 0;
    let mut stop = |_: &EpochRecord| {
        seen += 1;
        if seen == epochs { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (training, validation) = examples.split_at(examples.len() * 3 / 4);
    let classes = arm_classes();
    let first = Checkpointing { file: file.clone(), resume: false };
    let half = fit_resumable(blueprint, &classes, training, validation, options, Some(&first), &mut stop).unwrap();
    assert_eq!(half.stopped, StopReason::Interrupted);
    let again = Checkpointing { file, resume: true };
    let mut go = |_: &EpochRecord| ControlFlow::Continue(());
    fit_resumable(blueprint, &classes, training, validation, options, Some(&again), &mut go).unwrap()
}

#[test]
fn a_stopped_training_goes_on_bit_for_bit() {
    use kihap_learn::train::Optimiser;
    let examples = arms(16, 6.0, 1);
    let optimisers = [
        Optimiser::AdamW,
        Optimiser::Adam,
        Optimiser::Sgd { momentum: 0.9 },
        Optimiser::Rmsprop { rho: 0.9, momentum: 0.0 },
    ];
    for optimiser in optimisers {
        let options = TrainOptions { optimiser, members: 2, augmentation: Augmentation::default(), ..quick(6) };
        let (training, validation) = examples.split_at(36);
        let whole = train(&network("landmark-mlp"), &arm_classes(), training, validation, &options);
        for stop in [2, 8] {
            let resumed = stopped_and_resumed(&network("landmark-mlp"), &examples, &options, stop);
            assert_eq!(resumed.network.members, whole.network.members, "{optimiser:?} stopped after {stop}");
            assert_eq!(resumed.best_epochs, whole.best_epochs);
            assert_eq!(resumed.history.len(), whole.history.len());
        }
    }
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint.safetensors");
    let run = |options: &TrainOptions, resume: bool| {
        let checkpointing = Checkpointing { file: file.clone(), resume };
        let examples = arms(8, 6.0, 1);
        let mut go = |_: &EpochRecord| ControlFlow::Continue(());
        fit_resumable(&network("landmark-mlp"), &arm_classes(), &examples, &[], options, Some(&checkpointing), &mut go)
    };
    run(&quick(2), false).unwrap();
    let error = run(&TrainOptions { learning_rate: 1e-4, ..quick(2) }, true).unwrap_err().to_string();
    assert!(error.contains("other options") && error.contains("--resume"), "{error}");
    std::fs::write(&file, b"not a checkpoint").unwrap();
    assert!(run(&quick(2), true).unwrap_err().to_string().contains("damaged"));
}
