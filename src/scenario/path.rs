//! The way from a document to one of its values.

use std::borrow::Cow;

/// A JSON pointer in the making: each step lies on the stack of the function that took it.
#[derive(Clone, Copy)]
pub(super) struct Path<'p> {
    parent: Option<&'p Path<'p>>,
    step: Step<'p>,
}

#[derive(Clone, Copy)]
enum Step<'p> {
    Key(&'p str),
    Index(usize),
}

impl<'p> Path<'p> {
    /// The document itself.
    pub(super) const ROOT: Self = Self { parent: None, step: Step::Index(0) };

    /// On to the value under `key`.
    pub(super) fn key(&'p self, key: &'p str) -> Self {
        Self { parent: Some(self), step: Step::Key(key) }
    }

    /// On to entry `index` of a list.
    pub(super) fn index(&'p self, index: usize) -> Self {
        Self { parent: Some(self), step: Step::Index(index) }
    }

    /// What a message calls the value here: its key, or the key of the list that it is in.
    pub(super) fn label(&self) -> String {
        match (self.step, self.parent) {
            (_, None) => "the document".to_owned(),
            (Step::Key(key), _) => format!("`{key}`"),
            (Step::Index(_), Some(parent)) => format!("an entry of {}", parent.label()),
        }
    }

    /// The pointer as text (RFC 6901).
    pub(super) fn pointer(&self) -> String {
        let Some(parent) = self.parent else { return String::new() };
        let mut pointer = parent.pointer();
        pointer.push('/');
        match self.step {
            Step::Key(key) => pointer.push_str(&escape(key)),
            Step::Index(index) => pointer.push_str(&index.to_string()),
        }
        pointer
    }
}

/// One step of a pointer: `~` and `/` have a meaning of their own there.
pub(super) fn escape(step: &str) -> Cow<'_, str> {
    match step.contains(['~', '/']) {
        true => step.replace('~', "~0").replace('/', "~1").into(),
        false => step.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_escape_their_own_signs() {
        let servers = Path::ROOT.key("servers");
        let second = servers.index(1);
        assert_eq!(second.key("x-a/b~c").pointer(), "/servers/1/x-a~1b~0c");
        assert_eq!(second.label(), "an entry of `servers`");
        assert_eq!(Path::ROOT.pointer(), "");
    }
}
