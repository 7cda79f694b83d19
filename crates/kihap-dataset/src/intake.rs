//! Taking samples in: content is identified, staged, recorded and put in its place.

use std::path::PathBuf;

use image::RgbImage;
use kihap_vision::{Landmark, Pose};

use crate::dataset::{Dataset, free_file, put_in_place};
use crate::error::Result;
use crate::manifest::Class;
use crate::names;
use crate::picture::{self, PictureFacts};
use crate::pose_bytes;
use crate::sample::{PoseSample, SampleId, SampleMeta};
use crate::staging::Staging;
use crate::store::{Record, Writer};

/// What became of something taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intake {
    /// It is a new sample.
    Added {
        /// Its number.
        id: SampleId,
        /// Another class that holds the same content: one of the two labels is probably wrong.
        also_in: Option<String>,
    },
    /// Its class already holds the same content.
    AlreadyThere {
        /// The sample that holds it.
        id: SampleId,
    },
}

impl Intake {
    /// The sample that holds the content now.
    pub fn id(&self) -> SampleId {
        match self {
            Intake::Added { id, .. } | Intake::AlreadyThere { id } => *id,
        }
    }
}

/// A sample whose content is ready to be recorded.
#[derive(Debug)]
pub(crate) struct Prepared {
    meta: SampleMeta,
    record: Record,
    place: Place,
}

#[derive(Debug)]
enum Place {
    /// Waiting in the staging folder, to be called `stem.extension`.
    Staged { path: PathBuf, stem: String, extension: &'static str },
    /// Already in the class folder, put there by hand.
    Registered(String),
    /// No picture.
    Nowhere,
}

impl Prepared {
    /// A picture whose bytes are copied to the staging folder.
    pub(crate) fn picture(bytes: &[u8], facts: &PictureFacts, meta: SampleMeta, staging: &Staging) -> Result<Prepared> {
        let path = staging.put(&meta.class, &facts.hash, bytes)?;
        let stem = names::file_stem(meta.name.as_deref().unwrap_or(facts.hash.get(..12).unwrap_or("picture")));
        Ok(Prepared { meta, record: record_of(facts), place: Place::Staged { path, stem, extension: facts.extension } })
    }

    /// A picture that lies in its class folder already, as `file` relative to the dataset.
    pub(crate) fn in_place(file: String, facts: &PictureFacts, meta: SampleMeta) -> Prepared {
        Prepared { meta, record: record_of(facts), place: Place::Registered(file) }
    }

    /// Landmarks without a picture. Their identity is the pose and where it comes from, since two frames of a still
    /// person may well have the same pose.
    pub(crate) fn pose(pose: &Pose, meta: SampleMeta) -> Prepared {
        let bytes = pose_bytes::encode(std::slice::from_ref(pose));
        let mut hasher = blake3::Hasher::new();
        hasher.update(&bytes);
        hasher.update(format!("{:?} {:?}", meta.source, meta.frame).as_bytes());
        let hash = hasher.finalize().to_hex().to_string();
        let record = Record { hash, width: pose.width, height: pose.height, pose: Some(bytes), ..Record::default() };
        Prepared { meta, record, place: Place::Nowhere }
    }

    pub(crate) fn class(&self) -> &str {
        &self.meta.class
    }
}

fn record_of(facts: &PictureFacts) -> Record {
    Record {
        hash: facts.hash.clone(),
        perceptual_hash: Some(facts.perceptual_hash),
        width: facts.width,
        height: facts.height,
        measures: Some(facts.measures),
        pose: None,
    }
}

impl Dataset {
    /// Takes in one picture as it is, byte for byte; the class is made if need be.
    ///
    /// Fails with [`crate::DatasetError::Picture`] when the bytes are no picture that can be used.
    pub fn add_picture(&mut self, bytes: &[u8], meta: SampleMeta) -> Result<Intake> {
        let picture = kihap_vision::picture::decode(bytes)?;
        self.add_decoded(bytes, &picture, meta)
    }

    /// Like [`Dataset::add_picture`] for bytes that were decoded to `picture` already.
    pub fn add_decoded(&mut self, bytes: &[u8], picture: &RgbImage, meta: SampleMeta) -> Result<Intake> {
        let meta = SampleMeta { class: names::class_name(&meta.class)?, ..meta };
        let facts = picture::facts(bytes, picture::content_hash(bytes), picture);
        let prepared = Prepared::picture(bytes, &facts, meta, self.staging()?)?;
        Ok(self.take_in(vec![prepared])?.remove(0))
    }

    /// Takes in poses without pictures, all or none; the classes are made if need be.
    ///
    /// A pose that is not finite, or has another number of joints than its skeleton, is an error.
    pub fn add_poses(&mut self, samples: Vec<PoseSample>) -> Result<Vec<Intake>> {
        let mut prepared = Vec::with_capacity(samples.len());
        for PoseSample { pose, meta } in samples {
            let meta = SampleMeta { class: names::class_name(&meta.class)?, ..meta };
            check_pose(&pose)?;
            prepared.push(Prepared::pose(&pose, meta));
        }
        self.take_in(prepared)
    }

    /// Writes down what was not known yet about samples that are there.
    pub(crate) fn fill_in(&mut self, known: &[(SampleId, SampleMeta)]) -> Result<()> {
        self.store.write(|w| known.iter().try_for_each(|(id, meta)| w.fill_in(*id, meta)))
    }

    /// Records what was prepared, in one transaction, and puts the pictures in their place. When this returns,
    /// nothing of it can be lost any more.
    pub(crate) fn take_in(&mut self, prepared: Vec<Prepared>) -> Result<Vec<Intake>> {
        let mut new_classes: Vec<Class> = Vec::new();
        for class in prepared.iter().map(Prepared::class) {
            if self.manifest().class(class).is_none() && new_classes.iter().all(|c| c.name != class) {
                new_classes.push(Class::named(class));
            }
        }
        if !new_classes.is_empty() {
            self.add_classes(new_classes)?;
        }
        let root = self.root().to_path_buf();
        let (outcomes, moves) = self.store.write(|writer| {
            let mut outcomes = Vec::with_capacity(prepared.len());
            let mut moves = Vec::new();
            for item in prepared {
                outcomes.push(record(writer, &root, item, &mut moves)?);
            }
            Ok((outcomes, moves))
        })?;
        for (from, to) in moves {
            put_in_place(&from, &root.join(to))?;
        }
        Ok(outcomes)
    }
}

fn record(
    writer: &Writer<'_>,
    root: &std::path::Path,
    item: Prepared,
    moves: &mut Vec<(PathBuf, String)>,
) -> Result<Intake> {
    let Prepared { meta, record, place } = item;
    if let Some(id) = writer.find(&meta.class, &record.hash)? {
        writer.fill_in(id, &meta)?;
        if let (Place::Staged { path, .. }, Some(file)) = (place, writer.file_of(id)?) {
            // Where somebody deleted the picture, this brings it back; else the copy goes with the staging folder.
            let on_its_way = moves.iter().any(|(from, _)| *from == path);
            if !on_its_way && !root.join(&file).exists() {
                moves.push((path, file));
            }
        }
        return Ok(Intake::AlreadyThere { id });
    }
    let also_in = writer.other_class(&meta.class, &record.hash)?;
    let file = match place {
        Place::Nowhere => None,
        Place::Registered(file) => Some(file),
        Place::Staged { path, stem, extension } => {
            let file = free_file(root, writer, &meta.class, &stem, extension, &record.hash)?;
            moves.push((path, file.clone()));
            Some(file)
        }
    };
    let id = writer.insert(&meta, file.as_deref(), &record)?;
    Ok(Intake::Added { id, also_in })
}

/// Whether every number of a pose is finite and every joint is there.
pub(crate) fn check_pose(pose: &Pose) -> Result<()> {
    let joints = pose.skeleton.names();
    let wrong = |reason: String| Err(kihap_vision::picture::PictureError::Damaged(reason).into());
    if pose.landmarks.len() != joints.len() || !(pose.world.is_empty() || pose.world.len() == joints.len()) {
        return wrong(format!("the pose has {} joints, its skeleton has {}", pose.landmarks.len(), joints.len()));
    }
    let finite = |l: &Landmark| [l.x, l.y, l.z, l.visibility, l.presence].iter().all(|v| v.is_finite());
    match pose.landmarks.iter().position(|l| !finite(l)) {
        Some(joint) => wrong(format!("the joint {} of a pose is not a number", joints[joint])),
        None if !pose.world.iter().flatten().all(|v| v.is_finite()) => {
            wrong("a world coordinate of a pose is not a number".to_string())
        }
        None => Ok(()),
    }
}
