//! Bodies that perform the syllabus, and judgement of those who do.

pub mod demo;
pub mod figure;
