//! Which class was taken for which, and what follows from it.

/// Precision, recall and F1; a division by zero gives 0, as scikit-learn's `zero_division=0`.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Scores {
    /// Of what was predicted as the class, the share that is.
    pub precision: f64,
    /// Of what is the class, the share that was predicted as it.
    pub recall: f64,
    /// Harmonic mean of the two.
    pub f1: f64,
}

/// Counts of samples by true class (row) and predicted class (column).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confusion {
    /// `matrix[truth][predicted]`.
    pub matrix: Vec<Vec<usize>>,
}

impl Confusion {
    /// Counts the most probable class of each row against its label. Rows or labels beyond the shorter list, and
    /// labels that are no class, are left out.
    pub fn of<P: Copy + PartialOrd>(rows: &[&[P]], labels: &[usize], classes: usize) -> Confusion {
        let predicted: Vec<usize> = rows.iter().map(|row| top(row)).collect();
        Confusion::of_labels(&predicted, labels, classes)
    }

    /// Counts predicted classes against labels.
    pub fn of_labels(predicted: &[usize], labels: &[usize], classes: usize) -> Confusion {
        let mut matrix = vec![vec![0; classes]; classes];
        for (predicted, label) in predicted.iter().zip(labels) {
            if let Some(count) = matrix.get_mut(*label).and_then(|row| row.get_mut(*predicted)) {
                *count += 1;
            }
        }
        Confusion { matrix }
    }

    /// Number of samples counted.
    pub fn samples(&self) -> usize {
        self.matrix.iter().flatten().sum()
    }

    /// Samples predicted rightly.
    pub fn correct(&self) -> usize {
        (0..self.matrix.len()).map(|i| self.matrix[i][i]).sum()
    }

    /// Samples of a class.
    pub fn support(&self, class: usize) -> usize {
        self.matrix[class].iter().sum()
    }

    /// Samples predicted as a class.
    pub fn predicted(&self, class: usize) -> usize {
        self.matrix.iter().map(|row| row[class]).sum()
    }

    /// Share of samples predicted rightly; 0 without samples.
    pub fn accuracy(&self) -> f64 {
        ratio(self.correct(), self.samples())
    }

    /// Scores of one class.
    pub fn scores(&self, class: usize) -> Scores {
        let hits = self.matrix[class][class];
        let (support, predicted) = (self.support(class), self.predicted(class));
        Scores {
            precision: ratio(hits, predicted),
            recall: ratio(hits, support),
            f1: ratio(2 * hits, support + predicted),
        }
    }

    /// The mean of the scores over the classes that occur or are predicted (scikit-learn's `average="macro"` without
    /// `labels`): a class that is neither counts neither way.
    pub fn macro_average(&self) -> Scores {
        let occurring = (0..self.matrix.len()).filter(|class| self.support(*class) + self.predicted(*class) > 0);
        let scores: Vec<Scores> = occurring.map(|class| self.scores(class)).collect();
        let mean = |value: fn(&Scores) -> f64| scores.iter().map(value).sum::<f64>() / scores.len().max(1) as f64;
        Scores { precision: mean(|s| s.precision), recall: mean(|s| s.recall), f1: mean(|s| s.f1) }
    }
}

/// The index of the largest number, the first of equals; 0 for an empty row.
pub(crate) fn top<P: Copy + PartialOrd>(row: &[P]) -> usize {
    let mut best = 0;
    for (index, value) in row.iter().enumerate() {
        if *value > row[best] {
            best = index;
        }
    }
    best
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_matrix_by_hand() {
        let confusion = Confusion::of_labels(&[0, 0, 1, 1, 1, 0], &[0, 0, 0, 1, 1, 1], 3);
        assert_eq!(confusion.matrix, [[2, 1, 0], [1, 2, 0], [0, 0, 0]]);
        assert_eq!(confusion.accuracy(), 4.0 / 6.0);
        assert_eq!(confusion.scores(2), Scores::default());
        let macro_average = confusion.macro_average();
        assert!((macro_average.f1 - 2.0 / 3.0).abs() < 1e-12, "the third class counts neither way");
    }

    #[test]
    fn nothing_at_all_is_zero_not_nan() {
        let confusion = Confusion::of_labels(&[], &[], 2);
        assert_eq!(confusion.accuracy(), 0.0);
        assert_eq!(confusion.macro_average(), Scores::default());
        assert_eq!(top::<f32>(&[]), 0);
    }
}
