//! The numbers of errors with their texts.

use crate::organization::quirks::V1Texts;

/// An error by its number.
#[derive(Debug)]
pub struct Number {
    /// Its number.
    pub number: u16,
    /// Its number as text, which is its name too.
    pub name: &'static str,
    /// Its text today; of errors that are in the old list alone, their only one.
    text: &'static str,
    /// Its text in the list of 2018, where that was another.
    before: Option<&'static str>,
    /// Whether the lists of today and of 2018 have it.
    is_listed: (bool, bool),
    /// The entries of the fidelity ledger on it.
    pub refs: &'static [&'static str],
}

impl Number {
    /// The error of this name; an internal error where there is none.
    pub fn find(name: &str) -> &'static Self {
        NUMBERS.iter().find(|number| number.name == name).unwrap_or(&INTERNAL)
    }

    /// Its text.
    pub fn text(&self, texts: V1Texts) -> &'static str {
        match texts {
            V1Texts::Current => self.text,
            V1Texts::Of2018 => self.before.unwrap_or(self.text),
        }
    }

    const fn before(self, text: &'static str) -> Self {
        Self { before: Some(text), ..self }
    }
}

/// The list of the service configuration: number and text.
pub fn listed(texts: V1Texts) -> impl Iterator<Item = (u16, &'static str)> {
    let is_listed = move |number: &&Number| match texts {
        V1Texts::Current => number.is_listed.0,
        V1Texts::Of2018 => number.is_listed.1,
    };
    NUMBERS.iter().filter(is_listed).map(move |number| (number.number, number.text(texts)))
}

const fn both(number: u16, name: &'static str, text: &'static str, refs: &'static [&'static str]) -> Number {
    Number { number, name, text, before: None, is_listed: (true, true), refs }
}

const fn of_today(number: u16, name: &'static str, text: &'static str, refs: &'static [&'static str]) -> Number {
    Number { is_listed: (true, false), ..both(number, name, text, refs) }
}

const fn of_2018(number: u16, name: &'static str, text: &'static str, refs: &'static [&'static str]) -> Number {
    Number { is_listed: (false, true), ..both(number, name, text, refs) }
}

const ANSWERS: &[&str] = &["vpp.errors"];
const TOKEN: &[&str] = &["vpp.token"];
const ARGUMENT: &[&str] = &["vpp.arguments"];
const USERS: &[&str] = &["vpp.register", "vpp.edit", "vpp.get-user", "vpp.retire"];
const MANAGE: &[&str] = &["vpp.manage", "vpp.manage-status"];
const REPEATED: &[&str] = &["vpp.repeated-calls"];
const BATCHES: &[&str] = &["vpp.batch-tokens"];
const PAGES: &[&str] = &["vpp.assignments"];
const READ_ONLY: &[&str] = &["vpp.read-only"];
const REMOVED: &[&str] = &["vpp.removed"];
const CLIENT: &[&str] = &["vpp.client-config"];

static INTERNAL: Number = both(9603, "9603", "Internal error.", ANSWERS).before("Internal error");

/// All of them, in the order of the service configuration.
#[rustfmt::skip]
pub static NUMBERS: &[Number] = &[
    both(9600, "9600", "Missing required argument", ARGUMENT),
    both(9601, "9601", "Login required.", TOKEN)
        .before("Login required"),
    both(9602, "9602", "Invalid argument.", ARGUMENT)
        .before("Invalid argument"),
    both(9603, "9603", "Internal error.", ANSWERS)
        .before("Internal error"),
    both(9604, "9604", "Result not found", USERS),
    both(9605, "9605", "Account storefront incorrect", ANSWERS),
    both(9606, "9606", "Error constructing token", TOKEN),
    both(9607, "9607", "License is irrevocable", MANAGE),
    both(9608, "9608", "Empty response from SharedData service", ANSWERS),
    both(9609, "9609", "Unable to find the registered user.", USERS)
        .before("Registered user not found"),
    both(9610, "9610", "License not found", MANAGE),
    both(9611, "9611", "Admin user not found", ANSWERS),
    both(9612, "9612", "Failed to create claim job", ANSWERS),
    both(9613, "9613", "Failed to create unclaim job", ANSWERS),
    both(9614, "9614", "Invalid date format", ARGUMENT),
    both(9615, "9615", "OrgCountry not found", ANSWERS),
    both(9616, "9616", "License already assigned", MANAGE),
    both(9617, "9617", "The URL has been moved. Please call VPPServiceConfigSrv to find the new URL.", ANSWERS),
    both(9618, "9618", "The user has already been retired.", USERS),
    both(9619, "9619", "License not associated", MANAGE),
    both(9620, "9620", "The user has already been deleted.", USERS),
    both(9621, "9621", "The token has expired. You need to generate a new token online using your organization's account at either school.apple.com or business.apple.com.", TOKEN)
        .before("The token has expired. You need to generate a new token online using your organization's account at https://vpp.itunes.apple.com."),
    both(9622, "9622", "Invalid authentication token", TOKEN),
    both(9623, "9623", "Invalid APN token", CLIENT),
    both(9624, "9624", "License was refunded and is no longer valid.", MANAGE),
    both(9625, "9625", "The server has revoked the sToken.", TOKEN)
        .before("The sToken has been revoked"),
    both(9626, "9626", "License already assigned to other user", MANAGE),
    both(9627, "9627", "License disassociation fail due to frequent reassociation", MANAGE),
    both(9628, "9628", "License not eligible for device assignment.", MANAGE),
    both(9629, "9629", "The sToken is inapplicable to batchToken", BATCHES),
    both(9630, "9630", "Too many recent identical calls were made to assign a license that failed due to license being already assigned to the user or device", REPEATED),
    both(9631, "9631", "Too many recent identical calls were made to assign a license that failed due to no license being being available.", REPEATED),
    both(9632, "9632", "Too many recent calls to manage licenses with identical requests", REPEATED),
    both(9633, "9633", "No batch data recovered for token.", BATCHES),
    both(9634, "9634", "This service is no longer available.", REMOVED)
        .before("Service removed."),
    both(9635, "9635", "Apple Account can't be associated with registered user.", USERS)
        .before("Apple ID can't be associated with registered user."),
    both(9636, "9636", "No registered user found.", USERS),
    both(9637, "9637", "Facilitator operation not allowed.", READ_ONLY),
    of_2018(9638, "9638", "Facilitator missing Organization ID.", ANSWERS),
    of_2018(9639, "9639", "Facilitator group member not found.", ANSWERS),
    of_2018(9640, "9640", "Facilitator group member look-up failed.", ANSWERS),
    both(9641, "9641", "Apple Account already associated to registered user.", USERS)
        .before("Apple ID already associated to registered user."),
    both(9642, "9642", "Apple Account passed cannot be used at this time because it's a VPP manager and the iTunes Store account not yet created and such creation requires user to agree to Terms.", USERS)
        .before("Apple ID passed cannot be used at this time because it's a VPP manager and the iTunes Store account not yet created and such creation requires user to agree to Terms."),
    both(9643, "9643", "The license is currently locked for a pending transfer. Please try again later.", MANAGE)
        .before("The license is currently locked for a pending transfer. Please try again."),
    both(9644, "9644", "Volume Purchase Program is currently in maintenance mode. Please try again later.", ANSWERS),
    both(9646, "9646", "There are too many recent requests. Try again momentarily.", ANSWERS)
        .before("Too many recent requests. Please try again momentarily"),
    of_today(9649, "9649", "A page index is required when passing a request ID.", PAGES),
    of_today(9650, "9650", "The provided page index must be greater than 0, and less than the total number of pages.", PAGES),
    of_today(9729, "9729", "The server has since moved, please refresh DNS entry.", ANSWERS),
];
