//! The table of a comparison: for the terminal, as CSV and as JSON.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr;

use super::{
    against::{AgainstBest, PrimaryTest},
    comparison::Comparison,
    error::CompareError,
    row::{Row, Scores},
};
use crate::{error::LearnError, warnings::Language};

const HEADINGS: [&str; 10] = [
    "network",
    "accuracy",
    "95 % interval",
    "p vs best",
    "F1",
    "top-2 error",
    "loss",
    "parameters",
    "training",
    "ms/sample",
];
const HEADINGS_KO: [&str; 10] =
    ["신경망", "정확도", "95 % 구간", "최고와 p", "F1", "상위2 오류", "손실", "매개변수", "학습 시간", "표본당 ms"];

/// The columns of the CSV file; also the names of the fields in JSON, where some tables stand within others.
const COLUMNS: [&str; 24] = [
    "name",
    "model",
    "input",
    "accuracy",
    "accuracy_low",
    "accuracy_high",
    "interval",
    "f1",
    "top2_error",
    "loss",
    "parameters",
    "train_seconds",
    "ms_per_sample",
    "folds",
    "seeds",
    "runs",
    "samples",
    "seed_deviation",
    "difference",
    "p_value",
    "p_corrected_t",
    "p_mcnemar",
    "best",
    "failure",
];

impl Comparison {
    /// The table in aligned columns, the sentences of rows without scores below it.
    pub fn text(&self, language: Language) -> String {
        let headings = if language == Language::Korean { HEADINGS_KO } else { HEADINGS };
        let mut lines = vec![headings.map(str::to_owned)];
        let scored = || self.rows.iter().filter_map(|row| row.scores.as_ref().map(|scores| (row, scores)));
        lines.extend(scored().map(|(row, scores)| self.cells(row, scores)));
        let width = |column: usize| lines.iter().map(|line| line[column].width()).max().unwrap_or(0);
        let widths: [usize; 10] = std::array::from_fn(width);
        let mut text = String::new();
        for line in &lines {
            for (column, cell) in line.iter().enumerate() {
                let pad = " ".repeat(widths[column] - cell.width());
                // names to the left, numbers to the right
                text += &if column == 0 { format!("{cell}{pad}") } else { format!("  {pad}{cell}") };
            }
            text.push('\n');
        }
        for row in self.rows.iter().filter(|row| row.scores.is_none()) {
            text += &format!("{}: {}\n", row.contestant.name, row.failure.as_deref().unwrap_or_default());
        }
        text
    }

    fn cells(&self, row: &Row, scores: &Scores) -> [String; 10] {
        let p_value = match &row.against_best {
            None => "–".into(),
            Some(against) => against.p_value(self.test).map_or_else(|_| "?".into(), p_text),
        };
        [
            row.contestant.name.clone(),
            format!("{:.1} %", scores.accuracy * 100.0),
            format!("{:.1}–{:.1} %", scores.interval.low * 100.0, scores.interval.high * 100.0),
            p_value,
            format!("{:.3}", scores.f1),
            format!("{:.1} %", scores.top2_error * 100.0),
            format!("{:.3}", scores.loss),
            grouped(scores.parameters),
            format!("{:.1} s", scores.train_seconds),
            scores.ms_per_sample.map_or("–".into(), milliseconds),
        ]
    }

    /// The document of `kihap compare --json`.
    pub fn json(&self) -> Value {
        let rows: Vec<Value> = self.rows.iter().map(|row| self.row_json(row)).collect();
        let warnings: Vec<String> = self.warnings.iter().map(|warning| warning.to_string()).collect();
        json!({
            "results": rows,
            "best": self.best().map(|(row, _)| &row.contestant.name),
            "not_told_apart": self.not_told_apart().map(|row| &row.contestant.name).collect::<Vec<_>>(),
            "folds": self.folds,
            "seeds": self.seeds,
            "test": self.test.code(),
            "warnings": warnings,
        })
    }

    fn row_json(&self, row: &Row) -> Value {
        let (scores, against) = (row.scores.as_ref(), row.against_best.as_ref());
        let number = |value: &dyn Fn(&Scores) -> f64| scores.map(value);
        json!({
            "name": row.contestant.name,
            "model": row.contestant.model,
            "input": row.contestant.input,
            "accuracy": number(&|s| s.accuracy),
            "accuracy_low": number(&|s| s.interval.low),
            "accuracy_high": number(&|s| s.interval.high),
            "interval": scores.map(|s| s.interval_method.code()),
            "f1": number(&|s| s.f1),
            "top2_error": number(&|s| s.top2_error),
            "loss": number(&|s| s.loss),
            "parameters": scores.map(|s| s.parameters),
            "train_seconds": number(&|s| s.train_seconds),
            "ms_per_sample": scores.and_then(|s| s.ms_per_sample),
            "folds": self.folds,
            "seeds": self.seeds.len(),
            "runs": row.runs_done,
            "runs_failed": row.runs_failed,
            "samples": scores.map(|s| s.samples),
            "fold_accuracies": scores.map(|s| &s.fold_accuracies),
            "seed_deviation": scores.and_then(|s| s.seed_deviation),
            "difference": against.map(|a| a.difference),
            "p_value": against.and_then(|a| a.p_value(self.test).ok()),
            "tests": against.map(tests_json),
            "failure": row.failure,
        })
    }

    /// The table as CSV, one line a row; empty where there is nothing.
    ///
    /// # Errors
    /// When the table cannot be written, which a table in memory can.
    pub fn csv(&self) -> Result<String, CompareError> {
        let refused = |problem: String| CompareError::Table { problem };
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(COLUMNS).map_err(|e| refused(e.to_string()))?;
        for (index, row) in self.rows.iter().enumerate() {
            let fields = self.row_json(row);
            let p = |test: PrimaryTest| row.against_best.as_ref().and_then(|a| a.p_value(test).ok());
            let cell = |column: &&str| match *column {
                "best" => (index == 0 && row.scores.is_some()).to_string(),
                "p_corrected_t" => p(PrimaryTest::CorrectedT).map_or(String::new(), |p| p.to_string()),
                "p_mcnemar" => p(PrimaryTest::McNemar).map_or(String::new(), |p| p.to_string()),
                name => plain(&fields[name]),
            };
            writer.write_record(COLUMNS.iter().map(cell)).map_err(|e| refused(e.to_string()))?;
        }
        let bytes = writer.into_inner().map_err(|e| refused(e.to_string()))?;
        String::from_utf8(bytes).map_err(|e| refused(e.to_string()))
    }

    /// Writes `comparison.json` and `comparison.csv` into `folder`, and says where.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn write_tables(&self, folder: &Path) -> Result<[PathBuf; 2], CompareError> {
        fs::create_dir_all(folder).map_err(LearnError::io("create", folder))?;
        let json =
            serde_json::to_string_pretty(&self.json()).map_err(|e| CompareError::Table { problem: e.to_string() })?;
        let paths = [folder.join("comparison.json"), folder.join("comparison.csv")];
        for (path, content) in paths.iter().zip([json + "\n", self.csv()?]) {
            let draft = path.with_extension("part");
            fs::write(&draft, content).map_err(LearnError::io("write", &draft))?;
            fs::rename(&draft, path).map_err(LearnError::io("rename", &draft))?;
        }
        Ok(paths)
    }
}

fn tests_json(against: &AgainstBest) -> Value {
    let english = |reason: &super::NotComputable| json!({ "not_computable": reason.text(Language::English) });
    let corrected_t = match &against.corrected_t {
        Ok(tested) => json!({
            "t": tested.test.t,
            "degrees_of_freedom": tested.test.degrees_of_freedom,
            "difference_low": tested.test.interval.low,
            "difference_high": tested.test.interval.high,
            "p_value": tested.test.p_value,
            "p_holm": tested.p_holm,
        }),
        Err(reason) => english(reason),
    };
    let mcnemar = match &against.mcnemar {
        Ok(tested) => json!({
            "only_best_right": tested.test.only_first,
            "only_this_right": tested.test.only_second,
            "p_value": tested.test.p_value,
            "p_holm": tested.p_holm,
        }),
        Err(reason) => english(reason),
    };
    json!({ "corrected_t": corrected_t, "mcnemar": mcnemar })
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A p-value as people write it.
pub(crate) fn p_text(p_value: f64) -> String {
    if p_value < 0.001 { "< 0.001".into() } else { format!("{p_value:.3}") }
}

/// Milliseconds with two decimals, below 0.1 with two digits that count: heads on features take microseconds.
pub(crate) fn milliseconds(ms: f64) -> String {
    let decimals = if ms >= 0.1 || ms <= 0.0 { 2.0 } else { (1.0 - ms.log10().floor()).min(6.0) };
    format!("{ms:.0$}", decimals as usize)
}

/// A count with thin gaps between thousands.
pub(crate) fn grouped(count: usize) -> String {
    let digits = count.to_string();
    let gap = |index: usize| index > 0 && (digits.len() - index).is_multiple_of(3);
    digits.chars().enumerate().flat_map(|(index, c)| gap(index).then_some(' ').into_iter().chain([c])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_p_values_are_written_as_people_do() {
        assert_eq!([0, 999, 1000, 25_636_712].map(grouped), ["0", "999", "1 000", "25 636 712"]);
        assert_eq!([0.0004, 0.001, 0.5].map(p_text), ["< 0.001", "0.001", "0.500"]);
        assert_eq!([0.0, 0.00309, 0.0186, 12.346].map(milliseconds), ["0.00", "0.0031", "0.019", "12.35"]);
    }
}
