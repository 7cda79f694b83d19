//! What a user should know before believing a ranking.

use std::{collections::HashSet, mem::discriminant};

use super::{
    row::{Row, Trials},
    run::Measured,
};
use crate::warnings::{Language, Warning};

/// Fewer folds than this say little about other data.
const FEW_FOLDS: usize = 5;

/// A reason to doubt a comparison.
#[derive(Debug, Clone, PartialEq)]
pub enum ComparisonWarning {
    /// There is one division into training and test.
    OneFold,
    /// There are few folds.
    FewFolds {
        /// How many.
        folds: usize,
    },
    /// There is one seed.
    OneSeed,
    /// Some samples are tested in several folds.
    SamplesTestedTwice,
    /// Some runs of a network failed; its means are over the others.
    SomeRunsFailed {
        /// The row.
        name: String,
        /// How many failed.
        failed: usize,
        /// Of how many.
        planned: usize,
        /// Why the first did.
        sentence: String,
    },
    /// Some runs of a network are not done yet.
    Unfinished {
        /// The row.
        name: String,
        /// How many are done.
        done: usize,
        /// Of how many.
        planned: usize,
    },
    /// A warning of one network's training.
    Network {
        /// The row.
        name: String,
        /// The first such warning.
        warning: Warning,
        /// In how many runs it came up.
        runs: usize,
        /// Of how many that were done.
        done: usize,
    },
    /// A warning about the data, the same for all networks.
    Data {
        /// The warning.
        warning: Warning,
    },
}

impl ComparisonWarning {
    /// The warning as a sentence.
    pub fn text(&self, language: Language) -> String {
        match language {
            Language::English => self.english(),
            Language::Korean => self.korean(),
        }
    }

    fn english(&self) -> String {
        match self {
            ComparisonWarning::OneFold => {
                "there is only one division into training and test: intervals count samples alone, and other people may give \
                 another order"
                    .into()
            }
            ComparisonWarning::FewFolds { folds } => {
                format!("only {folds} folds: intervals are wide, and only large differences can be told from chance")
            }
            ComparisonWarning::OneSeed => {
                "only one seed: how much chance alone moves these numbers is unknown; give several seeds".into()
            }
            ComparisonWarning::SamplesTestedTwice => {
                "some samples are tested in several folds, so McNemar's test over samples is not made".into()
            }
            ComparisonWarning::SomeRunsFailed { name, failed, planned, sentence } => {
                format!("{name}: {failed} of {planned} runs failed, its means are over the others: {sentence}")
            }
            ComparisonWarning::Unfinished { name, done, planned } => {
                format!("{name}: only {done} of {planned} runs are done; run the comparison again to go on")
            }
            ComparisonWarning::Network { name, warning, runs, done } => {
                format!("{name}: {} (in {runs} of {done} runs)", warning.text(Language::English))
            }
            ComparisonWarning::Data { warning } => warning.text(Language::English),
        }
    }

    fn korean(&self) -> String {
        match self {
            ComparisonWarning::OneFold => {
                "학습과 시험을 한 가지로만 나누었습니다. 구간은 표본 수만 따진 것이고, 다른 사람들에게서는 순위가 달라질 수 있습니다"
                    .into()
            }
            ComparisonWarning::FewFolds { folds } => {
                format!("폴드가 {folds}개뿐이라 구간이 넓고, 큰 차이만 우연과 구별됩니다")
            }
            ComparisonWarning::OneSeed => {
                "시드가 하나뿐이라 우연만으로 수치가 얼마나 움직이는지 알 수 없습니다. 시드를 여럿 주십시오".into()
            }
            ComparisonWarning::SamplesTestedTwice => {
                "여러 폴드에서 시험한 표본이 있어 표본을 세는 맥니머 검정은 하지 않았습니다".into()
            }
            ComparisonWarning::SomeRunsFailed { name, failed, planned, sentence } => {
                format!("{name}: {planned}번 가운데 {failed}번 실패하여 나머지의 평균입니다: {sentence}")
            }
            ComparisonWarning::Unfinished { name, done, planned } => {
                format!("{name}: {planned}번 가운데 {done}번만 끝났습니다. 비교를 다시 실행하면 이어서 합니다")
            }
            ComparisonWarning::Network { name, warning, runs, done } => {
                format!("{name}: {} ({done}번 가운데 {runs}번)", warning.text(Language::Korean))
            }
            ComparisonWarning::Data { warning } => warning.text(Language::Korean),
        }
    }
}

impl std::fmt::Display for ComparisonWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english())
    }
}

/// The doubts about a comparison of these rows.
pub(super) fn doubts(folds: usize, seeds: usize, rows: &[(Row, Trials<'_>)]) -> Vec<ComparisonWarning> {
    let mut found = Vec::new();
    match folds {
        1 => found.push(ComparisonWarning::OneFold),
        2..FEW_FOLDS => found.push(ComparisonWarning::FewFolds { folds }),
        _ => {}
    }
    if seeds == 1 {
        found.push(ComparisonWarning::OneSeed);
    }
    if rows.iter().any(|(_, trials)| trials.shares().is_none()) {
        found.push(ComparisonWarning::SamplesTestedTwice);
    }
    found.extend(of_the_data(rows.iter().flat_map(|(_, trials)| trials.measured())));
    for (row, trials) in rows.iter().filter(|(row, _)| row.scores.is_some()) {
        let (name, planned) = (row.contestant.name.clone(), row.runs_planned);
        if let (1.., Some(sentence)) = (row.runs_failed, row.failure.clone()) {
            found.push(ComparisonWarning::SomeRunsFailed { name, failed: row.runs_failed, planned, sentence });
        } else if row.runs_done < planned {
            found.push(ComparisonWarning::Unfinished { name, done: row.runs_done, planned });
        }
        found.extend(of_the_network(row, trials));
    }
    found
}

/// Whether a warning is about how one network's training went, not about the data all were trained on.
fn is_of_training(warning: &Warning) -> bool {
    matches!(
        warning,
        Warning::StillImproving { .. }
            | Warning::Interrupted { .. }
            | Warning::ThresholdMissed { .. }
            | Warning::NeverPredicted { .. }
    )
}

/// Each kind of warning once a class: folds repeat them with slightly other counts.
fn of_the_data<'a>(runs: impl Iterator<Item = &'a Measured>) -> Vec<ComparisonWarning> {
    let class = |warning: &Warning| match warning {
        Warning::FewSamples { class, .. } | Warning::ClassMissing { class, .. } => Some(class.clone()),
        Warning::Note { note, .. } => Some(note.clone()),
        _ => None,
    };
    let mut seen = HashSet::new();
    runs.flat_map(|run| &run.warnings)
        .filter(|warning| !is_of_training(warning) && seen.insert((discriminant(*warning), class(warning))))
        .map(|warning| ComparisonWarning::Data { warning: warning.clone() })
        .collect()
}

fn of_the_network(row: &Row, trials: &Trials<'_>) -> Vec<ComparisonWarning> {
    let mut found: Vec<(Warning, usize)> = Vec::new();
    for run in trials.measured() {
        let mut in_run = HashSet::new();
        for warning in run.warnings.iter().filter(|warning| is_of_training(warning)) {
            if !in_run.insert(discriminant(warning)) {
                continue;
            }
            match found.iter_mut().find(|(first, _)| discriminant(first) == discriminant(warning)) {
                Some((_, runs)) => *runs += 1,
                None => found.push((warning.clone(), 1)),
            }
        }
    }
    let (name, done) = (&row.contestant.name, row.runs_done);
    found
        .into_iter()
        .map(|(warning, runs)| ComparisonWarning::Network { name: name.clone(), warning, runs, done })
        .collect()
}
