//! What applying manifests would change, as the API server itself says.

use std::collections::HashSet;

use bowline_base_value::{Value, from_json, to_json};
use bowline_core_crd::ResourceDiff;
use bowline_core_ports::{ApplyOptions, Reached};
use bowline_core_types::{Object, ResourceKey, hide_digests, is_secret};
use bowline_plan_diff::{Comparison, Pair, Prediction, Rules, compare, normalize};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::application::{ApplicationServerSideDiffQuery, ApplicationServerSideDiffResponse};
use bowline_web_wire::tonic::Status;
use futures::{StreamExt, TryStreamExt, stream};

use super::find::{Named, find, text};
use crate::error;

/// Dry runs at once: enough to hide the way to the API server, few enough to leave it to others.
const AT_ONCE: usize = 8;

/// Asks the application's cluster, object by object. What the application does not manage is not asked about: the answer of a dry run
/// holds all of the object that is there, whoever's it is.
pub(crate) async fn server_side_diff(
    context: &Context,
    caller: &Caller,
    query: ApplicationServerSideDiffQuery,
) -> Result<ApplicationServerSideDiffResponse, Status> {
    let named =
        Named { name: text(&query.app_name), namespace: text(&query.app_namespace), project: text(&query.project) };
    let found = find(context, caller, named)?;
    let managed = context.engine.managed(&found.name).await.map_err(error::engine)?;
    let key = |item: &ResourceDiff| ResourceKey::new(&*item.group, &*item.kind, &*item.namespace, &*item.name);
    let managed: HashSet<ResourceKey> = managed.iter().map(key).collect();
    let reached = context.engine.reach(&found.app).await.map_err(error::engine)?;
    let count = query.live_resources.len().max(query.target_manifests.len());
    let mut live = query.live_resources.into_iter();
    let mut targets = query.target_manifests.into_iter();
    let pairs: Vec<(ResourceDiff, String)> =
        (0..count).map(|_| (live.next().unwrap_or_default(), targets.next().unwrap_or_default())).collect();
    let (reached, managed) = (&reached, &managed);
    let items = stream::iter(pairs).map(|(live, target)| one(reached, managed, live, target));
    let items: Vec<ResourceDiff> = items.buffered(AT_ONCE).try_collect().await?;
    let modified = items.iter().any(|item| item.modified);
    Ok(ApplicationServerSideDiffResponse { items, modified: Some(modified) })
}

async fn one(
    reached: &Reached,
    managed: &HashSet<ResourceKey>,
    live: ResourceDiff,
    target: String,
) -> Result<ResourceDiff, Status> {
    let target = parsed(if target.is_empty() { &live.target_state } else { &target })?;
    let Some(desired) = target else {
        // Nothing is to be applied: what is there would stay, or be pruned.
        let shown = parsed(&live.live_state)?;
        let modified = shown.is_some();
        return Ok(told(live, None, shown.as_ref(), modified));
    };
    let (gvk, key) = (desired.gvk(), desired.key());
    if !managed.contains(&key) {
        return Ok(told(live, Some(&desired), None, true));
    }
    let there = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let options = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    let predicted = reached.cluster.apply(&desired, &options).await.map_err(error::cluster)?.object;
    let pair = |there| Pair::Both { live: there, predicted: Prediction::Object(&predicted), git_changed: None };
    let modified =
        there.as_ref().is_none_or(|there| !matches!(compare(pair(there), &Rules::default()), Comparison::InSync));
    Ok(told(live, Some(&predicted), there.as_ref(), modified))
}

/// What there would be beside what there is. What Secrets hold is signs, different ones for what is different.
fn told(of: ResourceDiff, predicted: Option<&Object>, live: Option<&Object>, modified: bool) -> ResourceDiff {
    let states = [predicted, live].map(|state| state.map(|object| normalize(object, &Rules::default())));
    let any = predicted.or(live);
    let [predicted_state, live_state] = if any.is_some_and(is_secret) { hide_digests(states) } else { states };
    let text = |state: Option<Value>| state.map_or_else(|| "null".to_string(), |value| to_json(&value, false));
    let (predicted_state, live_state) = (text(predicted_state), text(live_state));
    let key = any.map(Object::key);
    let key = key.unwrap_or_else(|| ResourceKey::new(&*of.group, &*of.kind, &*of.namespace, &*of.name));
    ResourceDiff {
        group: key.group.to_string(),
        kind: key.kind.to_string(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
        target_state: predicted_state.clone(),
        predicted_live_state: predicted_state,
        live_state: live_state.clone(),
        normalized_live_state: live_state,
        modified,
        ..of
    }
}

/// The object in a text; `None` where it says that there is none.
fn parsed(text: &str) -> Result<Option<Object>, Status> {
    if text.is_empty() || text == "null" {
        return Ok(None);
    }
    let value = from_json(text.as_bytes())
        .map_err(|error| Status::invalid_argument(format!("a manifest is no JSON: {error}")))?;
    Object::new(value).map(Some).map_err(|error| Status::invalid_argument(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_secrets_look_different() {
        let secret = |digest: &str| {
            let text = format!(r#"{{"apiVersion":"v1","kind":"Secret","data":{{"k":"hmac-sha256:{digest}"}}}}"#);
            parsed(&text).unwrap().unwrap()
        };
        let (a, b) = (secret("aa"), secret("bb"));
        let differ = told(ResourceDiff::default(), Some(&b), Some(&a), true);
        assert_ne!(differ.live_state, differ.predicted_live_state);
        assert!(!differ.live_state.contains("hmac"), "{}", differ.live_state);
        let same = told(ResourceDiff::default(), Some(&a), Some(&a), false);
        assert_eq!(same.live_state, same.predicted_live_state);
    }
}
