//! Answers per second, beside the floor's.

use crate::contest::{Contest, EVENTS};
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
            let ratio = Sample::new(rounds.iter().map(|round| round.product.rate / round.floor.rate));
            let product = Sample::new(rounds.iter().map(|round| round.product.rate)).median();
            let floor = Sample::new(rounds.iter().map(|round| round.floor.rate)).median();
            let foreign = Sample::new(rounds.iter().map(|round| round.foreign)).median();
            let detail = format!(
                "{} of {}, foreign load {:.0} %",
                quantity(product, "/s"),
                quantity(floor, "/s"),
                foreign * 100.0
            );
            let goal = Some(Goal::AtLeast(goals[usize::from(tls)]));
            report.note(&format!("{}, {how}", event.name), ratio.median(), "of floor", goal, &detail);
        }
    }
    Ok(())
}
