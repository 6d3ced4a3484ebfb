//! Text in pages.

use std::fmt::{self, Write as _};

/// A text as it stands in HTML, in an attribute too.
pub(crate) struct Escaped<'t>(pub &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Escaped;

    #[test]
    fn what_means_something_in_a_page_means_nothing_any_more() {
        assert_eq!(
            Escaped("<a b='c' d=\"e\">R&D ü</a>").to_string(),
            "&lt;a b=&#39;c&#39; d=&quot;e&quot;&gt;R&amp;D ü&lt;/a&gt;"
        );
    }
}
