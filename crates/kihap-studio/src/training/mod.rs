//! Training: what can be trained, what the page asks for, the job, and what a killed server leaves behind.

mod job;
mod networks;
mod order;
mod runs;
mod told;

pub(crate) use job::{Start, compact, start};
pub(crate) use networks::{NetworkView, Obstacle as NetworkObstacle, StartView, networks, starts};
pub(crate) use order::Order;
pub(crate) use runs::{Kept, Runs, UiLanguage};
pub(crate) use told::{Told, told};
