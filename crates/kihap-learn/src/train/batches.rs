//! The rows of each epoch: drawn from skeletons anew where augmentation asks for it, and shuffled.

use rand::{Rng, seq::SliceRandom};
use rayon::prelude::*;

use super::options::TrainOptions;
use crate::{
    error::LearnError,
    example::Example,
    features::{FeatureLayout, Standardiser},
    random::{Purpose, stream},
};

/// Training examples and their standardised rows.
pub(crate) struct Batches<'a> {
    head: &'a str,
    examples: &'a [Example],
    mirrors: &'a [Option<usize>],
    layout: FeatureLayout,
    standardiser: &'a Standardiser,
    plain: Vec<f32>,
}

/// One epoch's rows, in the order they are trained on.
pub(crate) struct EpochRows {
    /// Standardised features, row by row.
    pub(crate) rows: Vec<f32>,
    /// The class of each row (the mirror class where the example was mirrored).
    pub(crate) labels: Vec<usize>,
    /// The sample weight of each row.
    pub(crate) weights: Vec<f32>,
}

impl<'a> Batches<'a> {
    /// `plain` are the standardised rows of the examples as they are.
    pub(crate) fn new(
        head: &'a str,
        examples: &'a [Example],
        mirrors: &'a [Option<usize>],
        layout: FeatureLayout,
        standardiser: &'a Standardiser,
        plain: Vec<f32>,
    ) -> Batches<'a> {
        Batches { head, examples, mirrors, layout, standardiser, plain }
    }

    /// The rows of `epoch`: a function of options, seed and epoch alone, whatever the number of threads.
    pub(crate) fn epoch(&self, options: &TrainOptions, seed: u64, epoch: usize) -> Result<EpochRows, LearnError> {
        let mut order: Vec<usize> = (0..self.examples.len()).collect();
        order.shuffle(&mut stream(seed, Purpose::Order, epoch as u64, 0));
        let width = self.layout.width();
        let mut rows = vec![0.0; order.len() * width];
        let mut labels: Vec<usize> = order.iter().map(|index| self.examples[*index].label).collect();
        let moves = options.augmentation.moves_joints() && self.layout.input.reads_landmarks();
        rows.par_chunks_mut(width).zip(labels.par_iter_mut()).zip(&order).try_for_each(
            |((row, label), index)| -> Result<(), LearnError> {
                let example = &self.examples[*index];
                let mut rng = stream(seed, Purpose::Augment, epoch as u64, *index as u64);
                let mirror = self.mirror(options, example, &mut rng);
                if mirror.is_none() && (!moves || example.pose.is_none()) {
                    row.copy_from_slice(&self.plain[index * width..(index + 1) * width]);
                    return Ok(());
                }
                let mut pose = example.pose.clone();
                let mut photo = example.photo.as_deref();
                if let Some(mirrored) = mirror {
                    *label = mirrored;
                    pose = pose.map(|pose| pose.mirrored());
                    photo = example.mirrored_photo.as_deref().or(photo);
                }
                if moves {
                    pose = pose.map(|pose| options.augmentation.vary(&pose, &mut rng));
                }
                self.layout.write(row, *index, photo, pose.as_ref(), self.head)?;
                for ((value, mean), std) in row.iter_mut().zip(&self.standardiser.mean).zip(&self.standardiser.std) {
                    *value = (*value - mean) / std;
                }
                Ok(())
            },
        )?;
        let weights = order.iter().map(|index| self.examples[*index].weight).collect();
        Ok(EpochRows { rows, labels, weights })
    }

    /// The mirrored label, for half of the examples that can be mirrored in all the parts the head reads.
    fn mirror(&self, options: &TrainOptions, example: &Example, rng: &mut impl Rng) -> Option<usize> {
        let chosen = rng.random::<bool>();
        let has_mirrored_photo = !self.layout.input.reads_photo() || example.mirrored_photo.is_some();
        let mirror = self.mirrors.get(example.label).copied().flatten();
        mirror.filter(|_| options.augmentation.mirror && chosen && has_mirrored_photo)
    }
}
