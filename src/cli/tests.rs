//! The command line as a whole.

use clap::error::ErrorKind;

use super::*;

fn parse(line: &str) -> Result<Cli, clap::Error> {
    let words = line.split_whitespace().map(OsString::from).collect();
    let command = command();
    let words = arguments::in_order(words, &command);
    Cli::from_arg_matches(&command.try_get_matches_from(words)?)
}

#[test]
fn the_command_line_holds_together() {
    command().debug_assert();
}

#[test]
fn every_verb_is_understood() {
    for line in [
        "abmsim",
        "abmsim acme.yaml --seed 7",
        "abmsim check a.yaml b.yaml --each",
        "abmsim check a.yaml --dry-run --seed 7 -o json",
        "abmsim a.yaml --dry-run",
        "abmsim serve a.yaml --dry-run -o json",
        "abmsim schema",
        "abmsim scenario list -o json",
        "abmsim scenario show default",
        "abmsim ready --wait 10s",
        "abmsim ca --path",
        "abmsim env --client nanodep",
        "abmsim doctor --client zentral -o json",
        "abmsim serve --state state.json",
        "abmsim curl enrollment /account -i",
        "abmsim token MDM --certificate mdm.pem --out -",
        "abmsim org list",
        "abmsim org show acme -o env",
        "abmsim org add -",
        "abmsim org add --like acme --id fresh",
        "abmsim org delete acme",
        "abmsim org reset",
        "abmsim org sessions end",
        "abmsim org suppliers --everybody",
        "abmsim org suppliers --customer-number 1 --reseller-id A,B",
        "abmsim org timeline list",
        "abmsim org timeline add event.yaml",
        "abmsim org timeline cancel 3",
        "abmsim org quirks",
        "abmsim org people list",
        "abmsim org people add kim@acme.example --name Kim --roles device_manager,content_manager --locations HQ",
        "abmsim org people set kim@acme.example --deactivate",
        "abmsim org people delete kim@acme.example",
        "abmsim license buy 361309726 --as kim@acme.example",
        "abmsim org quirk error_body=quoted session_ttl=3m",
        "abmsim server list",
        "abmsim server show MDM",
        "abmsim server add MDM --certificate mdm.pem",
        "abmsim server set MDM --access no",
        "abmsim server token MDM",
        "abmsim server revoke MDM",
        "abmsim device list --server MDM --order W1 --status assigned --limit 5",
        "abmsim device show C02A",
        "abmsim device add --via configurator --model Mac --count 2 --server MDM",
        "abmsim device activate C02A",
        "abmsim device erase C02A",
        "abmsim device assign C02A C02B --server MDM",
        "abmsim device unassign C02A",
        "abmsim device release C02A",
        "abmsim device leave C02A",
        "abmsim device replace C02A --with C02B",
        "abmsim device cancel-migration C02A",
        "abmsim device export --status released",
        "abmsim order list",
        "abmsim order add order.yaml",
        "abmsim license location list",
        "abmsim license location show HQ",
        "abmsim license location add hq.yaml",
        "abmsim license location add --name HQ --country DE",
        "abmsim license location claim HQ --id 5 --name Other",
        "abmsim license users HQ --status active",
        "abmsim license assignments --adam-id 361309726",
        "abmsim license token HQ --kind read_only --out .",
        "abmsim license revoke HQ --account a@acme.example",
        "abmsim license buy 361309726 --quantity 10 --payment credit",
        "abmsim license refund 361309726 --location HQ",
        "abmsim license transfer 361309726 --from HQ --to Store --quantity 5",
        "abmsim license unlimited 361309726 --off",
        "abmsim license credit",
        "abmsim license credit a@acme.example 49.90",
        "abmsim license history --location HQ",
        "abmsim license accept 0123 --apple-account me@icloud.example",
        "abmsim license password a@acme.example",
        "abmsim license subscribe 2 --app 1 --renewing 5 --period 30d --enable",
        "abmsim notification list --type ASSET_COUNT --state failed,pending --location HQ --limit 5",
        "abmsim notification list --wait 10s --count 2 -o json",
        "abmsim notification show 7",
        "abmsim notification test HQ",
        "abmsim notification fault --duplicate 2 --location HQ --times 1",
        "abmsim curl apps /assets --location HQ",
        "abmsim device overview",
        "abmsim terms show",
        "abmsim terms sign --lag 18h",
        "abmsim terms unsign",
        "abmsim clock show",
        "abmsim clock freeze",
        "abmsim clock run",
        "abmsim clock set 2026-09-01",
        "abmsim clock advance 8d",
        "abmsim clock rate 60",
        "abmsim journal",
        "abmsim journal --operation enrollment.* --status 4xx --serial C02A --since 7 -o json",
        "abmsim journal --wait 10s --count 2 --har",
        "abmsim journal --follow --strays",
        "abmsim journal list --status 4xx",
        "abmsim journal show 7",
        "abmsim journal clear",
        "abmsim report --fail-on warning --since 12",
        "abmsim report --format junit --out report.xml",
        "abmsim report --rules --format json",
        "abmsim fidelity -o yaml",
        "abmsim completions fish",
    ] {
        assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
    }
}

#[test]
fn the_simulator_may_be_named_before_and_after_the_verb() {
    for line in [
        "abmsim --url http://abm.test --org acme device list",
        "abmsim device --org acme list --url http://abm.test",
        "abmsim device list --url http://abm.test --org acme",
    ] {
        let target = parse(line).unwrap().target;
        assert_eq!((target.url.as_deref(), target.org.as_deref()), (Some("http://abm.test"), Some("acme")), "{line}");
    }
}

#[test]
fn a_token_is_not_shown() {
    let told = format!("{:?}", parse("abmsim org list --control-token 0123456789abcdef").unwrap());
    assert!(told.contains("…cdef") && !told.contains("0123456789"), "{told}");
}

#[test]
fn a_mistyped_verb_or_flag_is_guessed() {
    let told = |line: &str| parse(line).unwrap_err().to_string();
    assert!(told("abmsim devcie list").contains("'device'"), "{}", told("abmsim devcie list"));
    assert!(told("abmsim device list --sever A").contains("'--server'"));
    assert_eq!(parse("abmsim clock advance soon").unwrap_err().kind(), ErrorKind::ValueValidation);
}

#[test]
fn help_fits_a_screen_and_every_verb_has_an_example() {
    let mut command = command();
    let help = command.render_long_help().to_string();
    assert!(help.lines().count() <= 30, "{help}");
    for verb in command.get_subcommands() {
        let after = verb.get_after_help().map(ToString::to_string).unwrap_or_default();
        assert!(after.starts_with("Example: "), "{}", verb.get_name());
    }
}

#[test]
fn verbs_on_their_own_do_not_speak_of_a_running_simulator() {
    let mut command = command();
    command.build();
    for verb in ON_THEIR_OWN {
        let help = command.find_subcommand_mut(verb).unwrap().render_long_help().to_string();
        assert!(!help.contains("--url ") && !help.contains("--org "), "{help}");
    }
}
