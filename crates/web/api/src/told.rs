//! Telling a watcher what happens to the objects that he means and may see.

use std::collections::HashSet;
use std::sync::Arc;

use bowline_core_control::{Follower, Store, Stored, Update, UpdateKind};
use bowline_core_types::AppName;
use futures::{Stream, StreamExt, stream};

use crate::store::Kept;

/// Whether a state is one that the watcher means and may see.
pub(crate) type Seen<T> = Box<dyn Fn(&Stored<T>) -> bool + Send>;

/// What happens: `ADDED`, `MODIFIED` or `DELETED`, and the object. First those that are there, unless `since` says which change
/// was seen last. `seen` is asked for anew before each batch: policies change while somebody watches. Who watches `one` object that is not
/// there is told of its last deletion: `argocd app delete --wait` asks for the deletion first and watches then, and would wait for ever.
pub(crate) fn changes<T, F>(
    store: &Arc<Store<T>>,
    since: Option<u64>,
    one: bool,
    seen: F,
) -> impl Stream<Item = (&'static str, T)> + Send + use<T, F>
where
    T: Kept + Send + Sync + 'static,
    F: Fn() -> Seen<T> + Send + 'static,
{
    // From before the list on: an object may be told twice, none is missed.
    let (follower, first) = match since {
        Some(number) => (store.follow_from(number), Vec::new()),
        None => {
            let follower = store.follow();
            let added = |stored: &Arc<Stored<T>>| Update {
                kind: UpdateKind::Added,
                number: stored.number,
                stored: stored.clone(),
            };
            (follower, store.list().iter().map(added).collect())
        }
    };
    let late = one.then(|| store.clone());
    let watcher = Watcher { follower, told: Told::default(), seen };
    let batches = stream::unfold((watcher, Some((first, late))), |(mut watcher, first)| async move {
        let events = match first {
            Some((updates, late)) => watcher.begin(updates, late.as_deref()),
            None => watcher.next().await,
        };
        Some((stream::iter(events), (watcher, None)))
    });
    batches.flatten()
}

/// One who watches.
struct Watcher<T, F> {
    follower: Follower<T>,
    told: Told,
    seen: F,
}

/// What somebody who watches has been told.
#[derive(Default)]
struct Told {
    names: HashSet<AppName>,
    /// The newest change of all: what was listed is not told again.
    last: u64,
}

// === impl Watcher ===

impl<T: Kept, F: Fn() -> Seen<T>> Watcher<T, F> {
    /// What is there; where nothing is, what went last of `late`.
    fn begin(&mut self, updates: Vec<Update<T>>, late: Option<&Store<T>>) -> Vec<(&'static str, T)> {
        let seen = (self.seen)();
        let there = self.told.events(updates, Vec::new(), &seen);
        match late.filter(|_| there.is_empty()).and_then(|store| store.last_deleted(&seen)) {
            Some(gone) => self.told.events(vec![gone], Vec::new(), &seen),
            None => there,
        }
    }

    async fn next(&mut self) -> Vec<(&'static str, T)> {
        let (updates, gone) = self.follower.next().await.resolve(&self.told.names);
        self.told.events(updates, gone, &(self.seen)())
    }
}

// === impl Told ===

impl Told {
    fn events<T: Kept>(
        &mut self,
        updates: Vec<Update<T>>,
        gone: Vec<AppName>,
        seen: &dyn Fn(&Stored<T>) -> bool,
    ) -> Vec<(&'static str, T)> {
        // Where everything is told at once the numbers are in no order: what is old is what was old before.
        let before = self.last;
        let mut events = Vec::new();
        for name in gone {
            self.names.remove(&name);
            let mut last = T::default();
            let metadata = last.metadata_mut();
            (metadata.namespace, metadata.name) = (name.namespace.to_string(), name.name.to_string());
            events.push(("DELETED", last));
        }
        for Update { kind, number, stored } in updates {
            let (seen, known) = (seen(&stored), self.names.contains(&stored.name));
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
            events.push((kind, stored.object.bare()));
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::Application;
    use futures::FutureExt;

    use super::*;

    fn app(name: &str, version: u64, project: &str) -> Application {
        let mut app = Application::new("argocd", name);
        app.metadata.resource_version = version.to_string();
        app.metadata.uid = name.into();
        app.spec.project = project.into();
        app
    }

    fn check(told: &mut Told, updates: Vec<Update<Application>>) -> String {
        let events = told.events(updates, Vec::new(), &|stored| stored.object.spec.project == "p");
        events.iter().map(|(kind, app)| format!("{kind} {}", app.metadata.name)).collect::<Vec<_>>().join(", ")
    }

    fn all(store: &Store<Application>, kind: UpdateKind) -> Vec<Update<Application>> {
        let update = |s: &Arc<Stored<Application>>| Update { kind, number: s.number, stored: s.clone() };
        store.list().iter().map(update).collect()
    }

    #[test]
    fn everything_at_once_tells_what_is_new_whatever_the_order() {
        let (store, mut told) = (Store::default(), Told::default());
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
        let (store, mut told) = (Store::default(), Told::default());
        store.put(app("a", 1, "p"));
        check(&mut told, all(&store, UpdateKind::Added));
        store.put(app("a", 2, "q"));
        assert_eq!(check(&mut told, all(&store, UpdateKind::Modified)), "DELETED a");
        store.put(app("a", 3, "q"));
        assert_eq!(check(&mut told, all(&store, UpdateKind::Modified)), "");
    }

    #[tokio::test]
    async fn who_comes_late_to_see_one_go_is_told() {
        let store = Arc::new(Store::default());
        for name in ["a", "b"] {
            store.put(app(name, 1, "p"));
            store.remove(&AppName::new("argocd", name));
        }
        store.put(app("b", 2, "p"));
        let first = async |name: &'static str, one: bool| {
            let seen = move || -> Seen<Application> { Box::new(move |stored| &*stored.name.name == name) };
            let told = changes(&store, None, one, seen);
            futures::pin_mut!(told);
            told.next().now_or_never().flatten().map(|(kind, app)| format!("{kind} {}", app.metadata.name))
        };
        assert_eq!(first("a", true).await.as_deref(), Some("DELETED a"));
        assert_eq!(first("b", true).await.as_deref(), Some("ADDED b"), "it is there again");
        assert_eq!(first("never", true).await, None);
        assert_eq!(first("a", false).await, None, "of many, what is gone is no news");
    }
}
