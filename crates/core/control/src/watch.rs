//! The watches of the control namespace: they keep the [`World`] current and tell what changed.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_base_kube::{ApiResource, Client, Event, Watch, WatchOptions};
use bowline_base_task::Pending;
use bowline_base_value::Value;
use bowline_core_crd::{AppProject, Application, ApplicationSet};
use bowline_core_settings::{Map, Settings};
use bowline_core_types::{AppName, Object, annotation};
use serde_json::Value as Json;

use crate::world::World;

/// The control namespace: where it is, what is known of it, and who is told of changes.
pub struct Control {
    /// The way to the cluster.
    pub client: Client,
    /// What is kept current. Its namespace is the one that is watched.
    pub world: Arc<World>,
    /// Is told of each change, once the [`World`] knows it.
    pub told: Box<dyn Fn(Change<'_>) + Send + Sync>,
}

/// What changed.
#[derive(Debug)]
pub enum Change<'a> {
    /// An application was made or changed.
    Application(&'a AppName),
    /// An application is gone.
    ApplicationGone(&'a AppName),
    /// A project was made, changed or is gone.
    Project(&'a str),
    /// An ApplicationSet was made, changed or is gone.
    ApplicationSet(&'a AppName),
    /// A ConfigMap was made, changed or is gone.
    ConfigMap {
        /// The settings before.
        before: &'a Settings,
        /// The settings in force.
        now: &'a Settings,
    },
    /// The Secret of a cluster was made, changed or is gone.
    Cluster,
    /// The Secret of a repository, or of credentials, was made, changed or is gone.
    Repository,
}

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Applications.
    Applications,
    /// Projects.
    Projects,
    /// ApplicationSets.
    ApplicationSets,
    /// Settings.
    ConfigMaps,
    /// Clusters, repositories, credentials.
    Secrets,
    /// What only the server itself may know.
    ServerSecret,
}

// === impl Watched ===

impl Watched {
    /// All of them, settings before what is read with them.
    pub const ALL: [Watched; 6] = [
        Watched::ConfigMaps,
        Watched::ServerSecret,
        Watched::Secrets,
        Watched::Projects,
        Watched::Applications,
        Watched::ApplicationSets,
    ];

    /// Whether they may stand in other namespaces than the control namespace.
    fn is_anywhere(self, world: &World) -> bool {
        matches!(self, Watched::Applications | Watched::ApplicationSets)
            && !world.settings().application_namespaces.is_empty()
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Watched::Applications => "applications",
            Watched::Projects => "projects",
            Watched::ApplicationSets => "application sets",
            Watched::ConfigMaps => "settings",
            Watched::Secrets => "clusters and repositories",
            Watched::ServerSecret => "the server's own secret",
        }
    }

    fn resource(self) -> ApiResource {
        match self {
            Watched::Applications => crate::applications(),
            Watched::Projects => crate::projects(),
            Watched::ApplicationSets => crate::application_sets(),
            Watched::ConfigMaps => ApiResource::new("", "v1", "ConfigMap", "configmaps", true),
            Watched::Secrets | Watched::ServerSecret => ApiResource::new("", "v1", "Secret", "secrets", true),
        }
    }
}

/// Keeps one kind current until it is dropped. `pending` is let go when all objects were seen once.
pub async fn watch(control: Arc<Control>, what: Watched, pending: Pending) {
    let mut pending = Some(pending);
    // Kept when the watch is made anew for other namespaces: what is not listed any more is not ours any more.
    let mut known: HashSet<(String, String)> = HashSet::new();
    loop {
        let everywhere = what.is_anywhere(&control.world);
        let namespace = if everywhere { "" } else { control.world.namespace() };
        let options = WatchOptions {
            labels: if what == Watched::Secrets { annotation::SECRET_TYPE.to_string() } else { String::new() },
            fields: match what {
                Watched::ServerSecret => "metadata.name=argocd-secret".to_string(),
                _ => String::new(),
            },
            skip_managed_fields: true,
            ..WatchOptions::default()
        };
        let mut watch = Watch::new(&control.client, &what.resource(), namespace, options);
        let mut listed: HashSet<(String, String)> = HashSet::new();
        let name = |value: &Value| {
            let text = |field| value.str_at(&["metadata", field]).unwrap_or_default().to_string();
            (text("namespace"), text("name"))
        };
        loop {
            match watch.next().await {
                Event::Listing => listed.clear(),
                Event::Listed(items) => {
                    for item in items {
                        listed.insert(name(&item));
                        known.insert(name(&item));
                        applied(&control, what, item);
                    }
                }
                Event::Complete => {
                    for gone in known.difference(&listed) {
                        deleted(&control, what, gone);
                    }
                    known.clone_from(&listed);
                    pending.take();
                }
                Event::Applied(item) => {
                    known.insert(name(&item));
                    applied(&control, what, item);
                }
                Event::Deleted(item) => {
                    known.remove(&name(&item));
                    deleted(&control, what, &name(&item));
                }
                Event::Resumed => {}
                Event::Failed { error, wait } => {
                    tracing::warn!(%error, retry_in = ?wait, "cannot watch {}", what.name());
                }
            }
            if what.is_anywhere(&control.world) != everywhere {
                break;
            }
        }
    }
}

fn applied(control: &Control, what: Watched, item: Value) {
    let name = item.str_at(&["metadata", "name"]).unwrap_or_default().to_string();
    let (world, tell) = (&control.world, &control.told);
    match what {
        Watched::Applications => match serde_json::from_value::<Application>(Json::from(&item)) {
            Ok(app) if is_ours(world, &app.metadata.namespace) => {
                let name = AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
                if world.put_app(app) {
                    tell(Change::Application(&name));
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(application = name, %error, "an Application cannot be read"),
        },
        Watched::ApplicationSets => match serde_json::from_value::<ApplicationSet>(Json::from(&item)) {
            Ok(set) if is_ours(world, &set.metadata.namespace) => {
                let name = AppName::new(set.metadata.namespace.as_str(), set.metadata.name.as_str());
                if world.application_sets().put(set) {
                    tell(Change::ApplicationSet(&name));
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(application_set = name, %error, "an ApplicationSet cannot be read"),
        },
        Watched::Projects => match serde_json::from_value::<AppProject>(Json::from(&item)) {
            Ok(project) => {
                world.put_project(project);
                tell(Change::Project(&name));
            }
            Err(error) => tracing::error!(project = name, %error, "a project cannot be read"),
        },
        Watched::ConfigMaps => {
            let data = item.get("data").and_then(Value::as_object).map(|map| {
                map.iter().map(|(k, v)| (k.to_string(), v.as_str().unwrap_or_default().to_string())).collect()
            });
            settings_changed(control, &name, Some(data.unwrap_or_default()));
        }
        Watched::ServerSecret => {
            let read = Object::new(item).map_err(|e| e.to_string());
            if let Err(error) = read.and_then(|secret| world.put_server_secret(Some(&secret))) {
                tracing::error!(secret = name, error, "a Secret cannot be read; what was read before stays");
            }
        }
        Watched::Secrets => match Object::new(item) {
            Ok(secret) => secret_changed(control, &name, Some(&secret)),
            Err(error) => tracing::error!(secret = name, %error, "a Secret cannot be read"),
        },
    }
}

fn deleted(control: &Control, what: Watched, (namespace, name): &(String, String)) {
    let (world, tell) = (&control.world, &control.told);
    match what {
        Watched::Applications => {
            let name = AppName::new(namespace.as_str(), name.as_str());
            world.remove_app(&name);
            tell(Change::ApplicationGone(&name));
        }
        Watched::ApplicationSets => {
            let name = AppName::new(namespace.as_str(), name.as_str());
            world.application_sets().remove(&name);
            tell(Change::ApplicationSet(&name));
        }
        Watched::Projects => {
            world.remove_project(name);
            tell(Change::Project(name));
        }
        Watched::ConfigMaps => settings_changed(control, name, None),
        Watched::Secrets => secret_changed(control, name, None),
        Watched::ServerSecret => {
            // Taking nothing in cannot fail.
            let _ = world.put_server_secret(None);
        }
    }
}

fn settings_changed(control: &Control, name: &str, data: Option<Map>) {
    let before = control.world.settings();
    let Some(bad) = control.world.put_config_map(name, data) else { return };
    for key in bad {
        tracing::error!(
            config_map = key.config_map,
            key = key.key,
            reason = key.reason,
            "a setting cannot be used; the last good value stays"
        );
    }
    (control.told)(Change::ConfigMap { before: &before, now: &control.world.settings() });
}

fn secret_changed(control: &Control, name: &str, secret: Option<&Object>) {
    match control.world.put_secret(name, secret) {
        Ok(true) => (control.told)(Change::Cluster),
        Ok(false) => (control.told)(Change::Repository),
        Err(error) => tracing::error!(secret = name, %error, "a Secret cannot be used"),
    }
}

/// Whether Applications of a namespace are ours.
fn is_ours(world: &World, namespace: &str) -> bool {
    namespace == world.namespace()
        || world
            .settings()
            .application_namespaces
            .iter()
            .any(|pattern| Glob::new(pattern, &[]).is_ok_and(|glob| glob.matches(namespace)))
}
