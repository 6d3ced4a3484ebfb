//! The rules in force.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Asked, Deed, Effect, Operation, Rule, Shows};
use crate::clock::Timestamp;
use crate::random::mix;

/// The rules in force in one organisation, in the order in which they were made.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Faults {
    /// What chance is drawn from: nothing else is, so that a rule disturbs no ids.
    #[serde(with = "crate::random::key")]
    seed: u64,
    rules: Vec<InForce>,
    made: u64,
    batches: u64,
}

/// A rule in force, with its counts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct InForce {
    /// Its id: `fault-1`.
    pub id: String,
    /// The id of the list or script that it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub batch: Option<String>,
    /// The rule.
    pub rule: Rule,
    /// When it was made, in simulated time.
    #[serde(with = "crate::clock::millis")]
    pub created_at: Timestamp,
    /// How many calls matched it since, whichever rule struck them.
    pub calls: u64,
    /// How many it struck.
    pub hits: u64,
    /// What its own chance is drawn from.
    #[serde(with = "crate::random::key")]
    seed: u64,
}

/// A rule that strikes a call.
#[derive(Clone, Debug, PartialEq)]
pub struct Struck {
    /// The rule's id.
    pub id: String,
    /// What it does.
    pub effect: Effect,
}

impl Faults {
    /// No rules yet. Chance is drawn from `seed`.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Puts a rule in force at `now`; answers it with its id.
    pub fn add(&mut self, rule: Rule, now: Timestamp) -> &InForce {
        self.enter(rule, None, now);
        &self.rules[self.rules.len() - 1]
    }

    /// Puts several rules in force that can be shown and removed together; answers the id by which.
    pub fn add_all(&mut self, rules: Vec<Rule>, now: Timestamp) -> String {
        self.batches += 1;
        let batch = format!("faults-{}", self.batches);
        for rule in rules {
            self.enter(rule, Some(batch.clone()), now);
        }
        batch
    }

    fn enter(&mut self, rule: Rule, batch: Option<String>, now: Timestamp) {
        self.made += 1;
        let (id, seed) = (format!("fault-{}", self.made), mix(self.seed ^ mix(self.made)));
        self.rules.push(InForce { id, batch, rule, created_at: now, calls: 0, hits: 0, seed });
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &InForce> {
        self.rules.iter()
    }

    /// The rule with this id, or the rules of this list or script.
    pub fn named<'f>(&'f self, id: &'f str) -> impl Iterator<Item = &'f InForce> {
        self.rules.iter().filter(move |rule| rule.is_called(id))
    }

    /// Removes the rule with this id, or the rules of this list or script; answers how many there were.
    pub fn remove(&mut self, id: &str) -> usize {
        let before = self.rules.len();
        self.rules.retain(|rule| !rule.is_called(id));
        before - self.rules.len()
    }

    /// Removes all of them.
    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rules.is_empty()
    }

    /// Whether any rule is for calls of this operation.
    #[inline]
    pub fn concern(&self, operation: &str) -> bool {
        self.rules.iter().any(|rule| rule.rule.is_on(operation))
    }

    /// Whether a call of this operation has to be answered before it is known which rule strikes it: where rows matter. Only calls that
    /// change nothing are.
    pub fn mind_the_page(&self, operation: &str) -> bool {
        Operation::find(operation).is_some_and(|operation| operation.shows == Shows::Page)
            && self.rules.iter().any(|rule| rule.rule.is_on(operation) && rule.rule.minds_the_page())
    }

    /// Whether it matters what calls of this operation were answered before.
    pub fn mind_the_past(&self, operation: &str) -> bool {
        self.rules.iter().any(|rule| rule.rule.is_on(operation) && rule.rule.effect().deed == Deed::Stale)
    }

    /// The rule that strikes a call at `now`, if one does. Every rule that the call matches counts it.
    pub fn strike(&mut self, asked: &Asked<'_>, now: Timestamp) -> Option<Struck> {
        let mut struck = None;
        for rule in &mut self.rules {
            if !rule.rule.matches(asked, rule.created_at, now) {
                continue;
            }
            rule.calls += 1;
            if struck.is_none() && rule.strikes() {
                rule.hits += 1;
                struck = Some(Struck { id: rule.id.clone(), effect: rule.rule.effect().clone() });
            }
        }
        struck
    }
}

impl InForce {
    /// Whether it strikes the call that it has just counted.
    fn strikes(&self) -> bool {
        self.rule.condition().counts(self.calls)
            && self.rule.times().is_none_or(|times| self.hits < times)
            && self.rule.probability().is_none_or(|probability| self.draw() < probability)
    }

    /// A number from 0 to below 1, the same for the same call of the same rule.
    fn draw(&self) -> f64 {
        /// A double holds so many bits.
        const BITS: u32 = 53;
        (mix(self.seed ^ mix(self.calls)) >> (u64::BITS - BITS)) as f64 / (1_u64 << BITS) as f64
    }

    fn is_called(&self, id: &str) -> bool {
        self.id == id || self.batch.as_deref() == Some(id)
    }

    /// The rule as it was given, with its id and its counts.
    pub fn shown(&self) -> Value {
        let mut shown = Map::new();
        shown.insert("id".to_owned(), json!(self.id));
        shown.extend(self.batch.as_ref().map(|batch| ("batch".to_owned(), json!(batch))));
        shown.extend(self.rule.given().clone());
        shown.insert("hits".to_owned(), json!(self.hits));
        shown.insert("calls".to_owned(), json!(self.calls));
        shown.insert("created_at".to_owned(), json!(self.created_at));
        shown.into()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;

    use super::*;

    #[test]
    fn rules_in_force_are_written_and_read_with_their_counts_and_their_luck() {
        let given = json!({"on": "enrollment.account", "probability": 0.5, "do": {"status": 503}});
        let mut faults = Faults::new(7);
        faults.add(Rule::read(&given).unwrap(), Timestamp::from_seconds(1));
        faults.add_all(vec![Rule::read(&given).unwrap()], Timestamp::from_seconds(2));
        let headers = HeaderMap::new();
        let asked = Asked {
            operation: "enrollment.account",
            headers: &headers,
            server: None,
            serials: &[],
            has_cursor: false,
            was_asked_before: false,
            page: None,
        };
        for _ in 0..5 {
            faults.strike(&asked, Timestamp::from_seconds(3));
        }
        let text = serde_json::to_string(&faults).unwrap();
        let mut read: Faults = serde_json::from_str(&text).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), text);
        for _ in 0..20 {
            assert_eq!(
                read.strike(&asked, Timestamp::from_seconds(4)),
                faults.strike(&asked, Timestamp::from_seconds(4))
            );
        }
        assert_eq!(read.named("faults-1").map(|rule| rule.calls).collect::<Vec<_>>(), [25]);
    }
}
