//! A frame as it comes over the socket, and the place where the newest one waits.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use axum::body::Bytes;

/// Bytes before the JPEG: number and clock.
const HEADER: usize = 12;

/// A frame that came.
#[derive(Debug)]
pub(crate) struct Incoming {
    /// Its number, counted by the page.
    pub(crate) number: u32,
    /// When it was taken, milliseconds of the page's clock.
    pub(crate) clock_ms: f64,
    message: Bytes,
}

impl Incoming {
    /// Reads a message; `None` where it is too short to hold a frame.
    pub(crate) fn parse(message: Bytes) -> Option<Incoming> {
        let number = u32::from_le_bytes(message.get(..4)?.try_into().ok()?);
        let clock_ms = f64::from_le_bytes(message.get(4..HEADER)?.try_into().ok()?);
        (message.len() > HEADER && clock_ms.is_finite()).then_some(Incoming { number, clock_ms, message })
    }

    /// The JPEG.
    pub(crate) fn jpeg(&self) -> &[u8] {
        &self.message[HEADER..]
    }
}

/// What the worker does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// A command of the page; all of them are worked off, in order.
    Command(serde_json::Value),
    /// The newest frame, and how many were replaced before it since the last one.
    Frame(Incoming, u32),
    /// The page has gone.
    Closed,
}

#[derive(Debug, Default)]
struct Waiting {
    commands: std::collections::VecDeque<serde_json::Value>,
    frame: Option<Incoming>,
    skipped: u32,
    closed: bool,
}

/// Between the socket and the worker: room for one frame.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    waiting: Mutex<Waiting>,
    come: Condvar,
}

/// Commands that may wait; a page that sends more without waiting for answers is broken.
const COMMANDS: usize = 64;

impl Desk {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a frame down, in the place of one that still waits.
    pub(crate) fn put(&self, frame: Incoming) {
        let mut waiting = self.lock();
        if waiting.frame.replace(frame).is_some() {
            waiting.skipped += 1;
        }
        self.come.notify_one();
    }

    /// Puts a command down; `false` where too many wait.
    pub(crate) fn command(&self, command: serde_json::Value) -> bool {
        let mut waiting = self.lock();
        let room = waiting.commands.len() < COMMANDS;
        if room {
            waiting.commands.push_back(command);
            self.come.notify_one();
        }
        room
    }

    /// Says that nothing comes any more.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
        self.come.notify_one();
    }

    /// Waits for something to do.
    pub(crate) fn next(&self) -> Next {
        let mut waiting = self.lock();
        loop {
            if let Some(command) = waiting.commands.pop_front() {
                return Next::Command(command);
            }
            if waiting.closed {
                return Next::Closed;
            }
            if let Some(frame) = waiting.frame.take() {
                return Next::Frame(frame, std::mem::take(&mut waiting.skipped));
            }
            waiting = self.come.wait(waiting).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u32) -> Bytes {
        let mut bytes = number.to_le_bytes().to_vec();
        bytes.extend(1.5f64.to_le_bytes());
        bytes.push(0xff);
        bytes.into()
    }

    #[test]
    fn the_newest_frame_wins_and_the_replaced_ones_are_counted() {
        let desk = Desk::default();
        (1..=3).for_each(|number| desk.put(Incoming::parse(message(number)).unwrap()));
        assert!(matches!(desk.next(), Next::Frame(frame, 2) if frame.number == 3 && frame.jpeg() == [0xff]));
        desk.put(Incoming::parse(message(4)).unwrap());
        assert!(matches!(desk.next(), Next::Frame(frame, 0) if frame.number == 4));
    }

    #[test]
    fn commands_come_first_and_the_end_last() {
        let desk = Desk::default();
        desk.put(Incoming::parse(message(1)).unwrap());
        assert!(desk.command(serde_json::json!({ "command": "end" })));
        desk.close();
        assert!(matches!(desk.next(), Next::Command(_)));
        assert!(matches!(desk.next(), Next::Closed));
    }

    #[test]
    fn short_messages_and_odd_clocks_are_no_frames() {
        assert!(Incoming::parse(Bytes::from_static(&[1, 2, 3])).is_none());
        let mut bytes = 1u32.to_le_bytes().to_vec();
        bytes.extend(f64::NAN.to_le_bytes());
        bytes.push(1);
        assert!(Incoming::parse(bytes.into()).is_none());
    }
}
