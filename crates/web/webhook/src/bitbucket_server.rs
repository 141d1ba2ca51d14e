//! Bitbucket Server and Data Center: references that changed. It tells neither the default branch nor the files.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Push, json};
use crate::sender::signed;
use crate::{Headers, Refused, Secrets};

/// The header with the signature.
pub(crate) const SIGNATURE: &str = "X-Hub-Signature";
/// What its "Test connection" sends, unsigned.
pub(crate) const PING: &str = "diagnostics:ping";

#[derive(Deserialize)]
struct Event {
    repository: Option<Repository>,
    changes: Option<Vec<Option<Change>>>,
}

#[derive(Deserialize)]
struct Repository {
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    clone: Option<Vec<Option<Link>>>,
}

#[derive(Deserialize)]
struct Link {
    name: Option<String>,
    href: Option<String>,
}

#[derive(Deserialize)]
struct Change {
    #[serde(rename = "ref")]
    reference: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    id: Option<String>,
}

pub(crate) fn read(
    headers: Headers<'_>,
    body: &[u8],
    secrets: Secrets<'_>,
    verified: bool,
) -> Result<Vec<Pushed>, Refused> {
    match headers("X-Event-Key").unwrap_or_default() {
        PING => return Ok(Vec::new()),
        "repo:refs_changed" => {}
        _ => return Err(Refused::Event),
    }
    signed(headers, SIGNATURE, "sha256=", body, secrets.get("bitbucketserver.secret"))?;
    let event: Event = json(body)?;
    let links = event.repository.and_then(|r| r.links).and_then(|l| l.clone).unwrap_or_default();
    let is_url = |link: &Link| matches!(link.name.as_deref(), Some("http" | "https" | "ssh"));
    let urls = links.into_iter().flatten().filter(is_url).map(|link| link.href).collect();
    let changes = event.changes.unwrap_or_default().into_iter().flatten();
    let references = changes.map(|change| change.reference.and_then(|reference| reference.id)).collect();
    Ok(Push { urls, references, ..Push::default() }.hints(verified))
}
