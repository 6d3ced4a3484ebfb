//! The table, on paper and for machines.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use serde_json::{Value, json};

use crate::Failure;

/// What we want a number to be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_met(self, number: f64) -> bool {
        match self {
            Self::AtLeast(bound) => number >= bound,
            Self::AtMost(bound) => number <= bound,
        }
    }

    fn written(self, unit: &str) -> String {
        match self {
            Self::AtLeast(bound) => format!("≥ {}", quantity(bound, unit)),
            Self::AtMost(bound) => format!("≤ {}", quantity(bound, unit)),
        }
    }
}

/// Every number so far. It is printed as it comes.
#[derive(Debug, Default)]
pub struct Report {
    section: &'static str,
    rows: Vec<Value>,
}

impl Report {
    pub fn begin(&mut self, section: &'static str, title: &str) {
        self.section = section;
        println!("\n{title}  [{section}]");
    }

    /// Notes a number; a ratio has no unit. `detail` is what it was made from.
    pub fn note(&mut self, name: &str, number: f64, unit: &str, goal: Option<Goal>, detail: &str) {
        let verdict = match goal {
            None => "",
            Some(goal) if goal.is_met(number) => "✓",
            Some(_) => "✗",
        };
        let goal_text = goal.map_or_else(String::new, |goal| goal.written(unit));
        println!("  {name:<44} {:>14}  {goal_text:>16} {verdict:1}  {detail}", quantity(number, unit));
        let (at_least, at_most) = match goal {
            Some(Goal::AtLeast(bound)) => (Some(bound), None),
            Some(Goal::AtMost(bound)) => (None, Some(bound)),
            None => (None, None),
        };
        self.rows.push(json!({
            "section": self.section, "name": name, "number": number, "unit": unit, "at_least": at_least, "at_most": at_most,
            "met": goal.map(|goal| goal.is_met(number)), "detail": detail,
        }));
    }

    /// Notes that the rest of a section could not be measured.
    pub fn give_up(&mut self, failure: &Failure) {
        println!("  not measured: {failure}");
        self.rows.push(json!({"section": self.section, "failure": failure.to_string()}));
    }

    /// Writes `target/bench.json`. Whether goals are met does not make a benchmark fail: the machine may be at fault.
    pub fn finish(self) -> ExitCode {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("bench.json");
        match fs::write(&path, format!("{:#}\n", Value::Array(self.rows))) {
            Ok(()) => println!("\nThe same for machines: {}", path.display()),
            Err(error) => println!("\ncannot write {}: {error}", path.display()),
        }
        ExitCode::SUCCESS
    }
}

/// A number with three significant digits, or whole, and its unit.
pub fn quantity(number: f64, unit: &str) -> String {
    let number = match number.abs() {
        10_000.0.. => grouped(number),
        100.0.. => format!("{number:.0}"),
        10.0.. => format!("{number:.1}"),
        _ => format!("{number:.2}"),
    };
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap_or_default()).collect();
    groups.join(",")
}
