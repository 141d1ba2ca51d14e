//! [`AppSets`]: the application sets, at a server or in a cluster.

use std::time::Duration;

use bowline_base_value::Value;
use bowline_core_crd::{Application, ApplicationSet, ApplicationSetConditionType, patch};
use bowline_web_wire::applicationset::{
    ApplicationSetCreateRequest, ApplicationSetDeleteRequest, ApplicationSetGenerateRequest, ApplicationSetGetQuery,
    ApplicationSetListQuery,
};
use bowline_web_wire::tonic::Code;

use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Resource, Selector, from_raw, to_raw};
use crate::link::Link;

/// How often a wait looks.
const PAUSE: Duration = Duration::from_millis(500);
/// How long a wait lasts at most.
const PATIENCE: Duration = Duration::from_secs(600);

/// The application sets.
pub struct AppSets {
    link: Link,
    home: String,
}

// === impl AppSets ===

impl AppSets {
    /// The application sets where the flags and the current login lead to.
    pub async fn connect(global: &Global) -> Result<AppSets, CliError> {
        Ok(AppSets { link: Link::connect(global).await?, home: global.namespace.clone() })
    }

    /// Namespace and name of one that is given as `name` or `namespace/name`.
    fn resolve<'a>(&'a self, name: &'a str) -> (&'a str, &'a str) {
        name.split_once('/').unwrap_or((&self.home, name))
    }

    /// A namespace as requests name it: not at all where it is the server's own.
    fn asked(&self, namespace: &str) -> String {
        if namespace == self.home { String::new() } else { namespace.to_string() }
    }

    /// One that must be there.
    pub async fn get(&self, name: &str) -> Result<ApplicationSet, CliError> {
        let (namespace, name) = self.resolve(name);
        match &self.link {
            Link::Core(kube) => typed(&kube.get(Resource::ApplicationSets, namespace, name).await?),
            Link::Server(remote) => {
                let query = ApplicationSetGetQuery { name: name.to_string(), appset_namespace: self.asked(namespace) };
                Ok(told(remote.call(async || remote.application_sets().get(query.clone()).await).await?))
            }
        }
    }

    /// All with these labels, by name.
    pub async fn list(
        &self,
        namespace: Option<&str>,
        selector: Option<&Selector>,
    ) -> Result<Vec<ApplicationSet>, CliError> {
        let labels = selector.map_or("", Selector::as_str);
        let namespace = namespace.unwrap_or(&self.home);
        match &self.link {
            Link::Core(kube) => {
                kube.list(Resource::ApplicationSets, namespace, labels).await?.iter().map(typed).collect()
            }
            Link::Server(remote) => {
                let query = ApplicationSetListQuery {
                    selector: labels.to_string(),
                    appset_namespace: self.asked(namespace),
                    ..ApplicationSetListQuery::default()
                };
                let list = remote.call(async || remote.application_sets().list(query.clone()).await).await?;
                let mut items: Vec<ApplicationSet> = list.items.into_iter().map(told).collect();
                items.sort_by(|a, b| a.metadata.name.cmp(&b.metadata.name));
                Ok(items)
            }
        }
    }

    /// Makes one, or with `upsert` changes the one that is there; gives it and the word for what was done.
    pub async fn create(
        &self,
        set: &ApplicationSet,
        upsert: bool,
        dry_run: bool,
    ) -> Result<(ApplicationSet, &'static str), CliError> {
        let name = set.metadata.name.clone();
        let namespace = match set.metadata.namespace.as_str() {
            "" => self.home.clone(),
            namespace => namespace.to_string(),
        };
        let mut set = set.clone();
        let kube = match &self.link {
            Link::Core(kube) => kube,
            Link::Server(remote) => {
                let query = ApplicationSetGetQuery { name: name.clone(), appset_namespace: self.asked(&namespace) };
                let before = remote.try_call(async || remote.application_sets().get(query.clone()).await).await.ok();
                set.metadata.namespace = self.asked(&namespace);
                let request = ApplicationSetCreateRequest { applicationset: Some(set), upsert, dry_run };
                let made = remote.try_call(async || remote.application_sets().create(request.clone()).await).await;
                let made = told(made.map_err(|status| {
                    let error = remote.refused(&status);
                    match status.message().contains("upsert") || status.code() == Code::AlreadyExists {
                        true => error.hint("use --upsert to change it"),
                        false => error,
                    }
                })?);
                let word = match before {
                    None => "created",
                    Some(b) if b.metadata.resource_version == made.metadata.resource_version => "unchanged",
                    Some(_) => "updated",
                };
                return Ok((made, word));
            }
        };
        set.metadata.namespace.clone_from(&namespace);
        set.api_version = bowline_core_crd::API_VERSION.to_string();
        set.kind = "ApplicationSet".to_string();
        let Some(raw) = kube.find(Resource::ApplicationSets, &namespace, &name).await? else {
            if !dry_run {
                let raw = kube.create(Resource::ApplicationSets, &namespace, &to_raw(&set)?).await?;
                return Ok((typed(&raw)?, "created"));
            }
            return Ok((set, "created"));
        };
        let before = typed(&raw)?;
        let after = ApplicationSet { spec: set.spec, ..before.clone() };
        if after == before {
            return Ok((before, "unchanged"));
        }
        if !upsert {
            return Err(CliError::failed(format!(
                "application set '{name}' is there already and its spec is different"
            ))
            .hint("use --upsert to change it"));
        }
        if let Some(patch) = patch::patch(&(&raw).into(), &before, &after).filter(|_| !dry_run) {
            kube.merge(Resource::ApplicationSets, &namespace, &name, &Value::from(patch)).await?;
        }
        Ok((after, "updated"))
    }

    /// The applications that one would make. Only a server says that: generators read repositories, clusters and other services.
    pub async fn generate(&self, set: &ApplicationSet) -> Result<Vec<Application>, CliError> {
        let Link::Server(remote) = &self.link else {
            return Err(CliError::failed("applications are generated by a server, and none is named")
                .hint("bowline login SERVER logs in to one"));
        };
        let request = ApplicationSetGenerateRequest { application_set: Some(set.clone()) };
        let answer = remote.call(async || remote.application_sets().generate(request.clone()).await).await?;
        Ok(answer.applications)
    }

    /// Asks for the deletion.
    pub async fn delete(&self, name: &str) -> Result<(), CliError> {
        let (namespace, name) = self.resolve(name);
        match &self.link {
            Link::Core(kube) => kube.delete(Resource::ApplicationSets, namespace, name).await,
            Link::Server(remote) => {
                let request =
                    ApplicationSetDeleteRequest { name: name.to_string(), appset_namespace: self.asked(namespace) };
                remote.call(async || remote.application_sets().delete(request.clone()).await).await.map(drop)
            }
        }
    }

    /// Waits until one says that its applications are up to date.
    pub async fn until_made(&self, set: &ApplicationSet) -> Result<(), CliError> {
        let name = match set.metadata.namespace.as_str() {
            "" => set.metadata.name.clone(),
            namespace => format!("{namespace}/{}", set.metadata.name),
        };
        let made = async {
            loop {
                let set = self.get(&name).await?;
                let mut conditions = set.status.conditions.iter();
                let is = |kind: &ApplicationSetConditionType| kind.as_str() == "ResourcesUpToDate";
                if conditions.any(|condition| is(&condition.type_) && condition.status == "True") {
                    return Ok(());
                }
                tokio::time::sleep(PAUSE).await;
            }
        };
        tokio::time::timeout(PATIENCE, made).await.unwrap_or_else(|_| Err(late(&name)))
    }

    /// Waits until one is gone.
    pub async fn until_gone(&self, name: &str) -> Result<(), CliError> {
        let gone = async {
            // Whatever refuses to show it: it cannot be waited for any longer.
            while self.get(name).await.is_ok() {
                tokio::time::sleep(PAUSE).await;
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, gone).await.unwrap_or_else(|_| Err(late(name)))
    }
}

fn late(name: &str) -> CliError {
    CliError::failed(format!("timed out ({}s) waiting for application set '{name}'", PATIENCE.as_secs()))
        .hint(format!("bowline appset get {name} shows its conditions"))
}

fn typed(raw: &Value) -> Result<ApplicationSet, CliError> {
    from_raw(raw).map_err(CliError::failed)
}

/// One as commands print it: kind and version do not travel.
fn told(mut set: ApplicationSet) -> ApplicationSet {
    set.api_version = bowline_core_crd::API_VERSION.to_string();
    set.kind = "ApplicationSet".to_string();
    set
}
