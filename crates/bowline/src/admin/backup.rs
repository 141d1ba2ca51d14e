//! What a backup holds: the objects of an installation, in the form that `argocd admin export` writes.

use bowline_base_glob::Glob;
use bowline_base_value::Value;
use bowline_core_types::annotation;

use crate::error::CliError;
use crate::kube::{Kube, Resource};

/// The ConfigMaps that belong to it.
const CONFIG_MAPS: [&str; 4] = ["argocd-cm", "argocd-rbac-cm", "argocd-ssh-known-hosts-cm", "argocd-tls-certs-cm"];
/// The Secret that belongs to it besides those of clusters and repositories.
const SECRET: &str = "argocd-secret";
/// The types of the Secrets of clusters and repositories.
const SECRET_TYPES: [&str; 5] = ["cluster", "repository", "repo-creds", "repository-write", "repo-write-creds"];
/// The kinds, in the order in which they are written: what others refer to comes first.
const KINDS: [(Resource, &str, &str); 5] = [
    (Resource::ConfigMaps, "v1", "ConfigMap"),
    (Resource::Secrets, "v1", "Secret"),
    (Resource::AppProjects, "argoproj.io/v1alpha1", "AppProject"),
    (Resource::Applications, "argoproj.io/v1alpha1", "Application"),
    (Resource::ApplicationSets, "argoproj.io/v1alpha1", "ApplicationSet"),
];

/// An object of a backup, or of a cluster.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its kind.
    pub resource: Resource,
    /// Its namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// The object.
    pub value: Value,
}

/// Namespaces besides the control namespace whose Applications and ApplicationSets count; globs.
#[derive(Clone, Debug, Default)]
pub struct Beyond {
    /// Of Applications.
    pub applications: Vec<String>,
    /// Of ApplicationSets.
    pub application_sets: Vec<String>,
}

/// What of an installation a cluster holds.
pub async fn held(kube: &Kube, control: &str, beyond: &Beyond) -> Result<Vec<Item>, CliError> {
    let globs = |texts: &[String]| -> Result<Vec<Glob>, CliError> {
        let read = |text: &String| Glob::new(text, &[]).map_err(|e| CliError::usage(format!("{text:?}: {e}")));
        texts.iter().map(read).collect()
    };
    let (applications, application_sets) = (globs(&beyond.applications)?, globs(&beyond.application_sets)?);
    let mut items = Vec::new();
    for (resource, api_version, kind) in KINDS {
        let wider = match resource {
            Resource::Applications => &applications[..],
            Resource::ApplicationSets => &application_sets[..],
            _ => &[],
        };
        let namespace = if wider.is_empty() { control } else { "" };
        for mut value in kube.list(resource, namespace, "").await? {
            let at = |path: &[&str]| value.str_at(path).unwrap_or_default().to_string();
            let (namespace, name) = (at(&["metadata", "namespace"]), at(&["metadata", "name"]));
            let inside = namespace == control || wider.iter().any(|glob| glob.matches(&namespace));
            if !inside || !belongs(resource, &name, &value) {
                continue;
            }
            // Items of a list do not say what they are.
            if let Some(map) = value.as_object_mut() {
                map.insert("apiVersion", api_version);
                map.insert("kind", kind);
            }
            items.push(Item { resource, namespace, name, value });
        }
    }
    Ok(items)
}

/// The kind of an object of a backup.
pub fn kind(api_version: &str, kind: &str) -> Option<Resource> {
    KINDS.iter().find(|known| known.1 == api_version && known.2 == kind).map(|known| known.0)
}

/// Group and kind, as the contract prints them: `/ConfigMap`, `argoproj.io/Application`.
pub fn title(resource: Resource) -> String {
    let (_, api_version, kind) = KINDS.iter().find(|known| known.0 == resource).copied().unwrap_or(KINDS[0]);
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    format!("{group}/{kind}")
}

fn belongs(resource: Resource, name: &str, value: &Value) -> bool {
    match resource {
        Resource::ConfigMaps => CONFIG_MAPS.contains(&name),
        Resource::Secrets => {
            let kind = value.str_at(&["metadata", "labels", annotation::SECRET_TYPE]).unwrap_or_default();
            name == SECRET || SECRET_TYPES.contains(&kind)
        }
        _ => true,
    }
}
