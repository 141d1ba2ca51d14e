//! Listing applications, and telling of their changes.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_control::{Follower, Stored, Update, UpdateKind};
use bowline_core_crd::{Application, ApplicationList, ApplicationWatchEvent, ListMeta};
use bowline_core_rbac::{Enforcer, action, object};
use bowline_core_types::AppName;
use bowline_web_wire::Messages;
use bowline_web_wire::application::ApplicationQuery;
use bowline_web_wire::tonic::Status;
use futures::{StreamExt, stream};

use super::find::{check_namespace, text};
use crate::Ground;
use crate::caller::Caller;
use crate::selector::Selector;
use crate::store::bare;

/// Which applications a query means.
pub(crate) struct Filter {
    name: String,
    projects: HashSet<String>,
    namespace: String,
    repo: String,
    selector: Selector,
}

// === impl Filter ===

impl Filter {
    fn new(ground: &Ground, query: &ApplicationQuery) -> Result<Filter, Status> {
        let selector = Selector::parse(text(&query.selector))
            .map_err(|error| Status::invalid_argument(format!("error parsing the selector: {error}")))?;
        let namespace = text(&query.app_namespace).to_string();
        if !namespace.is_empty() {
            check_namespace(ground, &namespace)?;
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
fn selected(ground: &Ground, caller: &Caller, query: &ApplicationQuery) -> Result<Selected, Status> {
    let filter = Filter::new(ground, query)?;
    let (list, number) = ground.world.applications().snapshot();
    let (enforcer, control) = (caller.enforcer(), ground.world.namespace());
    let mut found: Vec<Arc<Stored<Application>>> = list
        .iter()
        .filter(|stored| filter.matches(stored) && is_visible(&enforcer, control, &stored.object))
        .cloned()
        .collect();
    found.sort_by(|a, b| (&a.name.name, &a.name.namespace).cmp(&(&b.name.name, &b.name.namespace)));
    Ok((found, number))
}

/// A list of applications as the contract sends it.
pub(crate) fn list(ground: &Ground, caller: &Caller, query: &ApplicationQuery) -> Result<ApplicationList, Status> {
    let (found, number) = selected(ground, caller, query)?;
    Ok(ApplicationList {
        metadata: ListMeta { resource_version: number.to_string(), ..ListMeta::default() },
        items: found.iter().map(|stored| bare(&stored.object)).collect(),
        ..ApplicationList::default()
    })
}

/// A stream of what happens to the applications that the query means: first those that are there, unless it says from where on.
pub(crate) fn watch(
    ground: &Ground,
    caller: Caller,
    query: &ApplicationQuery,
) -> Result<Messages<ApplicationWatchEvent>, Status> {
    let filter = Filter::new(ground, query)?;
    let store = ground.world.applications();
    let since = text(&query.resource_version);
    // From before the list on: an object may be told twice, none is missed.
    let (follower, first) = match since.parse::<u64>() {
        Ok(number) if text(&query.name).is_empty() => (store.follow_from(number), Vec::new()),
        _ => {
            let follower = store.follow();
            let added = |stored: &Arc<Stored<Application>>| Update {
                kind: UpdateKind::Added,
                number: stored.number,
                stored: stored.clone(),
            };
            (follower, store.list().iter().map(added).collect())
        }
    };
    let watcher = Watcher {
        caller,
        filter,
        control: ground.world.namespace().to_string(),
        follower,
        told: HashSet::new(),
        last: 0,
    };
    let first_events = (watcher, Some(first));
    let batches = stream::unfold(first_events, |(mut watcher, first)| async move {
        let events = match first {
            Some(updates) => watcher.events(updates, Vec::new()),
            None => watcher.next().await,
        };
        Some((stream::iter(events.into_iter().map(Ok)), (watcher, None)))
    });
    Ok(Box::pin(batches.flatten()))
}

/// One who watches.
struct Watcher {
    caller: Caller,
    filter: Filter,
    control: String,
    follower: Follower<Application>,
    told: HashSet<AppName>,
    /// The newest change that was told: what was listed is not told again.
    last: u64,
}

// === impl Watcher ===

impl Watcher {
    async fn next(&mut self) -> Vec<ApplicationWatchEvent> {
        let (updates, gone) = self.follower.next().await.resolve(&self.told);
        self.events(updates, gone)
    }

    fn events(&mut self, updates: Vec<Update<Application>>, gone: Vec<AppName>) -> Vec<ApplicationWatchEvent> {
        let enforcer = self.caller.enforcer();
        let mut events = Vec::new();
        for name in gone {
            self.told.remove(&name);
            events.push(event("DELETED", bare(&Application::new(&name.namespace, &name.name))));
        }
        for update in updates {
            let stored = &update.stored;
            let seen = self.filter.matches(stored) && is_visible(&enforcer, &self.control, &stored.object);
            let known = self.told.contains(&stored.name);
            let kind = match (update.kind, seen, known) {
                (UpdateKind::Deleted, true, _) | (UpdateKind::Deleted, _, true) => "DELETED",
                (UpdateKind::Deleted, false, false) | (_, false, false) => continue,
                // It is not of those any more: to who watches it is gone.
                (_, false, true) => "DELETED",
                (UpdateKind::Added, true, _) => "ADDED",
                (UpdateKind::Modified, true, _) => "MODIFIED",
            };
            if known && update.number <= self.last && kind != "DELETED" {
                continue;
            }
            self.last = self.last.max(update.number);
            if kind == "DELETED" {
                self.told.remove(&stored.name);
            } else {
                self.told.insert(stored.name.clone());
            }
            events.push(event(kind, bare(&stored.object)));
        }
        events
    }
}

fn event(kind: &str, application: Application) -> ApplicationWatchEvent {
    ApplicationWatchEvent { type_: kind.to_string(), application }
}
