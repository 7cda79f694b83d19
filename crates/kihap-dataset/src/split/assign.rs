//! Handing groups out to parts so that every part gets its share of every class.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

/// Assigns each group to one of `shares.len()` parts; returns the part of each group.
///
/// `counts[group][class]` is how many samples of a class a group has. Groups are taken largest first (in an order
/// shuffled by `seed` among equals), and each goes where it brings the parts closest to their shares of each class:
/// the greedy rule of stratified group k-fold. Rare classes count as much as common ones.
pub(super) fn assign(counts: &[Vec<usize>], shares: &[f64], seed: u64) -> Vec<usize> {
    let classes = counts.first().map_or(0, Vec::len);
    let totals: Vec<f64> = (0..classes).map(|c| counts.iter().map(|g| g[c]).sum::<usize>().max(1) as f64).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    order.sort_by_key(|&g| std::cmp::Reverse(counts[g].iter().sum::<usize>()));

    // How full each part is, as a fraction of all samples of each class.
    let mut filled = vec![vec![0.0; classes]; shares.len()];
    let mut part_of = vec![0; counts.len()];
    for group in order {
        let cost = |part: usize| -> f64 {
            (0..classes)
                .filter(|&c| counts[group][c] > 0)
                .map(|c| {
                    let before = filled[part][c] - shares[part];
                    let after = before + counts[group][c] as f64 / totals[c];
                    // A fraction off counts the more the smaller the share is: half of the test part is worse than
                    // a tenth of the training part.
                    (after * after - before * before) / shares[part].max(1e-9)
                })
                .sum()
        };
        let best = (0..shares.len())
            .filter(|&part| shares[part] > 0.0)
            .min_by(|&a, &b| cost(a).total_cmp(&cost(b)))
            .unwrap_or(0);
        part_of[group] = best;
        for c in 0..classes {
            filled[best][c] += counts[group][c] as f64 / totals[c];
        }
    }
    part_of
}

/// `counts[group][class]` for [`assign`].
pub(super) fn count(groups: &[usize], group_count: usize, classes: &[usize], class_count: usize) -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; class_count]; group_count];
    for (&group, &class) in groups.iter().zip(classes) {
        counts[group][class] += 1;
    }
    counts
}

/// Numbers the classes in order of appearance.
pub(super) fn number_classes<'a>(samples: impl Iterator<Item = &'a str>) -> (Vec<usize>, Vec<&'a str>) {
    let mut names: Vec<&str> = Vec::new();
    let mut numbers = std::collections::HashMap::new();
    let classes = samples
        .map(|class| {
            *numbers.entry(class).or_insert_with(|| {
                names.push(class);
                names.len() - 1
            })
        })
        .collect();
    (classes, names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_samples_are_stratified_to_the_piece() {
        let counts: Vec<Vec<usize>> = (0..100).map(|i| if i < 80 { vec![1, 0] } else { vec![0, 1] }).collect();
        let parts = assign(&counts, &[0.7, 0.15, 0.15], 1);
        for (class, total) in [(0, 80.0), (1, 20.0)] {
            for (part, share) in [0.7, 0.15, 0.15].into_iter().enumerate() {
                let got = (0..100).filter(|&g| parts[g] == part && counts[g][class] == 1).count();
                assert!((got as f64 - share * total).abs() <= 1.0, "class {class} part {part}: {got}");
            }
        }
    }

    #[test]
    fn a_part_without_share_gets_nothing() {
        assert!(assign(&vec![vec![1]; 10], &[0.8, 0.0, 0.2], 3).iter().all(|p| *p != 1));
    }

    #[test]
    fn two_equal_groups_go_to_two_folds() {
        let parts = assign(&[vec![50, 40], vec![45, 50]], &[0.5, 0.5], 0);
        assert_ne!(parts[0], parts[1]);
    }
}
