//! From the words of the command line to a recipe.

use anyhow::{Context as _, bail};
use kihap_jobs::{Freeze, Recipe};
use kihap_learn::Augmentation;
use kihap_learn::train::{ClassWeights, DeviceName, Optimiser, Schedule};
use kihap_vision::augment::{Erasing, PictureAugmentation};
use kihap_vision::picture_input::PictureInput;
use kihap_zoo::networks::{InputKind, find};

use crate::options::{AugmentName, DeviceArg, InputName, OptimiserName, RecipeArgs, ScheduleName, SplitName};

/// Keras' momentum where one is asked for by name alone.
const SGD_MOMENTUM: f32 = 0.9;

/// Puts what was said on the command line in the place of what the recipe says.
pub(crate) fn apply(recipe: &mut Recipe, args: &RecipeArgs, seed: u64) -> anyhow::Result<()> {
    let entry = find(&recipe.model)?;
    if let Some(input) = args.input {
        recipe.input = picture_input(input, entry.name, entry.input)?;
    }
    set(&mut recipe.estimator, args.estimator);
    set(&mut recipe.backbone, args.backbone.clone());
    set(&mut recipe.width, args.width);
    recipe.side = args.side.or(recipe.side);
    recipe.dropout = args.dropout.or(recipe.dropout);
    if let Some(name) = &args.from {
        recipe.adapt(name);
    }
    if let Some(weights) = &args.weights {
        recipe.weights = Some(weights.clone());
        recipe.freeze = Freeze::Features;
    }
    match args.freeze.as_deref() {
        None => {}
        Some("none") => recipe.freeze = Freeze::Nothing,
        Some("features") => recipe.freeze = Freeze::Features,
        Some(layer) => recipe.freeze = Freeze::UpTo(layer.to_owned()),
    }
    recipe.mirror_photos |= args.mirror_photos;
    let training = &mut recipe.training;
    if let Some(epochs) = args.epochs {
        training.set_epochs(epochs);
    }
    set(&mut training.batch_size, args.batch_size);
    set(&mut training.learning_rate, args.learning_rate);
    set(&mut training.warm_up, args.warm_up);
    set(&mut training.weight_decay, args.weight_decay);
    set(&mut training.label_smoothing, args.label_smoothing);
    set(&mut training.patience, args.patience);
    set(&mut training.members, args.members);
    training.upper_body |= args.upper_body;
    training.seed = seed;
    if args.no_class_weights {
        training.class_weights = ClassWeights::None;
    }
    if let Some(device) = args.device {
        training.device = match device {
            DeviceArg::Cpu => DeviceName::Cpu,
            DeviceArg::Wgpu => DeviceName::Wgpu,
            DeviceArg::Cuda => DeviceName::Cuda,
        };
    }
    if let Some(optimiser) = args.optimiser {
        training.optimiser = match optimiser {
            OptimiserName::Sgd => Optimiser::Sgd { momentum: args.momentum.unwrap_or(SGD_MOMENTUM) },
            OptimiserName::Adam => Optimiser::Adam,
            OptimiserName::Adamw => Optimiser::AdamW,
            OptimiserName::Rmsprop => Optimiser::Rmsprop { rho: 0.9, momentum: args.momentum.unwrap_or(0.0) },
        };
    } else if let Some(given) = args.momentum {
        match &mut training.optimiser {
            Optimiser::Sgd { momentum } | Optimiser::Rmsprop { momentum, .. } => *momentum = given,
            other => bail!("--momentum is for sgd and rmsprop, but the optimiser is {other:?}; add --optimiser"),
        }
    }
    if let Some(schedule) = args.schedule {
        training.schedule = match schedule {
            ScheduleName::Constant => Schedule::Constant,
            ScheduleName::Cosine => Schedule::Cosine,
            ScheduleName::Step => Schedule::Step { every: training.epochs.div_ceil(3).max(1), factor: 0.1 },
        };
    }
    match args.augment {
        None | Some(AugmentName::Default) => {}
        Some(AugmentName::Mirror) => {
            training.augmentation = Augmentation::mirror_only();
            training.picture_augmentation = PictureAugmentation::none();
        }
        Some(AugmentName::None) => {
            training.augmentation = Augmentation::none();
            training.picture_augmentation = PictureAugmentation::none();
        }
        Some(AugmentName::Keras) => training.picture_augmentation = PictureAugmentation::keras_original(),
        Some(AugmentName::Strong) => training.picture_augmentation = strong(),
    }
    if matches!(args.augment, Some(AugmentName::Keras | AugmentName::Strong)) && !entry.input.reads_pictures() {
        bail!(
            "--augment keras and strong change pictures, but '{}' reads {}; take one that reads pictures",
            recipe.model,
            entry.input.name()
        );
    }
    Ok(())
}

/// The recipe of a network named on the command line, `NETWORK` or `NETWORK@INPUT`.
pub(crate) fn named(name: &str) -> anyhow::Result<Recipe> {
    let Some((network, input)) = name.split_once('@') else { return Ok(Recipe::of(name)?) };
    let mut recipe = Recipe::of(network)?;
    recipe.input = input.parse().map_err(anyhow::Error::msg).with_context(|| format!("in '{name}'"))?;
    Ok(recipe)
}

fn picture_input(input: InputName, name: &str, reads: InputKind) -> anyhow::Result<PictureInput> {
    let sees = reads.reads_photo() || reads.reads_pictures();
    let fits = match input {
        InputName::Photo | InputName::Overlay | InputName::Skeleton => sees,
        InputName::Landmarks => reads.reads_landmarks() && !reads.reads_sequences(),
        InputName::Sequence => reads.reads_sequences(),
    };
    if !fits {
        bail!("'{name}' reads {}; `kihap models` lists what each network reads", reads.name());
    }
    Ok(match input {
        InputName::Overlay => PictureInput::Overlay,
        InputName::Skeleton => PictureInput::Skeleton,
        _ => PictureInput::Photo,
    })
}

/// The strategy a word of the command line means.
pub(crate) fn strategy(name: SplitName) -> kihap_dataset::split::SplitStrategy {
    use kihap_dataset::split::SplitStrategy;
    match name {
        SplitName::Grouped => SplitStrategy::Grouped,
        SplitName::Random => SplitStrategy::Random,
        SplitName::Folders => SplitStrategy::Folders,
    }
}

/// Keras' geometry, other light and colour, and half of the pictures with a part erased.
fn strong() -> PictureAugmentation {
    PictureAugmentation {
        brightness: [0.7, 1.3],
        contrast: [0.7, 1.3],
        saturation: [0.5, 1.5],
        hue_degrees: 10.0,
        erase: Some(Erasing::default()),
        ..PictureAugmentation::keras_original()
    }
}

fn set<T>(place: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *place = given;
    }
}
