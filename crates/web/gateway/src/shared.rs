//! [`Shared`]: changes of applications as they are sent, written once for all who watch with the same fields.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, PoisonError};

use bowline_core_crd::ApplicationWatchEvent;
use bowline_web_wire::json::write;
use bowline_web_wire::{Json, Selection};
use bytes::Bytes;
use serde_json::{Value, json};

/// Selections of fields whose events are kept. Programs watch with a few.
const SELECTIONS: usize = 4;
/// Applications whose last event is kept for each selection: those who watch are told at about the same time.
const EVENTS: usize = 512;

/// What those who watch were told last.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    hasher: RandomState,
    /// The selection that was asked for first at the beginning.
    kept: Mutex<Vec<BySelection>>,
}

#[derive(Debug)]
struct BySelection {
    selection: Option<Selection>,
    events: HashMap<String, (ApplicationWatchEvent, Arc<Event>)>,
}

/// One event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    /// Which object it is about.
    pub(crate) key: String,
    /// Whether the object is gone.
    pub(crate) gone: bool,
    /// What is sent: the object that holds it as `result`.
    pub(crate) json: Bytes,
    /// A digest of what is sent.
    pub(crate) digest: u64,
}

// === impl Shared ===

impl Shared {
    /// The event with the fields of `selection`, as it was made for whoever was told first.
    pub(crate) fn event(&self, event: &ApplicationWatchEvent, selection: Option<&Selection>) -> Arc<Event> {
        let metadata = &event.application.metadata;
        let key = format!("{}/{}", metadata.namespace, metadata.name);
        // Held while it is written: the others wait for what they would write too.
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let place = kept.iter().position(|kept| kept.selection.as_ref() == selection).unwrap_or_else(|| {
            if kept.len() >= SELECTIONS {
                kept.remove(0);
            }
            kept.push(BySelection { selection: selection.cloned(), events: HashMap::new() });
            kept.len() - 1
        });
        let events = &mut kept[place].events;
        if let Some((before, made)) = events.get(&key)
            && before == event
        {
            return made.clone();
        }
        let made = Arc::new(self.make(key.clone(), event.type_ == "DELETED", event.to_value(), selection));
        if events.len() >= EVENTS {
            events.clear();
        }
        events.insert(key, (event.clone(), made.clone()));
        made
    }

    /// An event that nobody shares.
    pub(crate) fn make(&self, key: String, gone: bool, event: Value, selection: Option<&Selection>) -> Event {
        let mut value = json!({ "result": event });
        if let Some(selection) = selection {
            selection.prune(&mut value);
        }
        let mut json = Vec::new();
        write(&value, &mut json);
        Event { key, gone, digest: self.hasher.hash_one(&json), json: json.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, name: &str, project: &str) -> ApplicationWatchEvent {
        let mut event = ApplicationWatchEvent { type_: kind.to_owned(), ..ApplicationWatchEvent::default() };
        event.application.metadata.namespace = "argocd".into();
        event.application.metadata.name = name.to_owned();
        event.application.spec.project = project.into();
        event
    }

    #[test]
    fn one_event_is_made_once_for_each_selection() {
        let shared = Shared::default();
        let names = Selection::parse("result.application.metadata.name").unwrap();
        let first = shared.event(&event("ADDED", "a", "p"), Some(&names));
        assert_eq!(first.json, r#"{"result":{"application":{"metadata":{"name":"a"}}}}"#);
        assert!(Arc::ptr_eq(&first, &shared.event(&event("ADDED", "a", "p"), Some(&names))));
        let whole = shared.event(&event("ADDED", "a", "p"), None);
        assert!(whole.json.len() > first.json.len() && whole.key == first.key);

        // Another state is another event; where the chosen fields are the same, its digest is.
        let second = shared.event(&event("ADDED", "a", "q"), Some(&names));
        assert!(!Arc::ptr_eq(&first, &second) && first.digest == second.digest);
        assert!(shared.event(&event("DELETED", "a", "q"), Some(&names)).gone);

        // What is kept is bounded.
        for n in 0..EVENTS {
            shared.event(&event("ADDED", &format!("a{n}"), "p"), Some(&names));
        }
        for n in 0..2 * SELECTIONS {
            shared.event(&event("ADDED", "a", "p"), Selection::parse(&format!("result.field{n}")).as_ref());
        }
        let kept = shared.kept.lock().unwrap();
        assert!(kept.len() == SELECTIONS && kept.iter().all(|kept| kept.events.len() <= EVENTS));
    }
}
