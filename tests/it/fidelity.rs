//! The fidelity ledger keeps its word.

use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

use abmsim::apple::{apps, catalog, enrollment, invitation, vpp};
use abmsim::control;
use abmsim::fidelity::{Entry, Ledger};
use abmsim::organization::Quirks;

fn entries() -> &'static [Entry] {
    &Ledger::get().entries
}

#[test]
fn ids_are_well_formed_and_unique() {
    let mut seen = HashSet::new();
    let word = |text: &str| {
        !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    for entry in entries() {
        let well_formed = entry.id.split_once('.').is_some_and(|(room, words)| word(room) && word(words));
        assert!(well_formed, "`{}` is not room, dot, words with dashes", entry.id);
        assert!(seen.insert(&entry.id), "`{}` is there twice", entry.id);
    }
}

#[test]
fn every_entry_says_what_and_whence() {
    for Entry { id, statement, source, operations, .. } in entries() {
        assert!(statement.ends_with('.') && statement.len() < 300, "{id}: {statement}");
        assert!(source.len() > 10, "{id}: {source}");
        assert!(!operations.is_empty(), "{id} concerns no operation");
    }
}

/// The files in which the tests of a module may be.
fn files(module: &[&str]) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (folder, inside) = match module {
        ["it", inside @ ..] => ("tests/it", inside),
        ["lib", inside @ ..] => ("src", inside),
        _ => return Vec::new(),
    };
    let path = inside.iter().fold(root.join(folder), |path, part| path.join(part));
    let mut files = vec![path.with_extension("rs"), path.join("mod.rs")];
    if let [.., _, "tests"] = inside {
        let tested = path.parent().expect("a module has a parent").to_owned();
        files.extend([tested.with_extension("rs"), tested.join("mod.rs")]);
    }
    files
}

/// Whether `text` has a test of this name.
fn has_test(text: &str, name: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let named = |line: &str| {
        let signature = line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ");
        signature.is_some_and(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('(')))
    };
    let places = lines.iter().enumerate().filter(|(_, line)| named(line));
    places.into_iter().any(|(place, _)| {
        let above = lines[..place].iter().rev().take_while(|line| line.starts_with("#[") || line.starts_with("//"));
        above.into_iter().any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_entry_names_a_test_that_exists() {
    let mut missing = Vec::new();
    for entry in entries() {
        let parts: Vec<&str> = entry.test.split("::").collect();
        let (name, module) = parts.split_last().expect("a split has at least one part");
        let texts = files(module).into_iter().filter_map(|file| fs::read_to_string(file).ok());
        if !texts.into_iter().any(|text| has_test(&text, name)) {
            missing.push(format!("{}: {}", entry.id, entry.test));
        }
    }
    assert!(missing.is_empty(), "no such tests:\n{}", missing.join("\n"));
}

#[test]
fn every_operation_that_is_named_exists_and_every_one_of_apples_is_named() {
    let named: BTreeSet<&str> = entries().iter().flat_map(|entry| &entry.operations).map(String::as_str).collect();
    let enrollment = enrollment::ROUTES.iter().map(|route| route.operation);
    let catalogues = catalog::ROUTES.iter().map(|route| route.operation);
    let apps = apps::ROUTES.iter().map(|route| route.operation);
    let licences = vpp::ROUTES.iter().map(|route| route.operation);
    let invitations = invitation::ROUTES.iter().map(|route| route.operation);
    let apples: BTreeSet<&str> = enrollment.chain(apps).chain(licences).chain(invitations).chain(catalogues).collect();
    let ours: BTreeSet<&str> = control::ROUTES.iter().map(|route| route.operation).collect();
    let unknown: Vec<_> = named.iter().filter(|name| !apples.contains(*name) && !ours.contains(*name)).collect();
    assert!(unknown.is_empty(), "no such operations: {unknown:?}");
    let silent: Vec<_> = apples.difference(&named).collect();
    assert!(silent.is_empty(), "nothing is said of {silent:?}");
}

#[test]
fn every_switch_that_is_named_exists_and_every_one_there_is_is_named() {
    let named: BTreeSet<String> = entries().iter().filter_map(|entry| entry.switch.clone()).collect();
    let switches = serde_json::to_value(Quirks::default()).unwrap();
    let switches: BTreeSet<String> = switches.as_object().unwrap().keys().cloned().collect();
    let unknown: Vec<_> = named.difference(&switches).collect();
    assert!(unknown.is_empty(), "no such switches: {unknown:?}");
    let silent: Vec<_> = switches.difference(&named).collect();
    assert!(silent.is_empty(), "no entry names the switches {silent:?}");
}

#[test]
fn no_entry_is_a_guess_without_saying_so() {
    for entry in entries() {
        let says_so = ["unknown", "assumed", "own", "nobody"].iter().any(|word| entry.source.contains(word));
        let assumed = entry.status == abmsim::fidelity::Status::Assumed;
        assert!(!assumed || says_so, "{} is assumed: say why in its source", entry.id);
    }
}
