//! A trained generator: from a class and a seed to new examples.

use burn::tensor::Device;
use kihap_vision::{Pose, image::RgbImage};
use kihap_zoo::{Graph, Weights, networks::DCGAN_SIDE};

use super::{
    form::Form,
    options::{GanKind, GanOptions},
    picture,
    training::GanRecord,
};
use crate::{
    engine::{Mode, Network, Value, numbers},
    error::LearnError,
    example::{Class, Example},
    random::{Purpose, normal, stream},
    train::StopReason,
};

/// Numbers handed to Burn at once, so that memory stays flat.
const NUMBERS_AT_ONCE: usize = 1 << 18;

/// Makes new skeletons, or new pictures of skeletons, of the classes it was trained on.
#[derive(Debug, Clone)]
pub struct Generator {
    /// The classes, in the order of their labels.
    pub classes: Vec<Class>,
    /// What it was trained with.
    pub options: GanOptions,
    /// How training went.
    pub history: Vec<GanRecord>,
    /// Why training ended.
    pub stopped: StopReason,
    /// Seconds that training took.
    pub seconds: f64,
    pub(super) form: Form,
    pub(super) graph: Graph,
    pub(super) weights: Weights,
}

impl Generator {
    /// What it makes.
    pub fn kind(&self) -> GanKind {
        self.options.kind
    }

    /// The network.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// `count` new skeletons of the class with the label `class`, in a picture of 640 × 480, with world coordinates where the
    /// real ones had them. The i-th depends on class, seed and i alone.
    ///
    /// # Errors
    /// A label that no class has, or a generator of pictures.
    pub fn poses(&self, class: usize, count: usize, seed: u64) -> Result<Vec<Pose>, LearnError> {
        match &self.form {
            Form::Landmarks(space) => {
                Ok(self.rows(class, count, seed)?.iter().map(|numbers| space.pose(numbers)).collect())
            }
            Form::Pictures => Err(LearnError::BadOption {
                option: "kind",
                value: "pictures".into(),
                allowed: "landmarks to get skeletons; train a generator of that kind",
            }),
        }
    }

    /// `count` new pictures of 64 × 64 of skeletons of the class with the label `class`: the DCGAN's own, or a generator's of
    /// skeletons drawn. The i-th depends on class, seed and i alone.
    ///
    /// # Errors
    /// A label that no class has.
    pub fn pictures(&self, class: usize, count: usize, seed: u64) -> Result<Vec<RgbImage>, LearnError> {
        match &self.form {
            Form::Landmarks(_) => {
                let drawn = |pose: &Pose| picture::skeleton_picture(pose, DCGAN_SIDE as u32);
                Ok(self.poses(class, count, seed)?.iter().map(drawn).collect())
            }
            Form::Pictures => Ok(self.rows(class, count, seed)?.iter().map(|row| picture::picture(row)).collect()),
        }
    }

    /// `per_class` new skeletons of every class as examples to train on, class by class.
    ///
    /// # Errors
    /// Those of [`Generator::poses`].
    pub fn examples(&self, per_class: usize, seed: u64) -> Result<Vec<Example>, LearnError> {
        let mut examples = Vec::with_capacity(per_class * self.classes.len());
        for label in 0..self.classes.len() {
            let poses = self.poses(label, per_class, seed)?;
            examples.extend(poses.into_iter().map(|pose| Example::from_pose(Some(pose), label)));
        }
        Ok(examples)
    }

    /// What the network gives for `count` examples of a class.
    pub(super) fn rows(&self, class: usize, count: usize, seed: u64) -> Result<Vec<Vec<f32>>, LearnError> {
        let classes = self.classes.len();
        if class >= classes {
            return Err(LearnError::BadLabel { index: 0, label: class, classes });
        }
        let device = Device::flex();
        let mut network = Network::new(&self.graph, &self.weights, &device)?;
        let width = self.form.width();
        let mut rows = Vec::with_capacity(count);
        let all: Vec<u64> = (0..count as u64).collect();
        for some in all.chunks((NUMBERS_AT_ONCE / width.max(1)).max(1)) {
            let mut noise = Vec::with_capacity(some.len() * self.options.noise);
            for index in some {
                let rng = &mut stream(seed, Purpose::Generate, class as u64, *index);
                noise.extend((0..self.options.noise).map(|_| normal(rng)));
            }
            let input = generator_input(&noise, &vec![class; some.len()], classes, &device);
            let made = numbers(network.forward(input, &mut Mode::Using), "generating examples")?;
            rows.extend(made.chunks_exact(width).map(<[f32]>::to_vec));
        }
        Ok(rows)
    }
}

/// Noise with the class as one-hot behind it, a row an example.
pub(super) fn generator_input(noise: &[f32], labels: &[usize], classes: usize, device: &Device) -> Value {
    let length = noise.len() / labels.len().max(1);
    let mut rows = Vec::with_capacity(noise.len() + labels.len() * classes);
    for (noise, label) in noise.chunks_exact(length.max(1)).zip(labels) {
        rows.extend_from_slice(noise);
        rows.extend((0..classes).map(|class| if class == *label { 1.0 } else { 0.0 }));
    }
    Value::new(rows, labels.len(), &[length + classes], device)
}
