//! What is asked of a journal.

use std::time::Duration;

use crate::clock::Span;
use crate::control::{Call, Problem};
use crate::journal::Filter;

/// The longest that an answer may be waited for: proxies and clients give up about then.
const LONGEST_WAIT: Span = Span::from_seconds(600);

/// What a list is to have, and how long to wait until it does.
#[derive(Debug)]
pub struct Question {
    /// Which exchanges.
    pub filter: Filter,
    /// How many of them, the newest; none: all.
    pub limit: Option<usize>,
    /// How long to wait, by the wall clock.
    pub wait: Duration,
    /// Until there are so many.
    pub count: usize,
}

impl Question {
    /// Reads the parameters of a list.
    pub fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let mut question = Self { filter: Filter::default(), limit: None, wait: Duration::ZERO, count: 1 };
        let query = call.query();
        for (name, value) in query.pairs() {
            match name {
                "limit" | "wait" | "count" if value.is_empty() => {}
                "limit" => question.limit = Some(number(name, value)?),
                "count" => question.count = number(name, value)?,
                "wait" => question.wait = wait(value)?,
                _ => add(&mut question.filter, name, value, &["limit", "wait", "count"])?,
            }
        }
        name_servers(call, &mut question.filter);
        Ok(question)
    }
}

/// Reads the parameters of a stream: which exchanges, and no more.
pub fn filter(call: &Call<'_>) -> Result<Filter, Problem> {
    let mut filter = Filter::default();
    let query = call.query();
    for (name, value) in query.pairs() {
        add(&mut filter, name, value, &[])?;
    }
    name_servers(call, &mut filter);
    Ok(filter)
}

fn add(filter: &mut Filter, name: &str, value: &str, others: &[&str]) -> Result<(), Problem> {
    match filter.add(name, value) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Problem::unknown_parameter(name, Filter::NAMES.iter().chain(others).copied())),
        Err(wrong) => Err(Problem::bad_query(name, &wrong.to_string())),
    }
}

/// A server may be named by its id too; entries have its name.
fn name_servers(call: &Call<'_>, filter: &mut Filter) {
    let Ok(organization) = call.organization() else { return };
    organization.read(|books, _| {
        for server in filter.servers_mut() {
            if let Some(id) = books.find_server(server) {
                server.clone_from(&books.servers[usize::from(id)].name);
            }
        }
    });
}

fn number(name: &str, value: &str) -> Result<usize, Problem> {
    value.parse().map_err(|_| Problem::bad_query(name, "a number is wanted"))
}

fn wait(value: &str) -> Result<Duration, Problem> {
    let span: Span = value.parse().map_err(|_| Problem::bad_query("wait", "a duration is wanted, such as 10s"))?;
    if span < Span::ZERO || span > LONGEST_WAIT {
        return Err(Problem::bad_query("wait", "from 0s to 10m"));
    }
    Ok(Duration::from_millis(span.millis().unsigned_abs()))
}
