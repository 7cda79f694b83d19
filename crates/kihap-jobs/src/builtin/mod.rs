//! The models Kihap brings along, trained from synthetic stills alone.

mod stills;
mod training;

pub use stills::{SeenStill, draw_stills, read_stills};
pub use training::{BuiltinOptions, train_builtin};
