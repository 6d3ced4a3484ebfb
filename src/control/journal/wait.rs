//! Waiting for exchanges.

use std::sync::Arc;

use tokio::sync::watch;

use super::query::Question;
use crate::journal::{After, Entry, Journal, Since};

/// The exchanges that are asked for: as soon as there are enough, or what there is when the time is over, the simulator stops, or the
/// organisation is gone. What was found stays found, though the journal may forget it meanwhile.
pub async fn entries(journal: &Journal, question: &Question, mut stopping: watch::Receiver<bool>) -> Vec<Arc<Entry>> {
    let mut found = Vec::new();
    let mut seen = match question.filter.since() {
        // Entries before that one are of no use.
        Some(Since::Entry(id)) => id.min(journal.last()),
        _ => 0,
    };
    let mut over = std::pin::pin!(tokio::time::sleep(question.wait));
    loop {
        let next = journal.next();
        let After { entries, .. } = journal.after(seen, usize::MAX);
        seen = entries.last().map_or(seen, |entry| entry.id);
        found.extend(entries.into_iter().filter(|entry| question.filter.fits(entry)));
        if found.len() >= question.count || journal.is_closed() {
            return found;
        }
        tokio::select! {
            () = next => {}
            () = over.as_mut() => return found,
            _ = stopping.wait_for(|stop| *stop) => return found,
        }
    }
}
