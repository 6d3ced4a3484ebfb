//! What an order line's words stand for.

use super::plan::{DevicePlan, ModelPlan};
use crate::catalog::{Catalog, Connectivity, Model};
use crate::organization::{Family, Goods, KindFacts};
use crate::random;

/// What a line of an order contains.
pub(super) fn goods(plan: &DevicePlan) -> Goods {
    let sketches = sketches(&plan.model, plan.color.as_deref(), plan.capacity.as_deref());
    match plan.serial {
        Some(serial) => {
            let drawn = (random::hash(serial.as_bytes()) % sketches.len().max(1) as u64) as usize;
            Goods::Named { serial, kind: sketches.get(drawn).map(Sketch::facts).unwrap_or_default() }
        }
        None => Goods::Generated { count: plan.count.max(1), kinds: sketches.iter().map(Sketch::facts).collect() },
    }
}

/// Every kind of device that a plan's words fit.
pub fn kinds(model: &ModelPlan, color: Option<&str>, capacity: Option<&str>) -> Vec<KindFacts> {
    sketches(model, color, capacity).iter().map(Sketch::facts).collect()
}

/// A kind of device whose texts are still to be written: a device in a list of a hundred thousand fits some dozen kinds and is of one.
#[derive(Clone, Copy, Debug)]
enum Sketch<'p> {
    OfCatalog { model: &'p Model, color: &'p str, capacity: &'p str },
    Custom { name: &'p str, family: Family, color: &'p str, capacity: &'p str },
}

fn sketches<'p>(model: &'p ModelPlan, color: Option<&'p str>, capacity: Option<&'p str>) -> Vec<Sketch<'p>> {
    let catalog = Catalog::get();
    let all_of = |model: &'p Model| {
        let colors = color.map_or_else(|| model.colors.to_vec(), |color| vec![color]);
        let capacities = capacity.map_or_else(|| model.capacities.to_vec(), |capacity| vec![capacity]);
        let of_color = |color| capacities.iter().map(move |&capacity| Sketch::OfCatalog { model, color, capacity });
        colors.into_iter().flat_map(of_color).collect::<Vec<_>>()
    };
    let custom = |name, family| {
        let (color, capacity) = (color.unwrap_or_default(), capacity.unwrap_or_default());
        vec![Sketch::Custom { name, family, color, capacity }]
    };
    match model {
        ModelPlan::Catalog(name) => catalog.find(name).map_or_else(|| custom(name, Family::IPhone), all_of),
        ModelPlan::Custom { name, family } => custom(name, *family),
        ModelPlan::AnyOf(family) => catalog.of_family(*family).flat_map(all_of).collect(),
        ModelPlan::Any => catalog.models().flat_map(all_of).collect(),
    }
}

impl Sketch<'_> {
    fn facts(&self) -> KindFacts {
        match *self {
            Self::OfCatalog { model, color, capacity } => from_catalog(model, color, capacity),
            Self::Custom { name, family, color, capacity } => custom(name, family, color, capacity),
        }
    }
}

fn from_catalog(model: &Model, color: &str, capacity: &str) -> KindFacts {
    let color = color.to_uppercase();
    KindFacts {
        model: model.model.to_owned(),
        product_type: model.product_type.to_owned(),
        family: model.family,
        description: model.description(&color, capacity),
        part_number: model.part_number(&color, capacity),
        capacity: capacity.to_owned(),
        connectivity: model.connectivity,
        color,
    }
}

fn custom(name: &str, family: Family, color: &str, capacity: &str) -> KindFacts {
    let color = color.to_uppercase();
    let words = [name, &color, capacity].into_iter().filter(|word| !word.is_empty());
    KindFacts {
        description: words.collect::<Vec<_>>().join(" ").to_uppercase(),
        model: name.to_owned(),
        product_type: String::new(),
        family,
        capacity: capacity.to_owned(),
        color,
        part_number: String::new(),
        connectivity: Connectivity::typical(family),
    }
}
