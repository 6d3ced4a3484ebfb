//! Moving a clock, and sending on the way what is due.

use std::sync::Arc;

use super::Notifier;
use crate::clock::Timestamp;
use crate::organization::{Organization, Ran, Turn};

impl Notifier {
    /// Does with the clock what `turn` says. Notifications are sent when it comes to them, those included that are sent again; answers what ran when
    /// all of it is settled. It comes to its end though nobody waits for it any more.
    pub async fn turn_clock(self: Arc<Self>, organization: Arc<Organization>, turn: Turn) -> Vec<Ran> {
        let turning = tokio::spawn(async move { self.turn(&organization, turn).await });
        turning.await.unwrap_or_default()
    }

    async fn turn(self: Arc<Self>, organization: &Organization, turn: Turn) -> Vec<Ran> {
        let mut ran = Vec::new();
        {
            let _turn = organization.post.turn.lock().await;
            ran.extend(organization.begin_turn(turn));
            ran.extend(self.settle(organization).await);
            if let Some(moment) = turn.set {
                let now = organization.read(|_, now| now);
                if moment <= now {
                    ran.extend(organization.turn_clock(Turn { set: Some(moment), ..Turn::default() }));
                } else {
                    ran.extend(self.pass(organization, moment).await);
                }
            }
            if let Some(span) = turn.advance {
                let until = organization.read(|_, now| now) + span;
                ran.extend(self.pass(organization, until).await);
            }
        }
        organization.ring_again();
        ran
    }

    async fn pass(self: &Arc<Self>, organization: &Organization, until: Timestamp) -> Vec<Ran> {
        let mut ran = Vec::new();
        loop {
            let (lines, arrived) = organization.pass_towards(until.min(Timestamp::LAST));
            ran.extend(lines);
            ran.extend(self.settle(organization).await);
            if arrived {
                return ran;
            }
        }
    }
}
