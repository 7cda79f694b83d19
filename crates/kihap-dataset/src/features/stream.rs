//! Decoding pictures ahead of a network, with memory bounded.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use image::RgbImage;

use super::budget::Budget;
use crate::error::Result;
use crate::sample::Sample;

/// Decoded pictures in flight, in bytes: about 280 at 640×480, 10 of 12 megapixels.
const BUDGET: usize = 384 << 20;

/// Pictures waiting between decoders and network: enough to bridge a slow one, few enough to stay in cache.
const WAITING: usize = 16;

/// A picture to decode: its place among the samples, where it lies, and its expected bytes.
pub(super) struct Wanted {
    pub index: usize,
    pub path: PathBuf,
    bytes: usize,
}

impl Wanted {
    pub(super) fn new(index: usize, path: PathBuf, sample: &Sample) -> Wanted {
        Wanted { index, path, bytes: sample.width as usize * sample.height as usize * 3 }
    }
}

/// Decodes on as many threads as there are cores and hands the pictures over in batches of at most `batch`, in any
/// order. `consume` gets the good ones and the sentences about the bad ones; it runs on the calling thread. Stops early
/// when `cancel` is set or `consume` fails.
pub(super) fn decoded(
    wanted: &[Wanted],
    batch: usize,
    cancel: &AtomicBool,
    mut consume: impl FnMut(Vec<(usize, RgbImage)>, Vec<(usize, String)>) -> Result<()>,
) -> Result<()> {
    let workers = std::thread::available_parallelism().map_or(2, usize::from).min(wanted.len());
    let budget = Budget::new(BUDGET);
    let next = AtomicUsize::new(0);
    let stop = AtomicBool::new(false);
    let (sender, receiver) = sync_channel(WAITING);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let sender = sender.clone();
            let (budget, next, stop) = (&budget, &next, &stop);
            scope.spawn(move || {
                while let Some(item) = wanted.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let charge = budget.charge(item.bytes);
                    if stop.load(Ordering::Relaxed) || !budget.take(charge) {
                        return;
                    }
                    let picture = kihap_vision::picture::read(&item.path).map_err(|e| e.to_string());
                    if sender.send((item.index, charge, picture)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut good = Vec::with_capacity(batch);
        let mut bad = Vec::new();
        let mut held = 0;
        let mut work = || -> Result<()> {
            loop {
                let received = receiver.recv_timeout(Duration::from_millis(100));
                if cancel.load(Ordering::Relaxed) {
                    return Ok(());
                }
                let over = match received {
                    Ok((index, charge, picture)) => {
                        held += charge;
                        match picture {
                            Ok(picture) => good.push((index, picture)),
                            Err(reason) => bad.push((index, reason)),
                        }
                        false
                    }
                    Err(std::sync::mpsc::RecvTimeoutError::Timeout) => continue,
                    Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => true,
                };
                if over || good.len() + bad.len() >= batch || held >= budget.half() {
                    if !(good.is_empty() && bad.is_empty()) {
                        consume(std::mem::take(&mut good), std::mem::take(&mut bad))?;
                    }
                    budget.give_back(std::mem::take(&mut held));
                }
                if over {
                    return Ok(());
                }
            }
        };
        let outcome = work();
        stop.store(true, Ordering::Relaxed);
        budget.close();
        drop(receiver);
        outcome
    })
}
