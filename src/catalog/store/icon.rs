//! Icons: a pattern for each title, in the colours that the stores tell of it.

use super::Details;
use super::png;
use crate::random;

/// The longest side of an icon in pixels; larger ones are not made, as the store enlarges none.
pub const LARGEST: u32 = 1_024;

/// The cells of a pattern, across and down.
const CELLS: u32 = 5;
/// The cells that are left free on each side of it.
const MARGIN: u32 = 1;

/// The icon of a title.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon {
    seed: u64,
    colors: [[u8; 3]; 2],
}

impl Icon {
    /// That of the title with this Adam id, whatever its version.
    pub fn of(adam_id: u64) -> Self {
        Self { seed: random::mix(adam_id), colors: Details::with_id(adam_id).colors() }
    }

    /// A PNG that fits a box of so many pixels, and is as large as [`LARGEST`] at most.
    pub fn png(self, width: u32, height: u32) -> Vec<u8> {
        let side = width.min(height).clamp(1, LARGEST);
        let drawn = png::pattern(self.seed, CELLS);
        let cell = |pixel: u32| (pixel * (CELLS + 2 * MARGIN) / side).checked_sub(MARGIN).filter(|at| *at < CELLS);
        png::square(side, self.colors, cell, |x, y| x.zip(y).is_some_and(|(column, row)| drawn(column, row)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::store::Store;

    fn side(png: &[u8]) -> u32 {
        u32::from_be_bytes([png[16], png[17], png[18], png[19]])
    }

    #[test]
    fn an_icon_fits_the_box_and_is_never_enlarged() {
        let icon = Icon::of(361_309_726);
        for (width, height, expected) in [(60, 60, 60), (512, 100, 100), (1, 1, 1), (4_000, 4_000, LARGEST)] {
            assert_eq!(side(&icon.png(width, height)), expected);
        }
    }

    #[test]
    fn titles_have_different_icons_and_always_the_same() {
        let icons: std::collections::HashSet<Vec<u8>> =
            Store::get().titles().map(|title| Icon::of(title.adam_id).png(64, 64)).collect();
        assert_eq!(icons.len(), Store::get().titles().count());
    }
}
