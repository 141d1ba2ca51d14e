//! The health of an application by that of its objects.

use bowline_core_types::{Object, ResourceKey, annotation, is_hook, is_skipped};

use crate::{Health, HealthStatus};

/// One managed object of an application, as aggregation sees it.
#[derive(Clone, Copy, Debug)]
pub struct Child<'a> {
    /// What names it.
    pub key: &'a ResourceKey,
    /// What Git says; `None` where the object is only tracked.
    pub desired: Option<&'a Object>,
    /// What the cluster holds; `None` where it is missing.
    pub live: Option<&'a Object>,
    /// The health of the live object; `None` for kinds without a rule.
    pub health: Option<&'a Health>,
    /// Whether it is the application itself, which manages itself and does not wait for itself.
    pub is_self: bool,
}

/// The health of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppHealth {
    /// The worst of what counts.
    pub status: HealthStatus,
    /// The objects that made it so, in the order given, none where it is healthy or everything is missing.
    pub causes: Vec<ResourceKey>,
}

// === impl AppHealth ===

impl AppHealth {
    /// A sentence that names up to three causes; empty where there are none.
    pub fn message(&self) -> String {
        let named = |key: &ResourceKey| {
            let group = if key.group.is_empty() { String::new() } else { format!("{}/", key.group) };
            let namespace = if key.namespace.is_empty() { String::new() } else { format!("{}/", key.namespace) };
            format!("{group}{}:{namespace}{}", key.kind, key.name)
        };
        let shown: Vec<_> = self.causes.iter().take(3).map(named).collect();
        match self.causes.len() {
            0 => String::new(),
            1..=3 => format!("Caused by {}", shown.join(", ")),
            n => format!("Caused by {} and {} more", shown.join(", "), n - 3),
        }
    }
}

/// The worst health of the objects that count: hooks, skipped objects and those marked to be ignored do not, nor do missing
/// ones (unless everything is missing), nor child Applications that are missing or unknown. Nothing that counts is healthy.
pub fn aggregate<'a>(children: impl IntoIterator<Item = Child<'a>>) -> AppHealth {
    let (mut expected, mut present) = (false, false);
    let mut health = AppHealth { status: HealthStatus::Healthy, causes: Vec::new() };
    for child in children {
        if child.desired.is_some_and(is_skipped) || child.live.is_some_and(is_hook) {
            continue;
        }
        expected = true;
        let Some(live) = child.live else { continue };
        present = true;
        if child.is_self || live.annotation(annotation::IGNORE_HEALTHCHECK) == Some("true") {
            continue;
        }
        let Some(status) = child.health.map(|h| h.status) else { continue };
        let application = &*child.key.kind == "Application" && &*child.key.group == "argoproj.io";
        if application && matches!(status, HealthStatus::Missing | HealthStatus::Unknown) {
            continue;
        }
        if status > health.status {
            health = AppHealth { status, causes: vec![child.key.clone()] };
        } else if status == health.status && status != HealthStatus::Healthy {
            health.causes.push(child.key.clone());
        }
    }
    if expected && !present && health.status < HealthStatus::Missing {
        health = AppHealth { status: HealthStatus::Missing, causes: Vec::new() };
    }
    health
}
