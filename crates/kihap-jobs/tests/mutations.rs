//! Every reader survives damaged and hostile files: the fuzz targets of `fuzz/`, driven over mutations of valid files that
//! are the same in every run.
#![allow(missing_docs, unreachable_pub, dead_code, reason = "the modules are those of the fuzz crate")]

#[path = "../../../fuzz/src/seeds.rs"]
mod seeds;
#[path = "../../../fuzz/src/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

/// Rounds a seed; `KIHAP_MUTATIONS` asks for more.
const ROUNDS: usize = 300;
/// No file of this size may take longer, with all other work on the machine.
const LONGEST: Duration = Duration::from_secs(20);
/// Numbers that break parsers.
const NUMBERS: [u64; 10] =
    [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, 0x7fff_ffff_ffff_ffff, 0xffff_ffff_ffff_ffff];
/// Texts that break readers of JSON and tables.
const TEXTS: [&str; 12] = [
    "-1",
    "0",
    "1e400",
    "18446744073709551616",
    "4294967295",
    "[[[[[[[[",
    "null",
    "NaN",
    "\"\"",
    "..",
    "2147483647",
    "\u{feff}",
];

/// A plain generator (xorshift), so that the same seed gives the same files for ever.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn mutated(valid: &[u8], chance: &mut Chance) -> Vec<u8> {
    let mut bytes = valid.to_vec();
    for _ in 0..1 + chance.below(3) {
        if bytes.is_empty() {
            return bytes;
        }
        let place = chance.below(bytes.len());
        match chance.below(8) {
            0 => bytes.truncate(place),
            1 => bytes[place] ^= 1 << chance.below(8),
            2 => bytes[place] = NUMBERS[chance.below(4)] as u8,
            3 | 4 => {
                let width = [2, 4, 8][chance.below(3)];
                let number = NUMBERS[chance.below(NUMBERS.len())];
                let big = chance.below(4) == 0;
                for (i, byte) in bytes.iter_mut().skip(place).take(width).enumerate() {
                    let at = if big { width - 1 - i } else { i };
                    *byte = (number >> (8 * at)) as u8;
                }
            }
            5 => {
                // a number or word of a text becomes another
                let digits = bytes[place..].iter().position(u8::is_ascii_digit).map_or(place, |at| place + at);
                let end = bytes[digits..].iter().position(|b| !b.is_ascii_digit()).map_or(digits, |at| digits + at);
                bytes.splice(digits..end, TEXTS[chance.below(TEXTS.len())].bytes());
            }
            6 => {
                let length = chance.below(64).min(bytes.len() - place);
                let copy = bytes[place..place + length].to_vec();
                let to = chance.below(bytes.len());
                bytes.splice(to..to, copy);
            }
            _ => {
                let end = (place + chance.below(64)).min(bytes.len());
                bytes.drain(place..end);
            }
        }
    }
    bytes
}

#[test]
fn no_reader_panics_or_hangs_on_damaged_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rounds = std::env::var("KIHAP_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(ROUNDS);
    let mut broken = Vec::new();
    for (number, (name, valid)) in seeds::all(&root).into_iter().enumerate() {
        let target = targets::ALL.iter().find(|(known, _)| *known == name).expect("a target").1;
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15 ^ (number as u64 + 1));
        // those that make a dataset or read a large file take longer
        let slow = matches!(
            name,
            "teachable_machine_zip" | "landmark_table" | "file_table" | "model_folder" | "foreign_model"
        );
        let rounds = if slow { rounds / 6 } else { rounds };
        let began = Instant::now();
        for round in 0..=rounds {
            let bytes = if round == 0 { valid.clone() } else { mutated(&valid, &mut chance) };
            let start = Instant::now();
            if catch_unwind(AssertUnwindSafe(|| target(&bytes))).is_err() {
                broken.push(format!("{name}, seed {number}, round {round}: panicked"));
            }
            if start.elapsed() > LONGEST {
                broken.push(format!("{name}, seed {number}, round {round}: took {:?}", start.elapsed()));
            }
        }
        eprintln!("{name}: {rounds} files in {:.1} s", began.elapsed().as_secs_f64());
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn the_valid_files_are_valid() {
    use kihap_convert::tfjs::{Cut, layers_to_onnx};
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let all = seeds::all(&root);
    let of =
        |name: &'static str| all.iter().filter(move |(known, _)| *known == name).map(|(_, bytes)| bytes.as_slice());
    let layers = of("tfjs_layers").next().unwrap();
    let at = layers.windows(3).position(|w| w == targets::DIVIDER).unwrap();
    layers_to_onnx(&layers[..at], &layers[at + 3..], &Cut::Whole).unwrap();
    let graph = of("tfjs_graph").next().unwrap();
    let at = graph.windows(3).position(|w| w == targets::DIVIDER).unwrap();
    kihap_convert::tfjs::graph_to_onnx(&graph[..at], &graph[at + 3..], &Default::default()).unwrap();
    kihap_convert::tflite::to_onnx(of("tflite_model").next().unwrap(), &Default::default()).unwrap();
    assert_eq!(kihap_convert::pytorch::read_state_dict(of("pytorch_state").next().unwrap()).unwrap().len(), 1);
    kihap_convert::onnx::inspect(of("onnx_model").next().unwrap()).unwrap();
    kihap_vision::picture::decode(of("picture_file").next().unwrap()).unwrap();
    let weights = of("weights_file").nth(1).unwrap();
    kihap_zoo::import::read_bytes(weights, "seed", &targets::small_network()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let zip = folder.path().join("model.zip");
    std::fs::write(&zip, &of("foreign_model").next().unwrap()[1..]).unwrap();
    let open = kihap_export::foreign::open_classifier(&zip, &Default::default()).unwrap();
    assert_eq!(open.labels, ["a", "b", "c"]);
}
