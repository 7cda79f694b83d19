//! `kihap models`

use kihap_coach::synth::SynthCourse;
use kihap_jobs::builtin::{BUILTIN_PREFIX, builtin};
use kihap_vision::Skeleton;
use kihap_vision::features::LANDMARK_FEATURES;
use kihap_zoo::networks::{ALL, Entry, Settings};
use serde_json::{Value, json};

use crate::context::Context;

/// Classes for which the number of parameters is given.
const CLASSES: usize = 13;
/// Features of the default image network.
const PHOTO_FEATURES: usize = 1280;

pub(crate) fn run(context: &mut Context) -> anyhow::Result<()> {
    let rows = ALL.iter().map(row).collect::<anyhow::Result<Vec<_>>>()?;
    let builtins = SynthCourse::ALL.into_iter().map(brought_along).collect::<anyhow::Result<Vec<_>>>()?;
    let brought: Vec<&Value> = builtins.iter().map(|(value, _)| value).collect();
    let models: Vec<&Value> = rows.iter().map(|(value, _)| value).collect();
    context.print(&json!({ "classes": CLASSES, "models": models, "builtin": brought }), || {
        let mut text = format!(
            "{:<24} {:<15} {:<14} {:>10}  for (parameters with {CLASSES} classes)\n",
            "name", "input", "shape", "parameters"
        );
        text.extend(rows.iter().map(|(_, line)| line.as_str()));
        text += "\nbrought along, trained from the syllabus alone (for recognise, predict, evaluate, train --from):\n";
        text.extend(builtins.iter().map(|(_, line)| line.as_str()));
        text
    })
}

fn brought_along(course: SynthCourse) -> anyhow::Result<(Value, String)> {
    let model = builtin(course)?;
    let name = format!("{BUILTIN_PREFIX}{}", course.name());
    let (classes, parameters) = (model.description.classes.len(), model.network.parameters());
    let line = format!("{name:<24} {:<15} {classes:>6} classes {parameters:>10}\n", model.description.name);
    let value = json!({ "name": name, "model": model.description.name, "classes": model.class_names(), "parameters": parameters });
    Ok((value, line))
}

fn row(entry: &Entry) -> anyhow::Result<(Value, String)> {
    let landmarks = if entry.input.reads_landmarks() { LANDMARK_FEATURES + 1 } else { 0 };
    let features = landmarks + if entry.input.reads_photo() { PHOTO_FEATURES } else { 0 };
    // what a clip of BlazePose's skeletons gives; see `SequenceLayout` and `JointsLayout`
    let skeleton = Skeleton::Blazepose33;
    let moving = 3 * (skeleton.bones().len() + 2 * 15);
    let settings = Settings {
        features: if entry.input.reads_sequences() { moving } else { features },
        steps: 24,
        joint_channels: if entry.input.reads_sequences() { 6 } else { 4 },
        skeleton,
        ..Settings::pictures(CLASSES)
    };
    let graph = (entry.build)(&settings)?;
    let parameters = graph.trainable_parameters()?;
    let shape = graph.input.shape.iter().map(usize::to_string).collect::<Vec<_>>().join("×");
    let line =
        format!("{:<24} {:<15} {shape:<14} {parameters:>10}  {}\n", entry.name, entry.input.name(), entry.purpose);
    let value = json!({
        "name": entry.name,
        "input": entry.input.name(),
        "shape": graph.input.shape,
        "parameters": parameters,
        "published": entry.published.map(|p| json!({ "parameters": p.parameters, "classes": p.classes, "source": p.source })),
        "paper": entry.paper,
        "for": entry.purpose,
    });
    Ok((value, line))
}
