//! Exchanges as they come: server-sent events.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;

use super::Volume;
use super::query::filter;
use crate::control::{Call, Problem, Reply};
use crate::http::{Body, BrokenOff};
use crate::journal::{After, Entry, Filter, Since};

/// How often something is sent at least, so that proxies and clients know that we are there.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Events that wait for a reader who reads slowly; all others stay in the journal, which forgets.
const AHEAD: usize = 4;
/// Entries that are looked at in one go.
const AT_ONCE: usize = 4;

/// `GET …/journal/stream`: the exchanges from now on; after `Last-Event-ID`, where a reader comes back; or those `since`.
pub fn stream(call: &Call<'_>) -> Result<Reply, Problem> {
    let volume = Volume::of(call)?;
    let filter = filter(call)?;
    let last_event = call.request.header("last-event-id").and_then(|id| id.trim().parse().ok());
    let seen = match (last_event, filter.since()) {
        (Some(id), _) => id,
        (None, Some(Since::Entry(id))) => id.min(volume.journal.last()),
        (None, Some(Since::Time(_))) => 0,
        (None, None) => volume.journal.last(),
    };
    let (events, chunks) = mpsc::channel(AHEAD);
    tokio::spawn(Reader { volume, filter, seen, events }.feed());
    Ok(Reply::streamed("text/event-stream", Body::endless(chunks)))
}

/// Somebody who reads along. What he has not read yet is in the journal alone: a slow reader takes no memory, but misses what the journal
/// forgets, and is told so.
struct Reader {
    volume: Volume,
    filter: Filter,
    /// The last entry that was looked at.
    seen: u64,
    events: mpsc::Sender<Result<Bytes, BrokenOff>>,
}

impl Reader {
    /// Feeds the reader until he or the organisation is gone.
    async fn feed(mut self) {
        // A first comment, so that the head of the answer is on its way before there is anything to tell.
        if self.send(": here\n\n".into()).await.is_none() {
            return;
        }
        let journal = self.volume.journal.clone();
        loop {
            let next = journal.next();
            let fed = self.catch_up().await;
            if fed.is_none() || journal.is_closed() {
                return;
            }
            let beat = tokio::select! {
                () = next => None,
                () = tokio::time::sleep(HEARTBEAT) => Some(": still here\n\n"),
                () = self.events.closed() => return,
            };
            if let Some(beat) = beat
                && self.send(beat.into()).await.is_none()
            {
                return;
            }
        }
    }

    /// Tells everything that is new. `None` when nobody reads any more.
    async fn catch_up(&mut self) -> Option<()> {
        loop {
            let After { entries, forgotten } = self.volume.journal.after(self.seen, AT_ONCE);
            if forgotten > 0 {
                self.send(format!("event: lost\ndata: {{\"count\":{forgotten}}}\n\n")).await?;
            }
            let Some(last) = entries.last() else {
                // A journal that was emptied: what is gone was told.
                self.seen =
                    if forgotten > 0 { self.volume.journal.last().min(self.seen + forgotten) } else { self.seen };
                return Some(());
            };
            self.seen = last.id;
            for entry in entries.iter().filter(|entry| self.filter.fits(entry)) {
                let event = self.event(entry);
                self.send(event).await?;
            }
        }
    }

    fn event(&self, entry: &Entry) -> String {
        let data = serde_json::to_string(&self.volume.view(entry)).unwrap_or_default();
        format!("id: {}\nevent: exchange\ndata: {data}\n\n", entry.id)
    }

    async fn send(&self, event: String) -> Option<()> {
        self.events.send(Ok(event.into())).await.ok()
    }
}
