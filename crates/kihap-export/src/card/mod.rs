//! The model card: what is recorded about a model, for whoever meets the exported file.

mod english;
mod facts;
mod korean;

use kihap_learn::Model;

use crate::warning::ExportWarning;
pub use facts::Verified;

/// A model's card in both languages, Markdown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cards {
    /// In English.
    pub english: String,
    /// In Korean.
    pub korean: String,
}

/// Writes a model's card from what its folder records. `warnings` are the export's own, `verified` is what running the exported
/// file gave.
pub fn write(model: &Model, warnings: &[ExportWarning], verified: Option<&Verified>) -> Cards {
    let facts = facts::Facts::of(model);
    Cards {
        english: english::write(&facts, model, warnings, verified),
        korean: korean::write(&facts, model, warnings, verified),
    }
}
