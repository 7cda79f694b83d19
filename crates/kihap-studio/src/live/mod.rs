//! The camera's road: frames come over a WebSocket, landmarks and what is made of them go back.
//!
//! The page sends a text first, `{"mode":…}` with what the mode needs, then binary messages: the frame's number (u32), the page's clock in
//! milliseconds (f64), both little-endian, then a JPEG. Each answer is a text, `{"frame","clock_ms","work_ms","skipped","width","height",
//! "pose","result"}`. The newest frame wins: one that comes while another is worked on replaces the one that waits, so no
//! queue grows. Other texts are commands to the mode (`{"command":…}`); their answers have `"reply"` instead of `"frame"`.

mod frame;
mod modes;
mod practise;
mod recognise;
mod record;
mod session;
mod socket;
mod threads;

use axum::Router;
use axum::routing::get;

use crate::state::Studio;

pub(crate) use threads::Threads;

/// The route of the live socket.
pub(crate) fn router() -> Router<Studio> {
    Router::new().route("/live", get(socket::connect))
}
