//! A model of the catalogue.

use super::Connectivity;
use crate::organization::Family;
use crate::random;

/// The characters that follow the first three in Apple's part numbers: no B, I, O or S, no 0 or 1.
const PART_CHARACTERS: &[u8; 30] = b"23456789ACDEFGHJKLMNPQRTUVWXYZ";

/// One model, as sold: facts alone.
#[derive(Debug)]
pub struct Model {
    /// Its unique name in the catalogue, e.g. `MacBook Pro 14-inch (M4 Pro, 2024)`.
    pub name: &'static str,
    /// `model` on the wire, e.g. `MacBook Pro`: Macs and iPads go by their line of products there, whatever their size and year.
    pub model: &'static str,
    /// The product type that the device itself reports, e.g. `Mac16,8`.
    pub product_type: &'static str,
    /// Its family.
    pub family: Family,
    /// The year in which it was introduced.
    pub year: u16,
    /// Its connections, which decide on its identifiers.
    pub connectivity: Connectivity,
    /// Storage sizes on sale, smallest first, e.g. `128GB`, `1TB`.
    pub capacities: Box<[&'static str]>,
    /// Colours on sale, in the wire's capitals, e.g. `SPACE GRAY`.
    pub colors: Box<[&'static str]>,
    /// First three characters of its part numbers.
    part: &'static str,
    /// Its description with `*` for the colour and `#` for the capacity.
    template: &'static str,
}

impl Model {
    /// The model in one row of the table: ten columns between bars.
    pub(super) fn from_row(row: &'static str) -> Option<Self> {
        let mut columns = row.split('|').map(str::trim);
        let mut next = || columns.next().filter(|column| !column.is_empty());
        let model = Self {
            name: next()?,
            model: next()?,
            product_type: next()?,
            family: Family::from_name(next()?)?,
            year: next()?.parse().ok()?,
            connectivity: Connectivity::from_name(next()?)?,
            part: next().filter(|part| part.len() == 3)?,
            capacities: next()?.split(", ").collect(),
            colors: next()?.split(", ").collect(),
            template: next()?,
        };
        columns.next().is_none().then_some(model)
    }

    /// Whether it has a mobile connection.
    pub fn is_cellular(&self) -> bool {
        self.connectivity.is_cellular()
    }

    /// `description` on the wire: the stock-keeping text in capitals, in the manner of `IPHONE 14 MIDNIGHT 128GB-ZDD` and
    /// `MBP 13.3 SPACE GRAY/2.0GHZ/8GB/256GB-USA`, which real servers answer.
    pub fn description(&self, color: &str, capacity: &str) -> String {
        let mut text = String::with_capacity(self.template.len() + color.len() + capacity.len());
        for character in self.template.chars() {
            match character {
                '*' => text.push_str(color),
                '#' => text.push_str(capacity),
                other => text.push(other),
            }
        }
        text.make_ascii_uppercase();
        text
    }

    /// The part number of one colour and capacity, in the manner of `MYAP3ZD/A`. Always the same for the same model, colour and capacity, and
    /// different for everything that the catalogue lists; its ending is that of the description's country.
    pub fn part_number(&self, color: &str, capacity: &str) -> String {
        let position = |list: &[&str], wanted: &str| list.iter().position(|known| known.eq_ignore_ascii_case(wanted));
        let listed = position(&self.colors, color).zip(position(&self.capacities, capacity));
        let (index, digit) = match listed {
            Some((color, capacity)) => (color + capacity * self.colors.len(), '3'),
            // Something that Apple never sold gets a number beside those that are taken.
            None => {
                let text = format!("{color}/{capacity}").to_ascii_uppercase();
                let hashed = random::hash(text.as_bytes());
                (hashed as usize, ['4', '5', '6', '7', '8', '9'][(hashed >> 32) as usize % 6])
            }
        };
        let letter = char::from(PART_CHARACTERS[index % PART_CHARACTERS.len()]);
        let ending = if self.template.ends_with("-USA") { "LL/A" } else { "ZD/A" };
        format!("{}{letter}{digit}{ending}", self.part)
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    #[test]
    fn descriptions_are_stock_keeping_texts() {
        for (name, color, capacity, description) in [
            ("iPhone 14", "MIDNIGHT", "128GB", "IPHONE 14 MIDNIGHT 128GB-ZDD"),
            ("iPhone SE (2nd generation)", "red", "64GB", "IPHONE SE 2 RED 64GB-ZDD"),
            ("MacBook Pro 14-inch (M4 Pro, 2024)", "SILVER", "512GB", "MBP 14.2 SILVER/M4 PRO/24GB/512GB-USA"),
            ("iPad (A16) Wi-Fi + Cellular", "PINK", "256GB", "IPAD A16 WIFI CELL 256GB PINK-ZDD"),
            ("Apple TV HD", "BLACK", "32GB", "APPLE TV HD 32GB-ZDD"),
        ] {
            assert_eq!(Catalog::get().find(name).unwrap().description(color, capacity), description);
        }
    }

    #[test]
    fn part_numbers_stay_the_same() {
        let part = |name, color, capacity| Catalog::get().find(name).unwrap().part_number(color, capacity);
        assert_eq!(part("iPhone 16", "BLACK", "128GB"), "MYE23ZD/A");
        assert_eq!(part("iPhone 16", "TEAL", "256GB"), "MYEA3ZD/A");
        assert_eq!(part("iPhone 16", "teal", "256gb"), "MYEA3ZD/A");
        assert_eq!(part("MacBook Pro 14-inch (M4, 2024)", "SILVER", "1TB"), "MW253LL/A");
    }

    #[test]
    fn a_color_that_was_never_sold_has_a_part_number_of_its_own() {
        let model = Catalog::get().find("iPhone 16").unwrap();
        let part = model.part_number("TARTAN", "128GB");
        assert_eq!(part, model.part_number("tartan", "128GB"));
        assert_ne!(part.as_bytes()[4], b'3');
        assert_eq!(part.len(), "MYAP3ZD/A".len());
    }

    #[test]
    fn a_row_that_lacks_a_column_is_none() {
        assert!(
            super::Model::from_row("iPhone 9 | iPhone 9 | iPhone99,1 | iPhone | 2020 | dual | MZZ | 64GB").is_none()
        );
    }
}
