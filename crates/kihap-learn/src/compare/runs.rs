//! The runs of a comparison on disk, one file each, so that a stopped comparison goes on where it was.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{
    error::CompareError,
    plan::Plan,
    run::{Outcome, RunKey, RunResult},
};
use crate::error::LearnError;

const FOLDER: &str = "runs";
/// Version of the files' shape.
const SCHEMA: u32 = 1;

/// The finished runs of a comparison.
#[derive(Debug)]
pub struct Runs {
    folder: PathBuf,
    fingerprint: String,
    results: HashMap<RunKey, RunResult>,
}

#[derive(Serialize, Deserialize)]
struct RunFile<R> {
    schema: u32,
    fingerprint: String,
    #[serde(flatten)]
    result: R,
}

impl Runs {
    /// Opens the comparison in `folder`, which is made if need be, and reads the runs that are there already.
    /// `fingerprint` stands for everything that makes runs comparable (data, folds, options), but not for who is
    /// compared: networks and seeds may be added later.
    ///
    /// # Errors
    /// Runs of another fingerprint, damaged files, or a folder that cannot be read or made.
    pub fn open(folder: &Path, fingerprint: &str) -> Result<Runs, CompareError> {
        let folder = folder.join(FOLDER);
        fs::create_dir_all(&folder).map_err(LearnError::io("create", &folder))?;
        let mut results = HashMap::new();
        for entry in fs::read_dir(&folder).map_err(LearnError::io("read", &folder))? {
            let path = entry.map_err(LearnError::io("read", &folder))?.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let result = read(&path, fingerprint)?;
                results.insert(result.key.clone(), result);
            }
        }
        Ok(Runs { folder, fingerprint: fingerprint.to_owned(), results })
    }

    /// The result of a run, if it is there.
    pub fn get(&self, key: &RunKey) -> Option<&RunResult> {
        self.results.get(key)
    }

    /// Keeps a result: on disk, complete or not at all, replacing an earlier one of the same run.
    ///
    /// # Errors
    /// A disk that cannot be written.
    pub fn put(&mut self, result: RunResult) -> Result<(), CompareError> {
        let path = self.folder.join(file_name(&result.key));
        let file = RunFile { schema: SCHEMA, fingerprint: self.fingerprint.clone(), result: &result };
        let json = serde_json::to_vec(&file).map_err(|e| CompareError::Table { problem: e.to_string() })?;
        let draft = path.with_extension("part");
        fs::write(&draft, json).map_err(LearnError::io("write", &draft))?;
        fs::rename(&draft, &path).map_err(LearnError::io("rename", &draft))?;
        self.results.insert(result.key.clone(), result);
        Ok(())
    }

    /// The runs of the plan that are still to do, in its order; failed ones too where they are to be tried again.
    pub fn to_do(&self, plan: &Plan, retry_failures: bool) -> Vec<RunKey> {
        let done = |key: &RunKey| match self.get(key).map(|result| &result.outcome) {
            Some(Outcome::Measured(_)) => true,
            Some(Outcome::Failure(_)) => !retry_failures,
            None => false,
        };
        plan.keys().filter(|key| !done(key)).collect()
    }
}

fn read(path: &Path, fingerprint: &str) -> Result<RunResult, CompareError> {
    #[derive(Deserialize)]
    struct Mark {
        schema: u32,
        fingerprint: String,
    }
    let bytes = fs::read(path).map_err(LearnError::io("read", path))?;
    let damaged = |problem: String| CompareError::DamagedRun { path: path.to_owned(), problem };
    let mark: Mark = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    if mark.schema != SCHEMA {
        return Err(damaged(format!("it has schema {}, this program reads schema {SCHEMA}", mark.schema)));
    }
    if mark.fingerprint != fingerprint {
        return Err(CompareError::OtherComparison { path: path.to_owned() });
    }
    let file: RunFile<RunResult> = serde_json::from_slice(&bytes).map_err(|e| damaged(e.to_string()))?;
    Ok(file.result)
}

/// A file name that says which run it is, and that no other run has on any system.
fn file_name(key: &RunKey) -> String {
    let name = &key.contestant.name;
    let plain: String = name
        .chars()
        .map(|c| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' { c } else { '_' })
        .take(80)
        .collect();
    // Spaces become underscores and letters may be dropped, so the hash of all three names tells runs apart.
    let identity = format!("{}\n{}\n{}", name, key.contestant.model, key.contestant.input);
    let hash = blake3::hash(identity.as_bytes()).to_hex();
    format!("{plain}.{}.fold-{}.seed-{}.json", &hash[..8], key.fold, key.seed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::plan::Contestant;

    fn key(name: &str, fold: usize, seed: u64) -> RunKey {
        let contestant = Contestant { name: name.into(), model: "gru".into(), input: "sequence".into() };
        RunKey { contestant, fold, seed }
    }

    fn measured() -> crate::compare::Measured {
        crate::compare::Measured {
            accuracy: 0.1 + 0.2,
            macro_f1: 0.5,
            top2_error: 0.0,
            loss: 1.25,
            train_seconds: 3.5,
            ms_per_sample: None,
            parameters: 12,
            training_samples: 7,
            tested: Vec::new(),
            history: Vec::new(),
            warnings: vec![crate::Warning::NoValidation],
        }
    }

    #[test]
    fn runs_are_found_again_number_for_number_and_failures_are_tried_again_if_asked() {
        let place = tempfile::tempdir().unwrap();
        let plan = Plan::new(vec![key("gru ×2", 0, 0).contestant, key("gru", 0, 0).contestant], 1, vec![1]).unwrap();
        let mut runs = Runs::open(place.path(), "data 1").unwrap();
        assert_eq!(runs.to_do(&plan, false).len(), 2);
        runs.put(RunResult::measured(key("gru ×2", 0, 1), measured())).unwrap();
        runs.put(RunResult::failed(key("gru", 0, 1), "the loss is not a number")).unwrap();

        let again = Runs::open(place.path(), "data 1").unwrap();
        assert_eq!(again.get(&key("gru ×2", 0, 1)).unwrap().as_measured(), Some(&measured()));
        assert!(again.get(&key("gru ×2", 0, 2)).is_none());
        assert!(again.to_do(&plan, false).is_empty());
        assert_eq!(again.to_do(&plan, true), [key("gru", 0, 1)]);
        let names: Vec<_> = fs::read_dir(place.path().join("runs")).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(names.len(), 2, "{names:?}");
        assert!(names.iter().all(|name| name.to_str().unwrap().is_ascii()), "{names:?}");
    }

    #[test]
    fn runs_of_other_data_and_damaged_files_are_refused_by_name() {
        let place = tempfile::tempdir().unwrap();
        let mut runs = Runs::open(place.path(), "data 1").unwrap();
        runs.put(RunResult::failed(key("gru", 0, 1), "no")).unwrap();
        let refused = Runs::open(place.path(), "data 2").unwrap_err().to_string();
        assert!(refused.contains("fold-0.seed-1.json") && refused.contains("--out"), "{refused}");

        let path = place.path().join("runs").join(file_name(&key("gru", 0, 1)));
        fs::write(&path, &fs::read(&path).unwrap()[..20]).unwrap();
        let refused = Runs::open(place.path(), "data 1").unwrap_err().to_string();
        assert!(refused.contains("damaged") && refused.contains("trained again"), "{refused}");
        // a draft left by a crash is no run
        fs::rename(&path, path.with_extension("part")).unwrap();
        assert!(Runs::open(place.path(), "data 1").unwrap().get(&key("gru", 0, 1)).is_none());
    }
}
