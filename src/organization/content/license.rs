//! Licences by number: version 1 of the API shows them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How many numbers an asset without end gets at once, at least.
const FEW: u32 = 16;

/// The numbers of an asset's licences. Each licence that is bought has one for good, from 0; those that were given back are given out again,
/// the last one first, those that were refunded or moved away never.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Licenses {
    /// Given back, the last one last, each with the version of the assignments at that.
    free: Vec<(u32, u64)>,
    /// Never held: the first of some that follow each other, and the one after the last.
    fresh: Vec<(u32, u32)>,
    /// How many there ever were.
    count: u32,
    /// The first number of those that came together, and the version of the licences at that.
    bought: Vec<(u32, u64)>,
    /// What is no longer here, by its first number.
    gone: BTreeMap<u32, Gone>,
}

/// Numbers that are licences no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Gone {
    /// The number after the last.
    to: u32,
    /// The version of the licences at that.
    at: u64,
}

/// What a number that nobody holds is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unheld {
    /// A licence that was given back, or whose new holder does not show yet.
    Free,
    /// A licence that nobody has held.
    Fresh,
    /// A licence that was refunded, or went elsewhere.
    Gone,
    /// No licence that there ever was.
    Unknown,
}

impl Licenses {
    /// A licence for somebody. Where there is none, there are more from the `next` version of the licences on: an asset without end has some
    /// for everybody.
    pub(super) fn take(&mut self, next: impl FnOnce() -> u64) -> u32 {
        if let Some((number, _)) = self.free.pop() {
            return number;
        }
        if self.fresh.is_empty() {
            self.buy(self.count.max(FEW), next());
        }
        // There is a first range now, for one was bought above at the latest.
        let Some((first, end)) = self.fresh.first_mut() else { return self.count };
        let number = *first;
        *first += 1;
        if *first == *end {
            self.fresh.remove(0);
        }
        number
    }

    pub(super) fn give_back(&mut self, number: u32, version: u64) {
        self.free.push((number, version));
    }

    /// Makes it so that `available` licences are held by nobody.
    pub(super) fn fit(&mut self, available: u32, version: u64) {
        let now = self.available_len();
        if now < available {
            self.buy(available - now, version);
        }
        let mut surplus = now.saturating_sub(available);
        while surplus > 0
            && let Some((from, to)) = self.fresh.pop()
        {
            let kept = to - surplus.min(to - from);
            if kept > from {
                self.fresh.push((from, kept));
            }
            surplus -= to - kept;
            self.gone.insert(kept, Gone { to, at: version });
        }
        // What was given back first goes first.
        let first = self.free.len().min(surplus as usize);
        let mut numbers: Vec<u32> = self.free.drain(..first).map(|(number, _)| number).collect();
        numbers.sort_unstable();
        for next in numbers.chunk_by(|number, next| number + 1 == *next) {
            self.gone.insert(next[0], Gone { to: next[0] + next.len() as u32, at: version });
        }
    }

    /// Gives all licences that nobody holds up, for others with new numbers that are told anew: of an asset without end nobody was told which
    /// there are.
    pub(super) fn renew(&mut self, available: u32, version: u64) {
        self.fit(0, version);
        self.fit(available, version);
    }

    fn buy(&mut self, quantity: u32, version: u64) {
        let first = self.count;
        // Nobody can buy so many that numbers run out, but by buying and refunding billions again and again.
        self.count = first.saturating_add(quantity).min(u32::MAX - 1);
        self.bought.push((first, version));
        match self.fresh.last_mut().filter(|(_, end)| *end == first) {
            Some((_, end)) => *end = self.count,
            None if first < self.count => self.fresh.push((first, self.count)),
            None => {}
        }
    }

    fn available_len(&self) -> u32 {
        self.free.len() as u32 + self.fresh.iter().map(|(from, to)| to - from).sum::<u32>()
    }

    /// The first `count` numbers of those that nobody holds, in the order in which they would be given out.
    pub(super) fn available(&self, count: u32) -> impl Iterator<Item = u32> + '_ {
        let free = self.free.iter().rev().map(|(number, _)| *number);
        free.chain(self.fresh.iter().flat_map(|(from, to)| *from..*to)).take(count as usize)
    }

    /// What this number is, which nobody holds.
    pub(super) fn unheld(&self, number: u32) -> Unheld {
        if number >= self.count {
            return Unheld::Unknown;
        }
        if self.fresh.iter().any(|(from, to)| (*from..*to).contains(&number)) {
            return Unheld::Fresh;
        }
        match self.gone.range(..=number).next_back().is_some_and(|(_, gone)| number < gone.to) {
            true => Unheld::Gone,
            false => Unheld::Free,
        }
    }

    /// How many numbers there were at a version of the licences. Numbers never go, so those below are the same ever after.
    pub(super) fn count_at(&self, version: u64) -> u32 {
        let later = self.bought.partition_point(|(_, at)| *at <= version);
        self.bought.get(later).map_or(self.count, |(first, _)| *first)
    }

    /// What was given back after the version `after` of the assignments and before `before`, the latest first.
    pub(super) fn given_back(&self, after: u64, before: u64) -> impl Iterator<Item = (u32, u64)> + '_ {
        let end = self.free.partition_point(|(_, at)| *at < before);
        self.free[..end].iter().rev().copied().take_while(move |(_, at)| *at > after)
    }

    /// Ranges of numbers that came or went after one version of the licences and up to another.
    pub(super) fn traded(&self, after: u64, until: u64) -> impl Iterator<Item = (u32, u32)> + '_ {
        let bought = (self.count_at(after), self.count_at(until));
        let gone = self.gone.iter().filter(move |(_, gone)| gone.at > after && gone.at <= until);
        std::iter::once(bought).chain(gone.map(|(from, gone)| (*from, gone.to)))
    }

    /// What is wrong with the numbers, if anything; `available` of them are held by nobody, where that is known.
    pub(super) fn check(&self, available: Option<u32>) -> Result<(), String> {
        let mut last = 0;
        let mut in_order = |from: u32, to: u32| std::mem::replace(&mut last, to) <= from && from < to;
        let sound = self.fresh.iter().all(|(from, to)| in_order(*from, *to) && *to <= self.count)
            && self.gone.iter().all(|(from, gone)| *from < gone.to && gone.to <= self.count)
            && self.free.iter().all(|(number, _)| *number < self.count)
            && self.free.is_sorted_by_key(|(_, at)| *at)
            && self.bought.iter().all(|(first, _)| *first <= self.count)
            && self.bought.is_sorted();
        let many = self.fresh.iter().map(|(from, to)| u64::from(to - from)).sum::<u64>() + self.free.len() as u64;
        if !sound || available.is_some_and(|available| u64::from(available) != many) {
            return Err(format!("{many} numbers of licences that nobody holds, which are not in order"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn available(licenses: &Licenses) -> Vec<u32> {
        licenses.available(100).collect()
    }

    #[test]
    fn numbers_are_given_out_again_but_never_those_that_were_refunded() {
        let mut licenses = Licenses::default();
        licenses.fit(3, 1);
        assert_eq!([licenses.take(|| 9), licenses.take(|| 9)], [0, 1]);
        licenses.give_back(0, 7);
        assert_eq!(available(&licenses), [0, 2]);
        licenses.fit(0, 2);
        assert_eq!((licenses.unheld(0), licenses.unheld(2)), (Unheld::Gone, Unheld::Gone));
        licenses.fit(2, 3);
        assert_eq!(available(&licenses), [3, 4]);
        licenses.fit(1, 4);
        assert_eq!((licenses.unheld(3), licenses.unheld(4)), (Unheld::Fresh, Unheld::Gone));
        assert_eq!([0, 1, 2, 3, 4].map(|version| licenses.count_at(version)), [0, 3, 3, 5, 5]);
        assert_eq!(licenses.traded(1, 4).collect::<Vec<_>>(), [(3, 5), (0, 1), (2, 3), (4, 5)]);
        assert_eq!(licenses.check(Some(1)), Ok(()));
    }

    #[test]
    fn what_was_given_back_is_found_by_its_version() {
        let mut licenses = Licenses::default();
        let numbers: Vec<u32> = (0..4).map(|_| licenses.take(|| 1)).collect();
        for (number, version) in numbers.iter().zip(1..) {
            licenses.give_back(*number, version);
        }
        assert_eq!(licenses.given_back(1, u64::MAX).collect::<Vec<_>>(), [(3, 4), (2, 3), (1, 2)]);
        assert_eq!(licenses.given_back(1, 4).collect::<Vec<_>>(), [(2, 3), (1, 2)]);
        assert_eq!(licenses.given_back(4, u64::MAX).count(), 0);
    }
}
