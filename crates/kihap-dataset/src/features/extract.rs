//! Running an estimator or a backbone over samples, reading back what is known.

use std::sync::atomic::{AtomicBool, Ordering};

use image::RgbImage;
use kihap_vision::{PhotoBackbone, Pose, PoseEstimator};

use super::cache::{FeatureCache, FeatureKind};
use super::stream::{Wanted, decoded};
use crate::dataset::Dataset;
use crate::error::Result;
use crate::pose_bytes;
use crate::sample::{Sample, SampleId};

/// Results written in one transaction: what a crash can cost is the work on as many pictures.
const CHUNK: usize = 64;

/// How far an extraction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExtractionProgress {
    /// Samples finished, from the cache or anew.
    pub done: usize,
    /// Samples in all.
    pub total: usize,
    /// Samples of `done` that were read back.
    pub from_cache: usize,
}

/// The result of one sample.
#[derive(Debug, Clone, PartialEq)]
pub struct Extracted<T> {
    /// The sample.
    pub sample: SampleId,
    /// Its result; `None` when its picture cannot be read or the run was stopped before it.
    pub value: Option<T>,
}

/// A sample that gave no result.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// The sample's name.
    pub sample: String,
    /// Why, as a sentence.
    pub reason: String,
}

/// What an extraction gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Extraction<T> {
    /// One entry a sample, in the order asked for.
    pub items: Vec<Extracted<T>>,
    /// The samples that gave none, and why.
    pub problems: Vec<Problem>,
    /// How many were read back rather than made.
    pub from_cache: usize,
    /// Whether the run was stopped before its end; what was made is kept.
    pub cancelled: bool,
}

impl<T> Extraction<T> {
    /// The results alone, in the order asked for.
    pub fn into_values(self) -> Vec<Option<T>> {
        self.items.into_iter().map(|item| item.value).collect()
    }
}

/// The people in each sample's picture, the most certain first; samples that are landmarks only give their own pose.
///
/// Pictures whose poses are cached for the same estimator and settings are not read. Others are decoded ahead of the
/// network, and their results are written every 64 pictures, so that a stopped run goes on where it was. Fails when the
/// estimator fails or the cache cannot be written; bad pictures are only reported.
pub fn poses_of(
    dataset: &Dataset,
    samples: &[Sample],
    estimator: &mut dyn PoseEstimator,
    progress: &mut dyn FnMut(ExtractionProgress),
    cancel: &AtomicBool,
) -> Result<Extraction<Vec<Pose>>> {
    let cache = FeatureCache::open(dataset.root(), FeatureKind::Poses, &estimator.settings())?;
    let mut run = Run::new(dataset, samples, cache, progress);
    run.read_back(pose_bytes::decode, |id| Ok(dataset.stored_pose(id)?.map(|pose| vec![pose])))?;
    run.make(
        1,
        cancel,
        |poses: &Vec<Pose>| pose_bytes::encode(poses),
        |pictures| pictures.iter().map(|picture| Ok(estimator.estimate(picture)?)).collect(),
    )
}

/// The feature vector of each sample's picture; otherwise like [`poses_of`].
///
/// `batch` pictures go through the network at once.
pub fn photo_features_of(
    dataset: &Dataset,
    samples: &[Sample],
    backbone: &mut dyn PhotoBackbone,
    batch: usize,
    progress: &mut dyn FnMut(ExtractionProgress),
    cancel: &AtomicBool,
) -> Result<Extraction<Vec<f32>>> {
    let cache = FeatureCache::open(dataset.root(), FeatureKind::Photo, &backbone.settings())?;
    let width = backbone.features();
    let mut run = Run::new(dataset, samples, cache, progress);
    run.read_back(|bytes| pose_bytes::decode_floats(bytes).filter(|f| f.len() == width), |_| Ok(None))?;
    run.make(
        batch.max(1),
        cancel,
        |f: &Vec<f32>| pose_bytes::encode_floats(f),
        |pictures| Ok(backbone.embed(pictures)?),
    )
}

struct Run<'a, T> {
    dataset: &'a Dataset,
    samples: &'a [Sample],
    cache: FeatureCache,
    progress: &'a mut dyn FnMut(ExtractionProgress),
    values: Vec<Option<T>>,
    problems: Vec<(usize, String)>,
    from_cache: usize,
    done: usize,
    wanted: Vec<Wanted>,
}

impl<'a, T> Run<'a, T> {
    fn new(
        dataset: &'a Dataset,
        samples: &'a [Sample],
        cache: FeatureCache,
        progress: &'a mut dyn FnMut(ExtractionProgress),
    ) -> Run<'a, T> {
        let values = samples.iter().map(|_| None).collect();
        Run {
            dataset,
            samples,
            cache,
            progress,
            values,
            problems: Vec::new(),
            from_cache: 0,
            done: 0,
            wanted: Vec::new(),
        }
    }

    fn tell(&mut self) {
        (self.progress)(ExtractionProgress { done: self.done, total: self.samples.len(), from_cache: self.from_cache });
    }

    /// Fills in what the cache or the sample itself knows, and lists the rest as wanted.
    fn read_back(
        &mut self,
        decode: impl Fn(&[u8]) -> Option<T>,
        own: impl Fn(SampleId) -> Result<Option<T>>,
    ) -> Result<()> {
        for (index, sample) in self.samples.iter().enumerate() {
            let Some(path) = self.dataset.picture_path(sample) else {
                self.values[index] = own(sample.id)?;
                if self.values[index].is_none() {
                    self.problems.push((index, "it is landmarks only and has no picture".to_string()));
                }
                self.done += 1;
                continue;
            };
            // A value that does not decode was written by another version: it is made again.
            match self.cache.get(&sample.hash)?.and_then(|bytes| decode(&bytes)) {
                Some(value) => {
                    self.values[index] = Some(value);
                    self.from_cache += 1;
                    self.done += 1;
                }
                None => self.wanted.push(Wanted::new(index, path, sample)),
            }
        }
        self.tell();
        Ok(())
    }

    /// Makes what is wanted.
    fn make(
        mut self,
        batch: usize,
        cancel: &AtomicBool,
        encode: impl Fn(&T) -> Vec<u8>,
        mut network: impl FnMut(&[RgbImage]) -> Result<Vec<T>>,
    ) -> Result<Extraction<T>> {
        let wanted = std::mem::take(&mut self.wanted);
        let mut fresh: Vec<(String, Vec<u8>)> = Vec::new();
        let outcome = decoded(&wanted, batch, cancel, |good, bad| {
            self.done += good.len() + bad.len();
            self.problems.extend(bad);
            let (indices, pictures): (Vec<_>, Vec<_>) = good.into_iter().unzip();
            if !pictures.is_empty() {
                let results = network(&pictures)?;
                for (index, value) in indices.into_iter().zip(results) {
                    fresh.push((self.samples[index].hash.clone(), encode(&value)));
                    self.values[index] = Some(value);
                }
            }
            if fresh.len() >= CHUNK {
                self.cache.put(&std::mem::take(&mut fresh))?;
            }
            self.tell();
            Ok(())
        });
        // Even after an error what was made is worth keeping; the error is told first.
        let kept = self.cache.put(&fresh);
        outcome?;
        kept?;
        self.problems.sort_by_key(|(index, _)| *index);
        let samples = self.samples;
        Ok(Extraction {
            items: samples.iter().zip(self.values).map(|(s, value)| Extracted { sample: s.id, value }).collect(),
            problems: self
                .problems
                .into_iter()
                .map(|(index, reason)| Problem { sample: samples[index].name(), reason })
                .collect(),
            from_cache: self.from_cache,
            cancelled: cancel.load(Ordering::Relaxed) && self.done < samples.len(),
        })
    }
}
