//! Which network is trained, and where its weights start from.

use kihap_zoo::{
    Graph, Weights, ZooError,
    networks::{Entry, Settings, find},
};

use crate::layout::{Layout, Standardiser};

/// A network of the zoo with its settings.
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The network.
    pub entry: &'static Entry,
    /// Factor on the number of channels; 1 is the published network.
    pub width: f32,
    /// Side of the pictures in pixels; `None` for the published one.
    pub side: Option<usize>,
    /// Share of elements dropped in training; `None` for the network's own.
    pub dropout: Option<f32>,
    /// Whether rows of features are shifted and scaled to mean 0 and deviation 1 first; Teachable Machine does not.
    pub standardise: bool,
    /// How features are shifted and scaled, where the weights to start from ask for it; `None` to fit it to the training examples.
    pub standardiser: Option<Standardiser>,
    /// Weights to start from; layers whose weights are not among them start from their own distribution.
    pub start: Option<Weights>,
    /// How much of the weights to start from the trained ones keep, 0 (nothing) to 1: a mean of both, weight by weight. What was
    /// learnt from few people carries over better to others (Wortsman et al., Robust fine-tuning of zero-shot models, 2022).
    pub kept: f32,
    /// The last layer that is kept as it starts; all layers up to it are frozen.
    pub frozen: Option<String>,
}

impl Blueprint {
    /// The network as published, from random weights.
    pub fn new(entry: &'static Entry) -> Blueprint {
        Blueprint {
            entry,
            width: 1.0,
            side: None,
            dropout: None,
            standardise: true,
            standardiser: None,
            start: None,
            kept: 0.0,
            frozen: None,
        }
    }

    /// The network called `name` as published, from random weights.
    ///
    /// # Errors
    /// A name that no network has; the text lists them.
    pub fn named(name: &str) -> Result<Blueprint, ZooError> {
        find(name).map(Blueprint::new)
    }

    /// The graph for so many classes, for what `layout` gives it to read.
    ///
    /// # Errors
    /// Settings that the network cannot have.
    pub fn graph(&self, layout: &Layout, classes: usize) -> Result<Graph, ZooError> {
        let mut settings = self.settings(classes);
        layout.tell(&mut settings);
        (self.entry.build)(&settings)
    }

    /// The graph of a network on pictures for so many classes.
    ///
    /// # Errors
    /// Settings that the network cannot have.
    pub fn graph_of_pictures(&self, classes: usize) -> Result<Graph, ZooError> {
        (self.entry.build)(&self.settings(classes))
    }

    fn settings(&self, classes: usize) -> Settings {
        Settings { width: self.width, side: self.side, dropout: self.dropout, ..Settings::pictures(classes) }
    }
}
