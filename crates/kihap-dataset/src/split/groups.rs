//! Which samples belong together and must not be torn apart.

use std::collections::HashMap;

use serde::Serialize;

use super::{SplitSample, SplitWarning};
use crate::near::{Groups, near_pairs};

/// What groups are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupedBy {
    /// Persons, where known; then sessions; then near-duplicates.
    Person,
    /// Sessions, where known; then near-duplicates.
    Session,
    /// Near-duplicates.
    NearDuplicates,
}

/// Samples divided into groups.
#[derive(Debug, Clone, PartialEq)]
pub struct Grouping {
    /// The group of each sample, 0..`count`, numbered in order of appearance.
    pub group: Vec<usize>,
    /// How many groups there are.
    pub count: usize,
    /// What they are made of.
    pub by: GroupedBy,
    /// What that means for the numbers.
    pub warnings: Vec<SplitWarning>,
}

/// Groups samples by person; where that gives fewer than `needed` groups by session; else by near-duplicates.
///
/// A sample without a person belongs to its session, and with it to the person seen in it; a sample with neither belongs
/// to its near-duplicates (hashes within `near_distance` bits), and with them to their person or session.
pub fn group(samples: &[SplitSample<'_>], needed: usize, near_distance: u32) -> Grouping {
    let hashes: Vec<_> = samples.iter().map(|s| s.perceptual_hash).collect();
    let pairs = near_pairs(&hashes, near_distance);
    let by = |by| groups_by(samples, by, &pairs);

    let known = |value: fn(&SplitSample<'_>) -> bool| samples.iter().any(value);
    let persons = by(GroupedBy::Person);
    let mut warnings = Vec::new();
    if known(|s| s.person.is_some()) {
        if persons.1 >= needed {
            return finished(persons, GroupedBy::Person, warnings);
        }
        if let Some(person) = samples.iter().find_map(|s| s.person) {
            warnings.push(SplitWarning::OnePerson { person: person.to_string() });
        }
    } else if known(|s| s.session.is_some()) {
        warnings.push(SplitWarning::PersonsUnknown);
    }
    if known(|s| s.session.is_some()) {
        let sessions = by(GroupedBy::Session);
        if sessions.1 >= needed {
            return finished(sessions, GroupedBy::Session, warnings);
        }
    }
    warnings.retain(|w| *w != SplitWarning::PersonsUnknown);
    warnings.push(SplitWarning::SessionsUnknown);
    finished(by(GroupedBy::NearDuplicates), GroupedBy::NearDuplicates, warnings)
}

fn finished((group, count): (Vec<usize>, usize), by: GroupedBy, warnings: Vec<SplitWarning>) -> Grouping {
    Grouping { group, count, by, warnings }
}

fn groups_by(samples: &[SplitSample<'_>], by: GroupedBy, pairs: &[crate::near::NearPair]) -> (Vec<usize>, usize) {
    let mut groups = Groups::new(samples.len());
    let mut keyed = vec![false; samples.len()];
    let mut first_of: HashMap<(bool, &str), usize> = HashMap::new();
    let mut person_in: HashMap<&str, Option<&str>> = HashMap::new();
    if by == GroupedBy::Person {
        for (session, person) in samples.iter().filter_map(|s| Some((s.session?, s.person?))) {
            let seen = person_in.entry(session).or_insert(Some(person));
            if *seen != Some(person) {
                // Two persons in one session: it tells nothing about who else is in it.
                *seen = None;
            }
        }
    }
    for (index, sample) in samples.iter().enumerate() {
        let by_session = sample.session.map(|session| (false, session));
        let key = match by {
            GroupedBy::Person => sample
                .person
                .or_else(|| sample.session.and_then(|s| person_in.get(s).copied().flatten()))
                .map(|person| (true, person))
                .or(by_session),
            GroupedBy::Session => by_session,
            GroupedBy::NearDuplicates => None,
        };
        if let Some(key) = key {
            keyed[index] = true;
            groups.join(*first_of.entry(key).or_insert(index), index);
        }
    }
    // Near-duplicates bind those of whom nothing is known, first to one another ...
    for pair in pairs.iter().filter(|p| !keyed[p.first] && !keyed[p.second]) {
        groups.join(pair.first, pair.second);
    }
    // ... then each such cluster to the one person or session that looks most like it: to one only, since two persons
    // must not become one group because a black frame looks like both.
    let mut nearest: HashMap<usize, (u32, usize)> = HashMap::new();
    for pair in pairs.iter().filter(|p| keyed[p.first] != keyed[p.second]) {
        let (free, bound) = if keyed[pair.first] { (pair.second, pair.first) } else { (pair.first, pair.second) };
        let best = nearest.entry(groups.of(free)).or_insert((pair.distance, bound));
        *best = (*best).min((pair.distance, bound));
    }
    let mut ties: Vec<_> = nearest.into_iter().collect();
    ties.sort_unstable();
    for (cluster, (_, bound)) in ties {
        groups.join(cluster, bound);
    }
    let mut numbers = HashMap::new();
    let group = (0..samples.len())
        .map(|index| {
            let next = numbers.len();
            *numbers.entry(groups.of(index)).or_insert(next)
        })
        .collect();
    (group, numbers.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::split::NEAR_DISTANCE;

    fn sample<'a>(person: Option<&'a str>, session: Option<&'a str>, hash: Option<u64>) -> SplitSample<'a> {
        SplitSample { class: "a", person, session, perceptual_hash: hash, folder: None }
    }

    #[test]
    fn a_person_binds_sessions_and_a_session_binds_strangers() {
        let samples = [
            sample(Some("A"), Some("s1"), None),
            sample(Some("A"), Some("s2"), None),
            sample(None, Some("s2"), None),
            sample(Some("B"), Some("s3"), None),
            sample(None, Some("s4"), None),
        ];
        let grouping = group(&samples, 2, NEAR_DISTANCE);
        assert_eq!(grouping.by, GroupedBy::Person);
        assert_eq!(grouping.group, [0, 0, 0, 1, 2]);
        assert!(grouping.warnings.is_empty());
    }

    #[test]
    fn near_duplicates_bind_the_unknown_and_never_two_persons() {
        let samples = [
            sample(Some("A"), None, Some(0)),
            sample(Some("B"), None, Some(0b11)),
            sample(None, None, Some(0b1)),
            sample(None, None, Some(u64::MAX)),
            sample(None, None, Some(u64::MAX - 1)),
        ];
        let grouping = group(&samples, 2, 1);
        assert_eq!(grouping.group, [0, 1, 0, 2, 2]);
    }

    #[test]
    fn one_person_falls_back_to_sessions_and_says_so() {
        let samples = [sample(Some("A"), Some("s1"), None), sample(Some("A"), Some("s2"), None)];
        let grouping = group(&samples, 2, NEAR_DISTANCE);
        assert_eq!((grouping.by, grouping.count), (GroupedBy::Session, 2));
        assert_eq!(grouping.warnings, [SplitWarning::OnePerson { person: "A".to_string() }]);
    }

    #[test]
    fn one_session_falls_back_to_near_duplicates() {
        let samples = [
            sample(None, Some("s"), Some(0)),
            sample(None, Some("s"), Some(1)),
            sample(None, Some("s"), Some(u64::MAX)),
        ];
        let grouping = group(&samples, 2, NEAR_DISTANCE);
        assert_eq!((grouping.by, grouping.count), (GroupedBy::NearDuplicates, 2));
        assert_eq!(grouping.warnings, [SplitWarning::SessionsUnknown]);
    }
}
