//! Files in a zip, with a bound on what they unpack to.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// No text in an archive may unpack to more.
pub(super) const LARGEST_TEXT: u64 = 16 << 20;
/// No file in an archive may unpack to more (AlexNet's weights, the largest, have 250 MB).
pub(super) const LARGEST: u64 = 1 << 30;

/// A zip in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Archive<'a>, String> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("it is a damaged zip ({e})"))?;
        if zip.has_duplicate_names() {
            return Err("it is a zip with two files of one name, so that it is not clear which counts".into());
        }
        Ok(Archive { zip })
    }

    /// The full name of the file whose last part is `name`, the least nested one.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        let names = self.zip.file_names().flatten().filter(|full| full.rsplit('/').next() == Some(name));
        names.filter(|full| !full.starts_with("__MACOSX")).min_by_key(|full| full.len()).map(|full| full.into_owned())
    }

    /// The file called `name`, in full, of at most `limit` bytes.
    pub(super) fn read(&mut self, name: &str, limit: u64) -> Result<Vec<u8>, String> {
        let file = self.zip.by_name(name).map_err(|e| format!("its '{name}' cannot be read ({e})"))?;
        let mut bytes = Vec::new();
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| format!("its '{name}' is damaged ({e})"))?;
        if bytes.len() as u64 > limit {
            return Err(format!("its '{name}' unpacks to more than {limit} bytes"));
        }
        Ok(bytes)
    }
}
