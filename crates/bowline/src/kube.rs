//! The cluster that holds the Applications, as commands use it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bowline_base_clock::{Clock, Jitter, SystemClock};
use bowline_base_kube::{ApiResource, Client, Config, DeleteOptions, ListOptions, Patch, Runtime, WriteOptions};
use bowline_base_task::Tasks;
use bowline_base_value::Value;
use bowline_core_types::annotation;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::CliError;
use crate::files;
use crate::global::Global;

/// Who writes, in managed fields.
pub const FIELD_MANAGER: &str = "bowline-cli";

/// The kinds that commands touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resource {
    Applications,
    AppProjects,
    ApplicationSets,
    Secrets,
    ConfigMaps,
}

/// One cluster.
pub struct Kube {
    client: Client,
    /// Owns the connections.
    tasks: Tasks,
}

/// A label selector, read once.
#[derive(Clone, Debug)]
pub struct Selector(String);

// === impl Kube ===

impl Kube {
    /// The cluster that the flags name. Nothing is sent yet.
    pub async fn connect(global: &Global) -> Result<Kube, CliError> {
        Kube::to(&config(global)?)
    }

    /// The cluster that `config` names. Nothing is sent yet.
    pub fn to(config: &Config) -> Result<Kube, CliError> {
        let tasks = Tasks::new();
        let client = Client::new(config, &runtime(&tasks)).map_err(failed)?;
        Ok(Kube { client, tasks })
    }

    /// A client of another cluster, whose connections end with this.
    pub fn beside(&self, config: &Config) -> Result<Client, CliError> {
        Client::new(config, &runtime(&self.tasks)).map_err(failed)
    }

    /// The client itself.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// An object, or `None` where there is none.
    pub async fn find(&self, resource: Resource, namespace: &str, name: &str) -> Result<Option<Value>, CliError> {
        self.client.find(&resource.api(), namespace, name).await.map_err(failed)
    }

    /// An object that must be there.
    pub async fn get(&self, resource: Resource, namespace: &str, name: &str) -> Result<Value, CliError> {
        self.find(resource, namespace, name).await?.ok_or_else(|| resource.missing(namespace, name))
    }

    /// All objects with these labels.
    pub async fn list(&self, resource: Resource, namespace: &str, labels: &str) -> Result<Vec<Value>, CliError> {
        let options = ListOptions { labels: labels.to_string(), ..ListOptions::default() };
        Ok(self.client.list_all(&resource.api(), namespace, &options).await.map_err(failed)?.items)
    }

    /// Makes an object.
    pub async fn create(&self, resource: Resource, namespace: &str, object: &Value) -> Result<Value, CliError> {
        let answer = self.client.create(&resource.api(), namespace, object, &options()).await;
        Ok(answer.map_err(failed)?.value)
    }

    /// Sends a merge patch.
    pub async fn merge(
        &self,
        resource: Resource,
        namespace: &str,
        name: &str,
        patch: &Value,
    ) -> Result<Value, CliError> {
        let patch = Patch::Merge(patch);
        let answer = self.client.patch(&resource.api(), namespace, name, "", patch, &options()).await;
        Ok(answer.map_err(failed)?.value)
    }

    /// Asks for the deletion of an object.
    pub async fn delete(&self, resource: Resource, namespace: &str, name: &str) -> Result<(), CliError> {
        match self.client.delete(&resource.api(), namespace, name, &DeleteOptions::default()).await {
            Ok(_) => Ok(()),
            Err(error) if error.is(bowline_base_kube::Class::NotFound) => Err(resource.missing(namespace, name)),
            Err(error) => Err(failed(error)),
        }
    }
}

// === impl Resource ===

impl Resource {
    /// The kind as the API serves it.
    pub fn api(self) -> ApiResource {
        match self {
            Resource::Applications => ApiResource::new("argoproj.io", "v1alpha1", "Application", "applications", true),
            Resource::AppProjects => ApiResource::new("argoproj.io", "v1alpha1", "AppProject", "appprojects", true),
            Resource::ApplicationSets => {
                ApiResource::new("argoproj.io", "v1alpha1", "ApplicationSet", "applicationsets", true)
            }
            Resource::Secrets => ApiResource::new("", "v1", "Secret", "secrets", true),
            Resource::ConfigMaps => ApiResource::new("", "v1", "ConfigMap", "configmaps", true),
        }
    }

    fn missing(self, namespace: &str, name: &str) -> CliError {
        let (noun, list) = match self {
            Resource::Applications => ("application", "bowline app list"),
            Resource::AppProjects => ("project", "bowline proj list"),
            Resource::ApplicationSets => ("application set", "bowline appset list"),
            Resource::Secrets => ("secret", "kubectl get secrets"),
            Resource::ConfigMaps => ("config map", "kubectl get configmaps"),
        };
        CliError::failed(format!("{noun} '{name}' not found in namespace '{namespace}'"))
            .hint(format!("{list} shows what there is; another namespace is named with --namespace"))
    }
}

// === impl Selector ===

impl Selector {
    /// Takes a selector in kubectl's form; the API server says what is wrong with one that is not.
    pub fn parse(text: &str) -> Result<Selector, CliError> {
        if text.trim().is_empty() {
            return Err(CliError::usage("an empty selector would select everything: name labels, such as -l team=web"));
        }
        Ok(Selector(text.to_string()))
    }

    /// The selector as requests carry it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The time, for what is shown.
pub fn now() -> Timestamp {
    SystemClock::new().now()
}

/// What clients need from the process.
pub fn runtime(tasks: &Tasks) -> Runtime {
    let clock = SystemClock::new();
    let seed = clock.now().as_nanosecond() as u64;
    Runtime { tasks: tasks.clone(), clock: Arc::new(clock), jitter: Jitter::new(seed) }
}

/// Where the cluster is: `--kubeconfig`, `$KUBECONFIG`, `~/.kube/config`, or the cluster that this process runs in.
pub fn config(global: &Global) -> Result<Config, CliError> {
    context_config(global, global.kube_context.as_deref())
}

/// The same for a context of the kubeconfig.
pub fn context_config(global: &Global, context: Option<&str>) -> Result<Config, CliError> {
    let files = kubeconfigs(global);
    if files.is_empty() {
        return in_cluster().map_err(|e| {
            CliError::failed(format!("no cluster to talk to: {e}"))
                .hint("name a kubeconfig with --kubeconfig FILE or $KUBECONFIG; `make up` starts a cluster to try")
        });
    }
    Config::load(&files, context).map_err(|e| CliError::failed(e.to_string()))
}

/// The kubeconfig files that are read, the first first.
pub fn kubeconfigs(global: &Global) -> Vec<PathBuf> {
    match &global.kubeconfig {
        // `$KUBECONFIG` is a list, as PATH is.
        Some(list) => std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect(),
        None => {
            let home = files::variable("HOME").map(|home| Path::new(&home).join(".kube/config"));
            home.filter(|path| path.exists()).into_iter().collect()
        }
    }
}

fn in_cluster() -> Result<Config, String> {
    let of = |name: &str| files::variable(name).unwrap_or_default();
    Config::in_cluster(&of("KUBERNETES_SERVICE_HOST"), &of("KUBERNETES_SERVICE_PORT")).map_err(|e| e.to_string())
}

/// Version of the cluster that the flags name.
pub async fn server_version(global: &Global) -> Result<String, CliError> {
    let kube = Kube::connect(global).await?;
    tokio::time::timeout(Duration::from_secs(5), version_of(&kube.client))
        .await
        .map_err(|_| CliError::failed("the cluster does not answer"))?
}

/// Version of a cluster, such as `v1.36.1`.
pub async fn version_of(client: &Client) -> Result<String, CliError> {
    let version: Value = client.get_path("/version").await.map_err(failed)?;
    Ok(version.str_at(&["gitVersion"]).unwrap_or_default().to_string())
}

/// An error of the API server, as a command tells it.
pub fn failed(error: bowline_base_kube::Error) -> CliError {
    use bowline_base_kube::Class;
    let told = CliError::failed(error.to_string());
    match error.class() {
        Class::Unauthorized => told.hint("the cluster did not accept the credentials of the kubeconfig"),
        Class::Forbidden => told.hint("the kubeconfig's user may not do this; `kubectl auth can-i` says what it may"),
        Class::NotFound if error.to_string().contains("could not find the requested resource") => {
            told.hint("the cluster does not know Applications yet: kubectl apply --server-side -f deploy/crds")
        }
        _ => told,
    }
}

/// A typed view of an object.
pub fn from_raw<T: DeserializeOwned>(raw: &Value) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::from(raw)).map_err(|e| e.to_string())
}

/// A typed object as a value.
pub fn to_raw<T: Serialize>(object: &T) -> Result<Value, CliError> {
    serde_json::to_value(object).map(Value::from).map_err(|e| CliError::failed(e.to_string()))
}

/// The name of a Secret that configures `url`: the same URL has the same name.
pub fn secret_name(kind: &str, url: &str) -> String {
    // FNV-1a, as Argo CD names them: not for security, only to be short and the same each time.
    let hash = url.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{kind}-{hash}")
}

/// A Secret of the type `kind`.
pub fn secret(name: &str, namespace: &str, kind: &str, data: Value) -> Value {
    let labels: Value = [(annotation::SECRET_TYPE, Value::from(kind))].into_iter().collect();
    let annotations: Value =
        [(annotation::MANAGED_BY, Value::from(annotation::MANAGED_BY_VALUE))].into_iter().collect();
    let metadata: Value = [
        ("name", Value::from(name)),
        ("namespace", namespace.into()),
        ("labels", labels),
        ("annotations", annotations),
    ]
    .into_iter()
    .collect();
    [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("metadata", metadata), ("stringData", data)]
        .into_iter()
        .collect()
}

/// Deletes a Secret that commands made; from one that a person made only the label goes, so that nothing of theirs is lost.
pub async fn remove_secret(kube: &Kube, global: &Global, name: &str) -> Result<(), CliError> {
    let raw = kube.get(Resource::Secrets, &global.namespace, name).await?;
    let ours = raw.str_at(&["metadata", "annotations", annotation::MANAGED_BY]) == Some(annotation::MANAGED_BY_VALUE);
    if ours {
        return kube.delete(Resource::Secrets, &global.namespace, name).await;
    }
    let mut patch = Value::object();
    if let Some(label) = patch.ensure_path(&["metadata", "labels"]) {
        *label = [(annotation::SECRET_TYPE, Value::Null)].into_iter().collect();
    }
    kube.merge(Resource::Secrets, &global.namespace, name, &patch).await?;
    Ok(())
}

fn options() -> WriteOptions {
    WriteOptions { field_manager: FIELD_MANAGER.to_string(), ..WriteOptions::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_have_the_contract_s_names() {
        // What Argo CD 3.6 calls them.
        assert_eq!(secret_name("repo", "https://github.com/argoproj/argocd-example-apps.git"), "repo-3973969552");
        assert_eq!(secret_name("cluster-prod", "https://prod:6443"), "cluster-prod-3041345340");
    }

    #[test]
    fn an_empty_selector_is_refused() {
        assert!(Selector::parse(" ").is_err());
        assert_eq!(Selector::parse("a=b,c in (d)").unwrap().as_str(), "a=b,c in (d)");
    }
}
