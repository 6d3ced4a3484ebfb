//! Licences by number: version 1 of the API shows them.

use serde::{Deserialize, Serialize};

/// The numbers of an asset's licences: those that were given back are given out again, the last one first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Licenses {
    free: Vec<u32>,
    minted: u32,
}

impl Licenses {
    pub(super) fn take(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.minted += 1;
            self.minted - 1
        })
    }

    pub(super) fn give_back(&mut self, license: u32) {
        self.free.push(license);
    }

    /// The first `count` numbers of those that nobody holds, in the order in which they would be given out.
    pub(super) fn available(&self, count: u32) -> impl Iterator<Item = u32> + '_ {
        self.free.iter().rev().copied().chain(self.minted..).take(count as usize)
    }
}
