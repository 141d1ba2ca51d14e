//! Listing ApplicationSets, and telling of their changes.

use std::collections::HashSet;

use bowline_core_control::Stored;
use bowline_core_crd::{ApplicationSet, ApplicationSetList, ApplicationSetWatchEvent, ListMeta};
use bowline_core_rbac::{Enforcer, action, object};
use bowline_view_fleet::Selector;
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::Messages;
use bowline_web_wire::applicationset::{ApplicationSetListQuery, ApplicationSetWatchQuery};
use bowline_web_wire::tonic::Status;
use futures::StreamExt;

use super::find::project;
use crate::application::find::check_namespace;
use crate::store::Kept;
use crate::told;

/// Which ApplicationSets a query means.
#[derive(Clone)]
struct Filter {
    name: String,
    projects: HashSet<String>,
    namespace: String,
    selector: Selector,
}

// === impl Filter ===

impl Filter {
    fn new(context: &Context, projects: &[String], selector: &str, namespace: &str) -> Result<Filter, Status> {
        let selector = Selector::parse(selector)
            .map_err(|error| Status::invalid_argument(format!("error parsing the selector: {error}")))?;
        if !namespace.is_empty() {
            check_namespace(context, namespace)?;
        }
        Ok(Filter {
            name: String::new(),
            projects: projects.iter().filter(|name| !name.is_empty()).cloned().collect(),
            namespace: namespace.to_string(),
            selector,
        })
    }

    fn matches(&self, stored: &Stored<ApplicationSet>) -> bool {
        (self.name.is_empty() || *self.name == *stored.name.name)
            && (self.namespace.is_empty() || *self.namespace == *stored.name.namespace)
            && (self.projects.is_empty() || self.projects.contains(project(&stored.object)))
            && self.selector.matches(&stored.object.metadata.labels)
    }
}

/// Whether the caller may see it.
fn is_visible(enforcer: &Enforcer, control: &str, stored: &Stored<ApplicationSet>) -> bool {
    let name = &stored.name;
    let name = object::ApplicationSet::new(project(&stored.object), &name.namespace, &name.name, control);
    enforcer.permit(action::Get, name).is_ok()
}

/// A list as the contract sends it: by name.
pub(crate) fn list(
    context: &Context,
    caller: &Caller,
    query: &ApplicationSetListQuery,
) -> Result<ApplicationSetList, Status> {
    let filter = Filter::new(context, &query.projects, &query.selector, &query.appset_namespace)?;
    let (all, number) = context.world.application_sets().snapshot();
    let (enforcer, control) = (caller.enforcer(), context.world.namespace());
    let mut found: Vec<_> =
        all.iter().filter(|stored| filter.matches(stored) && is_visible(&enforcer, control, stored)).collect();
    found.sort_by(|a, b| (&a.name.name, &a.name.namespace).cmp(&(&b.name.name, &b.name.namespace)));
    Ok(ApplicationSetList {
        metadata: ListMeta { resource_version: number.to_string(), ..ListMeta::default() },
        items: found.iter().map(|stored| stored.object.bare()).collect(),
        ..ApplicationSetList::default()
    })
}

/// A stream of what happens to those that the query means: first those that are there, unless it says from where on.
pub(crate) fn watch(
    context: &Context,
    caller: Caller,
    query: &ApplicationSetWatchQuery,
) -> Result<Messages<ApplicationSetWatchEvent>, Status> {
    let mut filter = Filter::new(context, &query.projects, &query.selector, &query.app_set_namespace)?;
    filter.name.clone_from(&query.name);
    let one = !query.name.is_empty();
    let since = query.resource_version.parse::<u64>().ok().filter(|_| !one);
    let control = context.world.namespace().to_string();
    let told = told::changes(context.world.application_sets(), since, one, move || {
        let (enforcer, control, filter) = (caller.enforcer(), control.clone(), filter.clone());
        Box::new(move |stored| filter.matches(stored) && is_visible(&enforcer, &control, stored))
    });
    Ok(Box::pin(
        told.map(|(kind, application_set)| Ok(ApplicationSetWatchEvent { type_: kind.to_string(), application_set })),
    ))
}
