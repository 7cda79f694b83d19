//! Recurrent layers. Keras' order of gates is the zoo's.

use kihap_zoo::graph::Cell;
use serde_json::{Value as Json, json};

use super::writer::{Layer, Value};
use crate::error::Result;

pub(super) fn write(
    layer: &mut Layer<'_, '_>,
    x: &str,
    cell: Cell,
    units: usize,
    bidirectional: bool,
    sequences: bool,
) -> Result<Value> {
    let class = match cell {
        Cell::Rnn => "SimpleRNN",
        Cell::Lstm => "LSTM",
        Cell::Gru => {
            return Err(layer.none("a gated recurrent unit whose reset comes after the product (reset_after)"));
        }
    };
    let features = layer.given[0][1];
    let config = |name: &str| config(class, name, units, sequences);
    let mut weights: Vec<(String, Vec<usize>, Vec<f32>)> = Vec::new();
    let ways: &[&str] = if bidirectional { &["forward", "backward"] } else { &["forward"] };
    let own = layer.plain_name();
    for way in ways {
        let prefix = if bidirectional { format!("{way}_{own}_cell/") } else { String::new() };
        let rows = cell.gates() * units;
        for (ours, theirs, shape) in [
            ("input", "kernel", vec![features, rows]),
            ("recurrent", "recurrent_kernel", vec![units, rows]),
            ("bias", "bias", vec![rows]),
        ] {
            weights.push((format!("{prefix}{theirs}"), shape, layer.numbers(&format!("{way}.{ours}"))?));
        }
    }
    let value = if bidirectional {
        let inner = json!({"class_name": class, "config": config(&format!("{own}_cell"))});
        layer.emit("Bidirectional", "", &[x], json!({"layer": inner, "merge_mode": "concat"}))
    } else {
        layer.emit(class, "", &[x], config(&own))
    };
    for (name, shape, values) in weights {
        layer.weigh(&value, &name, &shape, values);
    }
    Ok(value)
}

fn config(class: &str, name: &str, units: usize, sequences: bool) -> Json {
    let mut config = json!({
        "units": units, "activation": "tanh", "use_bias": true,
        "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}},
        "recurrent_initializer": {"class_name": "Orthogonal", "config": {"gain": 1, "seed": null}},
        "bias_initializer": {"class_name": "Zeros", "config": {}},
        "kernel_regularizer": null, "recurrent_regularizer": null, "bias_regularizer": null,
        "activity_regularizer": null, "kernel_constraint": null, "recurrent_constraint": null,
        "bias_constraint": null, "dropout": 0, "recurrent_dropout": 0, "return_sequences": sequences,
        "return_state": false, "go_backwards": false, "stateful": false, "unroll": false, "name": name, "trainable": true,
    });
    if class == "LSTM" {
        config["recurrent_activation"] = json!("sigmoid");
        config["unit_forget_bias"] = json!(false);
        config["implementation"] = json!(1);
    }
    config
}
