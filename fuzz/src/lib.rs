//! What the fuzz targets call, and valid files to start from.

pub mod seeds;
pub mod targets;
