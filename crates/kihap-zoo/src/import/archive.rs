//! Files in a zip, with a bound on what they unpack to.

use std::io::{Cursor, Read};

use zip::ZipArchive;

/// No file in an archive may unpack to more (NASNet-Mobile's weights are 22 MB, ResNet50's 103 MB).
const LARGEST: u64 = 1 << 31;

/// A zip in memory.
pub(super) struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
}

impl<'a> Archive<'a> {
    pub(super) fn open(bytes: &'a [u8]) -> Result<Archive<'a>, String> {
        let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| format!("it is a damaged zip ({e})"))?;
        Ok(Archive { zip })
    }

    /// The full name of the file whose last part is `name`, the least nested one.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        let names = self.zip.file_names().flatten().filter(|full| full.rsplit('/').next() == Some(name));
        names.filter(|full| !full.starts_with("__MACOSX")).min_by_key(|full| full.len()).map(|full| full.into_owned())
    }

    /// The file called `name`, in full.
    pub(super) fn read(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let file = self.zip.by_name(name).map_err(|e| format!("its '{name}' cannot be read ({e})"))?;
        let mut bytes = Vec::new();
        file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(|e| format!("its '{name}' is damaged ({e})"))?;
        if bytes.len() as u64 > LARGEST {
            return Err(format!("its '{name}' unpacks to more than {LARGEST} bytes"));
        }
        Ok(bytes)
    }
}
