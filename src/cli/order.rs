//! `abmsim order`: what was bought, and from whom.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use clap::{Args, Subcommand};
use serde_json::{Map, Value, json};

use super::control::Control;
use super::failure::Failure;
use super::output::Output;
use super::target::Target;

/// Orders: list them, place one
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim order add --model 'iPhone 16' --count 20 --server 'Primary MDM'")]
pub(super) struct Order {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// All of them
    List,
    /// Another one, from a file (an order as in a scenario; - for standard input) or from flags
    Add(Addition),
}

#[derive(Args, Debug)]
struct Addition {
    /// The file, YAML or JSON
    #[arg(required_unless_present_any = ["model", "serial"])]
    file: Option<PathBuf>,
    #[command(flatten)]
    said: Said,
}

/// An order of one line.
#[derive(Args, Debug)]
struct Said {
    /// Its number [default: made up]
    #[arg(long, conflicts_with = "file")]
    number: Option<String>,
    /// The model, such as 'iPhone 16'
    #[arg(long, conflicts_with = "file")]
    model: Option<String>,
    /// How many
    #[arg(long, conflicts_with_all = ["file", "serial"], requires = "model")]
    count: Option<u32>,
    /// Serial numbers of the devices
    #[arg(long, conflicts_with = "file", value_delimiter = ',')]
    serial: Vec<String>,
    /// The MDM server they go to, by name or id
    #[arg(long, conflicts_with = "file", value_name = "NAME")]
    server: Option<String>,
    /// Who sold it: apple, or reseller:ID
    #[arg(long, conflicts_with = "file")]
    source: Option<String>,
    /// When it was placed: a date, or -30d
    #[arg(long, conflicts_with = "file", value_name = "TIME", allow_hyphen_values = true)]
    placed: Option<String>,
    /// When its devices appear: a date, or +2h
    #[arg(long, conflicts_with = "file", value_name = "TIME", allow_hyphen_values = true)]
    arrives: Option<String>,
}

impl Said {
    fn body(&self) -> Value {
        let mut line = Map::new();
        let mut order = Map::new();
        let put = |map: &mut Map<String, Value>, name: &str, text: &Option<String>| {
            map.extend(text.clone().map(|text| (name.to_owned(), text.into())));
        };
        put(&mut line, "model", &self.model);
        put(&mut line, "server", &self.server);
        line.extend(self.count.map(|count| ("count".to_owned(), count.into())));
        put(&mut order, "number", &self.number);
        put(&mut order, "source", &self.source);
        put(&mut order, "placed", &self.placed);
        put(&mut order, "arrives", &self.arrives);
        let with = |serial: &String| {
            let mut line = line.clone();
            line.insert("serial".into(), serial.clone().into());
            Value::Object(line)
        };
        let lines =
            if self.serial.is_empty() { vec![Value::Object(line)] } else { self.serial.iter().map(with).collect() };
        order.insert("devices".into(), json!(lines));
        order.into()
    }
}

impl Order {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let control = Control::new(target)?;
        let path = control.path(&["orders"])?;
        match self.deed {
            Deed::List => {
                let orders = control.get(&path)?;
                self.output.list(&orders, &["number", "source", "placed", "arrives", "devices"])
            }
            Deed::Add(Addition { file: Some(file), .. }) => {
                self.output.item(&control.send_document(&path, document(&file)?)?)
            }
            Deed::Add(Addition { file: None, said }) => {
                self.output.item(&control.send(http::Method::POST, &path, &said.body())?)
            }
        }
    }
}

/// What the file at `path` holds; `-` is standard input.
pub(super) fn document(path: &Path) -> Result<Bytes, Failure> {
    let read = if path == Path::new("-") {
        let mut text = Vec::new();
        std::io::stdin().read_to_end(&mut text).map(|_| text)
    } else {
        std::fs::read(path)
    };
    read.map(Bytes::from).map_err(|error| Failure::failed(format!("cannot read {}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    fn added(words: &[&str]) -> Result<Addition, clap::Error> {
        let words = ["abmsim", "order", "add"].iter().chain(words);
        let matches = crate::cli::command().try_get_matches_from(words)?;
        match Order::from_arg_matches(matches.subcommand_matches("order").unwrap())?.deed {
            Deed::Add(addition) => Ok(addition),
            Deed::List => panic!("it is `add`"),
        }
    }

    #[test]
    fn flags_make_an_order_of_one_line() {
        let addition =
            added(&["--model", "iPhone 16", "--count", "20", "--server", "Primary MDM", "--placed", "-30d"]).unwrap();
        let wanted =
            json!({"placed": "-30d", "devices": [{"model": "iPhone 16", "server": "Primary MDM", "count": 20}]});
        assert_eq!(addition.said.body(), wanted);
    }

    #[test]
    fn serial_numbers_have_a_line_each() {
        let addition = added(&["--serial", "C02A,C02B", "--model", "Mac mini", "--number", "W1"]).unwrap();
        let wanted = json!({"number": "W1", "devices": [
            {"model": "Mac mini", "serial": "C02A"}, {"model": "Mac mini", "serial": "C02B"}]});
        assert_eq!(addition.said.body(), wanted);
    }

    #[test]
    fn a_file_or_flags_and_not_both() {
        assert_eq!(added(&["-"]).unwrap().file, Some("-".into()));
        assert!(added(&[]).is_err());
        assert!(added(&["order.yaml", "--model", "iPhone 16"]).is_err());
        assert!(added(&["--serial", "C02A", "--count", "2", "--model", "iPhone 16"]).is_err());
    }
}
