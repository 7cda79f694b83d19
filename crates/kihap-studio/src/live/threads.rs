//! The threads on which cameras are worked off: a camera begins on the thread whose camera ended last.
//!
//! The C library gives a thread memory from an arena and keeps there what was freed. On ever other threads, every new camera would
//! cost once more what the one before no longer needs (about 100 MiB, mostly the pose network's).

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::Builder;

use tokio::sync::oneshot;

type Task = Box<dyn FnOnce() + Send>;
type Idle = Mutex<Vec<Sender<Task>>>;

/// As many threads as cameras were ever open at once. Those that are idle end with it.
#[derive(Debug, Default)]
pub(crate) struct Threads {
    idle: Arc<Idle>,
}

impl Threads {
    /// Begins to work on `task`; what is returned resolves when it has ended, by a panic too.
    ///
    /// # Errors
    /// When the system gives no further thread.
    pub(crate) fn run(&self, task: impl FnOnce() + Send + 'static) -> io::Result<oneshot::Receiver<()>> {
        let last = lock(&self.idle).pop();
        let thread = match last {
            Some(thread) => thread,
            None => begin()?,
        };
        let (over, ended) = oneshot::channel();
        let (idle, own) = (Arc::downgrade(&self.idle), thread.clone());
        let whole: Task = Box::new(move || {
            // The panic was told on the way; the thread serves the next camera.
            let _ = catch_unwind(AssertUnwindSafe(task));
            if let Some(idle) = idle.upgrade() {
                lock(&idle).push(own);
            }
            let _ = over.send(());
        });
        // A thread waits for tasks as long as somebody can send it some.
        let _ = thread.send(whole);
        Ok(ended)
    }
}

fn lock(idle: &Idle) -> MutexGuard<'_, Vec<Sender<Task>>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

fn begin() -> io::Result<Sender<Task>> {
    let (thread, tasks) = channel::<Task>();
    Builder::new().name("camera".to_owned()).spawn(move || tasks.into_iter().for_each(|task| task()))?;
    Ok(thread)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::Receiver;
    use std::thread::{self, ThreadId};

    /// The thread on which a task runs that waits for `until` to be dropped.
    fn held(threads: &Threads, until: Receiver<()>) -> (ThreadId, oneshot::Receiver<()>) {
        let (told, thread) = channel();
        let ended = threads.run(move || {
            told.send(thread::current().id()).unwrap();
            let _ = until.recv();
        });
        (thread.recv().unwrap(), ended.unwrap())
    }

    #[test]
    fn memory_of_practising_grew_by_an_arena_with_every_other_thread() {
        let threads = Threads::default();
        let one = || {
            let (end, until) = channel();
            drop(end);
            let (thread, ended) = held(&threads, until);
            ended.blocking_recv().unwrap();
            thread
        };
        let first = one();
        assert!((0..20).all(|_| one() == first), "one after the other, all on one thread");

        let [(end_a, until_a), (end_b, until_b)] = [channel(), channel()];
        let (a, a_ended) = held(&threads, until_a);
        let (b, b_ended) = held(&threads, until_b);
        assert_ne!(a, b, "two at once do not wait for one another");
        drop(end_a);
        a_ended.blocking_recv().unwrap();
        assert_eq!(one(), a);
        drop(end_b);
        b_ended.blocking_recv().unwrap();
        assert_eq!(one(), b, "what ended last");
    }

    #[test]
    fn a_panic_ends_its_task_and_not_the_thread() {
        let threads = Threads::default();
        let (told, thread) = channel();
        let ended = threads.run(move || {
            told.send(thread::current().id()).unwrap();
            panic!("meant to");
        });
        ended.unwrap().blocking_recv().unwrap();
        let (end, until) = channel();
        drop(end);
        let (after, ended) = held(&threads, until);
        ended.blocking_recv().unwrap();
        assert_eq!(after, thread.recv().unwrap());
    }

    #[test]
    fn threads_end_with_their_owner() {
        let threads = Threads::default();
        let (told, gone) = channel::<()>();
        thread_local!(static KEPT: std::cell::RefCell<Option<Sender<()>>> = const { std::cell::RefCell::new(None) });
        let ended = threads.run(move || KEPT.with(|kept| *kept.borrow_mut() = Some(told)));
        ended.unwrap().blocking_recv().unwrap();
        drop(threads);
        assert!(gone.recv().is_err(), "the thread's own things are dropped when it ends");
    }
}
