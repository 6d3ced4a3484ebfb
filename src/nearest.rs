//! Near misses: what somebody meant who mistyped a name.

/// The candidate nearest to `text` by edit distance, if it is near enough to be what was meant.
pub fn nearest<'a>(text: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = text.to_lowercase();
    let allowed = (wanted.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed && *distance < wanted.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_forgiven_and_another_word_is_not() {
        let names = ["servers", "orders", "people"];
        assert_eq!(nearest("sevrers", names), Some("servers"));
        assert_eq!(nearest("Order", names), Some("orders"));
        assert_eq!(nearest("locations", names), None);
        assert_eq!(nearest("odrers", names), Some("orders"));
        assert_eq!(nearest("", names), None);
        assert_eq!(nearest("x", ["y", ""]), None);
    }
}
