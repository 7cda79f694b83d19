//! What the tests with real networks and real pictures share.
#![allow(dead_code)]

use std::path::PathBuf;

use kihap_vision::weights::{Network, path_of};

/// The folder of pictures that are not part of the project; `None` (said aloud) where it is not there.
pub(crate) fn shared_data(part: &str) -> Option<PathBuf> {
    let root = std::env::var_os("KIHAP_SHARED_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let path = root.join(part);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: {part} is not there (set KIHAP_SHARED_DATA)");
    None
}

/// Whether set-up has been run; where CI runs it must have been.
pub(crate) fn have(networks: &[Network]) -> bool {
    let missing = networks.iter().find(|n| !path_of(**n).exists());
    let library = kihap_vision::runtime::library_path();
    if missing.is_none() && library.exists() {
        return true;
    }
    assert!(std::env::var_os("CI").is_none(), "{missing:?} or {} is missing: run `kihap setup`", library.display());
    eprintln!("skipped: {missing:?} or ONNX Runtime is missing (run `kihap setup`)");
    false
}

/// The value at `quantile` (0..=1) of `values`.
pub(crate) fn quantile(values: &mut [f32], quantile: f64) -> f32 {
    values.sort_by(f32::total_cmp);
    values[((values.len() - 1) as f64 * quantile).round() as usize]
}
