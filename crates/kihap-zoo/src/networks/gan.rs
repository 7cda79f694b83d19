//! What both networks that make new data have in common: a generator that makes examples of a class from noise, and a
//! discriminator that tells them from real ones (Goodfellow et al., 2014), both told the class (Mirza and Osindero, 2014).

use crate::{error::ZooError, graph::Graph};

/// A generator and its discriminator; each reads one row or picture, put together outside.
#[derive(Debug, Clone, PartialEq)]
pub struct GanGraphs {
    /// `[noise + classes]` (noise, then the class as one-hot) → an example's numbers.
    pub generator: Graph,
    /// An example's numbers, then the class as one-hot → 1: above 0 for real. The class is one number each for rows, one
    /// plane each (all 0 or all 1) for pictures.
    pub discriminator: Graph,
}

/// What the builders are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GanSettings {
    /// Number of classes, at least 1.
    pub classes: usize,
    /// Length of the noise, at least 1.
    pub noise: usize,
    /// Units of a hidden layer, or filters of the layer next to the picture; at least 1.
    pub width: usize,
}

impl GanSettings {
    pub(super) fn check(&self, network: &str) -> Result<(), ZooError> {
        let numbers = [("classes", self.classes), ("noise", self.noise), ("width", self.width)];
        match numbers.into_iter().find(|(_, value)| *value == 0) {
            None => Ok(()),
            Some((setting, value)) => Err(ZooError::Setting {
                network: network.to_owned(),
                setting,
                value: value.to_string(),
                allowed: "at least 1".into(),
            }),
        }
    }
}
