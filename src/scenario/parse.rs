//! From text to [`Tree`].

use super::bare_variable::masked;
use super::builder::build;
use super::complaints::{Complaints, Place};
use super::environment::Environment;
use super::rows::{WORTH, set_apart};
use super::tree::Tree;

/// Reads `text`. Where it cannot be read to its end, the mistake is noted and there is no tree.
pub(super) fn parse<'t>(
    text: &'t str,
    file: u32,
    environment: Option<&Environment>,
    complaints: &mut Complaints,
) -> Option<Tree<'t>> {
    if u32::try_from(text.len()).is_err() {
        complaints.add(Place { file, at: 0 }, String::new(), "the file is larger than 4 GiB".to_owned(), None);
        return None;
    }
    if let Some((blanked, runs)) = set_apart(text, WORTH) {
        let mut provisional = Complaints::default();
        if let Some(tree) = build(text, &blanked, runs, file, environment, &mut provisional) {
            complaints.append(provisional);
            return Some(tree);
        }
    }
    let mut provisional = Complaints::default();
    let tree = build(text, text, Vec::new(), file, environment, &mut provisional);
    if let (None, Some(masked)) = (&tree, environment.and_then(|_| masked(text))) {
        let mut others = Complaints::default();
        if let Some(tree) = build(text, &masked, Vec::new(), file, environment, &mut others) {
            complaints.append(others);
            return Some(tree);
        }
    }
    complaints.append(provisional);
    tree
}
