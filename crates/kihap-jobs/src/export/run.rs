//! The job: write, verify, put in place.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use kihap_dataset::features::ExtractionProgress;
use kihap_export::card::{self, Verified};
use kihap_export::tfjs::{self, LayersExport};
use kihap_export::web::needs;
use kihap_export::{ExportWarning, Reads, onnx as onnx_file, teachable_machine};
use kihap_learn::Model;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::folder::{self, File, MARK};
use super::held_out::{HeldOutSamples, choose, dataset_of};
use super::verify::{Verification, compare};
use super::{backbone, layers, onnx, time, web};
use crate::error::{JobError, Result};
use crate::gather::{Stage, Watch};

/// What a model is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExportFormat {
    /// One ONNX file, from the picture or the landmarks to probabilities.
    Onnx,
    /// A TensorFlow.js layers model.
    Tfjs,
    /// What `@teachablemachine/pose` or `@teachablemachine/image` loads.
    TeachableMachine,
    /// A page for any static host.
    Web,
}

impl ExportFormat {
    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            ExportFormat::Onnx => "onnx",
            ExportFormat::Tfjs => "tfjs",
            ExportFormat::TeachableMachine => "teachable-machine",
            ExportFormat::Web => "web",
        }
    }
}

/// What to export.
#[derive(Debug, Clone)]
pub struct ExportRequest<'a> {
    /// The model.
    pub model: &'a Model,
    /// Its folder, which knows what was held out.
    pub folder: &'a Path,
    /// For what.
    pub format: ExportFormat,
    /// Where to; an earlier export there is replaced.
    pub out: &'a Path,
    /// Run the exported file on so many held-out samples.
    pub verify: Option<usize>,
    /// The dataset with these samples; `None`: the one whose folder the model lies in.
    pub dataset: Option<&'a Path>,
}

/// What the job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportStage {
    /// Making features of the samples to verify on.
    Features(Stage),
    /// Running the exported file.
    Verifying,
}

/// How the job tells of its progress and is stopped.
pub struct ExportWatch<'a> {
    /// Called as work gets on: what, how many done, of how many.
    pub progress: &'a mut dyn FnMut(ExportStage, usize, usize),
    /// Set from elsewhere to stop.
    pub cancel: &'a AtomicBool,
}

/// What was written.
#[derive(Debug, Clone)]
pub struct Exported {
    /// For what.
    pub format: ExportFormat,
    /// The folder.
    pub out: PathBuf,
    /// Files in it, with their sizes in bytes.
    pub files: Vec<(String, usize)>,
    /// What the file is given, for people and programs.
    pub input: Json,
    /// What its user must know.
    pub warnings: Vec<ExportWarning>,
    /// What running it gave, where that was asked for.
    pub verification: Option<Verification>,
}

impl Exported {
    /// The whole as JSON.
    pub fn told(&self) -> Json {
        json!({
            "format": self.format.name(),
            "out": self.out,
            "files": self.files.iter().map(|(name, bytes)| json!({"name": name, "bytes": bytes})).collect::<Vec<_>>(),
            "input": self.input,
            "warnings": self.warnings.iter().map(ExportWarning::told).collect::<Vec<_>>(),
            "verification": self.verification,
        })
    }
}

/// The files of an export before anything is on disk.
pub(super) struct Draft {
    pub(super) files: Vec<File>,
    pub(super) input: Json,
    pub(super) warnings: Vec<ExportWarning>,
    pub(super) made: Made,
}

/// What is needed to run it.
pub(super) enum Made {
    Onnx(Reads),
    Layers(LayersExport),
}

/// Exports a model.
///
/// # Errors
/// What the format cannot hold, with what to use instead; a file that answers other labels than Kihap; a folder that holds
/// something else.
pub fn export(request: &ExportRequest<'_>, watch: &mut ExportWatch<'_>) -> Result<Exported> {
    folder::check(request.out)?;
    let mut draft = draft(request)?;
    let verification = request.verify.map(|count| verified(request, &draft, count, watch)).transpose()?;
    if let Some(changed) = verification.as_ref().filter(|v| !v.changed.is_empty()) {
        let first = &changed.changed[0];
        return Err(JobError::ExportDiffers {
            changed: changed.changed.len(),
            samples: changed.samples,
            sample: first.sample.clone(),
            kihap: first.kihap.clone(),
            export: first.export.clone(),
            runtime: changed.runtime.clone(),
            difference: changed.largest_difference,
        });
    }
    let seen = verification.as_ref().map(|v| Verified {
        samples: v.samples,
        runtime: v.runtime.clone(),
        largest_difference: v.largest_difference,
    });
    let cards = card::write(request.model, &draft.warnings, seen.as_ref());
    draft.files.push(File::new("MODEL_CARD.md", cards.english));
    draft.files.push(File::new("MODEL_CARD.ko.md", cards.korean));
    let mut exported = Exported {
        format: request.format,
        out: request.out.to_owned(),
        files: draft.files.iter().map(|f| (f.name.clone(), f.bytes.len())).collect(),
        input: draft.input,
        warnings: draft.warnings,
        verification,
    };
    let mut told = exported.told();
    told["model"] = json!(request.model.description.name);
    told["labels"] = json!(request.model.class_names());
    told["kihap"] = json!(env!("CARGO_PKG_VERSION"));
    if let Some(all) = told.as_object_mut() {
        all.remove("out");
    }
    draft.files.push(File::new(MARK, format!("{told:#}\n")));
    exported.files.push((MARK.into(), draft.files.last().map_or(0, |f| f.bytes.len())));
    folder::write(request.out, &draft.files)?;
    Ok(exported)
}

/// Whether a model can be had in a format, without writing anything.
///
/// # Errors
/// What the format cannot hold, with what to use instead.
pub fn check(model: &Model, format: ExportFormat) -> Result<()> {
    let backbone = || backbone::of(model);
    match format {
        ExportFormat::Onnx => Reads::of(model).map(drop)?,
        ExportFormat::Web => needs(model).map(drop)?,
        // Which layers the other side has is known only by writing them.
        ExportFormat::Tfjs => tfjs::export(model, backbone()?.as_ref()).map(drop)?,
        ExportFormat::TeachableMachine => {
            teachable_machine::export(model, backbone()?.as_ref(), &time::now()).map(drop)?;
        }
    }
    Ok(())
}

fn draft(request: &ExportRequest<'_>) -> Result<Draft> {
    let backbone = backbone::of(request.model)?;
    match request.format {
        ExportFormat::Onnx | ExportFormat::Web => {
            let mut more = Vec::new();
            if request.format == ExportFormat::Web {
                more = web::files(request.model)?;
            }
            let cards = card::write(request.model, &[], None);
            let written = onnx_file::write(request.model, backbone.as_ref(), &cards)?;
            // the page finds the landmarks and withholds judgement itself
            let warnings = if request.format == ExportFormat::Web { Vec::new() } else { written.warnings };
            let mut files = vec![File::new("model.onnx", written.file)];
            files.extend(more);
            Ok(Draft { files, input: written.reads.described(), warnings, made: Made::Onnx(written.reads) })
        }
        ExportFormat::Tfjs => Ok(of_layers(tfjs::export(request.model, backbone.as_ref())?)),
        ExportFormat::TeachableMachine => {
            Ok(of_layers(teachable_machine::export(request.model, backbone.as_ref(), &time::now())?))
        }
    }
}

fn of_layers(written: LayersExport) -> Draft {
    Draft {
        files: vec![
            File::new("metadata.json", written.metadata.clone()),
            File::new("model.json", written.json.clone()),
            File::new("weights.bin", written.weights.clone()),
        ],
        input: layers::described(&written.input),
        warnings: written.warnings.clone(),
        made: Made::Layers(written),
    }
}

fn verified(
    request: &ExportRequest<'_>,
    draft: &Draft,
    count: usize,
    watch: &mut ExportWatch<'_>,
) -> Result<Verification> {
    let dataset = dataset_of(request.model, request.folder, request.dataset)?;
    let progress = &mut watch.progress;
    let mut tell = |stage, p: ExtractionProgress| progress(ExportStage::Features(stage), p.done, p.total);
    let mut inner = Watch { progress: &mut tell, cancel: watch.cancel };
    let HeldOutSamples { samples, part } = choose(request.model, request.folder, &dataset, count.max(1), &mut inner)?;
    let total = samples.len();
    let mut done = |done| (watch.progress)(ExportStage::Verifying, done, total);
    let (answers, runtime, given) = match &draft.made {
        Made::Onnx(reads) => {
            let answers = onnx::answers(&draft.files[0].bytes, reads, request.model, &samples, &mut done)?;
            (answers, "ONNX Runtime".to_owned(), String::new())
        }
        Made::Layers(written) => {
            let answers = layers::answers(written, request.format, request.model, &samples, &mut done)?;
            (answers.probabilities, answers.runtime, layers::given(&written.input))
        }
    };
    Ok(compare(&samples, &answers, &request.model.class_names(), part, runtime, given))
}
