//! A title: an app or a book.

use std::borrow::Cow;

use super::{Device, Devices, Genre, Storefront};
use crate::random;

/// Adam ids that Apple has not reached: those of invented titles.
const INVENTED: std::ops::RangeInclusive<u64> = 9_900_000_000..=9_900_009_999;

/// App or book.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An app.
    #[default]
    App,
    /// A book: for users alone, never taken back.
    Book,
}

impl Kind {
    /// `app` or `book`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Book => "book",
        }
    }
}

/// In which stores a title is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sold {
    /// In all.
    Everywhere,
    /// In those of these countries, two letters each.
    In(Vec<Cow<'static, str>>),
    /// In all but those of these.
    NotIn(Vec<Cow<'static, str>>),
}

/// A title of the stores, or a custom app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Title {
    /// Its Adam id: its number in the stores.
    pub adam_id: u64,
    /// App or book.
    pub kind: Kind,
    /// Its name.
    pub name: Cow<'static, str>,
    /// Its bundle id; a book has none.
    pub bundle_id: Option<Cow<'static, str>>,
    /// Who sells it: the developer, or the author.
    pub developer: Cow<'static, str>,
    /// Its first genre.
    pub genre: &'static Genre,
    /// What it runs on.
    pub devices: Devices,
    /// What a licence costs, in hundredths of each storefront's currency; 0: nothing.
    pub cents: u32,
    /// Its current version, as it is shown: sometimes with a blank before it, as seen in the store. A book has none.
    pub version: Option<Cow<'static, str>>,
    /// In which stores it is.
    pub sold: Sold,
    /// The organisation for which alone it was made (a custom app).
    pub custom_for: Option<Cow<'static, str>>,
    /// Whether its developer lets licences go to devices.
    pub device_assignable: bool,
}

impl Title {
    /// A title of which nothing but its number is known: free, for iPhone and iPad, sold everywhere.
    pub fn unknown(adam_id: u64, kind: Kind) -> Self {
        let app = kind == Kind::App;
        let (noun, genre) = if app { ("App", 6007) } else { ("Book", 9033) };
        Self {
            adam_id,
            kind,
            name: format!("{noun} {adam_id}").into(),
            bundle_id: app.then(|| format!("com.example.app{adam_id}").into()),
            developer: "Example Ltd".into(),
            genre: Genre::with_id(genre).unwrap_or(&super::GENRES[0]),
            devices: [Device::IPhone, Device::IPad].into_iter().collect(),
            cents: 0,
            version: app.then(|| made_version(adam_id).into()),
            sold: Sold::Everywhere,
            custom_for: None,
            device_assignable: app,
        }
    }

    /// The title in one row of the table.
    pub(super) fn from_row(row: &'static str) -> Option<Self> {
        let mut columns = row.split('|').map(str::trim);
        let mut next = || columns.next().filter(|column| !column.is_empty());
        let adam_id: u64 = next()?.parse().ok()?;
        let (kind, device_assignable) = match next()? {
            "app" => (Kind::App, true),
            "app for users" => (Kind::App, false),
            "book" => (Kind::Book, false),
            _ => return None,
        };
        let name = next()?.into();
        let bundle_id = next().filter(|id| *id != "-").map(Cow::from);
        let developer = next()?.into();
        let genre = Genre::with_id(next()?.parse().ok()?)?;
        let devices = devices(next()?)?;
        let cents = cents(next()?)?;
        let version = match next()? {
            _ if kind == Kind::Book => None,
            "-" => Some(made_version(adam_id).into()),
            quoted if quoted.starts_with('"') => Some(quoted.trim_matches('"').into()),
            version => Some(version.into()),
        };
        let sold = Sold::from_column(next()?)?;
        let title = Self {
            adam_id,
            kind,
            name,
            bundle_id,
            developer,
            genre,
            devices,
            cents,
            version,
            sold,
            custom_for: None,
            device_assignable,
        };
        (next().is_none() && title.bundle_id.is_some() == (kind == Kind::App)).then_some(title)
    }

    /// Whether the store of a country has it. Books are in no store that sells none.
    pub fn is_sold_in(&self, storefront: &Storefront) -> bool {
        let names =
            |countries: &[Cow<'_, str>]| countries.iter().any(|code| code.eq_ignore_ascii_case(storefront.code));
        let sold = match &self.sold {
            Sold::Everywhere => true,
            Sold::In(countries) => names(countries),
            Sold::NotIn(countries) => !names(countries),
        };
        sold && (self.kind == Kind::App || storefront.sells_books)
    }

    /// Whether it runs on more than one kind of device: what the portal marks as universal.
    pub fn is_universal(&self) -> bool {
        self.kind == Kind::App && self.devices.len() > 1
    }

    /// Whether it is a custom app.
    pub fn is_custom(&self) -> bool {
        self.custom_for.is_some()
    }

    /// Whether it is in no store of Apple's but made up.
    pub fn is_invented(&self) -> bool {
        INVENTED.contains(&self.adam_id)
    }
}

impl Sold {
    fn from_column(text: &'static str) -> Option<Self> {
        let countries = |codes: &'static str| codes.split_whitespace().map(Cow::from).collect();
        match text.split_once(' ') {
            None if text == "all" => Some(Self::Everywhere),
            Some(("only", codes)) => Some(Self::In(countries(codes))),
            Some(("not", codes)) => Some(Self::NotIn(countries(codes))),
            _ => None,
        }
    }
}

fn devices(column: &str) -> Option<Devices> {
    let named = column.split_whitespace().map(|word| Device::ALL.into_iter().find(|device| device.name() == word));
    named.collect::<Option<Devices>>().filter(|devices| !devices.is_empty())
}

fn cents(column: &str) -> Option<u32> {
    if column == "free" {
        return Some(0);
    }
    let (whole, part) = column.split_once('.')?;
    Some(whole.parse::<u32>().ok()? * 100 + part.parse::<u32>().ok().filter(|_| part.len() == 2)?)
}

/// A version for a title whose own changes weekly.
fn made_version(adam_id: u64) -> String {
    let hashed = random::mix(adam_id);
    format!("{}.{}.{}", 2 + hashed % 9, (hashed >> 8) % 30, (hashed >> 16) % 10)
}
