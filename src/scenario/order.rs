//! Orders in a scenario.

use crate::clock::Timestamp;

use super::device::{DEVICE, MOST, Ordering};
use super::path::Path;
use super::plan::{OrderPlan, OrderSource};
use super::reader::Reader;
use super::scalar::source;
use super::shape::{Field, Kind, Shape};
use super::tree::Node;

pub(super) static ORDER: Shape = Shape {
    name: "order",
    one: "an order",
    about: "An order of devices, or `count` orders alike.",
    base: None,
    fields: &[
        Field::new("number", Kind::Text, "Its number; absent: made up."),
        Field::new(
            "count",
            Kind::Integer(1, 1_000_000),
            "How many such orders, each with a number of its own; default 1.",
        ),
        Field::new(
            "source",
            Kind::Source,
            "Who sold it: `apple` (the default), `apple:<customer number>` or `reseller:<DEP reseller id>`.",
        ),
        Field::new(
            "placed",
            Kind::Moment,
            "When it was placed: a date, or a duration from the clock's start such as -30d.",
        ),
        Field::new("arrives", Kind::Moment, "When its devices appear; absent: when the scenario is loaded."),
        Field::new("devices", Kind::List(&Kind::Object(&DEVICE)), "What was ordered."),
    ],
};

/// Orders placed with Apple earlier than this cannot be added to an organisation: 2011-03-01.
const EARLIEST: Timestamp = Timestamp::from_seconds(1_298_937_600);

impl<'t> Ordering<'t> {
    /// One order. `start` is the moment at which the organisation's clock starts.
    pub(super) fn read_order(
        &mut self,
        reader: &mut Reader,
        order: Node<'t>,
        path: &Path,
        start: Timestamp,
    ) -> OrderPlan {
        let source = order.get("source").and_then(|node| source(node.text()?)).unwrap_or_default();
        let count = order.get("count").and_then(Node::integer).unwrap_or(1);
        if let Some(number) = order.get("number").filter(|_| count > 1) {
            let hint = "leave out `number` or `count`".to_owned();
            reader.complain(number, &path.key("number"), format!("{count} orders cannot share one number"), Some(hint));
        }
        check_placed(reader, order, path, &source, start);
        let mut devices = Vec::new();
        let list = path.key("devices");
        for (index, line) in order.get("devices").into_iter().flat_map(Node::items).enumerate() {
            let path = list.index(index);
            let device = self.read_device(reader, line, &path);
            if let Some(serial) = line.get("serial").filter(|_| device.serial.is_some() && count > 1) {
                let message =
                    format!("{count} orders cannot all have the device `{}`", serial.text().unwrap_or_default());
                let hint = "leave out `serial`, or the order's `count`".to_owned();
                reader.complain(serial, &path.key("serial"), message, Some(hint));
            }
            count_devices(reader, line, &path, count * u64::from(device.count));
            devices.push(device);
        }
        OrderPlan {
            number: order.get("number").and_then(Node::owned),
            count: count as u32,
            source,
            placed: order.get("placed").and_then(Node::moment).unwrap_or_default(),
            arrives: order.get("arrives").and_then(Node::moment),
            devices,
        }
    }
}

fn check_placed(reader: &mut Reader, order: Node, path: &Path, source: &OrderSource, start: Timestamp) {
    let Some(node) = order.get("placed") else { return };
    let Some(placed) = node.moment().map(|placed| placed.after(start)) else { return };
    if placed < EARLIEST && !matches!(source, OrderSource::Reseller(_)) {
        let hint = "give a later date, or a reseller as `source`".to_owned();
        let message = "orders placed with Apple before 2011-03-01 cannot be added";
        reader.complain(node, &path.key("placed"), message, Some(hint));
    } else if !placed.is_representable() {
        reader.complain(node, &path.key("placed"), "this lies before 1970 or after 2105", None);
    }
}

/// Adds to the number of devices, and complains where it gets too large for the first time.
pub(super) fn count_devices(reader: &mut Reader, line: Node, path: &Path, more: u64) {
    let before = reader.devices;
    reader.devices += more;
    if before <= MOST && reader.devices > MOST {
        let message = format!("with these, the scenario has {} devices; {MOST} are the most", reader.devices);
        reader.complain(line, path, message, None);
    }
}
