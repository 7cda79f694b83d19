//! Making new data, as callers see it.

mod common;

use std::{ops::ControlFlow, sync::LazyLock};

use common::{arm_classes, arms, network, quick};
use kihap_learn::{
    Class, Example, Language, LearnError, StopReason, fit,
    generate::{
        Benefit, GanKind, GanOptions, GenerationDoubt, Generator, benefit, contact_sheet, skeleton_picture, train_gan,
    },
};
use kihap_vision::{Pose, Skeleton};

const PER_CLASS: usize = 12;

fn real() -> Vec<Example> {
    arms(PER_CLASS, 4.0, 1)
}

fn train(options: &GanOptions) -> Generator {
    train_gan(&real(), &arm_classes(), options, &mut |_| ControlFlow::Continue(())).unwrap()
}

fn short() -> GanOptions {
    GanOptions { steps: 60, width: 16, ..GanOptions::landmarks() }
}

/// A generator trained long enough to be useful.
static GENERATOR: LazyLock<Generator> =
    LazyLock::new(|| train(&GanOptions { steps: 5000, width: 64, ..GanOptions::landmarks() }));

fn distance(pose: &Pose, a: &str, b: &str) -> f32 {
    let at = |name: &str| pose.world[pose.skeleton.index_of(name).unwrap()];
    at(a).iter().zip(at(b)).map(|(a, b)| (a - b).powi(2)).sum::<f32>().sqrt()
}

#[test]
fn generated_skeletons_are_possible_bodies_in_the_picture() {
    for label in 0..3 {
        for pose in GENERATOR.poses(label, 40, 5).unwrap() {
            assert_eq!((pose.skeleton, pose.width, pose.height), (Skeleton::Blazepose33, 640, 480));
            assert_eq!((pose.landmarks.len(), pose.world.len()), (33, 33));
            assert!(pose.world.iter().flatten().all(|v| v.is_finite()));
            for landmark in &pose.landmarks {
                assert!((0.0..640.0).contains(&landmark.x) && (0.0..480.0).contains(&landmark.y), "{landmark:?}");
                assert!((landmark.visibility - 0.9).abs() < 1e-3);
            }
            // the figures' arms are 60 pixels of 220 long, above and below the elbow
            for (from, to) in [("left_shoulder", "left_elbow"), ("right_elbow", "right_wrist")] {
                let length = distance(&pose, from, to);
                assert!((0.2..0.35).contains(&length), "{from} to {to}: {length}");
            }
        }
    }
}

#[test]
fn a_head_that_knows_real_skeletons_recognises_generated_ones() {
    let head = fit(&network("landmark-mlp"), &arm_classes(), &arms(40, 4.0, 2), &[], &quick(40), &mut |_| {
        ControlFlow::Continue(())
    });
    let generated = GENERATOR.examples(40, 9).unwrap();
    let rows = head.unwrap().network.log_probabilities(&generated).unwrap();
    let right = rows
        .iter()
        .zip(&generated)
        .filter(|(row, example)| (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b])) == Some(example.label));
    let share = right.count() as f64 / generated.len() as f64;
    assert!(share > 0.55, "{share:.2} where chance is 0.33");
}

#[test]
fn generated_skeletons_are_neither_copies_nor_all_alike() {
    let found = GENERATOR.diagnose(&real(), 60, 3).unwrap();
    assert_eq!(found.classes.len(), 3);
    for class in &found.classes {
        // the mirror images of the partner's examples count, too
        assert_eq!((class.real, class.generated), (2 * PER_CLASS, 60));
        let ratio = class.generated_spread / class.real_spread;
        assert!((0.3..3.5).contains(&ratio), "{class:?}");
        assert!(class.copies < 0.5, "{class:?}");
        assert!(class.generated_nearest < 3.0 * class.real_spread, "{class:?}");
    }
    let bones = found.bones.unwrap();
    assert!(bones.generated <= bones.unrepaired + 1e-6 && bones.generated < 3.0 * bones.real, "{bones:?}");
}

#[test]
fn a_generator_that_gives_one_skeleton_a_class_is_seen_through() {
    // hardly any noise to tell examples by, and no time to learn to use it
    let alike = train(&GanOptions { noise: 1, diversity: 0.0, ..short() });
    let found = alike.diagnose(&real()[..15], 20, 3).unwrap();
    let about = |wanted: fn(&GenerationDoubt) -> bool| found.doubts.iter().any(wanted);
    let unlike = |doubt: &GenerationDoubt| {
        matches!(doubt, GenerationDoubt::Collapsed { .. } | GenerationDoubt::Uncovered { .. })
    };
    assert!(found.doubts.iter().any(unlike), "{:?}", found.doubts);
    assert!(about(|doubt| matches!(doubt, GenerationDoubt::FewReal { count: 5, .. })), "{:?}", found.doubts);
    for doubt in &found.doubts {
        assert_ne!(doubt.text(Language::English), doubt.text(Language::Korean));
    }
}

#[test]
fn the_same_seed_gives_the_same_generator_and_the_same_examples() {
    let (once, twice) = (train(&short()), train(&short()));
    let poses = once.poses(1, 5, 2).unwrap();
    assert_eq!(poses, twice.poses(1, 5, 2).unwrap());
    assert_eq!(poses[..3], once.poses(1, 3, 2).unwrap(), "the first ones don't depend on how many there are");
    assert_ne!(poses, once.poses(1, 5, 3).unwrap());
    assert_ne!(poses, train(&GanOptions { seed: 1, ..short() }).poses(1, 5, 2).unwrap());
}

#[test]
fn a_stop_keeps_what_was_learnt_and_a_folder_keeps_it_for_good() {
    let options = GanOptions { steps: 200, ..short() };
    let stopped = train_gan(&real(), &arm_classes(), &options, &mut |record| {
        assert_eq!((record.step, record.steps), (50, 200));
        ControlFlow::Break(())
    });
    let stopped = stopped.unwrap();
    assert_eq!((stopped.stopped, stopped.history.len()), (StopReason::Interrupted, 1));
    let doubts = stopped.diagnose(&real(), 5, 1).unwrap().doubts;
    assert!(doubts.contains(&GenerationDoubt::Interrupted { step: 50 }), "{doubts:?}");

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("generator");
    stopped.save(&folder).unwrap();
    stopped.save(&folder).unwrap();
    let loaded = Generator::load(&folder).unwrap();
    assert_eq!(loaded.poses(2, 4, 1).unwrap(), stopped.poses(2, 4, 1).unwrap());
    assert_eq!((loaded.kind(), loaded.history.len()), (GanKind::Landmarks, 1));
    // JSON's reader may be off by the last bit of a number.
    let (kept, told) = (&loaded.history[0], &stopped.history[0]);
    assert_eq!((kept.step, kept.steps), (told.step, told.steps));
    assert!((kept.generator_loss - told.generator_loss).abs() < 1e-12, "{kept:?} {told:?}");
    assert!((kept.real_score - told.real_score).abs() < 1e-12, "{kept:?} {told:?}");

    let weights = folder.join("weights.safetensors");
    let mut bytes = std::fs::read(&weights).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    std::fs::write(&weights, bytes).unwrap();
    assert!(Generator::load(&folder).unwrap_err().to_string().contains("not the file"));
    assert!(Generator::load(parent.path()).unwrap_err().to_string().contains("generator.json"));
    std::fs::write(parent.path().join("else.txt"), "else").unwrap();
    assert!(matches!(stopped.save(parent.path()), Err(LearnError::NotOverwritten { .. })));
}

#[test]
fn what_generated_data_do_to_accuracy_is_measured_both_ways() {
    let (training, test) = (arms(3, 12.0, 7), arms(30, 12.0, 8));
    let generated = GENERATOR.examples(10, 1).unwrap();
    let options = quick(10);
    let measured =
        benefit(&network("landmark-mlp"), &arm_classes(), &training, &test, &generated, &options, 2).unwrap();
    let Benefit { without, with, difference, runs } = &measured;
    assert_eq!(runs.iter().map(|run| run.seed).collect::<Vec<_>>(), [0, 1]);
    for accuracy in [without.mean, with.mean] {
        assert!(accuracy > 0.5 && accuracy <= 1.0, "{measured:?}");
    }
    assert!((difference.mean - (with.mean - without.mean)).abs() < 1e-9);
    assert!(difference.low.unwrap() <= difference.mean && difference.mean <= difference.high.unwrap());
    let json = serde_json::to_value(&measured).unwrap();
    assert!(json["without"]["mean"].is_f64() && json["with"]["mean"].is_f64() && json["difference"]["mean"].is_f64());
    let none = benefit(&network("landmark-mlp"), &arm_classes(), &training, &[], &generated, &options, 2);
    assert!(matches!(none, Err(LearnError::NoExamples)));
}

#[test]
fn pictures_are_drawn_by_the_dcgan_and_by_hand() {
    let options = GanOptions { steps: 12, batch_size: 4, width: 2, ..GanOptions::pictures() };
    let generator = train(&options);
    let pictures = generator.pictures(0, 3, 1).unwrap();
    assert_eq!(pictures.len(), 3);
    assert!(pictures.iter().all(|picture| picture.dimensions() == (64, 64)));
    assert_ne!(pictures[0], pictures[1]);
    assert_eq!(pictures[..2], train(&options).pictures(0, 2, 1).unwrap());
    assert!(generator.poses(0, 1, 1).unwrap_err().to_string().contains("landmarks"));
    assert!(matches!(generator.pictures(3, 1, 1), Err(LearnError::BadLabel { .. })));
    let found = generator.diagnose(&real(), 4, 1).unwrap();
    assert!(found.bones.is_none() && found.classes.iter().all(|class| class.generated_spread.is_finite()));

    let drawn = GENERATOR.pictures(0, 2, 1).unwrap();
    assert_eq!(drawn[1], skeleton_picture(&GENERATOR.poses(0, 2, 1).unwrap()[1], 64));
    assert_eq!(contact_sheet(&[pictures, drawn]).dimensions(), (3 * 66 + 2, 2 * 66 + 2));
}

#[test]
fn what_cannot_be_learnt_from_is_refused() {
    let refused = |examples: &[Example], classes: &[Class]| {
        train_gan(examples, classes, &short(), &mut |_| ControlFlow::Continue(())).unwrap_err()
    };
    assert!(matches!(refused(&[], &arm_classes()), LearnError::NoExamples));
    let mut more = arm_classes();
    more.push(Class::new("nobody"));
    let mut examples = real();
    examples.push(Example::from_pose(None, 3));
    assert!(matches!(refused(&examples, &more), LearnError::EmptyClass { class } if class == "nobody"));
    assert!(matches!(refused(&examples, &arm_classes()), LearnError::BadLabel { index: 36, label: 3, .. }));
    let mut broken = real();
    broken[2].pose.as_mut().unwrap().landmarks[5].x = f32::NAN;
    assert!(matches!(refused(&broken, &arm_classes()), LearnError::NotFinite { index: 2, .. }));
}
