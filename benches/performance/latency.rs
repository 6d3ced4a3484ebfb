//! How long one client waits that is alone.

use crate::contest::{Contest, EVENTS};
use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::{Effort, Failure};

/// The floor's 99th percentile is what the machine does by itself; we may add half of that.
const GOAL: f64 = 1.6;

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let contest = Contest::prepare()?;
    for number in [0, 2] {
        let rounds = contest.hold(number, false, 1, effort.load, effort.rounds)?;
        for (share, name, goal) in [(0.5, "p50", None), (0.99, "p99", Some(Goal::AtMost(GOAL)))] {
            let product = Sample::new(rounds.iter().map(|round| round.product.latency.quantile(share))).median();
            let floor = Sample::new(rounds.iter().map(|round| round.floor.latency.quantile(share))).median();
            let ratio =
                rounds.iter().map(|round| round.product.latency.quantile(share) / round.floor.latency.quantile(share));
            let ratio = Sample::new(ratio).median();
            let detail = format!("{} to {}", quantity(product * 1e3, "µs"), quantity(floor * 1e3, "µs"));
            report.note(&format!("{name} of {}", EVENTS[number].name), ratio, "× floor", goal, &detail);
        }
    }
    Ok(())
}
