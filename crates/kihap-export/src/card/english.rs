//! The card in English.

use std::fmt::Write;

use kihap_learn::{Language, Model};

use super::facts::{Facts, Verified, warned};
use crate::warning::ExportWarning;

pub(super) fn write(
    facts: &Facts<'_>,
    model: &Model,
    warnings: &[ExportWarning],
    verified: Option<&Verified>,
) -> String {
    let d = &model.description;
    let mut out = format!("# Model card: {}\n\n", d.name);
    let _ = writeln!(
        out,
        "Written by Kihap {} from what it recorded when the model was trained.\n",
        env!("CARGO_PKG_VERSION")
    );
    let _ = writeln!(out, "## What it does\n");
    let _ = writeln!(
        out,
        "Tells apart {} classes of what a person in front of a camera does: {}. It reads {}; {} weights.\n",
        d.classes.len(),
        model.class_names().join(", "),
        d.layout.input().name(),
        d.parameters
    );
    let _ = writeln!(out, "## Data\n");
    let _ = writeln!(out, "- Dataset: {} (hash `{}`)", d.data.dataset, d.data.hash);
    let _ = writeln!(
        out,
        "- Samples: {} for training, {} for validation, {} for the test",
        d.data.training, d.data.validation, d.data.test
    );
    let _ = writeln!(out, "- Split: {}", d.data.split);
    let [training, validation, test] = d.data.persons;
    if training + validation + test > 0 {
        let _ = writeln!(out, "- People: {training} for training, {validation} for validation, {test} for the test");
    }
    if d.data.without_person > 0 {
        let _ = writeln!(
            out,
            "- Samples whose person is not named: {}; whether the same people are in several parts is not known of them",
            d.data.without_person
        );
    }
    for (class, count) in &d.data.per_class {
        let _ = writeln!(out, "- Training samples of {class}: {count}");
    }
    for (what, source) in [("Landmarks", &d.features.estimator), ("Photo features", &d.features.backbone)] {
        if let Some(source) = source {
            let _ = writeln!(out, "- {what}: {source}");
        }
    }
    let _ = writeln!(out, "\n## Numbers\n");
    match facts.evaluation {
        None => {
            let _ = writeln!(
                out,
                "It was never measured on samples it had not learnt from: nothing is known of how good it is."
            );
        }
        Some(e) => {
            let _ = writeln!(
                out,
                "On {} {} samples: accuracy {:.1} % (95 % interval {:.1} to {:.1} %), macro F1 {:.3}, calibration error {:.3}.\n",
                e.samples,
                e.split,
                e.accuracy * 100.0,
                e.accuracy_interval.low * 100.0,
                e.accuracy_interval.high * 100.0,
                e.macro_average.f1,
                e.expected_calibration_error
            );
            let _ = writeln!(
                out,
                "| class | samples | precision | recall | recall, 95 % |\n| --- | ---: | ---: | ---: | ---: |"
            );
            for label in &e.confusion.labels {
                let Some(s) = e.per_class.get(label) else { continue };
                let _ = writeln!(
                    out,
                    "| {label} | {} | {:.3} | {:.3} | {:.3} to {:.3} |",
                    s.support, s.precision, s.recall, s.recall_interval.low, s.recall_interval.high
                );
            }
            let _ = writeln!(out, "\nKnown confusions on these samples:\n");
            if facts.confusions.is_empty() {
                let _ = writeln!(out, "- none on {} samples, which does not mean that there are none", e.samples);
            }
            for (truth, taken, count, support) in &facts.confusions {
                let _ = writeln!(out, "- {truth} taken for {taken}: {count} of {support}");
            }
        }
    }
    let threshold = d.calibration.abstain.threshold;
    let _ = writeln!(out, "\n## How to read its answers\n");
    if d.calibration.samples > 0 {
        let _ = writeln!(
            out,
            "- Probabilities are calibrated on {} validation samples (temperature {:.3}, already inside the file).",
            d.calibration.samples, d.calibration.temperature
        );
    } else {
        let _ = writeln!(out, "- Probabilities are not calibrated: 0.9 need not mean right nine times in ten.");
    }
    if threshold > 0.0 {
        let _ =
            writeln!(out, "- Withhold judgement where the highest probability is below {threshold:.3}, as Kihap does.");
    }
    if !d.knows_nobody && d.layout.input().reads_landmarks() {
        let _ = writeln!(out, "- It has not learnt what an empty scene is: ask it only where somebody was found.");
    }
    let _ = writeln!(out, "\n## Keep in mind\n");
    let said = warned(model, facts, warnings, Language::English);
    for text in &said {
        let _ = writeln!(out, "- {text}");
    }
    if said.is_empty() {
        let _ = writeln!(out, "- no warning was recorded");
    }
    let _ = writeln!(out, "\n## What it must not be used for\n");
    let _ = writeln!(
        out,
        "- Deciding by itself about people: gradings, exclusion from a competition, marks. It sees a camera's picture, not a \
         technique's intent or force.\n- Recognising or watching persons, and anything to do with health or safety.\n- Other \
         classes, camera views, rooms and people than those of its data without measuring it there first (`kihap evaluate`)."
    );
    if let Some(v) = verified {
        let _ = writeln!(
            out,
            "\n## The file\n\nRun by {} on {} held-out samples when it was written: no label differs from `kihap predict`, the \
             largest difference of a probability is {:.1e}.",
            v.runtime, v.samples, v.largest_difference
        );
    }
    out
}
