//! `/api/badge`: the state of an application, or of the applications of projects, as a small picture for pages of other places. It
//! needs no login, and so it is off unless the settings say otherwise.

mod picture;

use bowline_core_crd::{Application, HealthStatusCode, SyncStatusCode};
use bowline_core_types::AppName;
use bowline_web_admin::Context;

use crate::application::find::check_namespace;
use crate::own::Parameters;
use crate::setting::switch;
use picture::{Picture, draw};

/// How many characters of a revision are shown unless all are asked for.
const SHORT: usize = 7;
/// Pixels of a picture at most; more is no badge.
const WIDEST: usize = 4_000;

/// The picture as SVG for a query; `None` where a name in the query is none.
///
/// What it says when badges are off, and of an application that has no state, is `Unknown`: who asks does not learn whether there is
/// such an application.
pub fn badge(context: &Context, query: &str) -> Option<String> {
    let parameters = Parameters::parse(query).ok()?;
    let first = |name: &str| parameters.iter().find(|(n, _)| *n == name).map(|(_, value)| value);
    let on = |name: &str| first(name).is_some_and(|value| value.eq_ignore_ascii_case("true"));
    let mut picture = Picture::default();
    if !switch(context, "statusbadge.enabled", false) {
        return Some(draw(&picture));
    }
    let namespace = match first("namespace") {
        Some(name) if !name.is_empty() && !is_name(name) => return None,
        Some(name) if !name.is_empty() => name,
        _ => context.world.namespace(),
    };
    let mut revision = String::new();
    picture.missing = check_namespace(context, namespace).is_err();
    if let Some(name) = first("name").filter(|_| !picture.missing) {
        if !is_name(name) {
            return None;
        }
        match context.world.app(&AppName::new(namespace, name)) {
            Some(app) => {
                picture.health = app.status.health.status.clone();
                picture.sync = app.status.sync.status.clone();
                picture.title = name.to_string();
                revision = synced_revision(&app);
            }
            None => picture.missing = true,
        }
    }
    let projects: Vec<&str> =
        parameters.iter().filter(|(name, _)| *name == "project").map(|(_, value)| value).collect();
    if projects.iter().any(|project| !project.is_empty() && !is_name(&project.to_ascii_lowercase())) {
        return None;
    }
    if !projects.is_empty() && !picture.missing {
        of_projects(context, namespace, &projects, &mut picture);
    }
    if on("revision") && !revision.is_empty() && !picture.missing {
        picture.revision = match on("keepFullRevision") {
            true => revision,
            false => revision.chars().take(SHORT).collect(),
        };
    }
    if !on("showAppName") || picture.missing {
        picture.title.clear();
    }
    picture.width = first("width").and_then(|width| width.parse().ok()).map(|width: usize| width.min(WIDEST));
    Some(draw(&picture))
}

/// All applications of the projects together: they are well where each is.
fn of_projects(context: &Context, namespace: &str, projects: &[&str], picture: &mut Picture) {
    let mut found = false;
    for (name, app) in context.world.apps() {
        if &*name.namespace != namespace || !projects.contains(&app.spec.project()) {
            continue;
        }
        if !found {
            (picture.health, picture.sync) = (HealthStatusCode::Healthy, SyncStatusCode::Synced);
            found = true;
        }
        if app.status.health.status != HealthStatusCode::Healthy {
            picture.health = HealthStatusCode::Degraded;
        }
        if app.status.sync.status != SyncStatusCode::Synced {
            picture.sync = SyncStatusCode::OutOfSync;
        }
    }
}

/// What was synced last: of several sources, the first one's.
fn synced_revision(app: &Application) -> String {
    let result = app.status.operation_state.as_ref().and_then(|state| state.sync_result.as_ref());
    result.map(|result| result.revisions.first().unwrap_or(&result.revision).clone()).unwrap_or_default()
}

/// Whether Kubernetes could have an object of this name.
fn is_name(text: &str) -> bool {
    let inside = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
    let ends = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(inside)
        && ends(&text[..1])
        && ends(&text[text.len() - 1..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_kubernetes() {
        for (text, want) in
            [("a", true), ("a-b.c", true), ("", false), ("A", false), ("-a", false), ("a.", false), ("ä", false)]
        {
            assert_eq!(is_name(text), want, "{text}");
        }
    }
}
