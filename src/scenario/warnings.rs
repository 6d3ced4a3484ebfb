//! What is right in a scenario but will surprise.

use super::plan::{Moment, OrganizationPlan, Scenario};
use crate::clock::Timestamp;

/// What will surprise whoever serves this scenario at this wall time.
pub fn warnings(scenario: &Scenario, wall: Timestamp) -> Vec<String> {
    let mut warnings = Vec::new();
    for organization in &scenario.organizations {
        let name = organization.id.as_deref().or(organization.name.as_deref()).unwrap_or("an organisation");
        if let Some(server) = outlived(organization, scenario, wall) {
            warnings.push(format!(
                "{name}: by the simulated clock the token of `{server}` is alive, by the wall clock it has expired; \
                 some clients (Zentral, commandment) compare with their own clock and will refuse it"
            ));
        }
        if let Some(date) = overtaken(organization, scenario, wall) {
            warnings.push(format!(
                "{name}: the timeline names {date}, and the clock starts later, now: such events happen at once; \
                 durations, or a `start` for the clock, keep them apart"
            ));
        }
        if !organization.api_accounts.is_empty() {
            warnings.push(format!("{name}: `api_accounts` is read, but no service of this version uses it"));
        }
    }
    warnings
}

/// A server whose token lives by the simulated clock and is over by the wall clock.
fn outlived<'p>(plan: &'p OrganizationPlan, scenario: &Scenario, wall: Timestamp) -> Option<&'p str> {
    let start = plan.clock.start.or(scenario.clock.start)?;
    let outlived = plan.servers.iter().find(|server| {
        let expires = start + server.token_expires_in;
        expires > start && expires < wall
    });
    outlived.map(|server| server.name.as_str())
}

/// The first date in a timeline that is over when a clock starts that shows the wall's time.
fn overtaken(plan: &OrganizationPlan, scenario: &Scenario, wall: Timestamp) -> Option<Timestamp> {
    if plan.clock.start.or(scenario.clock.start).is_some() {
        return None;
    }
    let dates = plan.timeline.iter().filter_map(|event| match event.at {
        Moment::At(at) => Some(at + event.delay),
        Moment::In(_) => None,
    });
    dates.filter(|date| *date < wall).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Span;
    use crate::scenario::plan::{ClockPlan, LocationPlan, ServerPlan};

    #[test]
    fn a_clock_far_in_the_past_is_pointed_out() {
        let start: Timestamp = "2020-01-01".parse().unwrap();
        let organization = OrganizationPlan {
            id: Some("acme".to_owned()),
            clock: ClockPlan { start: Some(start), ..ClockPlan::default() },
            servers: vec![ServerPlan::named("Primary MDM")],
            ..OrganizationPlan::default()
        };
        let scenario = Scenario { organizations: vec![organization], ..Scenario::default() };
        assert_eq!(warnings(&scenario, start + Span::from_days(364)), [""; 0]);
        let late = warnings(&scenario, start + Span::from_days(366));
        assert!(late.len() == 1 && late[0].contains("Primary MDM"), "{late:?}");
    }
    #[test]
    fn locations_are_in_use_and_accounts_still_wait() {
        let organization = OrganizationPlan {
            locations: vec![LocationPlan::default()],
            api_accounts: vec![serde_json::json!({"name": "ci"})],
            ..OrganizationPlan::default()
        };
        let scenario = Scenario { organizations: vec![organization], ..Scenario::default() };
        let warned = warnings(&scenario, Timestamp::default());
        assert!(warned.len() == 1 && warned[0].contains("`api_accounts`"), "{warned:?}");
    }
}
