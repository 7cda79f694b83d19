//! Who is who: poses of several people put to tracks that keep their person when they cross.

mod features;
mod motion;
mod tracks;

pub use tracks::{PeopleTracks, TrackOptions, TrackedPose};
