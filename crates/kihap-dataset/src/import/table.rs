//! Manifest tables: a CSV that names files and their classes.
//!
//! A header row, then one row a file. Columns, in any order and any case:
//! `file` (relative to the table) and one of `class`, `technique`, `label` are needed; `person`, `session`, `view`,
//! `split` and `step` are taken along; others are ignored. A table whose header names joints is a table of landmarks
//! instead, see [`super::landmarks`].

use std::path::Path;

use csv::{ReaderBuilder, StringRecord, Trim};

use crate::import::landmarks;
use crate::import::report::{ImportOptions, JoinedClasses};
use crate::import::skip::SkipReason;
use crate::import::sources::{Kind, Plan, kind_of};
use crate::sample::{Part, SampleMeta};

/// What a column of classes is called; `pose` is MediaPipe's tables' word.
const CLASS: [&str; 5] = ["class", "technique", "label", "class_name", "pose"];
/// What a column of files is called.
const FILE: [&str; 3] = ["file", "filename", "file_name"];
/// Larger tables are refused: a row without an end would fill the memory.
const LARGEST: u64 = 1 << 30;

/// Opens a table; cells are trimmed, rows may be short, a byte order mark is skipped.
pub(crate) fn open(path: &Path) -> Result<csv::Reader<std::fs::File>, SkipReason> {
    if std::fs::metadata(path).is_ok_and(|found| found.len() > LARGEST) {
        return Err(SkipReason::LargeTable);
    }
    ReaderBuilder::new().trim(Trim::All).flexible(true).from_path(path).map_err(|e| csv_problem(&e))
}

/// What is wrong with a table, for who saved it.
pub(crate) fn csv_problem(error: &csv::Error) -> SkipReason {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => SkipReason::NotUtf8,
        _ => SkipReason::Table { problem: error.to_string() },
    }
}

/// The header's names in lower case.
pub(crate) fn header(reader: &mut csv::Reader<std::fs::File>) -> Result<Vec<String>, SkipReason> {
    let header = reader.headers().map_err(|e| csv_problem(&e))?;
    Ok(header.iter().map(|h| h.trim_start_matches('\u{feff}').trim().to_lowercase()).collect())
}

/// Finds columns by name and reads cells, where an empty cell is none.
#[derive(Debug, Clone)]
pub(crate) struct Columns(Vec<String>);

impl Columns {
    pub(crate) fn new(header: Vec<String>) -> Columns {
        Columns(header)
    }

    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.0.iter().position(|h| h == name)
    }

    pub(crate) fn has_class(&self) -> bool {
        CLASS.iter().any(|n| self.position(n).is_some())
    }

    pub(crate) fn cell<'r>(&self, row: &'r StringRecord, name: &str) -> Option<&'r str> {
        self.position(name).and_then(|i| row.get(i)).filter(|c| !c.is_empty())
    }

    pub(crate) fn class<'r>(&self, row: &'r StringRecord) -> Option<&'r str> {
        CLASS.iter().find_map(|n| self.cell(row, n))
    }

    pub(crate) fn file<'r>(&self, row: &'r StringRecord) -> Option<&'r str> {
        FILE.iter().find_map(|n| self.cell(row, n))
    }

    /// What a row says beside the class and the file.
    pub(crate) fn meta(&self, row: &StringRecord) -> SampleMeta {
        let text = |name| self.cell(row, name).map(str::to_string);
        SampleMeta {
            person: text("person"),
            session: text("session"),
            view: text("view"),
            step: text("step"),
            split: self.cell(row, "split").and_then(Part::parse),
            ..SampleMeta::default()
        }
    }
}

/// Adds a table the user named, or that lies in a folder.
pub(crate) fn add_table(plan: &mut Plan, path: &Path, options: &ImportOptions) {
    let mut reader = match open(path) {
        Ok(reader) => reader,
        Err(reason) => return plan.skip(path, reason),
    };
    let header = match header(&mut reader) {
        Ok(header) => header,
        Err(reason) => return plan.skip(path, reason),
    };
    let columns = Columns::new(header.clone());
    if landmarks::Layout::of(&header).is_some() {
        let class = options.class.clone().unwrap_or_default();
        if class.is_empty() && !columns.has_class() {
            return plan.skip(path, SkipReason::NoClassColumn);
        }
        let meta = SampleMeta { class, ..SampleMeta::default() };
        return plan.add(path, Kind::Landmarks, meta, options);
    }
    if FILE.iter().all(|name| columns.position(name).is_none()) || !(columns.has_class() || options.class.is_some()) {
        return plan.skip(path, SkipReason::OtherTable);
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut rows = 0;
    for (index, row) in reader.records().enumerate() {
        rows += 1;
        let row = row.map_err(|e| csv_problem(&e));
        if let Err(problem) = row.and_then(|row| add_row(plan, folder, &columns, &row, options)) {
            // Rows as a spreadsheet counts them: the header is row 1.
            plan.skip(path, problem.in_row(index + 2));
        }
    }
    if rows == 0 {
        plan.skip(path, SkipReason::NoRows);
    }
}

/// Adds a table found inside a class folder: landmarks of that class.
pub(crate) fn add_table_of_class(
    plan: &mut Plan,
    path: &Path,
    class: &str,
    split: Option<Part>,
    options: &ImportOptions,
) {
    match open(path).and_then(|mut reader| header(&mut reader)) {
        Ok(header) if landmarks::Layout::of(&header).is_some() => {
            let meta = SampleMeta { class: class.to_string(), split, ..SampleMeta::default() };
            plan.add(path, Kind::Landmarks, meta, options);
        }
        Ok(_) => plan.skip(path, SkipReason::NoJoints),
        Err(reason) => plan.skip(path, reason),
    }
}

fn add_row(
    plan: &mut Plan,
    folder: &Path,
    columns: &Columns,
    row: &StringRecord,
    options: &ImportOptions,
) -> Result<(), SkipReason> {
    let file = columns.file(row).ok_or(SkipReason::NoFile)?;
    let class = match (&options.class, columns.class(row)) {
        (Some(class), _) => class.as_str(),
        (None, Some(class)) => class,
        (None, None) => return Err(SkipReason::NoClass),
    };
    if class.contains('+') && options.class.is_none() && options.joined_classes == JoinedClasses::Skip {
        return Err(SkipReason::SeveralClasses { class: class.to_owned() });
    }
    let class = crate::names::class_name(class)?;
    if let Some(split) = columns.cell(row, "split")
        && Part::parse(split).is_none()
    {
        return Err(SkipReason::NoPart { split: split.to_owned() });
    }
    let path = folder.join(file);
    if !path.is_file() {
        return Err(SkipReason::MissingFile { file: file.to_owned() });
    }
    let Some(kind) = kind_of(&path).filter(|k| *k != Kind::Landmarks) else {
        return Err(SkipReason::NoMedium { file: file.to_owned() });
    };
    let meta = SampleMeta { class, source: Some(file.to_string()), ..columns.meta(row) };
    plan.add(&path, kind, meta, options);
    Ok(())
}
