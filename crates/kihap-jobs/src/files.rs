//! The pictures and videos behind the paths a user names.

use std::path::{Path, PathBuf};

use kihap_vision::picture::is_picture;
use kihap_vision::video::is_video;
use walkdir::WalkDir;

/// A picture or video to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Where it lies.
    pub path: PathBuf,
    /// Its place inside the folder the user named; its name where the user named the file itself.
    pub inner: PathBuf,
}

/// A source that could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceProblem {
    /// The file or folder.
    pub source: String,
    /// Why.
    pub reason: String,
}

/// The files named, and the pictures and videos in the folders named, in order. What is not there or cannot be read is a
/// problem in its place.
pub fn files_of(sources: &[PathBuf]) -> Vec<Result<SourceFile, SourceProblem>> {
    let mut files = Vec::new();
    for source in sources {
        match std::fs::metadata(source) {
            Ok(found) if found.is_dir() => {
                let before = files.len();
                files.extend(WalkDir::new(source).sort_by_file_name().into_iter().filter_map(|e| inside(source, e)));
                if files.len() == before {
                    files.push(Err(problem(source, "the folder holds no pictures or videos".into())));
                }
            }
            Ok(_) => {
                let inner = source.file_name().map_or_else(|| source.clone(), PathBuf::from);
                files.push(Ok(SourceFile { path: source.clone(), inner }));
            }
            Err(e) => files.push(Err(problem(source, unreadable(&e)))),
        }
    }
    files
}

fn inside(folder: &Path, entry: walkdir::Result<walkdir::DirEntry>) -> Option<Result<SourceFile, SourceProblem>> {
    match entry {
        Ok(entry) => {
            let path = entry.into_path();
            let wanted = path.is_file() && (is_picture(&path) || is_video(&path));
            let inner = path.strip_prefix(folder).unwrap_or(&path).to_owned();
            wanted.then_some(Ok(SourceFile { path, inner }))
        }
        Err(e) => {
            let reason = e.io_error().map_or_else(|| e.to_string(), unreadable);
            Some(Err(problem(e.path().unwrap_or(folder), reason)))
        }
    }
}

fn problem(source: &Path, reason: String) -> SourceProblem {
    SourceProblem { source: source.display().to_string(), reason }
}

fn unreadable(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "there is no such file or folder; check the spelling".into(),
        std::io::ErrorKind::PermissionDenied => {
            "you have no right to read it; change its permissions (chmod -R u+rX)".into()
        }
        _ => format!("it cannot be read: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_and_what_is_missing_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("a/b")).unwrap();
        std::fs::create_dir(folder.path().join("empty")).unwrap();
        for file in ["a/b/2.jpg", "a/1.png", "a/notes.txt"] {
            std::fs::write(folder.path().join(file), b"x").unwrap();
        }
        let at = |name: &str| folder.path().join(name);
        let files = files_of(&[at("a"), at("a/notes.txt"), at("empty"), at("nowhere")]);
        let inner: Vec<_> = files.iter().flatten().map(|f| f.inner.to_str().unwrap()).collect();
        assert_eq!(inner, ["1.png", "b/2.jpg", "notes.txt"]);
        let problems: Vec<_> = files.iter().filter_map(|f| f.as_ref().err()).collect();
        assert!(problems[0].reason.contains("no pictures"), "{problems:?}");
        assert!(problems[1].reason.contains("no such file"), "{problems:?}");
    }
}
