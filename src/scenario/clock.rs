//! Clocks in a scenario.

use crate::clock::Mode;

use super::plan::ClockPlan;
use super::reader::{Part, last};
use super::shape::{Field, Kind, Shape};

pub(super) static CLOCK: Shape = Shape {
    name: "clock",
    one: "a clock",
    about: "How simulated time starts and passes. What is absent is inherited: from the scenario, then from the wall clock.",
    base: None,
    fields: &[
        Field::new("start", Kind::Time, "The moment that the clock shows at first; absent: now."),
        Field::new(
            "mode",
            Kind::Choice(&["running", "frozen"]),
            "Whether time passes by itself (`running`, the default) or stands until somebody moves it (`frozen`).",
        ),
        Field::new("rate", Kind::Above0To(1e9), "Simulated seconds per wall second while running; default 1."),
    ],
};

/// The clock of `parts`; where several have one, the last word on each key counts.
pub(super) fn read(parts: &[Part]) -> ClockPlan {
    let mode = |text: &str| match text {
        "frozen" => Some(Mode::Frozen),
        "running" => Some(Mode::Running),
        _ => None,
    };
    ClockPlan {
        start: last(parts, "clock", |clock| clock.get("start")?.time()),
        mode: last(parts, "clock", |clock| mode(clock.get("mode")?.text()?)),
        rate: last(parts, "clock", |clock| clock.get("rate")?.number()),
    }
}
