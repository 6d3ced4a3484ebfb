//! What else the machine was doing, and what a process takes.

use std::fs;
use std::process;

use crate::Failure;

/// More foreign load than this, and a round is done again.
const TOLERATED: f64 = 0.10;
/// How often a round is done again before we take what we get.
const PATIENCE: usize = 2;

/// Does one round of a measurement, again while other programs are in its way; answers also their share of all processors' time. `processes`
/// are those that take part, beside this one.
pub fn undisturbed<T>(processes: &[u32], mut round: impl FnMut() -> Result<T, Failure>) -> Result<(T, f64), Failure> {
    let mut quietest: Option<(T, f64)> = None;
    for _ in 0..=PATIENCE {
        let before = Ticks::read(processes);
        let outcome = round()?;
        let foreign = Ticks::read(processes).foreign_since(&before);
        if quietest.as_ref().is_none_or(|(_, least)| foreign < *least) {
            quietest = Some((outcome, foreign));
        }
        if foreign <= TOLERATED {
            break;
        }
    }
    quietest.ok_or_else(|| "no round was done".into())
}

/// Processor time in ticks since boot, as Linux counts it; all zero elsewhere, so that nothing is called foreign.
#[derive(Clone, Copy, Debug, Default)]
struct Ticks {
    all: u64,
    busy: u64,
    ours: u64,
}

impl Ticks {
    fn read(processes: &[u32]) -> Self {
        let machine = fs::read_to_string("/proc/stat").unwrap_or_default();
        let counts: Vec<u64> = machine
            .lines()
            .next()
            .unwrap_or_default()
            .split_whitespace()
            .filter_map(|count| count.parse().ok())
            .take(8)
            .collect();
        // user nice system idle iowait irq softirq steal: interrupts are mostly our own loopback traffic, and nobody's to blame.
        let count = |at: usize| counts.get(at).copied().unwrap_or_default();
        let ours = processes.iter().copied().chain([process::id()]).map(spent).sum();
        Self { all: counts.iter().sum(), busy: count(0) + count(1) + count(2) + count(7), ours }
    }

    fn foreign_since(&self, before: &Self) -> f64 {
        let (all, busy) = (self.all - before.all, self.busy - before.busy);
        if all == 0 { 0.0 } else { busy.saturating_sub(self.ours.saturating_sub(before.ours)) as f64 / all as f64 }
    }
}

/// Processor time that a process has used, in seconds.
pub fn used(process: u32) -> f64 {
    /// What Linux counts in for programs, on every architecture.
    const TICKS_PER_SECOND: f64 = 100.0;
    spent(process) as f64 / TICKS_PER_SECOND
}

/// User and system time of a process, in ticks.
fn spent(process: u32) -> u64 {
    let line = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // The second field is the program's name in parentheses, which may hold blanks.
    let (_, fields) = line.rsplit_once(')').unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// The memory of a process that is really there, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Resident {
    pub all: f64,
    /// What it has written: the rest is the program itself, which the system can drop and read again.
    pub own: f64,
}

impl Resident {
    pub fn of(process: u32) -> Result<Self, Failure> {
        let status = fs::read_to_string(format!("/proc/{process}/status"))?;
        let bytes = |key: &str| {
            let line =
                status.lines().find_map(|line| line.strip_prefix(key)).ok_or_else(|| format!("no {key} here"))?;
            Ok::<f64, Failure>(line.trim().trim_end_matches(" kB").parse::<f64>()? * 1024.0)
        };
        Ok(Self { all: bytes("VmRSS:")?, own: bytes("RssAnon:")? })
    }
}
