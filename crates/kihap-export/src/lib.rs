//! Readers and writers of other tools' formats.

pub mod teachable_machine;
