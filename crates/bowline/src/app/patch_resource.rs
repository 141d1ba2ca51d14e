//! `bowline app patch-resource`.

use std::io::Write;

use bowline_base_kube::{Patch, WriteOptions};
use bowline_base_value::{Value, from_json, to_json};
use bowline_web_wire::application::ApplicationResourcePatchRequest;
use clap::Args;

use super::objects::{ObjectFlags, Way};
use super::reference::AppRef;
use crate::error::CliError;
use crate::global::Global;
use crate::kube::failed;

const TYPES: [&str; 3] =
    ["application/merge-patch+json", "application/json-patch+json", "application/strategic-merge-patch+json"];

/// `bowline app patch-resource`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app patch-resource shop --kind Deployment --resource-name web --patch '{\"spec\": {\"replicas\": 3}}'\n\nAn automated sync with self-heal undoes what Git does not say."
)]
pub struct PatchResourceArgs {
    #[command(flatten)]
    app: AppRef,
    #[command(flatten)]
    objects: ObjectFlags,
    /// The patch, as JSON
    #[arg(long, value_name = "JSON")]
    patch: String,
    /// Its type
    #[arg(long, default_value = TYPES[0], value_name = "TYPE", value_parser = TYPES)]
    patch_type: String,
}

/// Patches live objects of an application.
pub async fn run(global: &Global, args: PatchResourceArgs) -> Result<(), CliError> {
    let patch: Value = from_json(args.patch.as_bytes()).map_err(|e| CliError::usage(format!("--patch: {e}")))?;
    let chosen = args.objects.choose(global, &args.app, "patch").await?;
    let options = WriteOptions { field_manager: crate::kube::FIELD_MANAGER.to_string(), ..WriteOptions::default() };
    for (gvk, key) in &chosen.objects {
        match &chosen.way {
            Way::Core(destination) => {
                let resource = destination.resource(gvk)?;
                let patch = match args.patch_type.as_str() {
                    "application/json-patch+json" => Patch::Json(&patch),
                    "application/strategic-merge-patch+json" => Patch::Strategic(&patch),
                    _ => Patch::Merge(&patch),
                };
                let client = &destination.client;
                client.patch(resource, &key.namespace, &key.name, "", patch, &options).await.map_err(failed)?;
            }
            Way::Server(apps) => {
                let request = ApplicationResourcePatchRequest {
                    name: Some(chosen.app.metadata.name.clone()),
                    namespace: Some(key.namespace.to_string()),
                    resource_name: Some(key.name.to_string()),
                    version: Some(gvk.version.to_string()),
                    group: Some(key.group.to_string()),
                    kind: Some(key.kind.to_string()),
                    patch: Some(to_json(&patch, false)),
                    patch_type: Some(args.patch_type.clone()),
                    app_namespace: apps.namespace(&chosen.app.metadata.namespace),
                    project: Some(chosen.app.spec.project().to_string()),
                };
                let patched = apps.remote().applications().patch_resource(request).await;
                patched.map_err(|status| apps.remote().refused(&status))?;
            }
        }
        writeln!(std::io::stdout(), "Resource '{}' patched", key.name)?;
    }
    Ok(())
}
