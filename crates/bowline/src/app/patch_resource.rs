//! `bowline app patch-resource`.

use std::io::Write;

use bowline_base_kube::{Patch, WriteOptions};
use bowline_base_value::{Value, from_json};
use clap::Args;

use super::AppRef;
use super::objects::ObjectFlags;
use crate::cli::Global;
use crate::error::CliError;
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
        let resource = chosen.destination.resource(gvk)?;
        let patch = match args.patch_type.as_str() {
            "application/json-patch+json" => Patch::Json(&patch),
            "application/strategic-merge-patch+json" => Patch::Strategic(&patch),
            _ => Patch::Merge(&patch),
        };
        let client = &chosen.destination.client;
        client.patch(resource, &key.namespace, &key.name, "", patch, &options).await.map_err(failed)?;
        writeln!(std::io::stdout(), "Resource '{}' patched", key.name)?;
    }
    Ok(())
}
