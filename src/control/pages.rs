//! Parts of lists that are too long for one answer.

use super::{Call, Problem};

/// Entries in an answer where no limit is named, and the most that may be named.
const LIMITS: (usize, usize) = (100, 10_000);

/// Which part of a list is asked for: `?limit=&cursor=`. A cursor is the place of the next entry.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// The place of its first entry.
    pub start: usize,
    /// How many at most.
    pub limit: usize,
}

impl Part {
    /// Reads it from the query, in which there may be these `others` beside it.
    pub fn read(call: &Call<'_>, others: &[&str]) -> Result<Self, Problem> {
        let query = call.query();
        let own = ["limit", "cursor"];
        if let Some((name, _)) = query.pairs().find(|(name, _)| !own.contains(name) && !others.contains(name)) {
            return Err(Problem::unknown_parameter(name, own.iter().chain(others).copied()));
        }
        let number = |name: &str, default: usize| match query.get(name) {
            None => Ok(default),
            Some(text) => text.parse::<usize>().map_err(|_| Problem::bad_query(name, "a number is wanted")),
        };
        Ok(Self { start: number("cursor", 0)?, limit: number("limit", LIMITS.0)?.clamp(1, LIMITS.1) })
    }

    /// The cursor behind this part of a list that has `total` entries.
    pub fn next(self, total: usize) -> Option<String> {
        let end = self.start.saturating_add(self.limit);
        (end < total).then(|| end.to_string())
    }
}
