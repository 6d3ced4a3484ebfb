//! The calls of the control API.

use http::Method;

use super::{
    Call, Handler, Problem, Reply, catalog, clock, content_tokens, credit, developer_keys, devices, faults,
    installations, invitations, journal, locations, moves, notifications, orders, orgs, overview, people, program,
    purchases, report, seats, servers, settings, snapshots, subscriptions, timeline,
};
use crate::http::Route;

type Answer = fn(&Call<'_>) -> Result<Reply, Problem>;

const fn call(
    method: Method,
    path: &'static str,
    operation: &'static str,
    summary: &'static str,
    answer: Answer,
) -> Route<Handler> {
    Route { method, path, operation, summary, handler: Handler { answer, public: false } }
}

/// A call that is answered on every listener and needs no token.
const fn public(path: &'static str, operation: &'static str, summary: &'static str, answer: Answer) -> Route<Handler> {
    Route { method: Method::GET, path, operation, summary, handler: Handler { answer, public: true } }
}

/// Every call.
#[rustfmt::skip]
pub const ROUTES: &[Route<Handler>] = &[
    public("/_sim/ready", "control.ready", "Whether it serves", program::ready),
    public("/_sim/ca.pem", "control.ca", "The CA certificate", program::ca),
    call(Method::GET, "/_sim/metrics", "control.metrics", "Counters for Prometheus", program::metrics),
    call(Method::GET, "/_sim/fidelity", "control.fidelity", "The ledger of behaviours, with sources, switches and tests", program::fidelity),
    call(Method::GET, "/_sim/openapi.json", "control.openapi", "This API", program::openapi),
    call(Method::GET, "/_sim/report/rules", "control.list_rules", "The rules by which clients are judged", report::rules),
    call(Method::GET, "/_sim/developer-keys", "control.list_developer_keys", "Developers whose tokens' signatures are checked", developer_keys::list),
    call(Method::PUT, "/_sim/developer-keys/{team}", "control.set_developer_key", "Check the signatures of a developer's tokens from now on", developer_keys::set),
    call(Method::DELETE, "/_sim/developer-keys/{team}", "control.forget_developer_keys", "Take a developer's tokens at their word again", developer_keys::forget),
    call(Method::POST, "/_sim/reset", "control.reset", "Back to the scenario as loaded", orgs::reset),
    call(Method::GET, "/_sim/orgs", "control.list_orgs", "All organisations", orgs::list),
    call(Method::POST, "/_sim/orgs", "control.create_org", "A new organisation, by itself or like another", orgs::found),
    call(Method::GET, "/_sim/orgs/{org}", "control.get_org", "The bundle: ids, URLs and credentials", orgs::show),
    call(Method::DELETE, "/_sim/orgs/{org}", "control.delete_org", "Delete an organisation, credentials and all", orgs::delete),
    call(Method::POST, "/_sim/orgs/{org}/fork", "control.fork_org", "Another organisation that goes on from this one's state", snapshots::fork),
    call(Method::GET, "/_sim/orgs/{org}/snapshot", "control.take_snapshot", "The whole state as one document", snapshots::take),
    call(Method::PUT, "/_sim/orgs/{org}/snapshot", "control.put_snapshot", "Put a snapshot back", snapshots::put),
    call(Method::GET, "/_sim/orgs/{org}/diff", "control.diff", "What changed since a snapshot", snapshots::diff),
    call(Method::GET, "/_sim/orgs/{org}/catalog", "control.search_catalog", "Apps and books that the organisation can buy", catalog::search),
    call(Method::GET, "/_sim/orgs/{org}/terms", "control.get_terms", "Whether the terms are signed", settings::show_terms),
    call(Method::PUT, "/_sim/orgs/{org}/terms", "control.set_terms", "Publish new terms, or sign them", settings::set_terms),
    call(Method::GET, "/_sim/orgs/{org}/servers", "control.list_servers", "MDM servers", servers::list),
    call(Method::POST, "/_sim/orgs/{org}/servers", "control.add_server", "Add an MDM server", servers::add),
    call(Method::GET, "/_sim/orgs/{org}/servers/{server}", "control.get_server", "One MDM server", servers::show),
    call(Method::PATCH, "/_sim/orgs/{org}/servers/{server}", "control.change_server", "Change an MDM server", servers::change),
    call(Method::POST, "/_sim/orgs/{org}/servers/{server}/token", "control.renew_token", "A new server token; the old one dies", servers::renew_token),
    call(Method::DELETE, "/_sim/orgs/{org}/servers/{server}/token", "control.revoke_token", "Revoke the server token", servers::revoke_token),
    call(Method::GET, "/_sim/orgs/{org}/devices", "control.list_devices", "Devices, as JSON or CSV", devices::list),
    call(Method::POST, "/_sim/orgs/{org}/devices", "control.add_devices", "Add devices with Apple Configurator", devices::add),
    call(Method::GET, "/_sim/orgs/{org}/devices/{serial}", "control.get_device", "Everything known of a device", devices::show),
    call(Method::POST, "/_sim/orgs/{org}/devices/{serial}/activate", "control.activate_device", "A device boots and gets its profile", devices::activate),
    call(Method::POST, "/_sim/orgs/{org}/devices/{serial}/install", "control.install_title", "A device asks the store for a title: whether it may have it, and why not", installations::install),
    call(Method::POST, "/_sim/orgs/{org}/devices/{serial}/erase", "control.erase_device", "A device is wiped", devices::erase),
    call(Method::POST, "/_sim/orgs/{org}/devices/{serial}/leave", "control.leave_device", "Its user leaves remote management", devices::leave),
    call(Method::POST, "/_sim/orgs/{org}/devices/{serial}/replace", "control.replace_device", "A repair replaces a device", devices::replace),
    call(Method::DELETE, "/_sim/orgs/{org}/devices/{serial}/migration", "control.cancel_migration", "Call a migration off", devices::cancel_migration),
    call(Method::GET, "/_sim/orgs/{org}/orders", "control.list_orders", "Orders", orders::list),
    call(Method::POST, "/_sim/orgs/{org}/orders", "control.enter_order", "Order devices", orders::enter),
    call(Method::PUT, "/_sim/orgs/{org}/suppliers", "control.set_suppliers", "Who may sell to the organisation", settings::set_suppliers),
    call(Method::POST, "/_sim/orgs/{org}/assignments", "control.assign", "Assign devices to a server, or to none", moves::assign),
    call(Method::GET, "/_sim/orgs/{org}/assignments/overview", "control.overview", "Who assigned what where, day by day, with totals by family", overview::show),
    call(Method::POST, "/_sim/orgs/{org}/releases", "control.release", "Release devices", moves::release),
    call(Method::GET, "/_sim/orgs/{org}/locations", "control.list_locations", "Locations of Apps and Books", locations::list),
    call(Method::POST, "/_sim/orgs/{org}/locations", "control.add_location", "Add a location, as in a scenario", locations::add),
    call(Method::GET, "/_sim/orgs/{org}/locations/{location}", "control.get_location", "Everything known of a location", locations::show),
    call(Method::GET, "/_sim/orgs/{org}/locations/{location}/users", "control.list_users", "Users of a location", locations::users),
    call(Method::GET, "/_sim/orgs/{org}/locations/{location}/assignments", "control.list_assignments", "Who holds which licences", locations::assignments),
    call(Method::GET, "/_sim/orgs/{org}/locations/{location}/seats", "control.list_seats", "How licences are taken, and which are lost on somebody who is gone", seats::show),
    call(Method::PATCH, "/_sim/orgs/{org}/locations/{location}/assets/{asset}", "control.change_asset", "Make an asset unlimited, or limited again", locations::change_asset),
    call(Method::POST, "/_sim/orgs/{org}/locations/{location}/claim", "control.claim_location", "Another MDM server takes a location over", locations::claim),
    call(Method::POST, "/_sim/orgs/{org}/locations/{location}/token", "control.issue_content_token", "Download a content token, as JSON or as the file", content_tokens::issue),
    call(Method::DELETE, "/_sim/orgs/{org}/locations/{location}/token", "control.revoke_content_tokens", "Revoke content tokens: all, or those of an account", content_tokens::revoke),
    call(Method::GET, "/_sim/orgs/{org}/people", "control.list_people", "Accounts with their roles", people::list),
    call(Method::POST, "/_sim/orgs/{org}/people", "control.add_person", "Add an account", people::add),
    call(Method::GET, "/_sim/orgs/{org}/people/{account}", "control.get_person", "One account", people::show),
    call(Method::PATCH, "/_sim/orgs/{org}/people/{account}", "control.change_person", "Change roles, deactivate or activate an account", people::change),
    call(Method::DELETE, "/_sim/orgs/{org}/people/{account}", "control.delete_person", "Delete an account: the server tokens that it made die", people::delete),
    call(Method::POST, "/_sim/orgs/{org}/people/{account}/password", "control.change_password", "A password is changed: its content tokens die", people::change_password),
    call(Method::GET, "/_sim/orgs/{org}/purchases", "control.list_purchases", "The history of purchases, refunds and transfers", purchases::history),
    call(Method::POST, "/_sim/orgs/{org}/purchases", "control.purchase", "Buy licences", purchases::purchase),
    call(Method::POST, "/_sim/orgs/{org}/refunds", "control.refund", "Give licences back that nobody holds", purchases::refund),
    call(Method::POST, "/_sim/orgs/{org}/transfers", "control.transfer", "Move licences to another location", purchases::transfer),
    call(Method::GET, "/_sim/orgs/{org}/credit", "control.list_credit", "Store credit by account", credit::list),
    call(Method::POST, "/_sim/orgs/{org}/credit", "control.add_credit", "Add store credit", credit::add),
    call(Method::POST, "/_sim/orgs/{org}/invitations/{code}/accept", "control.accept_invitation", "A user accepts the invitation", invitations::accept),
    call(Method::POST, "/_sim/orgs/{org}/subscriptions", "control.buy_subscription", "Buy seats of a subscription", subscriptions::buy),
    call(Method::GET, "/_sim/orgs/{org}/clock", "control.get_clock", "What the clock shows", clock::show),
    call(Method::POST, "/_sim/orgs/{org}/clock", "control.set_clock", "Freeze, run, set or advance the clock", clock::set),
    call(Method::GET, "/_sim/orgs/{org}/timeline", "control.list_events", "What happens on Apple's side, planned and past", timeline::list),
    call(Method::POST, "/_sim/orgs/{org}/timeline", "control.plan_event", "Plan something to happen on Apple's side", timeline::plan),
    call(Method::DELETE, "/_sim/orgs/{org}/timeline/{event}", "control.call_off_event", "Call something off that was planned", timeline::call_off),
    call(Method::GET, "/_sim/orgs/{org}/quirks", "control.get_quirks", "Every switch with its value", settings::show_quirks),
    call(Method::PATCH, "/_sim/orgs/{org}/quirks", "control.patch_quirks", "Turn switches", settings::patch_quirks),
    call(Method::GET, "/_sim/orgs/{org}/journal", "control.list_journal", "Exchanges with Apple's services, as JSON or HAR; waits for them", journal::list),
    call(Method::DELETE, "/_sim/orgs/{org}/journal", "control.clear_journal", "Forget all exchanges", journal::clear),
    call(Method::GET, "/_sim/orgs/{org}/journal/stream", "control.stream_journal", "Exchanges as they come: server-sent events", journal::stream),
    call(Method::GET, "/_sim/orgs/{org}/journal/{entry}", "control.get_journal_entry", "One exchange", journal::show),
    call(Method::GET, "/_sim/journal", "control.list_strays", "Exchanges that no credential leads to an organisation", journal::list),
    call(Method::DELETE, "/_sim/journal", "control.clear_strays", "Forget those exchanges", journal::clear),
    call(Method::GET, "/_sim/journal/stream", "control.stream_strays", "Those exchanges as they come", journal::stream),
    call(Method::GET, "/_sim/journal/{entry}", "control.get_stray", "One of those exchanges", journal::show),
    call(Method::GET, "/_sim/orgs/{org}/notifications", "control.list_notifications", "What was sent to MDM servers, and how that went; waits for it", notifications::list),
    call(Method::POST, "/_sim/orgs/{org}/notifications", "control.test_notification", "Send a test to the address that the client of a location has set", notifications::test),
    call(Method::GET, "/_sim/orgs/{org}/notifications/{notification}", "control.get_notification", "One notification with every attempt, by number or id", notifications::show),
    call(Method::GET, "/_sim/orgs/{org}/faults", "control.list_faults", "Fault rules, with their hits", faults::list),
    call(Method::POST, "/_sim/orgs/{org}/faults", "control.add_fault", "Make calls fail: a rule, a list of rules, or a depsim script", faults::add),
    call(Method::DELETE, "/_sim/orgs/{org}/faults", "control.clear_faults", "Remove all fault rules", faults::clear),
    call(Method::GET, "/_sim/orgs/{org}/faults/{fault}", "control.get_fault", "One fault rule, or those that were posted together", faults::show),
    call(Method::DELETE, "/_sim/orgs/{org}/faults/{fault}", "control.remove_fault", "Remove a fault rule, or those that were posted together", faults::remove),
    call(Method::GET, "/_sim/orgs/{org}/report", "control.report", "How well the clients behaved, as JSON, JUnit XML or a page", report::show),
    call(Method::DELETE, "/_sim/orgs/{org}/sessions", "control.end_sessions", "End all sessions of MDM servers", settings::end_sessions),
];
