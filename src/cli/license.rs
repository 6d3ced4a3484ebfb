//! `abmsim license`: apps and books, as an administrator has to do with them.

use clap::{Args, Subcommand, ValueEnum};
use http::Method;
use serde_json::{Map, Value, json};

use super::control::Control;
use super::failure::Failure;
use super::license_location::{LocationDeed, Place, location};
use super::license_token::TokenDeed;
use super::output::{Output, note};
use super::target::Target;
use crate::clock::Span;

/// Apps and books: locations, content tokens, purchases, transfers
#[derive(Args, Debug)]
#[command(after_help = "Example: abmsim license buy 361309726 --quantity 20 --location HQ")]
pub(super) struct License {
    #[command(flatten)]
    output: Output,
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Subcommand, Debug)]
enum Deed {
    /// Locations: list, show, add, claim
    #[command(subcommand)]
    Location(LocationDeed),
    /// Users of a location
    Users {
        #[command(flatten)]
        place: Place,
        /// Those alone that are active, or retired
        #[arg(long)]
        status: Option<String>,
        /// At most so many
        #[arg(long)]
        limit: Option<usize>,
    },
    /// Who holds which licences
    Assignments {
        #[command(flatten)]
        place: Place,
        /// Of this title alone
        #[arg(long, value_name = "NUMBER")]
        adam_id: Option<String>,
        /// Of this user alone
        #[arg(long, value_name = "ID")]
        client_user_id: Option<String>,
        /// Of this device alone
        #[arg(long, value_name = "SERIAL")]
        serial_number: Option<String>,
        /// At most so many
        #[arg(long)]
        limit: Option<usize>,
    },
    /// How licences are taken, and which are lost on somebody who is gone
    Seats {
        #[command(flatten)]
        place: Place,
        /// Those that are lost, one by one
        #[arg(long)]
        astray: bool,
    },
    /// Download a content token; its text goes to standard output
    Token(TokenDeed),
    /// Kill content tokens of a location
    Revoke {
        #[command(flatten)]
        place: Place,
        /// Those alone that this account downloaded
        #[arg(long)]
        account: Option<String>,
    },
    /// Buy licences
    Buy {
        #[command(flatten)]
        licenses: Licenses,
        #[command(flatten)]
        place: Where,
        /// How it is paid
        #[arg(long, value_enum)]
        payment: Option<Payment>,
    },
    /// Give licences back that nobody holds
    Refund {
        #[command(flatten)]
        licenses: Licenses,
        #[command(flatten)]
        place: Where,
    },
    /// Move licences that nobody holds to another location
    Transfer {
        #[command(flatten)]
        licenses: Licenses,
        /// The location that they leave
        #[arg(long, value_name = "NAME")]
        from: String,
        /// The location that they come to
        #[arg(long, value_name = "NAME")]
        to: String,
    },
    /// Make a title unlimited at a location, or limited again
    Unlimited {
        /// The title's number, such as 361309726
        title: String,
        #[command(flatten)]
        place: Where,
        /// Limited again
        #[arg(long)]
        off: bool,
    },
    /// Reviews of a custom app's versions: how they stand, or how one stands from now on
    Review {
        /// The title's number, such as 7000000001
        title: String,
        /// The version, such as 1.2
        #[arg(requires = "review")]
        version: Option<String>,
        /// How its review stands
        #[arg(value_enum)]
        review: Option<Standing>,
    },
    /// Store credit: what there is, or some more for an account
    Credit {
        /// Whose
        #[arg(requires = "amount")]
        account: Option<String>,
        /// How much more, such as 49.90
        amount: Option<String>,
    },
    /// What was bought, refunded and moved
    History {
        #[command(flatten)]
        place: Where,
        /// Of this title alone
        #[arg(long, value_name = "NUMBER")]
        adam_id: Option<String>,
        /// At most so many
        #[arg(long)]
        limit: Option<usize>,
    },
    /// A user accepts the invitation, as on the page to which its link leads
    Accept {
        /// The code in its link: `abmsim license users` shows it
        code: String,
        /// The Apple Account [default: made up]
        #[arg(long, value_name = "ACCOUNT")]
        apple_account: Option<String>,
    },
    /// Somebody changes the password: content tokens that they downloaded die
    Password {
        /// Whose
        account: String,
    },
    /// Buy seats of a subscription
    Subscribe {
        /// The subscription's number
        subscription: String,
        /// The number of the app that it is for
        #[arg(long, value_name = "NUMBER")]
        app: String,
        /// Seats that are renewed
        #[arg(long, default_value_t = 0)]
        renewing: u32,
        /// Seats that end with the period
        #[arg(long, default_value_t = 0)]
        expiring: u32,
        /// How long a period is [default: 30d]
        #[arg(long, value_name = "TIME")]
        period: Option<Span>,
        /// Let the location manage subscriptions first
        #[arg(long)]
        enable: bool,
        #[command(flatten)]
        place: Where,
    },
}

/// The same as a flag, where something else is named first.
#[derive(Args, Debug)]
struct Where {
    /// The location, by name or id [default: the only one]
    #[arg(long, value_name = "NAME")]
    location: Option<String>,
}

/// Licences of a title.
#[derive(Args, Debug)]
struct Licenses {
    /// The title's number, such as 361309726
    title: String,
    /// How many
    #[arg(long, default_value_t = 1)]
    quantity: u32,
    /// In high quality (PLUS); books can come so
    #[arg(long)]
    plus: bool,
    /// Who does it, and whose credit pays [default: the first content manager]
    #[arg(long)]
    account: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Standing {
    InReview,
    Approved,
    Rejected,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Payment {
    Card,
    PurchaseOrder,
    Credit,
}

pub(super) fn word(value: &impl ValueEnum) -> Value {
    value.to_possible_value().map_or(Value::Null, |value| value.get_name().into())
}

impl Licenses {
    fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        body.insert("adam_id".to_owned(), self.title.into());
        body.insert("quantity".to_owned(), self.quantity.into());
        body.extend(self.plus.then(|| ("pricing_param".to_owned(), "PLUS".into())));
        body.extend(self.account.map(|account| ("account".to_owned(), account.into())));
        body
    }
}

impl License {
    pub(super) fn run(self, target: &Target) -> Result<(), Failure> {
        let (control, output) = (Control::new(target)?, self.output);
        let send =
            |path: &[&str], body: Value| output.item(&control.send(Method::POST, &control.path(path)?, &body)?);
        match self.deed {
            Deed::Location(deed) => deed.run(&control, &output),
            Deed::Users { place, status, limit } => {
                let filters: Vec<_> = status.iter().map(|status| ("status", status.as_str())).collect();
                let users =
                    control.list(&["locations", &location(&control, place.location)?, "users"], &filters, limit)?;
                output.list(&users, &["client_user_id", "status", "email", "managed_account", "invite_code"])
            }
            Deed::Assignments { place, adam_id, client_user_id, serial_number, limit } => {
                let filters =
                    [("adam_id", &adam_id), ("client_user_id", &client_user_id), ("serial_number", &serial_number)];
                let filters: Vec<_> =
                    filters.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
                let path = ["locations", &location(&control, place.location)?, "assignments"];
                let rows = control.list(&path, &filters, limit)?;
                output.list(&rows, &["adam_id", "pricing_param", "client_user_id", "serial_number", "license_id"])
            }
            Deed::Seats { place, astray } => {
                let path = control.path(&["locations", &location(&control, place.location)?, "seats"])?;
                let mut seats = control.get(&path)?;
                if astray {
                    let columns =
                        ["adam_id", "pricing_param", "name", "client_user_id", "serial_number", "why", "revocable"];
                    seats["items"] = seats["astray"].take();
                    return output.list(&seats, &columns);
                }
                let columns = ["adam_id", "pricing_param", "name", "total", "available", "users", "devices", "astray"];
                output.list(&seats, &columns)
            }
            Deed::Token(token) => token.run(&control),
            Deed::Revoke { place, account } => {
                let place = location(&control, place.location)?;
                let query = account.map_or(String::new(), |account| {
                    format!("?{}", super::control::query(&[("account", account.as_str())]))
                });
                let answer = control.delete(&(control.path(&["locations", &place, "token"])? + &query))?;
                note(&format!("{} content tokens of `{place}` are dead", answer["revoked"]));
                Ok(())
            }
            Deed::Buy { licenses, place, payment } => {
                let mut body = licenses.body();
                body.insert("location".to_owned(), location(&control, place.location)?.into());
                body.extend(payment.map(|payment| ("payment".to_owned(), word(&payment))));
                send(&["purchases"], body.into())
            }
            Deed::Refund { licenses, place } => {
                let mut body = licenses.body();
                body.insert("location".to_owned(), location(&control, place.location)?.into());
                send(&["refunds"], body.into())
            }
            Deed::Transfer { licenses, from, to } => {
                let mut body = licenses.body();
                body.extend([("from".to_owned(), from.into()), ("to".to_owned(), to.into())]);
                send(&["transfers"], body.into())
            }
            Deed::Unlimited { title, place, off } => {
                let path = control.path(&["locations", &location(&control, place.location)?, "assets", &title])?;
                output.item(&control.send(Method::PATCH, &path, &json!({ "unlimited": !off }))?)
            }
            Deed::Review { title, version: Some(version), review } => {
                let path = control.path(&["titles", &title, "versions", &version])?;
                let body = json!({ "review": review.map_or(Value::Null, |review| word(&review)) });
                output.item(&control.send(Method::PUT, &path, &body)?)
            }
            Deed::Review { title, version: None, .. } => {
                output.item(&control.get(&control.path(&["titles", &title])?)?)
            }
            Deed::Credit { account: Some(account), amount } => {
                send(&["credit"], json!({"account": account, "amount": amount}))
            }
            Deed::Credit { account: None, .. } => {
                output.list(&control.get(&control.path(&["credit"])?)?, &["account", "balance"])
            }
            Deed::History { place, adam_id, limit } => {
                let filters = [("location", &place.location), ("adam_id", &adam_id)];
                let filters: Vec<_> =
                    filters.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?))).collect();
                let columns =
                    ["number", "at", "kind", "location", "to", "name", "quantity", "amount", "payment", "in_use"];
                output.list(&control.list(&["purchases"], &filters, limit)?, &columns)
            }
            Deed::Accept { code, apple_account } => {
                let body = apple_account.map_or_else(|| json!({}), |account| json!({ "apple_account": account }));
                send(&["invitations", &code, "accept"], body)
            }
            Deed::Password { account } => send(&["people", &account, "password"], json!({})),
            Deed::Subscribe { subscription, app, renewing, expiring, period, enable, place } => {
                let mut body = json!({
                    "location": location(&control, place.location)?, "adam_id": subscription, "parent_adam_id": app,
                    "renewing": renewing, "expiring": expiring, "enable": enable,
                });
                if let Some(period) = period {
                    body["period"] = json!(period);
                }
                send(&["subscriptions"], body)
            }
        }
    }
}
