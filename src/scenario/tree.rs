//! A YAML document in memory: what every value is and where it stands.
//!
//! The cells lie in document order, twelve bytes each, and point into the text instead of copying it: a file that lists a million devices has
//! nine million values.

use super::complaints::Place;

/// A document.
pub(super) struct Tree<'t> {
    pub(super) text: &'t str,
    pub(super) file: u32,
    pub(super) cells: Vec<Cell>,
    /// Scalars that differ from their source text: escapes, folded lines, variables.
    pub(super) owned: Vec<Box<str>>,
}

/// A value: a scalar, or the head of a collection whose parts follow it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    /// The byte at which it begins.
    pub(super) at: u32,
    /// Bytes of a scalar in the text, position of an owned scalar, cells of a collection including this one.
    pub(super) size: u32,
    pub(super) form: Form,
}

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A scalar without quotes; its type follows from how it looks.
    Plain,
    /// A scalar in quotes, which begins one byte after the quote.
    Quoted,
    /// Like `Plain`, in `owned`.
    PlainOwned,
    /// Like `Quoted`, in `owned`.
    QuotedOwned,
    Sequence,
    Mapping,
    /// Something that a mistake is already noted for; nobody complains about it again.
    Wrong,
}

/// A value as the core schema of YAML 1.2 sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'t> {
    Null,
    Bool(bool),
    /// A whole number, as written.
    Integer(&'t str),
    /// Any other number, as written.
    Float(&'t str),
    Text(&'t str),
    Sequence,
    Mapping,
    Wrong,
}

impl<'t> Tree<'t> {
    /// The outermost value.
    pub(super) fn root(&self) -> Node<'_> {
        Node { tree: self, index: 0 }
    }

    /// How many cells the value at `index` takes.
    pub(super) fn extent(&self, index: usize) -> usize {
        match self.cells[index] {
            Cell { form: Form::Sequence | Form::Mapping, size, .. } => size as usize,
            _ => 1,
        }
    }

    /// The text of the scalar at `index`; empty for anything else.
    pub(super) fn scalar(&self, index: usize) -> &str {
        let Cell { at, size, form } = self.cells[index];
        let (at, size) = (at as usize, size as usize);
        match form {
            Form::Plain => &self.text[at..at + size],
            Form::Quoted => &self.text[at + 1..at + 1 + size],
            Form::PlainOwned | Form::QuotedOwned => &self.owned[size],
            Form::Sequence | Form::Mapping | Form::Wrong => "",
        }
    }
}

/// One value of a document.
#[derive(Clone, Copy)]
pub(super) struct Node<'t> {
    tree: &'t Tree<'t>,
    index: usize,
}

impl<'t> Node<'t> {
    /// Where it begins.
    pub(super) fn place(self) -> Place {
        Place { file: self.tree.file, at: self.tree.cells[self.index].at }
    }

    /// What it is.
    #[inline]
    pub(super) fn value(self) -> Value<'t> {
        match self.tree.cells[self.index].form {
            Form::Plain | Form::PlainOwned => classify(self.tree.scalar(self.index)),
            Form::Quoted | Form::QuotedOwned => Value::Text(self.tree.scalar(self.index)),
            Form::Sequence => Value::Sequence,
            Form::Mapping => Value::Mapping,
            Form::Wrong => Value::Wrong,
        }
    }

    /// The text of a scalar as it is written, numbers included. Nothing for null, booleans and collections.
    pub(super) fn text(self) -> Option<&'t str> {
        match self.value() {
            Value::Integer(text) | Value::Float(text) | Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a sequence; none for anything else.
    pub(super) fn items(self) -> impl Iterator<Item = Node<'t>> {
        let is_sequence = self.tree.cells[self.index].form == Form::Sequence;
        Parts { tree: self.tree, next: self.index + 1, end: if is_sequence { self.end() } else { 0 } }
    }

    /// The keys of a mapping, as they are written, and their values; none for anything else.
    pub(super) fn pairs(self) -> impl Iterator<Item = (Node<'t>, Node<'t>)> {
        let is_mapping = self.tree.cells[self.index].form == Form::Mapping;
        let mut parts = Parts { tree: self.tree, next: self.index + 1, end: if is_mapping { self.end() } else { 0 } };
        std::iter::from_fn(move || parts.next().zip(parts.next()))
    }

    /// The text of a key.
    pub(super) fn key(self) -> &'t str {
        self.tree.scalar(self.index)
    }

    /// The value under `key` in a mapping.
    pub(super) fn get(self, key: &str) -> Option<Node<'t>> {
        self.pairs().find(|(name, _)| name.key() == key).map(|(_, value)| value)
    }

    /// The value that a JSON pointer relative to this one leads to, or the last value on the way that exists.
    pub(super) fn follow(self, pointer: &str) -> Node<'t> {
        let mut node = self;
        for step in pointer.split('/').skip(1) {
            let step = step.replace("~1", "/").replace("~0", "~");
            let index = step.parse().unwrap_or(usize::MAX);
            let Some(next) = node.get(&step).or_else(|| node.items().nth(index)) else { break };
            node = next;
        }
        node
    }

    fn end(self) -> usize {
        self.index + self.tree.extent(self.index)
    }
}

/// Neighbours in the same collection.
struct Parts<'t> {
    tree: &'t Tree<'t>,
    next: usize,
    end: usize,
}

impl<'t> Iterator for Parts<'t> {
    type Item = Node<'t>;

    #[inline]
    fn next(&mut self) -> Option<Node<'t>> {
        if self.next >= self.end {
            return None;
        }
        let node = Node { tree: self.tree, index: self.next };
        self.next = node.end();
        Some(node)
    }
}

/// The type of a plain scalar.
#[inline]
pub(super) fn classify(text: &str) -> Value<'_> {
    match text.as_bytes() {
        [] => Value::Null,
        [b'0'..=b'9' | b'+' | b'-' | b'.', ..] => number(text),
        [b'~' | b'n' | b'N' | b't' | b'T' | b'f' | b'F', ..] => match text {
            "~" | "null" | "Null" | "NULL" => Value::Null,
            "true" | "True" | "TRUE" => Value::Bool(true),
            "false" | "False" | "FALSE" => Value::Bool(false),
            _ => Value::Text(text),
        },
        _ => Value::Text(text),
    }
}

fn number(text: &str) -> Value<'_> {
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !unsigned.is_empty() && digits(unsigned) {
        return Value::Integer(text);
    }
    let based = |prefix: &str, base: u32| {
        text.strip_prefix(prefix).is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(base)))
    };
    if based("0x", 16) || based("0o", 8) {
        return Value::Integer(text);
    }
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))),
        None => (unsigned, None),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let has_digits = !whole.is_empty() || !fraction.is_empty();
    let is_float =
        has_digits && digits(whole) && digits(fraction) && exponent.is_none_or(|e| !e.is_empty() && digits(e));
    if is_float { Value::Float(text) } else { Value::Text(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_scalars_have_the_types_of_the_core_schema() {
        for text in ["", "~", "null", "NULL"] {
            assert_eq!(classify(text), Value::Null, "{text}");
        }
        assert_eq!(classify("true"), Value::Bool(true));
        assert_eq!(classify("FALSE"), Value::Bool(false));
        for text in ["0", "007", "-3", "+3", "0x1F", "0o17"] {
            assert_eq!(classify(text), Value::Integer(text));
        }
        for text in ["1.5", ".5", "1.", "1e3", "-1.5E-3", "12E5"] {
            assert_eq!(classify(text), Value::Float(text));
        }
        for text in [
            "no",
            "yes",
            "on",
            "nUll",
            ".",
            "-",
            "+",
            "1e",
            "e3",
            "1.2.3",
            "2026-09-01",
            "-30d",
            "0x",
            "0b1",
            "1_000",
            "٣",
        ] {
            assert_eq!(classify(text), Value::Text(text));
        }
    }

    #[test]
    fn a_cell_is_small() {
        assert_eq!(size_of::<Cell>(), 12);
    }
}
