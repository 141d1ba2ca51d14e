//! [`compare`].

use bowline_core_types::{Object, annotation};
use bowline_plan_merge::{ManagedFields, Operation};

use crate::normalize::normalize;
use crate::walk::Walk;
use crate::{Differences, Rules};

/// What the API server said that applying the desired object would give.
#[derive(Clone, Copy, Debug)]
pub enum Prediction<'a> {
    /// The object that would come of it, with its managed fields; Secret data as digests under the same key as in the live
    /// object.
    Object(&'a Object),
    /// It refused, or could not be asked: its words.
    Failed(&'a str),
}

/// What is compared.
#[derive(Clone, Copy, Debug)]
pub enum Pair<'a> {
    /// Git has it, the cluster does not. The server need not be asked.
    Missing,
    /// The cluster has it and says that it is the application's; Git does not have it.
    Extra,
    /// Both have it.
    Both {
        /// What the cluster holds.
        live: &'a Object,
        /// What it would hold.
        predicted: Prediction<'a>,
        /// Whether the desired object is another than the one that was applied last, where that is known.
        git_changed: Option<bool>,
    },
}

/// Whether an object is synced.
#[derive(Clone, Debug, PartialEq)]
pub enum Comparison {
    /// Applying it would change nothing that is ours.
    InSync,
    /// It is not there.
    Missing,
    /// It should not be there: it requires pruning.
    Extra,
    /// Applying it would change these fields.
    Differs(Differences),
    /// It cannot be told, because of this.
    Unknown {
        /// Why, in the words of whoever knew.
        error: String,
    },
}

/// A comparison in the words of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SyncStatus {
    /// As Git says.
    Synced,
    /// Not as Git says.
    OutOfSync,
    /// It cannot be told.
    Unknown,
}

// === impl SyncStatus ===

impl SyncStatus {
    /// The word of the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            SyncStatus::Synced => "Synced",
            SyncStatus::OutOfSync => "OutOfSync",
            SyncStatus::Unknown => "Unknown",
        }
    }
}

// === impl Comparison ===

impl Comparison {
    /// The word of the contract for it.
    pub fn status(&self) -> SyncStatus {
        match self {
            Comparison::InSync => SyncStatus::Synced,
            Comparison::Missing | Comparison::Extra | Comparison::Differs(_) => SyncStatus::OutOfSync,
            Comparison::Unknown { .. } => SyncStatus::Unknown,
        }
    }

    /// Why it is not synced, for people; empty where it is.
    pub fn sentence(&self) -> String {
        match self {
            Comparison::InSync => String::new(),
            Comparison::Missing => "is not in the cluster".to_string(),
            Comparison::Extra => "is not in Git and requires pruning".to_string(),
            Comparison::Differs(differences) => differences.sentence(),
            Comparison::Unknown { error } => format!("could not be compared: {error}"),
        }
    }
}

/// Compares an object. See the crate for what synced means.
pub fn compare(pair: Pair<'_>, rules: &Rules<'_>) -> Comparison {
    match pair {
        Pair::Missing => Comparison::Missing,
        Pair::Extra => Comparison::Extra,
        Pair::Both { live, predicted: Prediction::Object(predicted), git_changed } => {
            differences(live, predicted, git_changed, rules)
                .unwrap_or_else(|error| Comparison::Unknown { error: format!("its managed fields: {error}") })
        }
        Pair::Both { predicted: Prediction::Failed(error), .. } => Comparison::Unknown { error: error.to_string() },
    }
}

fn differences(
    live: &Object,
    predicted: &Object,
    git_changed: Option<bool>,
    rules: &Rules<'_>,
) -> Result<Comparison, bowline_plan_merge::FieldSetError> {
    // The object was deleted, and maybe made again, between the two looks at it: only the newer look counts, and it saw none.
    if !live.uid().is_empty() && !predicted.uid().is_empty() && live.uid() != predicted.uid() {
        return Ok(Comparison::Missing);
    }
    let held = ManagedFields::of(live)?;
    let would_hold = ManagedFields::of(predicted)?;
    let ours = |e: &bowline_plan_merge::Entry| {
        e.manager == rules.manager && e.operation == Operation::Apply && e.subresource.is_empty()
    };
    let legacy = |e: &bowline_plan_merge::Entry| {
        e.operation == Operation::Update
            && e.subresource.is_empty()
            && (rules.legacy_managers.contains(&e.manager.as_str()) || rules.migration_manager == Some(&e.manager))
    };
    let would_own = would_hold.fields(ours);
    if would_own.is_empty() {
        return Ok(Comparison::Unknown {
            error: format!("the dry run names no field that {} would own", rules.manager),
        });
    }
    let mut adopted = held.fields(legacy);
    // It is not compared, and migrating the fields drops it.
    adopted.remove(&["f:metadata", "f:annotations", &format!("f:{}", annotation::LAST_APPLIED)]);
    let trusted_names = rules.ignored.map(|i| i.managers(live)).unwrap_or_default();
    let mut all = held.fields(|_| true);
    all.union(&would_hold.fields(|_| true));
    let walk = Walk {
        would_own: &would_own,
        owned: &held.fields(ours),
        adopted: &adopted,
        held_by_others: &held.fields(|e| !ours(e) && !legacy(e)),
        trusted: &held.fields(|e| trusted_names.contains(&e.manager)),
        all: &all,
        entries: &held.entries,
        is_ours: &|e| ours(e) || legacy(e),
        include_webhooks: rules.include_webhooks,
        git_changed,
    };
    let list = walk.run(&normalize(live, rules), &normalize(predicted, rules));
    Ok(Differences::new(list).map_or(Comparison::InSync, Comparison::Differs))
}
