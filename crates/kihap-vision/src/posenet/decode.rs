//! From PoseNet's maps to people: the "fast greedy decoding" of Papandreou et al., "PersonLab", ECCV 2018, with the
//! parameters of TensorFlow.js' PoseNet as Teachable Machine calls it.

use super::{GRID, KEYPOINTS};

const STRIDE: f32 = 16.0;
const MIN_SCORE: f32 = 0.5;
const NMS_RADIUS_PX: f32 = 20.0;
const REFINE_STEPS: usize = 2;

/// The tree of key points, as (parent, child) in the order of the displacement maps.
const EDGES: [(usize, usize); 16] = [
    (0, 1),
    (1, 3),
    (0, 2),
    (2, 4),
    (0, 5),
    (5, 7),
    (7, 9),
    (5, 11),
    (11, 13),
    (13, 15),
    (0, 6),
    (6, 8),
    (8, 10),
    (6, 12),
    (12, 14),
    (14, 16),
];

/// The network's outputs, row by row with the channels last.
#[derive(Debug, Default)]
pub(super) struct Maps {
    /// 17 × 17 × 17, after the logistic function.
    pub(super) scores: Vec<f32>,
    /// 17 × 17 × 34: offsets in y, then in x.
    pub(super) offsets: Vec<f32>,
    /// 17 × 17 × 32: from parent to child, y then x.
    pub(super) forward: Vec<f32>,
    /// 17 × 17 × 32: from child to parent, y then x.
    pub(super) backward: Vec<f32>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Keypoint {
    /// Pixels of the network's input.
    pub(super) x: f32,
    /// Pixels of the network's input.
    pub(super) y: f32,
    pub(super) score: f32,
}

impl Keypoint {
    fn near(&self, other: &Keypoint) -> bool {
        (self.x - other.x).powi(2) + (self.y - other.y).powi(2) <= NMS_RADIUS_PX * NMS_RADIUS_PX
    }
}

#[derive(Debug)]
pub(super) struct FoundPerson {
    pub(super) score: f32,
    pub(super) keypoints: [Keypoint; KEYPOINTS],
}

fn nearest_cell(value: f32) -> usize {
    (value / STRIDE).round().clamp(0.0, (GRID - 1) as f32) as usize
}

impl Maps {
    fn score(&self, row: usize, column: usize, k: usize) -> f32 {
        self.scores[(row * GRID + column) * KEYPOINTS + k]
    }

    /// Where the cell says its key point lies, as (x, y).
    fn point(&self, row: usize, column: usize, k: usize) -> (f32, f32) {
        let cell = &self.offsets[(row * GRID + column) * 2 * KEYPOINTS..];
        (column as f32 * STRIDE + cell[k + KEYPOINTS], row as f32 * STRIDE + cell[k])
    }

    fn is_local_maximum(&self, row: usize, column: usize, k: usize) -> bool {
        let score = self.score(row, column, k);
        let around = |at: usize| at.saturating_sub(1)..(at + 2).min(GRID);
        around(row).all(|r| around(column).all(|c| self.score(r, c, k) <= score))
    }

    fn step(&self, displacements: &[f32], edge: usize, from: &Keypoint, target: usize) -> Keypoint {
        let cell = (nearest_cell(from.y) * GRID + nearest_cell(from.x)) * 2 * EDGES.len();
        let (mut x, mut y) = (from.x + displacements[cell + EDGES.len() + edge], from.y + displacements[cell + edge]);
        for _ in 0..REFINE_STEPS {
            (x, y) = self.point(nearest_cell(y), nearest_cell(x), target);
        }
        Keypoint { x, y, score: self.score(nearest_cell(y), nearest_cell(x), target) }
    }

    fn grow(&self, root: usize, start: Keypoint) -> [Keypoint; KEYPOINTS] {
        let mut found: [Option<Keypoint>; KEYPOINTS] = [None; KEYPOINTS];
        found[root] = Some(start);
        for (edge, &(parent, child)) in EDGES.iter().enumerate().rev() {
            if let (Some(from), None) = (found[child], found[parent]) {
                found[parent] = Some(self.step(&self.backward, edge, &from, parent));
            }
        }
        for (edge, &(parent, child)) in EDGES.iter().enumerate() {
            if let (Some(from), None) = (found[parent], found[child]) {
                found[child] = Some(self.step(&self.forward, edge, &from, child));
            }
        }
        found.map(Option::unwrap_or_default)
    }
}

/// At most `max_people` people, the one with the strongest key point first.
pub(super) fn decode_multiple(maps: &Maps, max_people: usize) -> Vec<FoundPerson> {
    let mut roots = Vec::new();
    for row in 0..GRID {
        for column in 0..GRID {
            for k in 0..KEYPOINTS {
                let score = maps.score(row, column, k);
                if score >= MIN_SCORE && maps.is_local_maximum(row, column, k) {
                    roots.push((score, row, column, k));
                }
            }
        }
    }
    roots.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut people: Vec<FoundPerson> = Vec::new();
    for (score, row, column, k) in roots {
        if people.len() == max_people {
            break;
        }
        let (x, y) = maps.point(row, column, k);
        let start = Keypoint { x, y, score };
        if people.iter().any(|p| p.keypoints[k].near(&start)) {
            continue;
        }
        let keypoints = maps.grow(k, start);
        let fresh = |k: usize| !people.iter().any(|p| p.keypoints[k].near(&keypoints[k]));
        let total: f32 = (0..KEYPOINTS).filter(|k| fresh(*k)).map(|k| keypoints[k].score).sum();
        people.push(FoundPerson { score: total / KEYPOINTS as f32, keypoints });
    }
    people
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_strong_nose_grows_a_whole_person_and_is_not_found_twice() {
        let cells = GRID * GRID;
        let mut maps = Maps {
            scores: vec![0.1; cells * KEYPOINTS],
            offsets: vec![0.0; cells * 34],
            forward: vec![0.0; cells * 32],
            backward: vec![0.0; cells * 32],
        };
        maps.scores[(8 * GRID + 8) * KEYPOINTS] = 0.9;
        // The left eye lies one cell to the right of the nose, and is strong enough to be a root of its own.
        maps.forward[(8 * GRID + 8) * 32 + 16] = 16.0;
        maps.scores[(8 * GRID + 9) * KEYPOINTS + 1] = 0.7;
        let people = decode_multiple(&maps, 3);
        assert_eq!(people.len(), 1);
        assert_eq!(people[0].keypoints[0], Keypoint { x: 128.0, y: 128.0, score: 0.9 });
        assert_eq!(people[0].keypoints[1], Keypoint { x: 144.0, y: 128.0, score: 0.7 });
    }

    #[test]
    fn nobody_is_found_where_nothing_is_sure() {
        let cells = GRID * GRID;
        let maps = Maps {
            scores: vec![0.4; cells * KEYPOINTS],
            offsets: vec![0.0; cells * 34],
            forward: vec![0.0; cells * 32],
            backward: vec![0.0; cells * 32],
        };
        assert!(decode_multiple(&maps, 3).is_empty());
    }
}
