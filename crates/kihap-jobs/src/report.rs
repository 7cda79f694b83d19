//! The report of a training or an evaluation: pictures behind every cell of the confusion matrix.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use base64::Engine;
use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use kihap_dataset::curate::{CurationLimits, curate};
use kihap_dataset::{Dataset, Part, Sample};
use kihap_learn::report::{ReportData, ReportSample, ReportTable, write_report};
use kihap_learn::{EpochRecord, Evaluation, Language, Model, Prediction, Warning};
use kihap_vision::{Pose, picture};

use crate::error::Result;

/// The longer side of a small picture in a report, pixels.
const THUMBNAIL_PX: u32 = 112;
/// Small pictures are put into the report itself; beyond so many, only mistakes get one.
const MOST_THUMBNAILS: usize = 600;

/// Samples with the part of each, and the people found in each.
pub type LookedOver<'a> = (&'a [(Sample, Option<Part>)], &'a [Vec<Pose>]);

/// What a report says of a model.
pub trait Reported {
    /// The network's name.
    fn name(&self) -> String;
    /// Names of the classes in label order.
    fn class_names(&self) -> Vec<String>;
    /// What is known of it.
    fn facts(&self, language: Language) -> Vec<ReportTable>;
    /// What to keep in mind.
    fn warnings(&self) -> Vec<Warning>;
    /// Whether people are looked for in pictures before it is asked.
    fn looks_for_people(&self) -> bool;
}

impl Reported for Model {
    fn name(&self) -> String {
        self.description.name.clone()
    }

    fn class_names(&self) -> Vec<String> {
        Model::class_names(self)
    }

    fn facts(&self, language: Language) -> Vec<ReportTable> {
        ReportTable::of_model(&self.description, language)
    }

    fn warnings(&self) -> Vec<Warning> {
        self.description.warnings.clone()
    }

    fn looks_for_people(&self) -> bool {
        self.description.features.estimator.is_some()
    }
}

/// What a report is made of.
pub struct Report<'a> {
    /// The dataset the samples belong to.
    pub dataset: &'a Dataset,
    /// The model.
    pub model: &'a dyn Reported,
    /// The numbers.
    pub evaluation: &'a Evaluation,
    /// Every epoch, for the curves.
    pub history: &'a [EpochRecord],
    /// Each evaluated sample with its true label and its prediction.
    pub judged: &'a [(Sample, usize, Prediction)],
    /// Samples to look over for the curation summary, the part of each, and the people found in each.
    pub looked_over: LookedOver<'a>,
    /// The language.
    pub language: Language,
}

/// Writes the report into `folder` and returns the path of its page.
///
/// # Errors
/// When it cannot be written.
pub fn write(folder: &Path, report: &Report<'_>) -> Result<PathBuf> {
    let wrong = report.judged.iter().filter(|(_, truth, p)| *truth != p.label).count();
    let all = report.judged.len() <= MOST_THUMBNAILS;
    let samples = report
        .judged
        .iter()
        .map(|(sample, truth, prediction)| {
            let path = report.dataset.picture_path(sample);
            let small = all || (*truth != prediction.label && wrong <= MOST_THUMBNAILS);
            ReportSample {
                name: sample.name(),
                truth: *truth,
                predicted: prediction.label,
                confidence: prediction.confidence(),
                abstained: prediction.abstained,
                picture: path.as_deref().filter(|_| small).and_then(thumbnail),
                link: path.and_then(|p| p.canonicalize().ok()).map(|p| format!("file://{}", p.display())),
            }
        })
        .collect();
    let titles: HashMap<&str, &str> = report
        .dataset
        .classes()
        .iter()
        .filter_map(|c| {
            let title = if report.language == Language::Korean { &c.korean } else { &c.english };
            title.as_deref().map(|t| (c.name.as_str(), t))
        })
        .collect();
    let names = report.model.class_names();
    let data = ReportData {
        title: format!("{} · {}", report.dataset.manifest().name, report.model.name()),
        language: report.language,
        class_titles: names.iter().map(|n| titles.get(n.as_str()).map_or(n.clone(), |t| (*t).to_owned())).collect(),
        history: report.history.to_vec(),
        evaluation: report.evaluation.clone(),
        samples,
        facts: report.model.facts(report.language),
        curation: curation_tables(report),
        warnings: report.model.warnings(),
    };
    Ok(write_report(folder, &data)?.html)
}

fn curation_tables(report: &Report<'_>) -> Vec<ReportTable> {
    let (samples, people) = report.looked_over;
    let (samples, parts): (Vec<Sample>, Vec<Option<Part>>) = samples.iter().cloned().unzip();
    let looked = report.model.looks_for_people();
    let poses: Vec<Option<&[Pose]>> = people.iter().map(|p| looked.then_some(p.as_slice())).collect();
    let found = curate(&samples, &poses, &parts, report.dataset.manifest(), &CurationLimits::default());
    let mut rows = vec![("samples".to_owned(), found.samples.to_string())];
    rows.extend(found.counts.iter().map(|(reason, count)| (reason.clone(), count.to_string())));
    rows.push(("leaks between train and test".into(), found.leaks.len().to_string()));
    vec![ReportTable { title: String::new(), rows }]
}

/// A small JPEG as a `data:` address; `None` where the picture cannot be read any more.
fn thumbnail(path: &Path) -> Option<String> {
    let image = picture::read(path).ok()?;
    let (width, height) = image.dimensions();
    let scale = THUMBNAIL_PX as f32 / width.max(height) as f32;
    let (w, h) = ((width as f32 * scale).max(1.0) as u32, (height as f32 * scale).max(1.0) as u32);
    let small = image::imageops::thumbnail(&image, w, h);
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 75).encode(&small, w, h, ExtendedColorType::Rgb8).ok()?;
    Some(format!("data:image/jpeg;base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes)))
}
