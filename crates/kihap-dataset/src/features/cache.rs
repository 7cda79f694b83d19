//! `features.db`: results by content and settings. It can be deleted at any time; everything in it can be made again.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{DatasetError, Result};
use crate::store::open_database;

/// Name of the cache inside the dataset's folder.
pub const CACHE_FILE: &str = "features.db";

const SCHEMA: u32 = 1;

const TABLES: &str = "
CREATE TABLE settings (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE TABLE results (settings INTEGER NOT NULL, hash TEXT NOT NULL, value BLOB NOT NULL,
    PRIMARY KEY (settings, hash)) WITHOUT ROWID;
";

/// What is cached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FeatureKind {
    /// The people found in a picture.
    Poses,
    /// A picture's feature vector.
    Photo,
}

/// A store of results, keyed by the content they were made from and by everything that shaped them.
#[derive(Debug)]
pub struct FeatureCache {
    connection: Connection,
    path: PathBuf,
    settings: i64,
}

impl FeatureCache {
    /// Opens (or makes) the cache of a dataset for one kind of result and one settings string.
    pub fn open(root: &Path, kind: FeatureKind, settings: &str) -> Result<FeatureCache> {
        let path = root.join(CACHE_FILE);
        let connection = open_database(&path, SCHEMA, TABLES)?;
        let kind = match kind {
            FeatureKind::Poses => "poses",
            FeatureKind::Photo => "photo",
        };
        let text = format!("{kind} {settings}");
        let settings = connection
            .execute("INSERT OR IGNORE INTO settings (text) VALUES (?1)", [&text])
            .and_then(|_| connection.query_row("SELECT id FROM settings WHERE text = ?1", [&text], |row| row.get(0)))
            .map_err(DatasetError::database(&path))?;
        Ok(FeatureCache { connection, path, settings })
    }

    /// The bytes kept for this content.
    pub fn get(&self, hash: &str) -> Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached("SELECT value FROM results WHERE settings = ?1 AND hash = ?2")
            .and_then(|mut s| s.query_row(params![self.settings, hash], |row| row.get(0)).optional())
            .map_err(DatasetError::database(&self.path))
    }

    /// Keeps these results, all or none; results of the same content are replaced.
    pub fn put(&mut self, results: &[(String, Vec<u8>)]) -> Result<()> {
        let settings = self.settings;
        let mut write = || {
            let transaction = self.connection.transaction()?;
            {
                let mut statement = transaction
                    .prepare_cached("INSERT OR REPLACE INTO results (settings, hash, value) VALUES (?1, ?2, ?3)")?;
                for (hash, value) in results {
                    statement.execute(params![settings, hash, value])?;
                }
            }
            transaction.commit()
        };
        write().map_err(DatasetError::database(&self.path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_kept_by_kind_settings_and_content() {
        let dir = tempfile::tempdir().unwrap();
        let mut cache = FeatureCache::open(dir.path(), FeatureKind::Photo, "net v1").unwrap();
        cache.put(&[("a".to_string(), vec![1, 2]), ("b".to_string(), vec![])]).unwrap();
        assert_eq!(cache.get("a").unwrap(), Some(vec![1, 2]));
        assert_eq!(cache.get("b").unwrap(), Some(vec![]));
        assert_eq!(cache.get("c").unwrap(), None);
        drop(cache);
        for (kind, settings, found) in [
            (FeatureKind::Photo, "net v1", true),
            (FeatureKind::Photo, "net v2", false),
            (FeatureKind::Poses, "net v1", false),
        ] {
            let cache = FeatureCache::open(dir.path(), kind, settings).unwrap();
            assert_eq!(cache.get("a").unwrap().is_some(), found, "{kind:?} {settings}");
        }
    }
}
