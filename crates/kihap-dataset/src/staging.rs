//! Where pictures wait until their record is written, so that no moment of a crash leaves a picture without a record.
//!
//! A picture is written to `.incoming/RANDOM/KEY`, then its row is committed, then the file is renamed into its class
//! folder. Whatever the moment of a crash, the next [`crate::Dataset::open`] can finish: a waiting file with a row is
//! renamed, one without a row was never reported and is removed. A lock file tells whether its writer is alive.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::error::{DatasetError, Result};

const INCOMING: &str = ".incoming";
const LOCK: &str = "lock";
/// The lock before it is held: a room whose lock could be taken would be cleared by whoever opens the dataset.
const UNHELD: &str = "unheld";
/// How often another program may take the empty folder of all rooms away while one is being made.
const TRIES: usize = 100;

/// A writer's own waiting room; removed when dropped.
#[derive(Debug)]
pub(crate) struct Staging {
    folder: PathBuf,
    _lock: File,
}

/// What a waiting picture is called: it tells its class and content, and nothing else has to be known.
pub(crate) fn key(class: &str, hash: &str) -> String {
    blake3::hash(format!("{class}\0{hash}").as_bytes()).to_hex().to_string()
}

impl Staging {
    pub(crate) fn open(root: &Path) -> Result<Staging> {
        let parent = root.join(INCOMING);
        let make = || -> std::io::Result<Staging> {
            fs::create_dir_all(&parent)?;
            let room = tempfile::Builder::new().prefix("w").tempdir_in(&parent)?;
            let lock = File::create(room.path().join(UNHELD))?;
            lock.lock()?;
            fs::rename(room.path().join(UNHELD), room.path().join(LOCK))?;
            Ok(Staging { folder: room.keep(), _lock: lock })
        };
        // "Already exists": `create_dir_all` found the folder and, looking again, did not.
        let taken_away = |e: &std::io::Error| matches!(e.kind(), ErrorKind::NotFound | ErrorKind::AlreadyExists);
        let stands = |made: &std::io::Result<Staging>| !made.as_ref().is_err_and(taken_away);
        let made = (1..TRIES).map(|_| make()).find(stands).unwrap_or_else(make);
        made.map_err(DatasetError::io("make a folder in", &parent))
    }

    /// Writes a picture into the waiting room.
    pub(crate) fn put(&self, class: &str, hash: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.folder.join(key(class, hash));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(bytes)?;
            file.flush()
        };
        write().map_err(DatasetError::io("write", &path))?;
        Ok(path)
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // What cannot be removed now is removed by the next open.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = self.folder.parent().map(fs::remove_dir);
    }
}

/// A room whose writer is gone; locked while it is cleared, so that only one program does.
#[derive(Debug)]
pub(crate) struct Abandoned {
    folder: PathBuf,
    /// The waiting pictures by [`key`].
    pub(crate) waiting: HashMap<String, PathBuf>,
    _lock: Option<File>,
}

impl Abandoned {
    /// Removes the room and what is left in it.
    pub(crate) fn remove(self) {
        // Another try follows at the next open.
        let _ = fs::remove_dir_all(&self.folder);
        let _ = self.folder.parent().map(fs::remove_dir);
    }
}

/// The rooms left behind by writers that are gone.
pub(crate) fn abandoned(root: &Path) -> Vec<Abandoned> {
    let Ok(rooms) = fs::read_dir(root.join(INCOMING)) else { return Vec::new() };
    rooms.flatten().filter_map(|room| abandoned_room(room.path())).collect()
}

fn abandoned_room(folder: PathBuf) -> Option<Abandoned> {
    let lock = match File::open(folder.join(LOCK)) {
        Ok(lock) => Some(lock),
        // A room is locked within moments of being made; without a lock file it is given a minute.
        Err(_) if is_old(&folder) => None,
        Err(_) => return None,
    };
    if lock.as_ref().is_some_and(|lock| lock.try_lock().is_err()) {
        return None;
    }
    let files = fs::read_dir(&folder).ok()?.flatten();
    let files = files.map(|f| (f.file_name().to_string_lossy().into_owned(), f.path()));
    let waiting = files.filter(|(name, _)| name != LOCK && name != UNHELD).collect();
    Some(Abandoned { folder, waiting, _lock: lock })
}

fn is_old(path: &Path) -> bool {
    let age = fs::metadata(path).and_then(|m| m.modified()).ok().and_then(|m| m.elapsed().ok());
    age.is_some_and(|age| age.as_secs() > 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_writer_keeps_its_room_and_a_dead_one_leaves_it_to_others() {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::open(dir.path()).unwrap();
        staging.put("tree", "abc", b"picture").unwrap();
        assert!(abandoned(dir.path()).is_empty());

        // As after kill -9: the file lock is gone, the files are there.
        let room = dir.path().join(INCOMING).join("dead");
        fs::create_dir(&room).unwrap();
        fs::write(room.join(LOCK), "").unwrap();
        fs::write(room.join(key("tree", "abc")), "picture").unwrap();
        let rooms = abandoned(dir.path());
        assert_eq!(rooms.len(), 1);
        assert_eq!(rooms[0].waiting[&key("tree", "abc")], room.join(key("tree", "abc")));

        rooms.into_iter().for_each(Abandoned::remove);
        drop(staging);
        assert!(!dir.path().join(INCOMING).exists());
    }

    /// Once a room could be taken for a dead writer's between the making of its lock and the locking.
    #[test]
    fn a_room_just_made_is_not_cleared_by_another_program() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..1000 {
                        let staging = Staging::open(dir.path()).unwrap();
                        staging.put("tree", "abc", b"picture").unwrap();
                    }
                });
                scope.spawn(|| {
                    for _ in 0..1000 {
                        abandoned(dir.path()).into_iter().for_each(Abandoned::remove);
                    }
                });
            }
        });
    }
}
