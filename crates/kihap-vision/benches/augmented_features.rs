//! The 2022 project's transfer learning without its last layer: JPEG, size, fresh augmentation, frozen network; milliseconds
//! a picture for each step and each arrangement of the cores, and beside Keras doing the same.
//!
//! `cargo bench -p kihap-vision --bench augmented_features -- FOLDER [NETWORK.onnx OUTPUT FEATURES] [PYTHON]`: FOLDER holds
//! a folder of JPEGs for each class; without a network EfficientNet-Lite0 is taken from the cache; PYTHON has
//! `tensorflow-cpu`, `scipy<2` and `pillow`. `PICTURES` (960) and `ROUNDS` (3) are taken from the
//! environment; `ARRANGEMENTS=1` also times other ways to share out the work. Processor time tells more than the clock while
//! other programs run.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

use kihap_vision::augment::{AugmentationDraw, Layout, PictureAugmentation};
use kihap_vision::backbone::{Fit, OnnxBackbone, Preprocessing};
use kihap_vision::feature_stream::FeatureStream;
use kihap_vision::fitting::{Filter, TargetSize, decode_to_fit};
use kihap_vision::picture_store::{PictureStore, StoreBudget};
use kihap_vision::{picture, runtime};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rayon::prelude::*;

type AnyError = Box<dyn std::error::Error>;
const BATCH: usize = 32;
/// v / 127.5 − 1, as MobileNet wants it.
const MOBILENET: Preprocessing = Preprocessing { side: 224, fit: Fit::Stretch, mean: [127.5; 3], scale: [127.5; 3] };

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let Some(folder) = arguments.first() else {
        println!("skipped: give a folder of JPEGs: cargo bench --bench augmented_features -- FOLDER");
        return Ok(());
    };
    let (mut network, python) = match &arguments[1..] {
        [path, output, features, rest @ ..] => (
            OnnxBackbone::open(Path::new(path), "network", output, features.parse()?, MOBILENET)?,
            rest.first().cloned(),
        ),
        rest => (OnnxBackbone::efficientnet_lite0()?, rest.first().cloned()),
    };
    let count = number("PICTURES", 960);
    let paths = jpegs(Path::new(folder), count)?;
    println!("{} pictures, {} threads", paths.len(), runtime::threads());
    steps(&paths[..paths.len().min(200)], &network)?;
    for round in 1..=number("ROUNDS", 3) {
        chosen(round, &paths, &network)?;
        if number("ARRANGEMENTS", 0) > 0 {
            arrangements(round, &paths, &mut network)?;
        }
        if let Some(python) = &python {
            keras(python, folder, count)?;
        }
    }
    Ok(())
}

fn number(name: &str, default: usize) -> usize {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(default)
}

fn jpegs(folder: &Path, count: usize) -> Result<Vec<PathBuf>, AnyError> {
    let mut paths = Vec::new();
    for class in std::fs::read_dir(folder)? {
        for file in std::fs::read_dir(class?.path())? {
            paths.push(file?.path());
        }
    }
    paths.retain(|p| picture::is_picture(p));
    paths.sort_by_key(|p| p.file_name().map(|n| n.to_owned()));
    paths.truncate(count);
    Ok(paths)
}

fn draw_of(epoch: u64) -> impl Fn(usize) -> AugmentationDraw + Sync {
    let augmentation = PictureAugmentation::keras_original();
    move |sample| augmentation.draw(&mut ChaCha8Rng::seed_from_u64(epoch << 32 | sample as u64))
}

/// Milliseconds for one of `items`: each one's best of five, averaged; other programs on the machine then matter little.
fn best<T>(items: &[T], mut work: impl FnMut(&T) -> Result<(), AnyError>) -> Result<f64, AnyError> {
    let mut sum = 0.0;
    for item in items {
        let mut least = f64::INFINITY;
        for _ in 0..5 {
            let start = Instant::now();
            work(item)?;
            least = least.min(start.elapsed().as_secs_f64());
        }
        sum += least;
    }
    Ok(sum * 1e3 / items.len() as f64)
}

fn steps(paths: &[PathBuf], network: &OnnxBackbone) -> Result<(), AnyError> {
    let preprocessing = *network.preprocessing();
    let size = preprocessing.target_size();
    let whole: Vec<_> = paths.iter().map(|p| picture::read(p)).collect::<Result<_, _>>()?;
    let small: Vec<_> = whole.iter().map(|p| size.fit(p)).collect::<Result<_, _>>()?;
    println!("one thread, ms a picture:");
    let line = |what: &str, ms: f64| println!("  {what:<44} {ms:6.3}");
    line("decode", best(paths, |path| Ok(picture::read(path).map(drop)?))?);
    line("size, bilinear", best(&whole, |picture| Ok(size.fit(picture).map(drop)?))?);
    let nearest = TargetSize { filter: Filter::Nearest, ..size };
    line("size, nearest", best(&whole, |picture| Ok(nearest.fit(picture).map(drop)?))?);
    let colours = PictureAugmentation {
        brightness: [0.8, 1.2],
        contrast: [0.8, 1.2],
        saturation: [0.8, 1.2],
        hue_degrees: 10.0,
        ..PictureAugmentation::keras_original()
    };
    let mut out = vec![0.0; 3 * preprocessing.side * preprocessing.side];
    for (what, augmentation) in [
        ("input without augmentation", PictureAugmentation::none()),
        ("augment to input, as the original", PictureAugmentation::keras_original()),
        ("augment to input, colours too", colours),
    ] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let drawn: Vec<_> = small.iter().map(|picture| (picture, augmentation.draw(&mut rng))).collect();
        let ms = best(&drawn, |(picture, draw)| {
            draw.apply(picture, &preprocessing, Layout::ChannelsFirst, &mut out);
            Ok(())
        })?;
        line(what, ms);
    }
    for batch in [1, 8, BATCH] {
        let mut alone = network.one_thread_copy()?;
        let input = vec![0.1; batch * out.len()];
        alone.embed_tensors(&input, batch)?;
        let ms = best(&[(); 4], |()| Ok(alone.embed_tensors(&input, batch).map(drop)?))?;
        line(&format!("forward pass, batches of {batch}"), ms / batch as f64);
    }
    Ok(())
}

/// Wall-clock and processor milliseconds a picture.
struct Clock {
    wall: Instant,
    processor: f64,
}

impl Clock {
    fn start() -> Clock {
        Clock { wall: Instant::now(), processor: processor_seconds() }
    }

    fn say(&self, round: usize, what: &str, pictures: usize) {
        let wall = self.wall.elapsed().as_secs_f64() * 1e3 / pictures as f64;
        let processor = (processor_seconds() - self.processor) * 1e3 / pictures as f64;
        println!("round {round}: {what:<58} {wall:6.2} ms a picture, {processor:6.2} ms of processor");
    }
}

/// What this process has used on all cores; 0 where the system doesn't say (ticks of 10 ms, as on Linux).
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|f| f.parse::<f64>().ok()).sum::<f64>() / 100.0
}

fn chosen(round: usize, paths: &[PathBuf], network: &OnnxBackbone) -> Result<(), AnyError> {
    let (size, threads) = (network.preprocessing().target_size(), runtime::threads());
    let samples: Vec<usize> = (0..paths.len()).collect();
    let draw = draw_of(round as u64);
    let mut stream = FeatureStream::open(network, threads)?;
    let clock = Clock::start();
    stream.run(
        &samples,
        BATCH,
        |i| decode_to_fit(&paths[i], &size).map(Arc::new),
        &draw,
        |_| ControlFlow::Continue(()),
    )?;
    clock.say(round, "FeatureStream, a network a core", paths.len());
    // The second epoch of pictures that are kept.
    let store = PictureStore::open(paths.to_vec(), size, &StoreBudget { memory: 1 << 30, ..StoreBudget::default() });
    for what in ["the same, keeping pictures, first epoch", "the same, keeping pictures, later epochs"] {
        let clock = Clock::start();
        stream.run(&samples, BATCH, |i| store.get(i), &draw, |_| ControlFlow::Continue(()))?;
        clock.say(round, what, paths.len());
    }
    Ok(())
}

/// Other ways to share out the work, for the record.
fn arrangements(round: usize, paths: &[PathBuf], shared: &mut OnnxBackbone) -> Result<(), AnyError> {
    let mut alone = shared.one_thread_copy()?;
    let network = &alone.one_thread_copy()?;
    let size = network.preprocessing().target_size();
    let threads = runtime::threads();
    let decode = |i: usize| decode_to_fit(&paths[i], &size).map(Arc::new);
    let samples: Vec<usize> = (0..paths.len()).collect();
    let draw = draw_of(round as u64);
    for (workers, batch) in [(threads, 8), (threads, 16), (threads, BATCH), (threads + 1, BATCH), (1, BATCH)] {
        let mut stream = FeatureStream::open(network, workers)?;
        let clock = Clock::start();
        stream.run(&samples, batch, decode, &draw, |_| ControlFlow::Continue(()))?;
        clock.say(round, &format!("a network each, {workers} workers, batches of {batch}"), paths.len());
    }

    let preprocessing = *network.preprocessing();
    let length = 3 * preprocessing.side * preprocessing.side;
    let fill = |batch: &[usize]| {
        let mut input = vec![0.0; batch.len() * length];
        input.par_chunks_mut(length).zip(batch).for_each(|(out, i)| {
            if let Ok(picture) = decode(*i) {
                draw(*i).apply(&picture, &preprocessing, Layout::ChannelsFirst, out);
            }
        });
        input
    };
    let clock = Clock::start();
    for batch in samples.chunks(BATCH) {
        shared.embed_tensors(&fill(batch), batch.len())?;
    }
    clock.say(round, "one network on all threads, taking turns with the pictures", paths.len());
    for (what, network) in [("all threads", shared), ("one thread", &mut alone)] {
        let (send, receive) = std::sync::mpsc::sync_channel(2);
        let clock = Clock::start();
        std::thread::scope(|scope| -> Result<(), AnyError> {
            scope.spawn(|| {
                let send = send;
                samples.chunks(BATCH).try_for_each(|batch| send.send((batch.len(), fill(batch))))
            });
            for (count, input) in receive {
                network.embed_tensors(&input, count)?;
            }
            Ok(())
        })?;
        clock.say(round, &format!("one network on {what}, pictures made meanwhile"), paths.len());
    }
    Ok(())
}

fn keras(python: &str, folder: &str, pictures: usize) -> Result<(), AnyError> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tools/peer_keras_epoch.py");
    let output = Command::new(python)
        .arg(script)
        .arg(folder)
        .args(["--pictures", &pictures.to_string(), "--epochs", "1"])
        .output()?;
    println!("Keras: {}", String::from_utf8_lossy(&output.stdout).trim());
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    Ok(())
}
