//! What sources render to, from here: for `render`, `app manifests` and `app diff`.

use std::collections::BTreeMap;

use bowline_base_tree::Tree;
use bowline_core_crd::ApplicationSource;
use bowline_core_ports::{Charts, Freshness, Place, Sources};
use bowline_core_types::{Gvk, Object};
use bowline_desired_fetch::{Fetcher, until_complete};
use bowline_desired_git::{Access, GitRepositories};
use bowline_desired_registry::Registries;
use bowline_desired_render::{Engines, Features, Outside, Request, render};

use crate::engines::{HelmEngine, JsonnetEngine, KustomizeEngine};
use crate::error::CliError;
use crate::{control, files, registry};

/// One source with its files.
pub struct Checkout {
    /// The source.
    pub source: ApplicationSource,
    /// The files of its revision.
    pub tree: Tree,
    /// The commit; empty for a local folder.
    pub revision: String,
}

/// For whom sources are rendered.
#[derive(Clone, Copy, Default)]
pub struct For<'a> {
    /// The application's instance name.
    pub app: &'a str,
    /// Namespace of the destination.
    pub namespace: &'a str,
    /// Project of the application.
    pub project: &'a str,
    /// Version of the destination cluster; empty where it is not known.
    pub kube_version: &'a str,
    /// API versions that it serves.
    pub api_versions: &'a [String],
    /// Whether the project permits a repository; where no project is known, everything is permitted.
    pub permits: Option<&'a (dyn Fn(&str) -> bool + Sync)>,
}

/// Where sources are.
#[derive(Clone, Copy)]
pub struct Origins<'a> {
    /// Git repositories.
    pub git: &'a GitRepositories,
    /// Helm repositories and OCI registries.
    pub charts: &'a Registries,
}

/// The files of each source. `revisions` stand in place of the sources' own where they are not empty.
pub async fn check_out(
    origins: Origins<'_>,
    project: &str,
    sources: Vec<ApplicationSource>,
    revisions: &[String],
) -> Result<Vec<Checkout>, CliError> {
    let mut found = Vec::with_capacity(sources.len());
    for (i, source) in sources.into_iter().enumerate() {
        let fail = |e: &dyn std::fmt::Display| CliError::failed(format!("{}: {e}", source.repo_url));
        let revision = revisions.get(i).filter(|r| !r.is_empty()).unwrap_or(&source.target_revision);
        let (tree, revision) = match source.is_helm_chart() || source.is_oci() {
            true => {
                let place = chart_place(&source, project);
                let resolved = origins.charts.resolve(place, revision, Freshness::Now).await.map_err(|e| fail(&e))?;
                (origins.charts.tree(place, &resolved).await.map_err(|e| fail(&e))?, resolved.revision)
            }
            false => {
                let resolved = origins
                    .git
                    .resolve_with_prefix(&source.repo_url, project, revision, &source.tag_prefix, Freshness::Now)
                    .await
                    .map_err(|e| fail(&e))?;
                let tree = origins.git.tree(&source.repo_url, project, resolved.commit).await.map_err(|e| fail(&e))?;
                (tree, resolved.commit.to_string())
            }
        };
        found.push(Checkout { source, tree, revision });
    }
    Ok(found)
}

fn chart_place<'a>(source: &'a ApplicationSource, project: &'a str) -> Place<'a> {
    Place {
        url: &source.repo_url,
        chart: &source.chart,
        project,
        pass_credentials: source.helm.as_ref().is_some_and(|helm| helm.pass_credentials),
    }
}

/// What the sources render to, as the renderers made it. Warnings go to standard error. What they need besides is fetched: what charts
/// need by `charts`; remote bases by `git`, or by repositories without credentials that are only made where something is needed.
pub async fn rendered(
    git: Option<&GitRepositories>,
    charts: &Registries,
    checkouts: &[Checkout],
    whom: For<'_>,
    features: &Features,
) -> Result<Vec<Object>, CliError> {
    let refs: BTreeMap<String, Tree> =
        checkouts.iter().filter(|c| c.source.is_ref()).map(|c| (c.source.ref_.clone(), c.tree.clone())).collect();
    let (helm, kustomize, jsonnet) = (HelmEngine::default(), KustomizeEngine::default(), JsonnetEngine::default());
    let engines = Engines { helm: Some(&helm), kustomize: Some(&kustomize), jsonnet: Some(&jsonnet) };
    let mut objects = Vec::new();
    for checkout in checkouts {
        let source = &checkout.source;
        // A source with a name and no path only lends its files to others.
        if source.is_ref() && source.path.is_empty() && !source.is_helm_chart() && !source.is_oci() {
            continue;
        }
        let fail = |e: &dyn std::fmt::Display| CliError::failed(format!("{}: {e}", place(source)));
        let nothing = Outside::default();
        let request = Request {
            source,
            app: whom.app,
            namespace: whom.namespace,
            project: whom.project,
            revision: &checkout.revision,
            kube_version: whom.kube_version,
            api_versions: whom.api_versions,
            refs: &refs,
            outside: &nothing,
        };
        let render = |outside: &Outside| Ok(render(&Request { outside, ..request }, &checkout.tree, features, engines));
        let made = complete(git, Some(charts), &source.repo_url, whom, render).await?;
        let made = made.map_err(|reason| fail(&reason))?.map_err(|e| fail(&chain(&e)))?;
        made.warnings.iter().for_each(|warning| files::warn(warning));
        objects.extend(made.objects);
    }
    Ok(objects)
}

/// An error with what caused it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(&format!(": {error}"));
        source = error.source();
    }
    text
}

/// Renders until everything that is needed from elsewhere was fetched. The inner error is the render's.
pub async fn complete<T>(
    git: Option<&GitRepositories>,
    charts: Option<&Registries>,
    parent: &str,
    whom: For<'_>,
    mut render: impl FnMut(&Outside) -> Result<T, String>,
) -> Result<Result<T, String>, CliError> {
    let outside = Outside::default();
    let made = render(&outside);
    let needs = outside.needs();
    if needs.is_empty() {
        return Ok(made);
    }
    // Without Secrets of a cluster there are no credentials but those that the URL and the machine have.
    let (own_git, own_charts);
    let git = match git {
        Some(git) => git,
        None => {
            own_git = control::repositories(|_: &str, _: &str| Ok(Access::default()))?;
            &own_git
        }
    };
    let charts = match charts {
        Some(charts) => charts,
        None => {
            own_charts = registry::given(registry::Given::default())?;
            &own_charts
        }
    };
    let all = |_: &str| true;
    let sources = git.inheriting(parent);
    let permits = whom.permits.unwrap_or(&all);
    let (freshness, files) = (Freshness::Now, Freshness::Now);
    let fetcher = Fetcher { sources: &sources, charts, project: whom.project, permits, freshness, files };
    Ok(until_complete(fetcher, needs, render).await)
}

fn place(source: &ApplicationSource) -> String {
    match (source.repo_url.as_str(), source.path.as_str()) {
        ("", path) => path.to_string(),
        (url, "" | ".") => url.to_string(),
        (url, path) => format!("{url} {path}"),
    }
}

/// Whether the objects of a kind live in namespaces, where no cluster can be asked: the built-in kinds, and those whose definition is
/// among `objects`; `None` for others.
pub fn is_namespaced(objects: &[Object], gvk: &Gvk) -> Option<bool> {
    let defined = objects.iter().filter(|o| o.kind() == "CustomResourceDefinition").find_map(|crd| {
        let text = |path: &[&str]| crd.value().str_at(path);
        let same = text(&["spec", "group"]) == Some(&gvk.group) && text(&["spec", "names", "kind"]) == Some(&gvk.kind);
        same.then(|| text(&["spec", "scope"]) != Some("Cluster"))
    });
    defined.or_else(|| CLUSTER_SCOPED.contains(&(&*gvk.group, &*gvk.kind)).then_some(false))
}

/// The kinds of Kubernetes itself that live outside namespaces.
const CLUSTER_SCOPED: [(&str, &str); 33] = [
    ("", "ComponentStatus"),
    ("", "Namespace"),
    ("", "Node"),
    ("", "PersistentVolume"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicyBinding"),
    ("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apiregistration.k8s.io", "APIService"),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("certificates.k8s.io", "ClusterTrustBundle"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("internal.apiserver.k8s.io", "StorageVersion"),
    ("networking.k8s.io", "IPAddress"),
    ("networking.k8s.io", "IngressClass"),
    ("networking.k8s.io", "ServiceCIDR"),
    ("node.k8s.io", "RuntimeClass"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("resource.k8s.io", "DeviceClass"),
    ("resource.k8s.io", "DeviceTaintRule"),
    ("resource.k8s.io", "ResourceSlice"),
    ("scheduling.k8s.io", "PriorityClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "CSINode"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
    ("storage.k8s.io", "VolumeAttributesClass"),
    ("storagemigration.k8s.io", "StorageVersionMigration"),
];

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    #[test]
    fn scope_is_told_without_a_cluster_where_it_can_be() {
        let crd = r#"{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"x"},
            "spec":{"group":"example.com","scope":"Cluster","names":{"kind":"Wide"}}}"#;
        let objects = [Object::new(from_json(crd.as_bytes()).unwrap()).unwrap()];
        for (group, kind, want) in [
            ("", "Namespace", Some(false)),
            ("example.com", "Wide", Some(false)),
            ("example.com", "Other", None),
            ("apps", "Deployment", None),
        ] {
            assert_eq!(is_namespaced(&objects, &Gvk::new(group, "v1", kind)), want, "{kind}");
        }
    }
}
