//! The scenarios that are served.

use std::fmt::Write;

/// The organisation's id.
pub const ORGANIZATION: &str = "acme";
/// Its MDM server.
pub const SERVER: &str = "Primary MDM";
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

/// `count` devices, each with its own line.
pub fn listed(count: usize) -> String {
    let mut text = format!("{HEAD}{ORDERS}");
    for number in 0..count {
        // Letters and digits, as serial numbers have them.
        _ = writeln!(text, "          - {{serial: C02X{number:08}, model: iPhone 16, server: {SERVER}}}");
    }
    text
}
