//! What the tests with models of others share.
#![allow(dead_code, reason = "each test file uses its part of this")]

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use kihap_vision::image::RgbImage;
use kihap_vision::picture;
use kihap_vision::weights::{Network, path_of};

/// The folder of data that are not part of the project; `None` (said aloud) where it is not there.
pub(crate) fn shared_data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIHAP_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {part} is not there (set KIHAP_SHARED_DATA)");
    None
}

/// Whether set-up has been run; where CI runs it must have been.
pub(crate) fn set_up(networks: &[Network]) -> bool {
    let missing = networks.iter().find(|network| !path_of(**network).exists());
    let library = kihap_vision::runtime::library_path();
    if missing.is_none() && library.exists() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{missing:?} or {} is missing: run `kihap setup`", library.display());
    eprintln!("skipped: {missing:?} or ONNX Runtime is missing (run `kihap setup`)");
    false
}

/// A picture of a zip.
pub(crate) fn picture_in(zip: &std::path::Path, name: &str) -> RgbImage {
    let mut archive = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    picture::decode(&bytes).unwrap()
}
