//! One object of an application: reading, patching and deleting it in its cluster.

use bowline_base_value::{Value, from_json, to_json};
use bowline_core_crd::{Application, GROUP, Resource as _, ResourceNode};
use bowline_core_ports::{DeleteOptions, Propagation, Reached};
use bowline_core_rbac::action;
use bowline_core_types::{Gvk, Object, ResourceKey, hide_digests, is_secret};
use bowline_web_admin::{Caller, Context, Done, hidden};
use bowline_web_wire::application::{
    ApplicationResourceDeleteRequest, ApplicationResourcePatchRequest, ApplicationResourceRequest,
    ApplicationResourceResponse, ResourceActionRunRequestV2,
};
use bowline_web_wire::tonic::Status;

use super::find::{Found, Named, find, text};
use crate::error;
use crate::setting::switch;

/// An object of an application that was found, with the way to it.
pub(crate) struct Reachable {
    /// The application.
    pub found: Found,
    /// Its cluster.
    pub reached: Reached,
    /// The object in the tree.
    pub node: ResourceNode,
    /// Its kind.
    pub gvk: Gvk,
    /// What names it.
    pub key: ResourceKey,
}

/// How a call names an object.
pub(crate) struct Asked<'a> {
    pub app: Named<'a>,
    pub group: &'a str,
    pub version: &'a str,
    pub kind: &'a str,
    pub namespace: &'a str,
    pub name: &'a str,
}

impl Asked<'_> {
    /// Whether the object that is asked for is the application itself.
    pub(crate) fn is_itself(&self, found: &Found) -> bool {
        let (namespace, name) = (&*found.name.namespace, &*found.name.name);
        (self.group, self.kind, self.name) == (GROUP, Application::KIND, name)
            && (self.namespace.is_empty() || self.namespace == namespace)
    }
}

/// The object, for who may see the application. It must be in the application's tree.
pub(crate) async fn reach<'a>(
    context: &Context,
    caller: &Caller,
    asked: impl Into<Asked<'a>>,
) -> Result<Reachable, Status> {
    reach_if(context, caller, asked, |_, _| Ok(())).await
}

/// The object, where the caller `may` do to it what he wants: that is asked before anything is looked up.
pub(crate) async fn reach_if<'a>(
    context: &Context,
    caller: &Caller,
    asked: impl Into<Asked<'a>>,
    may: impl FnOnce(&Found, &ResourceKey) -> Result<(), Status>,
) -> Result<Reachable, Status> {
    let asked = asked.into();
    let found = find(context, caller, asked.app)?;
    let key = ResourceKey::new(asked.group, asked.kind, asked.namespace, asked.name);
    may(&found, &key)?;
    let tree = context.engine.tree(&found.name).await.map_err(error::engine)?;
    let is_it = |node: &ResourceNode| {
        let of = &node.resource_ref;
        (&*of.group, &*of.kind, &*of.namespace, &*of.name) == (asked.group, asked.kind, asked.namespace, asked.name)
            && !of.uid.is_empty()
    };
    let node = tree.nodes.into_iter().chain(tree.orphaned_nodes).find(is_it).ok_or_else(|| {
        Status::invalid_argument(format!(
            "{} {} {} not found as part of application {}",
            asked.kind, asked.group, asked.name, found.name.name
        ))
    })?;
    let reached = context.engine.reach(&found.app).await.map_err(error::engine)?;
    let version = if asked.version.is_empty() { &node.resource_ref.version } else { asked.version };
    let gvk = Gvk::new(asked.group, version, asked.kind);
    Ok(Reachable { found, reached, node, gvk, key })
}

/// The object as its cluster holds it. What a Secret holds is hidden.
pub(crate) async fn get(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourceRequest,
) -> Result<ApplicationResourceResponse, Status> {
    let (_, object) = read(context, caller, request).await?;
    Ok(ApplicationResourceResponse { manifest: Some(to_json(&object, false)) })
}

/// The object, and the application that it is of. What a Secret holds is hidden.
pub(crate) async fn read(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourceRequest,
) -> Result<(Found, Value), Status> {
    let Reachable { found, reached, gvk, key, .. } = reach(context, caller, request).await?;
    let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let object = object.ok_or_else(|| Status::not_found(format!("{} {:?} not found", key.kind, key.name)))?;
    Ok((found, visible(&object)))
}

/// Patches the object in its cluster.
pub(crate) async fn patch(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourcePatchRequest,
) -> Result<ApplicationResourceResponse, Status> {
    let may = |found: &Found, key: &ResourceKey| {
        let (update, app) = (action::UpdateResource(live(key)), found.object(context));
        caller.enforcer().permit_resource(update, app, is_inherited(context)).map(drop).map_err(|_| hidden())
    };
    let Reachable { found, reached, gvk, key, .. } = reach_if(context, caller, request, may).await?;
    let patch: Value = from_json(text(&request.patch).as_bytes())
        .map_err(|error| Status::invalid_argument(format!("the patch is no JSON: {error}")))?;
    let is_list = patch.as_array().is_some();
    match (text(&request.patch_type), is_list) {
        ("application/json-patch+json", true) | ("application/merge-patch+json", false) => {}
        ("application/json-patch+json", false) => {
            return Err(Status::invalid_argument("a JSON patch is a list of operations"));
        }
        ("application/merge-patch+json", true) => {
            return Err(Status::invalid_argument("a merge patch is an object"));
        }
        (other, _) => {
            return Err(Status::invalid_argument(format!(
                "patch type {other:?} is not supported: use application/merge-patch+json or application/json-patch+json"
            )));
        }
    }
    let object = reached.cluster.patch(&gvk, &key, &patch, false).await.map_err(error::cluster)?;
    let what = format!("patched resource {} '{}'", key.kind, key.name);
    context.tell(caller, found.about(), Done::Updated, &what).await;
    Ok(shown(&object))
}

/// Deletes the object in its cluster.
pub(crate) async fn delete(
    context: &Context,
    caller: &Caller,
    request: &ApplicationResourceDeleteRequest,
) -> Result<(), Status> {
    let may = |found: &Found, key: &ResourceKey| {
        let (delete, app) = (action::DeleteResource(live(key)), found.object(context));
        caller.enforcer().permit_resource(delete, app, is_inherited(context)).map(drop).map_err(|_| hidden())
    };
    let Reachable { found, reached, gvk, key, node } = reach_if(context, caller, request, may).await?;
    let options = DeleteOptions {
        propagation: match request.orphan.unwrap_or_default() {
            true => Propagation::Orphan,
            false => Propagation::Foreground,
        },
        force: request.force.unwrap_or_default(),
        uid: Some(node.resource_ref.uid).filter(|uid| !uid.is_empty()),
        dry_run: false,
    };
    reached.cluster.delete(&gvk, &key, &options).await.map_err(error::cluster)?;
    let what = format!("deleted resource {} '{}'", key.kind, key.name);
    context.tell(caller, found.about(), Done::Deleted, &what).await;
    Ok(())
}

fn live(key: &ResourceKey) -> action::LiveObject {
    action::LiveObject {
        group: key.group.to_string(),
        kind: key.kind.to_string(),
        namespace: key.namespace.to_string(),
        name: key.name.to_string(),
    }
}

/// Whether permissions over the whole application include its objects: not unless the setting says so.
fn is_inherited(context: &Context) -> bool {
    !switch(context, "server.rbac.disableApplicationFineGrainedRBACInheritance", true)
}

fn shown(object: &Object) -> ApplicationResourceResponse {
    ApplicationResourceResponse { manifest: Some(to_json(&visible(object), false)) }
}

/// What may be seen of an object.
fn visible(object: &Object) -> Value {
    let state = Some(object.value().clone());
    let [state] = if is_secret(object) { hide_digests([state]) } else { [state] };
    state.unwrap_or_default()
}

/// Requests that name an object as all do.
macro_rules! asked {
    ($($request:ident),* $(,)?) => {$(
        impl<'a> From<&'a $request> for Asked<'a> {
            fn from(request: &'a $request) -> Asked<'a> {
                Asked {
                    app: request.into(),
                    group: text(&request.group),
                    version: text(&request.version),
                    kind: text(&request.kind),
                    namespace: text(&request.namespace),
                    name: text(&request.resource_name),
                }
            }
        }
    )*};
}

asked! {
    ApplicationResourceDeleteRequest,
    ApplicationResourcePatchRequest,
    ApplicationResourceRequest,
    ResourceActionRunRequestV2,
}
