//! Where exchanges with Apple's services are entered when they have come to their end.

use std::sync::Arc;

use super::fault::Spoken;
use crate::apple::Party;
use crate::clock::{Stopwatch, Timestamp, wall};
use crate::directory::Directory;
use crate::http::{Answer, Request, Response};
use crate::journal::{Answered, Exchange};
use crate::telemetry::{Observation, Side, Telemetry};

/// Journals, metrics, log and traces.
#[derive(Clone)]
pub(super) struct Register {
    pub(super) directory: Arc<Directory>,
    pub(super) telemetry: Arc<Telemetry>,
}

/// An exchange that is under way.
pub(super) struct UnderWay {
    pub(super) watch: Stopwatch,
    pub(super) began: Timestamp,
    pub(super) operation: &'static str,
    pub(super) party: Party,
    pub(super) request: Request,
}

impl Register {
    /// Enters an exchange that has come to its end.
    pub(super) fn close(&self, exchange: UnderWay, spoken: Spoken) -> Answer {
        let UnderWay { watch, began, operation, party, request } = exchange;
        let Spoken { said, delivery, fault } = spoken;
        let (mut head, body) = said.response.into_parts();
        let mut exchange = Exchange {
            operation,
            server: None,
            request,
            answer: Some(Answered {
                status: head.status,
                headers: std::mem::take(&mut head.headers),
                body: delivery.kept(&body),
            }),
            duration: watch.elapsed() + delivery.delay,
            began,
            fault,
            why: said.why,
            refs: said.refs.to_vec(),
        };
        let unheard = if delivery.hangs_up { exchange.answer.take() } else { None };
        self.enter(&party, &mut exchange, said.refusal);
        head.headers = unheard.or(exchange.answer).map(|answer| answer.headers).unwrap_or_default();
        delivery.answer(Response::from_parts(head, body))
    }

    fn enter(&self, party: &Party, closed: &mut Exchange, refusal: Option<&'static str>) {
        match &party.organization {
            Some(organization) => {
                let at = organization.read(|books, now| {
                    closed.server = party.name(books).map(|(name, _)| name.to_owned());
                    now
                });
                self.observe(closed, Some(&organization.id), refusal);
                if organization.journal.is_kept() {
                    organization.journal.enter(closed, at);
                }
            }
            None => {
                self.observe(closed, None, refusal);
                self.directory.journal.enter(closed, wall());
            }
        }
    }

    fn observe(&self, closed: &Exchange, organization: Option<&str>, refusal: Option<&'static str>) {
        let answered = closed.answer.as_ref();
        self.telemetry.observe(&Observation {
            side: Side::Apple,
            operation: closed.operation,
            request: &closed.request,
            status: answered.map(|answer| answer.status),
            duration: closed.duration,
            organization,
            server: closed.server.as_deref(),
            request_id: answered.and_then(|answer| answer.headers.get("x-apple-request-uuid")?.to_str().ok()),
            refusal,
            why: closed.why.first().map(String::as_str),
            fault: closed.fault.as_ref().map(|(_, did)| did.as_str()),
        });
    }
}
