//! What a sync of a revision, or of an edited application, would do.

use std::sync::Arc;

use bowline_base_value::to_json;
use bowline_core_crd::Application;
use bowline_core_ports::PlanAsked;
use bowline_core_rbac::{action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Caller, Context, denied};
use bowline_web_wire::application::ApplicationSyncRequest;
use bowline_web_wire::tonic::Status;
use bytes::Bytes;
use serde::Deserialize;

use super::Parameters;
use crate::application::find::{Named, check_namespace, find, usable_project};
use crate::application::sync::Revisions;
use crate::application::update::permit_update;
use crate::application::validate::{fits, normalize};
use crate::error;
use crate::setting::switch;

/// A question, as a body or a query asks it.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub(crate) struct Question {
    name: String,
    app_namespace: String,
    project: String,
    revision: String,
    revisions: Vec<String>,
    source_positions: Vec<i64>,
    prune: Option<bool>,
    confirmed: bool,
    resources: Vec<String>,
    application: Option<Application>,
}

/// The plan as JSON.
pub(crate) async fn plan(context: &Context, caller: &Caller, question: Question) -> Result<Bytes, Status> {
    let (app, revisions) = permitted(context, caller, &question)?;
    fits(context, &app)?;
    let Question { prune, confirmed, resources, .. } = question;
    let asked = PlanAsked { revisions, prune, confirmed, resources };
    let plan = context.engine.plan(&app, asked).await.map_err(error::engine)?;
    Ok(to_json(&plan, false).into())
}

/// The application that is planned for, and the revision of each of its sources, where the caller may ask about them.
fn permitted(context: &Context, caller: &Caller, question: &Question) -> Result<(Application, Vec<String>), Status> {
    let control = context.world.namespace();
    let edited = question.application.as_ref();
    let of_edited = |field: fn(&Application) -> &str| edited.map(field).unwrap_or_default();
    let or = |named: &str, of_edited: &str| if named.is_empty() { of_edited } else { named }.to_string();
    let name = or(&question.name, of_edited(|app| &app.metadata.name));
    let namespace = or(&or(&question.app_namespace, of_edited(|app| &app.metadata.namespace)), control);
    if name.is_empty() {
        return Err(Status::invalid_argument("name: the application's name is missing"));
    }
    let known = context.world.app(&AppName::new(namespace.as_str(), name.as_str()));
    let app = match (edited, known) {
        (Some(edited), known) => {
            let mut app = Application { operation: None, ..edited.clone() };
            normalize(&mut app);
            (app.metadata.name, app.metadata.namespace) = (name.clone(), namespace.clone());
            app.status = known.as_ref().map(|known| known.status.clone()).unwrap_or_default();
            match known {
                Some(_) => {
                    let named = Named { name: &name, namespace: &namespace, project: &question.project };
                    let found = find(context, caller, named)?;
                    let _may = permit_update(context, caller, &found.app, app.spec.project())?;
                }
                None => {
                    check_namespace(context, &namespace)?;
                    let object = object::Application::new(app.spec.project(), &namespace, &name, control);
                    let _may = caller.enforcer().permit(action::Create, object).map_err(denied)?;
                    usable_project(context, &app)?;
                }
            }
            app
        }
        (None, _) => {
            let named = Named { name: &name, namespace: &namespace, project: &question.project };
            let found = find(context, caller, named)?;
            Arc::unwrap_or_clone(found.app)
        }
    };
    let request = ApplicationSyncRequest {
        revision: Some(question.revision.clone()).filter(|revision| !revision.is_empty()),
        revisions: question.revisions.clone(),
        source_positions: question.source_positions.clone(),
        ..ApplicationSyncRequest::default()
    };
    let revisions = Revisions::asked(&app, &request)?;
    let guarded = switch(context, "application.sync.requireOverridePrivilegeForRevisionSync", false);
    if guarded && revisions.differing(&app).is_some() {
        let object = object::Application::new(app.spec.project(), &namespace, &name, control);
        let _may = caller.enforcer().permit(action::Override, object).map_err(denied)?;
    }
    Ok((app, revisions.into_list()))
}

// === impl Question ===

impl Question {
    /// From a body of JSON.
    pub(crate) fn of_body(body: &[u8]) -> Result<Question, Status> {
        serde_json::from_slice(body).map_err(|error| Status::invalid_argument(format!("the body: {error}")))
    }

    /// From a query.
    pub(crate) fn of_query(parameters: &Parameters) -> Result<Question, Status> {
        let mut question = Question::default();
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            let value = || value.to_string();
            let wrong = |what: &str| Status::invalid_argument(format!("{name}: {:?} is {what}", value()));
            match name {
                "name" => question.name = value(),
                "appNamespace" => question.app_namespace = value(),
                "project" => question.project = value(),
                "revision" => question.revision = value(),
                "revisions" => question.revisions.push(value()),
                "sourcePositions" => question.source_positions.push(value().parse().map_err(|_| wrong("no number"))?),
                "prune" => question.prune = Some(value().parse().map_err(|_| wrong("neither true nor false"))?),
                "confirmed" => question.confirmed = value().parse().map_err(|_| wrong("neither true nor false"))?,
                "resources" => question.resources.push(value()),
                _ => {}
            }
        }
        Ok(question)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_and_a_body_ask_the_same() {
        let query = "name=shop&appNamespace=apps&revisions=v1&revisions=v2&sourcePositions=1&sourcePositions=2&prune=true&resources=apps%3ADeployment%3Aweb";
        let body = r#"{"name":"shop","appNamespace":"apps","revisions":["v1","v2"],"sourcePositions":[1,2],"prune":true,
            "resources":["apps:Deployment:web"]}"#;
        let asked = Question::of_query(&Parameters::parse(query).unwrap()).unwrap();
        assert_eq!(asked, Question::of_body(body.as_bytes()).unwrap());
        assert_eq!((asked.prune, asked.confirmed), (Some(true), false));
    }

    #[test]
    fn what_means_nothing_is_named() {
        for (query, want) in [
            ("prune=yes", "prune: \"yes\" is neither true nor false"),
            ("sourcePositions=first", "sourcePositions: \"first\" is no number"),
        ] {
            let error = Question::of_query(&Parameters::parse(query).unwrap()).unwrap_err();
            assert_eq!(error.message(), want);
        }
        let error = Question::of_body(br#"{"name":"shop","revison":"v1"}"#).unwrap_err();
        assert!(error.message().starts_with("the body: unknown field `revison`"), "{}", error.message());
    }
}
