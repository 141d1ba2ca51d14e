//! What a source is, and what can be set in it.

use std::collections::{BTreeMap, BTreeSet};

use bowline_base_tree::Tree;
use bowline_base_value::{Value, yaml};
use bowline_core_crd::{Application, ApplicationSource, HelmFileParameter, HelmParameter};
use bowline_core_ports::{Freshness, Origin, Place};
use bowline_core_project::is_source_permitted;
use bowline_core_rbac::action;
use bowline_core_settings::{IN_CLUSTER_SERVER, RepositoryKind, find_repository};
use bowline_core_types::AppName;
use bowline_desired_render::{Features, Tool, detect};
use bowline_web_wire::repository::{
    DirectoryAppSpec, HelmAppSpec, KustomizeAppSpec, PluginAppSpec, RepoAppDetailsQuery, RepoAppDetailsResponse,
};
use bowline_web_wire::tonic::Status;

use super::look;
use crate::caller::Caller;
use crate::context::Context;
use crate::failure::{denied, hidden};

/// Who may see the details: for an application that there is, whoever may see it, and only of its own sources, of now or of
/// the past; for one that there is not yet, whoever may make it. The project must permit the repository.
pub(super) fn permit(
    context: &Context,
    caller: &Caller,
    query: &RepoAppDetailsQuery,
    source: &ApplicationSource,
) -> Result<(), Status> {
    let enforcer = caller.enforcer();
    let guarded = || look::application(context, &query.app_name, &query.app_project);
    let object = guarded();
    let name = AppName::new(object.namespace.as_str(), object.name.as_str());
    let _may_see = enforcer.permit(action::Get, object).map_err(denied)?;
    match context.world.app(&name) {
        None => {
            let _may_make = enforcer.permit(action::Create, guarded()).map_err(denied)?;
        }
        Some(app) if app.spec.project() != query.app_project || !is_of(&app, source) => return Err(hidden()),
        Some(_) => {}
    }
    let permitted = context
        .world
        .project(&query.app_project)
        .is_some_and(|project| is_source_permitted(&project.spec, &source.repo_url));
    if permitted {
        return Ok(());
    }
    let (url, project) = (&source.repo_url, &query.app_project);
    Err(Status::permission_denied(format!("repository '{url}' not permitted in project '{project}'")))
}

/// Whether the application has, or had, this source. What was synced is named by its revision too, for that is exact.
fn is_of(app: &Application, source: &ApplicationSource) -> bool {
    let past = app.status.history.iter().flat_map(|past| {
        let single = (past.sources.is_empty()).then_some((&past.source, &past.revision));
        single.into_iter().chain(past.sources.iter().zip(&past.revisions))
    });
    let was = |(known, revision): (&ApplicationSource, &String)| {
        *known == *source || ApplicationSource { target_revision: revision.clone(), ..known.clone() } == *source
    };
    app.spec.sources().contains(source) || past.into_iter().any(was)
}

/// The details.
pub(super) async fn details(
    context: &Context,
    source: &ApplicationSource,
    project: &str,
) -> Result<RepoAppDetailsResponse, Status> {
    let (tree, path) = fetch(context, source, project).await?;
    let settings = context.world.settings();
    let features =
        Features { helm: settings.helm_enabled, kustomize: settings.kustomize_enabled, ..Features::default() };
    let here = ApplicationSource { path: path.clone(), ..source.clone() };
    let tool = if here.is_helm_chart() {
        Tool::Helm
    } else {
        detect(&here, &tree, &features).map_err(|error| Status::invalid_argument(error.to_string()))?
    };
    let mut details = RepoAppDetailsResponse { type_: tool.as_str().to_string(), ..RepoAppDetailsResponse::default() };
    match tool {
        Tool::Helm => details.helm = Some(helm(source, &tree, &path).map_err(Status::invalid_argument)?),
        Tool::Kustomize => details.kustomize = Some(kustomize(context, source, project).await?),
        Tool::Plugin => details.plugin = Some(PluginAppSpec::default()),
        _ => details.directory = Some(DirectoryAppSpec::default()),
    }
    Ok(details)
}

/// The files of a source, and where among them it begins.
async fn fetch(context: &Context, source: &ApplicationSource, project: &str) -> Result<(Tree, String), Status> {
    let failed = |error| look::failed(&error);
    let url = source.repo_url.as_str();
    let known = context.world.repositories();
    let is_registry = find_repository(&known, url, project).0.is_some_and(|known| known.kind == RepositoryKind::Oci);
    if !source.chart.is_empty() || url.starts_with("oci://") || is_registry {
        let place = Place { url, chart: &source.chart, project, pass_credentials: false };
        let resolved = context.charts.resolve(place, &source.target_revision, Freshness::Within(60_000)).await;
        let resolved = resolved.map_err(failed)?;
        let tree = context.charts.tree(place, &resolved).await.map_err(failed)?;
        let path = if source.chart.is_empty() { source.path.clone() } else { String::new() };
        return Ok((tree, path));
    }
    let resolved = context.sources.resolve(url, project, &source.target_revision, Freshness::Within(60_000)).await;
    let commit = resolved.map_err(failed)?.commit;
    let tree = context.sources.tree(url, project, commit).await.map_err(failed)?;
    Ok((tree, source.path.clone()))
}

/// A chart: its value files, its values as one text, and all that they set.
fn helm(source: &ApplicationSource, tree: &Tree, path: &str) -> Result<HelmAppSpec, String> {
    let within = |name: &str| {
        let joined = if name.starts_with('/') { Ok(name.to_string()) } else { bowline_base_tree::join(path, name) };
        joined.map_err(|error| error.to_string())
    };
    let read = |name: &str| -> Result<Option<String>, String> {
        let found = tree.read_if_exists(&within(name)?).map_err(|error| error.to_string())?;
        Ok(found.map(|blob| String::from_utf8_lossy(&blob.bytes).into_owned()))
    };
    let entries = tree.list(path).map_err(|error| error.to_string())?;
    let files = entries.iter().filter(|entry| entry.kind.is_file()).map(|entry| entry.name.to_string());
    let is_values = |name: &String| name.contains("values") && (name.ends_with(".yaml") || name.ends_with(".yml"));
    let value_files: Vec<String> = files.filter(is_values).collect();
    let values = read("values.yaml")?.unwrap_or_default();
    let chosen = source.helm.as_ref();
    let mut set = BTreeMap::new();
    flatten(&values, "values.yaml", &mut set)?;
    for name in chosen.iter().flat_map(|helm| &helm.value_files) {
        // Those of other sources and other hosts are the render's business.
        if name.starts_with('$') || name.contains("://") {
            continue;
        }
        if let Some(text) = read(name)? {
            flatten(&text, name, &mut set)?;
        }
    }
    let file_parameters = chosen.iter().flat_map(|helm| &helm.file_parameters);
    Ok(HelmAppSpec {
        name: String::new(),
        value_files,
        parameters: set
            .into_iter()
            .map(|(name, value)| HelmParameter { name, value, ..HelmParameter::default() })
            .collect(),
        values,
        file_parameters: file_parameters
            .map(|file| HelmFileParameter { name: file.name.clone(), path: file.path.clone() })
            .collect(),
    })
}

/// Adds what a value file sets: `a.b`, `list[0].c`, each as a text.
fn flatten(text: &str, name: &str, set: &mut BTreeMap<String, String>) -> Result<(), String> {
    fn into(set: &mut BTreeMap<String, String>, path: String, value: &Value) {
        match value {
            Value::Object(map) => {
                for (key, value) in map.iter() {
                    into(set, if path.is_empty() { key.to_string() } else { format!("{path}.{key}") }, value);
                }
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(i, item)| into(set, format!("{path}[{i}]"), item));
            }
            Value::String(text) => drop(set.insert(path, text.to_string())),
            Value::Null => drop(set.insert(path, "<nil>".to_string())),
            Value::Bool(b) => drop(set.insert(path, b.to_string())),
            number => drop(set.insert(path, bowline_base_value::to_json(number, false))),
        }
    }
    let values = yaml::from_yaml(text).map_err(|error| format!("{name}: {error}"))?;
    if values.as_object().is_some() {
        into(set, String::new(), &values);
    }
    Ok(())
}

/// A kustomization: the images of what it renders to.
async fn kustomize(context: &Context, source: &ApplicationSource, project: &str) -> Result<KustomizeAppSpec, Status> {
    let mut app = Application::new(context.world.namespace(), "details");
    app.spec.project = project.to_string();
    app.spec.source = Some(source.clone());
    app.spec.destination.server = IN_CLUSTER_SERVER.to_string();
    let origin = Origin::Sources { revisions: Vec::new(), anew: false };
    let made = context.engine.manifests(&app, origin).await;
    let made = made.map_err(|error| Status::invalid_argument(error.to_string()))?;
    let mut images = BTreeSet::new();
    for object in &made.objects {
        collect(object.value(), &mut images);
    }
    Ok(KustomizeAppSpec { images: images.into_iter().collect() })
}

fn collect(value: &Value, images: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map.iter() {
                if matches!(&**key, "containers" | "initContainers") {
                    let items = value.as_array().unwrap_or_default().iter();
                    images.extend(items.filter_map(|item| item.str_at(&["image"])).map(str::to_string));
                } else {
                    collect(value, images);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, images)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_tree::MemoryTree;

    use super::*;

    #[test]
    fn a_chart_tells_its_value_files_and_what_they_set() {
        let tree = MemoryTree::from_files([
            ("c/Chart.yaml", "name: c\nversion: 1.0.0\n"),
            ("c/values.yaml", "image: {tag: v1}\nports: [80, {port: 81}]\nempty: null\n"),
            ("c/values-prod.yaml", "image: {tag: v2}\n"),
            ("c/templates/values.yaml", "no: values\n"),
        ]);
        let mut source = ApplicationSource { helm: Some(Default::default()), ..ApplicationSource::default() };
        if let Some(helm) = &mut source.helm {
            helm.value_files = vec!["values-prod.yaml".into(), "$other/values.yaml".into(), "gone.yaml".into()];
        }
        let spec = helm(&source, &tree, "c").unwrap();
        assert_eq!(spec.value_files, ["values-prod.yaml", "values.yaml"]);
        let set: Vec<String> = spec.parameters.iter().map(|set| format!("{}={}", set.name, set.value)).collect();
        assert_eq!(set, ["empty=<nil>", "image.tag=v2", "ports[0]=80", "ports[1].port=81"]);
        assert!(spec.values.starts_with("image:"));
        assert!(helm(&source, &tree, "../c").is_err(), "a path stays in the repository");
    }

    #[test]
    fn images_are_found_wherever_containers_are() {
        let value = yaml::from_yaml(
            "spec: {template: {spec: {containers: [{image: b}, {image: a}], initContainers: [{image: c}]}}}\nimage: no",
        );
        let mut images = BTreeSet::new();
        collect(&value.unwrap(), &mut images);
        assert_eq!(images.into_iter().collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn only_an_application_s_own_sources_are_told_about() {
        let source = |revision: &str| ApplicationSource {
            repo_url: "https://h/r".into(),
            target_revision: revision.into(),
            ..ApplicationSource::default()
        };
        let mut app = Application::default();
        app.spec.source = Some(source("main"));
        app.status.history = vec![Default::default()];
        app.status.history[0].source = source("old");
        app.status.history[0].revision = "abc".into();
        for (revision, want) in [("main", true), ("old", true), ("abc", true), ("other", false)] {
            assert_eq!(is_of(&app, &source(revision)), want, "{revision}");
        }
    }
}
