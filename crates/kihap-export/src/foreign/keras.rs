//! Keras files (`.h5`, `.keras`) of the zoo's picture networks.

use kihap_zoo::import;
use kihap_zoo::onnx::{Options, write};

use super::classifier::{ForeignClassifier, ForeignInput, ForeignKind, Scores};
use super::error::ForeignError;
use super::options::ForeignOptions;
use super::package::Package;
use super::picture_tensor::PictureTensor;
use super::tfjs;
use kihap_learn::Warning;

/// Reads the Keras file that the package is.
pub(super) fn read(package: &mut Package, options: &ForeignOptions) -> Result<ForeignClassifier, ForeignError> {
    let path = package.path().to_owned();
    let error = |problem: String| ForeignError::new(&path, problem);
    let zoo = |e: kihap_zoo::ZooError| match e {
        kihap_zoo::ZooError::File { problem, .. } => error(problem),
        other => error(other.to_string()),
    };
    let identified = import::identify(&path).map_err(zoo)?;
    let graph = &identified.graph;
    let network = write(graph, &identified.weights, &Options::default()).map_err(zoo)?;
    let Some(own) = graph.input.preprocessing else {
        return Err(error(format!("it is {}, which reads no pictures", graph.name)));
    };
    let mut warnings = Vec::new();
    let mut picture = PictureTensor::of(&own);
    if let Some(range) = options.range {
        (picture.mean, picture.scale) = range.mean_and_scale();
    } else {
        warnings.push(Warning::PreprocessingOfNetwork { network: graph.name.clone() });
    }
    picture.fit = options.fit.unwrap_or(picture.fit);
    let classes = graph.outputs().map_err(zoo)?;
    if classes == 1 {
        return Err(error("it answers with one number; two classes or more are run".into()));
    }
    let names = tfjs::labels_of(package, options, classes, &mut warnings)?;
    Ok(ForeignClassifier {
        kind: ForeignKind::Keras,
        name: graph.name.clone(),
        labels: names,
        input: ForeignInput::Picture(picture),
        scores: Scores::Logits,
        threshold: 0.0,
        parameters: identified.weights.count(),
        network,
        output: "output".into(),
        warnings,
    })
}
