//! Texts with wildcards.

/// A text in which `*` stands for any characters and `?` for one.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// The pattern that `text` is.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether all of `text` fits.
    pub fn matches(&self, text: &str) -> bool {
        let (pattern, text) = (self.0.as_bytes(), text.as_bytes());
        let (mut at, mut seen) = (0, 0);
        // Where the last `*` was, and how far it has reached.
        let mut star: Option<(usize, usize)> = None;
        while seen < text.len() {
            match pattern.get(at) {
                Some(b'*') => {
                    star = Some((at, seen));
                    at += 1;
                }
                Some(b'?') => (at, seen) = (at + 1, seen + 1),
                Some(byte) if *byte == text[seen] => (at, seen) = (at + 1, seen + 1),
                _ => match &mut star {
                    Some((place, reach)) => {
                        *reach += 1;
                        (at, seen) = (*place + 1, *reach);
                    }
                    None => return false,
                },
            }
        }
        pattern[at..].iter().all(|byte| *byte == b'*')
    }

    /// Whether it has wildcards.
    pub fn is_glob(&self) -> bool {
        self.0.contains(['*', '?'])
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wildcards_stand_for_any_text_and_for_one_character() {
        for (pattern, text, fits) in [
            ("nanodep*", "nanodep-godep/0", true),
            ("nanodep*", "micromdm nanodep", false),
            ("*dep*", "nanodep/1", true),
            ("*", "", true),
            ("", "", true),
            ("", "x", false),
            ("C02?A", "C02XA", true),
            ("C02?A", "C02A", false),
            ("a*b*c", "a--b--b-c", true),
            ("a*b*c", "a--c--b", false),
            ("enrollment.*", "enrollment.account", true),
            ("enrollment.*", "apps.assets", false),
            ("*.session", "enrollment.session", true),
            ("enrollment.*_devices", "enrollment.devices", false),
            ("a*a", "a", false),
            ("plain", "plainer", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), fits, "{pattern} {text}");
        }
    }

    proptest! {
        #[test]
        fn a_text_fits_itself_and_every_text_fits_a_star(text in "[a-z?*é]{0,12}") {
            prop_assert!(Pattern::new(text.clone()).matches(&text));
            let all = Pattern::new(format!("*{text}*"));
            let longer = format!("x{text}y");
            prop_assert!(all.matches(&longer));
        }
    }
}
