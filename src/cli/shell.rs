//! Words for a POSIX shell.

/// `word` as a shell reads it back: in single quotes where it has characters that mean something there.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=,@%+".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) { word.to_owned() } else { always_quoted(word) }
}

/// `word` in single quotes.
pub(super) fn always_quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_plain_and_others_survive_a_shell() {
        assert_eq!(quoted("https://127.0.0.1:8443/account"), "https://127.0.0.1:8443/account");
        assert_eq!(quoted(""), "''");
        for word in ["two words", "it's", "$HOME `id` \"x\"", "a\nb", "*"] {
            let told = std::process::Command::new("sh").args(["-c", &format!("printf %s {}", quoted(word))]).output();
            assert_eq!(String::from_utf8(told.unwrap().stdout).unwrap(), word);
        }
    }
}
