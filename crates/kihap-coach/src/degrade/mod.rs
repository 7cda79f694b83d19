//! What a real estimator makes of a true skeleton.
//!
//! The numbers lie in `errors.toml` beside this file, each with how it was measured.

mod bank;
mod bones;
mod degrader;
pub mod hidden;
mod latent;
mod limbs;
mod model;
mod picture;
#[cfg(test)]
mod tests;
mod view;

pub use bank::ErrorBank;
pub use degrader::Degrader;
pub use model::{
    BodyError, BoneError, BoneErrors, EdgeError, ErrorModel, ErrorModelError, JointError, JointErrors, LensError,
    LostError, MissingError, TimeError, ViewErrors,
};
