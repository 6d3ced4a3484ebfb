//! The `abmsim` program.
fn main() {}
