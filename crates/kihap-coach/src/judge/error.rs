//! What cannot be asked.

/// Why a question to the judge makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// The syllabus has no such technique.
    #[error("the syllabus has no technique {id:?}; `kihap judge` takes ids such as low_block")]
    UnknownTechnique {
        /// What was asked for.
        id: String,
    },
    /// What was named as stance is none.
    #[error("{id:?} is no stance of the syllabus; name one such as front_stance, or none")]
    NoStance {
        /// What was named.
        id: String,
    },
    /// A side was named for a technique that has none.
    #[error("{id:?} is the same on both sides; leave the side out")]
    NoSides {
        /// The technique.
        id: String,
    },
}
