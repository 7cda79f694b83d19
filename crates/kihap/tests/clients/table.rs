//! How far each client is from Kihap, and the table of it in the documentation.

use std::path::Path;

use serde_json::Value;

use crate::exports::Expected;

/// How much a probability may differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    /// The client is given the same numbers: 1e-4.
    SamePixels,
    /// The client decodes the picture itself: 0.02.
    OwnDecoding,
    /// The client also crops and resizes by a filter of its own, which differs from Kihap's: 0.1.
    OwnResizing,
}

impl Bound {
    fn largest(self) -> f64 {
        match self {
            Bound::SamePixels => 1e-4,
            Bound::OwnDecoding => 0.02,
            Bound::OwnResizing => 0.1,
        }
    }
}

/// Whose model it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Direction {
    /// Kihap's, run by others.
    Out,
    /// Another tool's or an exported one, run by Kihap as a foreign file.
    In,
}

pub(crate) struct Row {
    /// Format, direction, client, what is given.
    words: [String; 4],
    bound: Bound,
    samples: usize,
    largest: f64,
    changed: Vec<String>,
}

impl Row {
    pub(crate) fn measured(format: &str, client: &str, given: &str, bound: Bound, samples: usize, largest: f64) -> Row {
        let words = [format, "out", client, given].map(str::to_owned);
        Row { words, bound, samples, largest, changed: Vec::new() }
    }

    /// A client's probabilities against Kihap's.
    pub(crate) fn compared(
        format: &str,
        client: &str,
        given: &str,
        bound: Bound,
        expected: &Expected,
        answers: &Value,
    ) -> Row {
        let answers = answers.as_array().unwrap();
        assert_eq!(answers.len(), expected.probabilities.len(), "{format}: {client}");
        let mut row = Row::measured(format, client, given, bound, answers.len(), 0.0);
        for (i, (own, theirs)) in expected.probabilities.iter().zip(answers).enumerate() {
            let theirs: Vec<f64> = theirs.as_array().unwrap().iter().map(|p| p.as_f64().unwrap_or(f64::NAN)).collect();
            assert_eq!(own.len(), theirs.len(), "{format}: {client}");
            let difference = own.iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(theirs.iter().all(|p| p.is_finite()), "{format}: {client}: {theirs:?}");
            row.largest = row.largest.max(difference);
            if top(own) != top(&theirs) {
                row.changed.push(format!("{i}: {own:?} {theirs:?}"));
            }
        }
        row
    }
}

impl Row {
    /// The same for a file that Kihap has run as a foreign one.
    pub(crate) fn with_direction(mut self, direction: Direction) -> Row {
        self.words[1] = if direction == Direction::In { "in" } else { "out" }.to_owned();
        self
    }
}

fn top(row: &[f64]) -> Option<usize> {
    (0..row.len()).max_by(|a, b| row[*a].total_cmp(&row[*b]))
}

#[derive(Default)]
pub(crate) struct Rows(Vec<Row>);

const START: &str = "<!-- out: written by the test `clients` -->\n";
const END: &str = "<!-- end of out -->\n";

impl Rows {
    pub(crate) fn add(&mut self, row: Row) {
        println!("{} | {} | {:.1e}", row.words.join(" | "), row.samples, row.largest);
        self.0.push(row);
    }

    /// Checks every row, and that the documentation has them all; writes it anew where `KIHAP_UPDATE` is set.
    pub(crate) fn settle(self) {
        for row in &self.0 {
            assert!(row.changed.is_empty(), "{:?}: other labels: {:?}", row.words, row.changed);
            assert!(row.largest <= row.bound.largest(), "{:?}: {} > {}", row.words, row.largest, row.bound.largest());
        }
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats.md");
        let text = std::fs::read_to_string(&path).unwrap();
        let (before, rest) = text.split_once(START).expect("docs/formats.md has a place for the table");
        let (table, after) = rest.split_once(END).expect("docs/formats.md has an end of the table");
        if std::env::var_os("KIHAP_UPDATE").is_some() {
            std::fs::write(&path, format!("{before}{START}{}{END}{after}", self.table())).unwrap();
            return;
        }
        for row in &self.0 {
            let line = row.words.join(" | ");
            assert!(table.contains(&line), "docs/formats.md lacks \"{line}\"; run with KIHAP_UPDATE=1");
        }
    }

    fn table(&self) -> String {
        let mut text = String::from(
            "\n| format | direction | client | given | samples | largest difference of a probability | allowed |\n| --- | --- | --- | \
             --- | ---: | ---: | ---: |\n",
        );
        for row in &self.0 {
            let allowed = row.bound.largest();
            text += &format!("| {} | {} | {:.1e} | {allowed} |\n", row.words.join(" | "), row.samples, row.largest);
        }
        text + "\n"
    }
}
