//! The curation report.

use std::collections::BTreeMap;

use kihap_vision::Pose;
use serde::Serialize;

use super::body::{BodyPart, cut_off};
use super::leaks::{Leak, SharedGroup, find_leaks};
use super::limits::CurationLimits;
use super::outlier::{Labelled, outliers};
use super::shape::Shape;
use crate::manifest::{Class, Manifest};
use crate::near::near_pairs;
use crate::sample::{Measures, Part, Reason, Sample, SampleId};

/// A sample with something wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Flag {
    /// Its name: the file, relative to the dataset.
    pub sample: String,
    /// Its number.
    pub id: SampleId,
    /// What is wrong, the gravest first.
    pub reasons: Vec<Reason>,
    /// The numbers behind the reasons.
    pub details: FlagDetails,
}

/// The numbers behind a flag; those that do not apply are left out.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct FlagDetails {
    /// Parts of the body outside the picture.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut_off: Vec<BodyPart>,
    /// How many people were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<usize>,
    /// See [`crate::Measures::sharpness`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sharpness: Option<f32>,
    /// See [`crate::Measures::highlight`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlight: Option<f32>,
    /// Bits by which it differs from the picture it duplicates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance: Option<u32>,
    /// The class an outlier looks like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub looks_like: Option<String>,
}

/// What was found wrong with a dataset.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CurationReport {
    /// Samples looked at.
    pub samples: usize,
    /// Those with something wrong, in their order.
    pub flagged: Vec<Flag>,
    /// Near-duplicates in different parts.
    pub leaks: Vec<Leak>,
    /// Persons and sessions in train and test.
    pub shared: Vec<SharedGroup>,
    /// How many samples each reason was found for.
    pub counts: BTreeMap<String, usize>,
}

impl CurationReport {
    /// What [`crate::Dataset::set_aside`] should be given.
    ///
    /// Not everything flagged is worth losing: where all that is wrong is that hands or feet leave the picture, the
    /// rest of the posture can be learnt from, so such samples stay.
    pub fn to_set_aside(&self) -> Vec<(SampleId, Vec<Reason>)> {
        let harmless = |flag: &Flag| {
            flag.reasons == [Reason::CutOff]
                && flag.details.cut_off.iter().all(|p| matches!(p, BodyPart::Hands | BodyPart::Feet))
        };
        self.flagged.iter().filter(|f| !harmless(f)).map(|f| (f.id, f.reasons.clone())).collect()
    }
}

/// Looks samples over.
///
/// `poses[i]` are the people found in `samples[i]`, the most certain first: empty when nobody was found, `None` when
/// nobody looked. `parts[i]` is the part the sample is in, for finding leaks; `None` when it is in none. `manifest` says
/// which classes mirror each other.
///
/// # Panics
/// When the three slices differ in length.
pub fn curate(
    samples: &[Sample],
    poses: &[Option<&[Pose]>],
    parts: &[Option<Part>],
    manifest: &Manifest,
    limits: &CurationLimits,
) -> CurationReport {
    assert!(samples.len() == poses.len() && samples.len() == parts.len(), "one entry of each a sample");
    let people: Vec<Option<Vec<&Pose>>> = poses.iter().map(|found| found.map(|f| counted(f, limits))).collect();
    let mut findings: Vec<(Vec<Reason>, FlagDetails)> = vec![Default::default(); samples.len()];

    let empty = |sample: &Sample| manifest.class(&sample.class).is_some_and(Class::means_nobody);
    for ((sample, people), (reasons, details)) in samples.iter().zip(&people).zip(&mut findings) {
        if !empty(sample) {
            look_at_people(people.as_deref(), limits, reasons, details);
        }
        look_at_picture(sample.measures, limits, reasons, details);
    }
    let shapes: Vec<Option<Shape>> =
        people.iter().map(|people| people.as_ref().and_then(|p| p.first()).and_then(|p| Shape::of(p))).collect();
    // Pictures of one empty room are all alike, and that is no fault of theirs.
    mark_duplicates(samples, &people, &shapes, &empty, limits, &mut findings);
    mark_outliers(samples, shapes, manifest, limits, &mut findings);

    let (leaks, shared) = find_leaks(samples, parts, limits.near_distance);
    let mut counts = BTreeMap::new();
    let flagged: Vec<Flag> = samples
        .iter()
        .zip(findings)
        .filter(|(_, (reasons, _))| !reasons.is_empty())
        .map(|(sample, (reasons, details))| {
            for reason in &reasons {
                *counts.entry(reason.kind().to_string()).or_insert(0) += 1;
            }
            Flag { sample: sample.name(), id: sample.id, reasons, details }
        })
        .collect();
    CurationReport { samples: samples.len(), flagged, leaks, shared, counts }
}

/// Looks a single picture over, as [`curate`] does: what can be told without the others. `people` are those found in it, the
/// most certain first, and `None` where nobody was to be found or nobody looked.
pub fn look_over(
    measures: Option<Measures>,
    people: Option<&[Pose]>,
    limits: &CurationLimits,
) -> (Vec<Reason>, FlagDetails) {
    let (mut reasons, mut details) = Default::default();
    look_at_people(people.map(|found| counted(found, limits)).as_deref(), limits, &mut reasons, &mut details);
    look_at_picture(measures, limits, &mut reasons, &mut details);
    (reasons, details)
}

/// The people who count: the first one found with enough confidence, and others that are large enough beside it.
fn counted<'a>(found: &'a [Pose], limits: &CurationLimits) -> Vec<&'a Pose> {
    let height = |pose: &Pose| pose.bounds(0.0).map_or(0.0, |(_, top, _, bottom)| bottom - top);
    let mut people: Vec<&Pose> = found.iter().filter(|p| p.score >= limits.person_score).collect();
    if let Some(first) = people.first().map(|p| height(p)) {
        let mut index = 0;
        people.retain(|p| {
            index += 1;
            index == 1 || height(p) >= limits.second_person * first
        });
    }
    people
}

fn look_at_people(
    people: Option<&[&Pose]>,
    limits: &CurationLimits,
    reasons: &mut Vec<Reason>,
    details: &mut FlagDetails,
) {
    let Some(people) = people else { return };
    let Some(first) = people.first() else {
        reasons.push(Reason::NoPerson);
        return;
    };
    if people.len() > 1 {
        reasons.push(Reason::SeveralPeople);
        details.people = Some(people.len());
    }
    let missing: Vec<BodyPart> =
        cut_off(first, limits.outside).into_iter().filter(|p| limits.required.contains(p)).collect();
    if !missing.is_empty() {
        reasons.push(Reason::CutOff);
        details.cut_off = missing;
    }
}

fn look_at_picture(
    measures: Option<Measures>,
    limits: &CurationLimits,
    reasons: &mut Vec<Reason>,
    details: &mut FlagDetails,
) {
    let Some(measures) = measures else { return };
    let dark = measures.highlight < limits.dark_highlight;
    // What cannot be seen cannot be sharp: a dark picture is only called dark.
    if dark {
        reasons.push(Reason::Dark);
        details.highlight = Some(measures.highlight);
    } else if measures.sharpness < limits.blur {
        reasons.push(Reason::Blur);
        details.sharpness = Some(measures.sharpness);
    }
}

/// Of each class's near-duplicates the sharpest stays; the others point to it.
fn mark_duplicates(
    samples: &[Sample],
    people: &[Option<Vec<&Pose>>],
    shapes: &[Option<Shape>],
    exempt: &dyn Fn(&Sample) -> bool,
    limits: &CurationLimits,
    findings: &mut [(Vec<Reason>, FlagDetails)],
) {
    let hashes: Vec<_> = samples.iter().map(|s| s.perceptual_hash).collect();
    let mut near: BTreeMap<usize, Vec<(usize, u32)>> = BTreeMap::new();
    let moved = |a: usize, b: usize| match (&shapes[a], &shapes[b]) {
        (Some(a), Some(b)) => a.distance(b) > limits.duplicate_posture,
        // Before a fixed camera an empty picture is near to every other, and must not stand for one with somebody in it.
        _ => matches!((&people[a], &people[b]), (Some(a), Some(b)) if a.is_empty() != b.is_empty()),
    };
    for pair in near_pairs(&hashes, limits.duplicate_distance) {
        let same = samples[pair.first].class == samples[pair.second].class && !exempt(&samples[pair.first]);
        if same && !moved(pair.first, pair.second) {
            near.entry(pair.first).or_default().push((pair.second, pair.distance));
            near.entry(pair.second).or_default().push((pair.first, pair.distance));
        }
    }
    let sharpness = |i: usize| samples[i].measures.map_or(0.0, |m| m.sharpness);
    let mut order: Vec<usize> = near.keys().copied().collect();
    order.sort_by(|&a, &b| sharpness(b).total_cmp(&sharpness(a)).then(a.cmp(&b)));
    // Each one kept stands for those near to it, and only for those: along a slow movement every frame is near to the
    // next, and following the chain would throw the movement away.
    let mut decided = vec![false; samples.len()];
    for kept in order {
        if decided[kept] {
            continue;
        }
        decided[kept] = true;
        for &(other, distance) in &near[&kept] {
            if !std::mem::replace(&mut decided[other], true) {
                findings[other].0.push(Reason::DuplicateOf(samples[kept].name()));
                findings[other].1.distance = Some(distance);
            }
        }
    }
}

fn mark_outliers(
    samples: &[Sample],
    shapes: Vec<Option<Shape>>,
    manifest: &Manifest,
    limits: &CurationLimits,
    findings: &mut [(Vec<Reason>, FlagDetails)],
) {
    let mut names: Vec<&str> = Vec::new();
    let mut number = |name| {
        names.iter().position(|n| *n == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        })
    };
    let mut indices = Vec::new();
    let mut poses = Vec::new();
    for (index, (sample, shape)) in samples.iter().zip(shapes).enumerate() {
        let Some(shape) = shape else { continue };
        let class = number(sample.class.as_str());
        let mirrored_class = number(manifest.mirrored(&sample.class));
        indices.push(index);
        poses.push(Labelled { shape, class, mirrored_class });
    }
    for (index, suspicion) in indices.into_iter().zip(outliers(&poses, limits)) {
        if let Some(suspicion) = suspicion {
            findings[index].0.push(Reason::Outlier);
            findings[index].1.looks_like = Some(names[suspicion.looks_like].to_string());
        }
    }
}

#[cfg(test)]
pub(super) mod tests;
