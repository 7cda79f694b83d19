//! Bodies and how they are posed: lengths, postures as targets of hands and feet, and where every point then is.
//!
//! Axes of the body: x to the performer's left, y up, z to the front, metres; the floor is y = 0. Index 0 of a pair is the
//! left limb.

mod body;
mod joints;
mod posture;

pub use body::Body;
pub use joints::{Joints, at};
pub(crate) use joints::{bend, outward, span};
pub use posture::{Arm, Leg, Posture};
