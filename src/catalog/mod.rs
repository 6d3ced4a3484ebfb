//! The device catalogue: Apple's models as plain facts, and everything about a device that follows from its model or its serial number.

mod connectivity;
mod eid;
mod identifiers;
mod imei;
mod mac_address;
mod model;
pub mod names;
mod serials;
pub mod store;

use std::collections::HashMap;
use std::sync::LazyLock;

pub use connectivity::Connectivity;
pub use eid::Eid;
pub use identifiers::Identifiers;
pub use imei::Imei;
pub use mac_address::MacAddress;
pub use model::Model;
pub use serials::SerialSequence;

use crate::organization::Family;

/// Every model that abmsim knows by name.
#[derive(Debug)]
pub struct Catalog {
    models: Vec<Model>,
    /// Both kinds of name: a model's own, and that of a line of products, which means its newest model.
    by_name: HashMap<&'static str, usize>,
}

impl Catalog {
    /// The catalogue, read once from the table in the program.
    pub fn get() -> &'static Self {
        static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::read(include_str!("models.txt")));
        &CATALOG
    }

    fn read(table: &'static str) -> Self {
        let rows = table.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        let models: Vec<Model> = rows.filter_map(Model::from_row).collect();
        let mut by_name = HashMap::with_capacity(2 * models.len());
        by_name.extend(models.iter().enumerate().map(|(position, model)| (model.name, position)));
        for (position, model) in models.iter().enumerate() {
            by_name.entry(model.model).or_insert(position);
        }
        Self { models, by_name }
    }

    /// The model called `name`: its own name (`MacBook Pro 14-inch (M4 Pro, 2024)`) or that of a line of products (`MacBook Pro`: the newest),
    /// first as written, then whatever its capitals.
    pub fn find(&self, name: &str) -> Option<&Model> {
        let position = self.by_name.get(name).or_else(|| {
            let mut others = self.by_name.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            others.next().map(|(_, position)| position)
        })?;
        self.models.get(*position)
    }

    /// The name that somebody who wrote `name` most likely meant, if there is one near enough to ask about.
    pub fn suggest(&self, name: &str) -> Option<&'static str> {
        let wanted = squeezed(name);
        if wanted.is_empty() {
            return None;
        }
        let bound = (wanted.len() / 4).clamp(1, 4);
        let near = self.names().map(|known| (rank(&wanted, &squeezed(known), bound), known));
        near.filter_map(|(rank, known)| Some((rank?, known))).min().map(|(_, known)| known)
    }

    /// Every model: in families' order, newest first within each line of products.
    pub fn models(&self) -> impl Iterator<Item = &Model> {
        self.models.iter()
    }

    /// The models of `family`, in the same order.
    pub fn of_family(&self, family: Family) -> impl Iterator<Item = &Model> {
        self.models.iter().filter(move |model| model.family == family)
    }

    /// Every name that [`find`](Self::find) takes: models' own and those of lines of products, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let mut names: Vec<_> = self.by_name.keys().copied().collect();
        names.sort_unstable();
        names.into_iter()
    }
}

/// How well `known` answers to `wanted`, least first: the same but for blanks and capitals, a spelling near by, a longer name that begins so.
fn rank(wanted: &str, known: &str, bound: usize) -> Option<(usize, usize)> {
    const BEGINNING: usize = 4;
    let distance = strsim::osa_distance(wanted, known);
    if distance <= bound {
        return Some((distance, known.len()));
    }
    (wanted.len() >= BEGINNING && known.starts_with(wanted)).then_some((bound + 1, known.len()))
}

/// Letters and digits alone, in lower case: people leave out blanks, brackets and capitals.
fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_row_of_the_table_is_a_model() {
        let rows = include_str!("models.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for row in rows.clone() {
            assert!(Model::from_row(row).is_some(), "{row}");
        }
        assert_eq!(Catalog::get().models().count(), rows.count());
        assert!(Catalog::get().models().count() >= 120);
    }

    #[test]
    fn every_model_is_well_formed() {
        for model in Catalog::get().models() {
            let name = model.name;
            assert!(name.starts_with(model.model), "{name}: {}", model.model);
            assert!((2015..=2026).contains(&model.year), "{name}: {}", model.year);
            assert!(!model.colors.is_empty() && !model.capacities.is_empty(), "{name}");
            for color in model.colors.iter() {
                assert!(color.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b' '), "{name}: {color}");
            }
            for capacity in model.capacities.iter() {
                let digits = capacity.trim_end_matches("GB").trim_end_matches("TB");
                assert!(digits.len() + 2 == capacity.len() && digits.parse::<u16>().is_ok(), "{name}: {capacity}");
            }
        }
    }

    #[test]
    fn names_are_unique() {
        let mut seen = HashSet::new();
        for model in Catalog::get().models() {
            assert!(seen.insert(squeezed(model.name)), "{}", model.name);
        }
    }

    #[test]
    fn product_types_have_apples_form_and_fit_the_family() {
        for model in Catalog::get().models() {
            let split = model.product_type.find(|c: char| c.is_ascii_digit()).unwrap();
            let (stem, number) = model.product_type.split_at(split);
            let (generation, variant) = number.split_once(',').unwrap();
            assert!(generation.parse::<u8>().is_ok() && variant.parse::<u8>().is_ok(), "{}", model.product_type);
            let stems: &[&str] = match model.family {
                Family::IPhone => &["iPhone"],
                Family::IPad => &["iPad"],
                Family::Mac => &["Mac", "MacBookPro", "MacBookAir", "Macmini", "MacPro", "iMac", "iMacPro"],
                Family::AppleTV => &["AppleTV"],
                Family::Vision => &["RealityDevice"],
                Family::Watch => &["Watch"],
                Family::IPod => &["iPod"],
            };
            assert!(stems.contains(&stem), "{}: {stem}", model.name);
        }
    }

    #[test]
    fn a_product_type_names_one_model_but_for_the_two_third_apple_tvs() {
        let mut seen = HashSet::new();
        for model in Catalog::get().models() {
            assert!(seen.insert(model.product_type) || model.product_type == "AppleTV14,1", "{}", model.name);
        }
    }

    #[test]
    fn connections_fit_the_family() {
        for model in Catalog::get().models() {
            let links = model.connectivity;
            assert!(!links.is_cellular() || model.family.is_cellular(), "{}", model.name);
            assert!(!links.has_ethernet() || matches!(model.family, Family::Mac | Family::AppleTV), "{}", model.name);
            assert!(links.is_cellular() || model.family != Family::IPhone, "{}", model.name);
            assert_eq!(model.name.ends_with("Cellular"), links == Connectivity::Esim && !model.name.contains("Ultra"));
        }
    }

    #[test]
    fn every_family_has_models() {
        for family in Family::ALL {
            assert!(Catalog::get().of_family(family).count() > 0, "{family:?}");
            assert!(Catalog::get().of_family(family).all(|model| model.family == family));
        }
    }

    #[test]
    fn part_numbers_are_unique() {
        let mut seen = HashSet::new();
        for model in Catalog::get().models() {
            for color in model.colors.iter() {
                for capacity in model.capacities.iter() {
                    let part = model.part_number(color, capacity);
                    assert!(seen.insert(part.clone()), "{part}: {} {color} {capacity}", model.name);
                }
            }
        }
    }

    #[test]
    fn a_line_of_products_means_its_newest_model() {
        for (line, name) in [
            ("MacBook Pro", "MacBook Pro 14-inch (M5 Pro, 2026)"),
            ("MacBook Air", "MacBook Air 13-inch (M5, 2026)"),
            ("Mac mini", "Mac mini (M4, 2024)"),
            ("iMac", "iMac 24-inch (M4, 2024, four ports)"),
            ("Mac Studio", "Mac Studio (M4 Max, 2025)"),
            ("Mac Pro", "Mac Pro (2023)"),
            ("iPad", "iPad (A16)"),
            ("iPad Air", "iPad Air 11-inch (M4)"),
            ("iPad Pro", "iPad Pro 11-inch (M5)"),
            ("iPad mini", "iPad mini (A17 Pro)"),
            ("iPhone SE", "iPhone SE (3rd generation)"),
            ("Apple TV 4K", "Apple TV 4K (3rd generation) Wi-Fi + Ethernet"),
            ("Apple Vision Pro", "Apple Vision Pro (M5)"),
            ("iPod touch", "iPod touch (7th generation)"),
            ("Apple Watch Ultra 2", "Apple Watch Ultra 2"),
            ("Apple Watch SE", "Apple Watch SE 3 40mm"),
        ] {
            let model = Catalog::get().find(line).unwrap();
            assert_eq!((model.name, model.model), (name, line));
        }
        for model in Catalog::get().models() {
            assert!(Catalog::get().find(model.model).unwrap().year >= model.year, "{}", model.name);
        }
    }

    #[test]
    fn a_name_is_found_whatever_its_capitals() {
        assert_eq!(Catalog::get().find("iPhone 16").unwrap().product_type, "iPhone17,3");
        assert_eq!(Catalog::get().find("IPHONE 16 pro max").unwrap().product_type, "iPhone17,2");
        assert!(Catalog::get().find("iPhone16").is_none());
        assert!(Catalog::get().find("").is_none());
    }

    #[test]
    fn a_near_miss_is_suggested() {
        for (written, meant) in [
            ("iPhone16", "iPhone 16"),
            ("Macbook pro", "MacBook Pro"),
            ("MacBok Pro", "MacBook Pro"),
            ("iphone 15 promax", "iPhone 15 Pro Max"),
            ("iPad Air 11 inch M2", "iPad Air 11-inch (M2)"),
            ("Apple Vision", "Apple Vision Pro"),
            ("Apple Watch Series 9", "Apple Watch Series 9"),
        ] {
            assert_eq!(Catalog::get().suggest(written), Some(meant), "{written}");
        }
        for written in ["", "  ", "Galaxy S24", "Service Other"] {
            assert_eq!(Catalog::get().suggest(written), None, "{written}");
        }
    }
}
