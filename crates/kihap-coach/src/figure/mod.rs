//! A drawn person in a dobok who performs basic motions, as a picture that a pose network takes for a person.
//!
//! It stands in for photographs where none may be shipped: in `kihap demo` and in end-to-end tests. A [`Scene`] says who
//! does what, where and in which frame; everything else follows from its seeds, so the same scene is the same picture.
//! The person (size, proportions, skin, hair, belt) hangs on `person_seed`; the room, the light and the camera on
//! `session_seed`; how exactly the motion is done on all three.
//!
//! Axes of the body: x to the performer's left, y up, z to the front, metres. A figure that faces the camera has z towards
//! it.

mod basics;
mod canvas;
mod drawn;
mod dress;
mod light;
mod look;
mod motion;
mod room;
mod scene;
mod solid;

pub use drawn::{Actor, draw, draw_room};
pub use motion::Motion;
pub use scene::{Drawing, Scene, render, true_pose};
