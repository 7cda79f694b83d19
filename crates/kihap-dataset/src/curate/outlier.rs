//! Poses that look like another class than their label says.

use rayon::prelude::*;

use super::limits::CurationLimits;
use super::shape::Shape;

/// A pose with its class and the class of its mirror image, both as numbers.
pub(super) struct Labelled {
    pub shape: Shape,
    pub class: usize,
    pub mirrored_class: usize,
}

/// What speaks against a pose's label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Suspicion {
    /// The class most of its neighbours have.
    pub looks_like: usize,
    /// Its distance to its own class, in robust deviations above the median of the class.
    pub deviations: f32,
}

/// For each pose, whether it is an outlier of its class.
///
/// Two things must come together: hardly any of its nearest neighbours has its label, and it is far from its own class.
/// Either alone is normal: classes touch, and postures vary. Every pose also stands for its mirror image, under the
/// label of the mirrored class, so that a class with two sides is one and left and right classes stay two.
pub(super) fn outliers(poses: &[Labelled], limits: &CurationLimits) -> Vec<Option<Suspicion>> {
    let classes = poses.iter().map(|p| p.class.max(p.mirrored_class) + 1).max().unwrap_or(0);
    let mut sizes = vec![0; classes];
    poses.iter().for_each(|p| sizes[p.class] += 1);
    let mirrors: Vec<Shape> = poses.iter().map(|p| p.shape.mirrored()).collect();

    let seen: Vec<Neighbourhood> = (0..poses.len())
        .into_par_iter()
        .map(|at| neighbourhood(at, poses, &mirrors, limits.neighbours.max(1), classes))
        .collect();

    let typical: Vec<Option<(f32, f32)>> = (0..classes)
        .map(|class| {
            let own = seen.iter().zip(poses).filter(|(_, p)| p.class == class).map(|(s, _)| s.own_distance);
            (sizes[class] >= limits.smallest_class).then(|| median_and_deviation(own.collect()))
        })
        .collect();
    seen.iter()
        .zip(poses)
        .map(|(seen, pose)| {
            let (median, deviation) = typical[pose.class]?;
            let deviations = (seen.own_distance - median) / deviation;
            let lonely = seen.votes[pose.class] as f32 <= limits.own_neighbours * seen.asked as f32;
            let (looks_like, _) = seen.votes.iter().enumerate().max_by_key(|(_, votes)| **votes)?;
            (lonely && deviations > limits.outlier_deviations && looks_like != pose.class)
                .then_some(Suspicion { looks_like, deviations })
        })
        .collect()
}

struct Neighbourhood {
    /// How many of the nearest have each class.
    votes: Vec<usize>,
    asked: usize,
    /// Mean distance to the nearest poses of its own class.
    own_distance: f32,
}

fn neighbourhood(at: usize, poses: &[Labelled], mirrors: &[Shape], count: usize, classes: usize) -> Neighbourhood {
    let me = &poses[at].shape;
    let mut all: Vec<(f32, usize)> = Vec::with_capacity(poses.len() * 2);
    for (index, pose) in poses.iter().enumerate() {
        if index == at {
            continue;
        }
        let (direct, mirrored) = (me.distance(&pose.shape), me.distance(&mirrors[index]));
        if pose.class == pose.mirrored_class {
            all.push((direct.min(mirrored), pose.class));
        } else {
            all.push((direct, pose.class));
            all.push((mirrored, pose.mirrored_class));
        }
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut votes = vec![0; classes];
    all.iter().take(count).for_each(|(_, class)| votes[*class] += 1);
    // A third of the neighbours is enough for the distance: a class may consist of small clusters.
    let own: Vec<f32> =
        all.iter().filter(|(_, class)| *class == poses[at].class).take(count.div_ceil(3)).map(|(d, _)| *d).collect();
    let own_distance = if own.is_empty() { 0.0 } else { own.iter().sum::<f32>() / own.len() as f32 };
    Neighbourhood { votes, asked: all.len().min(count), own_distance }
}

/// Median, and 1.4826 times the median absolute deviation: the standard deviation of a normal distribution.
fn median_and_deviation(mut values: Vec<f32>) -> (f32, f32) {
    let middle = median(&mut values);
    let mut off: Vec<f32> = values.iter().map(|v| (v - middle).abs()).collect();
    (middle, (1.4826 * median(&mut off)).max(1e-3))
}

fn median(values: &mut [f32]) -> f32 {
    values.sort_by(f32::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
