//! Multi-head self-attention, taken apart into products and a softmax.

use super::layers::batch_and;
use super::write::Layer;

pub(super) fn write(layer: &mut Layer<'_>, x: &str, heads: usize) -> Result<(), String> {
    let (steps, width) = (layer.input_shape[0], layer.input_shape[1]);
    let each = width / heads;
    let split = layer.integers("split", batch_and(&[steps, heads, each]));
    let query = head(layer, x, "query", &split, [0, 2, 1, 3])?;
    // already turned over for the product with the queries
    let key = head(layer, x, "key", &split, [0, 2, 3, 1])?;
    let value = head(layer, x, "value", &split, [0, 2, 1, 3])?;

    let factor = layer.constant("factor", &[], vec![1.0 / (each as f32).sqrt()])?;
    let scores = layer.step("MatMul", &[&query, &key], &[]);
    let scores = layer.step("Mul", &[&scores, &factor], &[]);
    let shares = layer.step("Softmax", &[&scores], &[("axis", (-1).into())]);
    let mixed = layer.step("MatMul", &[&shares, &value], &[]);

    let turned = layer.step("Transpose", &[&mixed], &[("perm", [0, 2, 1, 3].into())]);
    let joined = layer.integers("joined", batch_and(&[steps, width]));
    let joined = layer.step("Reshape", &[&turned, &joined], &[]);
    let (weight, bias) = (layer.weight("output.weight")?, layer.weight("output.bias")?);
    let product = layer.step("MatMul", &[&joined, &weight], &[]);
    layer.finish("Add", &[&product, &bias], &[]);
    Ok(())
}

/// One of query, key and value, divided among the heads, its axes in the given order.
fn head(layer: &mut Layer<'_>, x: &str, part: &str, split: &str, order: [usize; 4]) -> Result<String, String> {
    let (weight, bias) = (layer.weight(&format!("{part}.weight"))?, layer.weight(&format!("{part}.bias"))?);
    let product = layer.step("MatMul", &[x, &weight], &[]);
    let sum = layer.step("Add", &[&product, &bias], &[]);
    let parts = layer.step("Reshape", &[&sum, split], &[]);
    Ok(layer.step("Transpose", &[&parts], &[("perm", order.into())]))
}
