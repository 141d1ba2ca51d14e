//! [`World`]: what the control namespace says, as it was told last.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bowline_core_crd::{AppProject, Application, ApplicationSet};
use bowline_core_settings::{
    BadKey, ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Map, RepositorySecret, ServerSecret, Settings,
};
use bowline_core_types::{AppName, Object, annotation};
use tokio::sync::watch;

use crate::store::Store;

/// Applications, projects, settings and Secrets. Readers get shared snapshots; nothing is copied.
pub struct World {
    namespace: String,
    apps: Arc<Store<Application>>,
    projects: Arc<Store<AppProject>>,
    application_sets: Arc<Store<ApplicationSet>>,
    inner: RwLock<Inner>,
    configured: watch::Sender<u64>,
}

#[derive(Default)]
struct Inner {
    config_maps: HashMap<String, Map>,
    settings: Arc<Settings>,
    clusters: BTreeMap<String, Arc<ClusterSecret>>,
    repositories: BTreeMap<String, RepositorySecret>,
    server_secret: Arc<ServerSecret>,
    /// The same, as readers want it.
    repository_list: Arc<Vec<RepositorySecret>>,
    /// Repositories that are written to, and credentials for them, by Secret.
    writable: BTreeMap<String, RepositorySecret>,
}

/// A destination cluster by its names.
#[derive(Clone, Debug)]
pub struct ClusterRef {
    /// URL.
    pub server: String,
    /// Name.
    pub name: String,
    /// The project that owns it, empty for all.
    pub project: String,
    /// How to reach it; `None` for the cluster that the server itself runs against.
    pub secret: Option<Arc<ClusterSecret>>,
}

// === impl World ===

impl World {
    /// Nothing is known yet of `namespace`, the control namespace.
    pub fn new(namespace: impl Into<String>) -> World {
        World::starting_at(namespace, 0)
    }

    /// The same, with changes of its stores numbered from `first` on: see [`Store::starting_at`].
    pub fn starting_at(namespace: impl Into<String>, first: u64) -> World {
        World {
            namespace: namespace.into(),
            apps: Arc::new(Store::starting_at(first)),
            projects: Arc::new(Store::starting_at(first)),
            application_sets: Arc::new(Store::starting_at(first)),
            inner: RwLock::default(),
            configured: watch::Sender::new(0),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The control namespace.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// All applications, of every namespace that they may stand in.
    pub fn applications(&self) -> &Arc<Store<Application>> {
        &self.apps
    }

    /// All projects.
    pub fn projects(&self) -> &Arc<Store<AppProject>> {
        &self.projects
    }

    /// All ApplicationSets.
    pub fn application_sets(&self) -> &Arc<Store<ApplicationSet>> {
        &self.application_sets
    }

    /// A number that grows with every change of settings, Secrets and projects: what was decided by them (a permission, a
    /// session) is decided anew.
    pub fn configured(&self) -> watch::Receiver<u64> {
        self.configured.subscribe()
    }

    /// Says that settings, Secrets or projects changed.
    pub(crate) fn reconfigured(&self) {
        self.configured.send_modify(|number| *number += 1);
    }

    /// One application.
    pub fn app(&self, name: &AppName) -> Option<Arc<Application>> {
        self.apps.get(name).map(|stored| stored.object.clone())
    }

    /// All applications.
    pub fn apps(&self) -> Vec<(AppName, Arc<Application>)> {
        self.apps.list().iter().map(|stored| (stored.name.clone(), stored.object.clone())).collect()
    }

    /// Takes in an application, unless a newer state of it is known. `true` where it is news.
    pub fn put_app(&self, app: Application) -> bool {
        self.apps.put(app)
    }

    /// Forgets an application.
    pub fn remove_app(&self, name: &AppName) {
        self.apps.remove(name);
    }

    /// A project of the control namespace.
    pub fn project(&self, name: &str) -> Option<Arc<AppProject>> {
        let name = AppName::new(self.namespace.as_str(), name);
        self.projects.get(&name).map(|stored| stored.object.clone())
    }

    /// Takes in a project.
    pub fn put_project(&self, project: AppProject) {
        if self.projects.put(project) {
            self.reconfigured();
        }
    }

    /// Forgets a project.
    pub fn remove_project(&self, name: &str) {
        self.projects.remove(&AppName::new(self.namespace.as_str(), name));
        self.reconfigured();
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.read().settings.clone()
    }

    /// A key of a ConfigMap, as text.
    pub fn config(&self, map: &str, key: &str) -> Option<String> {
        self.read().config_maps.get(map)?.get(key).cloned()
    }

    /// A whole ConfigMap; `None` where there is none.
    pub fn config_map(&self, map: &str) -> Option<Map> {
        self.read().config_maps.get(map).cloned()
    }

    /// The keys of a ConfigMap that begin with `prefix`.
    pub fn config_under(&self, map: &str, prefix: &str) -> BTreeMap<String, String> {
        let inner = self.read();
        let Some(map) = inner.config_maps.get(map) else { return BTreeMap::new() };
        map.range(prefix.to_string()..)
            .take_while(|(key, _)| key.starts_with(prefix))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    }

    /// Takes in a ConfigMap (nothing where it is gone), and says which keys cannot be used where anything changed: keys that
    /// are read by their prefix are not among the [`Settings`].
    pub fn put_config_map(&self, name: &str, data: Option<Map>) -> Option<Vec<BadKey>> {
        let mut inner = self.write();
        let same = inner.config_maps.get(name) == data.as_ref();
        match data {
            Some(data) => inner.config_maps.insert(name.to_string(), data),
            None => inner.config_maps.remove(name),
        };
        let none = Map::new();
        let of = |name: &str| inner.config_maps.get(name).unwrap_or(&none);
        let (settings, bad) = Settings::load(&inner.settings, of("argocd-cm"), of("argocd-cmd-params-cm"));
        if settings != *inner.settings {
            inner.settings = Arc::new(settings);
        }
        drop(inner);
        if !same {
            self.reconfigured();
        }
        (!same || !bad.is_empty()).then_some(bad)
    }

    /// Takes in a Secret that configures something (nothing where it is gone). `true` where it was a cluster.
    pub fn put_secret(&self, name: &str, secret: Option<&Object>) -> Result<bool, String> {
        let kind = secret.and_then(|s| s.label(annotation::SECRET_TYPE)).unwrap_or_default();
        let parsed = match kind {
            "cluster" => {
                let cluster = ClusterSecret::from_secret(secret.ok_or("no secret")?);
                Parsed::Cluster(Box::new(cluster.map_err(|e| e.to_string())?))
            }
            "repository" | "repo-creds" | "repository-write" | "repo-write-creds" => {
                let template = matches!(kind, "repo-creds" | "repo-write-creds");
                let repository = RepositorySecret::from_secret(secret.ok_or("no secret")?, template);
                let repository = repository.map_err(|e| e.to_string())?;
                match kind {
                    "repository" | "repo-creds" => Parsed::Repository(repository),
                    _ => Parsed::Writable(repository),
                }
            }
            _ => Parsed::Nothing,
        };
        let mut inner = self.write();
        let was_cluster = inner.clusters.remove(name).is_some();
        let was_repository = inner.repositories.remove(name).is_some();
        inner.writable.remove(name);
        let is_cluster = matches!(parsed, Parsed::Cluster(_));
        let is_repository = matches!(parsed, Parsed::Repository(_));
        match parsed {
            Parsed::Cluster(cluster) => {
                inner.clusters.insert(name.to_string(), Arc::from(cluster));
            }
            Parsed::Repository(repository) => {
                inner.repositories.insert(name.to_string(), repository);
            }
            Parsed::Writable(repository) => {
                inner.writable.insert(name.to_string(), repository);
            }
            Parsed::Nothing => {}
        }
        if was_repository || is_repository {
            inner.repository_list = Arc::new(inner.repositories.values().cloned().collect());
        }
        drop(inner);
        self.reconfigured();
        Ok(was_cluster || is_cluster)
    }

    /// What only the server itself may know.
    pub fn server_secret(&self) -> Arc<ServerSecret> {
        self.read().server_secret.clone()
    }

    /// Takes in `argocd-secret` (nothing where it is gone); one that cannot be read leaves what was good.
    pub fn put_server_secret(&self, secret: Option<&Object>) -> Result<(), String> {
        let read = secret.map(ServerSecret::from_secret).transpose().map_err(|e| e.to_string())?;
        self.write().server_secret = Arc::new(read.unwrap_or_default());
        self.reconfigured();
        Ok(())
    }

    /// The clusters that have a Secret, by the Secret's name.
    pub fn clusters(&self) -> Vec<(String, Arc<ClusterSecret>)> {
        self.read().clusters.iter().map(|(name, cluster)| (name.clone(), cluster.clone())).collect()
    }

    /// Repositories and credential templates.
    pub fn repositories(&self) -> Arc<Vec<RepositorySecret>> {
        self.read().repository_list.clone()
    }

    /// Repositories that are written to (rendered manifests go there), and credential templates for them.
    pub fn writable_repositories(&self) -> Arc<Vec<RepositorySecret>> {
        Arc::new(self.read().writable.values().cloned().collect())
    }

    /// The cluster that a destination names, by URL or by name; a sentence where there is none.
    pub fn destination(&self, server: &str, name: &str) -> Result<ClusterRef, String> {
        if !server.is_empty() && !name.is_empty() {
            return Err(format!("application destination can't have both name and server defined: {name} {server}"));
        }
        if server.is_empty() && name.is_empty() {
            return Err("Destination server missing from app spec".to_string());
        }
        let inner = self.read();
        let found: Vec<ClusterRef> = inner
            .clusters
            .values()
            .filter(|c| if name.is_empty() { c.server == server.trim_end_matches('/') } else { c.name == name })
            .map(|c| ClusterRef {
                server: c.server.clone(),
                name: c.name.clone(),
                project: c.project.clone(),
                secret: Some(c.clone()),
            })
            .collect();
        match &found[..] {
            [one] => return Ok(one.clone()),
            [] => {}
            several => {
                let urls: Vec<&str> = several.iter().map(|c| c.server.as_str()).collect();
                return Err(format!("there are {} clusters with the same name: [{}]", urls.len(), urls.join(" ")));
            }
        }
        let here = server.trim_end_matches('/') == IN_CLUSTER_SERVER || name == IN_CLUSTER_NAME;
        if here && inner.settings.in_cluster_enabled {
            return Ok(ClusterRef {
                server: IN_CLUSTER_SERVER.to_string(),
                name: IN_CLUSTER_NAME.to_string(),
                project: String::new(),
                secret: None,
            });
        }
        Err(match (here, name.is_empty()) {
            (true, _) => format!("cluster {IN_CLUSTER_SERVER:?} is disabled by cluster.inClusterEnabled in argocd-cm"),
            (false, true) => {
                format!("error getting cluster by server {server:?}: there is no cluster Secret with this server")
            }
            (false, false) => format!("there are no clusters with this name: {name}"),
        })
    }
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "World({}, {:?})", self.namespace, self.apps)
    }
}

enum Parsed {
    Cluster(Box<ClusterSecret>),
    Repository(RepositorySecret),
    Writable(RepositorySecret),
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "resource.customizations.ignoreDifferences.";

    #[test]
    fn a_key_that_is_read_by_its_prefix_is_news_too() {
        let world = World::new("argocd");
        let data = |text: &str| Some(Map::from([(format!("{}all", PREFIX), text.to_string())]));
        assert_eq!(world.put_config_map("argocd-cm", data("one")), Some(Vec::new()));
        assert_eq!(world.put_config_map("argocd-cm", data("one")), None, "nothing changed");
        assert_eq!(world.put_config_map("argocd-cm", data("two")), Some(Vec::new()));
        assert_eq!(world.put_config_map("argocd-cm", None), Some(Vec::new()));
    }

    #[test]
    fn destinations_are_found_by_url_or_name() {
        let world = World::new("argocd");
        assert_eq!(world.destination(IN_CLUSTER_SERVER, "").unwrap().name, "in-cluster");
        assert_eq!(world.destination("", "in-cluster").unwrap().server, IN_CLUSTER_SERVER);
        for (server, name, want) in [
            ("", "mars", "there are no clusters with this name: mars"),
            ("", "", "Destination server missing from app spec"),
            ("a", "b", "application destination can't have both name and server defined: b a"),
            (
                "https://x",
                "",
                "error getting cluster by server \"https://x\": there is no cluster Secret with this server",
            ),
        ] {
            assert_eq!(world.destination(server, name).unwrap_err(), want);
        }
    }

    #[test]
    fn a_bad_key_keeps_what_was_good() {
        let world = World::new("argocd");
        let map = |value: &str| Some(Map::from([("timeout.reconciliation".to_string(), value.to_string())]));
        assert_eq!(world.put_config_map("argocd-cm", map("30s")), Some(vec![]));
        assert_eq!(world.put_config_map("argocd-cm", map("30s")), None, "nothing changed");
        assert_eq!(world.put_config_map("argocd-cm", map("soon")).unwrap().len(), 1);
        assert_eq!(world.settings().reconciliation, std::time::Duration::from_secs(30));
    }
}
