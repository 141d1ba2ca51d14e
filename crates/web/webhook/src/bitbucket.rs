//! Bitbucket Cloud: pushes. It tells neither the default branch nor the files.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::payload::{Push, json};
use crate::{Headers, Refused};

#[derive(Deserialize)]
struct Event {
    repository: Option<Repository>,
    push: Option<Changes>,
}

#[derive(Deserialize)]
struct Repository {
    links: Option<Links>,
}

#[derive(Deserialize)]
struct Links {
    html: Option<Link>,
}

#[derive(Deserialize)]
struct Link {
    href: Option<String>,
}

#[derive(Deserialize)]
struct Changes {
    changes: Option<Vec<Option<Change>>>,
}

#[derive(Deserialize)]
struct Change {
    new: Option<Reference>,
    old: Option<Reference>,
}

#[derive(Deserialize)]
struct Reference {
    name: Option<String>,
}

pub(crate) fn read(headers: Headers<'_>, body: &[u8], verified: bool) -> Result<Vec<Pushed>, Refused> {
    if headers("X-Event-Key") != Some("repo:push") {
        return Err(Refused::Event);
    }
    let event: Event = json(body)?;
    let url = event.repository.and_then(|r| r.links).and_then(|l| l.html).and_then(|h| h.href);
    let changes = event.push.and_then(|push| push.changes).unwrap_or_default();
    // What was deleted has only an old name.
    let name = |change: Change| change.new.or(change.old).and_then(|reference| reference.name);
    let references = changes.into_iter().flatten().map(name).collect();
    Ok(Push { urls: vec![url], references, ..Push::default() }.hints(verified))
}
