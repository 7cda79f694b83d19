//! Which techniques look alike: worked out from their geometry, so that it holds for a user's own techniques too.

use kihap_syllabus::{Kind, Syllabus, Technique, Unit};

use crate::reading::{Label, Vocabulary};

/// Credit that a technique gets for what its likest neighbour is given; 1 would make them the same.
const MOST: f32 = 0.6;

/// From this likeness on two techniques cannot be told apart well enough to call one a mistake for the other.
pub(super) const TWIN: f32 = 0.75;

/// Likeness of labels, 0 to 1, and the label seen in a mirror.
#[derive(Debug, Clone)]
pub(super) struct Likeness {
    /// For each label those whose probability counts for it too, with the share.
    credit: Vec<Vec<(usize, f32)>>,
    /// Likeness of each two labels, row by row.
    likeness: Vec<f32>,
    mirror: Vec<usize>,
}

impl Likeness {
    pub(super) fn of_techniques(syllabus: &Syllabus, vocabulary: &Vocabulary) -> Self {
        Self::new(syllabus, &vocabulary.techniques)
    }

    pub(super) fn of_stances(syllabus: &Syllabus, vocabulary: &Vocabulary) -> Self {
        Self::new(syllabus, &vocabulary.stances)
    }

    fn new(syllabus: &Syllabus, labels: &[Label]) -> Self {
        let count = labels.len();
        let known: Vec<_> = labels.iter().map(|label| syllabus.technique(&label.id)).collect();
        let mut likeness = vec![0.0; count * count];
        let mut credit = vec![Vec::new(); count];
        for a in 0..count {
            likeness[a * count + a] = 1.0;
            for b in (0..count).filter(|b| *b != a) {
                let share = match (known[a], known[b]) {
                    (Some(one), Some(other)) if labels[a].side == labels[b].side => {
                        likeness[a * count + b] = alike(one, other);
                        MOST * likeness[a * count + b].powi(2)
                    }
                    _ => 0.0,
                };
                if share > 0.05 {
                    credit[a].push((b, share));
                }
            }
        }
        let partner = |label: &Label| {
            let side = label.side.map(|side| side.other());
            labels.iter().position(|other| other.id == label.id && other.side == side)
        };
        let mirror = labels.iter().enumerate().map(|(own, label)| partner(label).unwrap_or(own)).collect();
        Self { credit, likeness, mirror }
    }

    /// The label that a mirror shows.
    pub(super) fn mirrored(&self, label: usize) -> usize {
        self.mirror[label]
    }

    /// Whether the two can hardly be told apart.
    pub(super) fn twins(&self, a: usize, b: usize) -> bool {
        self.likeness[a * self.mirror.len() + b] >= TWIN
    }

    /// How alike two labels are, 0 to 1.
    pub(super) fn between(&self, a: usize, b: usize) -> f32 {
        self.likeness[a * self.mirror.len() + b]
    }

    /// The probability of a label together with what its neighbours lend it.
    pub(super) fn smoothed(&self, probabilities: &[f32], label: usize) -> f32 {
        let lent: f32 = self.credit[label].iter().map(|(other, share)| share * probabilities[*other]).sum();
        (probabilities[label] + lent).min(1.0)
    }
}

/// A difference of measures that shows clearly.
fn clear_difference(unit: Unit) -> f64 {
    match unit {
        Unit::Degrees => 35.0,
        Unit::Trunks => 0.35,
        Unit::HalfShoulders => 1.0,
        Unit::ShoulderWidths => 0.6,
        Unit::Feet => 0.8,
        Unit::Fists | Unit::HandBlades => 3.0,
        Unit::Knees => 0.3,
        Unit::Share => 0.3,
        // What a skeleton does not show does not tell techniques apart.
        Unit::Count | Unit::Seconds | Unit::Flag => f64::INFINITY,
    }
}

/// How alike two techniques are by the targets of the measures they share: exp(−mean square of the differences).
fn alike(a: &Technique, b: &Technique) -> f32 {
    if (a.kind == Kind::Kick) != (b.kind == Kind::Kick) {
        return 0.0;
    }
    let visible = |unit: Unit| clear_difference(unit).is_finite();
    let (of_a, of_b) = (&a.geometry.measures, &b.geometry.measures);
    let squares: Vec<f64> = of_a
        .iter()
        .filter(|(measure, _)| visible(measure.quantity.unit()))
        .filter_map(|(measure, bounds)| {
            let other = of_b.get(measure)?;
            let difference = (bounds.target - other.target) / clear_difference(measure.quantity.unit());
            Some(difference * difference)
        })
        .collect();
    // Few measures in common say nothing.
    let visible_of = |technique: &Technique| {
        technique.geometry.measures.keys().filter(|measure| visible(measure.quantity.unit())).count()
    };
    let fewest = if a.kind == Kind::Kick { 3 } else { 4 };
    if squares.len() < fewest || squares.len() * 2 < visible_of(a).min(visible_of(b)) {
        return 0.0;
    }
    let mean = squares.iter().sum::<f64>() / squares.len() as f64;
    // One clear difference is enough to tell them apart.
    let greatest = squares.iter().copied().fold(0.0, f64::max);
    (-(mean + 0.5 * greatest)).exp() as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_syllabus::Side;

    fn embedded() -> (Vocabulary, Likeness) {
        let syllabus = Syllabus::embedded().unwrap();
        let vocabulary = Vocabulary::of(&syllabus);
        let likeness = Likeness::of_techniques(&syllabus, &vocabulary);
        (vocabulary, likeness)
    }

    #[test]
    fn what_differs_by_the_hand_only_is_a_twin_and_low_and_high_are_not() {
        let (vocabulary, likeness) = embedded();
        let left = |id: &str| vocabulary.technique(id, Some(Side::Left)).unwrap();
        assert!(likeness.twins(left("low_block"), left("knifehand_low_block")));
        for (a, b) in
            [("low_block", "face_block"), ("trunk_punch", "inward_middle_block"), ("trunk_punch", "low_block")]
        {
            assert!(!likeness.twins(left(a), left(b)), "{a} {b}");
        }
        let right = vocabulary.technique("low_block", Some(Side::Right)).unwrap();
        assert!(!likeness.twins(left("low_block"), right));
        assert_eq!(likeness.mirrored(left("low_block")), right);
    }

    #[test]
    fn a_neighbour_lends_some_of_its_probability() {
        let (vocabulary, likeness) = embedded();
        let block = vocabulary.technique("low_block", Some(Side::Left)).unwrap();
        let near = vocabulary.technique("knifehand_low_block", Some(Side::Left)).unwrap();
        let mut probabilities = vec![0.0; vocabulary.techniques.len()];
        (probabilities[block], probabilities[near]) = (0.3, 0.7);
        let smoothed = likeness.smoothed(&probabilities, block);
        assert!(smoothed > 0.3 && smoothed < 0.3 + 0.7 * MOST + 1e-6, "{smoothed}");
    }
}
