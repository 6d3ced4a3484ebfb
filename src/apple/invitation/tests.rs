//! What is said when, apart from any request.

use super::ROUTES;
use super::errors::{Refusal, named, said};
use super::page::{Inviter, accepted, form, of_words};
use crate::faults::{OPERATIONS, Operation};
use crate::fidelity::Ledger;

#[test]
fn every_call_has_a_catalogue_and_every_error_in_it_has_its_answer() {
    for route in ROUTES {
        assert!(Operation::find(route.operation).is_some(), "{}", route.operation);
    }
    for operation in OPERATIONS.iter().filter(|operation| operation.name.starts_with("invitation.")) {
        for name in operation.errors() {
            let reason = named(name).status().canonical_reason().unwrap().to_uppercase().replace(' ', "_");
            assert_eq!(reason, name, "{}", operation.name);
        }
    }
}

#[test]
fn every_refusal_follows_an_entry_of_the_ledger() {
    use Refusal::{Accepted, NoCode, NoForm, Retired, Template, Unknown};
    for refusal in [NoCode, Template, Unknown, Accepted, Retired, NoForm] {
        let said = said(refusal.because("so it is"));
        assert!(said.response.status().is_client_error() && said.why == ["so it is"]);
        assert!(said.refs.iter().all(|id| Ledger::get().entries.iter().any(|entry| entry.id == *id)));
    }
}

#[test]
fn a_page_shows_names_as_they_are_written() {
    let inviter = Inviter {
        organization: "<b>R&D</b>".into(),
        location: "\"HQ\"".into(),
        email: Some("o'hara@acme.example".into()),
    };
    for page in [form(&inviter), accepted(&inviter), of_words("<b>R&D</b>", "")] {
        assert!(page.contains("&lt;b&gt;R&amp;D&lt;/b&gt;") && !page.contains("<b>"), "{page}");
    }
    assert!(form(&inviter).contains("&quot;HQ&quot;") && form(&inviter).contains("o&#39;hara@acme.example"));
}
