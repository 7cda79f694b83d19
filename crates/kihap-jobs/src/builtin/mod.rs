//! The models Kihap brings along, trained from synthetic stills alone, and what they see.

mod film_errors;
mod film_eyes;
mod films;
mod form_eyes;
mod headings;
mod lessons;
mod lifting;
mod open;
mod reader;
mod recognise;
mod start;
mod stills;
mod training;
mod window;

pub(crate) use film_eyes::{CourseEyes, FilmEyes};
pub use films::{FilmExample, FilmOptions, film_examples, film_moments, train_on_films};
pub(crate) use form_eyes::FormEyes;
pub use headings::Headings;
pub use lessons::{SeenLesson, draw_lessons};
pub use lifting::{LIFTER, lift_frames, train_builtin_lifter};
pub use open::{BUILTIN_PREFIX, builtin, lifter, open_model};
pub use reader::Reader;
pub use recognise::{Course, Recognised, form_of, recognise};
pub(crate) use recognise::{possible, split};
pub(crate) use start::start_from;
pub use stills::{SeenStill, draw_stills, read_stills};
pub use training::{BuiltinOptions, train_builtin};
