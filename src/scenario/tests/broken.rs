//! A badly broken scenario: all of its mistakes at once, as `abmsim check` prints them.

use super::*;

/// To accept a change: `ABMSIM_ACCEPT=1 cargo test --lib scenario`, and read the difference.
#[test]
fn all_mistakes_of_a_file_are_reported_together() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/scenario/tests");
    let file = SourceFile::new("broken.yaml", include_str!("broken.yaml"));
    let printed = format!("{}\n", read(&[file], &surroundings()).unwrap_err());
    if std::env::var_os("ABMSIM_ACCEPT").is_some() {
        std::fs::write(format!("{folder}/broken.txt"), &printed).unwrap();
    }
    assert_eq!(printed, std::fs::read_to_string(format!("{folder}/broken.txt")).unwrap());
}
