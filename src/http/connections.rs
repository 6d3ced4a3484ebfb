//! The connections of one listener: how many there may be, and which must go.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;

use super::Limits;
use super::pulse::{Phase, Pulse};
use super::traffic::{Counted, Traffic};

/// All connections of one listener.
pub(super) struct Connections {
    slots: Arc<Semaphore>,
    capacity: u32,
    open: Mutex<Open>,
    ticks: Arc<AtomicU32>,
    tick: Duration,
    limits: Limits,
    traffic: Arc<Traffic>,
}

#[derive(Default)]
struct Open {
    next: u64,
    connections: HashMap<u64, Connection>,
}

struct Connection {
    pulse: Arc<Pulse>,
    task: AbortHandle,
}

/// Takes a connection out of the list however its task ends.
struct Listed {
    connections: Arc<Connections>,
    number: u64,
    _slot: OwnedSemaphorePermit,
    _counted: Counted,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.connections.open.lock().connections.remove(&self.number);
    }
}

impl Connections {
    pub(super) fn new(limits: &Limits, traffic: Arc<Traffic>) -> Self {
        let capacity = limits.connections.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Self {
            slots: Arc::new(Semaphore::new(capacity)),
            capacity: capacity as u32,
            open: Mutex::default(),
            ticks: Arc::default(),
            tick: limits.tick(),
            limits: limits.clone(),
            traffic,
        }
    }

    /// A place for one more connection. When there is none, the connection that has kept us waiting longest is closed; while every client is
    /// waiting for us, this waits.
    pub(super) async fn slot(&self) -> OwnedSemaphorePermit {
        loop {
            if let Ok(slot) = Arc::clone(&self.slots).try_acquire_owned() {
                return slot;
            }
            self.make_room();
            let slot = Arc::clone(&self.slots).acquire_owned();
            if let Ok(slot) = tokio::time::timeout(self.tick, slot).await {
                return slot.expect("the semaphore is never closed");
            }
        }
    }

    /// Serves a connection in a task of its own.
    pub(super) fn spawn<F>(self: &Arc<Self>, slot: OwnedSemaphorePermit, serve: impl FnOnce(Arc<Pulse>) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let pulse = Arc::new(Pulse::new(Arc::clone(&self.ticks)));
        let served = serve(Arc::clone(&pulse));
        // The list is locked until the connection is in it, so that a task that ends at once finds itself there.
        let mut open = self.open.lock();
        open.next += 1;
        let counted = self.traffic.enter();
        let listed = Listed { connections: Arc::clone(self), number: open.next, _slot: slot, _counted: counted };
        let number = listed.number;
        let task = tokio::spawn(async move {
            let _listed = listed;
            served.await;
        });
        open.connections.insert(number, Connection { pulse, task: task.abort_handle() });
    }

    /// Closes the connection that has kept us waiting longest, if one has for a tick at least.
    pub(super) fn make_room(&self) {
        let open = self.open.lock();
        let waiting =
            open.connections.values().filter(|one| one.pulse.phase() != Phase::Working && one.pulse.age() > 0);
        if let Some(stalest) = waiting.max_by_key(|one| one.pulse.age()) {
            tracing::debug!("closing the connection that has been idle longest, to make room");
            stalest.task.abort();
        }
    }

    /// Closes every connection that is over its time, once each tick, for ever.
    pub(super) async fn sweep(&self) {
        let mut interval = tokio::time::interval(self.tick);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            interval.tick().await;
            self.ticks.fetch_add(1, Relaxed);
            self.close_those(|phase, age| {
                // One more, as the first tick may have been all but over.
                self.allowance(phase).is_some_and(|limit| age > limit.div_duration_f32(self.tick).ceil() as u32)
            });
        }
    }

    fn allowance(&self, phase: Phase) -> Option<Duration> {
        match phase {
            Phase::FirstByte => Some(self.limits.first_byte),
            Phase::Handshake => Some(self.limits.handshake),
            Phase::Head => Some(self.limits.head),
            Phase::Quiet | Phase::Resting => Some(self.limits.idle),
            Phase::Closing => Some(self.limits.linger),
            // The body has a timer of its own, so that the client can be told.
            Phase::Body | Phase::Working => None,
        }
    }

    /// Closes the connections on which nobody has asked anything yet.
    pub(super) fn close_unused(&self) {
        self.close_those(|phase, _| matches!(phase, Phase::FirstByte | Phase::Handshake));
    }

    /// Closes all connections.
    pub(super) fn close_all(&self) {
        self.close_those(|_, _| true);
    }

    fn close_those(&self, condemned: impl Fn(Phase, u32) -> bool) {
        for connection in self.open.lock().connections.values() {
            if condemned(connection.pulse.phase(), connection.pulse.age()) {
                connection.task.abort();
            }
        }
    }

    /// Until the last connection is gone.
    pub(super) async fn gone(&self) {
        let _all = self.slots.acquire_many(self.capacity).await;
    }
}
