//! The files of an export: a folder, a zip, or one file alone. What is read is bounded before it is read.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::error::ForeignError;

/// Largest text (model.json, metadata.json, labels): those of ResNet50 have 0.3 MB.
pub(super) const LARGEST_TEXT: u64 = 16 << 20;
/// Largest file of weights, unpacked.
pub(super) const LARGEST_WEIGHTS: u64 = 512 << 20;
const MOST_ENTRIES: usize = 10_000;

/// The files of an export.
pub(super) struct Package {
    path: PathBuf,
    content: Content,
}

enum Content {
    Folder,
    Zip(Box<ZipArchive<File>>),
    File,
}

/// How zips begin, empty ones as well.
pub(super) const ZIP: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

impl Package {
    pub(super) fn open(path: &Path) -> Result<Package, ForeignError> {
        let error = |problem: String| ForeignError::new(path, problem);
        let unreadable =
            |e: std::io::Error| error(format!("it cannot be read ({e}); check the spelling and your rights"));
        let found = std::fs::metadata(path).map_err(unreadable)?;
        let content = if found.is_dir() {
            Content::Folder
        } else if !found.is_file() {
            return Err(error("it is neither a file nor a folder".into()));
        } else {
            let file = File::open(path).map_err(unreadable)?;
            let mut first = Vec::new();
            (&file).take(4).read_to_end(&mut first).map_err(unreadable)?;
            if ZIP.contains(&first.as_slice()) {
                Content::Zip(Box::new(checked_zip(file).map_err(error)?))
            } else {
                Content::File
            }
        };
        Ok(Package { path: path.to_owned(), content })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn is_zip(&self) -> bool {
        matches!(self.content, Content::Zip(_))
    }

    /// Full names of a zip's files, in its order; nothing for a folder or a file.
    pub(super) fn names(&self) -> Vec<String> {
        match &self.content {
            Content::Zip(zip) => zip.file_names().flatten().map(|name| name.into_owned()).collect(),
            _ => Vec::new(),
        }
    }

    /// The file called `name`, the least nested one of a zip; folders are not searched below.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        match &self.content {
            Content::Folder => self.path.join(name).is_file().then(|| name.to_owned()),
            Content::Zip(_) => self
                .names()
                .into_iter()
                .filter(|full| full.rsplit('/').next() == Some(name) && !full.starts_with("__MACOSX"))
                .min_by_key(String::len),
            // the others lie beside the one that was named
            Content::File => {
                let own = self.path.file_name().is_some_and(|own| own == name);
                (own || self.path.with_file_name(name).is_file()).then(|| name.to_owned())
            }
        }
    }

    /// The bytes of a file by its full name.
    pub(super) fn read(&mut self, name: &str, limit: u64) -> Result<Vec<u8>, ForeignError> {
        let path = self.path.clone();
        let error = |problem: String| ForeignError::new(&path, problem);
        let bytes = match &mut self.content {
            Content::Folder => read_file(&path.join(name), limit),
            Content::File => read_file(&path.with_file_name(name), limit),
            Content::Zip(zip) => {
                let entry = zip.by_name(name).map_err(|e| error(format!("its '{name}' cannot be read ({e})")))?;
                bounded(entry, limit)
            }
        };
        bytes.map_err(|problem| error(format!("its '{name}' {problem}")))
    }

    /// As [`Package::read`], for UTF-8.
    pub(super) fn text(&mut self, name: &str) -> Result<String, ForeignError> {
        let bytes = self.read(name, LARGEST_TEXT)?;
        String::from_utf8(bytes).map_err(|_| ForeignError::new(&self.path, format!("its '{name}' is no UTF-8 text")))
    }
}

fn checked_zip(file: File) -> Result<ZipArchive<File>, String> {
    let zip = ZipArchive::new(file).map_err(|e| format!("it is a damaged zip ({e}); get it again"))?;
    if zip.len() > MOST_ENTRIES {
        return Err(format!("it is a zip of {} files, more than any model has", zip.len()));
    }
    if zip.has_duplicate_names() {
        return Err("it is a zip with two files of one name, so that it is not clear which counts".into());
    }
    for name in zip.file_names() {
        let name = name.map_err(|e| format!("it is a damaged zip ({e}); get it again"))?;
        if leads_out(&name) {
            return Err(format!("it is a zip whose entry {name:?} leads out of it; such files are not read"));
        }
    }
    Ok(zip)
}

/// Whether a name in a zip would be a place outside of a folder it is unpacked to.
pub(crate) fn leads_out(name: &str) -> bool {
    let drive = matches!(name.as_bytes(), [letter, b':', b'/' | b'\\', ..] if letter.is_ascii_alphabetic());
    drive || name.starts_with(['/', '\\']) || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}

fn read_file(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let unreadable = |e: std::io::Error| format!("cannot be read ({e})");
    bounded(File::open(path).map_err(unreadable)?, limit)
}

fn bounded(source: impl Read, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes).map_err(|e| format!("is damaged ({e})"))?;
    if bytes.len() as u64 > limit {
        return Err(format!("has more than {} MB, which no model read here has", limit >> 20));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_lead_out_are_told_from_odd_ones() {
        for name in ["../x", "a/../../x", "/etc/passwd", "c:/x", "C:\\x", "..\\x", "a\0b"] {
            assert!(leads_out(name), "{name}");
        }
        for name in ["a/b", "a: b-!-0.jpg", "..a/b", "x..jpg", "a:b"] {
            assert!(!leads_out(name), "{name}");
        }
    }
}
