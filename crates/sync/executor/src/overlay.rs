//! [`Overlay`]: what calls returned, until the watches show it.

use std::collections::HashMap;

use bowline_core_types::{Object, ResourceKey};
use bowline_plan_planner::{Action, ActionKind, Outcome};
use jiff::{SignedDuration, Timestamp};

/// How long a call's answer outweighs a watch that shows something else. A watch that is further behind than this is not
/// waited for: an object that it does not show is gone.
const TRUST: SignedDuration = SignedDuration::from_secs(30);

/// What the calls of an operation returned. A watch tells the same a moment later; until then the newer of the two counts.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    known: HashMap<ResourceKey, (Known, Timestamp)>,
}

#[derive(Clone, Debug)]
enum Known {
    /// The object as a call returned it.
    Object(Object),
    /// The object of this uid is gone; any of the name where it is empty.
    Gone(String),
}

// === impl Overlay ===

impl Overlay {
    /// Takes in what came of an action.
    pub fn take_in(&mut self, action: &Action, outcome: &Outcome, now: Timestamp) {
        let Outcome::Done { object, .. } = outcome else { return };
        let known = match (&action.kind, object) {
            (ActionKind::Check { .. } | ActionKind::Prune { .. } | ActionKind::Apply { .. }, None) => return,
            (_, Some(object)) => Known::Object(object.clone()),
            (ActionKind::ReleaseHook | ActionKind::DeleteHook, None) => {
                Known::Gone(match self.known.get(&action.key) {
                    Some((Known::Object(object), _)) => object.uid().to_string(),
                    // Told once more: then it is not another object that the watch shows, it is behind.
                    Some((Known::Gone(_), _)) | None => String::new(),
                })
            }
        };
        self.known.insert(action.key.clone(), (known, now));
    }

    /// What is known of an object: the newer of what a call returned and what the watches show.
    pub fn newest(&self, key: &ResourceKey, watched: Option<&Object>, now: Timestamp) -> Option<Object> {
        let Some((known, _)) = self.known.get(key).filter(|(_, since)| now.duration_since(*since) < TRUST) else {
            return watched.cloned();
        };
        match (known, watched) {
            (Known::Object(returned), Some(watched)) if version(watched) >= version(returned) => Some(watched.clone()),
            // It was being deleted, and the watch does not show it: it has gone.
            (Known::Object(returned), None) if returned.deletion_timestamp().is_some() => None,
            (Known::Object(returned), _) => Some(returned.clone()),
            // Another object of the name has come since.
            (Known::Gone(uid), Some(watched)) if !uid.is_empty() && watched.uid() != uid => Some(watched.clone()),
            (Known::Gone(_), _) => None,
        }
    }

    /// Forgets everything: for a new operation.
    pub fn clear(&mut self) {
        self.known.clear();
    }
}

/// Resource versions of one kind are numbers that grow (Kubernetes promises that since 1.35; etcd has always given them so).
fn version(object: &Object) -> u64 {
    object.resource_version().parse().unwrap_or(0)
}
