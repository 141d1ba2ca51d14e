//! Azure DevOps: code pushed. It proves itself by user and password, and tells no files.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Push, json};
use crate::proof::{basic, is_same};
use crate::{Headers, Refused, Secrets};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    event_type: Option<String>,
    resource: Option<Resource>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    ref_updates: Option<Vec<Option<Update>>>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Update {
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repository {
    remote_url: Option<String>,
    default_branch: Option<String>,
}

/// Where only one of the two is set, the other must be empty.
fn pair<'a>(secrets: Secrets<'a>) -> Option<(&'a str, &'a str)> {
    match (secrets.get("azuredevops.username"), secrets.get("azuredevops.password")) {
        (None, None) => None,
        (user, password) => Some((user.unwrap_or_default(), password.unwrap_or_default())),
    }
}

pub(crate) fn is_verified(secrets: Secrets<'_>) -> bool {
    pair(secrets).is_some()
}

pub(crate) fn admit(headers: Headers<'_>, secrets: Secrets<'_>) -> Result<(), Refused> {
    let Some((user, password)) = pair(secrets) else { return Ok(()) };
    let (given_user, given_password) = headers("Authorization").and_then(basic).ok_or(Refused::BasicAuth)?;
    // Both are compared, so that the time tells nothing about the first.
    let (same_user, same_password) = (is_same(&given_user, user), is_same(&given_password, password));
    if same_user & same_password { Ok(()) } else { Err(Refused::BasicAuth) }
}

pub(crate) fn read(body: &[u8], verified: bool) -> Result<Vec<Pushed>, Refused> {
    let event: Event = json(body)?;
    if event.event_type.as_deref() != Some("git.push") {
        return Err(Refused::Event);
    }
    let Some(resource) = event.resource else { return Ok(Vec::new()) };
    let (url, default_branch) = resource.repository.map_or((None, None), |r| (r.remote_url, r.default_branch));
    let updates = resource.ref_updates.unwrap_or_default();
    let references = updates.into_iter().flatten().map(|update| update.name).collect();
    Ok(Push { urls: vec![url], references, default_branch, commits: None }.hints(verified))
}
