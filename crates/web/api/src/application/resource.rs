//! One object of an application: reading, patching and deleting it in its cluster.

use bowline_base_value::{Value, from_json, to_json};
use bowline_core_crd::ResourceNode;
use bowline_core_ports::{DeleteOptions, Propagation, Reached};
use bowline_core_rbac::action;
use bowline_core_types::{Gvk, ResourceKey};
use bowline_web_wire::application::{
    ApplicationResourceDeleteRequest, ApplicationResourcePatchRequest, ApplicationResourceRequest,
    ApplicationResourceResponse,
};
use bowline_web_wire::tonic::Status;

use super::find::{Found, Named, find, text};
use crate::caller::{Caller, masked};
use crate::setting::switch;
use crate::{Ground, error, events};

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

/// The object, which must be in the application's tree.
pub(crate) async fn reach(ground: &Ground, caller: &Caller, asked: Asked<'_>) -> Result<Reachable, Status> {
    let found = find(ground, caller, asked.app)?;
    let tree = ground.engine.tree(&found.name).await.map_err(error::engine)?;
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
    let reached = ground.engine.reach(&found.app).await.map_err(error::engine)?;
    let version = if asked.version.is_empty() { &node.resource_ref.version } else { asked.version };
    let gvk = Gvk::new(asked.group, version, asked.kind);
    let key = ResourceKey::new(asked.group, asked.kind, asked.namespace, asked.name);
    Ok(Reachable { found, reached, node, gvk, key })
}

/// The object as its cluster holds it. What a Secret holds is hidden.
pub(crate) async fn get(
    ground: &Ground,
    caller: &Caller,
    request: &ApplicationResourceRequest,
) -> Result<ApplicationResourceResponse, Status> {
    let Reachable { reached, gvk, key, .. } = reach(ground, caller, request.into()).await?;
    let object = reached.cluster.get(&gvk, &key.namespace, &key.name).await.map_err(error::cluster)?;
    let object = object.ok_or_else(|| Status::not_found(format!("{} {:?} not found", key.kind, key.name)))?;
    Ok(shown(object.value()))
}

/// Patches the object in its cluster.
pub(crate) async fn patch(
    ground: &Ground,
    caller: &Caller,
    request: &ApplicationResourcePatchRequest,
) -> Result<ApplicationResourceResponse, Status> {
    let asked = Asked {
        app: Named {
            name: text(&request.name),
            namespace: text(&request.app_namespace),
            project: text(&request.project),
        },
        group: text(&request.group),
        version: text(&request.version),
        kind: text(&request.kind),
        namespace: text(&request.namespace),
        name: text(&request.resource_name),
    };
    let Reachable { found, reached, gvk, key, .. } = reach(ground, caller, asked).await?;
    let _may = caller
        .enforcer()
        .permit_resource(action::UpdateResource(live(&key)), found.object(ground), is_inherited(ground))
        .map_err(|_| masked())?;
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
    events::of_application(
        ground,
        &found.app,
        events::Told {
            reason: "ResourceUpdated",
            message: format!("{} patched resource {} '{}'", caller.username(), key.kind, key.name),
        },
    )
    .await;
    Ok(shown(object.value()))
}

/// Deletes the object in its cluster.
pub(crate) async fn delete(
    ground: &Ground,
    caller: &Caller,
    request: &ApplicationResourceDeleteRequest,
) -> Result<(), Status> {
    let asked = Asked {
        app: Named {
            name: text(&request.name),
            namespace: text(&request.app_namespace),
            project: text(&request.project),
        },
        group: text(&request.group),
        version: text(&request.version),
        kind: text(&request.kind),
        namespace: text(&request.namespace),
        name: text(&request.resource_name),
    };
    let Reachable { found, reached, gvk, key, node } = reach(ground, caller, asked).await?;
    let _may = caller
        .enforcer()
        .permit_resource(action::DeleteResource(live(&key)), found.object(ground), is_inherited(ground))
        .map_err(|_| masked())?;
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
    events::of_application(
        ground,
        &found.app,
        events::Told {
            reason: "ResourceDeleted",
            message: format!("{} deleted resource {} '{}'", caller.username(), key.kind, key.name),
        },
    )
    .await;
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
fn is_inherited(ground: &Ground) -> bool {
    !switch(ground, "server.rbac.disableApplicationFineGrainedRBACInheritance", true)
}

fn shown(value: &Value) -> ApplicationResourceResponse {
    ApplicationResourceResponse { manifest: Some(to_json(&events::hide_digests(value), false)) }
}

impl<'a> From<&'a ApplicationResourceRequest> for Asked<'a> {
    fn from(request: &'a ApplicationResourceRequest) -> Asked<'a> {
        Asked {
            app: Named {
                name: text(&request.name),
                namespace: text(&request.app_namespace),
                project: text(&request.project),
            },
            group: text(&request.group),
            version: text(&request.version),
            kind: text(&request.kind),
            namespace: text(&request.namespace),
            name: text(&request.resource_name),
        }
    }
}
