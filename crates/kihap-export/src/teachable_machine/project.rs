//! Writing a dataset as a `.tm` project, which Teachable Machine's site opens.

use std::fs::File;
use std::io::{Seek, Write};
use std::path::{Path, PathBuf};

use image::codecs::jpeg::JpegEncoder;
use kihap_dataset::{Dataset, DatasetError, Filter, Sample};
use kihap_vision::backbone::Preprocessing;
use kihap_vision::picture;
use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::manifest::{MANIFEST, Manifest, ProjectKind};

/// The site's samples are squares of so many pixels.
const SIDE: u32 = 224;
/// Quality of the JPEGs that other pictures become.
const QUALITY: u8 = 95;
/// The largest picture that may be one of the site's size.
const LARGEST_AS_IT_IS: usize = 1 << 20;

/// What a project holds, and what it could not hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ProjectReport {
    /// The project's file.
    pub path: PathBuf,
    /// Samples written, by class in order.
    pub classes: Vec<(String, usize)>,
    /// Pictures written byte for byte: JPEGs of 224 × 224.
    pub as_they_are: usize,
    /// Pictures cut to their centred square, brought to 224 × 224 and encoded anew.
    pub resized: usize,
    /// Samples that are landmarks only, which a project has no place for.
    pub without_picture: usize,
    /// Samples whose picture cannot be read, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Classes without a picture: the site does not show them, an import by Kihap does.
    pub empty_classes: Vec<String>,
}

/// Why a project was not written.
#[derive(Debug)]
pub enum ProjectError {
    /// The dataset cannot be read.
    Dataset(DatasetError),
    /// There is no picture to write.
    NoPictures,
    /// The file cannot be written.
    Unwritable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
}

impl std::fmt::Display for ProjectError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ProjectError::Dataset(e) => e.fmt(f),
            ProjectError::NoPictures => f.write_str(
                "the dataset has no picture in use, and a .tm project holds nothing else; import pictures first",
            ),
            ProjectError::Unwritable { path, reason } => {
                write!(f, "cannot write {}: {reason}; choose another place", path.display())
            }
        }
    }
}

impl std::error::Error for ProjectError {}

impl From<DatasetError> for ProjectError {
    fn from(e: DatasetError) -> ProjectError {
        ProjectError::Dataset(e)
    }
}

/// Writes the samples in use as a project: `<class>-!-<number>.jpg` for each, class by class, and a manifest. Persons,
/// recordings and parts go into the manifest under a key that the site does not know, where [`super::import_archive`] finds
/// them. The file appears complete or not at all.
///
/// # Errors
/// A dataset without pictures, and a place that cannot be written to.
pub fn write_project(dataset: &Dataset, path: &Path, kind: ProjectKind) -> Result<ProjectReport, ProjectError> {
    let samples = dataset.samples(&Filter::default())?;
    let unwritable = |reason: String| ProjectError::Unwritable { path: path.to_owned(), reason };
    let draft = path.with_extension(format!("{}.partial", std::process::id()));
    let written = File::create(&draft).map_err(|e| unwritable(e.to_string())).and_then(|file| {
        let report = write(dataset, &samples, kind, file).map_err(&unwritable)?;
        if report.classes.iter().all(|(_, count)| *count == 0) {
            return Err(ProjectError::NoPictures);
        }
        std::fs::rename(&draft, path).map_err(|e| unwritable(e.to_string()))?;
        Ok(ProjectReport { path: path.to_owned(), ..report })
    });
    if written.is_err() {
        // what could not be finished is of no use to anybody
        let _ = std::fs::remove_file(&draft);
    }
    written
}

fn write(
    dataset: &Dataset,
    samples: &[Sample],
    kind: ProjectKind,
    file: impl Write + Seek,
) -> Result<ProjectReport, String> {
    let mut zip = ZipWriter::new(file);
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let mut manifest = Manifest::new(kind, dataset.classes());
    let mut report = ProjectReport::default();
    for class in dataset.classes() {
        let mut count = 0;
        for sample in samples.iter().filter(|sample| sample.class == class.name) {
            let Some(picture) = dataset.picture_path(sample) else {
                report.without_picture += 1;
                continue;
            };
            let (bytes, as_it_is) = match jpeg_of(&picture) {
                Ok(found) => found,
                Err(reason) => {
                    report.unreadable.push((sample.name(), reason));
                    continue;
                }
            };
            let entry = format!("{}-!-{count}.jpg", class.name);
            zip.start_file(entry.as_str(), options).map_err(|e| e.to_string())?;
            zip.write_all(&bytes).map_err(|e| e.to_string())?;
            manifest.keep(&entry, sample);
            *(if as_it_is { &mut report.as_they_are } else { &mut report.resized }) += 1;
            count += 1;
        }
        if count == 0 {
            report.empty_classes.push(class.name.clone());
        }
        report.classes.push((class.name.clone(), count));
    }
    zip.start_file(MANIFEST, options).map_err(|e| e.to_string())?;
    let text = serde_json::to_vec(&manifest).map_err(|e| e.to_string())?;
    zip.write_all(&text).map_err(|e| e.to_string())?;
    zip.finish().map_err(|e| e.to_string())?;
    Ok(report)
}

/// A sample's JPEG of the site's size, and whether it is the picture's own file.
fn jpeg_of(path: &Path) -> Result<(Vec<u8>, bool), String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let jpeg = bytes.starts_with(b"\xff\xd8") && bytes.len() <= LARGEST_AS_IT_IS;
    // a picture that EXIF turns is as large upright, but the site would not turn it
    let turned = jpeg && bytes.windows(6).take(1 << 16).any(|w| w == b"Exif\0\0");
    if jpeg && !turned && picture::upright_size(&bytes).is_ok_and(|size| size == (SIDE, SIDE)) {
        picture::decode(&bytes).map_err(|e| e.to_string())?;
        return Ok((bytes, true));
    }
    let whole = picture::decode(&bytes).map_err(|e| e.to_string())?;
    let square = Preprocessing::TEACHABLE_MACHINE.target_size().fit(&whole).map_err(|e| e.to_string())?;
    let mut encoded = Vec::new();
    JpegEncoder::new_with_quality(&mut encoded, QUALITY).encode_image(&square).map_err(|e| e.to_string())?;
    Ok((encoded, false))
}
