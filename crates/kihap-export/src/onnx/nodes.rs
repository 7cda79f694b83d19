//! Writing arithmetic down as ONNX nodes.

use kihap_convert::Tensor;
use kihap_convert::onnx::{Attribute, GraphBuilder};

use crate::error::Result;

/// A graph under construction; names of new values begin with `scope`.
pub(super) struct Nodes<'a> {
    pub(super) file: &'a mut GraphBuilder,
    pub(super) scope: &'static str,
}

impl Nodes<'_> {
    /// An operation; gives its value's name.
    pub(super) fn op(&mut self, op: &str, inputs: &[&str], attributes: &[(&str, Attribute)]) -> String {
        let hint = format!("{}/{}", self.scope, op.to_lowercase());
        self.file.node(op, inputs, &hint, attributes)
    }

    /// A number.
    pub(super) fn scalar(&mut self, value: f32) -> String {
        let hint = format!("{}/{value}", self.scope);
        self.file.constant(&hint, Tensor::scalar(value))
    }

    /// Numbers in a shape.
    pub(super) fn numbers(&mut self, what: &str, shape: &[usize], values: Vec<f32>) -> Result<String> {
        let tensor = Tensor::f32(shape, values)?;
        Ok(self.file.constant(&format!("{}/{what}", self.scope), tensor))
    }

    /// Whole numbers.
    pub(super) fn integers(&mut self, values: &[i64]) -> String {
        let hint = format!("{}/integers", self.scope);
        self.file.constant(&hint, Tensor::i64_vector(values.to_vec()))
    }

    /// Elements `from..to` along `axis`.
    pub(super) fn slice(&mut self, x: &str, axis: i64, from: i64, to: i64) -> String {
        let (from, to, axis) = (self.integers(&[from]), self.integers(&[to]), self.integers(&[axis]));
        self.op("Slice", &[x, &from, &to, &axis], &[])
    }

    /// Sum over `axis`, which stays with length 1.
    pub(super) fn sum(&mut self, x: &str, axis: i64) -> String {
        let axis = self.integers(&[axis]);
        self.op("ReduceSum", &[x, &axis], &[("keepdims", 1.into())])
    }

    /// Largest magnitude over the last two axes of a rank 3, which stay with length 1.
    pub(super) fn largest(&mut self, x: &str) -> String {
        let size = self.op("Abs", &[x], &[]);
        let axes = self.integers(&[1, 2]);
        self.op("ReduceMax", &[&size, &axes], &[("keepdims", 1.into())])
    }

    /// Length of vectors along the last of three axes.
    pub(super) fn length(&mut self, x: &str) -> String {
        let squares = self.op("Mul", &[x, x], &[]);
        let sum = self.sum(&squares, 2);
        self.op("Sqrt", &[&sum], &[])
    }

    /// Vectors along the last of three axes over their lengths, those of no length staying 0.
    pub(super) fn unit(&mut self, x: &str) -> String {
        let length = self.length(x);
        let least = self.scalar(1e-6);
        let length = self.op("Max", &[&length, &least], &[]);
        self.op("Div", &[x, &length], &[])
    }

    /// `[N, joints, c]` → `[N, rows, c]`: each row is a weighted sum of joints, as `(joint, weight)`.
    pub(super) fn sums(&mut self, what: &str, joints: usize, rows: &[Vec<(usize, f32)>], x: &str) -> Result<String> {
        let mut matrix = vec![0.0; rows.len() * joints];
        for (row, parts) in rows.iter().enumerate() {
            parts.iter().for_each(|(joint, weight)| matrix[row * joints + joint] += weight);
        }
        let matrix = self.numbers(what, &[rows.len(), joints], matrix)?;
        Ok(self.op("MatMul", &[&matrix, x], &[]))
    }

    /// The vector turned about the vertical: `[cos·x + sin·z, y, cos·z − sin·x]`.
    pub(super) fn turned(&mut self, points: &str, cos: &str, sin: &str) -> String {
        let [x, y, z] = [0, 1, 2].map(|axis| self.slice(points, 2, axis, axis + 1));
        let product = |nodes: &mut Self, a: &str, b: &str| nodes.op("Mul", &[a, b], &[]);
        let (a, b) = (product(self, cos, &x), product(self, sin, &z));
        let across = self.op("Add", &[&a, &b], &[]);
        let (a, b) = (product(self, cos, &z), product(self, sin, &x));
        let away = self.op("Sub", &[&a, &b], &[]);
        self.op("Concat", &[&across, &y, &away], &[("axis", 2.into())])
    }

    /// 1 where any number of an example is not 0, else 0; `[N, 1, 1]`.
    pub(super) fn anything(&mut self, x: &str) -> String {
        let largest = self.largest(x);
        let zero = self.scalar(0.0);
        let some = self.op("Greater", &[&largest, &zero], &[]);
        self.op("Cast", &[&some], &[("to", 1.into())])
    }
}
