//! Data on stdout, in the form that was asked for; everything else on stderr.

use std::fmt::Write as _;
use std::io::{self, ErrorKind, Write};

use clap::{Args, ValueEnum};
use serde_json::Value;

use super::failure::Failure;
use super::{shell, table};

/// How data is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Columns, for people
    Table,
    /// JSON, as the control API gave it
    Json,
    /// YAML
    Yaml,
    /// NAME=value lines, for a shell
    Env,
}

/// The flag with which a verb is asked for a form.
#[derive(Args, Clone, Debug)]
pub(super) struct Output {
    /// How to print
    #[arg(short = 'o', long = "output", id = "output", global = true, value_name = "FORMAT", value_enum)]
    #[arg(default_value = "table", hide_possible_values = true, help = "How to print: table, json, yaml or env")]
    pub(super) format: Format,
}

impl Output {
    /// Prints one thing.
    pub(super) fn item(&self, value: &Value) -> Result<(), Failure> {
        data(&render(self.format, value, table::object))
    }

    /// Prints a list, `{"items": […]}`; its table has the columns `names`.
    pub(super) fn list(&self, list: &Value, names: &[&str]) -> Result<(), Failure> {
        data(&render(self.format, list, |list| table::list(items(list), names)))
    }

    /// Prints a list that an answer has under `key`.
    pub(super) fn list_of(&self, key: &str, answer: &Value, names: &[&str]) -> Result<(), Failure> {
        data(&render(self.format, answer, |answer| table::list(items(&answer[key]), names)))
    }
}

/// The entries of a list in a control answer.
pub(super) fn items(list: &Value) -> &[Value] {
    list.get("items").unwrap_or(list).as_array().map_or(&[], Vec::as_slice)
}

fn render(format: Format, value: &Value, table: impl Fn(&Value) -> String) -> String {
    match format {
        Format::Table => table(value),
        Format::Json => format!("{value:#}\n"),
        Format::Yaml => {
            let yaml = serde_saphyr::to_string(value).expect("every JSON value can be written as YAML");
            if yaml.ends_with('\n') { yaml } else { yaml + "\n" }
        }
        Format::Env => {
            let mut lines = String::new();
            variables(value, "", &mut lines);
            lines
        }
    }
}

/// `value` as `NAME=value` lines: nested names joined by `_`, entries of lists by their position from 0.
fn variables(value: &Value, name: &str, lines: &mut String) {
    let below = |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}_{part}") };
    match value {
        Value::Object(fields) => fields.iter().for_each(|(part, value)| variables(value, &below(part), lines)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, value)| variables(value, &below(&at.to_string()), lines));
        }
        plain => {
            let text = match plain {
                Value::Null => String::new(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let _ = writeln!(lines, "{}={}", variable_name(name), shell::quoted(&text));
        }
    }
}

fn variable_name(name: &str) -> String {
    let upper = name.to_ascii_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_");
    if upper.starts_with(|c: char| c.is_ascii_digit()) { format!("_{upper}") } else { upper }
}

/// Writes `text` to stdout. A reader that went away (`| head`) is no failure.
pub(super) fn data(text: &str) -> Result<(), Failure> {
    bytes(text.as_bytes())
}

/// Writes `bytes` to stdout.
pub(super) fn bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut stdout = io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure::failed(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a line for people to stderr.
pub(super) fn note(line: &str) {
    // Where stderr is closed, nobody wanted to know.
    let _ = writeln!(io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn yaml_keeps_texts_that_look_like_something_else() {
        let value = json!({"number": "1122334", "on": "true", "at": "2026-09-01T08:00:00Z", "list": [{"a": 1, "b": null}], "none": []});
        let yaml = render(Format::Yaml, &value, table::object);
        let wanted =
            "number: \"1122334\"\n\"on\": \"true\"\nat: \"2026-09-01T08:00:00Z\"\nlist:\n- a: 1\n  b: null\nnone: []\n";
        assert_eq!(yaml, wanted);
    }

    #[test]
    fn variables_are_named_by_their_path_and_safe_in_a_shell() {
        let bundle =
            json!({"id": "acme", "servers": [{"name": "Primary MDM", "token": {"consumer_key": "CK_1"}}], "x-y": null});
        let wanted = "ID=acme\nSERVERS_0_NAME='Primary MDM'\nSERVERS_0_TOKEN_CONSUMER_KEY=CK_1\nX_Y=\n";
        assert_eq!(render(Format::Env, &bundle, table::object), wanted.replace("X_Y=\n", "X_Y=''\n"));
    }

    #[test]
    fn a_list_may_come_bare_or_in_items() {
        assert_eq!(items(&json!({"items": [1]})).len(), 1);
        assert_eq!(items(&json!([1, 2])).len(), 2);
        assert!(items(&json!({"id": "acme"})).is_empty());
    }
}
