//! The files of a training beside its model: what was asked for, and the checkpoint. They outlive a killed server.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use kihap_jobs::TrainRequest;
use kihap_learn::{Checkpointing, Language};
use serde::{Deserialize, Serialize};

use crate::error::{Result, StudioError};
use crate::projects::{Project, folder_name, free_name, is_name};

const REQUEST: &str = ".request.json";
const CHECKPOINT: &str = ".checkpoint";

/// The page's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum UiLanguage {
    /// English.
    #[default]
    En,
    /// Korean.
    Ko,
}

impl From<UiLanguage> for Language {
    fn from(language: UiLanguage) -> Language {
        match language {
            UiLanguage::En => Language::English,
            UiLanguage::Ko => Language::Korean,
        }
    }
}

/// What is written down before a training starts.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) request: TrainRequest,
    #[serde(default)]
    pub(crate) language: UiLanguage,
    /// Seconds since 1970 at its start.
    pub(crate) started: u64,
}

impl Kept {
    /// What starts now.
    pub(crate) fn now(request: TrainRequest, language: UiLanguage) -> Kept {
        let started = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Kept { request, language, started }
    }
}

/// The trainings of a project as its folder of models has them.
#[derive(Debug, Clone)]
pub(crate) struct Runs {
    folder: PathBuf,
}

impl Runs {
    pub(crate) fn of(project: &Project) -> Runs {
        Runs { folder: project.models() }
    }

    /// The folder of a model, there or not.
    pub(crate) fn model(&self, name: &str) -> Result<PathBuf> {
        if is_name(name) { Ok(self.folder.join(name)) } else { Err(missing(name)) }
    }

    fn beside(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.join(format!("{name}{ending}"))
    }

    /// `wish` made a folder's name, with a number where that is taken.
    pub(crate) fn free_name(&self, wish: &str) -> Result<String> {
        free_name(&folder_name(wish)?, |name| {
            self.folder.join(name).exists()
                || self.beside(name, REQUEST).exists()
                || self.beside(name, CHECKPOINT).exists()
        })
    }

    /// Writes down what is about to be trained.
    pub(crate) fn keep(&self, name: &str, kept: &Kept) -> Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let text = serde_json::to_vec_pretty(kept).map_err(std::io::Error::from)?;
        let path = self.beside(name, REQUEST);
        let draft = self.beside(name, ".request.partial");
        std::fs::write(&draft, text)?;
        Ok(std::fs::rename(draft, path)?)
    }

    /// What was written down.
    pub(crate) fn kept(&self, name: &str) -> Result<Kept> {
        if !is_name(name) {
            return Err(missing(name));
        }
        let text = std::fs::read(self.beside(name, REQUEST)).map_err(|_| missing(name))?;
        serde_json::from_slice(&text).map_err(|error| {
            StudioError::Bad(format!("what was kept of the training {name} is damaged ({error}); discard it"))
        })
    }

    /// Where its checkpoint lies.
    pub(crate) fn checkpoint(&self, name: &str, resume: bool) -> Checkpointing {
        Checkpointing { file: self.beside(name, CHECKPOINT), resume }
    }

    /// Removes request and checkpoint; the model stays.
    pub(crate) fn clear(&self, name: &str) {
        // The request goes first: a checkpoint alone is no unfinished training.
        let _ = std::fs::remove_file(self.beside(name, REQUEST));
        let _ = std::fs::remove_file(self.beside(name, CHECKPOINT));
    }

    /// Names of trainings that were begun and not finished.
    pub(crate) fn unfinished(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(REQUEST).map(str::to_owned)).collect();
        names.sort();
        names
    }
}

fn missing(name: &str) -> StudioError {
    StudioError::NotFound { what: "training", name: name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kihap_dataset::split::SplitOptions;
    use kihap_jobs::{Recipe, Selection};

    fn kept() -> Kept {
        let recipe = Recipe::of("landmark-mlp").unwrap();
        let split = SplitOptions { test_persons: vec!["민수".into()], ..SplitOptions::default() };
        let request =
            TrainRequest { recipe, selection: Selection::default(), split, folds: Some(3), checkpointing: None };
        Kept::now(request, UiLanguage::Ko)
    }

    #[test]
    fn what_was_begun_is_found_again_as_it_was_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let runs = Runs { folder: folder.path().join("models") };
        assert!(runs.unfinished().is_empty(), "no folder yet");
        let name = runs.free_name("막기 a/b").unwrap();
        assert_eq!(name, "막기 a b");
        runs.keep(&name, &kept()).unwrap();
        assert_eq!(runs.unfinished(), std::slice::from_ref(&name));
        let read = runs.kept(&name).unwrap();
        let (found, asked) = (read.request, kept().request);
        assert_eq!((found.recipe, found.split, found.folds), (asked.recipe, asked.split, asked.folds));
        assert_eq!(read.language, UiLanguage::Ko);
        assert_eq!(runs.free_name("막기 a/b").unwrap(), "막기 a b 2", "the name is taken though there is no model yet");
        runs.clear(&name);
        assert!(runs.unfinished().is_empty());
        assert!(matches!(runs.kept(&name), Err(StudioError::NotFound { .. })));
    }

    #[test]
    fn names_never_lead_out_of_the_folder() {
        let runs = Runs { folder: PathBuf::from("/projects/p/models") };
        for bad in ["..", "../x", "/etc", ".hidden", ""] {
            assert!(runs.kept(bad).is_err() && runs.model(bad).is_err(), "{bad}");
        }
    }
}
