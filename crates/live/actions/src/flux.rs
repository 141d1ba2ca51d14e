//! Flux: what fetches, applies or tells can be suspended, and most of it asked to look now.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::kinds::{Draft, Ran, holds, unknown};
use crate::{Offer, Order};

/// What asks a controller of Flux to look now, whenever its value changes.
const REQUESTED_AT: &str = "reconcile.fluxcd.io/requestedAt";

/// Of what fetches or applies.
pub(crate) fn source(object: &Value) -> Vec<Offer> {
    let suspended = holds(object, &["spec", "suspend"]);
    let mut offers = notifier(object);
    offers.push(Offer::new("reconcile").disabled(suspended));
    offers
}

/// Of what only tells.
pub(crate) fn notifier(object: &Value) -> Vec<Offer> {
    let suspended = holds(object, &["spec", "suspend"]);
    vec![Offer::new("suspend").disabled(suspended), Offer::new("resume").disabled(!suspended)]
}

pub(crate) fn run(object: &Object, order: &Order<'_>) -> Ran {
    let mut draft = Draft::of(object);
    match order.action {
        "suspend" => draft.set(&["spec", "suspend"], true),
        "resume" => draft.set(&["spec", "suspend"], false),
        "reconcile" if !matches!(object.kind(), "Alert" | "Provider") => draft.annotate(REQUESTED_AT, &order.stamp()),
        _ => return Err(unknown(object, order)),
    }
    draft.done()
}
