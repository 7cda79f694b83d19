//! Results of practice and verification, kept so that a power cut loses none: a line each in `history/results.jsonl`, only ever
//! appended to, and a folder each with the details and pictures.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use kihap_jobs::live::{Both, Kept};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::error::{Result, StudioError};
use crate::projects::is_name;

const FOLDER: &str = "history";
const LINES: &str = "results.jsonl";
const DETAIL: &str = "detail.json";

/// A result in short.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) id: String,
    /// When, milliseconds since 1970.
    pub(crate) at_ms: u64,
    /// `verify`, `basics`, `form` or `sparring`.
    pub(crate) kind: String,
    /// What was practised: `{"ko","en"}`.
    pub(crate) title: Value,
    /// What came of it, in the kind's own words.
    pub(crate) result: Value,
}

/// A result to be kept.
pub(crate) struct Outcome<'a> {
    pub(crate) kind: &'static str,
    pub(crate) title: Both,
    pub(crate) result: Value,
    pub(crate) detail: Value,
    /// Pictures by the number of their frame.
    pub(crate) pictures: &'a [(usize, Kept)],
}

/// All results.
#[derive(Debug)]
pub(crate) struct History {
    folder: PathBuf,
    writing: Mutex<()>,
}

impl History {
    /// Those beside the projects.
    pub(crate) fn of(projects: &Path) -> History {
        History { folder: projects.join(FOLDER), writing: Mutex::default() }
    }

    /// Keeps a result.
    pub(crate) fn add(&self, new: &Outcome<'_>) -> Result<Entry> {
        let at_ms = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64);
        let id = format!("{at_ms}-{:04x}", rand::random::<u16>());
        // The details first: a line never names what is not there.
        fs::create_dir_all(&self.folder)?;
        let made = tempfile::Builder::new().prefix(".new-").tempdir_in(&self.folder)?;
        let mut pictures = Vec::with_capacity(new.pictures.len());
        for (frame, kept) in new.pictures {
            fs::write(made.path().join(format!("{frame}.jpg")), &kept.jpeg)?;
            pictures.push(
                json!({ "frame": frame, "width": kept.width, "height": kept.height, "points": short(&kept.points) }),
            );
        }
        let entry = Entry { id, at_ms, kind: new.kind.into(), title: json!(new.title), result: new.result.clone() };
        let mut detail = json!(entry);
        detail["detail"] = new.detail.clone();
        detail["pictures"] = json!(pictures);
        fs::write(made.path().join(DETAIL), detail.to_string())?;
        fs::rename(made.keep(), self.folder.join(&entry.id))?;
        self.append(&json!(entry).to_string())?;
        Ok(entry)
    }

    fn append(&self, line: &str) -> Result<()> {
        let _only = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(LINES);
        let mut file = OpenOptions::new().create(true).read(true).append(true).open(path)?;
        // A line that a power cut left unfinished must not swallow the next one.
        let torn = ends_torn(&mut file)?;
        let text = format!("{}{line}\n", if torn { "\n" } else { "" });
        file.write_all(text.as_bytes())?;
        file.sync_data()?;
        Ok(())
    }

    /// All results, the newest first. Lines that cannot be read are left out.
    pub(crate) fn list(&self) -> Result<Vec<Entry>> {
        let text = match fs::read_to_string(self.folder.join(LINES)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error.into()),
        };
        let mut entries: Vec<Entry> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        entries.reverse();
        Ok(entries)
    }

    /// A result with its details.
    pub(crate) fn detail(&self, id: &str) -> Result<Value> {
        let text = fs::read_to_string(self.file(id, DETAIL)?).map_err(|_| missing(id))?;
        serde_json::from_str(&text).map_err(|error| StudioError::Io(error.into()))
    }

    /// A picture of a result, as JPEG.
    pub(crate) fn picture(&self, id: &str, frame: usize) -> Result<Vec<u8>> {
        fs::read(self.file(id, &format!("{frame}.jpg"))?).map_err(|_| missing(id))
    }

    fn file(&self, id: &str, name: &str) -> Result<PathBuf> {
        if is_name(id) { Ok(self.folder.join(id).join(name)) } else { Err(missing(id)) }
    }
}

fn missing(id: &str) -> StudioError {
    StudioError::NotFound { what: "result", name: id.to_owned() }
}

fn short(points: &[[f32; 3]]) -> Vec<[f64; 3]> {
    let cut = |value: f32, places: f64| (f64::from(value) * places).round() / places;
    points.iter().map(|[x, y, seen]| [cut(*x, 10.0), cut(*y, 10.0), cut(*seen, 100.0)]).collect()
}

fn ends_torn(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != [b'\n'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(pictures: &[(usize, Kept)]) -> Outcome<'_> {
        let title = Both { ko: "태극 1장".into(), en: "Taegeuk 1".into() };
        Outcome { kind: "form", title, result: json!({ "score": 3.4 }), detail: json!({ "steps": [] }), pictures }
    }

    #[test]
    fn results_come_back_the_newest_first_with_details_and_pictures() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::of(folder.path());
        assert!(history.list().unwrap().is_empty());
        let picture = Kept { seconds: 1.0, jpeg: vec![1, 2, 3], width: 4, height: 3, points: vec![[1.04, 2.0, 0.987]] };
        let first = history.add(&new(&[(7, picture)])).unwrap();
        let second = history.add(&new(&[])).unwrap();
        let ids: Vec<String> = history.list().unwrap().into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, [second.id, first.id.clone()]);
        let detail = history.detail(&first.id).unwrap();
        assert_eq!(detail["pictures"][0]["points"][0], json!([1.0, 2.0, 0.99]));
        assert_eq!(history.picture(&first.id, 7).unwrap(), [1, 2, 3]);
        assert!(history.picture(&first.id, 8).is_err());
        assert!(history.detail("../../etc").is_err());
    }

    #[test]
    fn a_torn_line_costs_only_itself() {
        let folder = tempfile::tempdir().unwrap();
        let history = History::of(folder.path());
        let first = history.add(&new(&[])).unwrap();
        let lines = folder.path().join(FOLDER).join(LINES);
        let whole = fs::read_to_string(&lines).unwrap();
        fs::write(&lines, format!("{whole}{}", &whole[..20])).unwrap();
        let second = History::of(folder.path()).add(&new(&[])).unwrap();
        let ids: Vec<String> = history.list().unwrap().into_iter().map(|entry| entry.id).collect();
        assert_eq!(ids, [second.id, first.id]);
    }
}
