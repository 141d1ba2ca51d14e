//! An application's objects compared with what the cluster holds at this moment, object by object, by the rules of the reconcile.

use std::collections::BTreeMap;

use bowline_core_control::World;
use bowline_core_crd::Application;
use bowline_core_ports::{ApplyOptions, Cluster, ClusterError};
use bowline_core_types::{Gvk, Object, ResourceKey, TrackingMethod, is_hook, is_skipped};
use bowline_plan_diff::{Comparison, Pair, Prediction, compare};
use futures::StreamExt;

use crate::rules::Comparing;

/// Objects that the API server is asked about at once.
const AT_ONCE: usize = 8;

/// One object, compared.
pub struct Compared {
    /// What names it.
    pub key: ResourceKey,
    /// What Git says; `None` where it is only tracked.
    pub desired: Option<Object>,
    /// What the cluster holds, Secrets as digests.
    pub live: Option<Object>,
    /// What applying would give, Secrets as digests; why that cannot be told, where it was asked for.
    pub predicted: Option<Result<Object, ClusterError>>,
    /// The verdict.
    pub comparison: Comparison,
}

/// Whom a comparison asks, and by which rules it is made.
#[derive(Clone, Copy)]
pub struct Asks<'a> {
    /// The cluster, as the one who would sync: asked in dry runs.
    pub cluster: &'a dyn Cluster,
    /// The cluster, as the one who watches it: read.
    pub reads: &'a dyn Cluster,
    /// What the control namespace says.
    pub world: &'a World,
    /// How the application's objects are compared.
    pub comparing: &'a Comparing,
}

/// Every object that is desired or tracked, compared. Nothing is written.
pub async fn compared(asks: Asks<'_>, app: &Application, instance: &str, desired: &[Object]) -> Vec<Compared> {
    let pairs = pairs(app, desired);
    let compared = pairs.into_values().map(|(key, gvk, desired)| one(asks, key, gvk, desired));
    let mut compared: Vec<Compared> = futures::stream::iter(compared).buffered(AT_ONCE).collect().await;
    // What was the application's when the server looked, and is not any more, is none of its business.
    let tracking = asks.world.settings().instance_id();
    let ours = |live: &Object| {
        tracking.method == TrackingMethod::Label
            || tracking.instance(live).as_deref() == Some(instance) && tracking.is_self_reference(live)
    };
    compared.retain(|item| item.desired.is_some() || item.live.as_ref().is_some_and(ours));
    compared
}

type Pairs = BTreeMap<String, (ResourceKey, Gvk, Option<Object>)>;

fn pairs(app: &Application, desired: &[Object]) -> Pairs {
    let mut pairs = Pairs::new();
    for resource in app.status.resources.iter().filter(|r| !r.hook) {
        let gvk = Gvk::new(resource.group.as_str(), resource.version.as_str(), resource.kind.as_str());
        let key = ResourceKey::new(
            resource.group.as_str(),
            resource.kind.as_str(),
            resource.namespace.as_str(),
            resource.name.as_str(),
        );
        pairs.insert(name_of(&key), (key, gvk, None));
    }
    for object in desired.iter().filter(|o| !is_hook(o) && !is_skipped(o) && !o.name().is_empty()) {
        let (key, gvk) = (object.key(), object.gvk());
        pairs.insert(name_of(&key), (key, gvk, Some(object.clone())));
    }
    pairs
}

async fn one(asks: Asks<'_>, key: ResourceKey, gvk: Gvk, desired: Option<Object>) -> Compared {
    let served = asks.reads.kind(&gvk).is_some();
    let live = match served {
        true => asks.reads.get(&gvk, &key.namespace, &key.name).await,
        false => Ok(None),
    };
    let unknown = |error: String| Comparison::Unknown { error };
    let (live, comparison) = match (live, served, &desired) {
        (Err(error), _, _) => (None, Some(unknown(error.to_string()))),
        (Ok(live), true, _) => (live, None),
        (Ok(live), false, _) => (live, Some(Comparison::Missing)),
    };
    let mut item = Compared { key, desired, live, predicted: None, comparison: Comparison::InSync };
    if let Some(comparison) = comparison {
        item.comparison = comparison;
        return item;
    }
    let Some(desired) = &item.desired else {
        item.comparison = if item.live.is_some() { Comparison::Extra } else { Comparison::InSync };
        return item;
    };
    let dry = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    let predicted = asks.cluster.apply(desired, &dry).await.map(|applied| applied.object);
    item.comparison = match (&item.live, &predicted) {
        (None, _) => Comparison::Missing,
        (Some(live), Ok(object)) => {
            let pair = Pair::Both { live, predicted: Prediction::Object(object), git_changed: None };
            compare(pair, &asks.comparing.rules())
        }
        (Some(_), Err(error)) => unknown(error.to_string()),
    };
    item.predicted = Some(predicted);
    item
}

/// `group/Kind/namespace/name`: what sorts and names an object.
pub fn name_of(key: &ResourceKey) -> String {
    format!("{}/{}/{}/{}", key.group, key.kind, key.namespace, key.name)
}
