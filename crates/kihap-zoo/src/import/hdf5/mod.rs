//! A reader of the part of HDF5 that Keras writes.
//!
//! Files as h5py writes them by default: superblock 0 or 1, object headers of version 1, groups as symbol tables, arrays
//! stored in one piece ("HDF5 File Format Specification", version 3.0). Arrays in compressed chunks and the newer layout
//! (`libver="latest"`), which Keras does not use, are refused by name. Nothing in the file is trusted: every place and size is
//! checked against the file's length, and no more is visited than fits into it.

mod bytes;
mod dataset;
mod file;
mod object;

pub(super) use dataset::Dataset;
pub(super) use file::{SIGNATURE, datasets};
