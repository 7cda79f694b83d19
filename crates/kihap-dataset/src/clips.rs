//! Samples that follow one another: the frames of one clip.

use std::collections::{HashMap, HashSet};

use crate::sample::Sample;

/// Samples of one recording, in order of time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clip {
    /// Which samples, as indices into the samples asked about; at least one.
    pub samples: Vec<usize>,
}

/// Puts samples together into clips, in the order in which their first samples come.
///
/// A clip is what one person does in one session under one class, in the order of the frames' numbers; samples without a
/// number come last, in the order given. Where a session has a frame number twice, it holds several files, and every
/// [`Sample::source`] is a clip. A sample without a session is a clip of its own.
pub fn clips(samples: &[Sample]) -> Vec<Clip> {
    let sessions = grouped(0..samples.len(), |i| {
        let sample = &samples[i];
        sample.session.as_deref().map(|session| (session, sample.class.as_str(), sample.person.as_deref()))
    });
    sessions
        .into_iter()
        .flat_map(|session| {
            let mut numbers = HashSet::new();
            let several_files = session.iter().filter_map(|&i| samples[i].frame).any(|n| !numbers.insert(n));
            if several_files { grouped(session, |i| Some(samples[i].source.as_deref())) } else { vec![session] }
        })
        .map(|mut clip| {
            clip.sort_by_key(|&i| (samples[i].frame.is_none(), samples[i].frame));
            Clip { samples: clip }
        })
        .collect()
}

/// Indices with equal keys together, in the order in which the keys first come; those without one alone.
fn grouped<K: std::hash::Hash + Eq>(
    indices: impl IntoIterator<Item = usize>,
    key: impl Fn(usize) -> Option<K>,
) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    let mut place_of: HashMap<K, usize> = HashMap::new();
    for index in indices {
        let place = match key(index) {
            Some(key) => *place_of.entry(key).or_insert(groups.len()),
            None => groups.len(),
        };
        match groups.get_mut(place) {
            Some(group) => group.push(index),
            None => groups.push(vec![index]),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::tests::sample;

    fn frame(class: &str, person: Option<&str>, session: Option<&str>, frame: Option<u32>) -> Sample {
        Sample { person: person.map(str::to_string), session: session.map(str::to_string), frame, ..sample(class) }
    }

    fn indices(samples: &[Sample]) -> Vec<Vec<usize>> {
        clips(samples).into_iter().map(|clip| clip.samples).collect()
    }

    #[test]
    fn frames_are_put_in_order_and_class_person_and_session_apart() {
        let samples = [
            frame("kick", Some("Kim"), Some("1"), Some(10)),
            frame("punch", Some("Kim"), Some("1"), Some(3)),
            frame("kick", Some("Kim"), Some("1"), Some(9)),
            frame("kick", Some("Lee"), Some("1"), Some(1)),
            frame("kick", Some("Kim"), Some("2"), Some(0)),
            frame("kick", Some("Kim"), Some("1"), None),
            frame("kick", Some("Kim"), Some("1"), Some(100)),
        ];
        assert_eq!(indices(&samples), [vec![2, 0, 6, 5], vec![1], vec![3], vec![4]]);
    }

    #[test]
    fn without_a_session_every_sample_is_a_clip() {
        let samples = [frame("a", None, None, Some(1)), frame("a", None, None, Some(0))];
        assert_eq!(indices(&samples), [[0], [1]]);
        assert!(clips(&[]).is_empty());
    }

    #[test]
    fn two_videos_of_one_session_are_two_clips() {
        let of = |source: &str, number| Sample {
            source: Some(source.to_string()),
            ..frame("a", None, Some("evening"), Some(number))
        };
        let two = [of("1.mp4", 5), of("2.mp4", 0), of("1.mp4", 0), of("2.mp4", 5)];
        assert_eq!(indices(&two), [[2, 0], [1, 3]]);
        // The pictures of a burst have files of their own, and numbers of their own.
        let burst = [of("b.jpg", 1), of("a.jpg", 0)];
        assert_eq!(indices(&burst), [[1, 0]]);
    }
}
