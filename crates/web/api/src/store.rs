//! Writes of Applications: each carries only what changed, is tried again where someone else was quicker, and is seen by the next
//! read.

use std::time::Duration;

use bowline_base_kube::{Class, DeleteOptions, Patch};
use bowline_base_value::Value;
use bowline_core_control::applications;
use bowline_core_crd::{API_VERSION, Application, Resource, patch};
use bowline_core_rbac::{Allowed, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Context, failed, options};
use bowline_web_wire::tonic::Status;
use serde_json::{Value as Json, json};

/// How often a change is made anew because another write came in between. Ten writers that meet are served.
const ATTEMPTS: usize = 10;
/// How long a write waits until the next read shows it.
const READ_BACK: Duration = Duration::from_secs(2);

/// Actions that are allowed to write an Application.
pub(crate) trait Writing {}

impl Writing for action::Create {}
impl Writing for action::Update {}
impl Writing for action::Sync {}
impl Writing for action::Rollback {}
impl Writing for action::Delete {}
/// Asking for a refresh is a way of reading.
impl Writing for action::Get {}

/// Changes an application, and gives it as it is stored then. `change` may be called several times, each time on the newest state;
/// its error ends it.
pub(crate) async fn change<A: Writing>(
    context: &Context,
    _may: &Allowed<A, object::Application>,
    name: &AppName,
    mut change: impl FnMut(&mut Application) -> Result<(), Status>,
) -> Result<Application, Status> {
    let mut attempt = 0;
    loop {
        attempt += 1;
        let raw: Value = context.client.get(&applications(), &name.namespace, &name.name).await.map_err(failed)?;
        let raw = Json::from(&raw);
        let before = typed(&raw)?;
        let mut after = before.clone();
        change(&mut after)?;
        let Some(mut patch) = patch::patch(&raw, &before, &after) else { return Ok(before) };
        patch["metadata"]["resourceVersion"] = json!(before.metadata.resource_version);
        let patch = Value::from(patch);
        let answer = context
            .client
            .patch(&applications(), &name.namespace, &name.name, "", Patch::Merge(&patch), &options())
            .await;
        match answer {
            Ok(answer) => return read_back(context, name, typed(&Json::from(&answer.value))?).await,
            Err(error) if error.is(Class::Conflict) && attempt < ATTEMPTS => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Makes an application.
pub(crate) async fn create(
    context: &Context,
    _may: &Allowed<action::Create, object::Application>,
    app: &Application,
) -> Result<Application, Status> {
    let mut value = serde_json::to_value(app).map_err(|error| Status::internal(error.to_string()))?;
    value["apiVersion"] = json!(API_VERSION);
    value["kind"] = json!(Application::KIND);
    let namespace = &app.metadata.namespace;
    let answer = context.client.create(&applications(), namespace, &Value::from(value), &options()).await;
    let stored = typed(&Json::from(&answer.map_err(failed)?.value))?;
    let name = AppName::new(namespace.as_str(), app.metadata.name.as_str());
    read_back(context, &name, stored).await
}

/// Asks for the deletion of an application.
pub(crate) async fn delete(
    context: &Context,
    _may: &Allowed<action::Delete, object::Application>,
    name: &AppName,
) -> Result<(), Status> {
    let options = DeleteOptions::default();
    context.client.delete(&applications(), &name.namespace, &name.name, &options).await.map_err(failed)?;
    shown(context, name, |app| app.is_none_or(|app| app.metadata.deletion_timestamp.is_some())).await;
    Ok(())
}

fn typed(raw: &Json) -> Result<Application, Status> {
    serde_json::from_value(raw.clone())
        .map(|app: Application| bare(&app))
        .map_err(|error| Status::internal(format!("the stored application cannot be read: {error}")))
}

/// An application as the contract sends it: without kind and API version, which have no place in its protobuf.
pub(crate) fn bare(app: &Application) -> Application {
    Application { api_version: String::new(), kind: String::new(), ..app.clone() }
}

/// What was stored, once the watch has shown it.
async fn read_back(context: &Context, name: &AppName, stored: Application) -> Result<Application, Status> {
    let version = |app: &Application| app.metadata.resource_version.parse::<u64>().unwrap_or(0);
    shown(context, name, |app| app.is_some_and(|app| version(app) >= version(&stored))).await;
    Ok(stored)
}

/// Waits until the watch has shown a write, so that who asks next sees it.
async fn shown(context: &Context, name: &AppName, so: impl Fn(Option<&Application>) -> bool) {
    let store = context.world.applications();
    let seen = async {
        let mut follower = store.follow();
        while !so(store.get(name).as_ref().map(|known| &*known.object)) {
            follower.next().await;
        }
    };
    if tokio::time::timeout(READ_BACK, seen).await.is_err() {
        tracing::warn!(application = %name, "a write was not seen again within {READ_BACK:?}");
    }
}
