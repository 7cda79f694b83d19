//! `rnn`, `gru`, `lstm`: recurrent networks on a clip's skeleton features.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Cell, Graph, GraphBuilder};

/// Width of the state, each way.
const UNITS: usize = 64;
const DROPOUT: f32 = 0.4;

/// `rnn`: Elman's network, both ways through the clip.
pub(crate) const RNN: Entry = Entry {
    name: "rnn",
    input: InputKind::Sequence,
    purpose: "vanilla recurrent network on clips of skeletons; the survey's simplest",
    paper: "Elman: Finding structure in time, 1990",
    published: None,
    features: None,
    build: |settings| recurrent("rnn", Cell::Rnn, settings),
};

/// `gru`: gated recurrent units, both ways through the clip.
pub(crate) const GRU: Entry = Entry {
    name: "gru",
    input: InputKind::Sequence,
    purpose: "gated recurrent units on clips of skeletons",
    paper: "Cho et al.: Learning phrase representations using RNN encoder-decoder, 2014",
    published: None,
    features: None,
    build: |settings| recurrent("gru", Cell::Gru, settings),
};

/// `lstm`: long short-term memory, both ways through the clip.
pub(crate) const LSTM: Entry = Entry {
    name: "lstm",
    input: InputKind::Sequence,
    purpose: "long short-term memory on clips of skeletons",
    paper: "Hochreiter and Schmidhuber: Long short-term memory, 1997",
    published: None,
    features: None,
    build: |settings| recurrent("lstm", Cell::Lstm, settings),
};

/// Both ways (Schuster and Paliwal, 1997), and the states at both ends to the classes.
fn recurrent(name: &str, cell: Cell, settings: &Settings) -> Result<Graph, ZooError> {
    let dropout = settings.dropout.unwrap_or(DROPOUT);
    let mut net = GraphBuilder::numbers(name, &[settings.steps, settings.features]);
    net.layer_norm("input_norm");
    net.dropout("input_dropout", dropout / 2.0);
    net.recurrent("recurrent", cell, UNITS, true, false);
    net.dropout("dropout", dropout);
    net.logits("logits", settings.classes);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_counted_gate_by_gate() {
        let settings = Settings { steps: 32, features: 99, ..Settings::pictures(20) };
        let count = |entry: Entry| (entry.build)(&settings).unwrap().trainable_parameters().unwrap();
        let around = 2 * 99 + 2 * UNITS * 20 + 20;
        let gate = 99 * UNITS + UNITS * UNITS + UNITS;
        assert_eq!(count(RNN), around + 2 * gate);
        assert_eq!(count(LSTM), around + 2 * 4 * gate);
        assert_eq!(count(GRU), around + 2 * (3 * gate + 3 * UNITS));
    }
}
