//! Recipes: everything about a training but the data, as a TOML file whose name says the experiment.

use std::path::{Path, PathBuf};

use kihap_dataset::split::SplitStrategy;
use kihap_learn::train::{ClassWeights, Optimiser, Schedule};
use kihap_learn::{Augmentation, Blueprint, Class, LearnError, Model, TrainOptions};
use kihap_vision::augment::PictureAugmentation;
use kihap_vision::estimators::EstimatorName;
use kihap_vision::picture_input::PictureInput;
use kihap_zoo::Weights;
use kihap_zoo::networks::{InputKind, find};
use serde::{Deserialize, Serialize};

use crate::builtin::start_from;
use crate::error::{JobError, Result};

/// Which layers keep the weights they start from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Freeze {
    /// None: everything is trained.
    #[default]
    Nothing,
    /// All up to the pooled features: the last layers alone are trained.
    Features,
    /// All up to and including the named layer.
    UpTo(String),
}

/// A training, apart from the data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Recipe {
    /// The network, by its name in the zoo.
    pub model: String,
    /// What of a picture an image network is shown.
    pub input: PictureInput,
    /// Where skeletons come from.
    pub estimator: EstimatorName,
    /// Where photo features come from: `efficientnet-lite0`, `posenet`, or the folder of a Teachable Machine image export.
    pub backbone: String,
    /// Factor on the number of channels, for networks whose paper has it.
    pub width: f32,
    /// Side of the pictures in pixels, where it is not to be the published one.
    pub side: Option<usize>,
    /// Share of elements dropped in training, where it is not to be the network's own.
    pub dropout: Option<f32>,
    /// A built-in model to start from, such as `builtin:basics`.
    pub from: Option<String>,
    /// Weights to start from: the folder of a model of Kihap's, safetensors, ONNX, Keras `.h5` or `.keras`, a Teachable Machine image export.
    pub weights: Option<PathBuf>,
    /// Which layers keep these weights.
    pub freeze: Freeze,
    /// Whether features are shifted and scaled to mean 0 and deviation 1.
    pub standardise: bool,
    /// Also learn from the photo features of mirrored pictures.
    pub mirror_photos: bool,
    /// How training, validation and test are told apart.
    pub split: SplitStrategy,
    /// Options of training.
    pub training: TrainOptions,
}

impl Default for Recipe {
    fn default() -> Recipe {
        Recipe {
            model: "landmark-mlp".into(),
            input: PictureInput::Photo,
            estimator: EstimatorName::default(),
            backbone: "efficientnet-lite0".into(),
            width: 1.0,
            side: None,
            dropout: None,
            from: None,
            weights: None,
            freeze: Freeze::Nothing,
            standardise: true,
            mirror_photos: false,
            split: SplitStrategy::Grouped,
            training: TrainOptions::default(),
        }
    }
}

impl Recipe {
    /// What suits the network called `name`; for Teachable Machine's heads, exactly what Teachable Machine does.
    ///
    /// # Errors
    /// A name that no network has; the text lists them.
    pub fn of(name: &str) -> Result<Recipe> {
        let entry = find(name).map_err(LearnError::from)?;
        let plain = Recipe { model: name.to_owned(), ..Recipe::default() };
        Ok(match (name, entry.input) {
            ("teachable-machine-image", _) => teachable_machine(plain, Optimiser::Adam, 1e-3),
            ("teachable-machine-pose", _) => Recipe {
                backbone: "posenet".into(),
                ..teachable_machine(plain, Optimiser::Rmsprop { rho: 0.9, momentum: 0.0 }, 1e-4)
            },
            (_, InputKind::Picture) => Recipe {
                training: TrainOptions {
                    epochs: 30,
                    picture_augmentation: PictureAugmentation::keras_original(),
                    ..TrainOptions::default()
                },
                ..plain
            },
            (_, InputKind::Sequence | InputKind::JointSequence) => Recipe { training: sequences(), ..plain },
            _ => plain,
        })
    }

    /// Starts from the built-in model `from` (such as `builtin:basics`): with few epochs and small steps, for what is known is to
    /// be adapted, not learnt anew.
    pub fn adapt(&mut self, from: &str) {
        self.from = Some(from.to_owned());
        (self.training.learning_rate, self.training.epochs) = (3e-4, 60);
    }

    /// Reads a recipe; what it leaves out is what suits its network.
    ///
    /// # Errors
    /// Files that cannot be read, and names and values that do not exist.
    pub fn read(path: &Path) -> Result<Recipe> {
        let failed = |reason: String| JobError::File { path: path.to_owned(), reason };
        let text = std::fs::read_to_string(path).map_err(|e| failed(e.to_string()))?;
        let own: toml::Table = toml::from_str(&text).map_err(|e| failed(e.to_string()))?;
        let model = own.get("model").and_then(toml::Value::as_str).unwrap_or("landmark-mlp");
        let mut all = toml::Table::try_from(Recipe::of(model)?).map_err(|e| failed(e.to_string()))?;
        merge(&mut all, own);
        all.try_into().map_err(|e: toml::de::Error| failed(e.message().to_owned()))
    }

    /// As TOML.
    ///
    /// # Errors
    /// Values that TOML cannot hold.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string_pretty(self)
            .map_err(|e| JobError::File { path: PathBuf::from("recipe.toml"), reason: e.to_string() })
    }

    /// The network with its settings and the weights it starts from, for these classes.
    ///
    /// # Errors
    /// Settings that the network cannot have, and weights that do not fit.
    pub fn blueprint(&self, names: &[Class]) -> Result<Blueprint> {
        let classes = names.len();
        let entry = find(&self.model).map_err(LearnError::from)?;
        let mut blueprint = Blueprint {
            width: self.width,
            side: self.side,
            dropout: self.dropout,
            standardise: self.standardise,
            ..Blueprint::new(entry)
        };
        if let Some(name) = &self.from {
            start_from(name, &mut blueprint, names)?;
            return Ok(blueprint);
        }
        let wants_graph = self.weights.is_some() || self.freeze != Freeze::Nothing;
        if !wants_graph {
            return Ok(blueprint);
        }
        if entry.input != InputKind::Picture {
            let reason = "only networks on pictures start from a file of weights or have frozen layers".into();
            return Err(JobError::Recipe { model: self.model.clone(), reason });
        }
        let graph = blueprint.graph_of_pictures(classes).map_err(LearnError::from)?;
        if let Some(path) = &self.weights {
            blueprint.start = Some(match own_weights(path)? {
                Some(weights) => weights,
                None => kihap_zoo::import::read(path, &graph).map_err(LearnError::from)?.weights,
            });
        }
        blueprint.frozen = match &self.freeze {
            Freeze::Nothing => None,
            Freeze::Features => entry.features.map(str::to_owned),
            Freeze::UpTo(layer) => Some(layer.clone()),
        };
        Ok(blueprint)
    }

    /// The row's name in tables: the network, what it is shown, and its backbone where that is not the usual one.
    pub fn title(&self) -> String {
        let reads_photos = find(&self.model).is_ok_and(|e| e.input.reads_photo() || e.input.reads_pictures());
        let mut title = self.model.clone();
        if reads_photos && self.input != PictureInput::Photo {
            title += &format!(" {}", self.input);
        }
        title
    }
}

/// The weights of a model folder of our own, the first network's where there are several; `None` for other files.
fn own_weights(path: &Path) -> Result<Option<Weights>> {
    if !path.join("model.toml").is_file() {
        return Ok(None);
    }
    Ok(Model::load(path)?.network.members.into_iter().next())
}

/// 50 epochs, batches of 16, and nothing that Teachable Machine does not have.
fn teachable_machine(plain: Recipe, optimiser: Optimiser, learning_rate: f64) -> Recipe {
    let training = TrainOptions {
        epochs: 50,
        batch_size: 16,
        optimiser,
        learning_rate,
        schedule: Schedule::Constant,
        weight_decay: 0.0,
        class_weights: ClassWeights::None,
        patience: 0,
        augmentation: Augmentation::none(),
        ..TrainOptions::default()
    };
    Recipe { standardise: false, split: SplitStrategy::Random, training, ..plain }
}

/// Found on three persons of MSR Action3D who are in the training part of all of its published splits, one of them left
/// out at a time.
fn sequences() -> TrainOptions {
    let augmentation = Augmentation {
        yaw_degrees: 20.0,
        roll_degrees: 5.0,
        stretch: 0.1,
        jitter: 0.0,
        drop_joint: 0.0,
        ..Augmentation::default()
    };
    TrainOptions {
        epochs: 100,
        batch_size: 16,
        learning_rate: 2e-3,
        warm_up: 5,
        weight_decay: 0.05,
        label_smoothing: 0.1,
        patience: 0,
        augmentation,
        ..TrainOptions::default()
    }
}

/// Puts `over`'s values in the place of `under`'s, table by table.
fn merge(under: &mut toml::Table, over: toml::Table) {
    for (name, value) in over {
        match (under.get_mut(&name), value) {
            (Some(toml::Value::Table(under)), toml::Value::Table(over)) => merge(under, over),
            (_, value) => {
                under.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_says_only_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mobilenet-v2_frozen_batch8.toml");
        let text = "model = \"mobilenet-v2\"\nfreeze = \"features\"\n[training]\nbatch_size = 8\n";
        std::fs::write(&path, text).unwrap();
        let recipe = Recipe::read(&path).unwrap();
        assert_eq!((recipe.training.batch_size, recipe.training.epochs), (8, 30));
        assert_eq!(recipe.freeze, Freeze::Features);
        assert_eq!(recipe.training.picture_augmentation, PictureAugmentation::keras_original());
        std::fs::write(&path, recipe.to_toml().unwrap()).unwrap();
        assert_eq!(Recipe::read(&path).unwrap(), recipe);
    }

    #[test]
    fn misspelt_recipes_are_refused_with_the_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wrong.toml");
        for (text, word) in [
            ("modle = \"gru\"", "modle"),
            ("model = \"grue\"", "grue"),
            ("[training]\nepoch = 3", "epoch"),
            ("width = \"wide\"", "f32"),
        ] {
            std::fs::write(&path, text).unwrap();
            let error = Recipe::read(&path).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn teachable_machines_recipes_are_its_own() {
        let pose = Recipe::of("teachable-machine-pose").unwrap();
        assert_eq!(pose.backbone, "posenet");
        assert_eq!((pose.training.epochs, pose.training.batch_size, pose.training.learning_rate), (50, 16, 1e-4));
        assert_eq!(pose.training.optimiser, Optimiser::Rmsprop { rho: 0.9, momentum: 0.0 });
        let image = Recipe::of("teachable-machine-image").unwrap();
        assert_eq!(image.training.optimiser, Optimiser::Adam);
        assert!(!image.standardise && image.split == SplitStrategy::Random);
    }
}
