//! Harbor: artifacts that were pushed.

use bowline_core_ports::Pushed;
use serde::Deserialize;

use crate::Refused;
use crate::payload::json;

/// More artifacts in one event than any push has.
const ARTIFACTS: usize = 32;

#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: Option<String>,
    event_data: Option<Data>,
}

#[derive(Deserialize)]
struct Data {
    resources: Option<Vec<Option<Resource>>>,
    repository: Option<Repository>,
}

#[derive(Deserialize)]
struct Resource {
    tag: Option<String>,
    resource_url: Option<String>,
}

#[derive(Deserialize)]
struct Repository {
    name: Option<String>,
    namespace: Option<String>,
    repo_full_name: Option<String>,
}

pub(crate) fn read(body: &[u8]) -> Result<Vec<Pushed>, Refused> {
    let event: Event = json(body)?;
    if event.kind.as_deref() != Some("PUSH_ARTIFACT") {
        return Ok(Vec::new());
    }
    let Some(Data { resources: Some(resources), repository: Some(repository) }) = event.event_data else {
        return Ok(Vec::new());
    };
    let full = |r: Repository| r.repo_full_name.or_else(|| Some(format!("{}/{}", r.namespace?, r.name?)));
    let Some(repository) = full(repository) else { return Ok(Vec::new()) };
    let pushed = |resource: Resource| {
        let url = resource.resource_url?;
        let host = url.rsplit_once("://").map_or(url.as_str(), |(_, rest)| rest).split_once('/')?.0;
        Some(Pushed {
            urls: vec![format!("oci://{host}/{repository}")],
            // An artifact without a tag is one that no source follows by name.
            revision: Some(resource.tag.filter(|tag| !tag.is_empty())?),
            artifact: true,
            verified: true,
            ..Pushed::default()
        })
        .filter(|_| !host.is_empty())
    };
    Ok(resources.into_iter().flatten().filter_map(pushed).take(ARTIFACTS).collect())
}
