//! What applying manifests would change, as the API server itself says.

use bowline_base_value::{Value, from_json, to_json};
use bowline_core_crd::ResourceDiff;
use bowline_core_ports::{ApplyOptions, Reached};
use bowline_core_types::Object;
use bowline_plan_diff::{Comparison, Pair, Prediction, Rules, compare, normalize};
use bowline_web_wire::application::{ApplicationServerSideDiffQuery, ApplicationServerSideDiffResponse};
use bowline_web_wire::tonic::Status;
use futures::{StreamExt, TryStreamExt, stream};

use super::find::{Named, find, text};
use crate::caller::Caller;
use crate::{Ground, error};

/// Dry runs at once: enough to hide the way to the API server, few enough to leave it to others.
const AT_ONCE: usize = 8;

/// Asks the application's cluster, object by object.
pub(crate) async fn server_side_diff(
    ground: &Ground,
    caller: &Caller,
    query: ApplicationServerSideDiffQuery,
) -> Result<ApplicationServerSideDiffResponse, Status> {
    let named =
        Named { name: text(&query.app_name), namespace: text(&query.app_namespace), project: text(&query.project) };
    let found = find(ground, caller, named)?;
    let reached = ground.engine.reach(&found.app).await.map_err(error::engine)?;
    let count = query.live_resources.len().max(query.target_manifests.len());
    let mut live = query.live_resources.into_iter();
    let mut targets = query.target_manifests.into_iter();
    let pairs: Vec<(ResourceDiff, String)> =
        (0..count).map(|_| (live.next().unwrap_or_default(), targets.next().unwrap_or_default())).collect();
    let reached = &reached;
    let items: Vec<ResourceDiff> =
        stream::iter(pairs).map(|(live, target)| one(reached, live, target)).buffered(AT_ONCE).try_collect().await?;
    let modified = items.iter().any(|item| item.modified);
    Ok(ApplicationServerSideDiffResponse { items, modified: Some(modified) })
}

async fn one(reached: &Reached, live: ResourceDiff, target: String) -> Result<ResourceDiff, Status> {
    let target = parsed(if target.is_empty() { &live.target_state } else { &target })?;
    let shown = parsed(&live.live_state)?;
    let Some(desired) = target else {
        // Nothing is to be applied: what is there would stay, or be pruned.
        let text = shown.as_ref().map_or_else(|| "null".to_string(), |object| to_json(object.value(), false));
        return Ok(ResourceDiff {
            live_state: text.clone(),
            normalized_live_state: text,
            target_state: "null".to_string(),
            predicted_live_state: "null".to_string(),
            modified: shown.is_some(),
            ..live
        });
    };
    let (gvk, key) = (desired.gvk(), desired.key());
    let there = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let options = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
    let predicted = reached.cluster.apply(&desired, &options).await.map_err(error::cluster)?.object;
    let rules = Rules::default();
    let text = |value: &Value| to_json(&crate::events::hide_digests(value), false);
    let modified = match &there {
        None => true,
        Some(there) => {
            let pair = Pair::Both { live: there, predicted: Prediction::Object(&predicted), git_changed: None };
            !matches!(compare(pair, &rules), Comparison::InSync)
        }
    };
    let normal = |object: &Object| text(&normalize(object, &rules));
    Ok(ResourceDiff {
        group: key.group.to_string(),
        kind: key.kind.to_string(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
        target_state: normal(&predicted),
        live_state: there.as_ref().map_or_else(|| "null".to_string(), normal),
        normalized_live_state: there.as_ref().map_or_else(|| "null".to_string(), normal),
        predicted_live_state: normal(&predicted),
        modified,
        ..live
    })
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
