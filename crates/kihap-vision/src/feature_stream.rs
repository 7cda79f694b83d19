//! Features of changed pictures, epoch after epoch, with all cores at work.
//!
//! Each core has a network of its own and makes whole batches: read, change, forward pass. Nothing is handed from thread
//! to thread but the finished features, and one thread's forward pass wastes less than two threads sharing one do.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use image::RgbImage;

use crate::PhotoBackbone;
use crate::augment::{AugmentationDraw, Layout};
use crate::backbone::{OnnxBackbone, Preprocessing};
use crate::error::Result;
use crate::picture::PictureError;

/// The features of one batch.
#[derive(Debug)]
pub struct FeatureBatch {
    /// Which samples these are; those that failed are not among them.
    pub samples: Vec<usize>,
    /// Their features, samples × features.
    pub features: Vec<f32>,
    /// Samples whose picture could not be read, and why.
    pub failed: Vec<(usize, PictureError)>,
}

/// A frozen network on each core.
pub struct FeatureStream {
    workers: Vec<OnnxBackbone>,
}

impl FeatureStream {
    /// Opens `workers` copies of a network, at least one; [`threads`](crate::runtime::threads) is the number to take.
    ///
    /// # Errors
    /// When the network cannot be loaded again.
    pub fn open(backbone: &OnnxBackbone, workers: usize) -> Result<FeatureStream> {
        let workers = (0..workers.max(1)).map(|_| backbone.one_thread_copy()).collect::<Result<_>>()?;
        Ok(FeatureStream { workers })
    }

    /// Length of a feature vector.
    pub fn features(&self) -> usize {
        self.workers[0].features()
    }

    /// Makes the features of `samples` in batches of `batch` and hands them to `deliver` in order, on the calling thread,
    /// until it breaks. `picture` gives a sample's picture (a [`PictureStore`](crate::picture_store::PictureStore) keeps
    /// them), `draw` what is to happen to it; both must depend on the sample alone, then so does the result, whatever
    /// the number of cores. A picture of another size than the network's is brought to that size first.
    ///
    /// # Errors
    /// When the network fails. Pictures that cannot be read are named in their batch.
    pub fn run(
        &mut self,
        samples: &[usize],
        batch: usize,
        picture: impl Fn(usize) -> std::result::Result<Arc<RgbImage>, PictureError> + Sync,
        draw: impl Fn(usize) -> AugmentationDraw + Sync,
        deliver: impl FnMut(FeatureBatch) -> ControlFlow<()>,
    ) -> Result<()> {
        let preprocessing = *self.workers[0].preprocessing();
        let prepare = |sample, out: &mut [f32]| prepare(&preprocessing, &*picture(sample)?, &draw(sample), out);
        let length = 3 * preprocessing.side * preprocessing.side;
        stream(&mut self.workers, samples, batch, length, prepare, deliver)
    }
}

/// Writes one picture's input.
fn prepare(
    preprocessing: &Preprocessing,
    picture: &RgbImage,
    draw: &AugmentationDraw,
    out: &mut [f32],
) -> std::result::Result<(), PictureError> {
    let size = preprocessing.target_size();
    if picture.dimensions() == (size.width, size.height) {
        draw.apply(picture, preprocessing, Layout::ChannelsFirst, out);
    } else {
        draw.apply(&size.fit(picture)?, preprocessing, Layout::ChannelsFirst, out);
    }
    Ok(())
}

/// What a worker runs: a network, or in tests something simpler.
trait Embedder: Send {
    fn embed(&mut self, input: &[f32], count: usize) -> Result<Vec<f32>>;
}

impl Embedder for OnnxBackbone {
    fn embed(&mut self, input: &[f32], count: usize) -> Result<Vec<f32>> {
        self.embed_tensors(input, count)
    }
}

fn stream(
    workers: &mut [impl Embedder],
    samples: &[usize],
    batch: usize,
    length: usize,
    prepare: impl Fn(usize, &mut [f32]) -> std::result::Result<(), PictureError> + Sync,
    mut deliver: impl FnMut(FeatureBatch) -> ControlFlow<()>,
) -> Result<()> {
    let batches: Vec<&[usize]> = samples.chunks(batch.max(1)).collect();
    let (next, stopped) = (AtomicUsize::new(0), AtomicBool::new(false));
    // A slow receiver makes the workers wait instead of letting batches pile up.
    let (send, receive) = mpsc::sync_channel(2 * workers.len());
    std::thread::scope(|scope| {
        for worker in workers.iter_mut() {
            let (send, batches, next, stopped, prepare) = (send.clone(), &batches, &next, &stopped, &prepare);
            scope.spawn(move || {
                let mut input = Vec::new();
                while !stopped.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(samples) = batches.get(number) else { break };
                    let made = make(worker, samples, length, prepare, &mut input);
                    if send.send((number, made)).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let result = in_order(&receive, &mut deliver);
        stopped.store(true, Ordering::Relaxed);
        // Workers that wait for a place in the channel must not wait for ever.
        drop(receive);
        result
    })
}

fn make(
    worker: &mut impl Embedder,
    samples: &[usize],
    length: usize,
    prepare: &impl Fn(usize, &mut [f32]) -> std::result::Result<(), PictureError>,
    input: &mut Vec<f32>,
) -> Result<FeatureBatch> {
    input.resize(samples.len() * length, 0.0);
    let (mut read, mut failed) = (Vec::with_capacity(samples.len()), Vec::new());
    for &sample in samples {
        let at = read.len() * length;
        match prepare(sample, &mut input[at..at + length]) {
            Ok(()) => read.push(sample),
            Err(reason) => failed.push((sample, reason)),
        }
    }
    let features = worker.embed(&input[..read.len() * length], read.len())?;
    Ok(FeatureBatch { samples: read, features, failed })
}

/// Delivers batches by their numbers, however they come.
fn in_order(
    receive: &mpsc::Receiver<(usize, Result<FeatureBatch>)>,
    deliver: &mut impl FnMut(FeatureBatch) -> ControlFlow<()>,
) -> Result<()> {
    let (mut waiting, mut wanted) = (BTreeMap::new(), 0);
    for (number, batch) in receive {
        waiting.insert(number, batch?);
        while let Some(batch) = waiting.remove(&wanted) {
            wanted += 1;
            if deliver(batch).is_break() {
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::VisionError;

    /// Sums its input; slower for small sums, so that batches come out of order. Fails at a sum.
    struct Sums(Option<f32>);

    impl Embedder for Sums {
        fn embed(&mut self, input: &[f32], count: usize) -> Result<Vec<f32>> {
            assert_eq!(input.len(), 2 * count);
            let sums: Vec<f32> = input.chunks_exact(2).map(|v| v[0] + v[1]).collect();
            if sums.iter().any(|s| self.0 == Some(*s)) {
                return Err(VisionError::Runtime { action: "sum".into(), reason: "as told".into() });
            }
            if sums.first().is_some_and(|s| (*s as usize).is_multiple_of(8)) {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            Ok(sums)
        }
    }

    fn twice(sample: usize, out: &mut [f32]) -> std::result::Result<(), PictureError> {
        out.fill(sample as f32);
        if sample == 17 { Err(PictureError::Empty) } else { Ok(()) }
    }

    #[test]
    fn batches_come_in_order_whatever_the_number_of_workers() {
        let samples: Vec<usize> = (0..50).rev().collect();
        for count in [1, 2, 5] {
            let mut workers: Vec<Sums> = (0..count).map(|_| Sums(None)).collect();
            let (mut seen, mut features, mut failed) = (Vec::new(), Vec::new(), Vec::new());
            stream(&mut workers, &samples, 4, 2, twice, |batch| {
                seen.extend(batch.samples);
                features.extend(batch.features);
                failed.extend(batch.failed.iter().map(|f| f.0));
                ControlFlow::Continue(())
            })
            .unwrap();
            let readable: Vec<usize> = samples.iter().copied().filter(|s| *s != 17).collect();
            assert_eq!(seen, readable);
            assert_eq!(features, readable.iter().map(|s| 2.0 * *s as f32).collect::<Vec<f32>>());
            assert_eq!(failed, [17]);
        }
    }

    #[test]
    fn stopping_and_failing_end_the_work() {
        let samples: Vec<usize> = (0..4000).collect();
        let mut workers = [Sums(None), Sums(None), Sums(None)];
        let mut delivered = 0;
        stream(&mut workers, &samples, 1, 2, twice, |_| {
            delivered += 1;
            if delivered == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert_eq!(delivered, 3);
        let mut workers = [Sums(Some(40.0)), Sums(Some(40.0))];
        let failed = stream(&mut workers, &samples, 2, 2, twice, |_| ControlFlow::Continue(()));
        assert!(failed.unwrap_err().to_string().contains("as told"));
    }
}
