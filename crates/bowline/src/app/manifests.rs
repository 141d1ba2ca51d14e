//! `bowline app manifests`.

use bowline_base_value::Value;
use bowline_core_crd::Application;
use bowline_core_ports::Cluster;
use bowline_core_types::{Gvk, Object, digest_secret, is_skipped};
use clap::{Args, ValueEnum};

use super::reference::AppRef;
use super::served;
use super::store::{Apps, CoreApps};
use super::target::{TargetFlags, target};
use crate::control;
use crate::error::CliError;
use crate::global::Global;
use crate::output::{self, Output};

/// `bowline app manifests`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app manifests shop\n  bowline app manifests shop --revision v2\n  bowline app manifests shop --source live\n  bowline app manifests shop --local ./deploy\n\nWhat Secrets hold is shown as digests.\n\nExit codes: 0 printed, 20 it cannot be."
)]
pub struct ManifestsArgs {
    #[command(flatten)]
    app: AppRef,
    /// What Git says, or what the cluster holds
    #[arg(long, value_enum, default_value = "git")]
    source: From,
    #[command(flatten)]
    target: TargetFlags,
    /// Output format
    #[arg(short, long, value_enum, default_value = "yaml")]
    output: Output,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum From {
    /// What Git says.
    Git,
    /// What the cluster holds.
    Live,
}

/// Prints manifests.
pub async fn run(global: &Global, args: ManifestsArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let objects = match (&apps, args.source) {
        (_, From::Git) => objects_of(global, &apps, &app, &args.target, Secrets::Hidden).await?,
        (Apps::Core(apps), From::Live) => live(global, apps, &app).await?,
        (Apps::Server(apps), From::Live) => {
            let managed = served::managed(apps, &app).await?;
            let live = managed.iter().filter(|item| !item.hook).map(|item| served::object(&item.live_state));
            let live: Result<Vec<Value>, CliError> = live.collect();
            live?.into_iter().filter(|object| !object.is_null()).collect()
        }
    };
    output::manifests(&mut std::io::stdout(), &objects, args.output)?;
    Ok(())
}

/// Whether what Secrets hold is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Secrets {
    /// As digests.
    Hidden,
    /// As it is, to be written into a cluster. A server does not tell it.
    Plain,
}

/// What the application should hold.
pub async fn objects_of(
    global: &Global,
    apps: &Apps,
    app: &Application,
    flags: &TargetFlags,
    secrets: Secrets,
) -> Result<Vec<Value>, CliError> {
    let apps = match apps {
        Apps::Core(apps) => apps,
        Apps::Server(apps) => {
            let objects = served::manifests(apps, app, flags).await?;
            let secret = objects.iter().find(|object| object.str_at(&["kind"]) == Some("Secret"));
            return match secret.filter(|_| secrets == Secrets::Plain) {
                Some(secret) => Err(CliError::failed(format!(
                    "Secret '{}': the server does not tell what it would hold, so it cannot be synced from here",
                    secret.str_at(&["metadata", "name"]).unwrap_or_default()
                ))
                .hint("commit it: what Git has is rendered by the server itself")),
                None => Ok(objects),
            };
        }
    };
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let mut objects = target(global, &world, app, &destination, flags).await?.objects;
    objects.retain(|object| !is_skipped(object));
    if secrets == Secrets::Hidden {
        objects.iter_mut().for_each(|object| digest_secret(object, &destination.secrets));
    }
    Ok(objects.into_iter().map(Object::into_value).collect())
}

async fn live(global: &Global, apps: &CoreApps, app: &Application) -> Result<Vec<Value>, CliError> {
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let mut objects = Vec::new();
    for r in &app.status.resources {
        let gvk = Gvk::new(r.group.as_str(), r.version.as_str(), r.kind.as_str());
        let live = destination.cluster.get(&gvk, &r.namespace, &r.name).await;
        objects.extend(live.map_err(|e| CliError::failed(format!("{} {}: {e}", r.kind, r.name)))?);
    }
    Ok(objects.into_iter().map(Object::into_value).collect())
}
