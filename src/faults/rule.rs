//! One rule.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::condition::names_any;
use super::reading::{Reading, below, get, text};
use super::{Asked, Condition, Effect, FaultMistake, Operation, Pattern, Shows};
use crate::clock::Timestamp;

/// A rule: which calls, how often, and what happens to them. In JSON it is what it was given as.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Value", into = "Value")]
pub struct Rule {
    given: Map<String, Value>,
    on: Vec<&'static Operation>,
    condition: Condition,
    times: Option<u64>,
    probability: Option<f64>,
    effect: Effect,
}

const KEYS: [&str; 6] = ["on", "when", "between", "times", "probability", "do"];

impl Rule {
    /// Reads a rule, or everything that is wrong with it.
    pub fn read(given: &Value) -> Result<Self, Vec<FaultMistake>> {
        let mut reading = Reading::default();
        let rule = Self::read_with(&mut reading, given);
        reading.settle(rule)
    }

    fn read_with(reading: &mut Reading, given: &Value) -> Option<Self> {
        let map = reading.mapping(given, "", "a fault", &KEYS)?;
        let on = match get(map, "on") {
            Some(on) => read_operations(reading, on),
            None => {
                let hint = "`on`: the operation, such as enrollment.sync_devices".to_owned();
                reading.wrong("", "a fault needs `on`", Some(hint));
                Vec::new()
            }
        };
        let condition = Condition::read(reading, map);
        let times = get(map, "times").and_then(|times| reading.whole(times, "/times", 1..=u64::MAX));
        let probability = get(map, "probability").and_then(|given| read_probability(reading, given));
        let known: Vec<&'static Operation> = on.iter().map(|(operation, _)| *operation).collect();
        let Some(given_effect) = get(map, "do") else {
            let hint = "`do`: what happens: error, status, delay, close, rows, quirk, result …".to_owned();
            reading.wrong("", "a fault needs `do`", Some(hint));
            return None;
        };
        let effect = Effect::read(reading, given_effect, &known)?;
        let on = fitting(reading, on, &effect);
        let rule = Self { given: map.clone(), on, condition, times, probability, effect };
        rule.check_serials(reading);
        Some(rule)
    }

    /// Serial numbers can be minded where calls have some.
    fn check_serials(&self, reading: &mut Reading) {
        let has_some = |operation: &&Operation| {
            !matches!(operation.shows, Shows::Nothing | Shows::Notification)
                || matches!(
                    operation.name,
                    "enrollment.activation_lock"
                        | "enrollment.replacement_details"
                        | "apps.associate"
                        | "apps.disassociate"
                        | "apps.revoke"
                        | "vpp.manage_licenses"
                )
        };
        if self.condition.minds_serials() && !self.on.is_empty() && !self.on.iter().any(has_some) {
            let message = "calls of this operation name no devices, so that no serial number can be minded";
            reading.wrong("/when/serial", message, None);
        }
    }

    /// The calls that it may strike.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> {
        self.on.iter().map(|operation| operation.name)
    }

    /// Which of them.
    pub fn condition(&self) -> &Condition {
        &self.condition
    }

    /// How often it strikes at most.
    pub fn times(&self) -> Option<u64> {
        self.times
    }

    /// How likely it strikes a call that it is for; `None`: always.
    pub fn probability(&self) -> Option<f64> {
        self.probability
    }

    /// What it does.
    pub fn effect(&self) -> &Effect {
        &self.effect
    }

    /// As it was given.
    pub fn given(&self) -> &Map<String, Value> {
        &self.given
    }

    /// Whether it is for calls of this operation.
    pub(super) fn is_on(&self, operation: &str) -> bool {
        self.on.iter().any(|known| known.name == operation)
    }

    /// Whether it can only be told from the page that is answered whether a call matches.
    pub(super) fn minds_the_page(&self) -> bool {
        self.condition.minds_serials() || self.effect.serials().is_some() || self.effect.minds_the_page()
    }

    /// Whether it is for this call, but for the count.
    pub(super) fn matches(&self, asked: &Asked<'_>, made: Timestamp, now: Timestamp) -> bool {
        if !self.is_on(asked.operation) || !self.condition.holds(asked, made, now) {
            return false;
        }
        if let Some(patterns) = self.effect.serials() {
            let patterns: Vec<Pattern> = patterns.into_iter().cloned().collect();
            if !names_any(&patterns, asked.serials) {
                return false;
            }
        }
        let has_rows = asked.page.is_some_and(|page| page.rows > 0);
        let is_page = Operation::find(asked.operation).is_some_and(|operation| operation.shows == Shows::Page);
        match &self.effect.deed {
            super::Deed::Rows { .. } => has_rows || !is_page,
            super::Deed::RepeatCursor => asked.has_cursor && asked.page.is_some(),
            super::Deed::Stale => asked.was_asked_before,
            _ => true,
        }
    }
}

impl From<Rule> for Value {
    fn from(rule: Rule) -> Self {
        Self::Object(rule.given)
    }
}

impl TryFrom<Value> for Rule {
    type Error = String;

    fn try_from(given: Value) -> Result<Self, String> {
        Self::read(&given).map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
    }
}

/// Reads `on`: an operation, a list of them, or names with wildcards; with each, whether it was named itself.
fn read_operations(reading: &mut Reading, given: &Value) -> Vec<(&'static Operation, bool)> {
    let mut operations: Vec<(&'static Operation, bool)> = Vec::new();
    let mut add = |reading: &mut Reading, given: &Value, pointer: &str| {
        let Some(name) = text(given).filter(|name| !name.is_empty()) else {
            let hint = "write enrollment.sync_devices or enrollment.*, for example".to_owned();
            reading.wrong(pointer, "`on` names operations by text", Some(hint));
            return;
        };
        let pattern = Pattern::new(name.as_str());
        let mut found = Operation::matching(&pattern).peekable();
        if found.peek().is_none() {
            let known = Operation::all().map(|operation| operation.name);
            reading.unknown(pointer, format!("there is no operation `{name}`"), &name, known);
        }
        for operation in found {
            if !operations.iter().any(|(known, _)| known.name == operation.name) {
                operations.push((operation, !pattern.is_glob()));
            }
        }
    };
    match given {
        Value::Array(list) if list.is_empty() => reading.wrong("/on", "`on` names no operation", None),
        Value::Array(list) => {
            for (place, given) in list.iter().enumerate() {
                add(reading, given, &below("/on", &place.to_string()));
            }
        }
        given => add(reading, given, "/on"),
    }
    operations
}

/// The operations that can have the effect. It is a mistake where one that was named itself cannot, or none of those that fit a wildcard.
fn fitting(reading: &mut Reading, on: Vec<(&'static Operation, bool)>, effect: &Effect) -> Vec<&'static Operation> {
    let mut fitting = Vec::new();
    let mut first_misfit = None;
    for (operation, is_named) in on {
        match effect.misfit(operation) {
            None => fitting.push(operation),
            Some((pointer, message)) if is_named => {
                let hint = match &effect.deed {
                    super::Deed::Error(..) => {
                        Some(format!("its errors are {}", operation.errors().collect::<Vec<_>>().join(", ")))
                    }
                    super::Deed::Results(_) if !operation.results.is_empty() => {
                        Some(format!("it says {}", operation.results.join(", ")))
                    }
                    _ => None,
                };
                reading.wrong(pointer, message, hint);
            }
            Some(misfit) => first_misfit = first_misfit.or(Some(misfit)),
        }
    }
    if let (true, Some((pointer, message))) = (fitting.is_empty() && reading.mistakes.is_empty(), first_misfit) {
        reading.wrong(pointer, message, Some("none of the operations that `on` names can have this".to_owned()));
    }
    fitting
}

fn read_probability(reading: &mut Reading, given: &Value) -> Option<f64> {
    let probability = given.as_f64().filter(|number| *number > 0.0 && *number <= 1.0);
    if probability.is_none() {
        reading.wrong("/probability", "`probability` must be a number above 0, up to 1", None);
    }
    probability
}
