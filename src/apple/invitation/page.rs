//! What is shown: pages of HTML that need nothing else, no script among it.

use http::StatusCode;

use super::handlers::FIELD;
use crate::html::Escaped;

const STYLE: &str = include_str!("page.css");

/// Who invites, and whom.
#[derive(Clone, Debug)]
pub struct Inviter {
    /// The organisation's name.
    pub organization: String,
    /// The name of its location.
    pub location: String,
    /// Where the invitation went.
    pub email: Option<String>,
}

/// The form by which an invitation is accepted. It goes to where it came from, the code included.
pub fn form(inviter: &Inviter) -> String {
    let (organization, location) = (Escaped(&inviter.organization), Escaped(&inviter.location));
    let email =
        inviter.email.as_deref().map(|email| format!("<div><dt>Sent to</dt><dd>{}</dd></div>\n", Escaped(email)));
    whole(
        &format!("Invitation of {organization}"),
        &format!(
            "<h1>{organization} invites you</h1>\n\
             <p>Accept, and {organization} can give you apps and books. You get them with an Apple ID of your own; the licences stay {organization}’s.</p>\n\
             <dl>\n<div><dt>Organisation</dt><dd>{organization}</dd></div>\n<div><dt>Location</dt><dd>{location}</dd></div>\n{}</dl>\n\
             <form method=\"post\">\n<label for=\"apple-id\">Your Apple ID</label>\n\
             <input id=\"apple-id\" name=\"{FIELD}\" type=\"text\" autocomplete=\"username\" autocapitalize=\"none\" spellcheck=\"false\" \
             aria-describedby=\"apple-id-hint\">\n\
             <p id=\"apple-id-hint\" class=\"hint\">It stays private: {organization} learns that you have accepted, and not with which Apple ID. \
             Any text will do here, for this is a simulator; left empty, one is made up.</p>\n\
             <button type=\"submit\">Accept</button>\n</form>\n",
            email.unwrap_or_default()
        ),
    )
}

/// That it was accepted.
pub fn accepted(inviter: &Inviter) -> String {
    let (organization, location) = (Escaped(&inviter.organization), Escaped(&inviter.location));
    whole(
        "Invitation accepted",
        &format!(
            "<h1>You have accepted</h1>\n<p>{organization} can give you apps and books of its location {location} now. \
             Your Apple ID stays private.</p>\n"
        ),
    )
}

/// A page that says two things.
pub fn of_words(heading: &str, text: &str) -> String {
    let (heading, text) = (Escaped(heading), Escaped(text));
    whole(&heading.to_string(), &format!("<h1>{heading}</h1>\n<p>{text}</p>\n"))
}

/// The page of an answer that no call gave.
pub fn of_status(status: StatusCode, why: &str) -> String {
    of_words(status.canonical_reason().unwrap_or("This does not work"), why)
}

/// A page of this title, which is markup already, as what it has inside.
fn whole(title: &str, inside: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{inside}</main>\n\
         <footer>This is abmsim, which stands in for Apple Business Manager.</footer>\n</body>\n</html>\n"
    )
}
