//! A bound on the memory of pictures decoded ahead.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Counts the bytes of pictures in flight; taking more than is left waits.
pub(super) struct Budget {
    total: usize,
    state: Mutex<State>,
    freed: Condvar,
}

struct State {
    used: usize,
    closed: bool,
}

impl Budget {
    pub(super) fn new(total: usize) -> Budget {
        Budget { total, state: Mutex::new(State { used: 0, closed: false }), freed: Condvar::new() }
    }

    /// Bytes that `wanted` is charged as: no picture counts as more than half, so that the reader, who hands pictures
    /// on as soon as half of the budget is with it, can always be given another one.
    pub(super) fn charge(&self, wanted: usize) -> usize {
        wanted.min(self.total / 2)
    }

    /// Takes `charge` bytes, waiting until they are free; `false` when the budget was closed.
    pub(super) fn take(&self, charge: usize) -> bool {
        let mut state = self.lock();
        while !state.closed && state.used + charge > self.total {
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.used += charge;
        !state.closed
    }

    pub(super) fn give_back(&self, charge: usize) {
        self.lock().used -= charge;
        self.freed.notify_all();
    }

    /// Lets everybody who waits go home.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.freed.notify_all();
    }

    pub(super) fn half(&self) -> usize {
        self.total / 2
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
