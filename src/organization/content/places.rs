//! Short lists of places, of which there are many.

use serde::{Deserialize, Serialize};

/// The places of rows in a table. Up to three cost nothing beside these 24 bytes: most who hold licences hold few.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Places {
    /// At most three, and how many.
    Few(u8, [u32; 3]),
    /// More.
    Many(Vec<u32>),
}

impl Default for Places {
    fn default() -> Self {
        Self::Few(0, [0; 3])
    }
}

impl Places {
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::Few(count, few) => &few[..usize::from(*count)],
            Self::Many(many) => many,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a place; answers where it stands here.
    pub(super) fn push(&mut self, place: u32) -> u32 {
        match self {
            Self::Few(count, few) if usize::from(*count) < few.len() => {
                few[usize::from(*count)] = place;
                *count += 1;
            }
            Self::Few(_, few) => {
                let mut many = Vec::with_capacity(8);
                many.extend_from_slice(few);
                many.push(place);
                *self = Self::Many(many);
            }
            Self::Many(many) => many.push(place),
        }
        self.len() as u32 - 1
    }

    /// Takes out the place that stands at `at`, and puts the last one there; answers that one, if it was another.
    pub(super) fn swap_remove(&mut self, at: u32) -> Option<u32> {
        match self {
            Self::Few(count, few) => {
                *count -= 1;
                few[at as usize] = few[usize::from(*count)];
            }
            Self::Many(many) => {
                many.swap_remove(at as usize);
            }
        }
        self.as_slice().get(at as usize).copied()
    }

    /// Writes another place at `at`.
    pub(super) fn set(&mut self, at: u32, place: u32) {
        match self {
            Self::Few(_, few) => few[at as usize] = place,
            Self::Many(many) => many[at as usize] = place,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_grows_and_shrinks() {
        assert_eq!(size_of::<Places>(), 24);
        let mut places = Places::default();
        for place in 0..10 {
            assert_eq!(places.push(place), place);
        }
        assert_eq!(places.swap_remove(2), Some(9));
        assert_eq!(places.swap_remove(8), None);
        places.set(0, 77);
        assert_eq!(places.as_slice(), [77, 1, 9, 3, 4, 5, 6, 7]);
        let mut few = Places::default();
        few.push(5);
        few.push(6);
        assert_eq!((few.swap_remove(0), few.swap_remove(0), few.is_empty()), (Some(6), None, true));
    }
}
