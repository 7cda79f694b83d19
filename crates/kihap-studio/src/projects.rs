//! Projects: the datasets in one folder. A project's id is its folder's name.

use std::collections::HashMap;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kihap_dataset::{Dataset, MANIFEST_FILE, Manifest};

use crate::error::{Result, StudioError};

/// Longest name of a project in bytes: a folder's name with room for a number.
const NAME_LIMIT: usize = 200;

/// An open project.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    id: String,
    folder: PathBuf,
    dataset: Arc<Mutex<Dataset>>,
}

impl Project {
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Where it lies.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where its models lie, one folder each.
    pub(crate) fn models(&self) -> PathBuf {
        self.folder.join("models")
    }

    /// Its dataset, for a short time. Call it where blocking is allowed ([`blocking`]).
    pub(crate) fn dataset(&self) -> MutexGuard<'_, Dataset> {
        // Every change of a dataset is one transaction, so a thread that broke off left it whole.
        self.dataset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All projects.
#[derive(Debug)]
pub(crate) struct Projects {
    folder: PathBuf,
    open: Mutex<HashMap<String, Project>>,
}

impl Projects {
    /// Those in `folder`, which is made where it is missing.
    pub(crate) fn open(folder: &Path) -> Result<Projects> {
        let failed = |source| StudioError::Projects { path: folder.display().to_string(), source };
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Projects { folder: folder.canonicalize().map_err(failed)?, open: Mutex::default() })
    }

    /// The folder of all projects.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Ids of all projects, in the order of their names.
    pub(crate) fn ids(&self) -> Result<Vec<String>> {
        let mut ids = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let entry = entry?;
            if entry.path().join(MANIFEST_FILE).is_file()
                && let Ok(name) = entry.file_name().into_string()
            {
                ids.push(name);
            }
        }
        ids.sort();
        Ok(ids)
    }

    /// A project by its id.
    pub(crate) fn get(&self, id: &str) -> Result<Project> {
        let missing = || StudioError::NotFound { what: "project", name: id.to_owned() };
        if !is_name(id) {
            return Err(missing());
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = self.folder.join(id);
        if !folder.join(MANIFEST_FILE).is_file() {
            // Somebody may have moved it away while it was open.
            open.remove(id);
            return Err(missing());
        }
        if let Some(project) = open.get(id) {
            return Ok(project.clone());
        }
        let dataset = Arc::new(Mutex::new(Dataset::open(&folder)?));
        let project = Project { id: id.to_owned(), folder, dataset };
        open.insert(id.to_owned(), project.clone());
        Ok(project)
    }

    /// Makes a new project. Its id is the name without what a folder's name may not hold, with a number where it is taken.
    pub(crate) fn create(&self, manifest: &Manifest) -> Result<Project> {
        let stem = folder_name(&manifest.name)?;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let id = free_name(&stem, |id| self.folder.join(id).exists())?;
        let folder = self.folder.join(&id);
        let dataset = Arc::new(Mutex::new(Dataset::create(&folder, manifest)?));
        let project = Project { id: id.clone(), folder, dataset };
        open.insert(id, project.clone());
        Ok(project)
    }
}

/// Whether a text is the plain name of a folder, and no path.
pub(crate) fn is_name(text: &str) -> bool {
    let mut parts = Path::new(text).components();
    let plain = matches!((parts.next(), parts.next()), (Some(Component::Normal(name)), None) if name == text);
    plain && !text.starts_with('.') && text.len() <= NAME_LIMIT && !text.contains(['/', '\\', '\0'])
}

pub(crate) fn folder_name(name: &str) -> Result<String> {
    let kept: String =
        name.chars().map(|c| if c.is_control() || r#"/\:*?"<>|"#.contains(c) { ' ' } else { c }).collect();
    let mut kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    kept = kept.trim_matches(|c: char| c == '.' || c == ' ').to_owned();
    while kept.len() > NAME_LIMIT {
        kept.pop();
    }
    if is_name(&kept) { Ok(kept) } else { Err(StudioError::Bad("a project needs a name with letters in it".into())) }
}

/// `stem`, with a number behind it where that is taken.
pub(crate) fn free_name(stem: &str, taken: impl Fn(&str) -> bool) -> Result<String> {
    std::iter::once(stem.to_owned())
        .chain((2..).map(|n| format!("{stem} {n}")))
        .find(|name| !taken(name))
        .ok_or_else(|| StudioError::Conflict(format!("there is no free name for {stem}")))
}

/// Runs work that blocks (disk, database, networks) off the server's threads.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(StudioError::BrokenOff(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_names_and_never_paths() {
        for good in ["basics", "우리 도장", "a-b_2"] {
            assert!(is_name(good), "{good}");
        }
        for bad in ["", ".", "..", "../x", "a/b", "/etc", "a\\b", ".hidden", "a/", "a\0"] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn a_projects_name_becomes_a_folder_and_twice_the_same_gets_a_number() {
        let folder = tempfile::tempdir().unwrap();
        let projects = Projects::open(folder.path()).unwrap();
        let manifest = Manifest::new(" ../우리: 도장 ", Vec::new());
        assert_eq!(projects.create(&manifest).unwrap().id(), "우리 도장");
        assert_eq!(projects.create(&manifest).unwrap().id(), "우리 도장 2");
        assert_eq!(projects.ids().unwrap(), ["우리 도장", "우리 도장 2"]);
        assert!(projects.create(&Manifest::new("..", Vec::new())).is_err());
        assert!(projects.get("..").is_err());
    }
}
