//! Orders before they are placed: servers by name, numbers perhaps still to be made up.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::choice::counted;
use super::content::SystemVersion;
use super::{Books, Destination, Goods, NotAdded, Order, OrderLine, Serial, Source};
use crate::catalog::names;
use crate::clock::{Moment, Timestamp};

/// An order that somebody is going to place, or `count` orders alike.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderDraft {
    /// Its number; `None`: made up.
    pub number: Option<String>,
    /// How many such orders.
    pub count: u32,
    /// Who sells it.
    pub source: Source,
    /// When it is placed; distances count from the moment at which it is entered.
    pub placed: Moment,
    /// When its devices appear; `None`: when it is placed.
    pub arrives: Option<Moment>,
    /// What is ordered.
    pub lines: Vec<LineDraft>,
}

/// A line of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LineDraft {
    /// What it is for.
    pub goods: Goods,
    /// Where its devices go.
    pub server: ServerWish,
    /// The supplier's asset tag.
    pub asset_tag: Option<String>,
    /// The version of their operating system.
    #[serde(default)]
    pub os_version: Option<SystemVersion>,
}

/// The server that a new device is to go to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerWish {
    /// Its family's default server, if there is one.
    #[default]
    Default,
    /// This one, by name or id.
    Named(String),
    /// None.
    Unassigned,
}

/// Why an order cannot be placed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotOrder {
    /// Its number is taken.
    #[error("there is an order {0} already")]
    NumberTaken(String),
    /// One of its devices cannot come.
    #[error("{serial}: {why}")]
    Device {
        /// The device.
        serial: Serial,
        /// Why.
        why: NotAdded,
    },
}

impl CannotOrder {
    /// The refusal's name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NumberTaken(_) => "ORDER_EXISTS",
            Self::Device { why, .. } => why.code(),
        }
    }
}

impl OrderDraft {
    /// How many devices it is for.
    pub fn devices(&self) -> u64 {
        u64::from(self.count) * self.lines.iter().map(|line| u64::from(line.goods.count())).sum::<u64>()
    }

    /// The servers that it names.
    pub fn servers(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter_map(|line| match &line.server {
            ServerWish::Named(name) => Some(name.as_str()),
            _ => None,
        })
    }
}

impl fmt::Display for OrderDraft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.number, self.count) {
            (Some(number), _) => write!(f, "order {number} is placed")?,
            (None, 1) => f.write_str("an order is placed")?,
            (None, count) => write!(f, "{count} orders are placed")?,
        }
        write!(f, ": {}", counted(self.devices(), "device"))?;
        match self.arrives {
            Some(Moment::In(span)) => write!(f, ", which arrive after {span}"),
            Some(Moment::At(at)) => write!(f, ", which arrive at {at}"),
            None => Ok(()),
        }
    }
}

impl Books {
    /// The orders that a draft asks for, placed now but not entered yet. Numbers that it does not give are made up.
    pub fn draw_up(&mut self, draft: &OrderDraft, now: Timestamp) -> Vec<Order> {
        let placed = draft.placed.after(now);
        let lines: Vec<OrderLine> = draft.lines.iter().map(|line| self.draw_up_line(line)).collect();
        let devices = lines.iter().map(|line| line.goods.count()).sum();
        (0..draft.count.max(1))
            .map(|_| Order {
                number: draft.number.clone().unwrap_or_else(|| names::order_number(&mut self.random_content)),
                source: draft.source.clone(),
                placed,
                arrives: draft.arrives.map_or(placed, |arrives| arrives.after(now)),
                lines: lines.clone(),
                devices,
            })
            .collect()
    }

    fn draw_up_line(&self, draft: &LineDraft) -> OrderLine {
        let destination = match &draft.server {
            ServerWish::Default => Destination::Default,
            ServerWish::Unassigned => Destination::Unassigned,
            ServerWish::Named(name) => self.find_server(name).map_or(Destination::Default, Destination::Server),
        };
        let LineDraft { goods, asset_tag, os_version, .. } = draft.clone();
        OrderLine { goods, destination, asset_tag, os_version }
    }

    /// Places the orders of a draft; answers their places.
    pub fn place_orders(&mut self, draft: &OrderDraft, now: Timestamp) -> Result<Vec<u32>, CannotOrder> {
        let orders = self.draw_up(draft, now);
        if let Some(taken) = orders.iter().find(|order| self.find_order(&order.number).is_some()) {
            return Err(CannotOrder::NumberTaken(taken.number.clone()));
        }
        let lines = orders.iter().flat_map(|order| &order.lines);
        for serial in lines.filter_map(|line| line.goods.serial()) {
            self.can_arrive(&serial).map_err(|why| CannotOrder::Device { serial, why })?;
        }
        Ok(orders.into_iter().map(|order| self.enter_order(order, now)).collect())
    }
}
