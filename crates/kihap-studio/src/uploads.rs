//! Waiting rooms for what a user uploads: bounded folders inside the project, gone once they are imported.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng as _;

use crate::cause::Cause;
use crate::error::{Result, StudioError};
use crate::projects::Project;

/// Bytes of one file: an hour of a phone's video.
pub(crate) const FILE_LIMIT: u64 = 8 << 30;
/// Bytes of one upload.
const ROOM_LIMIT: u64 = 32 << 30;
/// Files of one upload.
const FILES: usize = 200_000;
/// Bytes that uploads leave free on the disk.
const SPARE: u64 = 1 << 30;
/// Uploads at the same time, of all pages.
const ROOMS: usize = 16;
/// An upload that nothing came for in this time was given up.
const PATIENCE: Duration = Duration::from_secs(3600);
/// Folders within each other in an upload.
const DEPTH: usize = 16;
/// Bytes of a file's name; longer ones are cut.
const NAME: usize = 200;
/// Below the project's folder.
const UPLOADS: &str = ".studio/uploads";
const LOCK: &str = ".lock";

/// One upload. Its folder goes when it is dropped.
#[derive(Debug)]
pub(crate) struct Room {
    project: Project,
    folder: PathBuf,
    used: Mutex<Used>,
    _lock: File,
}

#[derive(Debug)]
struct Used {
    bytes: u64,
    files: usize,
    last: Instant,
}

impl Room {
    fn open(project: Project) -> Result<Room> {
        let shelf = project.folder().join(UPLOADS);
        fs::create_dir_all(&shelf)?;
        clear_abandoned(&shelf);
        let folder = tempfile::Builder::new().prefix("u").tempdir_in(&shelf)?;
        let lock = File::create(folder.path().join(LOCK))?;
        lock.lock()?;
        let used = Mutex::new(Used { bytes: 0, files: 0, last: Instant::now() });
        Ok(Room { project, folder: folder.keep(), used, _lock: lock })
    }

    pub(crate) fn project(&self) -> &Project {
        &self.project
    }

    /// Where the files lie.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes an empty file for what the user calls `path`, inside the room, whatever the path says.
    pub(crate) fn place(&self, path: &str) -> Result<(File, PathBuf)> {
        let clean = clean(path)?;
        let mut used = self.used();
        if used.files >= FILES {
            return Err(StudioError::Bad(format!("an upload holds at most {FILES} files; take them in several times")));
        }
        used.files += 1;
        used.last = Instant::now();
        drop(used);
        let wish = self.folder.join(clean);
        let folder = wish.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder)?;
        let stem = wish.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let ending = wish.extension().map_or(String::new(), |e| format!(".{}", e.to_string_lossy()));
        let mut number = 1;
        loop {
            let name = if number == 1 { format!("{stem}{ending}") } else { format!("{stem} ({number}){ending}") };
            let place = folder.join(name);
            match File::create_new(&place) {
                Ok(file) => return Ok((file, place)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < FILES => number += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Asks for `bytes` more of a file that has `so_far`.
    pub(crate) fn claim(&self, so_far: u64, bytes: u64) -> Result<()> {
        let gib = |bytes: u64| bytes >> 30;
        if so_far + bytes > FILE_LIMIT {
            return Err(StudioError::TooLarge(format!("a file may have {} GiB; cut it up", gib(FILE_LIMIT))));
        }
        let mut used = self.used();
        if used.bytes + bytes > ROOM_LIMIT {
            let limit = gib(ROOM_LIMIT);
            return Err(StudioError::TooLarge(format!(
                "an upload may have {limit} GiB; take the files in several times"
            )));
        }
        // Asking the system once in 16 MiB is often enough.
        let step = |bytes: u64| bytes >> 24;
        if (used.bytes == 0 || step(used.bytes) != step(used.bytes + bytes))
            && free(&self.folder).is_some_and(|free| free < SPARE + bytes)
        {
            let sentence = "the disk is nearly full; make room on it".into();
            return Err(StudioError::Refused { cause: Cause::DiskFull, sentence });
        }
        used.bytes += bytes;
        used.last = Instant::now();
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // What cannot be removed now goes with the next upload.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = self.folder.parent().map(fs::remove_dir);
    }
}

/// All uploads that are not imported yet.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    rooms: Mutex<HashMap<u64, Arc<Room>>>,
}

impl Uploads {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Arc<Room>>> {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins an upload; returns its number.
    pub(crate) fn open(&self, project: Project) -> Result<u64> {
        let mut rooms = self.lock();
        rooms.retain(|_, room| room.used().last.elapsed() < PATIENCE);
        if rooms.len() >= ROOMS {
            return Err(StudioError::Conflict(format!(
                "{ROOMS} uploads are on their way already; wait for one of them"
            )));
        }
        // Numbers are not counted up, so that no page meets another's upload after a restart. Exact in JavaScript.
        let number = rand::rng().random_range(0..1 << 53);
        rooms.insert(number, Arc::new(Room::open(project)?));
        Ok(number)
    }

    /// An upload of this project.
    pub(crate) fn get(&self, project: &str, number: u64) -> Result<Arc<Room>> {
        let found = self.lock().get(&number).filter(|room| room.project.id() == project).cloned();
        found.ok_or_else(|| StudioError::NotFound { what: "upload", name: number.to_string() })
    }

    /// Takes an upload out, to be imported or dropped.
    pub(crate) fn take(&self, project: &str, number: u64) -> Result<Arc<Room>> {
        let room = self.get(project, number)?;
        self.lock().remove(&number);
        Ok(room)
    }
}

/// Removes what a studio that died left behind; rooms of living ones are locked.
fn clear_abandoned(shelf: &Path) {
    let folders = fs::read_dir(shelf).into_iter().flatten().flatten();
    for folder in folders.map(|entry| entry.path()) {
        let abandoned = File::open(folder.join(LOCK)).is_ok_and(|lock| lock.try_lock().is_ok());
        if abandoned {
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

/// A relative path made of names that stay where they are put.
fn clean(path: &str) -> Result<PathBuf> {
    let refuse = || StudioError::Bad(format!("{path:?} is no path inside a folder"));
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if parts.is_empty() || parts.len() > DEPTH || parts.iter().any(|part| part.chars().all(|c| c == '.')) {
        return Err(refuse());
    }
    let name = |part: &&str| {
        let safe = |c: char| if c.is_control() || "\\:*?\"<>|".contains(c) { '_' } else { c };
        let (stem, ending) = part.rsplit_once('.').filter(|(_, ending)| ending.len() < 12).unwrap_or((part, ""));
        let mut stem: String = stem.chars().map(safe).collect();
        while stem.len() + ending.len() > NAME {
            stem.pop();
        }
        let ending: String = ending.chars().map(safe).collect();
        if ending.is_empty() { stem } else { format!("{stem}.{ending}") }
    };
    Ok(parts.iter().map(name).collect())
}

/// Bytes free on the disk of `folder`; `None` where the system does not say.
#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Elsewhere only the other bounds hold.
#[cfg(not(unix))]
fn free(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projects::Projects;
    use kihap_dataset::Manifest;

    #[test]
    fn paths_are_cleaned_and_never_leave() {
        assert_eq!(clean("나무/앞차기/a b.jpg").unwrap(), Path::new("나무/앞차기/a b.jpg"));
        assert_eq!(clean("/etc//pass:wd").unwrap(), Path::new("etc/pass_wd"));
        assert_eq!(clean("a\\..\\b.jpg").unwrap(), Path::new("a_.._b.jpg"));
        assert!(clean(&"가".repeat(300)).unwrap().as_os_str().len() <= NAME);
        for bad in ["", "/", "..", "a/../b", "a/./b", "...", &"a/".repeat(40)] {
            assert!(clean(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_room_is_bounded_and_goes_when_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let project = Projects::open(folder.path()).unwrap().create(&Manifest::new("p", Vec::new())).unwrap();
        let uploads = Uploads::default();
        let number = uploads.open(project.clone()).unwrap();
        assert!(uploads.get("another", number).is_err());
        let room = uploads.take("p", number).unwrap();
        let (first, second) = (room.place("a/x.jpg").unwrap().1, room.place("a/x.jpg").unwrap().1);
        assert!(first.exists() && second.ends_with("a/x (2).jpg"));
        assert!(room.claim(0, 1000).is_ok());
        assert!(matches!(room.claim(FILE_LIMIT, 1), Err(StudioError::TooLarge(_))));
        drop(room);
        assert!(!project.folder().join(UPLOADS).exists());
    }

    #[test]
    fn what_a_dead_studio_left_is_cleared_and_a_living_ones_stays() {
        let folder = tempfile::tempdir().unwrap();
        let project = Projects::open(folder.path()).unwrap().create(&Manifest::new("p", Vec::new())).unwrap();
        let dead = project.folder().join(UPLOADS).join("udead");
        fs::create_dir_all(&dead).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        let living = Room::open(project.clone()).unwrap();
        let _second = Room::open(project).unwrap();
        assert!(!dead.exists() && living.folder().exists());
    }
}
