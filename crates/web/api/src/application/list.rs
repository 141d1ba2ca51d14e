//! Listing applications, and telling of their changes.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_control::{Follower, Stored, Update, UpdateKind};
use bowline_core_crd::{Application, ApplicationList, ApplicationWatchEvent, ListMeta};
use bowline_core_rbac::{Enforcer, action, object};
use bowline_core_types::AppName;
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::Messages;
use bowline_web_wire::application::ApplicationQuery;
use bowline_web_wire::tonic::Status;
use futures::{StreamExt, stream};

use super::find::{check_namespace, text};
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
        items: found.iter().map(|stored| bare(&stored.object)).collect(),
        ..ApplicationList::default()
    })
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
    let told = Told { filter, names: HashSet::new(), last: 0 };
    let watcher = Watcher { caller, control: context.world.namespace().to_string(), follower, told };
    let batches = stream::unfold((watcher, Some(first)), |(mut watcher, first)| async move {
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
    control: String,
    follower: Follower<Application>,
    told: Told,
}

/// What somebody who watches has been told.
struct Told {
    filter: Filter,
    names: HashSet<AppName>,
    /// The newest change of all: what was listed is not told again.
    last: u64,
}

// === impl Watcher ===

impl Watcher {
    async fn next(&mut self) -> Vec<ApplicationWatchEvent> {
        let (updates, gone) = self.follower.next().await.resolve(&self.told.names);
        self.events(updates, gone)
    }

    fn events(&mut self, updates: Vec<Update<Application>>, gone: Vec<AppName>) -> Vec<ApplicationWatchEvent> {
        let enforcer = self.caller.enforcer();
        self.told.events(updates, gone, &|app| is_visible(&enforcer, &self.control, app))
    }
}

// === impl Told ===

impl Told {
    fn events(
        &mut self,
        updates: Vec<Update<Application>>,
        gone: Vec<AppName>,
        visible: &dyn Fn(&Application) -> bool,
    ) -> Vec<ApplicationWatchEvent> {
        // Where everything is told at once the numbers are in no order: what is old is what was old before.
        let before = self.last;
        let mut events = Vec::new();
        for name in gone {
            self.names.remove(&name);
            events.push(event("DELETED", bare(&Application::new(&name.namespace, &name.name))));
        }
        for Update { kind, number, stored } in updates {
            let seen = self.filter.matches(&stored) && visible(&stored.object);
            let known = self.names.contains(&stored.name);
            let kind = match (kind, seen, known) {
                (UpdateKind::Deleted, true, _) | (UpdateKind::Deleted, _, true) => "DELETED",
                (UpdateKind::Deleted, false, false) | (_, false, false) => continue,
                // It is not of those any more: to who watches it is gone.
                (_, false, true) => "DELETED",
                (_, true, true) if number <= before => continue,
                (UpdateKind::Added, true, _) => "ADDED",
                (UpdateKind::Modified, true, _) => "MODIFIED",
            };
            self.last = self.last.max(number);
            if kind == "DELETED" {
                self.names.remove(&stored.name);
            } else {
                self.names.insert(stored.name.clone());
            }
            events.push(event(kind, bare(&stored.object)));
        }
        events
    }
}

fn event(kind: &str, application: Application) -> ApplicationWatchEvent {
    ApplicationWatchEvent { type_: kind.to_string(), application }
}

#[cfg(test)]
mod tests {
    use bowline_core_control::Store;

    use super::*;

    fn app(name: &str, version: u64, project: &str) -> Application {
        let mut app = Application::new("argocd", name);
        app.metadata.resource_version = version.to_string();
        app.metadata.uid = name.into();
        app.spec.project = project.into();
        app
    }

    fn told() -> Told {
        let filter = Filter {
            name: String::new(),
            projects: HashSet::from(["p".to_string()]),
            namespace: String::new(),
            repo: String::new(),
            selector: Selector::default(),
        };
        Told { filter, names: HashSet::new(), last: 0 }
    }

    fn check(told: &mut Told, updates: Vec<Update<Application>>) -> String {
        let events = told.events(updates, Vec::new(), &|_| true);
        events.iter().map(|e| format!("{} {}", e.type_, e.application.metadata.name)).collect::<Vec<_>>().join(", ")
    }

    fn all(store: &Store<Application>, kind: UpdateKind) -> Vec<Update<Application>> {
        let update = |s: &Arc<Stored<Application>>| Update { kind, number: s.number, stored: s.clone() };
        store.list().iter().map(update).collect()
    }

    #[test]
    fn everything_at_once_tells_what_is_new_whatever_the_order() {
        let (store, mut told) = (Store::default(), told());
        store.put(app("a", 1, "p"));
        store.put(app("b", 2, "p"));
        store.put(app("c", 3, "p"));
        assert_eq!(check(&mut told, all(&store, UpdateKind::Added)), "ADDED a, ADDED b, ADDED c");
        store.put(app("b", 4, "p"));
        store.put(app("a", 5, "p"));
        // `a` comes first and has the newest number; `b` is news all the same, `c` is none.
        assert_eq!(check(&mut told, all(&store, UpdateKind::Modified)), "MODIFIED a, MODIFIED b");
    }

    #[test]
    fn what_no_longer_fits_is_gone() {
        let (store, mut told) = (Store::default(), told());
        store.put(app("a", 1, "p"));
        check(&mut told, all(&store, UpdateKind::Added));
        store.put(app("a", 2, "q"));
        assert_eq!(check(&mut told, all(&store, UpdateKind::Modified)), "DELETED a");
        store.put(app("a", 3, "q"));
        assert_eq!(check(&mut told, all(&store, UpdateKind::Modified)), "");
    }
}
