//! What a project may say, checked where one is written.

use std::collections::BTreeSet;

use bowline_core_crd::AppProject;
use bowline_core_rbac::{check_roles, normalize_policy};
use bowline_plan_windows::Windows;
use bowline_web_wire::tonic::Status;

/// Policies in the form in which they are stored.
pub(crate) fn normalize(project: &mut AppProject) {
    for policy in project.spec.roles.iter_mut().flat_map(|role| &mut role.policies) {
        *policy = normalize_policy(policy);
    }
}

/// Refuses what a project cannot say, in the contract's words.
pub(crate) fn check(project: &AppProject) -> Result<(), Status> {
    let spec = &project.spec;
    let invalid = |text: String| Err(Status::invalid_argument(text));
    let mut seen = BTreeSet::new();
    for to in &spec.destinations {
        for (what, text) in [("name", &to.name), ("server", &to.server), ("namespace", &to.namespace)] {
            if text == "!*" {
                return invalid(format!("{what} has an invalid format, '!*'"));
            }
        }
        let key = format!("{}/{}", if to.server.is_empty() { &to.name } else { &to.server }, to.namespace);
        if !seen.insert(key.clone()) {
            return invalid(format!("destination '{key}' already added"));
        }
    }
    let mut seen = BTreeSet::new();
    for namespace in &spec.source_namespaces {
        if !seen.insert(namespace) {
            return invalid(format!("source namespace '{namespace}' already added"));
        }
    }
    let mut seen = BTreeSet::new();
    for url in &spec.source_repos {
        if url == "!*" {
            return invalid("source repository has an invalid format, '!*'".to_string());
        }
        if !seen.insert(url) {
            return invalid(format!("source repository '{url}' already added"));
        }
    }
    check_roles(&project.metadata.name, &spec.roles).map_err(|error| match error.is_duplicate() {
        true => Status::already_exists(error.to_string()),
        false => Status::invalid_argument(error.to_string()),
    })?;
    let mut seen = BTreeSet::new();
    for window in &spec.sync_windows {
        let key = format!("'{}':'{}':'{}'", window.kind, window.schedule, window.duration);
        let zone = (&window.time_zone, &window.applications, &window.namespaces, &window.clusters);
        if !seen.insert((key.clone(), zone)) {
            return Err(Status::already_exists(format!("window {key} already exists, update or edit")));
        }
        if let Some(error) = Windows::new([window]).errors().next() {
            return invalid(error.to_string());
        }
        if window.applications.is_empty() && window.namespaces.is_empty() && window.clusters.is_empty() {
            return invalid(format!("window {key} requires one of application, cluster or namespace"));
        }
    }
    let mut seen = BTreeSet::new();
    for account in &spec.destination_service_accounts {
        let name = account.default_service_account.trim();
        if name.is_empty() || name.contains(['!', '*', '[', ']', '{', '}', '\\', '/']) {
            return invalid(format!(
                "defaultServiceAccount has an invalid format, '{}'",
                account.default_service_account
            ));
        }
        for (what, text) in [("server", &account.server), ("namespace", &account.namespace)] {
            if text.contains('!') {
                return invalid(format!("{what} has an invalid format, '{text}'"));
            }
        }
        let key = format!("{}/{}", account.server, account.namespace);
        if !seen.insert(key.clone()) {
            return invalid(format!("destinationServiceAccount '{key}' already added"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn check(spec: Value, want: &str) {
        let project = json!({"metadata": {"name": "p"}, "spec": spec});
        let project: AppProject = serde_json::from_value(project).unwrap();
        let got = super::check(&project).err().map(|status| format!("{:?}: {}", status.code(), status.message()));
        assert_eq!(got.unwrap_or_default(), want, "{spec}");
    }

    #[test]
    fn what_a_project_cannot_say() {
        let to = |namespace: &str| json!({"server": "https://s", "namespace": namespace});
        let window = json!({"kind": "allow", "schedule": "* * * * *", "duration": "1h", "applications": ["*"]});
        check(json!({"destinations": [to("a"), to("b")], "sourceRepos": ["*", "!x"], "syncWindows": [window]}), "");
        check(json!({"destinations": [to("a"), to("a")]}), "InvalidArgument: destination 'https://s/a' already added");
        check(json!({"destinations": [to("!*")]}), "InvalidArgument: namespace has an invalid format, '!*'");
        check(json!({"sourceRepos": ["!*"]}), "InvalidArgument: source repository has an invalid format, '!*'");
        check(json!({"sourceRepos": ["a", "a"]}), "InvalidArgument: source repository 'a' already added");
        check(json!({"roles": [{"name": "r"}, {"name": "r"}]}), "AlreadyExists: role 'r' already exists");
        check(
            json!({"syncWindows": [window, window]}),
            "AlreadyExists: window 'allow':'* * * * *':'1h' already exists, update or edit",
        );
        check(
            json!({"syncWindows": [{"kind": "maybe", "schedule": "* * * * *", "duration": "1h", "applications": ["*"]}]}),
            "InvalidArgument: kind \"maybe\" mismatch: can only be allow or deny",
        );
        check(
            json!({"destinationServiceAccounts": [{"server": "*", "namespace": "x", "defaultServiceAccount": "a*"}]}),
            "InvalidArgument: defaultServiceAccount has an invalid format, 'a*'",
        );
    }
}
