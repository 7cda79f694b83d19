//! Practising one motion at a time, by the rules of the original web app: a test begins when the ready stance is held, and a motion
//! passes with stars from a probability on.

mod evened;
mod ready;
mod star_test;
mod trial;

pub use evened::Evened;
pub use ready::ReadyWatch;
pub use star_test::{Progress, StarTest};
pub use trial::{Outcome, Trial};
