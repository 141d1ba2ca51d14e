//! The watches of the control namespace: they keep the [`World`](crate::world::World) current and queue what changed.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_base_glob::Glob;
use bowline_base_kube::{ApiResource, Event, Watch, WatchOptions};
use bowline_base_task::Pending;
use bowline_base_value::Value;
use bowline_core_crd::{AppProject, Application};
use bowline_core_types::{AppName, Object, annotation};
use serde_json::Value as Json;

use crate::Shared;

/// What is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Applications.
    Applications,
    /// Projects.
    Projects,
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
    pub const ALL: [Watched; 5] =
        [Watched::ConfigMaps, Watched::ServerSecret, Watched::Secrets, Watched::Projects, Watched::Applications];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Watched::Applications => "applications",
            Watched::Projects => "projects",
            Watched::ConfigMaps => "settings",
            Watched::Secrets => "clusters and repositories",
            Watched::ServerSecret => "the server's own secret",
        }
    }

    fn resource(self) -> ApiResource {
        match self {
            Watched::Applications => crate::applications(),
            Watched::Projects => crate::projects(),
            Watched::ConfigMaps => ApiResource::new("", "v1", "ConfigMap", "configmaps", true),
            Watched::Secrets | Watched::ServerSecret => ApiResource::new("", "v1", "Secret", "secrets", true),
        }
    }
}

/// Keeps one kind current until it is dropped. `pending` is let go when all objects were seen once.
pub async fn watch(shared: Arc<Shared>, what: Watched, pending: Pending) {
    let mut pending = Some(pending);
    loop {
        let everywhere = what == Watched::Applications && !shared.world.settings().application_namespaces.is_empty();
        let namespace = if everywhere { "" } else { shared.config.namespace.as_str() };
        let options = WatchOptions {
            labels: if what == Watched::Secrets { annotation::SECRET_TYPE.to_string() } else { String::new() },
            fields: match what {
                Watched::ServerSecret => "metadata.name=argocd-secret".to_string(),
                _ => String::new(),
            },
            skip_managed_fields: true,
            ..WatchOptions::default()
        };
        let mut watch = Watch::new(&shared.client, &what.resource(), namespace, options);
        let mut known: HashSet<(String, String)> = HashSet::new();
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
                        applied(&shared, what, item);
                    }
                }
                Event::Complete => {
                    for gone in known.difference(&listed) {
                        deleted(&shared, what, gone);
                    }
                    known.clone_from(&listed);
                    pending.take();
                }
                Event::Applied(item) => {
                    known.insert(name(&item));
                    applied(&shared, what, item);
                }
                Event::Deleted(item) => {
                    known.remove(&name(&item));
                    deleted(&shared, what, &name(&item));
                }
                Event::Resumed => {}
                Event::Failed { error, wait } => {
                    tracing::warn!(%error, retry_in = ?wait, "cannot watch {}", what.name());
                }
            }
            let now_everywhere =
                what == Watched::Applications && !shared.world.settings().application_namespaces.is_empty();
            if now_everywhere != everywhere {
                break;
            }
        }
    }
}

fn applied(shared: &Arc<Shared>, what: Watched, item: Value) {
    let name = item.str_at(&["metadata", "name"]).unwrap_or_default().to_string();
    match what {
        Watched::Applications => match serde_json::from_value::<Application>(Json::from(&item)) {
            Ok(app) if reconciles(shared, &app.metadata.namespace) => {
                let name = AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
                if shared.world.put_app(app) {
                    shared.queue.add(name);
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(application = name, %error, "an Application cannot be read"),
        },
        Watched::Projects => match serde_json::from_value::<AppProject>(Json::from(&item)) {
            Ok(project) => {
                shared.world.put_project(project);
                queue_where(shared, |app| app.spec.project() == name);
            }
            Err(error) => tracing::error!(project = name, %error, "a project cannot be read"),
        },
        Watched::ConfigMaps => {
            let data = item.get("data").and_then(Value::as_object).map(|map| {
                map.iter().map(|(k, v)| (k.to_string(), v.as_str().unwrap_or_default().to_string())).collect()
            });
            settings_changed(shared, &name, Some(data.unwrap_or_default()));
        }
        Watched::ServerSecret => {
            let read = Object::new(item).map_err(|e| e.to_string());
            if let Err(error) = read.and_then(|secret| shared.world.put_server_secret(Some(&secret))) {
                tracing::error!(secret = name, error, "a Secret cannot be read; what was read before stays");
            }
        }
        Watched::Secrets => match Object::new(item) {
            Ok(secret) => secret_changed(shared, &name, Some(&secret)),
            Err(error) => tracing::error!(secret = name, %error, "a Secret cannot be read"),
        },
    }
}

fn deleted(shared: &Arc<Shared>, what: Watched, (namespace, name): &(String, String)) {
    match what {
        Watched::Applications => {
            let name = AppName::new(namespace.as_str(), name.as_str());
            shared.world.remove_app(&name);
            shared.forget(&name);
        }
        Watched::Projects => {
            shared.world.remove_project(name);
            queue_where(shared, |app| app.spec.project() == name);
        }
        Watched::ConfigMaps => settings_changed(shared, name, None),
        Watched::Secrets => secret_changed(shared, name, None),
        Watched::ServerSecret => {
            // Taking nothing in cannot fail.
            let _ = shared.world.put_server_secret(None);
        }
    }
}

fn settings_changed(shared: &Arc<Shared>, name: &str, data: Option<bowline_core_settings::Map>) {
    let before = shared.world.settings();
    let unread: Vec<String> = data.iter().flat_map(unread_customizations).map(str::to_string).collect();
    let Some(bad) = shared.world.put_config_map(name, data) else { return };
    for key in bad {
        tracing::error!(
            config_map = key.config_map,
            key = key.key,
            reason = key.reason,
            "a setting cannot be used; the last good value stays"
        );
    }
    for key in unread {
        tracing::warn!(config_map = name, key, "this setting is not built yet and changes nothing");
    }
    let now = shared.world.settings();
    let caches = before.instance_id() != now.instance_id()
        || before.resource_exclusions != now.resource_exclusions
        || before.resource_inclusions != now.resource_inclusions;
    if caches {
        shared.clusters.forget_all();
    }
    queue_where(shared, |_| true);
}

/// The customizations of kinds that nothing here reads yet (health scripts, actions, known types): they are named.
fn unread_customizations(data: &bowline_core_settings::Map) -> impl Iterator<Item = &str> {
    let keys = data.keys().map(String::as_str);
    keys.filter(|key| key.starts_with("resource.customizations") && !key.starts_with(crate::rules::PREFIX))
}

fn secret_changed(shared: &Arc<Shared>, name: &str, secret: Option<&Object>) {
    match shared.world.put_secret(name, secret) {
        Ok(cluster) => {
            if cluster {
                shared.clusters.forget(|known| {
                    let now = shared.world.destination(&known.server, "");
                    now.is_ok_and(|now| now.secret == known.secret)
                });
            }
            queue_where(shared, |_| true);
        }
        Err(error) => tracing::error!(secret = name, %error, "a Secret cannot be used"),
    }
}

fn queue_where(shared: &Shared, which: impl Fn(&Application) -> bool) {
    for (name, app) in shared.world.apps() {
        if which(&app) {
            shared.queue.add(name);
        }
    }
}

/// Whether Applications of a namespace are ours.
fn reconciles(shared: &Shared, namespace: &str) -> bool {
    namespace == shared.config.namespace
        || shared
            .world
            .settings()
            .application_namespaces
            .iter()
            .any(|pattern| Glob::new(pattern, &[]).is_ok_and(|glob| glob.matches(namespace)))
}

#[cfg(test)]
mod tests {
    #[test]
    fn customizations_that_nothing_reads_are_named() {
        let key = |rest: &str| (format!("resource.customizations{rest}"), String::new());
        let data = [key(""), key(".health.a.io_B"), key(".ignoreDifferences.all"), ("url".to_string(), String::new())];
        let named: Vec<_> = super::unread_customizations(&data.into()).map(str::to_string).collect();
        assert_eq!(named, ["resource.customizations", "resource.customizations.health.a.io_B"]);
    }
}
