//! All rows, the best first.

use super::{
    against::{AgainstBest, NotComputable, PrimaryTest, Tested},
    doubts::{ComparisonWarning, doubts},
    holm::holm,
    mcnemar::McNemar,
    plan::Plan,
    resampled::corrected_t_test,
    row::{Row, Scores, Trials},
    runs::Runs,
};

/// A difference from the best is called one below this p-value.
const SIGNIFICANT: f64 = 0.05;

/// The ranking of all networks of a plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// The most accurate first; rows without scores last.
    pub rows: Vec<Row>,
    /// Number of folds.
    pub folds: usize,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// The test whose p-value the table shows.
    pub test: PrimaryTest,
    /// What to keep in mind.
    pub warnings: Vec<ComparisonWarning>,
}

impl Comparison {
    /// Ranks what has been run of the plan so far, and tests every network against the best.
    pub fn new(plan: &Plan, runs: &Runs) -> Comparison {
        let rank = |row: &Row| row.scores.as_ref().map_or(f64::INFINITY, |scores| -scores.accuracy);
        let mut tried: Vec<(Row, Trials<'_>)> = plan
            .contestants()
            .iter()
            .map(|contestant| {
                let trials = Trials::of(contestant, plan, runs);
                (trials.row(contestant), trials)
            })
            .collect();
        tried.sort_by(|(a, _), (b, _)| rank(a).total_cmp(&rank(b)));
        test_against_first(&mut tried);
        Comparison {
            folds: plan.folds(),
            seeds: plan.seeds().to_vec(),
            test: PrimaryTest::with(plan.folds()),
            warnings: doubts(plan.folds(), plan.seeds().len(), &tried),
            rows: tried.into_iter().map(|(row, _)| row).collect(),
        }
    }

    /// The most accurate network; none if no row has scores.
    pub fn best(&self) -> Option<(&Row, &Scores)> {
        self.rows.first().and_then(|row| row.scores.as_ref().map(|scores| (row, scores)))
    }

    /// Rows with scores that cannot be told from the best: their p-value is 0.05 or more, or cannot be computed.
    pub fn not_told_apart(&self) -> impl Iterator<Item = &Row> {
        let told = |row: &Row| {
            let p_value = row.against_best.as_ref().map(|against| against.p_value(self.test));
            p_value.is_some_and(|p| p.is_ok_and(|p| p < SIGNIFICANT))
        };
        self.rows.iter().skip(1).filter(move |row| row.scores.is_some() && !told(row))
    }
}

/// Both tests of every row with scores against the first one, corrected over all of them.
fn test_against_first(tried: &mut [(Row, Trials<'_>)]) {
    let scored = tried.iter().take_while(|(row, _)| row.scores.is_some()).count();
    let Some(((best, best_trials), others)) = tried[..scored].split_first_mut() else { return };
    let Some(best) = &best.scores else { return };
    let best_shares = best_trials.shares();
    let ratio = best_trials.tested_per_trained();

    let mut differences = Vec::new();
    let (mut t_tests, mut mcnemars) = (Vec::new(), Vec::new());
    for (row, trials) in others.iter() {
        let Some(scores) = &row.scores else { return };
        let by_fold: Vec<f64> = best.fold_accuracies.iter().zip(&scores.fold_accuracies).map(|(a, b)| a - b).collect();
        differences.push(best.accuracy - scores.accuracy);
        t_tests.push(corrected_t_test(&by_fold, ratio));
        mcnemars.push(match (&best_shares, trials.shares()) {
            (Some(first), Some(second)) if first.keys().eq(second.keys()) => {
                Ok(McNemar::of(first.values().copied().zip(second.values().copied())))
            }
            (Some(_), Some(_)) => Err(NotComputable::OtherSamples),
            _ => Err(NotComputable::SamplesTestedTwice),
        });
    }
    let t_tests = corrected(t_tests, |test| test.p_value);
    let mcnemars = corrected(mcnemars, |test| test.p_value);
    for ((((row, _), difference), corrected_t), mcnemar) in
        others.iter_mut().zip(differences).zip(t_tests).zip(mcnemars)
    {
        row.against_best = Some(AgainstBest { difference, corrected_t, mcnemar });
    }
}

/// Holm's correction over the tests that could be made.
fn corrected<T>(
    tests: Vec<Result<T, NotComputable>>,
    p_value: impl Fn(&T) -> f64,
) -> Vec<Result<Tested<T>, NotComputable>> {
    let made: Vec<f64> = tests.iter().filter_map(|test| test.as_ref().ok()).map(p_value).collect();
    let mut adjusted = holm(&made).into_iter();
    tests.into_iter().map(|test| test.map(|test| Tested { test, p_holm: adjusted.next().unwrap_or(1.0) })).collect()
}
