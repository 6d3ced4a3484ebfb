//! A scenario file as a whole, several merged into one, and bodies of the control API.

use hashbrown::HashMap;

use crate::clock::{Span, Timestamp};
use crate::faults::Rule;

use super::clock::{self, CLOCK};
use super::complaints::{Complaints, Place, Text};
use super::device::Ordering;
use super::faults::{self, Callers};
use super::location::{self, LOCATION};
use super::mistake::Mistakes;
use super::order::ORDER;
use super::organization::{self, ORGANIZATION};
use super::parse::parse;
use super::path::Path;
use super::plan::{ClockPlan, EventPlan, LocationPlan, OrderPlan, OrganizationPlan, Scenario};
use super::reader::{Part, Reader, Surroundings, last};
use super::shape::{Field, Kind, Shape};
use super::source::SourceFile;
use super::timeline::{self, EVENT, OWN_EVENT};
use super::tree::{Node, Tree};

pub(super) static SCENARIO: Shape = Shape {
    name: "scenario",
    one: "a scenario",
    about: "A scenario for abmsim: organisations, what they own, and what happens to them.",
    base: None,
    fields: &[
        Field::required("version", Kind::Integer(1, 1), "The version of this format, which is 1."),
        Field::new("seed", Kind::Integer(0, u64::MAX), "The seed of everything random; default 0."),
        Field::new("clock", Kind::Object(&CLOCK), "The clock of every organisation that has none of its own."),
        Field::new("organizations", Kind::List(&Kind::Object(&ORGANIZATION)), "The organisations."),
        Field::new(
            "faults",
            Kind::List(&Kind::Mapping),
            "Rules that make calls fail: what POST …/faults takes, with `org` where one organisation is meant.",
        ),
        Field::new("timeline", Kind::List(&Kind::Object(&EVENT)), "What happens on Apple's side, and when."),
    ],
};

/// What `POST /_sim/orgs` takes: an organisation, or the wish for one like another.
pub(super) static ORGANIZATION_BODY: Shape = Shape {
    name: "organization_body",
    one: "an organisation",
    about: "An organisation as in a scenario file, or `like` another.",
    base: Some(&ORGANIZATION),
    fields: &[
        Field::new("version", Kind::Integer(1, 1), "The version of this format, which is 1."),
        Field::new("like", Kind::Id, "An organisation whose content, as first loaded, this one gets too."),
        Field::new("ttl", Kind::Span, "How long it lives, in wall time; absent: until it is deleted."),
    ],
};

/// What `POST /_sim/orgs/{org}/fork` takes: in what the fork is to differ.
static FORK_BODY: Shape = Shape {
    name: "fork_body",
    one: "a fork",
    about: "In what a fork differs from the organisation that it goes on from.",
    base: None,
    fields: &[
        Field::new("id", Kind::Id, "Its id in the control API; absent: made up."),
        Field::new("name", Kind::Text, "Its legal name."),
        Field::new("quirks", Kind::Mapping, "Switches that differ: what PATCH …/quirks takes."),
        Field::new("clock", Kind::Object(&CLOCK), "Its clock, where that differs."),
        Field::new("ttl", Kind::Span, "How long it lives, in wall time; absent: until it is deleted."),
    ],
};

/// An organisation that somebody asks for over the control API.
#[derive(Clone, Debug, Default)]
pub struct OrganizationRequest {
    /// What it shall have.
    pub plan: OrganizationPlan,
    /// The id of an organisation to take everything else from.
    pub like: Option<String>,
    /// How long it lives, in wall time.
    pub ttl: Option<Span>,
    /// Whether it names a timeline, which is not read where it is to be `like` another.
    pub is_timeline_given: bool,
}

/// What mistakes in bodies of the control API are reported under.
const BODY: &str = "body";

/// Reads `files` as one scenario. Organisations with the same id are read as one: their lists are joined, and of everything else the last
/// file's word counts, as it does for seed and clock.
pub fn read(files: &[SourceFile], surroundings: &Surroundings) -> Result<Scenario, Mistakes> {
    let mut reader = Reader::new(surroundings);
    let mut texts = Vec::new();
    let mut trees = Vec::new();
    for file in files {
        let (text, is_whole) = decode(&file.name, &file.text, texts.len() as u32, &mut reader.complaints);
        let tree = is_whole
            .then(|| parse(text.text, texts.len() as u32, Some(surroundings.environment), &mut reader.complaints));
        trees.extend(tree.flatten());
        texts.push(text);
    }
    let scenario = read_scenario(&mut reader, &trees);
    reader.complaints.settle(scenario, &texts)
}

/// Reads the body of a request for a new organisation: one organisation as in a scenario file, YAML or JSON.
pub fn read_organization(body: &[u8], surroundings: &Surroundings) -> Result<OrganizationRequest, Mistakes> {
    read_request(body, surroundings, &ORGANIZATION_BODY)
}

/// Reads the body of a request for a fork, YAML or JSON.
pub fn read_fork(body: &[u8], surroundings: &Surroundings) -> Result<OrganizationRequest, Mistakes> {
    read_request(body, surroundings, &FORK_BODY)
}

fn read_request(
    body: &[u8],
    surroundings: &Surroundings,
    shape: &'static Shape,
) -> Result<OrganizationRequest, Mistakes> {
    read_body(body, surroundings, shape, |reader, root| {
        let part = [Part { node: root, path: Path::ROOT }];
        let mut plan = organization::read(reader, &part, &ClockPlan::default());
        let like = root.get("like").and_then(Node::owned);
        if like.is_none() {
            plan.timeline = timeline::read(reader, &part, &[], &plan, &ClockPlan::default());
        }
        OrganizationRequest {
            is_timeline_given: root.get("timeline").is_some_and(|timeline| timeline.items().next().is_some()),
            plan,
            like,
            ttl: root.get("ttl").and_then(Node::span),
        }
    })
}

/// Reads the body of a request for a new order: one order as in a scenario file, YAML or JSON. `servers` are the names and ids by which an
/// MDM server of the organisation may be called, `now` what its clock shows: durations count from there.
pub fn read_order(
    body: &[u8],
    servers: &[&str],
    now: Timestamp,
    surroundings: &Surroundings,
) -> Result<OrderPlan, Mistakes> {
    read_body(body, surroundings, &ORDER, |reader, root| {
        let mut ordering = Ordering::new(servers.iter().copied().collect());
        ordering.read_order(reader, root, &Path::ROOT, now)
    })
}

/// Reads the body of a request for a new location: one location as in a scenario file, YAML or JSON.
pub fn read_location(body: &[u8], surroundings: &Surroundings) -> Result<LocationPlan, Mistakes> {
    read_body(body, surroundings, &LOCATION, |reader, root| location::read_location(reader, root, &Path::ROOT))
}

/// Reads the body of a request for something to happen later: one entry of an organisation's timeline, YAML or JSON. `servers` are the names
/// and ids by which an MDM server of the organisation may be called by then, `now` what its clock shows: durations count from there.
pub fn read_event(
    body: &[u8],
    servers: &[&str],
    now: Timestamp,
    surroundings: &Surroundings,
) -> Result<Option<EventPlan>, Mistakes> {
    read_body(body, surroundings, &OWN_EVENT, |reader, root| timeline::read_one(reader, root, servers, now))
}

/// Reads the body of a request for new fault rules: one, a list of them, or a depsim script, YAML or JSON; and whether it is one rule by itself.
/// `callers` are the names and ids by which an MDM server or a location of the organisation may be called.
pub fn read_faults(
    body: &[u8],
    callers: &Callers<'_>,
    surroundings: &Surroundings,
) -> Result<(Vec<Rule>, bool), Mistakes> {
    read_root(body, surroundings, |reader, root| faults::read_body(reader, root, callers))
}

fn read_body<T: Default>(
    body: &[u8],
    surroundings: &Surroundings,
    shape: &'static Shape,
    read: impl FnOnce(&mut Reader, Node) -> T,
) -> Result<T, Mistakes> {
    read_root(body, surroundings, |reader, root| {
        reader.check(root, &Path::ROOT, &Kind::Object(shape));
        read(reader, root)
    })
}

fn read_root<T: Default>(
    body: &[u8],
    surroundings: &Surroundings,
    read: impl FnOnce(&mut Reader, Node) -> T,
) -> Result<T, Mistakes> {
    let mut reader = Reader::new(surroundings);
    let (text, is_whole) = decode(BODY, body, 0, &mut reader.complaints);
    let tree = is_whole.then(|| parse(text.text, 0, None, &mut reader.complaints)).flatten();
    let value = match &tree {
        Some(tree) => read(&mut reader, tree.root()),
        None => T::default(),
    };
    reader.complaints.settle(value, &[text])
}

/// The part of `bytes` that is text, without a byte-order mark, and whether that is all.
fn decode<'t>(name: &'t str, bytes: &'t [u8], file: u32, complaints: &mut Complaints) -> (Text<'t>, bool) {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => (Text { name, text }, true),
        Err(error) => {
            let (valid, _) = bytes.split_at(error.valid_up_to());
            let place = Place { file, at: valid.len() as u32 };
            let hint = "save the file as UTF-8".to_owned();
            complaints.add(place, String::new(), "this is not UTF-8 text".to_owned(), Some(hint));
            (Text { name, text: std::str::from_utf8(valid).unwrap_or_default() }, false)
        }
    }
}

fn read_scenario(reader: &mut Reader, trees: &[Tree]) -> Scenario {
    for tree in trees {
        reader.check(tree.root(), &Path::ROOT, &Kind::Object(&SCENARIO));
    }
    let files: Vec<Part> = trees.iter().map(|tree| Part { node: tree.root(), path: Path::ROOT }).collect();
    let clock = clock::read(&files);
    let list = Path::ROOT.key("organizations");
    let organizations = group(reader, &files, &list);
    let list = Path::ROOT.key("timeline");
    let events = timeline::group(reader, &files, &list, &organizations);
    let plans = organizations.iter().zip(&events).map(|(parts, events)| {
        let mut plan = organization::read(reader, parts, &clock);
        plan.timeline = timeline::read(reader, parts, events, &plan, &clock);
        plan
    });
    let mut plans: Vec<OrganizationPlan> = plans.collect();
    faults::distribute(reader, &files, &mut plans);
    Scenario { seed: last(&files, "seed", Node::integer), clock, organizations: plans }
}

/// The organisations of all `files`, each with its parts. Within one file an id may be used once.
fn group<'t, 'p>(reader: &mut Reader, files: &[Part<'t, '_>], list: &'p Path<'p>) -> Vec<Vec<Part<'t, 'p>>> {
    let mut organizations: Vec<Vec<Part>> = Vec::new();
    let mut known: HashMap<&str, (usize, Place)> = HashMap::new();
    for file in files {
        let nodes = file.node.get("organizations").into_iter().flat_map(Node::items);
        for (index, node) in nodes.enumerate() {
            let part = Part { node, path: list.index(index) };
            let Some((id, text)) = node.get("id").and_then(|id| Some((id, id.text()?))) else {
                organizations.push(vec![part]);
                continue;
            };
            match known.insert(text, (known.get(text).map_or(organizations.len(), |first| first.0), id.place())) {
                Some((_, first)) if first.file == id.place().file => {
                    let message = format!("two organisations have the id `{text}`");
                    reader.complain_second(id, &part.path.key("id"), message, first);
                }
                Some((position, _)) => organizations[position].push(part),
                None => organizations.push(vec![part]),
            }
        }
    }
    organizations
}
