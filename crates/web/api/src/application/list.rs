//! Listing applications, and telling of their changes.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_control::Stored;
use bowline_core_crd::{Application, ApplicationList, ApplicationWatchEvent, ListMeta};
use bowline_core_rbac::{Enforcer, action, object};
use bowline_view_fleet::Selector;
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::application::ApplicationQuery;
use bowline_web_wire::tonic::Status;
use bowline_web_wire::{Messages, Selection};
use bytes::Bytes;
use futures::StreamExt;

use super::find::{check_namespace, text};
use super::made::Made;
use crate::store::Kept;
use crate::told;

/// Which applications a query means.
#[derive(Clone)]
pub(crate) struct Filter {
    name: String,
    projects: HashSet<String>,
    namespace: String,
    repo: String,
    selector: Selector,
}

// === impl Filter ===

impl Filter {
    fn new(context: &Context, query: &ApplicationQuery) -> Result<Filter, Status> {
        let selector = Selector::parse(text(&query.selector))
            .map_err(|error| Status::invalid_argument(format!("error parsing the selector: {error}")))?;
        let namespace = text(&query.app_namespace).to_string();
        if !namespace.is_empty() {
            check_namespace(context, &namespace)?;
        }
        Ok(Filter {
            name: text(&query.name).to_string(),
            projects: query.projects.iter().chain(&query.project).filter(|name| !name.is_empty()).cloned().collect(),
            namespace,
            repo: text(&query.repo).to_string(),
            selector,
        })
    }

    fn matches(&self, stored: &Stored<Application>) -> bool {
        let app = &stored.object;
        (self.name.is_empty() || *self.name == *stored.name.name)
            && (self.namespace.is_empty() || *self.namespace == *stored.name.namespace)
            && (self.projects.is_empty() || self.projects.contains(app.spec.project()))
            && (self.repo.is_empty()
                || app.spec.sources().iter().any(|source| same_repository(&source.repo_url, &self.repo)))
            && self.selector.matches(&app.metadata.labels)
    }
}

/// Whether two URLs name one repository, as far as their text tells.
fn same_repository(a: &str, b: &str) -> bool {
    let plain = |url: &str| url.trim_end_matches('/').trim_end_matches(".git").to_lowercase();
    plain(a) == plain(b)
}

/// Whether the caller may see it.
fn is_visible(enforcer: &Enforcer, control: &str, app: &Application) -> bool {
    let metadata = &app.metadata;
    let name = object::Application::new(app.spec.project(), &metadata.namespace, &metadata.name, control);
    enforcer.permit(action::Get, name).is_ok()
}

/// What a query selects, and the number of the newest change that this shows.
type Selected = (Vec<Arc<Stored<Application>>>, u64);

/// Those that the query means and the caller may see, by name.
fn selected(context: &Context, caller: &Caller, query: &ApplicationQuery) -> Result<Selected, Status> {
    let filter = Filter::new(context, query)?;
    let (list, number) = context.world.applications().snapshot();
    let (enforcer, control) = (caller.enforcer(), context.world.namespace());
    let mut found: Vec<Arc<Stored<Application>>> = list
        .iter()
        .filter(|stored| filter.matches(stored) && is_visible(&enforcer, control, &stored.object))
        .cloned()
        .collect();
    found.sort_by(|a, b| (&a.name.name, &a.name.namespace).cmp(&(&b.name.name, &b.name.namespace)));
    Ok((found, number))
}

/// A list of applications as the contract sends it.
pub(crate) fn list(context: &Context, caller: &Caller, query: &ApplicationQuery) -> Result<ApplicationList, Status> {
    let (found, number) = selected(context, caller, query)?;
    Ok(ApplicationList {
        metadata: ListMeta { resource_version: number.to_string(), ..ListMeta::default() },
        items: found.iter().map(|stored| stored.object.bare()).collect(),
        ..ApplicationList::default()
    })
}

/// The same as JSON with the fields of `selection`, of what was made before; `None` where there is nothing to make it of.
pub(crate) fn prepared(
    context: &Context,
    made: &Made,
    caller: &Caller,
    query: &ApplicationQuery,
    selection: Option<&Selection>,
) -> Result<Option<Bytes>, Status> {
    let (found, number) = selected(context, caller, query)?;
    if found.is_empty() || selection.is_some_and(|selection| !selection.wants("items")) {
        return Ok(None);
    }
    Ok(Some(made.list(&found, number, selection, context.world.applications().len())))
}

/// A stream of what happens to the applications that the query means: first those that are there, unless it says from where on.
pub(crate) fn watch(
    context: &Context,
    caller: Caller,
    query: &ApplicationQuery,
) -> Result<Messages<ApplicationWatchEvent>, Status> {
    let filter = Filter::new(context, query)?;
    let store = context.world.applications();
    let since = text(&query.resource_version);
    let one = !text(&query.name).is_empty();
    let since = since.parse::<u64>().ok().filter(|_| !one);
    let control = context.world.namespace().to_string();
    let told = told::changes(store, since, one, move || {
        let (enforcer, control) = (caller.enforcer(), control.clone());
        let filter = filter.clone();
        Box::new(move |stored| filter.matches(stored) && is_visible(&enforcer, &control, &stored.object))
    });
    let event =
        |(kind, application): (&str, Application)| ApplicationWatchEvent { type_: kind.to_string(), application };
    Ok(Box::pin(told.map(move |told| Ok(event(told)))))
}
