//! Long lists of small mappings, read without the YAML parser: files and bodies that list devices one by one, a hundred thousand and more.
//!
//! Only rows that mean the same to every reader of YAML are taken: plain words, and quoted ASCII without escapes. The first row of a run stays
//! in the text and tells the YAML parser where the run belongs; the others are blanked out, and put in behind the first once it is read.
//! Blanks keep every other byte at its place. Where a run turns out not to lie in a list (in a block of text, say), the document is read again
//! without all this, and so it is after a mistake in the syntax.

use super::tree::{Cell, Form};

/// Rows that follow each other.
#[derive(Default)]
pub(super) struct Run {
    /// Where the mapping of the first row begins, which is left to the YAML parser.
    pub(super) first: usize,
    /// How many rows follow it.
    pub(super) rows: usize,
    /// These rows.
    pub(super) cells: Vec<Cell>,
    /// The bytes that they take.
    from: usize,
    to: usize,
}

/// A row with more keys than this is left to the YAML parser, as is one with a longer word.
const MOST_KEYS: usize = 16;
const LONGEST_WORD: usize = 256;

/// From this many rows on a run is worth it.
pub(super) const WORTH: usize = 8;

/// The text with blanks in the place of runs of at least `worth` rows, and the runs; nothing where there are none.
pub(super) fn set_apart(text: &str, worth: usize) -> Option<(String, Vec<Run>)> {
    let bytes = text.as_bytes();
    let mut blanked = Vec::new();
    let mut runs = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let run = match bytes[at] {
            b'{' => flow_run(bytes, at),
            b'-' => line_run(bytes, at),
            _ => None,
        };
        at += 1;
        let Some(run) = run else { continue };
        at = at.max(run.to);
        if run.rows >= worth {
            if blanked.is_empty() {
                blanked.extend_from_slice(bytes);
            }
            let between = blanked[run.from..run.to].iter_mut();
            between.filter(|byte| !matches!(**byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
            runs.push(run);
        }
    }
    Some((String::from_utf8(blanked).ok()?, runs)).filter(|(_, runs)| !runs.is_empty())
}

/// `{…}, {…}, {…}` in a list, beginning at `brace`.
fn flow_run(bytes: &[u8], brace: usize) -> Option<Run> {
    let mut pen = Pen { bytes, at: brace, cells: Vec::new() };
    pen.flow_row(true)?;
    pen.cells.clear();
    let mut run = Run { first: brace, from: pen.at, to: pen.at, ..Run::default() };
    loop {
        let complete = pen.cells.len();
        pen.skip_blanks(true);
        let row = pen.take(b',').and_then(|()| {
            pen.skip_blanks(true);
            pen.flow_row(true)
        });
        let end = pen.at;
        pen.skip_blanks(true);
        // Before a colon it would be a key, and not an entry of the list.
        if row.is_none() || !matches!(pen.peek(), Some(b',' | b']')) {
            pen.cells.truncate(complete);
            break;
        }
        pen.at = end;
        run.to = end;
        run.rows += 1;
    }
    run.cells = pen.cells;
    Some(run)
}

/// `- {…}` or `- key: value`, row below row, beginning with the dash at `dash`.
fn line_run(bytes: &[u8], dash: usize) -> Option<Run> {
    let indent = bytes[..dash].iter().rev().take_while(|byte| **byte == b' ').count();
    let line = dash - indent;
    if line > 0 && bytes[line - 1] != b'\n' {
        return None;
    }
    let mut pen = Pen { bytes, at: line, cells: Vec::new() };
    pen.line_row(indent)?;
    pen.cells.clear();
    let mut run = Run { first: dash + 2, from: pen.at, to: pen.at, ..Run::default() };
    loop {
        let complete = pen.cells.len();
        if pen.line_row(indent).is_none() {
            pen.cells.truncate(complete);
            break;
        }
        run.to = pen.at;
        run.rows += 1;
    }
    run.cells = pen.cells;
    Some(run)
}

/// Follows the text and writes cells down.
struct Pen<'t> {
    bytes: &'t [u8],
    at: usize,
    cells: Vec<Cell>,
}

impl Pen<'_> {
    /// A row on lines of its own; ends at the beginning of the next line.
    fn line_row(&mut self, indent: usize) -> Option<()> {
        self.indented(indent)?;
        self.take(b'-')?;
        self.take(b' ')?;
        if self.peek() == Some(b'{') {
            self.flow_row(false)?;
            self.end_line()?;
        } else {
            self.block_row(indent + 2)?;
        }
        // What follows must not belong to the row any more: another key, or more of its last value.
        let rest = &self.bytes[self.at..];
        let next = rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
        let is_outside = next <= indent && !matches!(rest.get(next), Some(b'\n' | b'\r' | b'\t' | b'#'));
        (rest.is_empty() || is_outside).then_some(())
    }

    /// `key: value` and more of them on the lines below, each after `indent` spaces.
    fn block_row(&mut self, indent: usize) -> Option<()> {
        let head = self.open();
        self.pair(false)?;
        self.end_line()?;
        loop {
            let (line, complete) = (self.at, self.cells.len());
            let pair = self.indented(indent).and_then(|()| self.pair(false)).and_then(|()| self.end_line());
            if pair.is_none() {
                self.at = line;
                self.cells.truncate(complete);
                return self.close(head);
            }
        }
    }

    /// `{key: value, …}`; ends behind the brace.
    fn flow_row(&mut self, may_break: bool) -> Option<()> {
        let head = self.open();
        self.take(b'{')?;
        loop {
            self.skip_blanks(may_break);
            self.pair(true)?;
            self.skip_blanks(may_break);
            if self.take(b',').is_none() {
                self.take(b'}')?;
                return self.close(head);
            }
        }
    }

    fn open(&mut self) -> usize {
        self.cells.push(Cell { at: self.at as u32, size: 0, form: Form::Mapping });
        self.cells.len() - 1
    }

    /// Ends the mapping whose cell is `head`, unless it has a key twice.
    fn close(&mut self, head: usize) -> Option<()> {
        let keys = || self.cells[head + 1..].iter().step_by(2).map(|key| self.word(key));
        let is_single = |(position, key)| !keys().take(position).any(|earlier| earlier == key);
        if keys().count() > MOST_KEYS || !keys().enumerate().all(is_single) {
            return None;
        }
        self.cells[head].size = (self.cells.len() - head) as u32;
        Some(())
    }

    fn word(&self, cell: &Cell) -> &[u8] {
        let begins = cell.at as usize + usize::from(cell.form == Form::Quoted);
        &self.bytes[begins..begins + cell.size as usize]
    }

    /// A key and its value.
    fn pair(&mut self, is_flow: bool) -> Option<()> {
        let key = self.scalar()?;
        self.take(b':')?;
        if key == Form::Plain || !is_flow {
            self.take(b' ')?;
        }
        self.skip_blanks(false);
        self.scalar().map(|_| ())
    }

    fn scalar(&mut self) -> Option<Form> {
        let quoted = self.peek()? == b'"';
        let begins = self.at + usize::from(quoted);
        let is_part = |byte: u8| match quoted {
            true => matches!(byte, b' '..=b'~') && !matches!(byte, b'"' | b'\\' | b'$'),
            false => {
                byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'.' | b'-' | b'/' | b'(' | b')' | b'+')
            }
        };
        let rest = &self.bytes[begins..];
        let length = rest.iter().take(LONGEST_WORD).take_while(|byte| is_part(**byte)).count();
        if quoted {
            self.cells.push(Cell { at: self.at as u32, size: length as u32, form: Form::Quoted });
            self.at = begins + length;
            return self.take(b'"').map(|()| Form::Quoted);
        }
        let length = rest[..length].trim_ascii_end().len();
        if !rest.first()?.is_ascii_alphanumeric() {
            return None;
        }
        self.cells.push(Cell { at: self.at as u32, size: length as u32, form: Form::Plain });
        self.at = begins + length;
        Some(Form::Plain)
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    fn skip_blanks(&mut self, may_break: bool) {
        let is_blank = |byte: &u8| *byte == b' ' || (may_break && matches!(*byte, b'\n' | b'\r'));
        self.at += self.bytes[self.at..].iter().take_while(|byte| is_blank(byte)).count();
    }

    fn indented(&mut self, indent: usize) -> Option<()> {
        let line = self.bytes.get(self.at..self.at + indent + 1)?;
        (line[indent] != b' ' && line[..indent].iter().all(|byte| *byte == b' ')).then(|| self.at += indent)
    }

    fn end_line(&mut self) -> Option<()> {
        self.skip_blanks(false);
        let _ = self.take(b'\r');
        if self.at == self.bytes.len() { Some(()) } else { self.take(b'\n') }
    }
}
