//! The networks that features come from.

use std::path::{Path, PathBuf};

use image::RgbImage;
use kihap_convert::tfjs::{self, Cut};
use kihap_learn::model::FeatureSource;
use kihap_learn::{InputKind, Layout, Model};
use kihap_vision::backbone::{OnnxBackbone, Preprocessing};
use kihap_vision::estimators::EstimatorName;
use kihap_vision::picture_input::{PictureInput, picture_input};
use kihap_vision::posenet::Posenet;
use kihap_vision::{PhotoBackbone, PoseEstimator, VisionError, weights};

use crate::error::{JobError, Result};

/// People whose joints are looked for in a picture: a second one is looked for so that curation can warn of them.
pub(crate) const MAX_PEOPLE: usize = 2;
/// Pictures that go through the image network at once.
pub(crate) const BATCH: usize = 16;

/// A frozen image network by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Backbone {
    /// EfficientNet-Lite0 trained on ImageNet, 1280 features.
    #[default]
    EfficientnetLite0,
    /// PoseNet's maps as Teachable Machine reads them, 14739 features.
    Posenet,
    /// MobileNetV2 0.35 out of a Teachable Machine image export (folder with `model.json`), 1280 features.
    TeachableMachine(PathBuf),
}

impl Backbone {
    /// Reads a name, or a path to a Teachable Machine export's folder.
    pub fn parse(text: &str) -> Backbone {
        match text {
            "efficientnet-lite0" => Backbone::EfficientnetLite0,
            "posenet" => Backbone::Posenet,
            path => Backbone::TeachableMachine(PathBuf::from(path)),
        }
    }

    fn open(&self) -> Result<Box<dyn PhotoBackbone + Send>> {
        Ok(match self {
            Backbone::EfficientnetLite0 => Box::new(OnnxBackbone::efficientnet_lite0()?),
            Backbone::Posenet => Box::new(Posenet::open()?),
            Backbone::TeachableMachine(folder) => Box::new(open_teachable_machine(&unpacked(folder)?)?),
        })
    }

    /// The backbone behind the settings that a model recorded.
    fn of_settings(settings: &str) -> Result<Box<dyn PhotoBackbone + Send>> {
        match settings.split(' ').next().unwrap_or_default() {
            "efficientnet-lite0" => Backbone::EfficientnetLite0.open(),
            "posenet" => Backbone::Posenet.open(),
            name => {
                let path = weights::cache_dir().join(format!("{name}.onnx"));
                Ok(Box::new(OnnxBackbone::open(&path, name, "features", 1280, Preprocessing::TEACHABLE_MACHINE)?))
            }
        }
    }
}

/// `model.json` and `weights.bin` of a folder.
struct Export {
    json: Vec<u8>,
    weights: Vec<u8>,
}

fn unpacked(folder: &Path) -> Result<Export> {
    let failed = |reason: String| JobError::Backbone { path: folder.to_owned(), reason };
    let json = std::fs::read(folder.join("model.json")).map_err(|e| {
        failed(format!(
            "no model.json can be read there ({e}); give `efficientnet-lite0`, `posenet`, or the unpacked folder of a \
             Teachable Machine image export"
        ))
    })?;
    let weights =
        tfjs::gather_weights(&json, |name| std::fs::read(folder.join(name)).ok()).map_err(|e| failed(e.to_string()))?;
    Ok(Export { json, weights })
}

/// Takes the network below the head out of an export, once; it lies in the cache folder under the hash of its weights.
fn open_teachable_machine(export: &Export) -> Result<OnnxBackbone> {
    let hash = blake3::hash(&export.weights).to_hex();
    let name = format!("teachable-machine-{}", &hash[..12]);
    let path = weights::cache_dir().join(format!("{name}.onnx"));
    let layers = path.with_extension("model.json");
    if !path.exists() || !layers.exists() {
        let failed = |reason: String| JobError::Backbone { path: path.clone(), reason };
        let onnx = tfjs::layers_to_onnx(&export.json, &export.weights, &Cut::PooledFeatures)
            .map_err(|e| failed(e.to_string()))?;
        // the export as it is stays beside it, for `kihap export --to teachable-machine`
        let put = |ending: &str, bytes: &[u8]| {
            let path = weights::cache_dir().join(format!("{name}.{ending}"));
            let temporary = path.with_extension(format!("{}.partial", std::process::id()));
            std::fs::write(&temporary, bytes)
                .and_then(|()| std::fs::rename(&temporary, &path))
                .map_err(|e| failed(e.to_string()))
        };
        put("model.json", &export.json)?;
        put("weights.bin", &export.weights)?;
        put("onnx", &onnx)?;
    }
    Ok(OnnxBackbone::open(&path, &name, "features", 1280, Preprocessing::TEACHABLE_MACHINE)?)
}

/// What a network is given to see, and the networks that see for it.
pub struct Eyes {
    pub(crate) input: InputKind,
    pub(crate) picture: PictureInput,
    /// Looks for the people whose skeletons are read or drawn.
    pub(crate) estimator: Option<Box<dyn PoseEstimator + Send>>,
    pub(crate) backbone: Option<Box<dyn PhotoBackbone + Send>>,
    /// How pictures are prepared for a network that reads pictures.
    pub(crate) preprocessing: Option<Preprocessing>,
    backbone_settings: Option<String>,
}

impl Eyes {
    /// Opens what `input` reads; `picture` says what of a picture an image network is shown.
    ///
    /// # Errors
    /// When a network is missing or damaged.
    pub fn open(
        input: InputKind,
        picture: PictureInput,
        preprocessing: Option<Preprocessing>,
        estimator: EstimatorName,
        backbone: &Backbone,
    ) -> Result<Eyes> {
        let backbone = input.reads_photo().then(|| backbone.open()).transpose()?;
        Eyes::with(input, picture, preprocessing, &mut || Ok(estimator.open(MAX_PEOPLE)?), backbone)
    }

    /// Opens what a model was trained with.
    ///
    /// # Errors
    /// When a network is missing or damaged, or gives other features than the model was trained on.
    pub fn of_model(model: &Model) -> Result<Eyes> {
        let source = &model.description.features;
        let input = model.network.layout.input();
        let preprocessing = match &model.network.layout {
            Layout::Picture(layout) => Some(*layout.preprocessing()),
            _ => None,
        };
        let backbone = source.backbone.as_deref().map(|settings| {
            let opened = Backbone::of_settings(settings)?;
            same(settings, &opened.settings())?;
            Ok::<_, JobError>(opened)
        });
        let mut open = || {
            let settings = source.estimator.as_deref().unwrap_or_default();
            let name = EstimatorName::of_settings(settings).map_err(|_| JobError::OtherFeatures {
                wanted: settings.to_owned(),
                found: "no such estimator".into(),
            })?;
            let opened = name.open(MAX_PEOPLE)?;
            same(settings, &opened.settings())?;
            Ok(opened)
        };
        Eyes::with(input, source.picture, preprocessing, &mut open, backbone.transpose()?)
    }

    fn with(
        input: InputKind,
        picture: PictureInput,
        preprocessing: Option<Preprocessing>,
        open: &mut dyn FnMut() -> Result<Box<dyn PoseEstimator + Send>>,
        backbone: Option<Box<dyn PhotoBackbone + Send>>,
    ) -> Result<Eyes> {
        let sees_pictures = input.reads_photo() || input.reads_pictures();
        let picture = if sees_pictures { picture } else { PictureInput::Photo };
        let looks = input.reads_landmarks() || picture.needs_people();
        let estimator = looks.then(&mut *open).transpose()?;
        let backbone_settings = backbone.as_ref().map(|b| b.settings());
        let backbone = match backbone {
            Some(backbone) if picture.needs_people() => {
                let drawn: Box<dyn PhotoBackbone + Send> = Box::new(Drawn { backbone, estimator: open()?, picture });
                Some(drawn)
            }
            other => other,
        };
        Ok(Eyes { input, picture, estimator, backbone, preprocessing, backbone_settings })
    }

    /// What a model must record to be fed with the same features again.
    pub fn source(&self) -> FeatureSource {
        FeatureSource {
            estimator: self.estimator.as_ref().map(|e| e.settings()),
            backbone: self.backbone_settings.clone(),
            picture: self.picture,
            preprocessing: "upright RGB picture; landmarks about the hips in torso lengths, body turned to the camera"
                .into(),
        }
    }
}

/// A backbone that is shown pictures with skeletons drawn on them, or skeletons alone.
struct Drawn {
    backbone: Box<dyn PhotoBackbone + Send>,
    estimator: Box<dyn PoseEstimator + Send>,
    picture: PictureInput,
}

impl PhotoBackbone for Drawn {
    fn settings(&self) -> String {
        format!("{}, shown {} by {}", self.backbone.settings(), self.picture, self.estimator.settings())
    }

    fn features(&self) -> usize {
        self.backbone.features()
    }

    fn embed(&mut self, pictures: &[RgbImage]) -> std::result::Result<Vec<Vec<f32>>, VisionError> {
        let mut drawn = Vec::with_capacity(pictures.len());
        for picture in pictures {
            drawn.push(picture_input(self.picture, picture, &self.estimator.estimate(picture)?));
        }
        self.backbone.embed(&drawn)
    }
}

fn same(wanted: &str, found: &str) -> Result<()> {
    if wanted == found {
        return Ok(());
    }
    Err(JobError::OtherFeatures { wanted: wanted.into(), found: found.into() })
}

/// A backbone that looks at every picture in a mirror.
pub(crate) struct Mirrored<'a>(pub(crate) &'a mut dyn PhotoBackbone);

impl PhotoBackbone for Mirrored<'_> {
    fn settings(&self) -> String {
        format!("{}, mirrored", self.0.settings())
    }

    fn features(&self) -> usize {
        self.0.features()
    }

    fn embed(&mut self, pictures: &[RgbImage]) -> std::result::Result<Vec<Vec<f32>>, VisionError> {
        let mirrored: Vec<RgbImage> = pictures.iter().map(image::imageops::flip_horizontal).collect();
        self.0.embed(&mirrored)
    }
}
