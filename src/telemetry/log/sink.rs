//! Where all lines of the log go, in their order.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::clock::{Stopwatch, WrittenTime, wall_nanoseconds};

/// How long lines come together before they are written. The first one after a pause is written at once.
const PAUSE: Duration = Duration::from_millis(50);
/// So many bytes are not kept waiting.
const MUCH: usize = 64 * 1024;
/// The most bytes that may wait for a reader who does not read, beside as many that are being written; lines beyond are dropped, and counted.
const MOST: usize = 4 * 1024 * 1024;
/// The most bytes of a buffer that is kept while there is nothing to write.
const KEPT: usize = 8 * 1024;
/// All that the writing thread needs: it calls `write`.
const STACK: usize = 64 * 1024;

/// A place for lines: a buffer, and a thread that empties it into stderr. The thread begins with the first line.
#[derive(Clone)]
pub struct Sink(Arc<Shared>);

struct Shared {
    state: Mutex<State>,
    /// There is something for the thread to do.
    work: Condvar,
    /// The thread has written everything.
    idle: Condvar,
}

struct State {
    waiting: Vec<u8>,
    dropped: u64,
    /// Dropped lines that the log does not tell of yet.
    untold: u64,
    time: WrittenTime,
    thread: Thread,
    /// Somebody waits until all is written.
    hurry: bool,
    output: Option<Box<dyn Write + Send>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thread {
    /// Not there yet.
    None,
    /// Waits for a line.
    Resting,
    /// Waits for more lines.
    Pausing,
    Writing,
}

impl Sink {
    /// A sink for stderr.
    pub fn stderr() -> Self {
        Self::new(io::stderr())
    }

    /// A sink for `output`.
    pub fn new(output: impl Write + Send + 'static) -> Self {
        let state = State {
            waiting: Vec::new(),
            dropped: 0,
            untold: 0,
            time: WrittenTime::default(),
            thread: Thread::None,
            hurry: false,
            output: Some(Box::new(output)),
        };
        Self(Arc::new(Shared { state: Mutex::new(state), work: Condvar::new(), idle: Condvar::new() }))
    }

    /// Adds a line, which `write` writes, line feed included. It is given the time, `2026-09-01T08:00:00.000000Z`.
    #[inline]
    pub(super) fn line(&self, write: impl FnOnce(&mut Vec<u8>, &[u8])) {
        let now = wall_nanoseconds();
        let mut state = self.0.state.lock();
        let State { waiting, time, .. } = &mut *state;
        if waiting.len() >= MOST {
            state.drop_line();
            return;
        }
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        text[..19].copy_from_slice(&time.text((now / 1_000_000_000) as u32)[..19]);
        let mut microseconds = now / 1_000 % 1_000_000;
        for digit in text[20..26].iter_mut().rev() {
            *digit = b'0' + (microseconds % 10) as u8;
            microseconds /= 10;
        }
        write(waiting, &text);
        self.wake(state);
    }

    /// Sees to it that what waits will be written.
    fn wake(&self, mut state: MutexGuard<'_, State>) {
        match state.thread {
            Thread::None => self.begin(state),
            Thread::Resting => {
                // It is woken once, not by every line until it runs.
                state.thread = Thread::Writing;
                self.0.work.notify_one();
            }
            Thread::Pausing if state.waiting.len() >= MUCH || state.hurry => {
                state.thread = Thread::Writing;
                self.0.work.notify_one();
            }
            Thread::Pausing | Thread::Writing => {}
        }
    }

    fn begin(&self, mut state: MutexGuard<'_, State>) {
        let Some(output) = state.output.take() else { return };
        let shared = Arc::clone(&self.0);
        let work = move || shared.serve(output);
        match thread::Builder::new().name("log".into()).stack_size(STACK).spawn(work) {
            Ok(_) => state.thread = Thread::Writing,
            // Without threads there is no simulator either.
            Err(_) => state.waiting.clear(),
        }
    }

    /// Waits until all lines are written, but not longer than `patience`: somebody may have stopped to read them.
    pub fn flush(&self, patience: Duration) {
        let watch = Stopwatch::start();
        // A panic may have come in the midst of a line.
        let Some(mut state) = self.0.state.try_lock_for(patience) else { return };
        while state.thread != Thread::None && !(state.waiting.is_empty() && state.thread != Thread::Writing) {
            let Some(left) = patience.checked_sub(watch.elapsed()).filter(|left| !left.is_zero()) else { break };
            state.hurry = true;
            if state.thread != Thread::Writing {
                state.thread = Thread::Writing;
                self.0.work.notify_one();
            }
            self.0.idle.wait_for(&mut state, left);
        }
        state.hurry = false;
    }

    /// How many lines were dropped so far.
    pub fn dropped(&self) -> u64 {
        self.0.state.lock().dropped
    }
}

impl State {
    #[cold]
    fn drop_line(&mut self) {
        self.dropped += 1;
        self.untold += 1;
    }
}

impl Shared {
    /// Writes what waits, for ever.
    fn serve(&self, mut output: Box<dyn Write + Send>) {
        let mut batch = Vec::new();
        let mut state = self.state.lock();
        loop {
            while state.waiting.is_empty() {
                if state.waiting.capacity() > KEPT {
                    state.waiting = Vec::new();
                }
                batch = Vec::new();
                state.thread = Thread::Resting;
                self.idle.notify_all();
                self.work.wait(&mut state);
            }
            state.thread = Thread::Writing;
            std::mem::swap(&mut state.waiting, &mut batch);
            let dropped = std::mem::take(&mut state.untold);
            drop(state);
            // Where stderr is closed, nobody wants to know.
            let _ = output.write_all(&batch);
            if dropped > 0 {
                let _ = writeln!(output, "({dropped} lines of the log were dropped here: nobody read them in time)");
            }
            let _ = output.flush();
            batch.clear();
            state = self.state.lock();
            if !state.hurry && state.waiting.len() < MUCH {
                state.thread = Thread::Pausing;
                self.idle.notify_all();
                self.work.wait_for(&mut state, PAUSE);
            }
        }
    }
}

/// Lines of others, such as those of `tracing`: each call is one line or several.
impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut state = self.0.state.lock();
        if state.waiting.len() >= MOST {
            state.drop_line();
        } else {
            state.waiting.extend_from_slice(bytes);
            self.wake(state);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl fmt::Debug for Sink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sink")
    }
}

#[cfg(test)]
mod tests;
