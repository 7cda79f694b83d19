//! The record of samples: `samples.db`, an SQLite file in write-ahead mode.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use kihap_vision::Pose;
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params, params_from_iter};

use crate::error::{DatasetError, Result};
use crate::names;
use crate::pose_bytes;
use crate::sample::{Measures, Part, Reason, Sample, SampleId, SampleMeta};

/// Name of the record inside the dataset's folder.
pub(crate) const STORE_FILE: &str = "samples.db";

const SCHEMA: u32 = 1;

const TABLES: &str = "
CREATE TABLE samples (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    class TEXT NOT NULL,
    file TEXT UNIQUE,
    person TEXT, session TEXT, source TEXT, frame INTEGER, time_seconds REAL, view TEXT, step TEXT, split TEXT,
    hash TEXT NOT NULL,
    perceptual_hash INTEGER,
    width INTEGER NOT NULL, height INTEGER NOT NULL,
    sharpness REAL, brightness REAL, highlight REAL,
    pose BLOB,
    set_aside TEXT NOT NULL DEFAULT '[]',
    set_aside_at INTEGER,
    UNIQUE (class, hash)
);
CREATE INDEX samples_by_hash ON samples (hash);
CREATE TABLE moves (sample INTEGER PRIMARY KEY, class TEXT NOT NULL, old TEXT NOT NULL, new TEXT NOT NULL UNIQUE);
";

const COLUMNS: &str = "id, class, file, person, session, source, frame, time_seconds, view, step, split, hash, \
    perceptual_hash, width, height, sharpness, brightness, highlight, set_aside, set_aside_at";

/// What is stored of a sample beside its meta data.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub hash: String,
    pub perceptual_hash: Option<u64>,
    pub width: u32,
    pub height: u32,
    pub measures: Option<Measures>,
    pub pose: Option<Vec<u8>>,
}

/// A picture on its way to another class; see [`crate::Dataset::relabel`].
#[derive(Debug, Clone)]
pub(crate) struct Move {
    pub sample: SampleId,
    pub class: String,
    pub old: String,
    pub new: String,
}

#[derive(Debug)]
pub(crate) struct Store {
    connection: Connection,
    path: PathBuf,
}

/// Opens an SQLite file so that kill -9 loses no committed row, and two programs wait for each other.
pub(crate) fn open_database(path: &Path, schema: u32, tables: &str) -> Result<Connection> {
    let wrong = |e| DatasetError::database(path)(e);
    let mut connection = Connection::open(path).map_err(wrong)?;
    connection.busy_timeout(Duration::from_secs(30)).map_err(wrong)?;
    connection.pragma_update(None, "journal_mode", "WAL").map_err(wrong)?;
    connection.pragma_update(None, "synchronous", "NORMAL").map_err(wrong)?;
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(wrong)?;
    let found: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(wrong)?;
    if found > schema {
        return Err(DatasetError::Newer { path: path.to_path_buf(), found, known: schema });
    }
    if found == 0 {
        transaction.execute_batch(tables).map_err(wrong)?;
        transaction.pragma_update(None, "user_version", schema).map_err(wrong)?;
    }
    transaction.commit().map_err(wrong)?;
    Ok(connection)
}

impl Store {
    pub(crate) fn open(root: &Path) -> Result<Store> {
        let path = root.join(STORE_FILE);
        Ok(Store { connection: open_database(&path, SCHEMA, TABLES)?, path })
    }

    fn wrong(&self) -> impl Fn(rusqlite::Error) -> DatasetError + use<> {
        let path = self.path.clone();
        move |source| DatasetError::Database { path: path.clone(), source }
    }

    /// Runs `work` in a transaction that holds the write lock from its beginning; an error undoes everything.
    pub(crate) fn write<T>(&mut self, work: impl FnOnce(&Writer<'_>) -> Result<T>) -> Result<T> {
        let wrong = self.wrong();
        let path = self.path.clone();
        let transaction = self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&wrong)?;
        let writer = Writer { transaction, path };
        let value = work(&writer)?;
        writer.transaction.commit().map_err(wrong)?;
        Ok(value)
    }

    /// Every sample, in the order they were taken in.
    pub(crate) fn samples(&self) -> Result<Vec<Sample>> {
        self.chosen("ORDER BY id", &[])
    }

    /// The samples chosen by the end of a query, whose question marks `values` fill.
    pub(crate) fn chosen(&self, tail: &str, values: &[Value]) -> Result<Vec<Sample>> {
        self.ask(|connection| {
            let mut statement = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM samples {tail}"))?;
            statement.query_map(params_from_iter(values), sample_of)?.collect()
        })
    }

    /// Reads something from the record.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        question(&self.connection).map_err(self.wrong())
    }

    pub(crate) fn sample(&self, id: SampleId) -> Result<Sample> {
        self.connection
            .prepare_cached(&format!("SELECT {COLUMNS} FROM samples WHERE id = ?1"))
            .and_then(|mut s| s.query_row([id.0], sample_of).optional())
            .map_err(self.wrong())?
            .ok_or(DatasetError::UnknownSample(id))
    }

    /// The pose stored with a sample that is landmarks only.
    pub(crate) fn pose(&self, id: SampleId) -> Result<Option<Pose>> {
        let bytes: Option<Option<Vec<u8>>> = self
            .connection
            .prepare_cached("SELECT pose FROM samples WHERE id = ?1")
            .and_then(|mut s| s.query_row([id.0], |row| row.get(0)).optional())
            .map_err(self.wrong())?;
        bytes.ok_or(DatasetError::UnknownSample(id))?.map(|bytes| self.decoded(id, &bytes)).transpose()
    }

    /// The poses of all samples that are landmarks only.
    pub(crate) fn poses(&self) -> Result<HashMap<SampleId, Pose>> {
        let wrong = self.wrong();
        let mut statement =
            self.connection.prepare_cached("SELECT id, pose FROM samples WHERE pose IS NOT NULL").map_err(&wrong)?;
        let mut rows = statement.query([]).map_err(&wrong)?;
        let mut poses = HashMap::new();
        while let Some(row) = rows.next().map_err(&wrong)? {
            let id = SampleId(row.get(0).map_err(&wrong)?);
            let bytes = row.get_ref(1).and_then(|value| Ok(value.as_blob()?)).map_err(&wrong)?;
            poses.insert(id, self.decoded(id, bytes)?);
        }
        Ok(poses)
    }

    fn decoded(&self, id: SampleId, bytes: &[u8]) -> Result<Pose> {
        let pose = pose_bytes::decode(bytes).filter(|poses| poses.len() == 1).and_then(|mut poses| poses.pop());
        let what = || format!("the pose of sample {id}");
        pose.ok_or_else(|| DatasetError::Damaged { path: self.path.clone(), what: what() })
    }

    pub(crate) fn moves(&self) -> Result<Vec<Move>> {
        let wrong = self.wrong();
        let mut statement = self.connection.prepare("SELECT sample, class, old, new FROM moves").map_err(&wrong)?;
        let rows = statement
            .query_map([], |row| {
                Ok(Move { sample: SampleId(row.get(0)?), class: row.get(1)?, old: row.get(2)?, new: row.get(3)? })
            })
            .map_err(&wrong)?;
        let inside = |step: &Move| names::is_inside(&step.old) && names::is_inside(&step.new);
        let moves = rows.collect::<rusqlite::Result<Vec<_>>>().map_err(wrong)?;
        Ok(moves.into_iter().filter(inside).collect())
    }
}

/// The writing half, alive as long as its transaction.
pub(crate) struct Writer<'a> {
    transaction: Transaction<'a>,
    path: PathBuf,
}

impl Writer<'_> {
    fn execute(&self, sql: &str, values: impl rusqlite::Params) -> Result<usize> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(values))
            .map_err(DatasetError::database(&self.path))
    }

    fn first<T: rusqlite::types::FromSql>(&self, sql: &str, values: impl rusqlite::Params) -> Result<Option<T>> {
        self.transaction
            .prepare_cached(sql)
            .and_then(|mut statement| statement.query_row(values, |row| row.get(0)).optional())
            .map_err(DatasetError::database(&self.path))
    }

    /// The sample of `class` with this content.
    pub(crate) fn find(&self, class: &str, hash: &str) -> Result<Option<SampleId>> {
        let found = self.first("SELECT id FROM samples WHERE class = ?1 AND hash = ?2", params![class, hash])?;
        Ok(found.map(SampleId))
    }

    /// The file of a sample.
    pub(crate) fn file_of(&self, id: SampleId) -> Result<Option<String>> {
        Ok(self.first::<Option<String>>("SELECT file FROM samples WHERE id = ?1", [id.0])?.flatten())
    }

    /// A class other than `class` that holds the same content.
    pub(crate) fn other_class(&self, class: &str, hash: &str) -> Result<Option<String>> {
        self.first("SELECT class FROM samples WHERE hash = ?2 AND class <> ?1 ORDER BY id", params![class, hash])
    }

    /// Whether a sample's file, now or after a pending move, has this name; upper and lower case are the same on
    /// some file systems.
    pub(crate) fn file_is_taken(&self, file: &str) -> Result<bool> {
        let found: Option<i64> = self.first(
            "SELECT 1 FROM samples WHERE file = ?1 COLLATE NOCASE \
             UNION SELECT 1 FROM moves WHERE new = ?1 COLLATE NOCASE",
            [file],
        )?;
        Ok(found.is_some())
    }

    pub(crate) fn insert(&self, meta: &SampleMeta, file: Option<&str>, record: &Record) -> Result<SampleId> {
        self.execute(
            "INSERT INTO samples (class, file, person, session, source, frame, time_seconds, view, step, split, hash, \
             perceptual_hash, width, height, sharpness, brightness, highlight, pose) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
            params![
                meta.class,
                file,
                meta.person,
                meta.session,
                meta.source,
                meta.frame,
                meta.time_seconds,
                meta.view,
                meta.step,
                meta.split.map(Part::name),
                record.hash,
                record.perceptual_hash.map(u64::cast_signed),
                record.width,
                record.height,
                record.measures.map(|m| m.sharpness),
                record.measures.map(|m| m.brightness),
                record.measures.map(|m| m.highlight),
                record.pose,
            ],
        )?;
        Ok(SampleId(self.transaction.last_insert_rowid()))
    }

    /// Writes down what was not known about a sample before; what is known stays.
    pub(crate) fn fill_in(&self, id: SampleId, meta: &SampleMeta) -> Result<()> {
        self.execute(
            "UPDATE samples SET person = COALESCE(person, ?2), session = COALESCE(session, ?3), \
             view = COALESCE(view, ?4), step = COALESCE(step, ?5), split = COALESCE(split, ?6) WHERE id = ?1",
            params![id.0, meta.person, meta.session, meta.view, meta.step, meta.split.map(Part::name)],
        )?;
        Ok(())
    }

    /// Sets one column of these samples.
    pub(crate) fn set(&self, ids: &[SampleId], column: Column, value: Option<&str>) -> Result<()> {
        let sql = format!("UPDATE samples SET {} = ?2 WHERE id = ?1", column.name());
        for id in ids {
            if self.execute(&sql, params![id.0, value])? == 0 {
                return Err(DatasetError::UnknownSample(*id));
            }
        }
        Ok(())
    }

    pub(crate) fn set_aside(&self, id: SampleId, reasons: &[Reason], at: Option<i64>) -> Result<()> {
        let text = serde_json::to_string(reasons).unwrap_or_else(|_| "[]".to_string());
        match self
            .execute("UPDATE samples SET set_aside = ?2, set_aside_at = ?3 WHERE id = ?1", params![id.0, text, at])?
        {
            0 => Err(DatasetError::UnknownSample(id)),
            _ => Ok(()),
        }
    }

    pub(crate) fn restore_all(&self) -> Result<usize> {
        self.execute("UPDATE samples SET set_aside = '[]', set_aside_at = NULL WHERE set_aside_at IS NOT NULL", [])
    }

    pub(crate) fn begin_move(&self, step: &Move) -> Result<()> {
        self.execute(
            "INSERT INTO moves (sample, class, old, new) VALUES (?1, ?2, ?3, ?4)",
            params![step.sample.0, step.class, step.old, step.new],
        )?;
        Ok(())
    }

    /// Records that a picture arrived (`arrived`), or that it stayed where it was.
    pub(crate) fn end_move(&self, step: &Move, arrived: bool) -> Result<()> {
        if arrived {
            self.execute(
                "UPDATE samples SET class = ?2, file = ?3 WHERE id = ?1",
                params![step.sample.0, step.class, step.new],
            )?;
        }
        self.execute("DELETE FROM moves WHERE sample = ?1", [step.sample.0])?;
        Ok(())
    }

    pub(crate) fn set_class(&self, id: SampleId, class: &str) -> Result<()> {
        self.execute("UPDATE samples SET class = ?2 WHERE id = ?1", params![id.0, class])?;
        Ok(())
    }
}

/// The columns a user may set.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Column {
    Person,
    Session,
    View,
    Split,
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Person => "person",
            Column::Session => "session",
            Column::View => "view",
            Column::Split => "split",
        }
    }
}

fn sample_of(row: &Row<'_>) -> rusqlite::Result<Sample> {
    let set_aside: String = row.get(18)?;
    let measures: [Option<f32>; 3] = [row.get(15)?, row.get(16)?, row.get(17)?];
    let split: Option<String> = row.get(10)?;
    Ok(Sample {
        id: SampleId(row.get(0)?),
        class: row.get(1)?,
        file: row.get::<_, Option<String>>(2)?.filter(|file| names::is_inside(file)),
        person: row.get(3)?,
        session: row.get(4)?,
        source: row.get(5)?,
        frame: row.get(6)?,
        time_seconds: row.get(7)?,
        view: row.get(8)?,
        step: row.get(9)?,
        split: split.as_deref().and_then(Part::parse),
        hash: row.get(11)?,
        perceptual_hash: row.get::<_, Option<i64>>(12)?.map(i64::cast_unsigned),
        width: row.get(13)?,
        height: row.get(14)?,
        measures: match measures {
            [Some(sharpness), Some(brightness), Some(highlight)] => Some(Measures { sharpness, brightness, highlight }),
            _ => None,
        },
        set_aside: serde_json::from_str(&set_aside).unwrap_or_default(),
        set_aside_at: row.get(19)?,
    })
}
