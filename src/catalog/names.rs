//! Made-up people, organisations and business numbers. A seed gives the same ones again; the lists of names belong to the `fake` crate and may
//! change with it.

use std::fmt;

use fake::Fake;
use fake::faker::address::en::{CityName, StateAbbr, StreetName};
use fake::faker::company::en::CompanyName;
use fake::faker::name::en::{FirstName, LastName};

use crate::random::Random;

/// A person's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// Given name.
    pub given: String,
    /// Family name.
    pub family: String,
}

/// `Given Family`.
impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.given, self.family)
    }
}

/// Somebody's name.
pub fn person(random: &mut Random) -> Name {
    Name { given: FirstName().fake_with_rng(random.rng()), family: LastName().fake_with_rng(random.rng()) }
}

/// An organisation's legal name.
pub fn company(random: &mut Random) -> String {
    CompanyName().fake_with_rng(random.rng())
}

/// A North American telephone number from the range that is kept for fiction (555-0100 to 555-0199), so that it is nobody's.
pub fn phone(random: &mut Random) -> String {
    const AREAS: [u16; 8] = [202, 206, 212, 312, 408, 415, 512, 617];
    let area = AREAS[random.below(AREAS.len() as u64) as usize];
    format!("+1 {area}-555-{:04}", 100 + random.below(100))
}

/// A postal address in one line, as `org_address` has it: street, city, state and code, country.
pub fn address(random: &mut Random) -> String {
    let number = 1 + random.below(9_999);
    let street: String = StreetName().fake_with_rng(random.rng());
    let city: String = CityName().fake_with_rng(random.rng());
    let state: String = StateAbbr().fake_with_rng(random.rng());
    format!("{number} {street}, {city}, {state} {:05}, USA", 501 + random.below(99_000))
}

/// The e-mail address of `name` at `domain`: `given.family@domain`.
pub fn email_for(name: &Name, domain: &str) -> String {
    let words = [label(&name.given, ""), label(&name.family, "")];
    let local: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    let local = if local.is_empty() { "user".to_owned() } else { local.join(".") };
    format!("{local}@{domain}")
}

/// A domain for `company` under `.example`, which is kept for examples and never resolves.
pub fn domain_for(company: &str) -> String {
    /// The longest part of a domain name that DNS allows.
    const LONGEST: usize = 63;
    let mut name = label(company, "-");
    name.truncate(LONGEST);
    let name = name.trim_end_matches('-');
    format!("{}.example", if name.is_empty() { "organization" } else { name })
}

/// The ASCII letters and digits of `text` in lower case, `gap` between words.
fn label(text: &str, gap: &str) -> String {
    let text = text.to_ascii_lowercase().replace('\'', "");
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join(gap)
}

/// An order number of Apple's form: `W` and nine or ten digits.
pub fn order_number(random: &mut Random) -> String {
    const LEAST: u64 = 100_000_000;
    format!("W{}", LEAST + random.below(100 * LEAST - LEAST))
}

/// An Apple Customer Number: seven digits.
pub fn customer_number(random: &mut Random) -> String {
    (1_000_000 + random.below(9_000_000)).to_string()
}

/// A DEP Reseller ID: eight upper-case hexadecimal digits.
pub fn reseller_id(random: &mut Random) -> String {
    random.hex_upper(8)
}

/// A supplier's asset tag: two letters and six digits.
pub fn asset_tag(random: &mut Random) -> String {
    format!("AT{:06}", random.below(1_000_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draws<T>(draw: impl Fn(&mut Random) -> T) -> impl Iterator<Item = T> {
        let mut random = Random::new(11, "names");
        (0..500).map(move |_| draw(&mut random))
    }

    #[test]
    fn a_seed_gives_the_same_names() {
        let all = |random: &mut Random| (person(random), company(random), phone(random), address(random));
        assert_eq!(all(&mut Random::new(1, "acme")), all(&mut Random::new(1, "acme")));
        assert_ne!(all(&mut Random::new(1, "acme")), all(&mut Random::new(2, "acme")));
    }

    #[test]
    fn names_have_both_parts() {
        for name in draws(person) {
            assert!(!name.given.is_empty() && !name.family.is_empty(), "{name}");
        }
        assert!(draws(company).all(|company| company.contains(' ')));
    }

    #[test]
    fn addresses_are_one_line_with_commas() {
        for address in draws(address) {
            assert_eq!(address.matches(',').count(), 3, "{address}");
            assert!(!address.contains('\n') && address.ends_with(", USA"), "{address}");
        }
    }

    #[test]
    fn phone_numbers_belong_to_nobody() {
        for phone in draws(phone) {
            let (_, line) = phone.split_once("-555-01").unwrap();
            assert!(phone.starts_with("+1 ") && line.len() == 2, "{phone}");
        }
    }

    #[test]
    fn emails_and_domains_are_plain_ascii() {
        for (name, company) in draws(|random| (person(random), company(random))) {
            let domain = domain_for(&company);
            let email = email_for(&name, &domain);
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || ".-".contains(c);
            assert!(domain.ends_with(".example") && domain.chars().all(plain), "{domain}");
            let (local, at) = email.split_once('@').unwrap();
            assert!(at == domain && !local.is_empty() && local.chars().all(plain), "{email}");
        }
    }

    #[test]
    fn odd_names_still_make_addresses() {
        let name = |given: &str, family: &str| Name { given: given.to_owned(), family: family.to_owned() };
        assert_eq!(email_for(&name("Mary Ann", "O'Keefe"), "a.example"), "maryann.okeefe@a.example");
        assert_eq!(email_for(&name("花", "李"), "a.example"), "user@a.example");
        assert_eq!(domain_for("O'Hara, Bergström & Sons Inc."), "ohara-bergstr-m-sons-inc.example");
        assert_eq!(domain_for("株式会社"), "organization.example");
        assert_eq!(domain_for(&"x".repeat(100)).len(), 63 + ".example".len());
    }

    #[test]
    fn business_numbers_have_their_forms() {
        for order in draws(order_number) {
            let digits = order.strip_prefix('W').unwrap();
            assert!(matches!(digits.len(), 9 | 10) && digits.parse::<u64>().is_ok(), "{order}");
        }
        assert!(draws(customer_number).all(|number| number.len() == 7 && number.parse::<u32>().is_ok()));
        assert!(draws(reseller_id).all(|id| id.len() == 8 && id.bytes().all(|b| b"0123456789ABCDEF".contains(&b))));
        assert!(draws(asset_tag).all(|tag| tag.len() == 8 && tag.starts_with("AT")));
    }
}
