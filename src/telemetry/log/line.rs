//! What a line says. Never the query: clients put assertions and tokens into it.

use std::time::Duration;

use super::TARGET;
use crate::telemetry::{Observation, Side};

/// The most bytes of a text that a client chose.
const LONGEST: usize = 512;

/// A line in columns: time, level, method, path, status, duration, operation, organisation and server, and why it was refused.
pub(super) fn pretty(line: &mut Vec<u8>, time: &[u8], seen: &Observation<'_>, colored: bool) {
    let paint = |line: &mut Vec<u8>, color: &str, text: &[u8]| {
        if colored {
            line.extend_from_slice(color.as_bytes());
        }
        line.extend_from_slice(text);
        if colored {
            line.extend_from_slice(b"\x1b[0m");
        }
    };
    paint(line, "\x1b[2m", time);
    match seen.side {
        Side::Apple => paint(line, "\x1b[32m", b"  INFO "),
        Side::Control => paint(line, "\x1b[34m", b" DEBUG "),
    }
    padded(line, 7, |line| plain(line, seen.request.head.method.as_str()));
    padded(line, 24, |line| plain(line, seen.request.path()));
    let mut status = itoa::Buffer::new();
    let (status, color) = match seen.status {
        Some(known) => (status.format(known.as_u16()), color(known.as_u16())),
        None => ("---", "\x1b[31m"),
    };
    line.push(b' ');
    paint(line, color, status.as_bytes());
    milliseconds(line, seen.duration);
    line.extend_from_slice(b"  ");
    line.extend_from_slice(seen.operation.as_bytes());
    for (before, named) in [("  ", seen.organization), ("/", seen.server)] {
        if let Some(named) = named {
            line.extend_from_slice(before.as_bytes());
            plain(line, named);
        }
    }
    for (before, said) in [("  fault: ", seen.fault), ("  ", seen.reason().as_deref())] {
        if let Some(said) = said {
            line.extend_from_slice(before.as_bytes());
            plain(line, said);
        }
    }
    line.push(b'\n');
}

fn color(status: u16) -> &'static str {
    match status {
        ..400 => "\x1b[32m",
        400..500 => "\x1b[33m",
        _ => "\x1b[31m",
    }
}

/// What `write` writes, with spaces up to `width`.
fn padded(line: &mut Vec<u8>, width: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let from = line.len();
    write(line);
    line.resize(line.len().max(from + width), b' ');
}

/// `      0.04 ms`: right-aligned, a hundredth of a millisecond.
fn milliseconds(line: &mut Vec<u8>, duration: Duration) {
    let hundredths = u64::try_from(duration.as_micros() / 10).unwrap_or(u64::MAX);
    let mut whole = itoa::Buffer::new();
    let whole = whole.format(hundredths / 100);
    line.resize(line.len() + 6_usize.saturating_sub(whole.len()), b' ');
    line.extend_from_slice(whole.as_bytes());
    line.push(b'.');
    two_digits(line, hundredths % 100);
    line.extend_from_slice(b" ms");
}

fn two_digits(line: &mut Vec<u8>, number: u64) {
    line.extend_from_slice(&[b'0' + (number / 10 % 10) as u8, b'0' + (number % 10) as u8]);
}

/// A text that cannot move the cursor or begin another line.
fn plain(line: &mut Vec<u8>, text: &str) {
    let shown = shortened(text);
    if shown.bytes().all(|byte| byte >= b' ' && byte != 0x7f) {
        line.extend_from_slice(shown.as_bytes());
    } else {
        line.extend_from_slice(shown.escape_debug().to_string().as_bytes());
    }
    if shown.len() < text.len() {
        line.extend_from_slice("…".as_bytes());
    }
}

fn shortened(text: &str) -> &str {
    if text.len() <= LONGEST { text } else { &text[..text.floor_char_boundary(LONGEST)] }
}

/// A line that is a JSON object.
pub(super) fn json(line: &mut Vec<u8>, time: &[u8], seen: &Observation<'_>) {
    line.extend_from_slice(b"{\"timestamp\":\"");
    line.extend_from_slice(time);
    line.extend_from_slice(match seen.side {
        Side::Apple => b"\",\"level\":\"INFO\"",
        Side::Control => b"\",\"level\":\"DEBUG\"",
    });
    line.extend_from_slice(b",\"message\":\"request\"");
    text(line, "target", TARGET);
    text(line, "operation", seen.operation);
    text(line, "method", seen.request.head.method.as_str());
    text(line, "path", seen.request.path());
    match seen.status {
        Some(status) => number(line, "status", status.as_u16().into()),
        None => line.extend_from_slice(b",\"status\":null"),
    }
    number(line, "duration_us", u64::try_from(seen.duration.as_micros()).unwrap_or(u64::MAX));
    let reason = seen.reason();
    for (name, value) in [
        ("org", seen.organization),
        ("server", seen.server),
        ("request_id", seen.request_id),
        ("fault", seen.fault),
        ("refusal", seen.refusal),
        ("why", reason.as_deref()),
    ] {
        if let Some(value) = value {
            text(line, name, value);
        }
    }
    line.extend_from_slice(b"}\n");
}

fn name(line: &mut Vec<u8>, name: &str) {
    line.extend_from_slice(b",\"");
    line.extend_from_slice(name.as_bytes());
    line.extend_from_slice(b"\":");
}

fn number(line: &mut Vec<u8>, key: &str, value: u64) {
    name(line, key);
    line.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

fn text(line: &mut Vec<u8>, key: &str, value: &str) {
    name(line, key);
    let shown = shortened(value);
    if shown.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        line.push(b'"');
        line.extend_from_slice(shown.as_bytes());
    } else {
        // Writing to a `Vec` does not fail, and every text is JSON.
        let _ = serde_json::to_writer(&mut *line, shown);
        line.pop();
    }
    if shown.len() < value.len() {
        line.extend_from_slice("…".as_bytes());
    }
    line.push(b'"');
}

#[cfg(test)]
mod tests;
