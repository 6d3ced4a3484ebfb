//! Answers per second, beside the floor's.

use crate::contest::{Contest, EVENTS, Round};
use crate::report::{Goal, Report, quantity};
use crate::sample::Sample;
use crate::{Effort, Failure};

const CONNECTIONS: usize = 16;

/// What part of the floor each event should reach, in plain text and over TLS.
const GOALS: [[f64; 2]; 3] = [[0.70, 0.75], [0.65, 0.75], [0.60, 0.80]];

pub fn measure(effort: &Effort, report: &mut Report) -> Result<(), Failure> {
    let contest = Contest::prepare()?;
    for (tls, how) in [(false, "plain"), (true, "TLS 1.3")] {
        for (number, (event, goals)) in EVENTS.iter().zip(GOALS).enumerate() {
            let rounds = contest.hold(number, tls, CONNECTIONS, effort.load, effort.rounds)?;
            note(report, &format!("{}, {how}", event.name), &rounds, goals[usize::from(tls)]);
        }
    }
    Ok(())
}

/// Notes what came of rounds of product and floor, medians of all.
pub fn note(report: &mut Report, name: &str, rounds: &[Round], goal: f64) {
    let median = |of: fn(&Round) -> f64| Sample::new(rounds.iter().map(of)).median();
    let ratio = median(|round| round.product.rate / round.floor.rate);
    let detail = format!(
        "{} of {}, processor time {} of {}, foreign load {:.0} %",
        quantity(median(|round| round.product.rate), "/s"),
        quantity(median(|round| round.floor.rate), "/s"),
        quantity(median(|round| round.product.work), "µs"),
        quantity(median(|round| round.floor.work), "µs"),
        median(|round| round.foreign) * 100.0
    );
    report.note(name, ratio, "of floor", Some(Goal::AtLeast(goal)), &detail);
}
