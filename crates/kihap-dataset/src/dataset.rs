//! The dataset folder: `kihap.toml`, `samples.db` and the pictures at `<class>/<file>`.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kihap_vision::Pose;

use crate::error::{DatasetError, Result};
use crate::manifest::{Class, MANIFEST_FILE, MANIFEST_SCHEMA, Manifest};
use crate::names;
use crate::sample::{Filter, Part, Reason, Sample, SampleId};
use crate::staging::{self, Staging};
use crate::store::{Column, Move, Store};

/// An open dataset.
///
/// Several programs may have the same dataset open: writers wait for each other, and a program that dies at any moment
/// leaves a folder that the next [`Dataset::open`] puts in order.
#[derive(Debug)]
pub struct Dataset {
    pub(crate) root: PathBuf,
    pub(crate) manifest: Manifest,
    pub(crate) store: Store,
    staging: Option<Staging>,
    repaired: Repairs,
}

/// What [`Dataset::open`] put in order after a program that had died.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Repairs {
    /// Pictures whose record was there and which were put in their place.
    pub finished: usize,
    /// Pictures that had not been recorded yet, and were removed; importing again brings them back.
    pub discarded: usize,
    /// Relabellings that were finished or undone.
    pub moves: usize,
}

/// A sample that could not be given another class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotRelabelled {
    /// The sample.
    pub id: SampleId,
    /// Why, as a sentence.
    pub reason: String,
}

impl Dataset {
    /// Makes an empty dataset. The folder may exist, but must not be a dataset yet.
    pub fn create(root: impl AsRef<Path>, manifest: &Manifest) -> Result<Dataset> {
        let root = root.as_ref();
        if root.join(MANIFEST_FILE).exists() {
            return Err(DatasetError::AlreadyADataset(root.to_path_buf()));
        }
        let manifest = Manifest { schema: MANIFEST_SCHEMA, ..manifest.checked()? };
        fs::create_dir_all(root).map_err(DatasetError::io("make the folder", root))?;
        manifest.write(root)?;
        Dataset::open(root)
    }

    /// Opens a dataset, and puts in order what a killed program left unfinished.
    pub fn open(root: impl AsRef<Path>) -> Result<Dataset> {
        let root = root.as_ref().to_path_buf();
        let manifest = Manifest::read(&root)?;
        let store = Store::open(&root)?;
        let mut dataset = Dataset { root, manifest, store, staging: None, repaired: Repairs::default() };
        dataset.repair()?;
        Ok(dataset)
    }

    /// Opens the dataset, or makes it with this manifest where there is none.
    pub fn open_or_create(root: impl AsRef<Path>, manifest: &Manifest) -> Result<Dataset> {
        match Dataset::open(&root) {
            Err(DatasetError::NotADataset(_)) => Dataset::create(root, manifest),
            other => other,
        }
    }

    /// The dataset's folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Name, course and classes.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The classes, in the order of the labels.
    pub fn classes(&self) -> &[Class] {
        &self.manifest.classes
    }

    /// What opening had to put in order.
    pub fn repaired(&self) -> Repairs {
        self.repaired
    }

    /// Adds a class at the end; `false` if it is there already.
    pub fn add_class(&mut self, class: Class) -> Result<bool> {
        Ok(self.add_classes(vec![class])? > 0)
    }

    /// Adds classes, which may name each other as mirrors; returns how many were new.
    pub fn add_classes(&mut self, classes: Vec<Class>) -> Result<usize> {
        let root = &self.root;
        // The write lock of the record also guards kihap.toml: another program may have added classes meanwhile.
        let (manifest, added) = self.store.write(|_| {
            let mut manifest = Manifest::read(root)?;
            let mut added = 0;
            for class in classes {
                added += usize::from(manifest.add(class)?);
            }
            let manifest = manifest.checked()?;
            if added > 0 {
                manifest.write(root)?;
            }
            Ok((manifest, added))
        })?;
        self.manifest = manifest;
        Ok(added)
    }

    /// Adds those of another dataset's classes that are not here, with their titles, and with their mirrors where these
    /// have no other partner here.
    ///
    /// # Errors
    /// A name that cannot be a class, mirrors that do not fit each other, or a dataset that cannot be written.
    pub fn add_described(&mut self, classes: Vec<Class>) -> Result<()> {
        let mut new: Vec<Class> = Vec::new();
        for mut class in classes {
            if self.manifest.class(&class.name).is_some() || new.iter().any(|c| c.name == class.name) {
                continue;
            }
            let taken = |partner: &String| self.manifest.class(partner).is_some_and(|p| p.mirror.is_some());
            class.mirror = class.mirror.filter(|partner| !taken(partner));
            new.push(class);
        }
        if !new.is_empty() {
            self.add_classes(new)?;
        }
        Ok(())
    }

    /// The samples that `filter` admits, in the order they were taken in.
    pub fn samples(&self, filter: &Filter) -> Result<Vec<Sample>> {
        Ok(self.store.samples()?.into_iter().filter(|s| filter.admits(s)).collect())
    }

    /// One sample.
    pub fn sample(&self, id: SampleId) -> Result<Sample> {
        self.store.sample(id)
    }

    /// Where a sample's picture lies; `None` for samples that are landmarks only.
    pub fn picture_path(&self, sample: &Sample) -> Option<PathBuf> {
        sample.file.as_ref().map(|file| self.root.join(file))
    }

    /// The pose of a sample that is landmarks only; `None` for pictures.
    pub fn stored_pose(&self, id: SampleId) -> Result<Option<Pose>> {
        self.store.pose(id)
    }

    /// The poses of all samples that are landmarks only, in one reading.
    pub fn stored_poses(&self) -> Result<HashMap<SampleId, Pose>> {
        self.store.poses()
    }

    /// Sets or clears who is in these samples.
    pub fn set_person(&mut self, ids: &[SampleId], person: Option<&str>) -> Result<()> {
        self.store.write(|w| w.set(ids, Column::Person, person))
    }

    /// Sets or clears the recording these samples belong to.
    pub fn set_session(&mut self, ids: &[SampleId], session: Option<&str>) -> Result<()> {
        self.store.write(|w| w.set(ids, Column::Session, session))
    }

    /// Sets or clears the side the camera sees in these samples.
    pub fn set_view(&mut self, ids: &[SampleId], view: Option<&str>) -> Result<()> {
        self.store.write(|w| w.set(ids, Column::View, view))
    }

    /// Sets or clears the part these samples belong to.
    pub fn set_split(&mut self, ids: &[SampleId], split: Option<Part>) -> Result<()> {
        self.store.write(|w| w.set(ids, Column::Split, split.map(Part::name)))
    }

    /// Sets samples aside: they stay where they are, but take no part until [`Dataset::restore`]. All or none.
    pub fn set_aside(&mut self, samples: &[(SampleId, Vec<Reason>)]) -> Result<()> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| d.as_secs().cast_signed());
        self.store.write(|w| samples.iter().try_for_each(|(id, reasons)| w.set_aside(*id, reasons, Some(now))))
    }

    /// Takes these samples back into use.
    pub fn restore(&mut self, ids: &[SampleId]) -> Result<()> {
        self.store.write(|w| ids.iter().try_for_each(|id| w.set_aside(*id, &[], None)))
    }

    /// Takes every sample back into use; returns how many there were.
    pub fn restore_all(&mut self) -> Result<usize> {
        self.store.write(|w| w.restore_all())
    }

    /// Gives samples another class, moving their pictures into its folder; returns those it could not be done for.
    ///
    /// The class must exist; see [`Dataset::add_class`].
    pub fn relabel(&mut self, ids: &[SampleId], class: &str) -> Result<Vec<NotRelabelled>> {
        let class = self.known_class(class)?;
        let mut refused = Vec::new();
        for &id in ids {
            let sample = self.store.sample(id)?;
            if sample.class == class {
                continue;
            }
            let root = &self.root;
            let step = self.store.write(|w| {
                if let Some(twin) = w.find(&class, &sample.hash)? {
                    return Ok(Err(format!("class {class:?} already holds the same content as sample {twin}")));
                }
                let Some(old) = sample.file.clone() else {
                    w.set_class(id, &class)?;
                    return Ok(Ok(None));
                };
                if !root.join(&old).exists() {
                    return Ok(Err(format!("its picture {old} is missing")));
                }
                let (stem, extension) = split_name(&old);
                let new = free_file(root, w, &class, stem, extension, &sample.hash)?;
                let step = Move { sample: id, class: class.clone(), old, new };
                w.begin_move(&step)?;
                Ok(Ok(Some(step)))
            })?;
            match step {
                Err(reason) => refused.push(NotRelabelled { id, reason }),
                Ok(None) => {}
                Ok(Some(step)) => self.finish_move(&step)?,
            }
        }
        Ok(refused)
    }

    /// `name` as the manifest writes it.
    fn known_class(&self, name: &str) -> Result<String> {
        let name = names::class_name(name)?;
        if self.manifest.class(&name).is_some() {
            return Ok(name);
        }
        let known = self.manifest.classes.iter().map(|c| c.name.as_str()).collect::<Vec<_>>().join(", ");
        Err(DatasetError::UnknownClass { name, known })
    }

    /// Renames the picture where that is still to be done, and writes down the outcome.
    fn finish_move(&mut self, step: &Move) -> Result<()> {
        let (old, new) = (self.root.join(&step.old), self.root.join(&step.new));
        if old.exists() {
            put_in_place(&old, &new)?;
        }
        self.store.write(|w| w.end_move(step, new.exists()))
    }

    /// This program's waiting room for pictures, made at the first use.
    pub(crate) fn staging(&mut self) -> Result<&Staging> {
        let staging = match self.staging.take() {
            Some(staging) => staging,
            None => Staging::open(&self.root)?,
        };
        Ok(self.staging.insert(staging))
    }

    fn repair(&mut self) -> Result<()> {
        for step in self.store.moves()? {
            self.finish_move(&step)?;
            self.repaired.moves += 1;
        }
        let rooms = staging::abandoned(&self.root);
        let samples = if rooms.is_empty() { Vec::new() } else { self.store.samples()? };
        for mut room in rooms {
            for sample in &samples {
                let Some(file) = &sample.file else { continue };
                let place = self.root.join(file);
                if let Some(picture) = room.waiting.remove(&staging::key(&sample.class, &sample.hash))
                    && !place.exists()
                {
                    put_in_place(&picture, &place)?;
                    self.repaired.finished += 1;
                }
            }
            self.repaired.discarded += room.waiting.len();
            room.remove();
        }
        self.add_lost_classes()
    }

    /// Samples whose class somebody took out of `kihap.toml` by hand get it back.
    fn add_lost_classes(&mut self) -> Result<()> {
        let mut lost: Vec<String> = Vec::new();
        for sample in self.store.samples()? {
            if self.manifest.class(&sample.class).is_none() && !lost.contains(&sample.class) {
                lost.push(sample.class);
            }
        }
        if !lost.is_empty() {
            self.add_classes(lost.into_iter().map(Class::named).collect())?;
        }
        Ok(())
    }
}

/// Renames a complete file to where it belongs, making the folder.
pub(crate) fn put_in_place(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).map_err(DatasetError::io("make the folder", folder))?;
    }
    fs::rename(from, to).map_err(DatasetError::io("write", to))
}

/// Stem and extension of a dataset-relative file.
fn split_name(file: &str) -> (&str, &str) {
    let name = file.rsplit('/').next().unwrap_or(file);
    name.rsplit_once('.').unwrap_or((name, "jpg"))
}

/// A file name in the folder of `class` that neither the record nor the disk knows yet.
pub(crate) fn free_file(
    root: &Path,
    writer: &crate::store::Writer<'_>,
    class: &str,
    stem: &str,
    extension: &str,
    hash: &str,
) -> Result<String> {
    let mut candidate = format!("{class}/{stem}.{extension}");
    let mut digits = 8;
    while writer.file_is_taken(&candidate)? || root.join(&candidate).exists() {
        let tail = hash.get(..digits).unwrap_or(hash);
        // A whole hash that is still taken means the same content lies there as a stray file; it is replaced.
        let file = format!("{class}/{stem}-{tail}.{extension}");
        if digits > hash.len() {
            return Ok(file);
        }
        candidate = file;
        digits += 8;
    }
    Ok(candidate)
}
