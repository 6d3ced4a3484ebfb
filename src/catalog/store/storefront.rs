//! Storefronts: the stores of the countries.

/// The store of a country.
#[derive(Debug, PartialEq, Eq)]
pub struct Storefront {
    /// The country's two letters, small, as paths have them.
    pub code: &'static str,
    /// Apple's number for it, as the `X-Apple-Store-Front` header and the legacy lookup have it.
    pub id: u32,
    /// The country's English name.
    pub name: &'static str,
    /// The currency of its prices.
    pub currency: &'static str,
    /// Its languages, the default first.
    pub languages: &'static [&'static str],
    /// Whether books are sold there.
    pub sells_books: bool,
}

const fn store(
    code: &'static str,
    id: u32,
    name: &'static str,
    currency: &'static str,
    languages: &'static [&'static str],
) -> Storefront {
    Storefront { code, id, name, currency, languages, sells_books: true }
}

const fn without_books(store: Storefront) -> Storefront {
    Storefront { sells_books: false, ..store }
}

/// Those that there are, by code: those of Apple's in which most organisations are.
#[rustfmt::skip]
pub static STOREFRONTS: &[Storefront] = &[
    without_books(store("ae", 143_481, "United Arab Emirates", "AED", &["en-AE", "ar"])),
    store("ar", 143_505, "Argentina", "USD", &["es-MX", "en-GB"]),
    store("at", 143_445, "Austria", "EUR", &["de-DE", "en-GB"]),
    store("au", 143_460, "Australia", "AUD", &["en-AU"]),
    store("be", 143_446, "Belgium", "EUR", &["nl", "fr-FR", "en-GB"]),
    store("bg", 143_526, "Bulgaria", "BGN", &["en-GB"]),
    store("br", 143_503, "Brazil", "BRL", &["pt-BR", "en-GB"]),
    store("ca", 143_455, "Canada", "CAD", &["en-CA", "fr-CA"]),
    store("ch", 143_459, "Switzerland", "CHF", &["de-CH", "fr-FR", "it", "en-GB"]),
    store("cl", 143_483, "Chile", "CLP", &["es-MX", "en-GB"]),
    without_books(store("cn", 143_465, "China mainland", "CNY", &["zh-Hans-CN", "en-GB"])),
    store("co", 143_501, "Colombia", "COP", &["es-MX", "en-GB"]),
    store("cr", 143_495, "Costa Rica", "USD", &["es-MX", "en-GB"]),
    store("cy", 143_557, "Cyprus", "EUR", &["en-GB", "el"]),
    store("cz", 143_489, "Czech Republic", "CZK", &["cs", "en-GB"]),
    store("de", 143_443, "Germany", "EUR", &["de-DE", "en-GB"]),
    store("dk", 143_458, "Denmark", "DKK", &["da", "en-GB"]),
    store("ec", 143_509, "Ecuador", "USD", &["es-MX", "en-GB"]),
    store("ee", 143_518, "Estonia", "EUR", &["en-GB"]),
    without_books(store("eg", 143_516, "Egypt", "EGP", &["en-GB", "ar"])),
    store("es", 143_454, "Spain", "EUR", &["es-ES", "en-GB"]),
    store("fi", 143_447, "Finland", "EUR", &["fi", "en-GB"]),
    store("fr", 143_442, "France", "EUR", &["fr-FR", "en-GB"]),
    store("gb", 143_444, "United Kingdom", "GBP", &["en-GB"]),
    store("gr", 143_448, "Greece", "EUR", &["el", "en-GB"]),
    without_books(store("hk", 143_463, "Hong Kong", "HKD", &["zh-Hant-HK", "en-GB"])),
    without_books(store("hr", 143_494, "Croatia", "EUR", &["hr", "en-GB"])),
    store("hu", 143_482, "Hungary", "HUF", &["hu", "en-GB"]),
    without_books(store("id", 143_476, "Indonesia", "IDR", &["id", "en-GB"])),
    store("ie", 143_449, "Ireland", "EUR", &["en-GB"]),
    without_books(store("il", 143_491, "Israel", "ILS", &["he", "en-GB"])),
    without_books(store("in", 143_467, "India", "INR", &["en-GB", "hi"])),
    store("it", 143_450, "Italy", "EUR", &["it", "en-GB"]),
    store("jp", 143_462, "Japan", "JPY", &["ja", "en-US"]),
    without_books(store("kr", 143_466, "Republic of Korea", "KRW", &["ko", "en-GB"])),
    without_books(store("kz", 143_517, "Kazakhstan", "KZT", &["en-GB"])),
    store("lt", 143_520, "Lithuania", "EUR", &["en-GB"]),
    store("lu", 143_451, "Luxembourg", "EUR", &["fr-FR", "de-DE", "en-GB"]),
    store("lv", 143_519, "Latvia", "EUR", &["en-GB"]),
    store("mt", 143_521, "Malta", "EUR", &["en-GB"]),
    store("mx", 143_468, "Mexico", "MXN", &["es-MX", "en-GB"]),
    without_books(store("my", 143_473, "Malaysia", "MYR", &["en-GB", "ms"])),
    without_books(store("ng", 143_561, "Nigeria", "NGN", &["en-GB"])),
    store("nl", 143_452, "Netherlands", "EUR", &["nl", "en-GB"]),
    store("no", 143_457, "Norway", "NOK", &["nb", "en-GB"]),
    store("nz", 143_461, "New Zealand", "NZD", &["en-AU"]),
    store("pa", 143_485, "Panama", "USD", &["es-MX", "en-GB"]),
    store("pe", 143_507, "Peru", "PEN", &["es-MX", "en-GB"]),
    without_books(store("ph", 143_474, "Philippines", "PHP", &["en-GB"])),
    without_books(store("pk", 143_477, "Pakistan", "PKR", &["en-GB"])),
    store("pl", 143_478, "Poland", "PLN", &["pl", "en-GB"]),
    store("pt", 143_453, "Portugal", "EUR", &["pt-PT", "en-GB"]),
    without_books(store("qa", 143_498, "Qatar", "QAR", &["en-GB", "ar"])),
    store("ro", 143_487, "Romania", "RON", &["ro", "en-GB"]),
    without_books(store("sa", 143_479, "Saudi Arabia", "SAR", &["en-GB", "ar"])),
    store("se", 143_456, "Sweden", "SEK", &["sv", "en-GB"]),
    without_books(store("sg", 143_464, "Singapore", "SGD", &["en-GB", "zh-Hans-CN"])),
    store("si", 143_499, "Slovenia", "EUR", &["en-GB"]),
    store("sk", 143_496, "Slovakia", "EUR", &["sk", "en-GB"]),
    without_books(store("th", 143_475, "Thailand", "THB", &["th", "en-GB"])),
    without_books(store("tr", 143_480, "Türkiye", "TRY", &["tr", "en-GB"])),
    without_books(store("tw", 143_470, "Taiwan", "TWD", &["zh-Hant-TW", "en-GB"])),
    without_books(store("ua", 143_492, "Ukraine", "USD", &["uk", "en-GB"])),
    store("us", 143_441, "United States", "USD", &["en-US", "es-MX", "zh-Hans-CN"]),
    without_books(store("vn", 143_471, "Vietnam", "VND", &["vi", "en-GB"])),
    without_books(store("za", 143_472, "South Africa", "ZAR", &["en-GB"])),
];

impl Storefront {
    /// The store of the country with these two letters, whatever their case.
    pub fn of(code: &str) -> Option<&'static Self> {
        STOREFRONTS.iter().find(|store| store.code.eq_ignore_ascii_case(code))
    }

    /// The store of the United States, which stands in where none is named.
    pub fn default_one() -> &'static Self {
        Self::of("us").unwrap_or(&STOREFRONTS[0])
    }

    /// A price in its currency, as people read it: `$4.99`, `4.99 EUR`, `Free`.
    pub fn priced(&self, cents: u32) -> String {
        let amount = format!("{}.{:02}", cents / 100, cents % 100);
        match self.currency {
            _ if cents == 0 => "Free".to_owned(),
            "USD" => format!("${amount}"),
            "GBP" => format!("£{amount}"),
            currency => format!("{amount} {currency}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storefronts_are_sorted_and_their_numbers_differ() {
        assert!(STOREFRONTS.is_sorted_by(|left, right| left.code < right.code));
        let mut ids: Vec<u32> = STOREFRONTS.iter().map(|store| store.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), STOREFRONTS.len());
        assert!(STOREFRONTS.iter().all(|store| store.code.len() == 2 && !store.languages.is_empty()));
    }

    #[test]
    fn a_storefront_is_found_whatever_its_case_and_prices_are_readable() {
        assert_eq!(Storefront::of("DE").unwrap().id, 143_443);
        assert!(Storefront::of("xx").is_none());
        assert_eq!(Storefront::default_one().priced(499), "$4.99");
        assert_eq!(Storefront::of("de").unwrap().priced(29_999), "299.99 EUR");
        assert_eq!(Storefront::default_one().priced(0), "Free");
        assert!(!Storefront::of("cn").unwrap().sells_books);
    }
}
