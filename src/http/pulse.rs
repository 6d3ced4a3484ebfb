//! What a connection is waiting for, and since when.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering::Relaxed};

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Nothing has been sent yet.
    FirstByte,
    /// TLS is being negotiated.
    Handshake,
    /// Part of a request's head is here.
    Head,
    /// The head is here, the body is not.
    Body,
    /// HTTP/1: between two requests, or the client has yet to read the answer.
    Quiet,
    /// HTTP/2: no request is open. Frames that are no requests (pings, settings) do not change that.
    Resting,
    /// We are done; what the client still sends is thrown away.
    Closing,
    /// It is our turn.
    Working,
}

impl Phase {
    const ALL: [Self; 8] = [
        Self::FirstByte,
        Self::Handshake,
        Self::Head,
        Self::Body,
        Self::Quiet,
        Self::Resting,
        Self::Closing,
        Self::Working,
    ];
}

/// A connection's phase and the tick of the sweep's clock at which it last moved on. Written by the connection, read by the sweep, with plain
/// stores and loads: this is on the path of every request.
pub(super) struct Pulse {
    ticks: Arc<AtomicU32>,
    /// Phase in the low byte, tick above it, so that both change at once.
    state: AtomicU64,
    /// Open HTTP/2 requests.
    streams: AtomicU32,
}

impl Pulse {
    pub(super) fn new(ticks: Arc<AtomicU32>) -> Self {
        let pulse = Self { ticks, state: AtomicU64::new(0), streams: AtomicU32::new(0) };
        pulse.enter(Phase::FirstByte);
        pulse
    }

    #[inline]
    pub(super) fn enter(&self, phase: Phase) {
        self.state.store(u64::from(self.ticks.load(Relaxed)) << 8 | phase as u64, Relaxed);
    }

    #[inline]
    pub(super) fn phase(&self) -> Phase {
        if self.streams.load(Relaxed) > 0 {
            return Phase::Working;
        }
        Phase::ALL[(self.state.load(Relaxed) & 0xff) as usize % Phase::ALL.len()]
    }

    /// Ticks since the connection last moved on.
    pub(super) fn age(&self) -> u32 {
        self.ticks.load(Relaxed).wrapping_sub((self.state.load(Relaxed) >> 8) as u32)
    }

    /// Bytes came in: the first ones after an answer begin a head.
    #[inline]
    pub(super) fn received(&self) {
        if self.phase() == Phase::Quiet {
            self.enter(Phase::Head);
        }
    }

    /// Bytes went out: the client reads, so its time begins anew.
    #[inline]
    pub(super) fn sent(&self) {
        let state = self.state.load(Relaxed);
        if (state >> 8) as u32 != self.ticks.load(Relaxed) && self.phase() != Phase::Resting {
            self.enter(Phase::ALL[(state & 0xff) as usize % Phase::ALL.len()]);
        }
    }

    /// Whether the client has sent, or may be sending, what nobody will read.
    pub(super) fn has_unread(&self) -> bool {
        matches!(self.phase(), Phase::Head | Phase::Body)
    }
}

/// A request that is being answered. When dropped, the connection waits for its client again.
pub(super) struct Engaged {
    pulse: Arc<Pulse>,
    multiplexed: bool,
}

impl Engaged {
    /// `multiplexed`: the connection is HTTP/2 and may have more of them.
    pub(super) fn new(pulse: &Arc<Pulse>, multiplexed: bool) -> Self {
        if multiplexed {
            pulse.streams.fetch_add(1, Relaxed);
        } else {
            pulse.enter(Phase::Working);
        }
        Self { pulse: Arc::clone(pulse), multiplexed }
    }

    /// Whether the connection may have more of them.
    pub(super) fn is_multiplexed(&self) -> bool {
        self.multiplexed
    }
}

impl Drop for Engaged {
    fn drop(&mut self) {
        if self.multiplexed {
            self.pulse.enter(Phase::Resting);
            self.pulse.streams.fetch_sub(1, Relaxed);
        } else {
            self.pulse.enter(Phase::Quiet);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pulse() -> (Arc<AtomicU32>, Arc<Pulse>) {
        let ticks = Arc::new(AtomicU32::new(7));
        (Arc::clone(&ticks), Arc::new(Pulse::new(ticks)))
    }

    #[test]
    fn dripping_bytes_do_not_make_a_head_younger() {
        let (ticks, pulse) = pulse();
        pulse.enter(Phase::Quiet);
        ticks.store(9, Relaxed);
        pulse.received();
        assert_eq!((pulse.phase(), pulse.age()), (Phase::Head, 0));
        ticks.store(12, Relaxed);
        pulse.received();
        assert_eq!((pulse.phase(), pulse.age()), (Phase::Head, 3));
    }

    #[test]
    fn a_client_that_reads_stays_young() {
        let (ticks, pulse) = pulse();
        pulse.enter(Phase::Quiet);
        ticks.store(100, Relaxed);
        pulse.sent();
        assert_eq!((pulse.phase(), pulse.age()), (Phase::Quiet, 0));
    }

    #[test]
    fn a_multiplexed_connection_rests_when_its_last_request_ends() {
        let (ticks, pulse) = pulse();
        let (first, second) = (Engaged::new(&pulse, true), Engaged::new(&pulse, true));
        drop(first);
        assert_eq!(pulse.phase(), Phase::Working);
        ticks.store(50, Relaxed);
        drop(second);
        pulse.received();
        assert_eq!((pulse.phase(), pulse.age()), (Phase::Resting, 0));
        ticks.store(60, Relaxed);
        pulse.sent();
        assert_eq!(pulse.age(), 10, "a ping is no request");
    }

    #[test]
    fn ages_survive_the_wrapping_of_the_clock() {
        let ticks = Arc::new(AtomicU32::new(u32::MAX));
        let pulse = Pulse::new(Arc::clone(&ticks));
        ticks.store(1, Relaxed);
        assert_eq!(pulse.age(), 2);
    }
}
