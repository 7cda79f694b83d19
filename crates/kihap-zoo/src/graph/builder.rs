//! Writing networks down.

use kihap_vision::backbone::Preprocessing;

use super::{Activation, Cell, Graph, INPUT, Init, Input, Node, Op, Padding, PoolKind, ReduceKind};
use crate::error::ZooError;

/// Collects layers. Each method appends a layer that reads the last one and becomes the last one; [`GraphBuilder::at`]
/// and [`GraphBuilder::from`] move about in the network.
#[derive(Debug, Clone)]
pub struct GraphBuilder {
    graph: Graph,
    last: String,
}

impl GraphBuilder {
    /// A network called `name` that reads `input`.
    pub fn new(name: &str, input: Input) -> GraphBuilder {
        GraphBuilder { graph: Graph { name: name.to_owned(), input, nodes: Vec::new() }, last: INPUT.to_owned() }
    }

    /// A network that reads numbers of a shape.
    pub fn numbers(name: &str, shape: &[usize]) -> GraphBuilder {
        GraphBuilder::new(name, Input { shape: shape.to_vec(), preprocessing: None })
    }

    /// A network that reads pictures prepared as `preprocessing` says.
    pub fn pictures(name: &str, preprocessing: Preprocessing) -> GraphBuilder {
        let shape = vec![3, preprocessing.side, preprocessing.side];
        GraphBuilder::new(name, Input { shape, preprocessing: Some(preprocessing) })
    }

    #[cfg(test)]
    pub(crate) fn picture(name: &str, shape: [usize; 3]) -> GraphBuilder {
        GraphBuilder::numbers(name, &shape)
    }

    /// The name of the last layer (or [`INPUT`]).
    pub fn at(&self) -> String {
        self.last.clone()
    }

    /// Goes on from the layer `name`.
    pub fn from(&mut self, name: &str) -> &mut Self {
        self.last = name.to_owned();
        self
    }

    /// Appends any layer that reads the last one; returns its name.
    pub fn layer(&mut self, name: &str, op: Op) -> String {
        let last = self.last.clone();
        self.join(name, op, &[&last])
    }

    /// Appends any layer that reads the layers named; returns its name.
    pub fn join(&mut self, name: &str, op: Op, inputs: &[&str]) -> String {
        let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
        self.graph.nodes.push(Node { name: name.to_owned(), inputs, op });
        self.last = name.to_owned();
        self.at()
    }

    /// A square convolution with bias, starting from He's normal distribution.
    pub fn conv(&mut self, name: &str, filters: usize, kernel: usize, stride: usize, padding: Padding) -> String {
        self.convolution(name, filters, [kernel; 2], [stride; 2], padding, 1, true)
    }

    /// A square convolution without bias, for use before a batch normalisation.
    pub fn conv_plain(&mut self, name: &str, filters: usize, kernel: usize, stride: usize, padding: Padding) -> String {
        self.convolution(name, filters, [kernel; 2], [stride; 2], padding, 1, false)
    }

    /// A depthwise convolution of `channels` channels, without bias.
    pub fn depthwise(&mut self, name: &str, channels: usize, kernel: usize, stride: usize, padding: Padding) -> String {
        self.convolution(name, channels, [kernel; 2], [stride; 2], padding, channels, false)
    }

    /// Any undilated convolution.
    #[expect(clippy::too_many_arguments, reason = "the numbers that define a convolution")]
    pub fn convolution(
        &mut self,
        name: &str,
        filters: usize,
        kernel: [usize; 2],
        stride: [usize; 2],
        padding: Padding,
        groups: usize,
        bias: bool,
    ) -> String {
        let init = Init::HeNormal;
        self.layer(name, Op::Conv2d { filters, kernel, stride, padding, dilation: [1, 1], groups, bias, init })
    }

    /// A fully connected layer with bias on the last axis, starting from He's uniform distribution.
    pub fn dense(&mut self, name: &str, units: usize) -> String {
        self.layer(name, Op::Dense { units, bias: true, init: Init::HeUniform })
    }

    /// The last layer: class scores before softmax, starting from Glorot's uniform distribution.
    pub fn logits(&mut self, name: &str, classes: usize) -> String {
        self.layer(name, Op::Dense { units: classes, bias: true, init: Init::GlorotUniform })
    }

    /// Batch normalisation.
    pub fn batch_norm(&mut self, name: &str, epsilon: f32, momentum: f32) -> String {
        self.layer(name, Op::BatchNorm { epsilon, momentum })
    }

    /// Layer normalisation with ε = 10⁻⁵.
    pub fn layer_norm(&mut self, name: &str) -> String {
        self.layer(name, Op::LayerNorm { epsilon: 1e-5 })
    }

    /// A function of every element.
    pub fn activation(&mut self, name: &str, function: Activation) -> String {
        self.layer(name, Op::Activation { function })
    }

    /// Square pooling.
    pub fn pool(&mut self, name: &str, kind: PoolKind, kernel: usize, stride: usize, padding: Padding) -> String {
        self.layer(name, Op::Pool { kind, kernel: [kernel; 2], stride: [stride; 2], padding })
    }

    /// Mean of each channel of a picture: `[c, h, w]` → `[c]`.
    pub fn global_average(&mut self, name: &str) -> String {
        self.layer(name, Op::Reduce { kind: ReduceKind::Mean, axes: vec![1, 2] })
    }

    /// Dropout; no layer at all for a rate of 0.
    pub fn dropout(&mut self, name: &str, rate: f32) -> String {
        if rate > 0.0 { self.layer(name, Op::Dropout { rate }) } else { self.at() }
    }

    /// One axis.
    pub fn flatten(&mut self, name: &str) -> String {
        self.layer(name, Op::Flatten)
    }

    /// A recurrent layer.
    pub fn recurrent(&mut self, name: &str, cell: Cell, units: usize, bidirectional: bool, sequences: bool) -> String {
        self.layer(name, Op::Recurrent { cell, units, bidirectional, sequences })
    }

    /// The network, checked.
    ///
    /// # Errors
    /// Layers that do not fit together, names that are taken, or no layers at all.
    pub fn finish(self) -> Result<Graph, ZooError> {
        self.graph.shapes()?;
        if self.graph.nodes.is_empty() {
            let layer = INPUT.to_owned();
            return Err(ZooError::Layer { network: self.graph.name, layer, problem: "no layer follows".into() });
        }
        Ok(self.graph)
    }
}
