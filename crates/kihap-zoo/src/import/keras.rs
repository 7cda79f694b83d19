//! From Keras' layers to ours of the same names.

use std::collections::{BTreeMap, HashMap};

use super::imported::Found;
use crate::graph::{Graph, Op};
use crate::weights::Array;

/// Weights of Keras' layers: by layer, then by weight. A layer's name may have the scopes it was made in before it, as in
/// `normal_a_block_0/normal_conv_1_0`. The newest files number a layer's weights instead of naming them.
#[derive(Debug, Clone, Default)]
pub(super) struct KerasLayers {
    layers: BTreeMap<String, BTreeMap<String, Array>>,
    /// For each name without scopes the layer's, where only one has it.
    without_scopes: HashMap<String, Option<String>>,
}

/// Keras' names have changed: MobileNetV3's were `Conv/BatchNorm` and are `conv_bn`.
fn canonical(layer: &str) -> String {
    layer.to_lowercase().replace('/', "_").replace("batchnorm", "bn")
}

/// A separable convolution is one layer there and two here.
const HALVES: [(&str, &str, &str); 2] =
    [("_depthwise", "depthwise_kernel", "0"), ("_pointwise", "pointwise_kernel", "1")];

impl KerasLayers {
    pub(super) fn insert(&mut self, layer: &str, weight: &str, array: Array) -> Result<(), String> {
        let weight = weight.strip_suffix(":0").unwrap_or(weight);
        let name = canonical(layer);
        if !self.layers.contains_key(&name) {
            for (slash, _) in layer.match_indices('/') {
                let short = self.without_scopes.entry(canonical(&layer[slash + 1..]));
                short.and_modify(|full| *full = None).or_insert_with(|| Some(name.clone()));
            }
        }
        match self.layers.entry(name).or_default().insert(weight.to_owned(), array) {
            None => Ok(()),
            Some(_) => Err(format!("it has two weights '{weight}' of a layer '{layer}'")),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    fn look(&self, name: &str) -> Option<&BTreeMap<String, Array>> {
        let full = self.without_scopes.get(name).and_then(Option::as_ref);
        self.layers.get(name).or_else(|| self.layers.get(full?))
    }

    /// Whether it has weights for a layer of that name, which may be half of a separable convolution.
    pub(super) fn has(&self, layer: &str) -> bool {
        let name = canonical(layer);
        let halves = HALVES.iter().filter_map(|(suffix, ..)| name.strip_suffix(suffix));
        self.look(&name).is_some() || halves.into_iter().any(|name| self.look(name).is_some())
    }

    /// Shape of the kernel of the layer of that name.
    pub(super) fn kernel_shape(&self, layer: &str) -> Option<&[usize]> {
        let weights = self.look(&canonical(layer))?;
        weights.get("kernel").or_else(|| weights.get("0")).map(|kernel| kernel.shape.as_slice())
    }

    fn get(&mut self, name: &str) -> Option<&mut BTreeMap<String, Array>> {
        if self.layers.contains_key(name) {
            return self.layers.get_mut(name);
        }
        let full = self.without_scopes.get(name)?.as_ref()?;
        self.layers.get_mut(full)
    }

    fn remove(&mut self, name: &str) -> Option<BTreeMap<String, Array>> {
        self.get(name).map(std::mem::take)
    }

    /// Takes what `graph` has layers for. `swap_first` turns the first convolution from blue, green, red to red, green,
    /// blue.
    pub(super) fn take_for(mut self, graph: &Graph, swap_first: bool) -> Result<Found, String> {
        let mut found = Found::default();
        let mut swap = swap_first;
        for node in &graph.nodes {
            let name = canonical(&node.name);
            let mut put = |weight: &str, array: Array| {
                found.arrays.insert(format!("{}.{weight}", node.name), array);
            };
            match &node.op {
                Op::Conv2d { kernel, groups, bias, .. } => {
                    let (kernel_there, bias_there) = self.convolution(&name);
                    let Some(array) = kernel_there else { continue };
                    let mut array = convolution_kernel(array, *kernel, *groups)
                        .map_err(|problem| format!("its kernel of '{}' {problem}", node.name))?;
                    if std::mem::take(&mut swap) {
                        swap_red_and_blue(&mut array);
                    }
                    put("weight", array);
                    match (bias_there, bias) {
                        (Some(array), true) => put("bias", array),
                        (None, true) | (None, false) => {}
                        (Some(_), false) => {
                            return Err(format!("its layer '{}' has a bias; here it has none", node.name));
                        }
                    }
                }
                Op::Dense { bias, .. } => {
                    let Some(mut layer) = self.remove(&name) else { continue };
                    if let Some(array) = take(&mut layer, "kernel", "0") {
                        put("weight", dense_kernel(array));
                    }
                    match (take(&mut layer, "bias", "1"), bias) {
                        (Some(array), true) => put("bias", array),
                        (None, _) => {}
                        (Some(_), false) => {
                            return Err(format!("its layer '{}' has a bias; here it has none", node.name));
                        }
                    }
                }
                Op::BatchNorm { .. } => {
                    let Some(layer) = self.remove(&name) else { continue };
                    for (weight, array) in normalisation(layer, &node.name)? {
                        put(weight, array);
                    }
                }
                _ => {}
            }
        }
        let left = |(layer, weights): (String, BTreeMap<String, Array>)| {
            weights.into_keys().map(move |weight| format!("{layer}/{weight}"))
        };
        found.unused = self.layers.into_iter().flat_map(left).collect();
        Ok(found)
    }

    /// Kernel and bias of a convolution, which may be half of a separable one.
    fn convolution(&mut self, name: &str) -> (Option<Array>, Option<Array>) {
        if let Some(mut layer) = self.remove(name) {
            let kernel = take(&mut layer, "kernel", "0").or_else(|| layer.remove("depthwise_kernel"));
            return (kernel, take(&mut layer, "bias", "1").or_else(|| layer.remove("depthwise_bias")));
        }
        for (suffix, weight, number) in HALVES {
            if let Some(layer) = name.strip_suffix(suffix).and_then(|name| self.get(name)) {
                return (take(layer, weight, number), None);
            }
        }
        (None, None)
    }
}

fn take(layer: &mut BTreeMap<String, Array>, name: &str, number: &str) -> Option<Array> {
    layer.remove(name).or_else(|| layer.remove(number))
}

/// γ, β and the running statistics; a γ that was left out is 1, a β 0.
fn normalisation(mut layer: BTreeMap<String, Array>, name: &str) -> Result<Vec<(&'static str, Array)>, String> {
    if layer.contains_key("0") && layer.len() != 4 {
        return Err(format!("its layer '{name}' has {} numbered weights, not 4", layer.len()));
    }
    let numbers = ["0", "1", "2", "3"];
    let names = ["gamma", "beta", "moving_mean", "moving_variance"];
    let [scale, offset, mean, variance] = std::array::from_fn(|i| take(&mut layer, names[i], numbers[i]));
    let (Some(mean), Some(variance)) = (mean, variance) else {
        return Err(format!("its layer '{name}' has no running mean and variance"));
    };
    let constant = |value: f32| Array { shape: mean.shape.clone(), values: vec![value; mean.values.len()] };
    let (scale, offset) = (scale.unwrap_or_else(|| constant(1.0)), offset.unwrap_or_else(|| constant(0.0)));
    Ok(vec![("scale", scale), ("offset", offset), ("mean", mean), ("variance", variance)])
}

/// `[height, width, in, out]` → `[out, in, height, width]`; depthwise `[height, width, channels, multiplier]` →
/// `[channels · multiplier, 1, height, width]`.
fn convolution_kernel(array: Array, kernel: [usize; 2], groups: usize) -> Result<Array, String> {
    let &[height, width, inputs, outputs] = array.shape.as_slice() else {
        return Err(format!("is {:?}, not [height, width, in, out]", array.shape));
    };
    if [height, width] != kernel {
        return Err(format!("is {height} × {width}, not {} × {}", kernel[0], kernel[1]));
    }
    if groups > 1 && inputs == groups {
        let array = permuted(&array, [2, 3, 0, 1]);
        return Ok(Array { shape: vec![inputs * outputs, 1, height, width], values: array.values });
    }
    Ok(permuted(&array, [3, 2, 0, 1]))
}

/// `[in, out]`, also of a 1 × 1 convolution on a picture of one pixel.
fn dense_kernel(array: Array) -> Array {
    match array.shape.as_slice() {
        &[1, 1, inputs, outputs] => Array { shape: vec![inputs, outputs], values: array.values },
        _ => array,
    }
}

fn permuted(array: &Array, order: [usize; 4]) -> Array {
    let side = |axis: usize| array.shape[axis];
    let strides = [side(1) * side(2) * side(3), side(2) * side(3), side(3), 1];
    let shape = order.map(side);
    let steps = order.map(|axis| strides[axis]);
    let mut values = Vec::with_capacity(array.values.len());
    for a in 0..shape[0] {
        for b in 0..shape[1] {
            for c in 0..shape[2] {
                let start = a * steps[0] + b * steps[1] + c * steps[2];
                values.extend((0..shape[3]).map(|d| array.values[start + d * steps[3]]));
            }
        }
    }
    Array { shape: shape.to_vec(), values }
}

fn swap_red_and_blue(array: &mut Array) {
    if let &[_, 3, height, width] = array.shape.as_slice() {
        let plane = height * width;
        for filter in array.values.chunks_exact_mut(3 * plane) {
            let (red, rest) = filter.split_at_mut(plane);
            red.swap_with_slice(&mut rest[plane..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(shape: &[usize]) -> Array {
        Array { shape: shape.to_vec(), values: (0..shape.iter().product()).map(|v: usize| v as f32).collect() }
    }

    #[test]
    fn kernels_turn_channels_first() {
        let turned = convolution_kernel(counted(&[1, 2, 3, 2]), [1, 2], 1).unwrap();
        assert_eq!(turned.shape, [2, 3, 1, 2]);
        // out 0: in 0 at both places, then in 1, then in 2
        assert_eq!(turned.values[..6], [0.0, 6.0, 2.0, 8.0, 4.0, 10.0]);
        let depthwise = convolution_kernel(counted(&[1, 2, 3, 1]), [1, 2], 3).unwrap();
        assert_eq!((depthwise.shape, depthwise.values[..4].to_vec()), (vec![3, 1, 1, 2], vec![0.0, 3.0, 1.0, 4.0]));
        assert!(convolution_kernel(counted(&[3, 3, 1, 1]), [5, 5], 1).unwrap_err().contains("5 × 5"));
    }

    #[test]
    fn red_and_blue_change_places() {
        let mut array = counted(&[2, 3, 1, 2]);
        swap_red_and_blue(&mut array);
        assert_eq!(array.values, [4.0, 5.0, 2.0, 3.0, 0.0, 1.0, 10.0, 11.0, 8.0, 9.0, 6.0, 7.0]);
    }

    #[test]
    fn names_of_old_files_are_understood() {
        assert_eq!(canonical("expanded_conv_1/squeeze_excite/Conv_1"), "expanded_conv_1_squeeze_excite_conv_1");
        assert_eq!(canonical("Conv/BatchNorm"), canonical("conv_bn"));
    }

    #[test]
    fn scopes_before_a_name_are_passed_over_where_it_is_the_only_one() {
        let mut layers = KerasLayers::default();
        for layer in ["block_0/conv_1", "block_0/conv", "block_1/conv", "conv"] {
            layers.insert(layer, "kernel:0", counted(&[layer.len()])).unwrap();
        }
        let mut length = |name: &str| layers.get(name).map(|layer| layer["kernel"].shape[0]);
        assert_eq!((length("conv_1"), length("conv"), length("block_1_conv")), (Some(14), Some(4), Some(12)));
        assert!(layers.insert("conv", "kernel", counted(&[1])).unwrap_err().contains("two weights"));
        layers.layers.remove("conv");
        assert!(layers.get("conv").is_none(), "two have it");
    }
}
