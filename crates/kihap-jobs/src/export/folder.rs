//! The folder of an export: complete or not at all.

use std::path::{Path, PathBuf};

use crate::error::{JobError, Result};

/// Marks a folder as an export, so that another export may replace it.
pub(super) const MARK: &str = "kihap-export.json";

/// One file of an export.
#[derive(Debug, Clone)]
pub(super) struct File {
    /// Path within the folder, with `/`.
    pub(super) name: String,
    pub(super) bytes: Vec<u8>,
}

impl File {
    pub(super) fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> File {
        File { name: name.into(), bytes: bytes.into() }
    }
}

/// Refuses a folder that holds something else than an export.
pub(super) fn check(out: &Path) -> Result<()> {
    let occupied = if out.is_dir() {
        let filled = std::fs::read_dir(out).is_ok_and(|mut entries| entries.next().is_some());
        filled && !out.join(MARK).is_file()
    } else {
        out.exists()
    };
    if occupied {
        return Err(JobError::File {
            path: out.to_owned(),
            reason: "there is something else than an export; choose another --out, or empty it".into(),
        });
    }
    Ok(())
}

/// Writes the files beside `out` and moves them there at once.
pub(super) fn write(out: &Path, files: &[File]) -> Result<()> {
    let parent = match out.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => PathBuf::from("."),
    };
    std::fs::create_dir_all(&parent).map_err(JobError::io(&parent))?;
    let draft = tempfile::Builder::new().prefix(".kihap-export-").tempdir_in(&parent).map_err(JobError::io(&parent))?;
    // a folder within the temporary one, which alone has the rights new folders have
    let folder = draft.path().join("export");
    for file in files {
        let path = folder.join(&file.name);
        let within = path.parent().unwrap_or(&folder);
        std::fs::create_dir_all(within).map_err(JobError::io(within))?;
        std::fs::write(&path, &file.bytes).map_err(JobError::io(&path))?;
    }
    if out.exists() {
        std::fs::rename(out, draft.path().join("before")).map_err(JobError::io(out))?;
    }
    std::fs::rename(&folder, out).map_err(JobError::io(out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_replaces_an_export_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        check(&out).unwrap();
        write(&out, &[File::new(MARK, "{}"), File::new("web/a.js", "1")]).unwrap();
        assert_eq!(std::fs::read_to_string(out.join("web/a.js")).unwrap(), "1");
        check(&out).unwrap();
        write(&out, &[File::new(MARK, "{}")]).unwrap();
        assert!(!out.join("web").exists());
        std::fs::remove_file(out.join(MARK)).unwrap();
        std::fs::write(out.join("holiday.jpg"), "x").unwrap();
        assert!(check(&out).unwrap_err().to_string().contains("something else"));
        assert!(check(&out.join("holiday.jpg")).is_err());
    }
}
