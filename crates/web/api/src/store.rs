//! Writes of Applications and ApplicationSets: each carries only what changed, is tried again where someone else was quicker, and
//! is seen by the next read.

use std::sync::Arc;
use std::time::Duration;

use bowline_base_kube::{ApiResource, Class, DeleteOptions, Patch};
use bowline_base_value::Value;
use bowline_core_control::{Store, World, application_sets, applications};
use bowline_core_crd::{API_VERSION, Application, ApplicationSet, Resource, patch};
use bowline_core_rbac::{Allowed, Object, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Context, failed, options};
use bowline_web_wire::tonic::Status;
use serde_json::{Value as Json, json};

/// How often a change is made anew because another write came in between. Ten writers that meet are served.
const ATTEMPTS: usize = 10;
/// How long a write waits until the next read shows it.
const READ_BACK: Duration = Duration::from_secs(2);

/// What is written here.
pub(crate) trait Kept: Resource {
    /// What policies guard it as.
    type Guarded: Object;

    /// As the API of Kubernetes serves it.
    fn resource() -> ApiResource;

    /// Where it is known.
    fn known(world: &World) -> &Arc<Store<Self>>;

    /// As the contract sends it: without kind and API version, which have no place in its protobuf.
    fn bare(&self) -> Self;
}

/// Actions that are allowed to write.
pub(crate) trait Writing {}

impl Writing for action::Create {}
impl Writing for action::Update {}
impl Writing for action::Sync {}
impl Writing for action::Rollback {}
impl Writing for action::Delete {}
impl Writing for action::RunAction {}
/// Asking for a refresh is a way of reading.
impl Writing for action::Get {}

/// Changes an object, and gives it as it is stored then. `change` may be called several times, each time on the newest state;
/// its error ends it.
pub(crate) async fn change<T: Kept, A: Writing>(
    context: &Context,
    _may: &Allowed<A, T::Guarded>,
    name: &AppName,
    mut change: impl FnMut(&mut T) -> Result<(), Status>,
) -> Result<T, Status> {
    let resource = T::resource();
    let mut attempt = 0;
    loop {
        attempt += 1;
        let raw: Value = context.client.get(&resource, &name.namespace, &name.name).await.map_err(failed)?;
        let raw = Json::from(&raw);
        let before: T = typed(&raw)?;
        let mut after = before.clone();
        change(&mut after)?;
        let Some(mut patch) = patch::patch(&raw, &before, &after) else { return Ok(before) };
        patch["metadata"]["resourceVersion"] = json!(before.metadata().resource_version);
        let patch = Value::from(patch);
        let answer =
            context.client.patch(&resource, &name.namespace, &name.name, "", Patch::Merge(&patch), &options()).await;
        match answer {
            Ok(answer) => return read_back(context, name, typed(&Json::from(&answer.value))?).await,
            Err(error) if error.is(Class::Conflict) && attempt < ATTEMPTS => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Makes an object.
pub(crate) async fn create<T: Kept>(
    context: &Context,
    _may: &Allowed<action::Create, T::Guarded>,
    object: &T,
) -> Result<T, Status> {
    let mut value = serde_json::to_value(object).map_err(|error| Status::internal(error.to_string()))?;
    value["apiVersion"] = json!(API_VERSION);
    value["kind"] = json!(T::KIND);
    let namespace = &object.metadata().namespace;
    let answer = context.client.create(&T::resource(), namespace, &Value::from(value), &options()).await;
    let stored = typed(&Json::from(&answer.map_err(failed)?.value))?;
    let name = AppName::new(namespace.as_str(), object.metadata().name.as_str());
    read_back(context, &name, stored).await
}

/// Asks for the deletion of an object.
pub(crate) async fn delete<T: Kept>(
    context: &Context,
    _may: &Allowed<action::Delete, T::Guarded>,
    name: &AppName,
) -> Result<(), Status> {
    let options = DeleteOptions::default();
    context.client.delete(&T::resource(), &name.namespace, &name.name, &options).await.map_err(failed)?;
    let gone = |object: Option<&T>| object.is_none_or(|object| object.metadata().deletion_timestamp.is_some());
    shown(context, name, gone).await;
    Ok(())
}

fn typed<T: Kept>(raw: &Json) -> Result<T, Status> {
    serde_json::from_value(raw.clone())
        .map(|object: T| object.bare())
        .map_err(|error| Status::internal(format!("the stored {} cannot be read: {error}", T::KIND)))
}

/// What was stored, once the watch has shown it.
async fn read_back<T: Kept>(context: &Context, name: &AppName, stored: T) -> Result<T, Status> {
    let version = |object: &T| object.metadata().resource_version.parse::<u64>().unwrap_or(0);
    shown(context, name, |known: Option<&T>| known.is_some_and(|known| version(known) >= version(&stored))).await;
    Ok(stored)
}

/// Waits until the watch has shown a write, so that who asks next sees it.
async fn shown<T: Kept>(context: &Context, name: &AppName, so: impl Fn(Option<&T>) -> bool) {
    let store = T::known(&context.world);
    let seen = async {
        let mut follower = store.follow();
        while !so(store.get(name).as_ref().map(|known| &*known.object)) {
            follower.next().await;
        }
    };
    if tokio::time::timeout(READ_BACK, seen).await.is_err() {
        tracing::warn!(kind = T::KIND, %name, "a write was not seen again within {READ_BACK:?}");
    }
}

// === impl Kept ===

impl Kept for Application {
    type Guarded = object::Application;

    fn resource() -> ApiResource {
        applications()
    }

    fn known(world: &World) -> &Arc<Store<Application>> {
        world.applications()
    }

    fn bare(&self) -> Application {
        Application { api_version: String::new(), kind: String::new(), ..self.clone() }
    }
}

impl Kept for ApplicationSet {
    type Guarded = object::ApplicationSet;

    fn resource() -> ApiResource {
        application_sets()
    }

    fn known(world: &World) -> &Arc<Store<ApplicationSet>> {
        world.application_sets()
    }

    fn bare(&self) -> ApplicationSet {
        ApplicationSet { api_version: String::new(), kind: String::new(), ..self.clone() }
    }
}
