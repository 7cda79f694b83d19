//! The networks of the zoo as the page offers them: what each reads, and why one cannot be trained here.

use kihap_coach::synth::SynthCourse;
use kihap_dataset::clips::clips;
use kihap_dataset::{Dataset, Filter};
use kihap_jobs::Recipe;
use kihap_jobs::builtin::{BUILTIN_PREFIX, builtin};
use kihap_vision::weights::{State as Installed, check};
use kihap_zoo::networks::ALL;
use serde::Serialize;

use crate::error::Result;

/// Samples of one clip from which networks of movements have something to read.
const CLIP: usize = 4;

/// Why a network cannot be trained on this project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub(crate) enum Obstacle {
    /// Set-up has not brought what it needs.
    NotInstalled {
        /// Names of what is missing.
        missing: Vec<String>,
    },
    /// It reads pictures, and no sample has one.
    NoPictures,
    /// It reads movements, and the samples are single moments.
    NoClips,
}

/// A network as the page shows it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct NetworkView {
    /// Its name in the zoo.
    pub(crate) name: &'static str,
    /// What it reads.
    input: &'static str,
    /// Why it cannot be trained here; nothing where it can.
    pub(crate) obstacle: Option<Obstacle>,
    epochs: usize,
    batch_size: usize,
    learning_rate: f64,
    patience: usize,
    split: kihap_dataset::split::SplitStrategy,
    /// Whether pictures are varied, so that the stronger ways of varying them can be chosen.
    varies_pictures: bool,
}

/// Every network, in the zoo's order.
pub(crate) fn networks(dataset: &Dataset) -> Result<Vec<NetworkView>> {
    let missing: Vec<String> = check(false)?
        .into_iter()
        .filter_map(|state| match state {
            Installed::Ready(_) => None,
            Installed::Missing { name } | Installed::Stale { name, .. } => Some(name),
        })
        .collect();
    let samples = dataset.samples(&Filter::default())?;
    // An empty project says what it lacks by itself.
    let pictures = samples.is_empty() || samples.iter().any(|sample| sample.file.is_some());
    let moves = samples.is_empty() || clips(&samples).iter().any(|clip| clip.samples.len() >= CLIP);
    let mut views = Vec::new();
    for entry in ALL {
        let recipe = Recipe::of(entry.name)?;
        let lacks: Vec<String> =
            missing.iter().filter(|m| recipe.needs().is_ok_and(|n| n.contains(&m.as_str()))).cloned().collect();
        let sees = entry.input.reads_photo() || entry.input.reads_pictures();
        let obstacle = if !lacks.is_empty() {
            Some(Obstacle::NotInstalled { missing: lacks })
        } else if sees && !pictures {
            Some(Obstacle::NoPictures)
        } else if entry.input.reads_sequences() && !moves {
            Some(Obstacle::NoClips)
        } else {
            None
        };
        views.push(NetworkView {
            name: entry.name,
            input: entry.input.name(),
            obstacle,
            epochs: recipe.training.epochs,
            batch_size: recipe.training.batch_size,
            learning_rate: recipe.training.learning_rate,
            patience: recipe.training.patience,
            split: recipe.split,
            varies_pictures: entry.input.reads_pictures(),
        });
    }
    Ok(views)
}

/// A built-in model that training can start from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct StartView {
    /// Its name, such as `builtin:basics`.
    name: String,
    /// The network it is, which alone can start from it.
    network: String,
}

/// The built-in models.
pub(crate) fn starts() -> Result<Vec<StartView>> {
    SynthCourse::ALL
        .into_iter()
        .map(|course| {
            let network = builtin(course)?.description.name;
            Ok(StartView { name: format!("{BUILTIN_PREFIX}{}", course.name()), network })
        })
        .collect()
}
