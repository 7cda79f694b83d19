//! Sees that the folder of the built page exists, so that the crate compiles without Node; the studio then says that its page was
//! not built.

use std::path::Path;

fn main() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist");
    println!("cargo::rerun-if-changed={}", page.display());
    if let Err(error) = std::fs::create_dir_all(&page) {
        println!("cargo::error=cannot make {}: {error}", page.display());
    }
}
