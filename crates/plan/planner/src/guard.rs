//! [`Guard`]: what stands between a mistake and an outage.

use bowline_core_types::{GroupKind, ResourceKey};

use crate::{Deletion, Input, ResultCode, Task, TaskKind};

/// Deletions that need a person's word, beyond what the contract asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    /// Kinds whose objects are deleted only when that is confirmed.
    pub protected: Vec<GroupKind>,
    /// More deletions than this in one sync need confirmation …
    pub budget: usize,
    /// … where they are also more than this share of the application's objects, in percent: of those that are there, and of those that
    /// a sync put there and someone has deleted since.
    pub share: usize,
}

/// A deletion that is held back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withheld {
    /// The object.
    pub key: ResourceKey,
    /// Why, and what to do to have it deleted.
    pub reason: String,
}

/// What the message of a deletion begins with that is held back until someone confirms it.
pub const WITHHELD: &str = "not deleted, because";
/// What the message of a deletion begins with that is held back until more is known.
pub const LEFT_ALONE: &str = "left alone, because";

const HOW_TO_CONFIRM: &str =
    "to confirm, set the annotation argocd.argoproj.io/deletion-approved of the Application to the present time";

// === impl Guard ===

impl Default for Guard {
    /// More than 10 objects that are more than half of all.
    fn default() -> Guard {
        Guard::new(10, 50)
    }
}

impl Guard {
    /// Of Namespaces, CRDs, volumes and their claims, and of more objects than `budget` that are more than `share` percent of all.
    pub fn new(budget: usize, share: usize) -> Guard {
        let kinds = [
            ("", "Namespace"),
            ("", "PersistentVolume"),
            ("", "PersistentVolumeClaim"),
            ("apiextensions.k8s.io", "CustomResourceDefinition"),
        ];
        Guard { protected: kinds.map(|(g, k)| GroupKind::new(g, k)).to_vec(), budget, share }
    }

    /// Whether objects of this kind are deleted only when that is confirmed.
    pub fn protects(&self, kind: &GroupKind) -> bool {
        self.protected.contains(kind)
    }
}

/// The prunes that are not done now, with the reason of each.
pub(crate) fn withheld(input: &Input<'_>, tasks: &[Task]) -> Vec<Withheld> {
    let meant: Vec<&Task> = tasks
        .iter()
        .filter(|t| t.kind == TaskKind::Prune && input.operation.prune && t.options.prune != Deletion::Never)
        .collect();
    let hold = |tasks: Vec<&Task>, reason: &str| -> Vec<Withheld> {
        tasks.into_iter().map(|t| Withheld { key: t.key.clone(), reason: reason.to_string() }).collect()
    };
    if let Err(why) = input.complete {
        // No confirmation helps here: nobody knows what is missing.
        return hold(meant, &format!("{LEFT_ALONE} what is desired or live is not fully known: {why}"));
    }
    let Some(guard) = input.guard.filter(|_| !input.confirmed && !input.operation.dry_run) else { return Vec::new() };
    // What someone deleted by hand was there too: whoever tidies up must not find the rest held back for it.
    let there = |r: &&crate::Resource| r.live.is_some() || r.desired.is_some() && input.deployed.contains(&r.key);
    let live = input.resources.iter().filter(there).count();
    // What was pruned already in this operation counts: a budget that starts anew at each tick is none.
    let pruned = |r: &&crate::TaskResult| r.status == Some(ResultCode::Pruned);
    let gone = input.progress.results.iter().filter(pruned).filter(|r| !meant.iter().any(|t| t.key == r.key)).count();
    let (all, before) = (meant.len() + gone, live + gone);
    if all > guard.budget && all * 100 > before * guard.share {
        let reason = format!("{WITHHELD} this sync would delete {all} of {before} objects at once; {HOW_TO_CONFIRM}");
        return hold(meant, &reason);
    }
    let protected = |t: &&Task| guard.protects(&t.key.group_kind());
    // An object that asks for confirmation itself waits for it; it is not passed over.
    let kept = meant.into_iter().filter(|t| t.options.prune != Deletion::Confirm).filter(protected).collect();
    hold(kept, &format!("{WITHHELD} objects of this kind hold others or data; {HOW_TO_CONFIRM}"))
}
