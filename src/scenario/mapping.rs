//! What the keys of a mapping may do: be there twice, and pull other mappings in (`<<`).

use hashbrown::{HashMap, HashSet};

use super::tree::{Cell, Form, Tree};

/// Mappings up to this size are searched for duplicate keys by comparing each with each.
const FEW: usize = 16;

/// The pairs of a mapping after its `<<` keys.
pub(super) struct Merged {
    pub(super) cells: Vec<Cell>,
    /// What stands behind `<<` without being a mapping.
    pub(super) wrong: Vec<usize>,
}

/// Keys of the mapping at `mapping` that are there twice, with the first of their kind. `keys` is scratch space.
pub(super) fn duplicates(tree: &Tree, mapping: usize, keys: &mut Vec<usize>) -> Vec<(usize, usize)> {
    keys.clear();
    keys.extend(keys_of(tree, mapping));
    let mut twice = Vec::new();
    if keys.len() <= FEW {
        for (position, key) in keys.iter().enumerate() {
            let first = keys[..position].iter().find(|earlier| tree.scalar(**earlier) == tree.scalar(*key));
            twice.extend(first.map(|first| (*first, *key)));
        }
    } else {
        let mut firsts = HashMap::with_capacity(keys.len());
        for key in keys.iter() {
            let first = *firsts.entry(tree.scalar(*key)).or_insert(*key);
            twice.extend((first != *key).then_some((first, *key)));
        }
    }
    twice
}

/// Whether the key at `key` asks for a merge.
pub(super) fn is_merge(tree: &Tree, key: usize) -> bool {
    tree.cells[key].form == Form::Plain && tree.scalar(key) == "<<"
}

/// The pairs of the mapping at `mapping` with those that its `<<` keys stand for. Its own keys win, then the first of several sources.
pub(super) fn merged(tree: &Tree, mapping: usize) -> Merged {
    let (merges, own): (Vec<_>, Vec<_>) = keys_of(tree, mapping).partition(|key| is_merge(tree, *key));
    let mut pulled = Vec::new();
    let mut wrong = Vec::new();
    for merge in merges {
        let source = merge + tree.extent(merge);
        let is_list = tree.cells[source].form == Form::Sequence;
        let end = source + tree.extent(source);
        let mut next = if is_list { source + 1 } else { source };
        while next < end {
            match tree.cells[next].form {
                Form::Mapping => pulled.extend(keys_of(tree, next)),
                Form::Wrong => {}
                _ => wrong.push(next),
            }
            next += tree.extent(next);
        }
    }
    let mut cells = Vec::new();
    let mut known = HashSet::new();
    let own_keys = own.len();
    for (position, key) in own.into_iter().chain(pulled).enumerate() {
        // Duplicates among the mapping's own keys are a mistake of their own and stay.
        if known.insert(tree.scalar(key)) || position < own_keys {
            let value = key + tree.extent(key);
            cells.extend_from_slice(&tree.cells[key..value + tree.extent(value)]);
        }
    }
    Merged { cells, wrong }
}

fn keys_of(tree: &Tree, mapping: usize) -> impl Iterator<Item = usize> {
    let end = mapping + tree.extent(mapping);
    let mut next = mapping + 1;
    std::iter::from_fn(move || {
        let key = (next < end).then_some(next)?;
        let value = key + tree.extent(key);
        next = value + tree.extent(value);
        Some(key)
    })
}
