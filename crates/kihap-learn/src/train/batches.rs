//! The numbers of each batch: varied anew in every epoch where augmentation asks for it, in a shuffled order.

use rand::{Rng, seq::SliceRandom};
use rayon::prelude::*;

use super::{options::TrainOptions, prefix::Prefix};
use crate::{
    error::LearnError,
    example::Example,
    layout::{Layout, Standardiser, Variation},
    random::{Purpose, stream},
};

/// Pictures made into numbers at once where they run through a frozen part.
const FROZEN_AT_ONCE: usize = 64;

/// Examples and how they become numbers.
pub(crate) struct Batches<'a> {
    examples: &'a [Example],
    mirrors: &'a [Option<usize>],
    layout: Layout,
    standardiser: &'a Standardiser,
    prefix: Option<&'a Prefix>,
    /// Numbers an example after the frozen part.
    width: usize,
    /// The numbers of all examples as they are, where it is worth keeping them.
    plain: Option<Vec<f32>>,
}

/// One batch.
pub(crate) struct Batch {
    /// What the network reads, example by example.
    pub(crate) numbers: Vec<f32>,
    /// The class of each example (the mirror class where it was mirrored).
    pub(crate) labels: Vec<usize>,
    /// The sample weight of each example.
    pub(crate) weights: Vec<f32>,
}

impl<'a> Batches<'a> {
    /// `keep`: the numbers of the examples as they are will be asked for again and again.
    pub(crate) fn new(
        examples: &'a [Example],
        mirrors: &'a [Option<usize>],
        layout: Layout,
        standardiser: &'a Standardiser,
        prefix: Option<&'a Prefix>,
        keep: bool,
    ) -> Result<Batches<'a>, LearnError> {
        let width = prefix.map_or(layout.width(), Prefix::features);
        let mut batches = Batches { examples, mirrors, layout, standardiser, prefix, width, plain: None };
        if keep {
            let all: Vec<usize> = (0..examples.len()).collect();
            let mut plain = Vec::with_capacity(all.len() * width);
            for some in all.chunks(FROZEN_AT_ONCE) {
                plain.extend(batches.as_they_are(some)?);
            }
            batches.plain = Some(plain);
        }
        Ok(batches)
    }

    /// Number of examples.
    pub(crate) fn len(&self) -> usize {
        self.examples.len()
    }

    /// The order in which an epoch goes through the examples.
    pub(crate) fn order(&self, seed: u64, epoch: usize) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.examples.len()).collect();
        order.shuffle(&mut stream(seed, Purpose::Order, epoch as u64, 0));
        order
    }

    /// The examples at `indices` as they are.
    pub(crate) fn as_they_are(&self, indices: &[usize]) -> Result<Vec<f32>, LearnError> {
        self.seen(indices, 0)
    }

    /// The examples at `indices` in one of the layout's ways to see them; 0 is as they are.
    pub(crate) fn seen(&self, indices: &[usize], view: usize) -> Result<Vec<f32>, LearnError> {
        if let (Some(plain), 0) = (&self.plain, view) {
            let rows = indices.iter().flat_map(|i| &plain[i * self.width..(i + 1) * self.width]);
            return Ok(rows.copied().collect());
        }
        self.made(indices, |place, out| {
            let index = indices[place];
            self.layout.write(out, index, &self.examples[index], None, view)?;
            self.standardiser.apply_to(out);
            Ok(())
        })
    }

    /// The examples at `indices` as they are seen in `epoch`: a function of options, seed and epoch alone, whatever the
    /// number of threads.
    pub(crate) fn fill(
        &self,
        indices: &[usize],
        options: &TrainOptions,
        seed: u64,
        epoch: usize,
    ) -> Result<Batch, LearnError> {
        let mut labels: Vec<usize> = indices.iter().map(|index| self.examples[*index].label).collect();
        let weights = indices.iter().map(|index| self.examples[*index].weight).collect();
        let varies = self.layout.varies(options);
        let mirrors: Vec<Option<usize>> =
            indices.iter().map(|index| self.mirror(options, *index, seed, epoch)).collect();
        if let (Some(_), false, true) = (&self.plain, varies, mirrors.iter().all(Option::is_none)) {
            return Ok(Batch { numbers: self.as_they_are(indices)?, labels, weights });
        }
        let numbers = self.made(indices, |place, out| {
            let (index, mirror) = (indices[place], mirrors[place]);
            let unchanged = mirror.is_none() && !varies;
            if let (true, None, Some(plain)) = (unchanged, self.prefix, &self.plain) {
                out.copy_from_slice(&plain[index * self.width..(index + 1) * self.width]);
                return Ok(());
            }
            let mut rng = stream(seed, Purpose::Augment, epoch as u64, index as u64);
            let variation = Variation { mirror: mirror.is_some(), options, rng: &mut rng };
            self.layout.write(out, index, &self.examples[index], Some(variation), 0)?;
            self.standardiser.apply_to(out);
            Ok(())
        })?;
        for (label, mirror) in labels.iter_mut().zip(mirrors) {
            *label = mirror.unwrap_or(*label);
        }
        Ok(Batch { numbers, labels, weights })
    }

    /// What `write` writes for each of the examples, on all cores, and what the frozen part makes of it.
    fn made(
        &self,
        indices: &[usize],
        write: impl Fn(usize, &mut [f32]) -> Result<(), LearnError> + Sync,
    ) -> Result<Vec<f32>, LearnError> {
        if let Some(prefix) = self.prefix {
            return prefix.run(indices.len(), write);
        }
        let width = self.layout.width();
        let mut numbers = vec![0.0; indices.len() * width];
        numbers.par_chunks_mut(width.max(1)).enumerate().try_for_each(|(place, out)| write(place, out))?;
        Ok(numbers)
    }

    /// The mirrored label, for half of the examples that can be mirrored in all the parts the network reads.
    fn mirror(&self, options: &TrainOptions, index: usize, seed: u64, epoch: usize) -> Option<usize> {
        let example = &self.examples[index];
        let mirror = self.mirrors.get(example.label).copied().flatten();
        let mut rng = stream(seed, Purpose::Mirror, epoch as u64, index as u64);
        let chosen = rng.random::<bool>();
        let has_mirrored_photo = !self.layout.input().reads_photo() || example.mirrored_photo.is_some();
        mirror.filter(|_| options.augmentation.mirror && chosen && has_mirrored_photo)
    }
}
