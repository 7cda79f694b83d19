//! Changing pictures at random while training, so that a network doesn't learn one room's light and one camera's place.
//!
//! [`PictureAugmentation`] says how far, [`PictureAugmentation::draw`] throws the dice for one picture, and
//! [`AugmentationDraw::apply`] makes the network's input from the picture in one pass.

mod drawn;
mod settings;
mod warp;

pub use drawn::{AugmentationDraw, ErasedBox};
pub use settings::{AugmentationError, Erasing, Fill, PictureAugmentation};
pub use warp::Layout;
