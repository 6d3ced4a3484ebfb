//! The timeline: what happens to an organisation on Apple's side, and when.

use hashbrown::HashSet;

use crate::clock::{Span, Timestamp, wall};
use crate::organization::Happening;

use super::acquaintance::Acquaintance;
use super::deed::DEED;
use super::nearest::one_of_these;
use super::order::count_devices;
use super::path::Path;
use super::plan::{ClockPlan, DeedPlan, EventPlan, Moment, OrganizationPlan};
use super::reader::{Part, Reader, entries};
use super::shape::{Field, Kind, Shape};
use super::tree::{Node, Value};
use super::verb;

/// How often one entry may happen.
const MOST: u64 = 1_000;

/// An event of an organisation's own timeline.
pub(super) static OWN_EVENT: Shape = Shape {
    name: "own_event",
    one: "an event",
    about: "Something that happens to this organisation on Apple's side at a given time.",
    base: None,
    fields: &[
        Field::required("at", Kind::Moment, "When: a date, or a duration from the clock's start such as +2h."),
        Field::new("delay", Kind::Length, "How much later than that."),
        Field::new(
            "jitter",
            Kind::Length,
            "The most that chance adds; the seed decides, so it is the same in every run.",
        ),
        Field::new("every", Kind::Length, "How long after each other, where it happens several `times`."),
        Field::new("times", Kind::Integer(1, MOST), "How often; default 1."),
        Field::new("note", Kind::Text, "A word on it, for people: it is in the calendar and in what ran."),
        Field::required("do", Kind::One(&DEED), "What happens: one verb with what it needs."),
    ],
};

/// An event of a scenario's timeline, which says whose it is.
pub(super) static EVENT: Shape = Shape {
    name: "event",
    one: "an event",
    about: "Something that happens on Apple's side at a given time.",
    base: Some(&OWN_EVENT),
    fields: &[Field::new("org", Kind::Id, "The organisation that it happens to; absent: the only one.")],
};

/// The entries of the scenario's timeline, each given to its organisation. In those that are nobody's, mistakes are found as far as they can be.
pub(super) fn group<'t, 'p>(
    reader: &mut Reader,
    files: &[Part<'t, '_>],
    list: &'p Path<'p>,
    organizations: &[Vec<Part<'t, '_>>],
) -> Vec<Vec<Part<'t, 'p>>> {
    let ids: Vec<Option<&str>> = organizations.iter().map(|parts| parts[0].node.get("id")?.text()).collect();
    let known: HashSet<&str> = ids.iter().copied().flatten().collect();
    let mut events: Vec<Vec<Part>> = organizations.iter().map(|_| Vec::new()).collect();
    for file in files {
        for (index, node) in file.node.get("timeline").into_iter().flat_map(Node::items).enumerate() {
            if node.value() != Value::Mapping {
                continue;
            }
            let path = list.index(index);
            let place = owner(reader, node, &path, &ids, &known);
            match place.and_then(|place| events.get_mut(place)) {
                Some(events) => events.push(Part { node, path }),
                None => _ = read_entry(reader, node, &path, &Acquaintance::default(), None),
            }
        }
    }
    events
}

/// The organisation that an event happens to: the one that it names, or the only one.
fn owner(reader: &mut Reader, event: Node, path: &Path, ids: &[Option<&str>], known: &HashSet<&str>) -> Option<usize> {
    if let Some(org) = event.get("org") {
        let id = org.text()?;
        let place = ids.iter().position(|known| *known == Some(id));
        if place.is_none() {
            let message = format!("there is no organisation with the id `{id}`");
            reader.complain(org, &path.key("org"), message, one_of_these(id, known));
        }
        return place;
    }
    match ids.len() {
        1 => return Some(0),
        0 => reader.complain(event, path, "there is no organisation that this could happen to", None),
        count => {
            let message = format!("an event needs `org` where there are {count} organisations");
            reader.complain(event, path, message, one_of_these("", known));
        }
    }
    None
}

/// The timeline of an organisation: its own, which is in its `parts`, and then those `events` of the scenario that name it. `plan` is the rest
/// of it, `clock` the scenario's.
pub(super) fn read(
    reader: &mut Reader,
    parts: &[Part],
    events: &[Part],
    plan: &OrganizationPlan,
    clock: &ClockPlan,
) -> Vec<EventPlan> {
    let start = plan.clock.start.or(clock.start);
    let own = parts.iter().filter_map(|part| part.node.get("timeline")).flat_map(Node::items);
    let nodes: Vec<Node> = own.chain(events.iter().map(|event| event.node)).collect();
    if nodes.is_empty() {
        return Vec::new();
    }
    let known = Acquaintance::of(plan, &nodes);
    let mut plans = Vec::new();
    entries(parts, "timeline", |node, path| plans.extend(read_entry(reader, node, path, &known, start)));
    for event in events {
        plans.extend(read_entry(reader, event.node, &event.path, &known, start));
    }
    plans
}

/// One event by itself, for an organisation that is there and whose clock shows `now`.
pub(super) fn read_one(reader: &mut Reader, node: Node, servers: &[&str], now: Timestamp) -> Option<EventPlan> {
    let known = Acquaintance::with_servers(servers);
    read_entry(reader, node, &Path::ROOT, &known, Some(now))
}

/// `start` is what the clock shows at first, where that is said: nothing can happen before.
fn read_entry<'t>(
    reader: &mut Reader,
    node: Node<'t>,
    path: &Path,
    known: &Acquaintance<'t>,
    start: Option<Timestamp>,
) -> Option<EventPlan> {
    let span = |key: &str| node.get(key).and_then(Node::span).unwrap_or(Span::ZERO);
    let at = node.get("at").and_then(Node::moment);
    let times = node.get("times").and_then(Node::integer).unwrap_or(1);
    let (delay, jitter, every) = (span("delay"), span("jitter"), span("every"));
    check_waves(reader, node, path, times, every);
    let first = at.map(|at| at.after(start.unwrap_or_else(wall)) + delay);
    if let (Some(node), Some(at)) = (node.get("at"), at) {
        let is_ahead = check_date(reader, node, path, at, start);
        let rest = Span::from_millis(every.millis().saturating_mul(times as i64).saturating_add(jitter.millis()));
        if is_ahead && first.is_some_and(|first| !(first + rest).is_representable()) {
            reader.complain(node, &path.key("at"), "this lies after 2105", None);
        }
    }
    let deed = node.get("do")?;
    let does = verb::read(reader, deed, &path.key("do"), known, first.unwrap_or_default())?;
    if times > 1 {
        check_repeated(reader, deed, &path.key("do"), times, &does);
    }
    let note = node.get("note").and_then(Node::owned);
    Some(EventPlan { at: at?, delay, jitter, every, times: times as u32, note, does })
}

/// What happens several times cannot bring the same order or device each time, nor more devices than there may be.
fn check_repeated(reader: &mut Reader, deed: Node, path: &Path, times: u64, does: &DeedPlan) {
    let (verb, key, noun) = match does {
        DeedPlan::Order(order) => {
            let lines = order.devices.iter().map(|line| u64::from(line.count)).sum::<u64>();
            count_devices(reader, deed, path, (times - 1) * u64::from(order.count) * lines);
            ("order", "number", "order")
        }
        DeedPlan::Add(_) => ("add", "serial", "device"),
        DeedPlan::Other(Happening::Replace { .. }) => ("replace", "serial", "device"),
        DeedPlan::Other(_) => return,
    };
    if let Some(node) = deed.get(verb).and_then(|words| words.get(key)) {
        let hint = format!("leave out `{key}` or `times`");
        reader.complain(
            node,
            &path.key(verb).key(key),
            format!("the same {noun} cannot come {times} times"),
            Some(hint),
        );
    }
}

/// Whether an event lies ahead of the clock's start; otherwise it is complained about.
fn check_date(reader: &mut Reader, node: Node, path: &Path, at: Moment, start: Option<Timestamp>) -> bool {
    let hint = match (at, start) {
        (Moment::In(span), _) if span < Span::ZERO => "write a duration from then on, such as +2h".to_owned(),
        (Moment::At(at), Some(start)) if at < start => format!("the clock shows {start}"),
        _ => return true,
    };
    reader.complain(node, &path.key("at"), "nothing can happen before the clock starts", Some(hint));
    false
}

fn check_waves(reader: &mut Reader, node: Node, path: &Path, times: u64, every: Span) {
    match (node.get("every"), node.get("times")) {
        (Some(written), Some(_)) if every.is_zero() && written.span().is_some() => {
            let hint = Some("write a duration above zero, such as 1d".to_owned());
            reader.complain(written, &path.key("every"), "`every` leaves no time in between", hint);
        }
        (Some(written), None) => {
            let hint = Some("say how often: `times`".to_owned());
            reader.complain(written, &path.key("every"), "`every` needs `times` beside it", hint);
        }
        (None, Some(written)) if times > 1 => {
            let hint = Some("say how long after each other: `every`".to_owned());
            reader.complain(written, &path.key("times"), "`times` needs `every` beside it", hint);
        }
        _ => {}
    }
}
