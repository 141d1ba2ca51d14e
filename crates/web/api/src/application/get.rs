//! One application, compared anew first where that is asked for.

use std::collections::HashMap;
use std::time::Duration;

use bowline_core_crd::{Application, HealthStatus};
use bowline_core_types::annotation;
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::application::ApplicationQuery;
use bowline_web_wire::tonic::Status;

use super::find::{Named, find, text};
use crate::store::{self, Kept};

/// How long a refresh is waited for. Callers that want less leave earlier.
const REFRESH: Duration = Duration::from_secs(300);

/// The application; with `refresh` after it was compared anew.
pub(crate) async fn get(context: &Context, caller: &Caller, query: &ApplicationQuery) -> Result<Application, Status> {
    let project = query.projects.iter().chain(&query.project).next();
    let (name, namespace) = (text(&query.name), text(&query.app_namespace));
    let project = project.map(String::as_str).unwrap_or_default();
    let found = find(context, caller, Named { name, namespace, project })?;
    let refresh = text(&query.refresh);
    if refresh.is_empty() {
        return with_health(context, found.app.bare()).await;
    }
    let kind = if refresh == "hard" { "hard" } else { "normal" };
    // From before the request on, so that the answer to it cannot be missed.
    let mut follower = context.world.applications().follow();
    let asked = store::change(context, &found.may_get, &found.name, |app: &mut Application| {
        app.metadata.annotations.insert(annotation::REFRESH.to_string(), kind.to_string());
        Ok(())
    })
    .await?;
    let version = |app: &Application| app.metadata.resource_version.parse::<u64>().unwrap_or(0);
    let done = async {
        loop {
            match context.world.app(&found.name) {
                None => return Err(Status::not_found(format!("applications.argoproj.io {name:?} not found"))),
                Some(app)
                    if version(&app) >= version(&asked)
                        && !app.metadata.annotations.contains_key(annotation::REFRESH) =>
                {
                    return Ok(app);
                }
                Some(_) => {
                    follower.next().await;
                }
            }
        }
    };
    let app = tokio::time::timeout(REFRESH, done).await.map_err(|_| {
        Status::deadline_exceeded(format!(
            "the application was not refreshed within {REFRESH:?}; its conditions may say why"
        ))
    })??;
    with_health(context, app.bare()).await
}

/// The application with the health of its objects, which its stored status leaves to the tree.
pub(crate) async fn with_health(context: &Context, mut app: Application) -> Result<Application, Status> {
    if app.status.resource_health_source != "appTree" || app.status.resources.is_empty() {
        return Ok(app);
    }
    let name = bowline_core_types::AppName::new(app.metadata.namespace.as_str(), app.metadata.name.as_str());
    // Without a tree there is no health to tell; that is no reason not to tell of the application.
    let Ok(tree) = context.engine.tree(&name).await else { return Ok(app) };
    let health: HashMap<(&str, &str, &str, &str), &HealthStatus> = tree
        .nodes
        .iter()
        .filter_map(|node| {
            let of = &node.resource_ref;
            Some(((&*of.group, &*of.kind, &*of.namespace, &*of.name), node.health.as_ref()?))
        })
        .collect();
    for resource in &mut app.status.resources {
        let key = (&*resource.group, &*resource.kind, &*resource.namespace, &*resource.name);
        resource.health = health.get(&key).map(|health| HealthStatus::clone(health));
    }
    Ok(app)
}
