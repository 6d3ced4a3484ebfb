//! `…/notifications`: what was sent to MDM servers, and how that went.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::watch;

use super::content_bodies::TestBody;
use super::locations::find_location;
use super::{Call, Problem, Reply};
use crate::clock::Span;
use crate::notifications::document;
use crate::organization::content::{Answered, Attempt, Delivery, DeliveryState, Location, Notification};
use crate::organization::{Books, Organization};

/// The longest that an answer may be waited for, as for the journal.
const LONGEST_WAIT: Span = Span::from_seconds(600);
const NAMES: [&str; 6] = ["type", "state", "location", "limit", "wait", "count"];

/// Which deliveries are asked for, and how long to wait for them.
#[derive(Debug, Default)]
struct Question {
    kinds: Vec<Notification>,
    states: Vec<DeliveryState>,
    location: Option<String>,
    limit: Option<usize>,
    wait: Duration,
    count: usize,
}

/// `GET …/notifications?type=&state=&location=&limit=&wait=&count=`
pub fn list(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let question = Question::read(call)?;
    if question.wait.is_zero() {
        return Ok(answer(&organization, question.found(&organization)));
    }
    let stopping = call.control.stopping.clone();
    Ok(Reply::later(async move {
        let found = question.awaited(organization.clone(), stopping).await;
        Ok(answer(&organization, found))
    }))
}

/// The list, and how many are not in any since they were lost.
fn answer(organization: &Organization, found: Vec<Value>) -> Reply {
    let mut list = json!({ "items": found });
    let lost = organization.read(|books, _| books.content.deliveries.lost());
    if lost > 0 {
        list["lost"] = json!(lost);
    }
    Reply::json(&list)
}

/// `GET …/notifications/{notification}`: by its number, or by its `notificationId`.
pub fn show(call: &Call<'_>) -> Result<Reply, Problem> {
    let named = call.params.get("notification");
    call.organization()?.write(|books, _| {
        books.post_notices();
        let mut deliveries = books.content.deliveries.iter();
        let found = deliveries.find(|known| known.notice.id == named || known.number.to_string() == named);
        found.map(|found| Reply::json(&shown(books, found))).ok_or_else(|| Problem::unknown("notification", named))
    })
}

/// `POST …/notifications`: a `TEST_NOTIFICATION` to the address that the client of a location has set, once. Answers the delivery when it is over.
pub fn test(call: &Call<'_>) -> Result<Reply, Problem> {
    let organization = call.organization()?;
    let body: TestBody = call.body()?;
    let (location, url, bearer) = organization.read(|books, _| {
        let location = find_location(books, &body.location)?;
        let Location { name, configuration, .. } = books.content.location(location);
        let Some(url) = configuration.notification_url.clone() else {
            let why =
                format!("the client of `{name}` has set no address for notifications: POST /mdm/v2/client/config does");
            return Err(Problem::conflict("NO_NOTIFICATION_URL", why));
        };
        Ok((location, url, configuration.notification_token.clone().unwrap_or_default()))
    })?;
    let notifier = call.control.notifier.clone();
    Ok(Reply::later(async move {
        let (number, _) = notifier.send_test(&organization, location, &url, &bearer).await;
        let sent = organization.read(|books, _| {
            let sent = books.content.deliveries.get(number);
            sent.map_or(Value::Null, |sent| shown(books, sent))
        });
        Ok(Reply::created(&sent))
    }))
}

impl Question {
    fn read(call: &Call<'_>) -> Result<Self, Problem> {
        let mut question = Self { count: 1, ..Self::default() };
        let query = call.query();
        for (name, value) in query.pairs() {
            match name {
                _ if value.is_empty() && NAMES.contains(&name) => {}
                "type" => question.kinds = listed(name, value, &Notification::ALL, |kind| kind.name())?,
                "state" => question.states = listed(name, value, &DeliveryState::ALL, |state| state.name())?,
                "location" => question.location = Some(value.to_owned()),
                "limit" => question.limit = Some(number(name, value)?),
                "count" => question.count = number(name, value)?,
                "wait" => question.wait = wait(value)?,
                _ => return Err(Problem::unknown_parameter(name, NAMES)),
            }
        }
        Ok(question)
    }

    /// What there is, oldest first; of many the newest.
    fn found(&self, organization: &Organization) -> Vec<Value> {
        organization.write(|books, _| {
            books.post_notices();
            let location = self.location.as_deref().map(|name| books.content.find_location(name));
            let fits = |known: &&Delivery| {
                (self.kinds.is_empty() || self.kinds.contains(&known.kind()))
                    && (self.states.is_empty() || self.states.contains(&known.state))
                    && location.is_none_or(|location| location == Some(known.notice.location))
            };
            let newest = books.content.deliveries.iter().rev().filter(fits).take(self.limit.unwrap_or(usize::MAX));
            let mut items: Vec<Value> = newest.map(|known| shown(books, known)).collect();
            items.reverse();
            items
        })
    }

    /// The same as soon as there is enough of it, or when the time is over.
    async fn awaited(&self, organization: Arc<Organization>, mut stopping: watch::Receiver<bool>) -> Vec<Value> {
        let mut over = std::pin::pin!(tokio::time::sleep(self.wait));
        loop {
            let mut changed = std::pin::pin!(organization.post.changed.notified());
            changed.as_mut().enable();
            let found = self.found(&organization);
            if found.len() >= self.count.min(self.limit.unwrap_or(usize::MAX)) || organization.journal.is_closed() {
                return found;
            }
            tokio::select! {
                () = changed => {}
                () = over.as_mut() => return self.found(&organization),
                _ = stopping.wait_for(|stop| *stop) => return found,
            }
        }
    }
}

fn listed<T: Copy>(name: &str, value: &str, all: &[T], word: impl Fn(T) -> &'static str) -> Result<Vec<T>, Problem> {
    let one = |text: &str| {
        let found = all.iter().copied().find(|known| word(*known).eq_ignore_ascii_case(text.trim()));
        found.ok_or_else(|| {
            let words: Vec<&str> = all.iter().copied().map(&word).collect();
            Problem::bad_query(name, &format!("one of {} is wanted", words.join(", ")))
        })
    };
    value.split(',').map(one).collect()
}

fn number(name: &str, value: &str) -> Result<usize, Problem> {
    value.parse().map_err(|_| Problem::bad_query(name, "a number is wanted"))
}

fn wait(value: &str) -> Result<Duration, Problem> {
    let span: Span = value.parse().map_err(|_| Problem::bad_query("wait", "a duration is wanted, such as 10s"))?;
    if span < Span::ZERO || span > LONGEST_WAIT {
        return Err(Problem::bad_query("wait", "from 0s to 10m"));
    }
    Ok(Duration::from_millis(span.millis().unsigned_abs()))
}

fn shown(books: &Books, delivery: &Delivery) -> Value {
    let location = books.content.locations.get(usize::from(delivery.notice.location));
    let uid = location.map_or("", |location| location.uid.as_str());
    let body: Value = serde_json::from_str(&document(&delivery.notice, uid)).unwrap_or_default();
    let mut item = json!({
        "number": delivery.number,
        "id": delivery.notice.id,
        "type": delivery.kind().name(),
        "location": location.map(|location| location.name.as_str()),
        "at": delivery.notice.at,
        "state": delivery.state.name(),
        "url": delivery.url,
        "attempts": delivery.attempts.iter().map(attempt).collect::<Vec<_>>(),
        "body": body,
    });
    if !delivery.bearer.is_empty() {
        item["bearer"] = json!(delivery.bearer);
    }
    if let Some(next) = delivery.next {
        item["next"] = json!(next);
    }
    if !delivery.faults.is_empty() {
        item["faults"] = json!(delivery.faults);
    }
    item
}

fn attempt(attempt: &Attempt) -> Value {
    match &attempt.answered {
        Answered::Status(status) => json!({"at": attempt.at, "status": status, "duration_us": attempt.duration_us}),
        Answered::Error(why) => json!({"at": attempt.at, "error": why, "duration_us": attempt.duration_us}),
    }
}
