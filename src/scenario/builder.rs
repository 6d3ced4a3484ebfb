//! YAML events put together to a [`Tree`]: anchors, variables, and the mistakes that can be seen before anything has a meaning.

use std::iter::Peekable;
use std::vec::IntoIter;

use granit_parser::{Event, Parser, ScalarStyle, Span};
use hashbrown::HashMap;

use super::complaints::{Complaints, Place};
use super::environment::{Environment, expand};
use super::frame::{Anchor, Frame, pointer};
use super::mapping::{Merged, duplicates, is_merge, merged};
use super::path::escape;
use super::rows::Run;
use super::syntax::explain;
use super::tree::{Cell, Form, Tree, Value, classify};

/// How deep collections may be nested.
pub(super) const DEEPEST: usize = 64;

/// How many values aliases may add in all: the first for a short text, the second for a long one, and in between four for each byte.
const COPIED: (usize, usize) = (100_000, 10_000_000);

/// The tree of `text`, from `source`, which lacks the rows of `runs`. No tree after a syntax mistake, and where a run is in no list.
pub(super) fn build<'t>(
    text: &'t str,
    source: &str,
    runs: Vec<Run>,
    file: u32,
    environment: Option<&Environment>,
    complaints: &mut Complaints,
) -> Option<Tree<'t>> {
    let tree = Tree { text, file, cells: Vec::new(), owned: Vec::new() };
    let mut builder = Builder {
        tree,
        runs: runs.into_iter().peekable(),
        frames: Vec::new(),
        anchors: HashMap::new(),
        copied: 0,
        keys: Vec::new(),
        environment,
        complaints,
    };
    builder.read(source).ok()?;
    if builder.runs.peek().is_some() {
        return None;
    }
    if builder.tree.cells.is_empty() {
        builder.tree.cells.push(Cell { at: 0, size: 0, form: Form::Plain });
    }
    Some(builder.tree)
}

/// A mistake after which nothing more can be read; it is already noted.
struct Stop;

struct Builder<'t, 'r> {
    tree: Tree<'t>,
    runs: Peekable<IntoIter<Run>>,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Anchor>,
    copied: usize,
    keys: Vec<usize>,
    environment: Option<&'r Environment<'r>>,
    complaints: &'r mut Complaints,
}

impl Builder<'_, '_> {
    fn read(&mut self, source: &str) -> Result<(), Stop> {
        let options = granit_parser::options! { emit_unresolved_aliases: true, emit_comments: false };
        let mut documents = 0;
        for event in Parser::new_from_str_with_options(source, options) {
            let (event, span) = event.map_err(|error| {
                let at = error.marker().byte_offset().unwrap_or(self.tree.text.len());
                let (message, hint) = explain(&error, self.tree.text, at);
                self.complain(at, message, hint);
                Stop
            })?;
            let at = span.start.byte_offset().unwrap_or_default();
            if event.tag().is_some() {
                let at = span.tag_start().and_then(|tag| tag.byte_offset()).unwrap_or(at);
                let hint = "leave the tag out; quotes make a number text".to_owned();
                self.complain(at, "tags have no meaning in a scenario".to_owned(), Some(hint));
            }
            match event {
                Event::DocumentStart(..) => {
                    documents += 1;
                    if documents > 1 {
                        let hint = "give each scenario its own file: several files are merged".to_owned();
                        self.complain(at, "a scenario file holds one document, not several".to_owned(), Some(hint));
                        return Ok(());
                    }
                }
                Event::Scalar(text, style, anchor, _) => self.scalar(&text, style, anchor, &span)?,
                Event::SequenceStart(_, anchor, _) => self.open(at, false, anchor)?,
                Event::MappingStart(_, anchor, _) => self.open(at, true, anchor)?,
                Event::SequenceEnd | Event::MappingEnd => self.close()?,
                Event::Alias(anchor) => self.alias(at, anchor)?,
                Event::UnresolvedAlias(name) => {
                    let hint = format!("write `&{name}` before the value that it stands for, above this line");
                    self.complain(at, format!("nothing is called `{name}`"), Some(hint));
                    self.push(at, 0, Form::Wrong)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, anchor: usize, span: &Span) -> Result<(), Stop> {
        let range = span.byte_range().unwrap_or_default();
        let is_plain = style == ScalarStyle::Plain;
        let cell = self.tree.cells.len();
        let written = self.tree.text.get(range.start..range.start + text.len());
        // Where a bare variable was masked for the parser, what counts is what was written.
        let text = written.filter(|written| is_plain && *written != text && written.contains("${")).unwrap_or(text);
        if is_plain && range.is_empty() {
            // Nothing is written here. The key is the best place to point at.
            let at = self.frames.last().filter(|frame| frame.is_mapping && !frame.expects_key);
            let at = at.map_or(range.start, |frame| self.tree.cells[frame.key].at as usize);
            self.push(at, 0, Form::Plain)?;
        } else if text.contains('$') && self.environment.is_some() {
            self.expanded(text, is_plain, range.start)?;
        } else {
            let (begins, form, owned) = match is_plain {
                true => (range.start, Form::Plain, Form::PlainOwned),
                false => (range.start + 1, Form::Quoted, Form::QuotedOwned),
            };
            if self.tree.text.get(begins..begins + text.len()) == Some(text) {
                self.push(range.start, text.len(), form)?;
            } else {
                self.tree.owned.push(text.into());
                self.push(range.start, self.tree.owned.len() - 1, owned)?;
            }
        }
        self.remember(anchor, cell, 0);
        Ok(())
    }

    /// A scalar with variables. What they stand for has a type, quotes or not: `count: "${COUNT}"` is a number.
    fn expanded(&mut self, text: &str, is_plain: bool, at: usize) -> Result<(), Stop> {
        let is_key = self.frames.last().is_some_and(|frame| frame.is_mapping && frame.expects_key);
        let expanded = match self.environment {
            Some(environment) if !is_key => expand(text, environment),
            _ => Ok(text.to_owned()),
        };
        match expanded {
            Ok(expanded) => {
                let is_plain = is_plain || (expanded != text && classify(&expanded) != Value::Null);
                self.tree.owned.push(expanded.into());
                let form = if is_plain { Form::PlainOwned } else { Form::QuotedOwned };
                self.push(at, self.tree.owned.len() - 1, form)
            }
            Err(problems) => {
                for problem in problems {
                    self.complain(at, problem.message, Some(problem.hint));
                }
                self.push(at, 0, Form::Wrong)
            }
        }
    }

    fn push(&mut self, at: usize, size: usize, form: Form) -> Result<(), Stop> {
        let cell = self.tree.cells.len();
        self.tree.cells.push(Cell { at: at as u32, size: size as u32, form });
        self.placed(cell, 0);
        if u32::try_from(cell).is_ok() { Ok(()) } else { Err(Stop) }
    }

    fn open(&mut self, at: usize, is_mapping: bool, anchor: usize) -> Result<(), Stop> {
        if self.frames.len() >= DEEPEST {
            self.complain(at, format!("this is nested more than {DEEPEST} levels deep"), None);
            return Err(Stop);
        }
        let form = if is_mapping { Form::Mapping } else { Form::Sequence };
        let cell = self.tree.cells.len();
        self.tree.cells.push(Cell { at: at as u32, size: 0, form });
        let frame = Frame { cell, key: 0, entries: 0, is_mapping, expects_key: true, merges: false, height: 0, anchor };
        self.frames.push(frame);
        Ok(())
    }

    fn close(&mut self) -> Result<(), Stop> {
        let Some(frame) = self.frames.pop() else { return Ok(()) };
        let end = self.tree.cells.len();
        self.tree.cells[frame.cell].size = (end - frame.cell) as u32;
        if frame.is_mapping {
            self.find_duplicates(frame.cell);
        }
        if frame.merges {
            self.merge(frame.cell)?;
        }
        self.remember(frame.anchor, frame.cell, frame.height);
        self.placed(frame.cell, frame.height);
        self.insert_run(frame.cell);
        Ok(())
    }

    /// Puts the rows of a run behind the first of them, if that is what has just been read.
    fn insert_run(&mut self, row: usize) {
        let at = self.tree.cells[row].at as usize;
        let Some(list) = self.frames.last_mut().filter(|frame| !frame.is_mapping) else { return };
        if let Some(run) = self.runs.next_if(|run| run.first == at) {
            list.entries += run.rows;
            self.tree.cells.extend(run.cells);
        }
    }

    /// Tells the collection around that one more of its parts is complete.
    fn placed(&mut self, cell: usize, height: usize) {
        let Some(frame) = self.frames.last_mut() else { return };
        frame.height = frame.height.max(height + 1);
        if !frame.is_mapping {
            frame.entries += 1;
        } else if !frame.expects_key {
            frame.expects_key = true;
        } else {
            frame.expects_key = false;
            frame.key = cell;
            let Cell { at, form, .. } = self.tree.cells[cell];
            match form {
                Form::Plain => frame.merges |= is_merge(&self.tree, cell),
                Form::Sequence | Form::Mapping => {
                    self.complain(at as usize, "a key must be text".to_owned(), None);
                }
                _ => {}
            }
        }
    }

    fn remember(&mut self, anchor: usize, cell: usize, height: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, Anchor { cell, height });
        }
    }

    fn alias(&mut self, at: usize, anchor: usize) -> Result<(), Stop> {
        let Some(&Anchor { cell: from, height }) = self.anchors.get(&anchor) else {
            self.complain(at, "this alias stands for something that it is itself part of".to_owned(), None);
            return self.push(at, 0, Form::Wrong);
        };
        if self.frames.len() + height > DEEPEST {
            self.complain(at, format!("with this alias, values are nested more than {DEEPEST} levels deep"), None);
            return Err(Stop);
        }
        let extent = self.tree.extent(from);
        self.count_copied(at, extent)?;
        let cell = self.tree.cells.len();
        self.tree.cells.extend_from_within(from..from + extent);
        self.placed(cell, height);
        Ok(())
    }

    fn count_copied(&mut self, at: usize, cells: usize) -> Result<(), Stop> {
        self.copied += cells;
        let most = (4 * self.tree.text.len()).clamp(COPIED.0, COPIED.1);
        if self.copied <= most {
            return Ok(());
        }
        self.complain(
            at,
            format!("in a file of this size, aliases may stand for {most} values in all, and here it is more"),
            None,
        );
        Err(Stop)
    }

    fn find_duplicates(&mut self, mapping: usize) {
        for (first, second) in duplicates(&self.tree, mapping, &mut self.keys) {
            let key = self.tree.scalar(second);
            let message = format!("`{key}` is given twice");
            let pointer = format!("{}/{}", pointer(&self.frames, &self.tree), escape(key));
            let place = |cell: usize| Place { file: self.tree.file, at: self.tree.cells[cell].at };
            self.complaints.add_second(place(second), pointer, message, place(first));
        }
    }

    /// Replaces `<<` in a mapping by the pairs that it stands for.
    fn merge(&mut self, mapping: usize) -> Result<(), Stop> {
        let Merged { cells, wrong } = merged(&self.tree, mapping);
        for source in wrong {
            let at = self.tree.cells[source].at as usize;
            self.complain(at, "`<<` takes a mapping, or a list of mappings".to_owned(), None);
        }
        self.count_copied(self.tree.cells[mapping].at as usize, cells.len())?;
        self.tree.cells.truncate(mapping + 1);
        self.tree.cells[mapping].size = cells.len() as u32 + 1;
        self.tree.cells.extend(cells);
        Ok(())
    }

    fn complain(&mut self, at: usize, message: String, hint: Option<String>) {
        let pointer = pointer(&self.frames, &self.tree);
        self.complaints.add(Place { file: self.tree.file, at: at as u32 }, pointer, message, hint);
    }
}
