//! What a user must know about a split before believing its numbers.

use std::fmt;

use serde::Serialize;

use crate::sample::Part;

/// A reason to doubt the numbers of a split.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SplitWarning {
    /// The split was drawn at random, as asked for.
    RandomIsOptimistic,
    /// A random split although it is known who is in the pictures.
    PersonsIgnored {
        /// Persons with pictures on both sides.
        persons: usize,
    },
    /// There is one person only, so the split goes by recording session.
    OnePerson {
        /// Who.
        person: String,
    },
    /// Nothing is known about persons, so the split goes by recording session.
    PersonsUnknown,
    /// Nothing is known about persons and sessions, so the split goes by near-duplicates.
    SessionsUnknown,
    /// All pictures of a class belong to one group, which cannot be on both sides.
    SingleGroup {
        /// The class.
        class: String,
    },
    /// A part has no picture of a class.
    ClassMissing {
        /// The class.
        class: String,
        /// The part.
        part: Part,
    },
    /// A class has too few pictures for its numbers to mean much.
    TooFewSamples {
        /// The class.
        class: String,
        /// How many it has.
        samples: usize,
    },
    /// A part that was asked for has nothing in it.
    EmptyPart {
        /// The part.
        part: Part,
    },
    /// There is only one class, so there is nothing to tell apart.
    OneClass {
        /// The class.
        class: String,
    },
    /// Somebody was to be left out for testing, but is in no picture.
    UnknownPerson {
        /// Who.
        person: String,
    },
    /// The folders put near-duplicates, or pictures of one person or session, on both sides.
    FoldersLeak {
        /// Groups with pictures in train and in test.
        groups: usize,
    },
    /// The folders give no part for some samples, which went to train.
    PartUnknown {
        /// How many.
        samples: usize,
    },
    /// Fewer groups than folds, so that there are fewer folds.
    FewerFolds {
        /// Folds asked for.
        asked: usize,
        /// Folds made.
        made: usize,
    },
}

impl fmt::Display for SplitWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SplitWarning::RandomIsOptimistic => f.write_str(
                "The split is random: neighbouring frames of one recording are on both sides, so the numbers are \
                 optimistic. Use the grouped split to know how the model does on new recordings.",
            ),
            SplitWarning::PersonsIgnored { persons } => write!(
                f,
                "The split ignores persons: {persons} of them are on both sides, so the numbers say nothing about \
                 people the model has not seen."
            ),
            SplitWarning::OnePerson { person } => write!(
                f,
                "Every picture shows {person}: the split goes by recording session, so the numbers say nothing about \
                 other people. Add pictures of a second person."
            ),
            SplitWarning::PersonsUnknown => f.write_str(
                "It is not known who is in the pictures: the split goes by recording session, and the same person may \
                 be on both sides. Import with --person.",
            ),
            SplitWarning::SessionsUnknown => f.write_str(
                "Neither persons nor recording sessions are known: only near-duplicates are kept on one side, and the \
                 same person or room may be on both. Import with --person and --session.",
            ),
            SplitWarning::SingleGroup { class } => write!(
                f,
                "All pictures of {class} come from one person or recording, so they cannot be in training and in \
                 test: add another recording."
            ),
            SplitWarning::ClassMissing { class, part } => {
                write!(f, "The {part} part has no picture of {class}: its numbers say nothing about that class.")
            }
            SplitWarning::TooFewSamples { class, samples } => write!(
                f,
                "{class} has {samples} sample{}: too few for numbers that mean something. Add more, 30 at least.",
                if *samples == 1 { "" } else { "s" }
            ),
            SplitWarning::EmptyPart { part } => {
                write!(f, "The {part} part is empty: there are too few groups to fill it. Add another recording.")
            }
            SplitWarning::OneClass { class } => {
                write!(f, "There is only one class, {class}: there is nothing to tell apart. Add a second class.")
            }
            SplitWarning::UnknownPerson { person } => {
                write!(f, "{person} was to be left out for testing, but is in no picture: check the spelling.")
            }
            SplitWarning::FoldersLeak { groups } => write!(
                f,
                "The folders put {groups} group{} of pictures that belong together (one person, one recording, or \
                 near-duplicates) into train and test: the numbers are optimistic.",
                if *groups == 1 { "" } else { "s" }
            ),
            SplitWarning::PartUnknown { samples } => write!(
                f,
                "For {samples} samples the folders do not say whether they are for training or test: they went to \
                 training."
            ),
            SplitWarning::FewerFolds { asked, made } => write!(
                f,
                "Only {made} of {asked} folds: there are no more persons, recordings or pictures to keep apart."
            ),
        }
    }
}
