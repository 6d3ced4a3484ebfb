//! Guessing what somebody meant.

use hashbrown::HashSet;

use crate::nearest::nearest;

/// The hint that names whichever of `candidates` is nearest to `name`, if one is near.
pub(super) fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(name, candidates).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// The hint for a `name` that is none of `known`: the one that was meant, or a few of them to choose from.
pub(super) fn one_of_these(name: &str, known: &HashSet<&str>) -> Option<String> {
    let mut names: Vec<&str> = known.iter().copied().filter(|known| !known.is_empty()).collect();
    names.sort_unstable();
    if names.is_empty() {
        return Some("there are none".to_owned());
    }
    let some = || names.iter().take(5).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    let more = if names.len() > 5 { ", …" } else { "" };
    did_you_mean(name, names.iter().copied()).or_else(|| Some(format!("there are {}{more}", some())))
}
