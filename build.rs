//! How the program is linked.

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={START}");
    let is = |variable: &str, value: &str| env::var(variable).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_OS", "linux") || !is("CARGO_CFG_TARGET_ENV", "gnu") {
        return;
    }
    let is_static = env::var("CARGO_CFG_TARGET_FEATURE").is_ok_and(|features| features.contains("crt-static"));
    if !is_static {
        // At a fixed address there are no relocations to read and carry out at every start: half a megabyte of an idle process.
        println!("cargo:rustc-link-arg-bins=-no-pie");
    }
    if is("PROFILE", "release")
        && let Ok(root) = env::var("CARGO_MANIFEST_DIR")
    {
        // Four megabytes of an idle process; `linking/start.ld` says how.
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{root}/{START}");
    }
}

/// Which functions are put side by side.
const START: &str = "linking/start.ld";
