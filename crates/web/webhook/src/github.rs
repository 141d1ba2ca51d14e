//! GitHub: pushes, and container images that were published in its registry.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Commit, Push, json};
use crate::sender::signed;
use crate::{Headers, Refused, Secrets};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "X-Hub-Signature-256";

#[derive(Deserialize)]
struct PushEvent {
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

#[derive(Deserialize)]
struct PackageEvent {
    action: Option<String>,
    #[serde(alias = "registry_package")]
    package: Option<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: Option<String>,
    package_type: Option<String>,
    owner: Option<Owner>,
    package_version: Option<PackageVersion>,
}

#[derive(Deserialize)]
struct Owner {
    login: Option<String>,
}

#[derive(Deserialize)]
struct PackageVersion {
    container_metadata: Option<ContainerMetadata>,
}

#[derive(Deserialize)]
struct ContainerMetadata {
    tag: Option<Tag>,
}

#[derive(Deserialize)]
struct Tag {
    name: Option<String>,
}

pub(crate) fn read(
    headers: Headers<'_>,
    body: &[u8],
    secrets: Secrets<'_>,
    verified: bool,
) -> Result<Vec<Pushed>, Refused> {
    signed(headers, SIGNATURE, "sha256=", body, secrets.get("github.secret"))?;
    match headers("X-GitHub-Event").unwrap_or_default() {
        "ping" => Ok(Vec::new()),
        "push" => {
            let PushEvent { reference, repository, commits } = json(body)?;
            let Some(repository) = repository else { return Ok(Vec::new()) };
            let Repository { html_url, clone_url, ssh_url, default_branch } = repository;
            let urls = vec![html_url, clone_url, ssh_url];
            Ok(Push { urls, references: vec![reference], default_branch, commits }.hints(verified))
        }
        "package" | "registry_package" => Ok(published(json(body)?, verified).into_iter().collect()),
        _ => Err(Refused::Event),
    }
}

fn published(event: PackageEvent, verified: bool) -> Option<Pushed> {
    let package = event.package.filter(|_| event.action.as_deref() == Some("published"))?;
    if !package.package_type?.eq_ignore_ascii_case("container") {
        return None;
    }
    let owner = package.owner?.login.filter(|login| !login.is_empty())?;
    let name = package.name.filter(|name| !name.is_empty())?;
    let tag = package.package_version?.container_metadata?.tag?.name.filter(|tag| !tag.is_empty())?;
    Some(Pushed {
        urls: vec![format!("oci://ghcr.io/{owner}/{name}")],
        revision: Some(tag),
        artifact: true,
        verified,
        ..Pushed::default()
    })
}
