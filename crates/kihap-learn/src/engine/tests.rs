//! Every kind of layer gives what PyTorch gives (`tools/reference_ops.py`), and has a gradient where it has weights.

use burn::{
    optim::GradientsParams,
    tensor::{Device, activation::log_softmax},
};
use kihap_zoo::{Array, Graph, Weights};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::{Mode, Network, Value, numbers};

#[derive(Deserialize)]
struct Case {
    name: String,
    batch: usize,
    input_scale: f64,
    graph: Graph,
    output: Vec<f32>,
}

impl Case {
    fn all() -> Vec<Case> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../kihap-zoo/tests/golden/ops.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    fn weights(&self) -> Weights {
        let number = |p: usize, i: usize| 0.5 * (0.7 * i as f64 + 1.3 * p as f64).sin();
        let parameters = self.graph.parameters().unwrap().into_iter().enumerate();
        Weights(
            parameters
                .map(|(index, p)| {
                    let positive = p.name.ends_with(".scale") || p.name.ends_with(".variance");
                    let more = if positive { 1.0 } else { 0.0 };
                    let values = (0..p.count()).map(|i| (number(index, i) + more) as f32).collect();
                    (p.name.clone(), Array { shape: p.shape, values })
                })
                .collect(),
        )
    }

    fn input(&self, device: &Device) -> Value {
        let count = self.batch * self.graph.input.shape.iter().product::<usize>();
        let values = (0..count).map(|i| (self.input_scale * (0.9 * i as f64).sin()) as f32).collect();
        Value::new(values, self.batch, &self.graph.input.shape, device)
    }
}

#[test]
fn every_kind_of_layer_agrees_with_pytorch() {
    let device = Device::flex();
    let mut misfits = Vec::new();
    let cases = Case::all();
    assert!(cases.len() > 100);
    for case in cases {
        let mut network = Network::new(&case.graph, &case.weights(), &device).unwrap();
        let output = numbers(network.forward(case.input(&device), &mut Mode::Using), "testing").unwrap();
        assert_eq!(output.len(), case.output.len(), "{}", case.name);
        let difference = output.iter().zip(&case.output).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        if difference.is_nan() || difference > 2e-5 {
            misfits.push(format!("{} differs by {difference}", case.name));
        }
    }
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
}

#[test]
fn every_trained_weight_has_a_gradient() {
    let device = Device::flex().autodiff();
    for case in Case::all() {
        let mut network = Network::new(&case.graph, &case.weights(), &device).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let output = network.forward(case.input(&device), &mut Mode::Training(&mut rng));
        let loss = log_softmax(output, 1).sum();
        if network.trained.values.is_empty() {
            continue;
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &network.trained);
        for (index, weight) in network.trained.values.iter().enumerate() {
            let gradient = gradients.get::<1>(weight.id).map(|g| numbers(g, "testing").unwrap());
            let gradient = gradient.unwrap_or_else(|| panic!("{}: weight {index} has no gradient", case.name));
            assert!(gradient.iter().all(|g| g.is_finite()), "{}: weight {index}", case.name);
        }
    }
}
