//! Event files as TensorBoard reads them.
//!
//! A file is a row of TFRecords, each an `Event` message (`tensorflow/core/util/event.proto`), the first of which names the
//! version of the format. A record is the data's length in 8 bytes, that number's checksum, the data, and its checksum
//! (`tensorflow/core/lib/io/record_writer.h`).

use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    time::{SystemTime, UNIX_EPOCH},
};

use prost::{Message, Oneof};

use crate::{error::LearnError, train::EpochRecord};

const VERSION: &str = "brain.Event:2";

/// The part of TensorFlow's `Event` that is written.
#[derive(Clone, PartialEq, Message)]
struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    #[prost(oneof = "What", tags = "3, 5")]
    what: Option<What>,
}

#[derive(Clone, PartialEq, Oneof)]
enum What {
    #[prost(string, tag = "3")]
    FileVersion(String),
    #[prost(message, tag = "5")]
    Summary(Summary),
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<SummaryValue>,
}

#[derive(Clone, PartialEq, Message)]
struct SummaryValue {
    #[prost(string, tag = "1")]
    tag: String,
    // a member of a oneof there, so 0 is written too
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
}

/// Writes one event file.
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: BufWriter<File>,
}

impl EventWriter {
    /// Begins a new event file in `folder`, which is made if need be and is one run in TensorBoard. Files that are there
    /// already stay, and TensorBoard shows them as one run with this one.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn create(folder: &Path) -> Result<EventWriter, LearnError> {
        fs::create_dir_all(folder).map_err(LearnError::io("create", folder))?;
        let now = seconds(SystemTime::now());
        let mut number = 0;
        let (path, file) = loop {
            // TensorBoard looks for "tfevents" and reads files in the order of their names
            let name = format!("events.out.tfevents.{:010}.kihap.{}.{number}", now as u64, std::process::id());
            let path = folder.join(name);
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(LearnError::io("create", path)(error)),
            }
        };
        let mut writer = EventWriter { path, file: BufWriter::new(file) };
        writer.write(&Event { wall_time: now, step: 0, what: Some(What::FileVersion(VERSION.into())) })?;
        writer.flush()?;
        Ok(writer)
    }

    /// Where it writes to.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds one number of the curve `tag`; numbers are kept in 32 bits, as TensorBoard shows them.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn scalar(&mut self, tag: &str, step: u64, value: f64, wall_time: SystemTime) -> Result<(), LearnError> {
        let value = SummaryValue { tag: tag.to_owned(), simple_value: Some(value as f32) };
        let what = Some(What::Summary(Summary { value: vec![value] }));
        self.write(&Event { wall_time: seconds(wall_time), step: step as i64, what })
    }

    /// Hands everything to the system, so that TensorBoard sees it.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn flush(&mut self) -> Result<(), LearnError> {
        self.file.flush().map_err(LearnError::io("write", &self.path))
    }

    fn write(&mut self, event: &Event) -> Result<(), LearnError> {
        let data = event.encode_to_vec();
        let length = (data.len() as u64).to_le_bytes();
        let mut record = Vec::with_capacity(data.len() + 16);
        record.extend(length);
        record.extend(masked_checksum(&length).to_le_bytes());
        record.extend(&data);
        record.extend(masked_checksum(&data).to_le_bytes());
        self.file.write_all(&record).map_err(LearnError::io("write", &self.path))
    }
}

/// The curves of a training in the layout of Keras' `TensorBoard` callback: runs `train` and `validation` below one folder,
/// with the tags `epoch_loss`, `epoch_accuracy` and `epoch_learning_rate`, so that both parts share a chart. Further
/// members of an ensemble have runs of their own, `member-1/train` and so on.
#[derive(Debug)]
pub struct TrainingEvents {
    folder: PathBuf,
    writers: HashMap<(usize, &'static str), EventWriter>,
}

impl TrainingEvents {
    /// Curves below `folder`; files are made with the first epoch.
    pub fn new(folder: impl Into<PathBuf>) -> TrainingEvents {
        TrainingEvents { folder: folder.into(), writers: HashMap::new() }
    }

    /// Writes an epoch and hands it to the system. The step is the epoch, from 1.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn record(&mut self, record: &EpochRecord) -> Result<(), LearnError> {
        let (now, step) = (SystemTime::now(), record.epoch as u64);
        let parts = [("train", Some(record.training)), ("validation", record.validation)];
        for (part, scores) in parts {
            let Some(scores) = scores else { continue };
            let writer = self.writer(record.member, part)?;
            writer.scalar("epoch_loss", step, scores.loss, now)?;
            writer.scalar("epoch_accuracy", step, scores.accuracy, now)?;
            if part == "train" {
                writer.scalar("epoch_learning_rate", step, record.learning_rate, now)?;
            }
            writer.flush()?;
        }
        Ok(())
    }

    fn writer(&mut self, member: usize, part: &'static str) -> Result<&mut EventWriter, LearnError> {
        use std::collections::hash_map::Entry;
        match self.writers.entry((member, part)) {
            Entry::Occupied(writer) => Ok(writer.into_mut()),
            Entry::Vacant(place) => {
                let folder = match member {
                    0 => self.folder.join(part),
                    member => self.folder.join(format!("member-{member}")).join(part),
                };
                Ok(place.insert(EventWriter::create(&folder)?))
            }
        }
    }
}

/// CRC-32C, rotated and shifted so that a checksum of data that holds checksums stays a good one
/// (`tensorflow/core/lib/hash/crc32c.h`).
fn masked_checksum(data: &[u8]) -> u32 {
    crc32c::crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

fn seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::train::EpochScores;

    /// All events of a file whose checksums are right.
    fn read(path: &Path) -> Vec<Event> {
        let bytes = fs::read(path).unwrap();
        let (mut events, mut rest) = (Vec::new(), bytes.as_slice());
        while !rest.is_empty() {
            let length = u64::from_le_bytes(rest[..8].try_into().unwrap()) as usize;
            let check = |at: usize| u32::from_le_bytes(rest[at..at + 4].try_into().unwrap());
            assert_eq!(check(8), masked_checksum(&rest[..8]));
            assert_eq!(check(12 + length), masked_checksum(&rest[12..12 + length]));
            events.push(Event::decode(&rest[12..12 + length]).unwrap());
            rest = &rest[16 + length..];
        }
        events
    }

    fn scalars(path: &Path) -> Vec<(String, i64, f32)> {
        let told = |event: Event| match event.what {
            Some(What::Summary(Summary { value })) => {
                Some((value[0].tag.clone(), event.step, value[0].simple_value.unwrap()))
            }
            _ => None,
        };
        read(path).into_iter().filter_map(told).collect()
    }

    #[test]
    fn bytes_are_those_tensorboard_writes() {
        // what the RecordWriter of PyPI tensorboard 2.21 writes for this event
        let place = tempfile::tempdir().unwrap();
        let mut writer = EventWriter::create(place.path()).unwrap();
        let header = fs::metadata(writer.path()).unwrap().len() as usize;
        writer.scalar("loss", 3, 0.5, UNIX_EPOCH + Duration::from_secs(1)).unwrap();
        writer.flush().unwrap();
        let bytes = fs::read(writer.path()).unwrap();
        let hex: String = bytes[header..].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, GOLDEN);
        let first = &read(writer.path())[0];
        assert_eq!(first.what, Some(What::FileVersion(VERSION.into())));
    }

    /// `tools/reference_tensorboard.py record`
    const GOLDEN: &str = "1a00000000000000129bd82d09000000000000f03f10032a0d0a0b0a046c6f7373150000003f7fb84377";

    #[test]
    fn two_writers_in_one_folder_do_not_overwrite_each_other() {
        let place = tempfile::tempdir().unwrap();
        let (one, two) = (EventWriter::create(place.path()).unwrap(), EventWriter::create(place.path()).unwrap());
        assert_ne!(one.path(), two.path());
    }

    #[test]
    fn epochs_are_on_disk_as_soon_as_they_are_recorded() {
        let place = tempfile::tempdir().unwrap();
        let scores = |loss| EpochScores {
            loss,
            accuracy: 0.75,
            precision: 0.0,
            recall: 0.0,
            f1: 0.0,
            keras_precision: 0.0,
            keras_recall: 0.0,
        };
        let mut events = TrainingEvents::new(place.path());
        for epoch in [1, 2] {
            let record = EpochRecord {
                member: 0,
                epoch,
                epochs: 2,
                training: scores(1.0 / epoch as f64),
                validation: (epoch == 2).then(|| scores(0.0)),
                learning_rate: 0.25,
                seconds: 1.0,
                best: true,
            };
            events.record(&record).unwrap();
        }
        let written = |part: &'static str| scalars(events.writers[&(0, part)].path());
        let told = |tag: &str, step, value| (tag.to_owned(), step, value);
        assert_eq!(
            written("train"),
            [
                told("epoch_loss", 1, 1.0),
                told("epoch_accuracy", 1, 0.75),
                told("epoch_learning_rate", 1, 0.25),
                told("epoch_loss", 2, 0.5),
                told("epoch_accuracy", 2, 0.75),
                told("epoch_learning_rate", 2, 0.25),
            ]
        );
        // a loss of exactly 0 is a number and not nothing
        assert_eq!(written("validation"), [told("epoch_loss", 2, 0.0), told("epoch_accuracy", 2, 0.75)]);
        assert!(place.path().join("validation").is_dir());
    }
}
