//! Faults as data: rules that make calls of Apple's services go wrong.
//!
//! A [`Rule`] says which calls ([`Condition`]), how often, and what happens to them ([`Effect`]). It is read from JSON with every mistake told
//! at once, and written back as it was given. [`Faults`] are the rules in force in one organisation; they count. The first rule made that
//! matches a call strikes it, and no other does; every rule counts the calls that match it, whoever strikes.
//!
//! What calls see of it:
//!
//! - A call whose answer is replaced (`error`, `status`, `close: before_headers`, `quirk: stale`) has no effect, unless `takes_effect` is true. All
//!   else spoils the call's own answer, so that the call is made.
//! - A rule strikes whoever asks, with a live session or not: it stands before the room's own checks, as an edge does.
//! - `rows` and `repeat_cursor` leave alone what has no rows, or no cursor to be repeated; `stale` leaves alone what this server was never
//!   answered before, by the organisation's journal; named serial numbers leave alone calls without them. None of that counts.
//! - The rules are those of the organisation to which the request's credential leads: a session token, a content token. A call without one that
//!   leads anywhere is the only organisation's, where there is but one; of several none is meant, and no rule strikes.
//! - A call of Apps and Books that `result` strikes begins its event, and answers its id; the tasks of those users and devices fail in it.
//! - After a page that `new_version` strikes, the list of Apps and Books has another version: something was written to it, and written back.
//! - Of a notification (`apps.notification`) each attempt is a call. It can be doubled, dropped, reordered (it goes after the next one, or a minute
//!   of the organisation's time later), delayed (by the wall clock, as all delays are), or carry a wrong bearer.
//! - Chance is drawn for each rule and call by itself: neither other rules nor ids depend on it.
//!
//! This room decides. What a call's own answer looks like, and how bytes go slowly, is known to others: the `apple` rooms change their answers,
//! `http` delivers them.

mod amount;
mod asked;
mod catalogue;
mod condition;
mod deed;
mod depsim;
mod effect;
mod force;
mod mistake;
mod rate;
mod reading;
mod retry_after;
mod rule;
mod schema;
mod verdict;

pub use crate::pattern::Pattern;
pub use amount::Amount;
pub use asked::{Asked, Page};
pub use catalogue::{NOTIFICATION, OPERATIONS, Operation, Shows};
pub use condition::{Condition, is_server};
pub use deed::{Deed, FaultBody};
pub use depsim::is_script;
pub use effect::Effect;
pub use force::{Faults, InForce, Struck};
pub use mistake::FaultMistake;
pub use rate::Rate;
pub use retry_after::RetryAfter;
pub use rule::Rule;
pub use schema::schema;
pub use verdict::Verdict;

use serde_json::Value;

/// Reads one rule, or a depsim script, which stands for several.
pub fn read(given: &Value) -> Result<Vec<Rule>, Vec<FaultMistake>> {
    match given {
        Value::Object(keys) if is_script(keys) => depsim::translate(keys),
        given => Rule::read(given).map(|rule| vec![rule]),
    }
}
