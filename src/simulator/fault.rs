//! A fault in an exchange: which rule strikes, and what comes of it.

use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};

use super::service::Service;
use crate::apple::{Named, Party, Reply, Room, Said};
use crate::faults::{Asked, Deed, FaultBody, Page, Struck, Verdict};
use crate::http::{Answer, Body, Kept, Params, Request, Response, Route};
use crate::organization::Organization;

/// What is said in the end, and how it gets to the client.
pub(super) struct Spoken {
    pub(super) said: Said,
    pub(super) delivery: Delivery,
    /// The id of the rule that struck, and what it did.
    pub(super) fault: Option<(String, String)>,
}

/// How an answer gets to the client.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Delivery {
    /// Not at all: the connection is closed.
    pub(super) hangs_up: bool,
    pub(super) delay: Duration,
    /// Bytes per second.
    pub(super) rate: Option<u64>,
    /// The connection is closed in the midst of the body.
    pub(super) breaks_off: bool,
}

/// What comes of a call, now or when the room has found something out.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly every outcome is a large one, and a box for each would cost more"
)]
pub(super) enum Outcome {
    Now(Spoken),
    Later(Pin<Box<dyn Future<Output = Spoken> + Send>>),
}

impl From<Said> for Spoken {
    fn from(said: Said) -> Self {
        Self { said, delivery: Delivery::default(), fault: None }
    }
}

impl From<Reply> for Outcome {
    fn from(reply: Reply) -> Self {
        match reply {
            Reply::Now(said) => Self::Now(said.into()),
            Reply::Later(later) => Self::Later(Box::pin(async move { later.await.into() })),
        }
    }
}

/// A call that is to be made.
pub(super) struct Called<'c, R: Room> {
    pub(super) route: &'static Route<R::Handler>,
    /// The parameters of its path.
    pub(super) params: &'c Params<'c>,
    pub(super) visitor: &'c R::Visitor,
    pub(super) request: &'c Request,
}

impl<R: Room> Copy for Called<'_, R> {}

impl<R: Room> Clone for Called<'_, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Room> Service<R> {
    /// Makes a call, or what a fault makes of it.
    pub(super) fn make_call(&self, call: Called<'_, R>) -> Outcome {
        let organization = call.visitor.as_ref().organization.as_deref();
        let concerned = organization.filter(|organization| {
            !organization.is_calm() && organization.read(|books, _| books.faults.concern(call.route.operation))
        });
        match concerned {
            None => self.own_answer(call, &[]).into(),
            Some(organization) => self.make_call_among_faults(organization, call),
        }
    }

    /// What the room says to a call by itself.
    fn own_answer(&self, call: Called<'_, R>, verdicts: &[Verdict]) -> Reply {
        self.room.answer(call.route.handler, call.params, call.visitor, call.request, verdicts)
    }

    fn make_call_among_faults(&self, organization: &Organization, call: Called<'_, R>) -> Outcome {
        let Called { route, visitor, request, .. } = call;
        let (minds_page, minds_past) = organization.read(|books, _| {
            (books.faults.mind_the_page(route.operation), books.faults.mind_the_past(route.operation))
        });
        let own = minds_page.then(|| self.own_answer(call, &[]));
        let earlier = if minds_past { earlier(organization, route.operation, visitor.as_ref(), request) } else { None };
        let Named { mut serials, has_cursor } = self.room.asked(request);
        let page = own.as_ref().and_then(answered).filter(|own| own.status() == StatusCode::OK).map(|own| {
            let rows = self.room.rows(own.body().bytes().unwrap_or_default());
            let page = Page { rows: rows.len() };
            serials.extend(rows);
            page
        });
        let struck = organization.write(|books, now| {
            let name = visitor.as_ref().name(books).map(|(name, id)| (name.to_owned(), id.to_owned()));
            let asked = Asked {
                operation: route.operation,
                headers: &request.head.headers,
                server: name.as_ref().map(|(name, id)| (name.as_str(), id.as_str())),
                serials: &serials,
                has_cursor,
                was_asked_before: earlier.is_some(),
                page,
            };
            books.faults.strike(&asked, now)
        });
        match struck {
            Some(struck) => self.strike(struck, call, own, earlier),
            None => own.unwrap_or_else(|| self.own_answer(call, &[])).into(),
        }
    }

    /// What a rule that has struck makes of a call. `own` is the call's own answer where it had to be known, `earlier` that of the same
    /// request before.
    fn strike(&self, struck: Struck, call: Called<'_, R>, own: Option<Reply>, earlier: Option<Bytes>) -> Outcome {
        let Called { route, visitor, request, .. } = call;
        let effect = &struck.effect;
        let verdicts: &[Verdict] = match &effect.deed {
            Deed::Results(verdicts) => verdicts,
            _ => &[],
        };
        let own = own.or_else(|| effect.makes_the_call().then(|| self.own_answer(call, verdicts)));
        let replacement = match &effect.deed {
            Deed::Error(name, status) => {
                let mut response = self.room.named_error(visitor, route.operation, name);
                if let Some(status) = *status {
                    *response.status_mut() = status;
                    // The room asks to wait because of the error's own status, which is not said.
                    if !status.is_server_error() {
                        response.headers_mut().remove(header::RETRY_AFTER);
                    }
                }
                Some(response)
            }
            Deed::Status(status, body) => Some(answer_with(*status, body)),
            Deed::Stale => earlier.map(|body| self.room.success(body)),
            Deed::HangUp => Some(Response::default()),
            _ => None,
        };
        let reply = match (replacement, own) {
            (Some(mut response), own) => {
                if let Some(retry_after) = &effect.retry_after {
                    response.headers_mut().insert(header::RETRY_AFTER, retry_after.header_value());
                }
                self.room.dress(route.handler, visitor, request, &mut response, own.as_ref().and_then(answered));
                let said = Said::plainly(response);
                match own {
                    // The call takes effect all the same.
                    Some(Reply::Later(own)) => Reply::Later(Box::pin(async move {
                        own.await;
                        said
                    })),
                    _ => Reply::Now(said),
                }
            }
            (None, Some(own)) => own,
            // Every deed has the one or the other.
            (None, None) => self.own_answer(call, &[]),
        };
        self.room.change(&effect.deed, visitor, route.operation);
        match reply {
            Reply::Now(said) => {
                let alter = |deed: &Deed, body: &[u8]| self.room.alter(deed, request, body);
                Outcome::Now(speak(&struck, said, alter))
            }
            // What takes its time has no rows that could be altered.
            Reply::Later(later) => {
                Outcome::Later(Box::pin(async move { speak(&struck, later.await, |_: &Deed, _: &[u8]| None) }))
            }
        }
    }
}

/// What is answered already.
fn answered(reply: &Reply) -> Option<&Response> {
    match reply {
        Reply::Now(said) => Some(&said.response),
        Reply::Later(_) => None,
    }
}

/// What is said in the end where a rule has struck.
fn speak(struck: &Struck, mut said: Said, alter: impl Fn(&Deed, &[u8]) -> Option<Vec<u8>>) -> Spoken {
    let effect = &struck.effect;
    spoil(&effect.deed, alter, &mut said.response);
    let words = effect.words();
    said.why.push(format!("the fault {} struck: {words}", struck.id));
    let delay = effect.delay.map_or(0, |delay| delay.millis().max(0).unsigned_abs());
    let delivery = Delivery {
        hangs_up: effect.deed == Deed::HangUp
            // There is no middle of nothing.
            || effect.breaks_off && said.response.body().length() == Some(0),
        delay: Duration::from_millis(delay),
        rate: effect.trickle.map(|rate| rate.bytes_per_second()),
        breaks_off: effect.breaks_off,
    };
    Spoken { said, delivery, fault: Some((struck.id.clone(), words)) }
}

impl Delivery {
    /// What is kept of a body: what the client gets of it.
    pub(super) fn kept(self, body: &Body) -> Kept {
        match body.whole() {
            Some(whole) if self.breaks_off => Kept::Whole(Body::first_half(&whole)),
            _ => body.kept(),
        }
    }

    /// Sends `response` on its way.
    pub(super) fn answer(self, mut response: Response) -> Answer {
        if (self.rate.is_some() || self.breaks_off)
            && let Some(whole) = response.body().whole()
        {
            *response.body_mut() = Body::delivered(whole, self.rate, self.breaks_off);
        }
        let answer = if self.hangs_up { Answer::HangUp } else { response.into() };
        if self.delay.is_zero() {
            return answer;
        }
        Answer::later(async move {
            tokio::time::sleep(self.delay).await;
            answer
        })
    }
}

/// Alters the call's own answer.
fn spoil(deed: &Deed, alter: impl Fn(&Deed, &[u8]) -> Option<Vec<u8>>, response: &mut Response) {
    let Some(body) = response.body().whole() else { return };
    match deed {
        Deed::Truncated => *response.body_mut() = Body::from(body.slice(..body.len() / 2)),
        Deed::Emptied => *response.body_mut() = Body::default(),
        deed if response.status() == StatusCode::OK => {
            if let Some(altered) = alter(deed, &body) {
                *response.body_mut() = Body::from(altered);
            }
        }
        _ => {}
    }
}

/// The body of the last good answer to the same request of the same server.
fn earlier(organization: &Organization, operation: &str, party: &Party, request: &Request) -> Option<Bytes> {
    let name = organization.read(|books, _| party.name(books).map(|(name, _)| name.to_owned()));
    let entries = organization.journal.entries();
    entries.iter().rev().find_map(|entry| {
        let exchange = &entry.exchange;
        let answer = exchange.answer.as_ref().filter(|answer| answer.status == StatusCode::OK)?;
        let same = exchange.operation == operation
            && exchange.server == name
            && exchange.request.head.method == request.head.method
            && exchange.request.head.uri.path_and_query() == request.head.uri.path_and_query()
            && exchange.request.body == request.body;
        same.then(|| answer.body.whole())
    })
}

/// An answer that no call gives.
fn answer_with(status: StatusCode, body: &FaultBody) -> Response {
    let reason = status.canonical_reason().unwrap_or("Unknown");
    let (body, kind) = match body {
        FaultBody::Empty => (String::new(), ""),
        _ if status == StatusCode::NO_CONTENT || status == StatusCode::NOT_MODIFIED => (String::new(), ""),
        FaultBody::Reason => (reason.to_owned(), "text/plain;charset=UTF-8"),
        FaultBody::Html => (html(status, reason), "text/html"),
        FaultBody::Json(json) => (json.to_string(), "application/json;charset=UTF8"),
        FaultBody::Text(text) => (text.clone(), kind_of(text)),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    if !kind.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    response
}

fn kind_of(text: &str) -> &'static str {
    match text.trim_start().bytes().next() {
        Some(b'{' | b'[' | b'"') => "application/json;charset=UTF8",
        Some(b'<') => "text/html",
        _ => "text/plain;charset=UTF-8",
    }
}

/// The page that an edge shows for a service that is not well.
fn html(status: StatusCode, reason: &str) -> String {
    let code = status.as_u16();
    format!(
        "<html>\n<head><title>{code} {reason}</title></head>\n<body>\n<center><h1>{code} {reason}</h1></center>\n\
         <hr><center>Apple</center>\n</body>\n</html>\n"
    )
}
