//! The scenarios that are in the program.

use super::SourceFile;
use crate::nearest::nearest;

/// A scenario in the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Embedded {
    /// Its name: where it lies under `scenarios/`, without `.yaml`.
    pub name: &'static str,
    /// The file.
    pub text: &'static str,
}

macro_rules! embedded {
    ($($name:literal)+) => {
        &[$(Embedded { name: $name, text: include_str!(concat!("../../scenarios/", $name, ".yaml")) }),+]
    };
}

/// Every scenario in the program. Those under `field/` are troubles that developers of MDMs reported, one each.
#[rustfmt::skip]
pub static LIBRARY: &[Embedded] = embedded![
    "default" "small" "school" "week" "expiring" "large"
    // Terms, tokens and sessions.
    "field/terms-wave" "field/token-expiring" "field/token-replaced" "field/admin-removed" "field/token-mixed-up"
    "field/certificate-file" "field/user-agent-refused" "field/session-rotates" "field/clock-drift"
    "field/session-bad-request" "field/token-while-syncing"
    // Lists and cursors.
    "field/cursor-expires" "field/cursor-repeats" "field/device-never-shown" "field/throttled-vanish"
    "field/reassign-modified" "field/added-and-deleted" "field/reassign-same-server" "field/release-silent"
    "field/portal-lag" "field/removed-and-back" "field/crash-mid-page" "field/outage-night" "field/small-pages"
    "field/huge-organisation" "field/two-servers" "field/unknown-family"
    // Profiles.
    "field/throttle-cooldown" "field/too-many-serials" "field/results-missing" "field/not-accessible"
    "field/put-refused" "field/profile-refused" "field/profile-pushed" "field/error-bodies" "field/profile-race"
    // Apps and Books.
    "field/errors-with-status-200" "field/token-revoked-by-password" "field/associate-says-complete"
    "field/licence-lags-at-store" "field/last-licence-sold" "field/seats-leak" "field/version-changes-while-paging"
    "field/empty-page" "field/another-mdm-takes-location" "field/notifications-twice" "field/limits-change"
    "field/apps-throttled" "field/storefront-only-de" "field/two-locations-one-user" "field/user-licence-only"
    "field/books-stay"
];

impl Embedded {
    /// The scenario called `name`, with or without `.yaml`.
    pub fn find(name: &str) -> Option<&'static Self> {
        let wanted = name.strip_suffix(".yaml").unwrap_or(name);
        LIBRARY.iter().find(|known| known.name == wanted)
    }

    /// The name that was probably meant.
    pub fn nearest(name: &str) -> Option<&'static str> {
        let wanted = name.strip_suffix(".yaml").unwrap_or(name);
        // Its last part is what people remember.
        let by_last = || LIBRARY.iter().find(|known| known.name.rsplit('/').next() == Some(wanted));
        nearest(wanted, LIBRARY.iter().map(|known| known.name)).or_else(|| by_last().map(|known| known.name))
    }

    /// What it is: the first sentence of the comment at its top.
    pub fn about(&self) -> String {
        let lines = self.text.lines().map_while(|line| line.strip_prefix('#')).map(str::trim);
        let comment = lines.collect::<Vec<_>>().join(" ");
        comment.split_inclusive(". ").next().unwrap_or_default().trim_end_matches(['.', ' ']).to_owned()
    }

    /// It as a file, to be read.
    pub fn source(&self) -> SourceFile {
        SourceFile::new(format!("{}.yaml", self.name), self.text)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn names(folder: &Path, before: &str) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let named = entries.flat_map(|path| {
            let name = format!("{before}{}", path.file_stem().unwrap().to_str().unwrap());
            if path.is_dir() { names(&path, &format!("{name}/")) } else { vec![name] }
        });
        named.collect()
    }

    #[test]
    fn every_scenario_file_is_in_the_program_and_says_what_it_is() {
        let names = names(&Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios"), "");
        assert_eq!(names.len(), LIBRARY.len());
        for name in names {
            let about = Embedded::find(&name).unwrap_or_else(|| panic!("{name} is not in the program")).about();
            assert!((20..200).contains(&about.len()), "{name}: {about}");
        }
    }

    #[test]
    fn a_mistyped_name_is_guessed() {
        assert_eq!(Embedded::nearest("scool"), Some("school"));
        assert_eq!(Embedded::nearest("field/term-wave.yaml"), Some("field/terms-wave"));
        assert_eq!(Embedded::nearest("terms-wave"), Some("field/terms-wave"));
        assert_eq!(Embedded::nearest("/tmp/other.yaml"), None);
    }
}
