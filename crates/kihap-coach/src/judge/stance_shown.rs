//! Whether another stance is shown than the one asked for, which is a gross fault.

use kihap_syllabus::{Kind, Syllabus, Technique};

use super::verdict::{BoundVerdict, Verdict};

/// Sum of squared standard deviations by which the stance asked for must be missed at least, and the other one at most (a stance has
/// 4 to 8 bounds that a view shows).
const MISSED: f64 = 20.0;
const KEPT: f64 = 3.0;
/// Bounds of the other stance that must have a verdict before it is believed.
const LEAST_JUDGED: usize = 3;

/// How far the judged bounds are missed as a whole: squared standard deviations, each at most 4².
fn missed(bounds: &[BoundVerdict]) -> f64 {
    bounds
        .iter()
        .filter(|bound| bound.verdict != Verdict::Withheld)
        .map(|bound| (bound.beyond() / bound.uncertainty.unwrap_or(1.0).max(1e-3)).min(4.0).powi(2))
        .sum()
}

/// The id of the stance shown in place of `asked`: the one that keeps most of its bounds, where the stance asked for is missed as a
/// whole and one of its bounds for certain. `bounds_of` judges a stance.
pub(super) fn shown_instead(
    syllabus: &Syllabus,
    asked: &Technique,
    bounds: &[BoundVerdict],
    bounds_of: impl Fn(&Technique) -> Vec<BoundVerdict>,
) -> Option<String> {
    let certain = bounds.iter().any(|bound| matches!(bound.verdict, Verdict::Below | Verdict::Above));
    if !certain || missed(bounds) < MISSED {
        return None;
    }
    let mut best: Option<(usize, &str)> = None;
    for stance in syllabus.techniques().iter().filter(|other| other.kind == Kind::Stance && other.id != asked.id) {
        let others = bounds_of(stance);
        let judged = others.iter().filter(|bound| bound.verdict != Verdict::Withheld).count();
        let kept = others.iter().filter(|bound| bound.verdict == Verdict::Within).count();
        if judged >= LEAST_JUDGED && missed(&others) <= KEPT && best.is_none_or(|(most, _)| kept > most) {
            best = Some((kept, &stance.id));
        }
    }
    best.map(|(_, id)| id.to_owned())
}
