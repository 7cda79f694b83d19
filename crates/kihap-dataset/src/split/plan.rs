//! Train, validation and test.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::assign::{assign, count, number_classes};
use super::{GroupedBy, NEAR_DISTANCE, SplitWarning, group};
use crate::sample::{Part, Sample};

/// What a split needs to know of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SplitSample<'a> {
    /// The class it shows.
    pub class: &'a str,
    /// Who is in it.
    pub person: Option<&'a str>,
    /// The recording it belongs to.
    pub session: Option<&'a str>,
    /// What it looks like.
    pub perceptual_hash: Option<u64>,
    /// The part its folder put it in.
    pub folder: Option<Part>,
}

impl<'a> From<&'a Sample> for SplitSample<'a> {
    fn from(sample: &'a Sample) -> SplitSample<'a> {
        SplitSample {
            class: &sample.class,
            person: sample.person.as_deref(),
            session: sample.session.as_deref(),
            perceptual_hash: sample.perceptual_hash,
            folder: sample.split,
        }
    }
}

/// How samples are divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SplitStrategy {
    /// What belongs together stays together; see [`super::group`].
    #[default]
    Grouped,
    /// Every sample by itself; optimistic.
    Random,
    /// As the folders say. Without a validation folder, a grouped part of train is held back for it.
    Folders,
}

/// What is wanted of a split.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SplitOptions {
    /// How samples are divided.
    pub strategy: SplitStrategy,
    /// Fraction held back for validation, 0..1.
    pub validation: f64,
    /// Fraction held back for test, 0..1.
    pub test: f64,
    /// Same seed, same split.
    pub seed: u64,
    /// Bits in which near-duplicates may differ.
    pub near_distance: u32,
    /// These persons make the test part, whatever the fraction and the strategy say; nobody else does.
    pub test_persons: Vec<String>,
}

impl Default for SplitOptions {
    /// Grouped, 70 : 15 : 15.
    fn default() -> SplitOptions {
        SplitOptions {
            strategy: SplitStrategy::Grouped,
            validation: 0.15,
            test: 0.15,
            seed: 0,
            near_distance: NEAR_DISTANCE,
            test_persons: Vec::new(),
        }
    }
}

/// A finished split.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SplitPlan {
    /// The part of each sample, in the order given.
    pub parts: Vec<Part>,
    /// How it was made.
    pub strategy: SplitStrategy,
    /// What was kept together; `None` for a random split.
    pub grouped_by: Option<GroupedBy>,
    /// How many groups there were.
    pub groups: usize,
    /// What to know before believing the numbers.
    pub warnings: Vec<SplitWarning>,
}

impl SplitPlan {
    /// Indices of the samples in `part`.
    pub fn indices(&self, part: Part) -> Vec<usize> {
        (0..self.parts.len()).filter(|&i| self.parts[i] == part).collect()
    }
}

/// A class with fewer samples than this is warned about.
const FEW: usize = 10;

/// Divides samples. The same samples, options and seed give the same split.
pub fn split(samples: &[SplitSample<'_>], options: &SplitOptions) -> SplitPlan {
    let mut warnings = Vec::new();
    let mut parts: Vec<Option<Part>> = vec![None; samples.len()];
    for person in &options.test_persons {
        let mut found = false;
        for (part, _) in parts.iter_mut().zip(samples).filter(|(_, s)| s.person == Some(person.as_str())) {
            *part = Some(Part::Test);
            found = true;
        }
        if !found {
            warnings.push(SplitWarning::UnknownPerson { person: person.clone() });
        }
    }
    let test_given = !options.test_persons.is_empty();
    let mut wanted = [1.0 - options.validation - options.test, options.validation, options.test];
    if test_given {
        wanted = [1.0 - options.validation, options.validation, 0.0];
    }
    if options.strategy == SplitStrategy::Folders {
        wanted = take_folders(samples, &mut parts, options, test_given, &mut warnings);
    }

    // What is still to be handed out, as indices into `samples`.
    let open: Vec<usize> = (0..samples.len()).filter(|&i| parts[i].is_none()).collect();
    let rest: Vec<SplitSample<'_>> = open.iter().map(|&i| samples[i]).collect();
    let needed = wanted.iter().filter(|share| **share > 0.0).count();
    let (groups, count_of, grouped_by) = if options.strategy == SplitStrategy::Random {
        warnings.push(SplitWarning::RandomIsOptimistic);
        ((0..rest.len()).collect(), rest.len(), None)
    } else {
        // Two groups are worth keeping apart even where three were wanted: train and test come before validation.
        let grouping = group(&rest, needed.min(2), options.near_distance);
        if needed > 1 {
            warnings.extend(grouping.warnings);
        }
        (grouping.group, grouping.count, Some(grouping.by))
    };
    let (classes, names) = number_classes(rest.iter().map(|s| s.class));
    let counts = count(&groups, count_of, &classes, names.len());
    let part_of = share_out(&counts, wanted, options.seed);
    for (&index, &group) in open.iter().zip(&groups) {
        parts[index] = Some(part_of[group]);
    }
    if needed > 1 {
        for (class, name) in names.iter().enumerate() {
            if grouped_by.is_some() && counts.iter().filter(|g| g[class] > 0).count() == 1 {
                warnings.push(SplitWarning::SingleGroup { class: (*name).to_string() });
            }
        }
    }

    let parts: Vec<Part> = parts.into_iter().map(|p| p.unwrap_or(Part::Train)).collect();
    let mut expected: Vec<Part> =
        Part::ALL.into_iter().zip(wanted).filter(|(_, share)| *share > 0.0).map(|(part, _)| part).collect();
    if test_given || options.strategy == SplitStrategy::Folders {
        expected.push(Part::Test);
    }
    look_over(samples, &parts, &expected, options, &mut warnings);
    SplitPlan { parts, strategy: options.strategy, grouped_by, groups: count_of, warnings }
}

/// Takes what the folders say; returns the shares for handing out the rest.
fn take_folders(
    samples: &[SplitSample<'_>],
    parts: &mut [Option<Part>],
    options: &SplitOptions,
    test_given: bool,
    warnings: &mut Vec<SplitWarning>,
) -> [f64; 3] {
    let unknown = samples.iter().filter(|s| s.folder.is_none()).count();
    if unknown > 0 {
        warnings.push(SplitWarning::PartUnknown { samples: unknown });
    }
    let has_validation = samples.iter().any(|s| s.folder == Some(Part::Validation));
    for (part, sample) in parts.iter_mut().zip(samples).filter(|(part, _)| part.is_none()) {
        *part = match sample.folder {
            // Persons left out for testing replace the test folder.
            Some(Part::Test) if !test_given => Some(Part::Test),
            Some(Part::Validation) => Some(Part::Validation),
            _ if has_validation => Some(Part::Train),
            _ => None,
        };
    }
    if has_validation { [1.0, 0.0, 0.0] } else { [1.0 - options.validation, options.validation, 0.0] }
}

/// Hands groups out to the parts; with two groups and three parts wanted, validation goes without.
fn share_out(counts: &[Vec<usize>], mut wanted: [f64; 3], seed: u64) -> Vec<Part> {
    if wanted[1] > 0.0 && wanted[2] > 0.0 && counts.len() == 2 {
        wanted[0] += wanted[1];
        wanted[1] = 0.0;
    }
    let mut part_of = assign(counts, &wanted, seed);
    // A few large groups may all land in train; a part that was asked for gets the smallest group it can have.
    for part in [2, 1] {
        if wanted[part] > 0.0 && !part_of.contains(&part) {
            let spare = (0..counts.len()).filter(|&g| part_of.iter().filter(|p| **p == part_of[g]).count() > 1);
            if let Some(group) = spare.min_by_key(|&g| counts[g].iter().sum::<usize>()) {
                part_of[group] = part;
            }
        }
    }
    part_of.into_iter().map(|part| Part::ALL[part]).collect()
}

/// Looks for what makes the numbers of a finished split doubtful.
fn look_over(
    samples: &[SplitSample<'_>],
    parts: &[Part],
    expected: &[Part],
    options: &SplitOptions,
    warnings: &mut Vec<SplitWarning>,
) {
    let (classes, names) = number_classes(samples.iter().map(|s| s.class));
    if let [only] = names.as_slice() {
        warnings.push(SplitWarning::OneClass { class: (*only).to_string() });
    }
    let mut sizes = vec![[0usize; 3]; names.len()];
    for (&class, &part) in classes.iter().zip(parts) {
        sizes[class][part as usize] += 1;
    }
    for part in Part::ALL.into_iter().filter(|part| expected.contains(part)) {
        if !samples.is_empty() && !parts.contains(&part) {
            warnings.push(SplitWarning::EmptyPart { part });
            continue;
        }
        for (name, _) in names.iter().zip(&sizes).filter(|(_, size)| size[part as usize] == 0) {
            warnings.push(SplitWarning::ClassMissing { class: (*name).to_string(), part });
        }
    }
    for (name, size) in names.iter().zip(&sizes) {
        let samples = size.iter().sum();
        if samples < FEW {
            warnings.push(SplitWarning::TooFewSamples { class: (*name).to_string(), samples });
        }
    }
    match options.strategy {
        SplitStrategy::Grouped => {}
        SplitStrategy::Random => {
            let mut sides: HashMap<&str, BTreeSet<Part>> = HashMap::new();
            for (sample, part) in samples.iter().zip(parts) {
                if let Some(person) = sample.person {
                    sides.entry(person).or_default().insert(*part);
                }
            }
            let persons = sides.values().filter(|parts| parts.len() > 1).count();
            if persons > 0 {
                warnings.push(SplitWarning::PersonsIgnored { persons });
            }
        }
        SplitStrategy::Folders => {
            let grouping = group(samples, 2, options.near_distance);
            let mut sides = vec![BTreeSet::new(); grouping.count];
            for (&group, &part) in grouping.group.iter().zip(parts) {
                sides[group].insert(part == Part::Test);
            }
            let groups = sides.iter().filter(|side| side.len() > 1).count();
            if groups > 0 {
                warnings.push(SplitWarning::FoldersLeak { groups });
            }
        }
    }
}

#[cfg(test)]
mod tests;
