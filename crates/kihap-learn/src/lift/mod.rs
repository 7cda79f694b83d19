//! Lifting: BlazePose's skeletons put right by a network that learnt where the joints of drawn people really are.
//!
//! BlazePose's landmarks in the picture are good, its depths are not: limbs that point towards the camera come out bent, and bent ones
//! too straight. A lifter reads both and gives the 33 world coordinates anew.

mod example;
mod lifter;
mod loss;
mod training;

pub use example::LiftExample;
pub use lifter::Lifter;
pub use training::{LiftErrors, LiftRecord, LifterOptions, train_lifter};
