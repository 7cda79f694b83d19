//! What the tests with models of others share.
#![allow(dead_code, unused_imports, reason = "each test file uses its part of this")]

// The shared data and the networks are looked for as the tests of kihap-vision do it.
#[path = "../../../kihap-vision/tests/common/mod.rs"]
mod vision;

use std::fs::File;
use std::io::Read;

use kihap_vision::image::RgbImage;
use kihap_vision::picture;

pub(crate) use vision::{have as set_up, shared_data};

/// A picture of a zip.
pub(crate) fn picture_in(zip: &std::path::Path, name: &str) -> RgbImage {
    let mut archive = zip::ZipArchive::new(File::open(zip).unwrap()).unwrap();
    let mut bytes = Vec::new();
    archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
    picture::decode(&bytes).unwrap()
}
