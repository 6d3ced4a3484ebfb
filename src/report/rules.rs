//! The rules, a file for each subject.

mod cursors;
mod licenses;
mod manners;
mod pace;
mod pages;
mod patience;
mod profiles;
mod sessions;
mod signing_in;

use super::rule::Rule;

/// Every rule, by subject in the order of a report.
pub(super) const ALL: [&[Rule]; 9] = [
    signing_in::RULES,
    sessions::RULES,
    cursors::RULES,
    pages::RULES,
    profiles::RULES,
    patience::RULES,
    pace::RULES,
    manners::RULES,
    licenses::RULES,
];
