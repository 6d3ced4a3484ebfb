//! The serial numbers of all devices of an organisation.

use std::ops::{Index, Range};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;

use super::{DeviceId, Serial};

/// How many are shared at a time. Whoever keeps one keeps its block: 7,680 bytes.
const BLOCK: usize = 512;
/// In so many blocks are the serial numbers of a page of 1,000 rows.
const BLOCKS_OF_A_PAGE: usize = 3;
/// How many devices have to follow one another, on an average, for sharing to be less than copying.
const RUN: usize = 4;

/// Serial numbers by device: 15 bytes each. None of them ever changes, so that snapshots, forks and whoever keeps some share them.
#[derive(Clone, Debug, Default)]
pub struct Serials {
    /// All are full but the last one.
    blocks: Vec<Arc<Vec<Serial>>>,
    length: usize,
}

/// Some serial numbers that are kept, whatever becomes of their organisation.
#[derive(Debug)]
pub enum Excerpt {
    /// Of devices that follow one another.
    Shared(SmallVec<[Stretch; BLOCKS_OF_A_PAGE]>),
    /// Of devices here and there.
    Copied(Box<[Serial]>),
}

/// Serial numbers that follow one another in a block.
#[derive(Debug)]
pub struct Stretch {
    block: Arc<Vec<Serial>>,
    within: Range<u32>,
}

impl Stretch {
    fn serials(&self) -> &[Serial] {
        &self.block[self.within.start as usize..self.within.end as usize]
    }
}

impl Serials {
    /// Makes room for `more`.
    pub fn reserve(&mut self, more: usize) {
        self.blocks.reserve_exact(more.div_ceil(BLOCK));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Those of a device and of the ones behind it that are in the same block.
    #[inline]
    pub fn from(&self, device: DeviceId) -> &[Serial] {
        let (number, within) = place(device);
        &self.blocks[number][within..]
    }

    /// Adds the serial number of the next device.
    pub fn push(&mut self, serial: Serial) {
        self.extend([serial]);
    }

    /// Keeps those of the devices in `runs`.
    pub fn excerpt(&self, runs: &[Range<DeviceId>]) -> Excerpt {
        let count: usize = runs.iter().map(ExactSizeIterator::len).sum();
        if count < runs.len() * RUN {
            return Excerpt::Copied(runs.iter().cloned().flatten().map(|device| self[device]).collect());
        }
        let mut shared = SmallVec::new();
        for run in runs {
            let mut device = run.start;
            while device < run.end {
                let (number, within) = place(device);
                let end = run.end.min(device - within as u32 + BLOCK as u32);
                let within = within as u32..within as u32 + (end - device);
                shared.push(Stretch { block: self.blocks[number].clone(), within });
                device = end;
            }
        }
        Excerpt::Shared(shared)
    }
}

impl Excerpt {
    /// All of them, in the order in which they were asked for.
    pub fn iter(&self) -> impl Iterator<Item = &Serial> {
        let (shared, copied): (&[Stretch], &[Serial]) = match self {
            Self::Shared(shared) => (shared, &[]),
            Self::Copied(copied) => (&[], copied),
        };
        shared.iter().flat_map(Stretch::serials).chain(copied)
    }

    /// How much memory it takes, in bytes. Full blocks are the organisation's as well; of others there may be a later one by now.
    pub fn memory(&self) -> usize {
        match self {
            Self::Copied(copied) => size_of_val(&**copied),
            Self::Shared(shared) => {
                let last = shared.iter().map(|stretch| stretch.block.len()).filter(|length| *length < BLOCK).max();
                let spilled = if shared.spilled() { shared.capacity() * size_of::<Stretch>() } else { 0 };
                spilled + last.unwrap_or_default() * size_of::<Serial>()
            }
        }
    }
}

/// In which block a serial number is, and where in it.
#[inline]
const fn place(device: DeviceId) -> (usize, usize) {
    (device as usize / BLOCK, device as usize % BLOCK)
}

impl Index<DeviceId> for Serials {
    type Output = Serial;

    #[inline]
    fn index(&self, device: DeviceId) -> &Serial {
        let (number, within) = place(device);
        &self.blocks[number][within]
    }
}

impl Extend<Serial> for Serials {
    fn extend<T: IntoIterator<Item = Serial>>(&mut self, serials: T) {
        let mut serials = serials.into_iter().peekable();
        while serials.peek().is_some() {
            let room = BLOCK - self.length % BLOCK;
            if room == BLOCK {
                self.blocks.push(Arc::new(Vec::with_capacity(serials.size_hint().0.min(BLOCK))));
            }
            let Some(last) = self.blocks.last_mut() else { return };
            let last = Arc::make_mut(last);
            let before = last.len();
            last.extend(serials.by_ref().take(room));
            self.length += last.len() - before;
        }
    }
}

impl Serialize for Serials {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.blocks.iter().flat_map(|block| block.iter()))
    }
}

impl<'de> Deserialize<'de> for Serials {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut serials = Self::default();
        serials.extend(Vec::<Serial>::deserialize(deserializer)?);
        Ok(serials)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn serial(number: u32) -> Serial {
        format!("C02{number:09}").parse().unwrap()
    }

    fn of(count: u32) -> Serials {
        let mut serials = Serials::default();
        serials.extend((0..count / 2).map(serial));
        (count / 2..count).for_each(|number| serials.push(serial(number)));
        serials
    }

    #[test]
    fn each_is_where_its_device_is() {
        for count in [0, 1, 511, 512, 513, 1_023, 1_024, 1_025, 2_500] {
            let serials = of(count);
            assert_eq!(serials.len(), count as usize);
            assert!((0..count).all(|device| serials[device] == serial(device)));
            let written = serde_json::to_string(&serials).unwrap();
            let again: Serials = serde_json::from_str(&written).unwrap();
            assert_eq!(serde_json::to_string(&again).unwrap(), written);
        }
    }

    #[test]
    fn an_excerpt_stays_as_it_is() {
        let mut serials = of(1_000);
        let mut copy = serials.clone();
        let runs = [990..1_000, 3..4, 250..700];
        let here_and_there = [999..1_000, 3..4, 3..4, 5..7];
        let (kept, copied) = (serials.excerpt(&runs), serials.excerpt(&here_and_there));
        serials.push(serial(77_777));
        copy.push(serial(88_888));
        drop((copy, serials));
        let all = |excerpt: &Excerpt| excerpt.iter().copied().collect::<Vec<_>>();
        assert_eq!(all(&kept), runs.into_iter().flatten().map(serial).collect::<Vec<_>>());
        assert_eq!(all(&copied), here_and_there.into_iter().flatten().map(serial).collect::<Vec<_>>());
        assert_eq!(copied.memory(), 5 * size_of::<Serial>());
        // The last block would be its own if the organisation still had one.
        let own = (1_000 % BLOCK) * size_of::<Serial>();
        assert!((own..own + 5 * 32).contains(&kept.memory()), "{}", kept.memory());
    }
}
