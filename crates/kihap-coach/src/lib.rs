//! Bodies that perform the syllabus, and judgement of those who do.

mod chance;

pub mod camera;
pub mod degrade;
pub mod demo;
pub mod figure;
pub mod judge;
pub mod kinematics;
pub mod measure;
pub mod performance;
pub mod postures;
pub mod practise;
pub mod reading;
pub mod spar;
pub mod synth;
pub mod track;
