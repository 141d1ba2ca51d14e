//! What the control namespace says (settings, clusters, repositories), read once, and what follows from it for one application.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_kube::{ApiResource, Client, Discovery, Impersonate};
use bowline_base_value::Value;
use bowline_core_control::World;
use bowline_core_crd::{AppProject, Application, ApplicationDestination};
use bowline_core_ports::SourceError;
use bowline_core_project::{SyncTarget, service_account};
use bowline_core_types::{Gvk, Object, SecretKey, annotation};
use bowline_desired_git::{Access, GitRepositories, Settings};
use bowline_roles_app_controller::cluster_config;
use bowline_sync_apply::KubeCluster;

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource, failed};
use crate::random::random;

/// The ConfigMaps that configure the server.
const CONFIG_MAPS: [&str; 4] =
    ["argocd-cm", "argocd-cmd-params-cm", "argocd-ssh-known-hosts-cm", "argocd-tls-certs-cm"];

/// Git caches beside each other: a cache has one owner, and so many commands may run at once.
const CACHES: usize = 16;

/// A destination cluster.
pub struct Destination {
    /// The way to read it and to ask what a write would do; what Secrets hold never leaves it.
    pub cluster: KubeCluster,
    /// The same cluster as it is, for what is no object: logs, whole lists.
    pub client: Client,
    /// The key of its digests.
    pub secrets: SecretKey,
    /// What it serves.
    pub discovery: Arc<Discovery>,
    /// Its version, such as `v1.36.1`.
    pub version: String,
}

/// Settings, clusters and repositories. What cannot be read is told on standard error and left out.
pub async fn world(kube: &Kube, global: &Global) -> Result<Arc<World>, CliError> {
    let world = World::new(global.namespace.as_str());
    for name in CONFIG_MAPS {
        let Some(found) = kube.find(Resource::ConfigMaps, &global.namespace, name).await? else { continue };
        let data: BTreeMap<String, String> = found
            .get("data")
            .and_then(Value::as_object)
            .into_iter()
            .flat_map(|data| data.iter())
            .map(|(key, value)| (key.to_string(), value.as_str().unwrap_or_default().to_string()))
            .collect();
        for bad in world.put_config_map(name, Some(data)).into_iter().flatten() {
            files::warn(&format!("{}: {}: {}", bad.config_map, bad.key, bad.reason));
        }
    }
    let labels = format!("{} in (cluster,repository,repo-creds)", annotation::SECRET_TYPE);
    for raw in kube.list(Resource::Secrets, &global.namespace, &labels).await? {
        let told = Object::new(raw).map_err(|e| e.to_string()).and_then(|secret| {
            let name = secret.name().to_string();
            world.put_secret(&name, Some(&secret))
        });
        if let Err(reason) = told {
            files::warn(&reason);
        }
    }
    Ok(Arc::new(world))
}

/// Repositories, with whatever `access` says of each.
pub fn repositories(
    access: impl Fn(&str, &str) -> Result<Access, SourceError> + Clone + Send + Sync + 'static,
) -> Result<GitRepositories, CliError> {
    let base = crate::registry::cache();
    let mut last = None;
    for number in 0..CACHES {
        // Who runs a command may read what is theirs on this machine.
        let settings =
            Settings { local: true, ..Settings::new(base.join(format!("git-{number}")), std::env::vars_os()) };
        match GitRepositories::new(settings, access.clone()) {
            Ok(repositories) => return Ok(repositories),
            Err(error) => last = Some(error),
        }
    }
    let reason = last.map(|e| e.to_string()).unwrap_or_default();
    Err(CliError::failed(format!("the Git cache in {} cannot be used: {reason}", base.display()))
        .hint("$XDG_CACHE_HOME names another place"))
}

/// The cluster that an application deploys to.
pub async fn destination(
    kube: &Kube,
    world: &World,
    destination: &ApplicationDestination,
) -> Result<Destination, CliError> {
    let reference = world
        .destination(&destination.server, &destination.name)
        .map_err(|reason| CliError::failed(reason).hint("bowline cluster list shows the clusters that are known"))?;
    let client: Client = match &reference.secret {
        None => kube.client().clone(),
        Some(secret) => kube.beside(&cluster_config(secret).map_err(CliError::failed)?)?,
    };
    let discovery = Arc::new(Discovery::fetch(&client).await.map_err(failed)?);
    let version = crate::kube::version_of(&client).await?;
    let secrets = SecretKey::new(random()?);
    let cluster = KubeCluster::new(client.clone(), secrets.clone(), discovery.clone());
    Ok(Destination { cluster, client, secrets, discovery, version })
}

// === impl Destination ===

impl Destination {
    /// The cluster as the service account that the project names, where syncs impersonate; nothing where they do not. The error is a
    /// sentence: nobody is named who must be.
    pub fn acting(
        &self,
        world: &World,
        app: &Application,
        project: &AppProject,
    ) -> Result<Option<KubeCluster>, String> {
        let settings = world.settings();
        if !settings.impersonation {
            return Ok(None);
        }
        let to = &app.spec.destination;
        let reference = world.destination(&to.server, &to.name)?;
        let target =
            SyncTarget { server: &reference.server, namespace: &to.namespace, app_namespace: &app.metadata.namespace };
        let user =
            service_account(&project.spec, target, settings.impersonation_enforced).map_err(|e| e.to_string())?;
        let Some(user) = user else { return Ok(None) };
        let client = self.client.impersonate(&Impersonate { user, ..Impersonate::default() });
        Ok(Some(self.cluster.acting_as(client.map_err(|e| e.to_string())?)))
    }

    /// Where the objects of a kind stand in the API.
    pub fn resource(&self, gvk: &Gvk) -> Result<&ApiResource, CliError> {
        let found = self.discovery.resource(&gvk.group, &gvk.version, &gvk.kind);
        found.ok_or_else(|| CliError::failed(format!("the cluster does not serve the kind {gvk}")))
    }
}
