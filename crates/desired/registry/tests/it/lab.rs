//! [`Lab`]: registries with Secrets of a test's own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bowline_base_egress::{Egress, Proxies, Reach, Url};
use bowline_base_task::Tasks;
use bowline_base_tree::Tree;
use bowline_base_value::Sensitive;
use bowline_core_ports::{Charts, Freshness, Place, ResolvedChart, SourceError};
use bowline_desired_registry::{Access, Credentials, Dependency, Limits, Registries, Repositories, Settings};

/// One test's registries, with a cache of their own.
pub struct Lab {
    pub registries: Registries,
    pub secrets: Secrets,
    pub folder: Arc<tempfile::TempDir>,
    _tasks: Tasks,
}

/// What Secrets say, by the beginning of a URL.
#[derive(Clone, Default)]
pub struct Secrets {
    known: Arc<Mutex<BTreeMap<String, Access>>>,
    /// What a chart may have.
    pub bytes: Arc<Mutex<Option<u64>>>,
}

impl Secrets {
    /// A Secret for URLs that begin so.
    pub fn put(&self, url: &str, credentials: Credentials) {
        self.known.lock().unwrap().insert(url.to_string(), Access { scope: String::new(), credentials });
    }

    fn of(&self, url: &str) -> Access {
        let known = self.known.lock().unwrap();
        known
            .iter()
            .filter(|(prefix, _)| url.starts_with(*prefix))
            .map(|(_, a)| a.clone())
            .next_back()
            .unwrap_or_default()
    }
}

impl Repositories for Secrets {
    fn access(&self, url: &str, project: &str) -> Result<Access, SourceError> {
        Ok(Access { scope: project.to_string(), ..self.of(url) })
    }

    fn trust(&self, _: &str) -> Option<String> {
        None
    }

    fn dependency(&self, repository: &str, _: &str) -> Result<Dependency, SourceError> {
        Ok(Dependency { url: repository.to_string(), access: self.of(repository), permitted: true })
    }

    fn limits(&self) -> Limits {
        let bytes = *self.bytes.lock().unwrap();
        Limits { chart_bytes: bytes.unwrap_or(1 << 30), ..Limits::default() }
    }
}

impl Lab {
    pub fn new() -> Lab {
        Lab::with(|_| {})
    }

    /// With other settings.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Lab {
        Lab::at(Arc::new(tempfile::tempdir().unwrap()), Secrets::default(), change, |_| Reach::Anywhere)
    }

    /// With an allow-list.
    pub fn allowing(allow: impl Fn(&Url) -> Reach + Send + Sync + 'static) -> Lab {
        Lab::at(Arc::new(tempfile::tempdir().unwrap()), Secrets::default(), |_| {}, allow)
    }

    /// With the Secrets of another lab and a cache of its own.
    pub fn with_secrets(secrets: &Secrets) -> Lab {
        Lab::at(Arc::new(tempfile::tempdir().unwrap()), secrets.clone(), |_| {}, |_| Reach::Anywhere)
    }

    /// Another process over the same cache.
    pub fn restarted(self) -> Lab {
        let Lab { registries, secrets, folder, _tasks } = self;
        drop(registries);
        Lab::at(folder, secrets, |_| {}, |_| Reach::Anywhere)
    }

    fn at(
        folder: Arc<tempfile::TempDir>,
        secrets: Secrets,
        change: impl FnOnce(&mut Settings),
        allow: impl Fn(&Url) -> Reach + Send + Sync + 'static,
    ) -> Lab {
        let tasks = Tasks::new();
        let egress = Egress::new(tasks.clone(), "bowline/test", allow);
        let mut settings = Settings::new(folder.path().join("registry"));
        change(&mut settings);
        let registries = Registries::new(settings, egress, Proxies::default(), secrets.clone()).unwrap();
        Lab { registries, secrets, folder, _tasks: tasks }
    }

    pub async fn resolve(
        &self,
        place: Place<'_>,
        revision: &str,
        freshness: Freshness,
    ) -> Result<ResolvedChart, String> {
        self.registries.resolve(place, revision, freshness).await.map_err(|e| e.to_string())
    }

    /// The revision for the status, and the tree.
    pub async fn fetch(&self, place: Place<'_>, revision: &str) -> Result<(String, Tree), String> {
        let resolved = self.resolve(place, revision, Freshness::Now).await?;
        let tree = self.registries.tree(place, &resolved).await.map_err(|e| e.to_string())?;
        Ok((resolved.revision, tree))
    }

    /// The revision, and what stands in a file.
    pub async fn read(&self, place: Place<'_>, revision: &str, path: &str) -> Result<String, String> {
        let (revision, tree) = self.fetch(place, revision).await?;
        Ok(format!("{revision}: {}", tree.read_text(path).map_err(|e| e.to_string())?))
    }
}

/// A chart for everybody.
pub fn place<'a>(url: &'a str, chart: &'a str) -> Place<'a> {
    Place { url, chart, project: "", pass_credentials: false }
}

pub fn basic(user: &str, password: &str) -> Credentials {
    Credentials {
        username: user.to_string(),
        password: Some(Sensitive::new(password.to_string())),
        ..Credentials::default()
    }
}
