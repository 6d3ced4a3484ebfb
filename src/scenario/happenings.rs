//! Events of a plan, entered into the timeline of an organisation.

use super::founding::draft;
use super::goods::kinds;
use super::plan::{AddPlan, DeedPlan, EventPlan, ModelPlan};
use crate::clock::{Span, Timestamp};
use crate::organization::{Addition, Books, Family, Happening};

/// Plans an event as often as it happens; distances count from `start`. What lies before `start` happens at once. Answers the places in the
/// timeline.
pub fn plan_event(books: &mut Books, plan: &EventPlan, start: Timestamp) -> Vec<u32> {
    let happening = happening(&plan.does);
    let first = plan.at.after(start) + plan.delay;
    let times = (0..plan.times.max(1)).map(|time| first + Span::from_millis(plan.every.millis() * i64::from(time)));
    times.map(|at| books.plan_happening(at.max(start), plan.jitter, happening.clone(), plan.note.clone())).collect()
}

fn happening(plan: &DeedPlan) -> Happening {
    match plan {
        DeedPlan::Order(order) => Happening::Order(draft(order)),
        DeedPlan::Add(add) => Happening::Add(addition(add)),
        DeedPlan::Other(happening) => happening.clone(),
    }
}

fn addition(plan: &AddPlan) -> Addition {
    let model = plan.model.clone().unwrap_or(ModelPlan::AnyOf(Family::IPhone));
    Addition {
        kinds: kinds(&model, plan.color.as_deref(), plan.capacity.as_deref()),
        is_named: plan.model.is_some(),
        count: plan.count,
        serial: plan.serial,
        server: plan.server.clone(),
        by: plan.by.clone(),
    }
}
