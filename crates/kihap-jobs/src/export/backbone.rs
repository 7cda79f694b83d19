//! The files of the networks that make a model's photo features.

use kihap_export::{Backbone, LayersFile};
use kihap_learn::Model;
use kihap_vision::backbone::Preprocessing;
use kihap_vision::weights::{self, Network};

use crate::error::{JobError, Result};

/// The network behind a model's photo features, as it lies in the cache; `None` where the model reads none.
pub(super) fn of(model: &Model) -> Result<Option<Backbone>> {
    let Some(settings) = model.description.features.backbone.as_deref() else { return Ok(None) };
    if !model.network.layout.input().reads_photo() {
        return Ok(None);
    }
    let name = settings.split(' ').next().unwrap_or_default();
    let read = |path: std::path::PathBuf| {
        std::fs::read(&path).map_err(|e| JobError::File {
            reason: format!(
                "{e}; `kihap setup` gets the networks, and training with --backbone makes those of exports"
            ),
            path,
        })
    };
    Ok(Some(match name {
        "posenet" => Backbone::Posenet { file: read(weights::path_of(Network::Posenet))? },
        "efficientnet-lite0" => Backbone::Photo {
            name: name.into(),
            file: read(weights::path_of(Network::EfficientnetLite0))?,
            preprocessing: Preprocessing::EFFICIENTNET_LITE0,
            layers: None,
        },
        name => {
            let own = |ending: &str| weights::cache_dir().join(format!("{name}.{ending}"));
            let layers = std::fs::read(own("model.json")).ok().zip(std::fs::read(own("weights.bin")).ok());
            Backbone::Photo {
                name: name.into(),
                file: read(own("onnx"))?,
                preprocessing: Preprocessing::TEACHABLE_MACHINE,
                layers: layers.map(|(json, weights)| LayersFile { json, weights }),
            }
        }
    }))
}
