//! What the sources say: revisions resolved, trees rendered, objects made the application's.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_base_value::yaml;
use bowline_core_control::World;
use bowline_core_crd::{ApplicationSource, ApplicationSourceType};
use bowline_core_ports::Freshness;
use bowline_core_types::{HookType, Object, ResourceKey, is_hook, is_skipped};
use bowline_desired_render::{Features, Outside, Ownership, Rendered, Request, finish};
use bowline_live_cache::KindFilter;

use crate::Shared;
use crate::clusters::Destination;
use crate::source::{Look, files, rendered as render};

/// Where desired state comes from: the application's own sources, or those of an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The sources.
    pub sources: Vec<ApplicationSource>,
    /// A revision for each, in place of the source's own; empty where the source's own counts.
    pub revisions: Vec<String>,
}

/// What is asked for besides the target.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The application's instance name.
    pub instance: &'a str,
    /// Its project.
    pub project: &'a str,
    /// Namespace of its destination.
    pub namespace: &'a str,
    /// How old revisions may be.
    pub freshness: Freshness,
    /// Render anew, whatever is remembered.
    pub hard: bool,
}

/// What Git says.
#[derive(Clone, Debug, Default)]
pub struct Desired {
    /// The commit of each source.
    pub revisions: Vec<String>,
    /// The renderer of each source.
    pub tools: Vec<ApplicationSourceType>,
    /// The objects, without hooks and what is skipped.
    pub objects: Arc<Vec<Object>>,
    /// The hooks.
    pub hooks: Arc<Vec<Object>>,
    /// Objects that came more than once.
    pub repeated: Vec<(ResourceKey, usize)>,
    /// Objects of kinds that the settings exclude: they are neither compared nor synced.
    pub excluded: Vec<ResourceKey>,
    /// By which settings they were: live objects that these exclude are not taken for ones that Git no longer has.
    pub filter: KindFilter,
}

// === impl Desired ===

impl Desired {
    /// Whether a hook of this type is among the hooks.
    pub fn has_hook(&self, which: HookType) -> bool {
        self.hooks.iter().any(|hook| HookType::of(hook).contains(&which))
    }
}

/// What was made of the same renders before.
pub struct Remembered {
    rendered: Vec<Arc<Rendered>>,
    asked: (String, String),
    kinds: usize,
    filter: KindFilter,
    desired: Desired,
}

/// Finds out what Git says; a sentence where it cannot be told. `remembered` is the application's own.
pub async fn desired(
    shared: &Shared,
    destination: &Destination,
    target: &Target,
    asked: Asked<'_>,
    remembered: &mut Option<Remembered>,
) -> Result<Desired, String> {
    let total = target.sources.len();
    check_refs(&target.sources)?;
    let look = Look { project: asked.project, freshness: asked.freshness, hard: asked.hard };
    let mut trees: Vec<(String, Tree)> = Vec::with_capacity(total);
    for (i, source) in target.sources.iter().enumerate() {
        let revision = target.revisions.get(i).filter(|r| !r.is_empty()).unwrap_or(&source.target_revision);
        trees.push(files(shared, source, revision, look).await.map_err(|e| failed(i, total, &e))?);
    }
    let refs: BTreeMap<String, Tree> = target
        .sources
        .iter()
        .zip(&trees)
        .filter(|(source, _)| source.is_ref())
        .map(|(source, (_, tree))| (source.ref_.clone(), tree.clone()))
        .collect();
    let features = features(&shared.world);
    let cluster = destination.cache.state();
    let discovery = destination.cache.discovery();
    let nothing = Outside::default();
    let mut rendered = Vec::with_capacity(total);
    for (i, (source, (revision, tree))) in target.sources.iter().zip(&trees).enumerate() {
        if lends_only(source) {
            continue;
        }
        let api_versions = if source.helm.is_some() || source.kustomize.is_some() || source.directory.is_none() {
            discovery.api_versions()
        } else {
            Vec::new()
        };
        let request = Request {
            source,
            app: asked.instance,
            namespace: asked.namespace,
            project: asked.project,
            revision,
            kube_version: cluster.server_version.as_deref().unwrap_or_default(),
            api_versions: &api_versions,
            refs: &refs,
            outside: &nothing,
        };
        let result = render(shared, request, tree, &features, look).await;
        rendered.push(result.map_err(|e| failed(i, total, &e))?);
    }
    let revisions: Vec<String> = trees.into_iter().map(|(revision, _)| revision).collect();

    // The same renders for the same destination make the same objects, until the cluster learns new kinds.
    let kinds = Arc::as_ptr(&discovery) as usize;
    let filter = destination.cache.filter();
    let who = (asked.instance.to_string(), asked.namespace.to_string());
    if let Some(known) = remembered.as_mut()
        && known.kinds == kinds
        && known.filter.is(&filter)
        && known.asked == who
        && known.rendered.len() == rendered.len()
        && known.rendered.iter().zip(&rendered).all(|(a, b)| Arc::ptr_eq(a, b))
    {
        known.desired.revisions = revisions;
        return Ok(known.desired.clone());
    }
    let mut desired = made(
        shared,
        destination,
        rendered.iter().flat_map(|r| r.objects.iter().cloned()),
        (asked.instance, asked.namespace),
        filter.clone(),
    );
    desired.revisions = revisions;
    desired.tools = rendered.iter().map(|r| r.tool.clone()).collect();
    *remembered = Some(Remembered { rendered, asked: who, kinds, filter, desired: desired.clone() });
    Ok(desired)
}

/// What these files render to, in place of the repository of `source`.
pub async fn of_files(
    shared: &Shared,
    destination: &Destination,
    source: &ApplicationSource,
    files: &Tree,
    asked: Asked<'_>,
) -> Result<Desired, String> {
    let (state, discovery) = (destination.cache.state(), destination.cache.discovery());
    let (api_versions, refs) = (discovery.api_versions(), BTreeMap::new());
    let outside = Outside::default();
    let request = Request {
        source,
        app: asked.instance,
        namespace: asked.namespace,
        project: asked.project,
        revision: "",
        kube_version: state.server_version.as_deref().unwrap_or_default(),
        api_versions: &api_versions,
        refs: &refs,
        outside: &outside,
    };
    let look = Look { project: asked.project, freshness: asked.freshness, hard: asked.hard };
    let rendered = render(shared, request, files, &features(&shared.world), look).await?;
    let whose = (asked.instance, asked.namespace);
    let mut desired = made(shared, destination, rendered.objects.iter().cloned(), whose, destination.cache.filter());
    desired.revisions = vec![String::new()];
    desired.tools = vec![rendered.tool.clone()];
    Ok(desired)
}

/// Objects that an operation brings along (a sync of local manifests), each one document.
pub fn given(
    shared: &Shared,
    destination: &Destination,
    manifests: &[String],
    instance: &str,
    namespace: &str,
    revisions: &[String],
) -> Result<Desired, String> {
    let objects = manifests.iter().enumerate().map(|(i, text)| {
        let told = |reason: String| format!("manifest {} of {}: {reason}", i + 1, manifests.len());
        let value = yaml::from_yaml(text).map_err(|e| told(e.to_string()))?;
        Object::new(value).map_err(|e| told(e.to_string()))
    });
    let objects: Vec<Object> = objects.collect::<Result<_, String>>()?;
    let mut desired = made(shared, destination, objects, (instance, namespace), destination.cache.filter());
    desired.revisions = revisions.to_vec();
    Ok(desired)
}

/// Objects made an application's (by its instance name, for the namespace), and told apart: objects, hooks, what is left out.
fn made(
    shared: &Shared,
    destination: &Destination,
    objects: impl IntoIterator<Item = Object>,
    (instance, namespace): (&str, &str),
    filter: KindFilter,
) -> Desired {
    let tracking = shared.world.settings().instance_id();
    let discovery = destination.cache.discovery();
    let ownership = Ownership { instance, namespace, tracking: &tracking };
    let finished = finish(objects, ownership, &|gvk| {
        discovery.resource(&gvk.group, &gvk.version, &gvk.kind).map(|kind| kind.namespaced)
    });
    let mut desired = Desired { repeated: finished.repeated, ..Desired::default() };
    let (mut objects, mut hooks) = (Vec::new(), Vec::new());
    for object in finished.objects {
        if is_skipped(&object) {
            continue;
        }
        if !filter.admits(object.group(), object.kind()) {
            desired.excluded.push(object.key());
        } else if is_hook(&object) {
            hooks.push(object);
        } else {
            objects.push(object);
        }
    }
    desired.filter = filter;
    (desired.objects, desired.hooks) = (Arc::new(objects), Arc::new(hooks));
    desired
}

/// Whether a source has no manifests of its own: it only lends its files to others.
fn lends_only(source: &ApplicationSource) -> bool {
    source.is_ref() && source.path.is_empty() && !source.is_helm_chart() && !source.is_oci()
}

/// Names of sources are words, and each is one source's; charts lend no files. In Argo CD's words.
fn check_refs(sources: &[ApplicationSource]) -> Result<(), String> {
    let mut names: Vec<&str> = Vec::new();
    for source in sources.iter().filter(|source| source.is_ref()) {
        let name = source.ref_.as_str();
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')) {
            return Err(format!("sources.ref {name} cannot contain any special characters except '_' and '-'"));
        }
        if names.contains(&name) {
            return Err("invalid sources: multiple sources had the same `ref` key".to_string());
        }
        names.push(name);
        let lent = |file: &String| file.strip_prefix('$').and_then(|rest| rest.split('/').next()) == Some(name);
        let values = sources.iter().filter_map(|source| source.helm.as_ref()).flat_map(|helm| &helm.value_files);
        if source.is_helm_chart() && values.clone().any(lent) {
            return Err(format!(
                "source referenced {name:?}, which has a 'chart' field defined, but Helm charts are not yet supported for 'ref' sources"
            ));
        }
    }
    Ok(())
}

fn failed(i: usize, total: usize, reason: &str) -> String {
    format!("failed to generate manifest for source {} of {total}: {reason}", i + 1)
}

/// What the installation has switched on.
pub fn features(world: &World) -> Features {
    let settings = world.settings();
    let mut kustomize_versions = BTreeMap::new();
    for key in ["kustomize.path.", "kustomize.version."] {
        let named = world.config_under("argocd-cm", key);
        kustomize_versions.extend(named.keys().map(|name| (name[key.len()..].to_string(), String::new())));
    }
    for (name, options) in &mut kustomize_versions {
        *options = world.config("argocd-cm", &format!("kustomize.buildOptions.{name}")).unwrap_or_default();
    }
    Features {
        helm: settings.helm_enabled,
        kustomize: settings.kustomize_enabled,
        jsonnet: settings.jsonnet_enabled,
        max_directory_bytes: settings.max_directory_bytes,
        hidden_directories: settings.hidden_directories,
        kustomize_build_options: settings.kustomize_build_options.clone(),
        value_file_schemes: value_file_schemes(world),
        kustomize_versions,
    }
}

/// The schemes of URLs that value files may have. A key that is there and empty lets none, which is not what no key means.
fn value_file_schemes(world: &World) -> Vec<String> {
    match world.config("argocd-cm", "helm.valuesFileSchemes") {
        Some(text) if text.trim().is_empty() => Vec::new(),
        _ => world.settings().value_file_schemes.clone(),
    }
}
