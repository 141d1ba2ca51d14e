//! [`Subject`]: what a call that changes something is about, for logs.

use serde::Serialize;
use serde_json::Value;

use crate::rpc::{Body, Rpc};

/// What a call that changes something is about: the fields of its route, or the name of what it makes, with `/` between them. There
/// are names and URLs in it, and nothing else of the request: that may be secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject(pub String);

/// What names an object, where its route does not.
const NAMES: [&[&str]; 5] = [&["metadata", "name"], &["name"], &["server"], &["repo"], &["url"]];
/// A subject is a name, and no way to fill a log.
const LONGEST: usize = 300;

/// Whether a call changes something, or may: what REST does not read.
fn changes(rpc: &Rpc) -> bool {
    rpc.bindings.first().is_some_and(|binding| binding.verb != "GET")
}

/// The subject of a request. Nothing of one that only reads.
pub(crate) fn subject(rpc: &Rpc, request: &impl Serialize) -> Option<Subject> {
    if !changes(rpc) {
        return None;
    }
    let request = serde_json::to_value(request).ok()?;
    let binding = rpc.bindings.first()?;
    let fields = binding.path.split('{').skip(1).filter_map(|rest| rest.split('}').next());
    let mut names: Vec<String> = fields.filter_map(|field| text(&request, field.split('.'))).collect();
    if names.is_empty() {
        let made = match binding.body {
            Body::Field(field) => request.get(field),
            _ => request.as_object().and_then(|fields| fields.values().find(|value| value.is_object())),
        };
        let inside = NAMES.iter().find_map(|path| text(made?, path.iter().copied()));
        names.extend(inside.or_else(|| text(&request, std::iter::once("name"))));
    }
    let joined = names.iter().map(|name| without_user(name)).collect::<Vec<_>>().join("/");
    Some(Subject(joined.chars().filter(|c| !c.is_control()).take(LONGEST).collect()))
}

fn text<'a>(value: &Value, path: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut at = value;
    for name in path {
        at = at.get(name)?;
    }
    match at {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A URL may hold a user and his password.
fn without_user(name: &str) -> String {
    let Some((scheme, rest)) = name.split_once("://") else { return name.to_string() };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or_default();
    let path = path.split('?').next().unwrap_or_default();
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::SERVICES;

    fn check(path: &str, request: Value, want: Option<&str>) {
        let all = SERVICES.iter().flat_map(|service| service.rpcs);
        let rpc = all.into_iter().find(|rpc| rpc.path == path).unwrap_or_else(|| panic!("no RPC {path}"));
        assert_eq!(subject(rpc, &request).map(|subject| subject.0).as_deref(), want, "{path}");
    }

    #[test]
    fn changes_say_what_they_are_about_and_nothing_that_is_secret() {
        check("/application.ApplicationService/Get", json!({"name": "a"}), None);
        check("/application.ApplicationService/Sync", json!({"name": "a", "manifests": ["hidden"]}), Some("a"));
        let app = json!({"application": {"metadata": {"name": "a"}, "spec": {"project": "hidden"}}});
        check("/application.ApplicationService/Create", app.clone(), Some("a"));
        check("/application.ApplicationService/Update", app, Some("a"));
        check(
            "/project.ProjectService/Create",
            json!({"project": {"metadata": {"name": "p"}}, "upsert": true}),
            Some("p"),
        );
        check("/project.ProjectService/CreateToken", json!({"project": "p", "role": "r", "id": "i"}), Some("p/r"));
        check(
            "/cluster.ClusterService/Create",
            json!({"cluster": {"server": "https://c", "config": {}}}),
            Some("https://c"),
        );
        let repo = json!({"repo": {"repo": "https://u:hidden@h/x.git?t=hidden", "password": "hidden"}});
        check("/repository.RepositoryService/CreateRepository", repo, Some("https://h/x.git"));
        check("/session.SessionService/Create", json!({"username": "x", "password": "hidden"}), Some(""));
        check("/account.AccountService/UpdatePassword", json!({"name": "x", "newPassword": "hidden"}), Some("x"));
        check("/application.ApplicationService/TerminateOperation", json!({"name": "a\nb"}), Some("ab"));
    }
}
