//! What is on both sides of a split and should not be.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::near::near_pairs;
use crate::sample::{Part, Sample};

/// Two pictures that look alike, one to fit on and one to test on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The picture in the training part (or validation, where the other is in test).
    pub train: String,
    /// The picture in the test part (or validation, where the other is in train).
    pub test: String,
    /// Bits their perceptual hashes differ in.
    pub distance: u32,
}

/// A person or a recording with samples in training and in test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedGroup {
    /// `person` or `session`.
    pub kind: &'static str,
    /// Who or which.
    pub name: String,
    /// Samples in training.
    pub train: usize,
    /// Samples in validation.
    pub validation: usize,
    /// Samples in test.
    pub test: usize,
}

/// Finds near-duplicates in different parts, and persons and sessions with samples in train and test.
///
/// `parts[i]` is the part of `samples[i]`; `None` takes no part.
pub fn find_leaks(samples: &[Sample], parts: &[Option<Part>], near_distance: u32) -> (Vec<Leak>, Vec<SharedGroup>) {
    let hashes: Vec<_> =
        samples.iter().zip(parts).map(|(s, part)| s.perceptual_hash.filter(|_| part.is_some())).collect();
    let mut leaks: Vec<Leak> = near_pairs(&hashes, near_distance)
        .into_iter()
        .filter(|pair| parts[pair.first] != parts[pair.second])
        .map(|pair| {
            let earlier = parts[pair.first] < parts[pair.second];
            let (train, test) = if earlier { (pair.first, pair.second) } else { (pair.second, pair.first) };
            Leak { train: samples[train].name(), test: samples[test].name(), distance: pair.distance }
        })
        .collect();
    leaks.sort_by(|a, b| (a.distance, &a.test, &a.train).cmp(&(b.distance, &b.test, &b.train)));

    let mut counts: BTreeMap<(&'static str, &str), [usize; 3]> = BTreeMap::new();
    for (sample, part) in samples.iter().zip(parts) {
        let Some(part) = part else { continue };
        for (kind, name) in [("person", &sample.person), ("session", &sample.session)] {
            if let Some(name) = name {
                counts.entry((kind, name)).or_default()[*part as usize] += 1;
            }
        }
    }
    let shared = counts
        .into_iter()
        .filter(|(_, [train, _, test])| *train > 0 && *test > 0)
        .map(|((kind, name), [train, validation, test])| SharedGroup {
            kind,
            name: name.to_string(),
            train,
            validation,
            test,
        })
        .collect();
    (leaks, shared)
}
