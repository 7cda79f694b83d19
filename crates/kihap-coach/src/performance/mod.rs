//! A body that performs a form, a technique or something else in time, and the camera that films it.
//!
//! Axes of the floor: x to the performer's left at the start (west), y up, z to the front at the start (north), metres;
//! the floor is y = 0. Headings are degrees clockwise seen from above, 0 north, as [`kihap_syllabus::Heading`] has them.

mod act;
mod base;
mod choreography;
mod ease;
mod fault;
mod faulted;
mod film;
mod footwork;
mod idle;
mod manner;
mod moving;
mod shoot;
#[cfg(test)]
mod tests;
mod truth;
mod upper;

pub use fault::{Breach, Fault, FaultKind};
pub use film::{Film, FilmFrame, film};
pub use idle::Idle;
pub use manner::Manner;
pub use moving::{Performance, PerformanceError};
pub use shoot::Shoot;
pub use truth::{InjectedFault, Phase, StepTime, TechniqueTime, Truth};
