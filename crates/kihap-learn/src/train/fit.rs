//! Training a network, from examples to the best weights.

use std::{ops::ControlFlow, time::Instant};

use kihap_zoo::{Graph, Weights};

use super::{
    balance::class_weights,
    batches::Batches,
    check::{check_labels, count_classes},
    checkpoint::{Checkpoint, Checkpointing},
    doubts,
    options::TrainOptions,
    prefix::Prefix,
    record::EpochRecord,
    run::Run,
    trained::TrainedNetwork,
};
use crate::{
    blueprint::Blueprint,
    error::LearnError,
    example::{Class, Example, mirror_indices},
    layout::{Layout, Standardiser},
    random::{Purpose, stream},
    warnings::Warning,
};

/// Why training ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopReason {
    /// All epochs were trained.
    Finished,
    /// The validation loss had not fallen for `patience` epochs (in the last network trained).
    Early,
    /// The callback asked to stop.
    Interrupted,
}

/// The outcome of training.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The network with the best weights.
    pub network: TrainedNetwork,
    /// Every epoch of every member.
    pub history: Vec<EpochRecord>,
    /// The epoch whose weights were kept, one a member.
    pub best_epochs: Vec<usize>,
    /// Why it ended.
    pub stopped: StopReason,
    /// Whether some training examples show nobody.
    pub knows_nobody: bool,
    /// What to keep in mind about the data and the run.
    pub warnings: Vec<Warning>,
    /// Seconds from first to last, those before an interruption included.
    pub seconds: f64,
}

/// Trains a network on `training`, keeping the weights with the lowest loss on `validation` (or, when that is empty, the
/// last ones). The same arguments give the same weights, bit for bit, on the same machine.
///
/// `on_epoch` is called after every epoch; [`ControlFlow::Break`] ends training with the best weights so far.
///
/// # Errors
/// No examples, one class only, classes without training examples, features that are missing or damaged, options out
/// of range, or a loss that grows beyond all bounds.
pub fn fit(
    blueprint: &Blueprint,
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    options: &TrainOptions,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Fit, LearnError> {
    fit_resumable(blueprint, classes, training, validation, options, None, on_epoch)
}

/// [`fit`] with a checkpoint after every epoch, from which the same call goes on bit for bit.
///
/// # Errors
/// Those of [`fit`], and a checkpoint that cannot be written, is damaged, or belongs to another training.
pub fn fit_resumable(
    blueprint: &Blueprint,
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    options: &TrainOptions,
    checkpointing: Option<&Checkpointing>,
    on_epoch: &mut dyn FnMut(&EpochRecord) -> ControlFlow<()>,
) -> Result<Fit, LearnError> {
    let start = Instant::now();
    options.check()?;
    let mirrors = mirror_indices(classes)?;
    let counts = count_classes(classes, training)?;
    check_labels(validation, classes.len())?;

    let layout = Layout::of(blueprint, options, training)?;
    let graph = blueprint.graph(&layout, classes.len())?;
    let standardiser = match &layout {
        Layout::Rows(rows) if blueprint.standardiser.as_ref().is_some_and(|s| s.mean.len() == rows.width()) => {
            blueprint.standardiser.clone().unwrap_or_else(Standardiser::none)
        }
        Layout::Rows(rows) if blueprint.standardise => {
            let none = Standardiser::none();
            let all: Vec<usize> = (0..training.len()).collect();
            let plain = Batches::new(training, &[], layout, &none, None, false)?.as_they_are(&all)?;
            Standardiser::fit(&plain, rows)
        }
        _ => Standardiser::none(),
    };
    let frozen = Frozen::of(blueprint, &graph)?;
    let prefix = frozen.as_ref().map(|f| Prefix::new(&f.graph, &f.weights)).transpose()?;
    let trained_graph = frozen.as_ref().map_or(&graph, |f| &f.rest);
    let rows = matches!(layout, Layout::Rows(_));
    let keep = rows || (prefix.is_some() && !layout.varies(options));
    let keep_validation = rows || prefix.is_some();

    let run = Run {
        graph: trained_graph,
        blueprint,
        options,
        classes: classes.len(),
        class_weights: class_weights(options.class_weights, &counts),
        batches: Batches::new(training, &mirrors, layout, &standardiser, prefix.as_ref(), keep)?,
        validation: (!validation.is_empty())
            .then(|| Batches::new(validation, &[], layout, &standardiser, prefix.as_ref(), keep_validation))
            .transpose()?,
        validation_labels: validation.iter().map(|example| example.label).collect(),
        fingerprint: fingerprint(trained_graph, classes, training, validation, options)?,
        checkpointing,
        started: start,
    };
    let resumed = match checkpointing {
        Some(Checkpointing { file, resume: true }) => Checkpoint::load(file)?,
        _ => None,
    };
    if let Some(checkpoint) = &resumed
        && checkpoint.progress.fingerprint != run.fingerprint
    {
        let problem = "it was made with other data, another network or other options".into();
        return Err(LearnError::Checkpoint { problem });
    }
    let outcome = run.all_members(resumed, on_epoch)?;

    let warnings = doubts::of_data(classes, training, validation, &layout)
        .into_iter()
        .chain(doubts::of_run(&outcome.history, &outcome.best_epochs, outcome.stopped))
        .collect();
    let members = outcome.members.into_iter().map(|mut weights| {
        if let Some(start) = blueprint.start.as_ref().filter(|_| blueprint.kept > 0.0) {
            weights.move_towards(start, blueprint.kept);
        }
        match &frozen {
            Some(frozen) => frozen.joined(weights),
            None => weights,
        }
    });
    let network = TrainedNetwork { graph, classes: classes.len(), layout, standardiser, members: members.collect() };
    Ok(Fit {
        network,
        history: outcome.history,
        best_epochs: outcome.best_epochs,
        stopped: outcome.stopped,
        knows_nobody: training.iter().any(Example::shows_nobody),
        warnings,
        seconds: outcome.seconds_before + start.elapsed().as_secs_f64(),
    })
}

/// The first weights of `graph`: those that the blueprint brings, and random ones for all others.
pub(crate) fn first_weights(blueprint: &Blueprint, graph: &Graph, seed: u64) -> Result<Weights, LearnError> {
    let mut weights = Weights::initial(graph, |index| stream(seed, Purpose::Weights, index as u64, 0))?;
    if let Some(start) = &blueprint.start {
        for (name, array) in &mut weights.0 {
            if let Some(given) = start.get(name).filter(|given| given.shape == array.shape) {
                *array = given.clone();
            }
        }
    }
    Ok(weights)
}

/// The layers that are kept as they start.
struct Frozen {
    graph: Graph,
    rest: Graph,
    weights: Weights,
}

impl Frozen {
    fn of(blueprint: &Blueprint, graph: &Graph) -> Result<Option<Frozen>, LearnError> {
        let Some(layer) = &blueprint.frozen else { return Ok(None) };
        let (first, rest) = graph.cut_after(layer)?;
        // frozen layers are the same for all members, whatever their seeds
        let weights = first_weights(blueprint, &first, 0)?;
        Ok(Some(Frozen { graph: first, rest, weights }))
    }

    fn joined(&self, mut rest: Weights) -> Weights {
        rest.0.extend(self.weights.0.iter().map(|(name, array)| (name.clone(), array.clone())));
        rest
    }
}

/// What a checkpoint must agree with to be gone on from.
fn fingerprint(
    graph: &Graph,
    classes: &[Class],
    training: &[Example],
    validation: &[Example],
    options: &TrainOptions,
) -> Result<String, LearnError> {
    let failed = |e: serde_json::Error| LearnError::Checkpoint { problem: e.to_string() };
    let mut hasher = blake3::Hasher::new();
    hasher.update(&serde_json::to_vec(&(graph, classes, options)).map_err(failed)?);
    for example in training.iter().chain(validation) {
        hasher.update(&example.label.to_le_bytes());
        hasher.update(&example.weight.to_le_bytes());
        for pose in example.pose.iter().chain(example.frames.iter().flat_map(|frames| frames.iter().flatten())) {
            for landmark in &pose.landmarks {
                hasher.update(&landmark.x.to_le_bytes());
                hasher.update(&landmark.y.to_le_bytes());
            }
        }
        for value in example.photo.iter().flatten() {
            hasher.update(&value.to_le_bytes());
        }
    }
    Ok(hasher.finalize().to_hex().to_string())
}
