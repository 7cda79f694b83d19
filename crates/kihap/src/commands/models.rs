//! `kihap models`

use kihap_learn::zoo;
use kihap_vision::features::LANDMARK_FEATURES;
use serde_json::json;

use crate::context::Context;

/// Classes for which the number of parameters is given.
const CLASSES: usize = 13;
/// Features of the default image network.
const PHOTO_FEATURES: usize = 1280;

pub(crate) fn run(context: &mut Context) -> anyhow::Result<()> {
    let rows: Vec<_> = zoo::heads()
        .into_iter()
        .map(|head| {
            let landmarks = if head.input.reads_landmarks() { LANDMARK_FEATURES + 1 } else { 0 };
            let features = landmarks + if head.input.reads_photo() { PHOTO_FEATURES } else { 0 };
            let what = match (head.input.reads_landmarks(), head.input.reads_photo()) {
                (true, true) => "skeleton and photo together",
                (true, false) => "skeleton: carries over to other rooms and people",
                _ => "photo: what the original used; learns rooms and clothes too",
            };
            (head.name.clone(), head.input.name(), head.parameters(features, CLASSES), what)
        })
        .collect();
    let value: Vec<_> = rows
        .iter()
        .map(|(name, input, parameters, what)| json!({ "name": name, "input": input, "parameters": parameters, "for": what }))
        .collect();
    context.print(&json!({ "classes": CLASSES, "models": value }), || {
        let mut text =
            format!("{:<18} {:<10} {:>10}  for (parameters with {CLASSES} classes)\n", "name", "input", "parameters");
        for (name, input, parameters, what) in &rows {
            text += &format!("{name:<18} {input:<10} {parameters:>10}  {what}\n");
        }
        text
    })
}
