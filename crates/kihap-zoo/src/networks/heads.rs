//! Fully connected layers on given features: the heads to start with.

use super::entry::{Entry, InputKind, Settings};
use crate::error::ZooError;
use crate::graph::{Activation, Graph, GraphBuilder};

/// `landmark-softmax`: multinomial logistic regression on the skeleton.
pub(crate) const LANDMARK_SOFTMAX: Entry = Entry {
    name: "landmark-softmax",
    input: InputKind::Landmarks,
    purpose: "one layer on the skeleton; the smallest",
    paper: "multinomial logistic regression",
    published: None,
    features: None,
    build: |settings| perceptron("landmark-softmax", settings, &[], 0.0, 0.0),
};

/// `landmark-mlp`: a small perceptron on the skeleton; the one to start with.
pub(crate) const LANDMARK_MLP: Entry = Entry {
    name: "landmark-mlp",
    input: InputKind::Landmarks,
    purpose: "two hidden layers on the skeleton; the one to start with",
    paper: "multilayer perceptron with dropout (Srivastava et al., 2014)",
    published: None,
    features: None,
    build: |settings| perceptron("landmark-mlp", settings, &[128, 64], 0.3, 0.0),
};

/// `photo-softmax`: the original's transfer learning: one layer on frozen image features, as Keras' `Dense(softmax)` on a
/// TF-Hub feature vector.
pub(crate) const PHOTO_SOFTMAX: Entry = Entry {
    name: "photo-softmax",
    input: InputKind::Photo,
    purpose: "one layer on frozen image features, as the original's transfer learning",
    paper: "multinomial logistic regression",
    published: None,
    features: None,
    build: |settings| perceptron("photo-softmax", settings, &[], 0.0, 0.0),
};

/// `photo-mlp`: one hidden layer of 100 units (Teachable Machine's number) on frozen image features.
pub(crate) const PHOTO_MLP: Entry = Entry {
    name: "photo-mlp",
    input: InputKind::Photo,
    purpose: "one hidden layer on frozen image features",
    paper: "multilayer perceptron with dropout (Srivastava et al., 2014)",
    published: None,
    features: None,
    build: |settings| perceptron("photo-mlp", settings, &[100], 0.3, 0.0),
};

/// `film-mlp`: two hidden layers on given numbers: the built-in models' network on films, which is in nobody's list.
pub const FILM_MLP: Entry = Entry {
    name: "film-mlp",
    input: InputKind::Photo,
    purpose: "two hidden layers on given numbers",
    paper: "multilayer perceptron with dropout (Srivastava et al., 2014)",
    published: None,
    features: None,
    build: |settings| perceptron("film-mlp", settings, &[512, 256], 0.2, 0.0),
};

/// `fusion-mlp`: two hidden layers on photo features and landmarks together.
pub(crate) const FUSION_MLP: Entry = Entry {
    name: "fusion-mlp",
    input: InputKind::Fusion,
    purpose: "two hidden layers on frozen image features and the skeleton together",
    paper: "multilayer perceptron with dropout (Srivastava et al., 2014)",
    published: None,
    features: None,
    build: |settings| perceptron("fusion-mlp", settings, &[128, 64], 0.3, 0.2),
};

fn perceptron(
    name: &str,
    settings: &Settings,
    hidden: &[usize],
    dropout: f32,
    input_dropout: f32,
) -> Result<Graph, ZooError> {
    let mut net = GraphBuilder::numbers(name, &[settings.features]);
    net.dropout("input_dropout", input_dropout);
    for (index, units) in hidden.iter().enumerate() {
        let number = index + 1;
        let units = ((*units as f32 * settings.width).round() as usize).max(1);
        net.dense(&format!("hidden{number}"), units);
        net.activation(&format!("relu{number}"), Activation::Relu);
        net.dropout(&format!("dropout{number}"), settings.dropout.unwrap_or(dropout));
    }
    net.logits("logits", settings.classes);
    net.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_counted_layer_by_layer() {
        let count = |entry: Entry, features, classes| {
            (entry.build)(&Settings::rows(classes, features)).unwrap().trainable_parameters().unwrap()
        };
        assert_eq!(count(PHOTO_SOFTMAX, 1280, 3), 1280 * 3 + 3);
        assert_eq!(count(LANDMARK_MLP, 100, 6), 100 * 128 + 128 + 128 * 64 + 64 + 64 * 6 + 6);
        assert!((FUSION_MLP.build)(&Settings { dropout: Some(1.0), ..Settings::rows(3, 10) }).is_err());
    }
}
