//! Rows in the order in which they last changed.

use serde::{Deserialize, Serialize};

const NONE: u32 = u32::MAX;

/// The order in which the rows of a table last changed: a chain through all of them, so that what changed since a version is found by walking
/// back from the newest, and costs as much as has changed. Sixteen bytes a row.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Recency {
    links: Vec<Link>,
    oldest: u32,
    newest: u32,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct Link {
    changed: u64,
    before: u32,
    after: u32,
}

impl Default for Recency {
    fn default() -> Self {
        Self { links: Vec::new(), oldest: NONE, newest: NONE }
    }
}

impl Recency {
    /// A row joins the end of the table, and is the newest.
    pub(super) fn push(&mut self, changed: u64) {
        let row = self.links.len() as u32;
        self.links.push(Link { changed, before: NONE, after: NONE });
        self.append(row);
    }

    /// A row has changed.
    pub(super) fn touch(&mut self, row: u32, changed: u64) {
        self.unlink(row);
        self.links[row as usize].changed = changed;
        self.append(row);
    }

    /// A row leaves the table, and the last one takes its place.
    pub(super) fn swap_remove(&mut self, row: u32) {
        self.unlink(row);
        self.links.swap_remove(row as usize);
        let Some(moved) = self.links.get(row as usize).copied() else { return };
        self.point(moved.before, moved.after, Some(row));
    }

    /// The rows that changed after `version`, the earliest change first.
    pub(super) fn since(&self, version: u64) -> Vec<u32> {
        let mut rows = Vec::new();
        let mut row = self.newest;
        while let Some(link) = self.links.get(row as usize).filter(|link| link.changed > version) {
            rows.push(row);
            row = link.before;
        }
        rows.reverse();
        rows
    }

    /// The rows that changed after `since`, the latest change first, with the version of that; beginning behind the row and version `after`,
    /// where a look before has ended. That costs nothing unless that row has changed meanwhile, or another has taken its place.
    pub(super) fn back(&self, since: u64, after: Option<(u32, u64)>) -> impl Iterator<Item = (u32, u64)> + '_ {
        let known =
            after.filter(|(row, changed)| self.links.get(*row as usize).is_some_and(|link| link.changed == *changed));
        let start = match known {
            Some((row, _)) => self.links[row as usize].before,
            None => {
                let below = after.map_or(u64::MAX, |(_, changed)| changed);
                let mut row = self.newest;
                while let Some(link) = self.links.get(row as usize).filter(|link| link.changed >= below) {
                    row = link.before;
                }
                row
            }
        };
        let entry = move |row: u32| {
            self.links.get(row as usize).map(|link| (row, link.changed)).filter(|(_, changed)| *changed > since)
        };
        std::iter::successors(entry(start), move |(row, _)| entry(self.links[*row as usize].before))
    }

    /// When a row changed last.
    pub(super) fn changed(&self, row: u32) -> u64 {
        self.links[row as usize].changed
    }

    pub(super) fn len(&self) -> usize {
        self.links.len()
    }

    fn append(&mut self, row: u32) {
        let before = self.newest;
        self.links[row as usize].before = before;
        self.links[row as usize].after = NONE;
        self.point(before, NONE, Some(row));
    }

    fn unlink(&mut self, row: u32) {
        let Link { before, after, .. } = self.links[row as usize];
        self.point(before, after, None);
    }

    /// Makes the neighbours `before` and `after` point to the row between them, or to each other.
    fn point(&mut self, before: u32, after: u32, between: Option<u32>) {
        match self.links.get_mut(before as usize) {
            Some(link) => link.after = between.unwrap_or(after),
            None => self.oldest = between.unwrap_or(after),
        }
        match self.links.get_mut(after as usize) {
            Some(link) => link.before = between.unwrap_or(before),
            None => self.newest = between.unwrap_or(before),
        }
    }

    /// What is wrong with the chain, if anything.
    pub(super) fn check(&self) -> Result<(), String> {
        let (mut row, mut count, mut last) = (self.oldest, 0, 0);
        while let Some(link) = self.links.get(row as usize) {
            if link.changed < last || count > self.links.len() {
                return Err(format!("the chain of changes is out of order at row {row}"));
            }
            (row, last, count) = (link.after, link.changed, count + 1);
        }
        (count == self.links.len()).then_some(()).ok_or_else(|| format!("the chain of changes has {count} rows"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_changed_since_is_found_whatever_happened(steps in proptest::collection::vec((0_u8..3, 0_usize..50), 0..200)) {
            let mut chain = Recency::default();
            let mut model: Vec<(u32, u64)> = Vec::new(); // (name, changed) by row
            let mut names: Vec<u32> = Vec::new();
            for (version, (step, pick)) in (1_u64..).zip(steps) {
                match step {
                    0 => {
                        chain.push(version);
                        names.push(version as u32);
                        model.push((version as u32, version));
                    }
                    1 if !names.is_empty() => {
                        let row = pick % names.len();
                        chain.touch(row as u32, version);
                        model[row].1 = version;
                    }
                    2 if !names.is_empty() => {
                        let row = pick % names.len();
                        chain.swap_remove(row as u32);
                        names.swap_remove(row);
                        model.swap_remove(row);
                    }
                    _ => {}
                }
                prop_assert_eq!(chain.check(), Ok(()));
                let since = version / 2;
                let mut expected: Vec<_> = model.iter().filter(|(_, changed)| *changed > since).copied().collect();
                expected.sort_by_key(|(_, changed)| *changed);
                let told: Vec<_> = chain.since(since).into_iter().map(|row| model[row as usize]).collect();
                prop_assert_eq!(&told, &expected);
                // Back, in two parts.
                let back: Vec<_> = chain.back(since, None).collect();
                let half = back.len() / 2;
                let resumed = half.checked_sub(1).map(|last| back[last]);
                let rest: Vec<_> = chain.back(since, resumed).collect();
                prop_assert_eq!(&rest, &back[half..]);
                let lost = resumed.map(|(_, changed)| (u32::MAX, changed));
                prop_assert_eq!(chain.back(since, lost).collect::<Vec<_>>(), rest);
                let mut told_back: Vec<_> = back.into_iter().map(|(row, _)| model[row as usize]).collect();
                told_back.reverse();
                prop_assert_eq!(told_back, expected);
            }
        }
    }
}
