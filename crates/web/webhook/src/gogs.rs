//! Gogs, Gitea and Forgejo: pushes.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Commit, Push, json};
use crate::sender::signed;
use crate::{Headers, Refused, Secrets};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "X-Gogs-Signature";

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "ref")]
    reference: Option<String>,
    repository: Option<Repository>,
    commits: Option<Vec<Option<Commit>>>,
}

#[derive(Deserialize)]
struct Repository {
    html_url: Option<String>,
    clone_url: Option<String>,
    ssh_url: Option<String>,
    default_branch: Option<String>,
}

pub(crate) fn read(
    headers: Headers<'_>,
    body: &[u8],
    secrets: Secrets<'_>,
    verified: bool,
) -> Result<Vec<Pushed>, Refused> {
    signed(headers, SIGNATURE, "", body, secrets.get("gogs.secret"))?;
    if headers("X-Gogs-Event") != Some("push") {
        return Err(Refused::Event);
    }
    let Event { reference, repository, commits } = json(body)?;
    let Some(repository) = repository else { return Ok(Vec::new()) };
    let Repository { html_url, clone_url, ssh_url, default_branch } = repository;
    Ok(Push { urls: vec![html_url, clone_url, ssh_url], references: vec![reference], default_branch, commits }
        .hints(verified))
}
