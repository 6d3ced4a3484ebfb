//! What the command line means before clap reads it: the verb that may be left out, and variables for every flag.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::builder::{FalseyValueParser, Resettable};
use clap::{Arg, ArgAction, Command, Subcommand as _};

use super::Verb;

/// Gives every flag its variable: `--control-token` is `ABMSIM_CONTROL_TOKEN`. One that is set to nothing counts as unset, since a container
/// file cannot leave a variable out.
pub(super) fn with_variables(command: Command) -> Command {
    command.mut_args(with_variable).mut_subcommands(with_variables)
}

fn with_variable(arg: Arg) -> Arg {
    let named = arg.get_env().map(OsStr::to_os_string);
    let long = arg.get_long().filter(|long| !matches!(*long, "help" | "version"));
    let Some(name) = named.or_else(|| long.map(variable)) else { return arg };
    let arg = match arg.get_action() {
        // 1, true and yes are on; 0, false and no are off.
        ArgAction::SetTrue => arg.value_parser(FalseyValueParser::new()),
        _ => arg,
    };
    let is_empty = std::env::var_os(&name).is_some_and(|value| value.is_empty());
    let name = if is_empty { Resettable::Reset } else { Resettable::Value(name.into()) };
    arg.hide_env(true).env(name)
}

fn variable(long: &str) -> OsString {
    format!("ABMSIM_{}", long.to_ascii_uppercase().replace('-', "_")).into()
}

/// `arguments` as clap wants them.
pub(super) fn in_order(arguments: Vec<OsString>, command: &Command) -> Vec<OsString> {
    with_our_flags_first(with_verb(arguments, command), command)
}

/// After `curl` people mix our flags with curl's, and clap takes the first flag that it does not know for the end of ours.
fn with_our_flags_first(arguments: Vec<OsString>, command: &Command) -> Vec<OsString> {
    let Some(curl) = command.find_subcommand("curl") else { return arguments };
    let Some(verb) = arguments.iter().position(|word| word == "curl") else { return arguments };
    if !is_verb(verb, &arguments, command) {
        return arguments;
    }
    let mut words = arguments.into_iter();
    let mut ordered: Vec<OsString> = words.by_ref().take(verb + 1).collect();
    let mut theirs = Vec::new();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        match flag(&text, [curl, command]) {
            Some(arg) => {
                let has_value_behind = takes_value(arg) && !text.contains('=');
                ordered.push(word);
                ordered.extend(if has_value_behind { words.next() } else { None });
            }
            None => theirs.push(word),
        }
    }
    ordered.append(&mut theirs);
    ordered
}

/// Whether the word at `position` is the verb: there are only flags and their values before it.
fn is_verb(position: usize, arguments: &[OsString], command: &Command) -> bool {
    let mut before = arguments.iter().take(position).skip(1);
    while let Some(word) = before.next() {
        let text = word.to_string_lossy();
        if !text.starts_with("--") {
            return false;
        }
        if takes_next_word(&text, command) && before.next().is_none() {
            return false;
        }
    }
    true
}

/// `arguments` with `serve` put in where no verb is said: `abmsim scenario.yaml` and `abmsim --listen 127.0.0.1:0` serve.
pub(super) fn with_verb(mut arguments: Vec<OsString>, command: &Command) -> Vec<OsString> {
    if means_serve(arguments.get(1..).unwrap_or_default(), command) {
        arguments.insert(1.min(arguments.len()), "serve".into());
    }
    arguments
}

fn means_serve(arguments: &[OsString], command: &Command) -> bool {
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        match text.as_ref() {
            "-h" | "--help" | "-V" | "--version" => return false,
            "--" => return true,
            "-" => return true,
            flag if flag.starts_with('-') => {
                if takes_next_word(flag, command) {
                    words.next();
                }
            }
            verb if verb == "help" || Verb::has_subcommand(verb) => return false,
            // A word that is neither a verb nor looks like a file is a verb mistyped, which clap says better.
            _ => return is_file(word),
        }
    }
    true
}

/// The verb in `arguments`: the first word that is neither a flag nor a flag's value.
pub(super) fn verb<'a>(arguments: &'a [OsString], command: &Command) -> Option<&'a OsString> {
    let mut words = arguments.iter().skip(1);
    while let Some(word) = words.next() {
        let text = word.to_string_lossy();
        if !text.starts_with('-') {
            return Some(word);
        }
        if takes_next_word(&text, command) {
            words.next();
        }
    }
    None
}

fn takes_next_word(word: &str, command: &Command) -> bool {
    let serve = command.find_subcommand("serve").unwrap_or(command);
    !word.contains('=') && flag(word, [serve, command]).is_some_and(takes_value)
}

/// The flag that `word` is for one of `commands`.
fn flag<'c>(word: &str, commands: [&'c Command; 2]) -> Option<&'c Arg> {
    let long = word.strip_prefix("--")?;
    let long = long.split_once('=').map_or(long, |(name, _)| name);
    commands.into_iter().flat_map(Command::get_arguments).find(|arg| arg.get_long() == Some(long))
}

fn takes_value(arg: &Arg) -> bool {
    !matches!(arg.get_action(), ArgAction::SetTrue | ArgAction::Help | ArgAction::Version)
}

fn is_file(word: &OsStr) -> bool {
    word.to_string_lossy().contains(['.', '/', '\\']) || Path::new(word).exists()
}

#[cfg(test)]
mod tests {
    use super::super::command;
    use super::*;

    fn told(line: &str) -> String {
        let words = line.split_whitespace().map(OsString::from).collect();
        let words = in_order(words, &command()).into_iter().map(|word| word.into_string().unwrap());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn serve_is_meant_where_no_verb_is_said() {
        for (said, meant) in [
            ("abmsim", "abmsim serve"),
            ("abmsim acme.yaml", "abmsim serve acme.yaml"),
            ("abmsim ./acme more.yml", "abmsim serve ./acme more.yml"),
            ("abmsim --listen 127.0.0.1:0", "abmsim serve --listen 127.0.0.1:0"),
            ("abmsim --listen 127.0.0.1:0 acme.yaml", "abmsim serve --listen 127.0.0.1:0 acme.yaml"),
            ("abmsim --seed=7 --certs check acme.yaml", "abmsim serve --seed=7 --certs check acme.yaml"),
            ("abmsim -", "abmsim serve -"),
        ] {
            assert_eq!(told(said), meant);
        }
    }

    #[test]
    fn a_verb_is_kept_also_a_mistyped_one() {
        for line in [
            "abmsim check acme.yaml",
            "abmsim --org acme device list",
            "abmsim --certs /tmp/certs ca",
            "abmsim devcie list",
            "abmsim --help",
            "abmsim --listen 127.0.0.1:0 --help",
            "abmsim help serve",
        ] {
            assert_eq!(told(line), line);
        }
    }

    #[test]
    fn our_flags_may_stand_among_curls() {
        for (said, meant) in [
            (
                "abmsim curl enrollment /x -i --server A -d {} --print",
                "abmsim curl --server A --print enrollment /x -i -d {}",
            ),
            ("abmsim --org curl curl enrollment /x --server=A", "abmsim --org curl curl enrollment /x --server=A"),
            ("abmsim check curl --org a", "abmsim check curl --org a"),
        ] {
            assert_eq!(told(said), meant);
        }
    }

    #[test]
    fn every_flag_has_a_variable() {
        fn check(command: &Command) {
            for arg in command.get_arguments() {
                let Some(long) = arg.get_long().filter(|long| !matches!(*long, "help" | "version")) else { continue };
                let name = variable(long);
                assert_eq!(arg.get_env(), Some(name.as_os_str()), "{}", command.get_name());
            }
            command.get_subcommands().for_each(check);
        }
        check(&command());
    }
}
