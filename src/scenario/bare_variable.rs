//! `${VARIABLE}` without quotes between brackets, where YAML takes its braces and colon for its own.

/// `text` with underscores for the braces and all between them of variables that stand unquoted between `{ }` or `[ ]`, byte for byte as long
/// as before: what the YAML parser can read in its place. `None` where there is no such variable.
pub(super) fn masked(text: &str) -> Option<String> {
    let mut masked = text.as_bytes().to_vec();
    let mut found = false;
    let mut depth = 0_usize;
    let mut quote = None;
    let mut before = b'\n';
    let mut at = 0;
    while let Some(&byte) = text.as_bytes().get(at) {
        let begins_scalar = matches!(before, b'\n' | b' ' | b'\t' | b',' | b'[' | b'{' | b':');
        match (quote, byte) {
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') if begins_scalar => quote = Some(byte),
            (None, b'#') if matches!(before, b'\n' | b' ' | b'\t') => {
                at += text[at..].find('\n').unwrap_or(text.len() - at);
                before = b'\n';
                continue;
            }
            (None, b'$') if depth > 0 && text[at..].starts_with("${") => {
                let end = text[at..].find(['}', '\n']).filter(|end| text.as_bytes()[at + end] == b'}')?;
                masked[at + 1..=at + end].fill(b'_');
                found = true;
                at += end;
            }
            (None, b'{' | b'[') => depth += 1,
            (None, b'}' | b']') => depth = depth.saturating_sub(1),
            _ => {}
        }
        before = byte;
        at += 1;
    }
    found.then(|| String::from_utf8(masked).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bare_variables_between_brackets_are_masked() {
        let text = "a: ${A}\nb: {c: ${COUNT:-5}, d: \"${D}\", e: '${E}'} # ${F}\n";
        let wanted = "a: ${A}\nb: {c: $__________, d: \"${D}\", e: '${E}'} # ${F}\n";
        assert_eq!(masked(text).as_deref(), Some(wanted));
        assert_eq!(masked("a: ${A}\nb: [\"${B}\"]\n"), None);
        assert_eq!(masked("a: [${never closed\n"), None);
    }
}
