//! The models Kihap brings along, trained from synthetic skeletons alone.

mod training;

pub use training::{BuiltinOptions, train_builtin};
