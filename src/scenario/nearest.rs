//! Guessing what somebody meant.

/// The hint that names whichever of `candidates` is nearest to `name`, if one is near.
pub(super) fn did_you_mean<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<String> {
    nearest(name, candidates).map(|nearest| format!("did you mean `{nearest}`?"))
}

fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = name.to_lowercase();
    let within = (wanted.chars().count() / 3).max(1);
    let distances = candidates.into_iter().map(|candidate| {
        let distance = strsim::damerau_levenshtein(&wanted, &candidate.to_lowercase());
        (distance, candidate)
    });
    distances.filter(|(distance, _)| *distance <= within).min_by_key(|(distance, _)| *distance).map(|(_, name)| name)
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
    }
}
