//! The scenarios that are served.

use std::fmt::Write;

/// The organisation's id.
pub const ORGANIZATION: &str = "acme";
/// Its MDM server.
pub const SERVER: &str = "Primary MDM";
/// Its location, where there is one.
pub const LOCATION: &str = "HQ";
/// Its order, where there is one.
pub const ORDER: &str = "W100000001";

const HEAD: &str = "\
version: 1
seed: 42
organizations:
  - id: acme
    name: Acme Corporation
    servers:
      - name: Primary MDM
";

const ORDERS: &str = "    orders:
      - number: \"W100000001\"
        source: apple
        devices:
";

/// An organisation with an MDM server and nothing else.
pub fn empty() -> String {
    HEAD.to_owned()
}

/// `count` devices that nobody names, at the MDM server or at none.
pub fn generated(count: usize, assigned: bool) -> String {
    let server = if assigned { SERVER } else { "null" };
    format!("{HEAD}{ORDERS}          - {{model: iPhone 16, count: {count}, server: {server}}}\n")
}

/// A location with so many assets, of which there is always enough, and nobody who holds any. The clock stands still.
pub fn library(assets: usize) -> String {
    let mut text = format!(
        "version: 1\nseed: 42\nclock: {{start: 2026-09-01T08:00:00Z, mode: frozen}}\norganizations:\n  - id: {ORGANIZATION}\n    \
         locations:\n      - name: {LOCATION}\n        assets:\n"
    );
    for number in 0..assets {
        _ = writeln!(text, "          - {{adam_id: {}, licenses: 2000000, platforms: [iOS, macOS]}}", adam_id(number));
    }
    text
}

/// The number of an asset of that location.
pub fn adam_id(asset: usize) -> usize {
    1_000_000_001 + asset
}

/// `count` devices, each with its own line.
pub fn listed(count: usize) -> String {
    let mut text = format!("{HEAD}{ORDERS}");
    for number in 0..count {
        // Letters and digits, as serial numbers have them.
        _ = writeln!(text, "          - {{serial: C02X{number:08}, model: iPhone 16, server: {SERVER}}}");
    }
    text
}
