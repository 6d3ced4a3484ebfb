//! Guessing what somebody meant.

use hashbrown::HashSet;

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

fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    let within = (wanted.chars().count() / 3).max(1);
    let distances = candidates.into_iter().map(|candidate| {
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        (distance, candidate)
    });
    let is_near = |distance: usize| distance <= within && distance < wanted.chars().count();
    distances.filter(|(distance, _)| is_near(*distance)).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        let names = ["servers", "suppliers", "orders"];
        assert_eq!(nearest("server", names), Some("servers"));
        assert_eq!(nearest("Orders", names), Some("orders"));
        assert_eq!(nearest("odrers", names), Some("orders"));
        assert_eq!(nearest("devices", names), None);
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("x", ["y", ""]), None);
    }
}
