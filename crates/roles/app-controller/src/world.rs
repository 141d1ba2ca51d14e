//! [`World`]: what the control namespace says, as it was told last.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bowline_core_crd::{AppProject, Application};
use bowline_core_settings::{
    BadKey, ClusterSecret, IN_CLUSTER_NAME, IN_CLUSTER_SERVER, Map, RepositorySecret, ServerSecret, Settings,
};
use bowline_core_types::{AppName, Object, annotation};

/// Applications, projects, settings and Secrets. Readers get shared snapshots; nothing is copied.
#[derive(Default)]
pub struct World {
    inner: RwLock<Inner>,
}

#[derive(Default)]
struct Inner {
    apps: HashMap<AppName, Arc<Application>>,
    projects: HashMap<String, Arc<AppProject>>,
    config_maps: HashMap<String, Map>,
    settings: Arc<Settings>,
    clusters: BTreeMap<String, Arc<ClusterSecret>>,
    repositories: BTreeMap<String, RepositorySecret>,
    server_secret: Arc<ServerSecret>,
    /// The same, as readers want it.
    repository_list: Arc<Vec<RepositorySecret>>,
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
    fn read(&self) -> RwLockReadGuard<'_, Inner> {
        self.inner.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Inner> {
        self.inner.write().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// One application.
    pub fn app(&self, name: &AppName) -> Option<Arc<Application>> {
        self.read().apps.get(name).cloned()
    }

    /// All applications.
    pub fn apps(&self) -> Vec<(AppName, Arc<Application>)> {
        self.read().apps.iter().map(|(name, app)| (name.clone(), app.clone())).collect()
    }

    /// Takes in an application, unless a newer state of it is known. `true` where it is news.
    pub fn put_app(&self, app: Application) -> bool {
        let name = AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
        let mut inner = self.write();
        let version = |app: &Application| app.metadata.resource_version.parse::<u64>().unwrap_or(0);
        if let Some(known) = inner.apps.get(&name)
            && known.metadata.uid == app.metadata.uid
            && version(known) >= version(&app)
        {
            return false;
        }
        inner.apps.insert(name, Arc::new(app));
        true
    }

    /// Forgets an application.
    pub fn remove_app(&self, name: &AppName) {
        self.write().apps.remove(name);
    }

    /// A project of the control namespace.
    pub fn project(&self, name: &str) -> Option<Arc<AppProject>> {
        self.read().projects.get(name).cloned()
    }

    /// Takes in a project.
    pub fn put_project(&self, project: AppProject) {
        self.write().projects.insert(project.metadata.name.clone(), Arc::new(project));
    }

    /// Forgets a project.
    pub fn remove_project(&self, name: &str) {
        self.write().projects.remove(name);
    }

    /// The settings in force.
    pub fn settings(&self) -> Arc<Settings> {
        self.read().settings.clone()
    }

    /// A key of a ConfigMap, as text.
    pub fn config(&self, map: &str, key: &str) -> Option<String> {
        self.read().config_maps.get(map)?.get(key).cloned()
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
            "repository" | "repo-creds" => {
                let template = kind == "repo-creds";
                let repository = RepositorySecret::from_secret(secret.ok_or("no secret")?, template);
                Parsed::Repository(repository.map_err(|e| e.to_string())?)
            }
            _ => Parsed::Nothing,
        };
        let mut inner = self.write();
        let was_cluster = inner.clusters.remove(name).is_some();
        let was_repository = inner.repositories.remove(name).is_some();
        let is_cluster = matches!(parsed, Parsed::Cluster(_));
        let is_repository = matches!(parsed, Parsed::Repository(_));
        match parsed {
            Parsed::Cluster(cluster) => {
                inner.clusters.insert(name.to_string(), Arc::from(cluster));
            }
            Parsed::Repository(repository) => {
                inner.repositories.insert(name.to_string(), repository);
            }
            Parsed::Nothing => {}
        }
        if was_repository || is_repository {
            inner.repository_list = Arc::new(inner.repositories.values().cloned().collect());
        }
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
        Ok(())
    }

    /// Repositories and credential templates.
    pub fn repositories(&self) -> Arc<Vec<RepositorySecret>> {
        self.read().repository_list.clone()
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

enum Parsed {
    Cluster(Box<ClusterSecret>),
    Repository(RepositorySecret),
    Nothing,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app(version: &str, uid: &str) -> Application {
        let mut app = Application::new("argocd", "a");
        app.metadata.resource_version = version.into();
        app.metadata.uid = uid.into();
        app
    }

    #[test]
    fn an_older_state_is_no_news() {
        let world = World::default();
        assert!(world.put_app(app("5", "u")));
        assert!(!world.put_app(app("5", "u")), "our own write comes back");
        assert!(!world.put_app(app("4", "u")));
        assert!(world.put_app(app("12", "u")), "versions are numbers");
        assert!(world.put_app(app("3", "another")), "it was made anew");
    }

    #[test]
    fn a_key_that_is_read_by_its_prefix_is_news_too() {
        let world = World::default();
        let data = |text: &str| Some(Map::from([(format!("{}all", crate::rules::PREFIX), text.to_string())]));
        assert_eq!(world.put_config_map("argocd-cm", data("one")), Some(Vec::new()));
        assert_eq!(world.put_config_map("argocd-cm", data("one")), None, "nothing changed");
        assert_eq!(world.put_config_map("argocd-cm", data("two")), Some(Vec::new()));
        assert_eq!(world.put_config_map("argocd-cm", None), Some(Vec::new()));
    }

    #[test]
    fn destinations_are_found_by_url_or_name() {
        let world = World::default();
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
        let world = World::default();
        let map = |value: &str| Some(Map::from([("timeout.reconciliation".to_string(), value.to_string())]));
        assert_eq!(world.put_config_map("argocd-cm", map("30s")), Some(vec![]));
        assert_eq!(world.put_config_map("argocd-cm", map("30s")), None, "nothing changed");
        assert_eq!(world.put_config_map("argocd-cm", map("soon")).unwrap().len(), 1);
        assert_eq!(world.settings().reconciliation, std::time::Duration::from_secs(30));
    }
}
