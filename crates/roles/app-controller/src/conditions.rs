//! Conditions: what people should know, each with the time since when.

use bowline_core_crd::Time;
use bowline_core_crd::{ApplicationCondition, ApplicationConditionType};

/// A setting that concerns the application says something that is not carried out.
pub fn not_carried_out() -> ApplicationConditionType {
    ApplicationConditionType::from("UnsupportedSettingWarning")
}

/// Something of a deletion runs, or is going.
pub fn deletion_waits() -> ApplicationConditionType {
    ApplicationConditionType::from("DeletionProgress")
}

/// Why the application is not synced: not an error, but a sentence that people ask for.
pub fn out_of_sync() -> ApplicationConditionType {
    ApplicationConditionType::from("OutOfSyncReason")
}

/// A sync is due, and waits for something.
pub fn sync_waits() -> ApplicationConditionType {
    ApplicationConditionType::from("SyncWaiting")
}

/// Deletions that a sync was to make wait for a person's word.
pub fn withheld() -> ApplicationConditionType {
    ApplicationConditionType::from("DeletionWithheldWarning")
}

/// The first few of a list, and how many more there are.
pub fn first_of(list: &[String], few: usize) -> String {
    let joint = if list.iter().any(|text| text.contains(", ")) { "; " } else { ", " };
    match list.len().checked_sub(few) {
        None | Some(0) => list.join(joint),
        Some(more) => format!("{} and {more} more", list[..few].join(joint)),
    }
}

/// The conditions of one pass.
#[derive(Clone, Debug, Default)]
pub struct Conditions(Vec<(ApplicationConditionType, String)>);

// === impl Conditions ===

impl Conditions {
    /// Adds a condition.
    pub fn add(&mut self, kind: ApplicationConditionType, message: impl Into<String>) {
        let message = message.into();
        if !self.0.iter().any(|(k, m)| *k == kind && *m == message) {
            self.0.push((kind, message));
        }
    }

    /// Whether there is an error among them.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|(kind, _)| kind.is_error())
    }

    /// The errors in one text, as operations repeat them.
    pub fn error_text(&self) -> String {
        let errors = self.0.iter().filter(|(kind, _)| kind.is_error());
        errors.map(|(kind, message)| format!("{kind}: {message}")).collect::<Vec<_>>().join(";")
    }

    /// As the status shows them: one that was there before keeps its time.
    pub fn into_status(self, before: &[ApplicationCondition], now: Time) -> Vec<ApplicationCondition> {
        let mut conditions: Vec<ApplicationCondition> = self
            .0
            .into_iter()
            .map(|(type_, message)| {
                let known = before.iter().find(|c| c.type_ == type_ && c.message == message);
                let since = known.and_then(|c| c.last_transition_time).unwrap_or(now);
                ApplicationCondition { type_, message, last_transition_time: Some(since) }
            })
            .collect();
        conditions.sort_by(|a, b| (a.type_.as_str(), &a.message).cmp(&(b.type_.as_str(), &b.message)));
        conditions
    }
}
