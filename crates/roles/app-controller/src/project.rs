//! Projects: the default one is made, and the application's own is looked up.

use std::sync::Arc;

use bowline_base_kube::{Class, WriteOptions};
use bowline_base_value::Value;
use bowline_core_crd::ClusterResourceRestrictionItem;
use bowline_core_crd::{API_VERSION, AppProject, AppProjectSpec, Application, ObjectMeta, Resource};
use bowline_core_crd::{ApplicationConditionType, ApplicationDestination};
use bowline_core_project::{Destination, is_app_namespace_permitted, validate_spec};

use crate::Shared;
use crate::conditions::Conditions;
use bowline_core_control::ClusterRef;

/// Makes the project `default`, fully permissive, where it is missing.
pub async fn ensure_default(shared: &Arc<Shared>) {
    if shared.world.project("default").is_some() {
        return;
    }
    let all = || "*".to_string();
    let project = AppProject {
        api_version: API_VERSION.to_string(),
        kind: AppProject::KIND.to_string(),
        metadata: ObjectMeta {
            name: "default".to_string(),
            namespace: shared.config.namespace.clone(),
            ..ObjectMeta::default()
        },
        spec: AppProjectSpec {
            source_repos: vec![all()],
            destinations: vec![ApplicationDestination { server: all(), namespace: all(), name: String::new() }],
            cluster_resource_whitelist: vec![ClusterResourceRestrictionItem {
                group: all(),
                kind: all(),
                name: String::new(),
            }],
            ..AppProjectSpec::default()
        },
        ..AppProject::default()
    };
    let value = serde_json::to_value(&project).map(Value::from).expect("because a project can be written");
    let options = WriteOptions::default();
    match shared.client.create(&bowline_core_control::projects(), &shared.config.namespace, &value, &options).await {
        Ok(_) => tracing::info!("the project default was missing and has been made"),
        Err(error) if error.is(Class::AlreadyExists) => {}
        Err(error) => tracing::error!(%error, "the project default is missing and cannot be made"),
    }
    shared.world.put_project(project);
}

/// The application's project and destination where both permit it; else conditions that say why not.
pub fn validated(
    shared: &Shared,
    app: &Application,
    conditions: &mut Conditions,
) -> Option<(Arc<AppProject>, ClusterRef)> {
    let invalid = ApplicationConditionType::InvalidSpecError;
    let name = app.spec.project();
    let Some(project) = shared.world.project(name) else {
        conditions.add(invalid, format!("Application referencing project {name} which does not exist"));
        return None;
    };
    let namespace = &app.metadata.namespace;
    if !is_app_namespace_permitted(&project.spec, namespace, &shared.config.namespace) {
        conditions.add(
            invalid,
            format!(
                "application '{}' in namespace '{namespace}' is not permitted to use project '{name}'",
                app.metadata.name
            ),
        );
        return None;
    }
    if app.spec.source_hydrator.is_some() {
        conditions.add(invalid, "spec.sourceHydrator is not supported yet: use spec.source or spec.sources");
        return None;
    }
    if let Some(what) = not_enforced(shared, &project.spec) {
        // A rule that cannot be enforced is not passed over: nothing is synced rather than something that it forbids.
        conditions.add(invalid, format!("{what} is not supported yet: nothing of project '{name}' is synced"));
        return None;
    }
    let destination = &app.spec.destination;
    let cluster = match shared.world.destination(&destination.server, &destination.name) {
        Ok(cluster) => cluster,
        Err(reason) => {
            conditions.add(invalid, reason);
            return None;
        }
    };
    let to = Destination {
        server: &cluster.server,
        name: &cluster.name,
        namespace: &destination.namespace,
        scoped_to_project: cluster.project == name,
    };
    let reasons = validate_spec(&project.spec, name, &app.spec, to);
    let permitted = reasons.is_empty();
    for reason in reasons {
        conditions.add(invalid.clone(), reason);
    }
    permitted.then_some((project, cluster))
}

/// A rule of the project, or of the settings, that says what must not be deployed and that is not enforced here.
fn not_enforced(shared: &Shared, project: &AppProjectSpec) -> Option<&'static str> {
    let globals = shared.world.settings();
    let globals = globals.global_projects.as_array().unwrap_or_default();
    match (project.source_integrity.is_some(), project.signature_keys.is_empty(), globals.is_empty()) {
        (true, _, _) => Some("spec.sourceIntegrity"),
        (_, false, _) => Some("spec.signatureKeys"),
        (_, _, false) => Some("globalProjects of argocd-cm"),
        _ => None,
    }
}
