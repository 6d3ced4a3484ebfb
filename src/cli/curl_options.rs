//! Somebody's curl options, as far as they change what we add.

/// What stands in a list of curl options.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct CurlOptions {
    /// Names of headers that are set or removed, in lower case.
    headers: Vec<String>,
    /// Whether a request body is given.
    pub(super) has_body: bool,
}

/// curl's short options that take a value.
const WITH_VALUE: &str = "AbcCdDeEFHKmoPQrtTuUwxXyYz";

impl CurlOptions {
    /// Reads `words` as curl would.
    pub(super) fn read(words: &[String]) -> Self {
        let mut options = Self::default();
        let mut words = words.iter().map(String::as_str);
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                match long.split_once('=') {
                    Some((name, value)) => options.note_long(name, || Some(value)),
                    None => options.note_long(long, || words.next()),
                }
            } else if let Some(cluster) = word.strip_prefix('-') {
                options.note_cluster(cluster, || words.next());
            }
        }
        options
    }

    /// Whether the header `name` is the user's business.
    pub(super) fn sets(&self, name: &str) -> bool {
        self.headers.iter().any(|known| known.eq_ignore_ascii_case(name))
    }

    fn note_long<'w>(&mut self, name: &str, value: impl FnOnce() -> Option<&'w str>) {
        match name {
            "header" => self.note_header(value().unwrap_or_default()),
            "user-agent" => {
                value();
                self.headers.push("user-agent".to_owned());
            }
            "data" | "data-ascii" | "data-binary" | "data-raw" | "data-urlencode" | "json" | "upload-file" | "form" => {
                value();
                self.has_body = true;
            }
            _ => {}
        }
    }

    fn note_cluster<'w>(&mut self, cluster: &'w str, next: impl FnOnce() -> Option<&'w str>) {
        let Some(at) = cluster.find(|c| WITH_VALUE.contains(c)) else { return };
        let (option, rest) = cluster[at..].split_at(1);
        let value = if rest.is_empty() { next() } else { Some(rest) };
        match option {
            "H" => self.note_header(value.unwrap_or_default()),
            "A" => self.headers.push("user-agent".to_owned()),
            "d" | "F" | "T" => self.has_body = true,
            _ => {}
        }
    }

    fn note_header(&mut self, header: &str) {
        let name = header.split([':', ';']).next().unwrap_or_default();
        self.headers.push(name.trim().to_ascii_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &[&str]) -> CurlOptions {
        CurlOptions::read(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headers_are_found_however_they_are_given() {
        for words in [
            &["-H", "X-Server-Protocol-Version: 3"][..],
            &["-HX-Server-Protocol-Version: 3"],
            &["-isH", "x-server-protocol-version:3"],
            &["--header", "X-Server-Protocol-Version;"],
            &["--header=X-Server-Protocol-Version:"],
        ] {
            assert!(read(words).sets("X-Server-Protocol-Version"), "{words:?}");
        }
        assert!(!read(&["-o", "-H", "-i"]).sets("-i"));
    }

    #[test]
    fn a_value_is_no_option() {
        assert!(!read(&["-X", "-d", "-w", "-H"]).has_body);
        assert!(!read(&["-d", "-H", "X-A: 1"]).sets("x-a"));
    }

    #[test]
    fn bodies_and_user_agents_are_noticed() {
        for word in ["-d{}", "--json={}", "-T.", "-sd"] {
            assert!(read(&[word]).has_body, "{word}");
        }
        assert!(read(&["-A", "x"]).sets("user-agent") && read(&["--user-agent", "x"]).sets("User-Agent"));
        assert_eq!(read(&["-i", "-sS", "--compressed", "--max-time", "3"]), CurlOptions::default());
    }
}
