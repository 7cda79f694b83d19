//! A folder that any static host can serve: the page, the runtime, the networks, the model.

mod page;

pub use page::{ORT_FILES, ORT_VERSION, WebNeeds, needs, page};
