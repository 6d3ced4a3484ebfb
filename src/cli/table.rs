//! Tables for people: columns of text, two blanks between them.

use std::fmt::Write as _;

use serde_json::{Map, Value};

/// A value in one cell: texts bare, lists of plain values with commas, nothing as a dash, everything else as JSON.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) if text.is_empty() => "-".to_owned(),
        Value::String(text) => text.replace(['\n', '\r', '\t'], " "),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) if items.iter().all(is_plain) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// `rows` under `header`, every column as wide as its widest cell.
pub(super) fn columns(header: &[&str], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|name| name.to_uppercase()).collect();
    aligned(std::iter::once(&header).chain(rows))
}

/// A list of objects as a table with the columns `names`.
pub(super) fn list(items: &[Value], names: &[&str]) -> String {
    let row = |item: &Value| names.iter().map(|name| cell(item.get(name).unwrap_or(&Value::Null))).collect();
    columns(names, &items.iter().map(row).collect::<Vec<_>>())
}

/// One object: a line for each plain value, then each of its lists of objects as a table of its own.
pub(super) fn object(value: &Value) -> String {
    let mut lines = Vec::new();
    let mut lists = Vec::new();
    collect(value, "", &mut lines, &mut lists);
    let mut text = aligned(lines.iter());
    for (name, items) in lists {
        if !text.is_empty() {
            text.push('\n');
        }
        let flat: Vec<Value> = items.iter().map(flattened).collect();
        let names = names_of(&flat);
        let is_wide = flat
            .iter()
            .filter_map(Value::as_object)
            .flat_map(Map::values)
            .any(|value| cell(value).chars().count() > WIDE);
        let _ = match is_wide {
            false => write!(text, "{name}:\n{}", list(&flat, &names)),
            true => write!(text, "{name}:\n{}", blocks(&flat)),
        };
    }
    text
}

/// A cell that is longer would tear a table apart: then every entry of the list has lines of its own.
const WIDE: usize = 60;

fn blocks(items: &[Value]) -> String {
    let block = |item: &Value| object(item).lines().map(|line| format!("  {line}\n")).collect::<String>();
    items.iter().map(block).collect::<Vec<_>>().join("\n")
}

/// The plain values in `value` as `name`, `value`, nested ones by their path with dots; lists of objects apart.
fn collect<'v>(value: &'v Value, path: &str, lines: &mut Vec<Vec<String>>, lists: &mut Vec<(String, &'v [Value])>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                collect(value, &path, lines, lists);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => lists.push((path.to_owned(), items)),
        plain => lines.push([path.to_owned(), cell(plain)].into_iter().filter(|text| !text.is_empty()).collect()),
    }
}

/// An object without nesting: `{"token": {"x": 1}}` becomes `{"token.x": 1}`.
fn flattened(value: &Value) -> Value {
    let mut lines = Vec::new();
    let mut lists = Vec::new();
    collect(value, "", &mut lines, &mut lists);
    let plain = lines.into_iter().filter_map(|line| match <[String; 2]>::try_from(line) {
        Ok([name, value]) => Some((name, Value::String(value))),
        Err(_) => None,
    });
    let nested = lists.into_iter().map(|(name, items)| (name, Value::Array(items.to_vec())));
    Value::Object(plain.chain(nested).collect::<Map<_, _>>())
}

/// Every name that occurs, in the order of first use.
pub(super) fn names_of(items: &[Value]) -> Vec<&str> {
    let mut names = Vec::new();
    for name in items.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !names.contains(&name.as_str()) {
            names.push(name.as_str());
        }
    }
    names
}

fn is_plain(value: &Value) -> bool {
    !value.is_array() && !value.is_object()
}

fn aligned<'r>(rows: impl Iterator<Item = &'r Vec<String>> + Clone) -> String {
    let mut widths: Vec<usize> = Vec::new();
    for row in rows.clone() {
        for (position, text) in row.iter().enumerate() {
            let width = text.chars().count();
            match widths.get_mut(position) {
                Some(known) => *known = width.max(*known),
                None => widths.push(width),
            }
        }
    }
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (value, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{value:width$}  ");
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let items =
            [json!({"name": "Primary MDM", "devices": 3}), json!({"name": "É", "default_for": ["iPhone", "iPad"]})];
        let wanted = "NAME         DEVICES  DEFAULT_FOR\nPrimary MDM  3        -\nÉ            -        iPhone, iPad\n";
        assert_eq!(list(&items, &["name", "devices", "default_for"]), wanted);
    }

    #[test]
    fn an_empty_list_still_says_what_its_columns_are() {
        assert_eq!(list(&[], &["id", "name"]), "ID  NAME\n");
    }

    #[test]
    fn an_object_is_lines_first_and_then_its_lists() {
        let device = json!({
            "serial_number": "C02X", "history": [{"at": "now", "what": "ordered"}, {"at": "later", "by": "us"}],
            "server": null, "lag": {"portal": "0s"}, "empty": {}
        });
        let wanted = "serial_number  C02X\nserver         -\nlag.portal     0s\nempty          {}\n\n\
                      history:\nAT     WHAT     BY\nnow    ordered  -\nlater  -        us\n";
        assert_eq!(object(&device), wanted);
    }

    #[test]
    fn entries_with_long_values_have_lines_of_their_own() {
        let long = "x".repeat(WIDE + 1);
        let bundle = json!({"servers": [{"name": "A", "token": {"key": long}}, {"name": "B"}]});
        assert_eq!(object(&bundle), format!("servers:\n  name       A\n  token.key  {long}\n\n  name  B\n"));
    }

    #[test]
    fn a_cell_never_breaks_its_line() {
        assert_eq!(cell(&json!("a\nb\tc")), "a b c");
    }
}
