//! Counters for each operation.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU16, AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use parking_lot::Mutex;

use super::Named;
use crate::random::hash;
use crate::telemetry::Observation;

/// The upper ends of the buckets of durations: as Prometheus reads them, and in nanoseconds. Most answers take tens of microseconds; what takes
/// longer waits on purpose.
pub(super) const BUCKETS: [(&str, u64); 15] = [
    ("0.00005", 50_000),
    ("0.0001", 100_000),
    ("0.00025", 250_000),
    ("0.0005", 500_000),
    ("0.001", 1_000_000),
    ("0.0025", 2_500_000),
    ("0.005", 5_000_000),
    ("0.01", 10_000_000),
    ("0.025", 25_000_000),
    ("0.05", 50_000_000),
    ("0.1", 100_000_000),
    ("0.5", 500_000_000),
    ("1", 1_000_000_000),
    ("5", 5_000_000_000),
    ("30", 30_000_000_000),
];

/// The statuses of one operation that are counted each by itself; no service has so many.
const STATUSES: usize = 16;
/// Stands for an exchange that ended without an answer.
const NONE: u16 = 1;
/// Stands for all statuses for which there was no more place.
const OTHER: u16 = 2;

/// The operations of one side, found by their names.
#[derive(Debug)]
pub(super) struct Calls {
    operations: Vec<Operation>,
    /// Numbers of operations, each at the first free place from its name's hash on.
    places: Box<[Option<u16>]>,
    /// How many requests were refused, by operation and refusal.
    refusals: Mutex<BTreeMap<(&'static str, &'static str), u64>>,
}

/// What is counted of one operation.
#[derive(Debug)]
pub(super) struct Operation {
    pub(super) name: &'static str,
    path: &'static str,
    statuses: [Status; STATUSES],
    buckets: [AtomicU64; BUCKETS.len() + 1],
    nanoseconds: AtomicU64,
    faults: AtomicU64,
}

/// A status, 0 while the place is free, and how often it was answered.
#[derive(Debug, Default)]
struct Status {
    status: AtomicU16,
    count: AtomicU64,
}

impl Calls {
    /// Counters for these operations and one for what is none of them. Several routes of one operation share its counters.
    pub(super) fn new(named: impl IntoIterator<Item = Named>) -> Self {
        let mut operations = vec![Operation::new(("unknown", ""))];
        for named in named {
            if operations.iter().all(|known| known.name != named.0) {
                operations.push(Operation::new(named));
            }
        }
        let mut places = vec![None; (operations.len() * 2).next_power_of_two()].into_boxed_slice();
        for (number, operation) in (0..).zip(&operations) {
            let mut at = place(operation.name, places.len());
            while places[at].is_some() {
                at = (at + 1) % places.len();
            }
            places[at] = Some(number);
        }
        Self { operations, places, refusals: Mutex::default() }
    }

    fn operation(&self, name: &str) -> &Operation {
        let mut at = place(name, self.places.len());
        while let Some(number) = self.places[at] {
            let operation = &self.operations[usize::from(number)];
            if operation.name == name {
                return operation;
            }
            at = (at + 1) % self.places.len();
        }
        &self.operations[0]
    }

    /// Counts an exchange; answers the path of its route.
    pub(super) fn count(&self, seen: &Observation<'_>) -> Option<&'static str> {
        let operation = self.operation(seen.operation);
        operation.count(seen.status.map_or(NONE, |status| status.as_u16()), seen.duration);
        if let Some(refusal) = seen.refusal {
            *self.refusals.lock().entry((operation.name, refusal)).or_default() += 1;
        }
        if seen.fault.is_some() {
            operation.faults.fetch_add(1, Relaxed);
        }
        Some(operation.path).filter(|path| !path.is_empty())
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.operations.iter()
    }

    /// Operation, refusal, and how often.
    pub(super) fn refusals(&self) -> Vec<(&'static str, &'static str, u64)> {
        self.refusals.lock().iter().map(|((operation, refusal), count)| (*operation, *refusal, *count)).collect()
    }
}

#[inline]
fn place(name: &str, places: usize) -> usize {
    hash(name.as_bytes()) as usize & (places - 1)
}

impl Operation {
    fn new((name, path): Named) -> Self {
        Self {
            name,
            path,
            statuses: Default::default(),
            buckets: Default::default(),
            nanoseconds: AtomicU64::new(0),
            faults: AtomicU64::new(0),
        }
    }

    #[inline]
    fn count(&self, status: u16, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let bucket = BUCKETS.partition_point(|(_, end)| *end < nanoseconds);
        self.buckets[bucket].fetch_add(1, Relaxed);
        self.nanoseconds.fetch_add(nanoseconds, Relaxed);
        self.status(status).count.fetch_add(1, Relaxed);
    }

    /// The counter of a status: the one that has it, or else the first free one.
    #[inline]
    fn status(&self, status: u16) -> &Status {
        let (last, own) = self.statuses.split_last().expect("there are sixteen");
        for counter in own {
            let mut held = counter.status.load(Relaxed);
            if held == 0 {
                // Another thread may take the place at this moment, for this status or for another.
                held =
                    counter.status.compare_exchange(0, status, Relaxed, Relaxed).map_or_else(|taken| taken, |_| status);
            }
            if held == status {
                return counter;
            }
        }
        last.status.store(OTHER, Relaxed);
        last
    }

    /// Statuses in words, and how often each was answered.
    pub(super) fn statuses(&self) -> Vec<(String, u64)> {
        let counted = self.statuses.iter().map(|status| (status.status.load(Relaxed), status.count.load(Relaxed)));
        let mut counted: Vec<_> = counted.filter(|(status, count)| *status != 0 && *count > 0).collect();
        counted.sort_unstable();
        let word = |status| match status {
            NONE => "none".to_owned(),
            OTHER => "other".to_owned(),
            status => status.to_string(),
        };
        counted.into_iter().map(|(status, count)| (word(status), count)).collect()
    }

    /// How many exchanges took at most as long as each bucket says, the last of them any time; and the nanoseconds of all together.
    pub(super) fn durations(&self) -> ([u64; BUCKETS.len() + 1], u64) {
        let mut sum = 0;
        let cumulated = std::array::from_fn(|at| {
            sum += self.buckets[at].load(Relaxed);
            sum
        });
        (cumulated, self.nanoseconds.load(Relaxed))
    }

    /// How often a fault struck.
    pub(super) fn faults(&self) -> u64 {
        self.faults.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_name_and_others_are_unknown() {
        let names: Vec<&'static str> = crate::control::ROUTES.iter().map(|route| route.operation).collect();
        let calls = Calls::new(names.iter().map(|name| (*name, "/x")));
        for name in names {
            assert_eq!(calls.operation(name).name, name);
        }
        for name in ["", "unknown", "control.nothing"] {
            assert_eq!(calls.operation(name).name, "unknown");
        }
    }

    #[test]
    fn a_duration_is_in_every_bucket_that_ends_after_it() {
        let operation = Operation::new(("a.b", "/"));
        for nanoseconds in [50_000, 50_001, 900_000_000, 60_000_000_000] {
            operation.count(200, Duration::from_nanos(nanoseconds));
        }
        let (durations, sum) = operation.durations();
        assert_eq!(durations, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4]);
        assert_eq!(sum, 60_900_100_001);
    }

    #[test]
    fn more_statuses_than_any_service_has_are_counted_together() {
        let operation = Operation::new(("a.b", "/"));
        for status in 200..230 {
            operation.count(status, Duration::ZERO);
        }
        operation.count(NONE, Duration::ZERO);
        operation.count(200, Duration::ZERO);
        let statuses = operation.statuses();
        assert_eq!((statuses.len(), &statuses[0]), (16, &("other".to_owned(), 16)));
        assert_eq!(statuses[1], ("200".to_owned(), 2));
    }

    #[test]
    fn threads_that_count_at_once_lose_nothing() {
        let operation = Operation::new(("a.b", "/"));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..1_000).for_each(|n| operation.count(200 + n % 3, Duration::from_nanos(1))));
            }
        });
        let statuses: Vec<u64> = operation.statuses().iter().map(|(_, count)| *count).collect();
        assert_eq!((statuses.len(), statuses.iter().sum::<u64>()), (3, 4_000));
        assert_eq!(operation.durations().1, 4_000);
    }
}
