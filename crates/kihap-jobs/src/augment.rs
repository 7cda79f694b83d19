//! Making new examples from the skeletons of a dataset.

use std::fmt::Write as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use kihap_dataset::import::{ImportOptions, ImportReport, import};
use kihap_dataset::{Dataset, Manifest};
use kihap_learn::generate::{Diagnostics, GanKind, GanOptions, GanRecord, train_gan};
use kihap_learn::{Example, TrainOptions};
use kihap_vision::Pose;
use kihap_vision::estimators::EstimatorName;

use crate::error::{JobError, Result};
use crate::gather::{Selection, Watch};
use crate::prepare::Prepared;
use crate::recipe::Recipe;

/// Who and what recording generated samples are said to be of, so that no split takes them for a real person's.
const GENERATED: &str = "generated";

/// What to make, from what.
#[derive(Debug, Clone)]
pub struct AugmentRequest {
    /// Which samples are learnt from.
    pub selection: Selection,
    /// Where skeletons come from.
    pub estimator: EstimatorName,
    /// New examples of each class, at least 1.
    pub per_class: usize,
    /// What is made, and how the generator is trained.
    pub options: GanOptions,
}

/// What was made.
#[derive(Debug)]
pub struct Augmented {
    /// How much the new examples are like real ones.
    pub diagnostics: Diagnostics,
    /// What came into the new dataset.
    pub report: ImportReport,
    /// Where the generator lies.
    pub generator: PathBuf,
}

/// Trains a generator on the skeletons of `dataset`, and puts what it makes into the new dataset `out`.
///
/// # Errors
/// A dataset without skeletons, options out of range, a folder that is there already, or a stop.
pub fn augment(
    dataset: &Dataset,
    request: &AugmentRequest,
    out: &Path,
    watch: &mut Watch<'_>,
    on_record: &mut dyn FnMut(&GanRecord) -> ControlFlow<()>,
) -> Result<Augmented> {
    let recipe = Recipe {
        estimator: request.estimator,
        training: TrainOptions { seed: request.options.seed, ..TrainOptions::default() },
        ..Recipe::of("landmark-mlp")?
    };
    let Prepared { classes, gathered, .. } = Prepared::new(dataset, &recipe, &request.selection, watch)?;
    // where nobody was found there is no skeleton to learn from; classes of empty rooms are left alone
    let seen: Vec<bool> =
        (0..classes.len()).map(|c| gathered.examples.iter().any(|e| e.label == c && e.pose.is_some())).collect();
    let number: Vec<usize> = seen
        .iter()
        .scan(0, |next, seen| {
            let own = *next;
            *next += usize::from(*seen);
            Some(own)
        })
        .collect();
    let examples: Vec<Example> = gathered
        .examples
        .into_iter()
        .filter(|e| e.pose.is_some())
        .map(|e| Example { label: number[e.label], ..e })
        .collect();
    let mut kept = seen.iter();
    let mut classes = classes;
    classes.retain(|_| kept.next().copied().unwrap_or(false));
    let names: Vec<String> = classes.iter().map(|c| c.name.clone()).collect();
    for class in &mut classes {
        class.mirror = class.mirror.take().filter(|mirror| names.contains(mirror));
    }

    let generator = train_gan(&examples, &classes, &request.options, on_record)?;
    let diagnostics = generator.diagnose(&examples, request.per_class, request.options.seed)?;
    let manifest = Manifest {
        name: format!("{} generated", dataset.manifest().name),
        classes: dataset.classes().iter().filter(|c| names.contains(&c.name)).cloned().collect(),
        ..dataset.manifest().clone()
    };
    let mut made = Dataset::create(out, &manifest)?;
    let report = fill(&mut made, &names, request, &generator, watch.cancel)?;
    let folder = out.join("models").join("generator");
    generator.save(&folder)?;
    Ok(Augmented { diagnostics, report, generator: folder })
}

fn fill(
    made: &mut Dataset,
    names: &[String],
    request: &AugmentRequest,
    generator: &kihap_learn::generate::Generator,
    cancel: &AtomicBool,
) -> Result<ImportReport> {
    let failed = |path: &Path, reason: String| JobError::File { path: path.to_owned(), reason };
    let folder = tempfile::tempdir().map_err(|e| failed(&std::env::temp_dir(), e.to_string()))?;
    let mut all = ImportReport::default();
    for (label, name) in names.iter().enumerate() {
        let place = folder.path().join(format!("{label}"));
        let source = match request.options.kind {
            GanKind::Landmarks => {
                let file = place.with_extension("csv");
                let poses = generator.poses(label, request.per_class, request.options.seed)?;
                std::fs::write(&file, table(&poses)).map_err(|e| failed(&file, e.to_string()))?;
                file
            }
            GanKind::Pictures => {
                std::fs::create_dir_all(&place).map_err(|e| failed(&place, e.to_string()))?;
                let pictures = generator.pictures(label, request.per_class, request.options.seed)?;
                for (index, picture) in pictures.iter().enumerate() {
                    let file = place.join(format!("{index:05}.png"));
                    picture.save(&file).map_err(|e| failed(&file, e.to_string()))?;
                }
                place
            }
        };
        let options = ImportOptions {
            class: Some(name.clone()),
            person: Some(GENERATED.into()),
            session: Some(format!("{GENERATED}-{}", request.options.seed)),
            ..ImportOptions::default()
        };
        let report = import(made, &[source], &options, &mut |_| {}, cancel)?;
        all.added += report.added;
        all.already_there += report.already_there;
        all.skipped.extend(report.skipped);
        all.per_class.extend(report.per_class);
    }
    Ok(all)
}

/// A landmark table as `import` reads it.
fn table(poses: &[Pose]) -> String {
    let Some(first) = poses.first() else { return String::new() };
    let parts = ["x", "y", "z", "visibility", "world_x", "world_y", "world_z"];
    let joints = first.skeleton.names().iter().flat_map(|joint| parts.map(|part| format!(",{joint}_{part}")));
    let mut text = format!("frame,width,height{}\n", joints.collect::<String>());
    for (frame, pose) in poses.iter().enumerate() {
        // writing to a string cannot fail
        let _ = write!(text, "{frame},{},{}", pose.width, pose.height);
        for (joint, landmark) in pose.landmarks.iter().enumerate() {
            let [x, y, z] = pose.world.get(joint).copied().unwrap_or_default();
            let _ = write!(text, ",{},{},{},{},{x},{y},{z}", landmark.x, landmark.y, landmark.z, landmark.visibility);
        }
        text.push('\n');
    }
    text
}
