//! How a client behaved: the exchanges of a journal, judged by rules.
//!
//! ```text
//! story    the entries, grouped by MDM server or location and taken apart once
//! rule     what a rule is: data, and a function over a server's part of the story
//! rules/   the rules, a file for each subject
//! json, junit, page   the report's three forms
//! ```
//!
//! Rules speak of what the journal shows and of nothing else, and a careful client meets none of them. Time is judged by whichever clock saw more of
//! it pass: a client that waits does so by the wall clock, though the organisation's stands still; a test that moves the organisation's clock has
//! waited too. What two requests do side by side is no mistake: a client knows an answer only once it has it.

mod json;
mod junit;
mod page;
mod rule;
mod rules;
mod story;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use json::catalogue;
pub use rule::{Rule, Severity, Subject};

use crate::journal::Entry;
use story::Story;

/// The most requests that a finding names; it counts the others.
const NAMED: usize = 100;

/// What the rules found.
#[derive(Debug)]
pub struct Report {
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
    /// How many exchanges were looked at.
    pub exchanges: usize,
    /// Whether the journal had dropped older exchanges: what was not found may yet have happened.
    pub truncated: bool,
}

/// A rule that a client broke.
#[derive(Debug)]
pub struct Finding {
    /// The rule.
    pub rule: &'static Rule,
    /// The names of the MDM servers, or locations, whose clients broke it; none where no credential tells.
    pub servers: Vec<String>,
    /// How many requests show it.
    pub count: usize,
    /// The requests that show it, the oldest first; a hundred at most.
    pub requests: Vec<Arc<Entry>>,
}

impl Report {
    /// The worst severity among the findings.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.rule.severity).max()
    }
}

/// Every rule, by subject.
pub fn rules() -> impl Iterator<Item = &'static Rule> + Clone {
    rules::ALL.iter().copied().flatten()
}

/// Judges `entries`, oldest first. `truncated` says that there were older ones, which are gone.
pub fn examine(entries: Vec<Arc<Entry>>, truncated: bool) -> Report {
    let exchanges = entries.len();
    let story = Story::read(entries);
    let mut findings: Vec<Finding> = rules().filter_map(|rule| apply(rule, &story)).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.rule.severity));
    Report { findings, exchanges, truncated }
}

fn apply(rule: &'static Rule, story: &Story) -> Option<Finding> {
    let mut shown = BTreeSet::new();
    let mut servers = Vec::new();
    for chapter in story.chapters.iter().filter(|chapter| rule.is_of(chapter.service)) {
        let broken = (rule.find)(chapter);
        if broken.is_empty() {
            continue;
        }
        servers.extend(chapter.server.clone());
        shown.extend(broken);
    }
    if shown.is_empty() {
        return None;
    }
    let named = story.chapters.iter().flat_map(|chapter| &chapter.turns).filter(|turn| shown.contains(&turn.id));
    let mut requests: Vec<Arc<Entry>> = named.map(|turn| turn.entry.clone()).collect();
    requests.sort_by_key(|entry| entry.id);
    requests.truncate(NAMED);
    Some(Finding { rule, servers, count: shown.len(), requests })
}
