//! Helm repositories: `index.yaml` and archives behind HTTP.

use std::sync::Arc;

use bowline_base_egress::header::{ETAG, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED};
use bowline_base_egress::{Ask, Login, StatusCode, Url};
use bowline_core_ports::SourceError;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk::{Kind, hex, key};
use crate::index::{Index, Version};
use crate::registries::{Door, Shared};
use crate::{failure, version};

const ARCHIVES: &str = "application/gzip,application/octet-stream";

/// What is known of a repository.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) index: Arc<Index>,
    mark: Mark,
}

/// By what a server tells that its index is as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Mark {
    etag: String,
    modified: String,
}

/// An archive that was downloaded.
pub(crate) struct Archive {
    pub(crate) file: tempfile::NamedTempFile,
    /// SHA-256 in hex.
    pub(crate) digest: String,
}

/// Asks for the index, unless it is as it was.
pub(crate) async fn index(shared: &Shared, door: &Door, known: Option<Known>) -> Result<Known, SourceError> {
    const WHAT: &str = "error loading repo index: failed to get index";
    let url = door.url.clone().with_path(&format!("{}/index.yaml", door.url.path().trim_end_matches('/')));
    let place = key(&["index", &door.scope, &url.to_string(), url.query().unwrap_or_default()]);
    let mark = known.as_ref().map(|known| known.mark.clone()).or_else(|| {
        let note = shared.disk.text(Kind::Note, &place)?;
        serde_json::from_str(&note).ok()
    });
    let mark = mark.unwrap_or_default();
    let mut headers: Vec<(HeaderName, HeaderValue)> = Vec::new();
    for (name, value) in [(IF_NONE_MATCH, &mark.etag), (IF_MODIFIED_SINCE, &mark.modified)] {
        if let Some(value) = HeaderValue::try_from(value.as_str()).ok().filter(|value| !value.is_empty()) {
            headers.push((name, value));
        }
    }
    let login = door.login_for(&url);
    let route = |url: &Url| door.route(shared, url);
    let ask = Ask { accept: "*/*", headers, login: login.as_ref(), gzip: true, ..Ask::get(url.clone(), &route) };
    let reply = shared.egress.send(ask).await.map_err(|e| failure::unanswered(WHAT, &e))?;
    let damaged = |reason: String| failure::damaged(format!("error loading repo index: {url}: {reason}"));
    if reply.status == StatusCode::NOT_MODIFIED {
        if let Some(known) = known {
            return Ok(known);
        }
        let body = shared.disk.open_file(Kind::Index, &place);
        let index = match body {
            Some(body) => blocking(move || Index::open(body)).await.and_then(|index| index),
            None => Err("it is not modified, and it is not known".to_string()),
        };
        return match index {
            Ok(index) => Ok(Known { index: Arc::new(index), mark }),
            // What is on disk is of no use; asked without a mark, the server gives it anew.
            Err(_) => {
                shared.disk.remove(Kind::Note, &place);
                shared.disk.remove(Kind::Index, &place);
                Box::pin(index_anew(shared, door)).await
            }
        };
    }
    if reply.status != StatusCode::OK {
        return Err(failure::status(WHAT, &url.to_string(), reply.status, login.is_some()));
    }
    let text = |name: HeaderName| reply.header(name.as_str()).unwrap_or_default().to_string();
    let mark = Mark { etag: text(ETAG), modified: text(LAST_MODIFIED) };
    let mut file = shared.disk.temporary().map_err(|e| damaged(e.to_string()))?;
    let sink = file.as_file_mut();
    reply
        .each(shared.settings.index_bytes, |piece| std::io::Write::write_all(sink, piece))
        .await
        .map_err(|e| failure::unanswered(WHAT, &e))?;
    let body = file.reopen().map_err(|e| damaged(e.to_string()))?;
    let index = blocking(move || Index::open(body)).await.and_then(|index| index).map_err(damaged)?;
    // The cache is a help: where it cannot be written, the index is known all the same.
    let kept = shared.disk.keep(Kind::Index, &place, file).and_then(|_| {
        let note = serde_json::to_string(&mark).unwrap_or_default();
        shared.disk.keep_text(Kind::Note, &place, &note)
    });
    if let Err(error) = kept {
        tracing::warn!(%error, "an index cannot be kept in the registry cache");
    }
    Ok(Known { index: Arc::new(index), mark })
}

async fn index_anew(shared: &Shared, door: &Door) -> Result<Known, SourceError> {
    index(shared, door, None).await
}

/// The version that a revision means, for the status: an exact one as it is.
pub(crate) fn resolve(known: &Known, door: &Door, chart: &str, revision: &str) -> Result<String, SourceError> {
    let versions = versions(known, door, chart)?;
    version::highest(revision, versions.iter().map(|v| v.version.as_str())).map_err(|reason| {
        failure::missing(format!("invalid revision: {reason}: {revision:?} of chart {chart:?} in {}", door.url))
    })
}

/// The version that is fetched for a text.
pub(crate) fn fetched(known: &Known, door: &Door, chart: &str, wanted: &str) -> Result<Version, SourceError> {
    let versions = versions(known, door, chart)?;
    let found = version::fetched(wanted, versions.iter().map(|v| v.version.as_str())).map_err(|reason| {
        failure::missing(format!(
            "error fetching chart: chart {chart:?} version {wanted:?} not found in {} repository{reason}",
            door.url
        ))
    })?;
    let found = versions.iter().find(|v| v.version == found).cloned();
    found.ok_or_else(|| failure::missing(format!("chart {chart:?} version {wanted:?} not found in {}", door.url)))
}

fn versions(known: &Known, door: &Door, chart: &str) -> Result<Arc<[Version]>, SourceError> {
    let found = known.index.versions(chart).map_err(|e| failure::damaged(format!("{}: {e}", door.url)))?;
    found.ok_or_else(|| {
        let charts = known.index.charts();
        failure::missing(format!(
            "chart '{chart}' not found in index of {}, which has {charts} others: check spec.source.chart and repoURL",
            door.url
        ))
    })
}

/// Where a version's archive is: relative to the repository, or anywhere.
pub(crate) fn location(door: &Door, chart: &str, version: &Version) -> Result<Location, SourceError> {
    let Some(first) = version.urls.first() else {
        let text = format!("chart {chart:?} version {:?} of {} has no downloadable URLs", version.version, door.url);
        return Err(failure::damaged(text));
    };
    if first.starts_with("oci://") {
        return Ok(Location::Oci(first.clone()));
    }
    let base = door.url.clone().with_path(&format!("{}/", door.url.path().trim_end_matches('/')));
    let joined = base.join(first).map_err(|e| failure::damaged(format!("invalid chart URL format: {e}")))?;
    // A relative URL keeps the repository's query, which may be what opens it.
    let relative = !first.contains("://");
    let query = if relative { base.query().map(String::from) } else { joined.query().map(String::from) };
    Ok(Location::Http(joined.with_query(query)))
}

/// Where an archive is.
#[derive(Debug)]
pub(crate) enum Location {
    /// Behind HTTP.
    Http(Url),
    /// In a registry; `oci://host/name:tag`.
    Oci(String),
}

/// Downloads an archive and holds it against the index's digest, where that gives one.
pub(crate) async fn download(
    shared: &Shared,
    door: &Door,
    url: &Url,
    digest: &str,
    pass_credentials: bool,
) -> Result<Archive, SourceError> {
    const WHAT: &str = "error fetching chart";
    let login: Option<Login> = match pass_credentials {
        true => door.access.login(url.origin()),
        false => door.login_for(url),
    };
    let route = |url: &Url| door.route(shared, url);
    let ask = Ask { accept: ARCHIVES, login: login.as_ref(), ..Ask::get(url.clone(), &route) };
    let reply = shared.egress.send(ask).await.map_err(|e| failure::unanswered(WHAT, &e))?;
    if reply.status != StatusCode::OK {
        let mut error = failure::status(WHAT, &url.to_string(), reply.status, login.is_some());
        if login.is_none() && door.access.can_log_in() && matches!(reply.status.as_u16(), 401 | 403) {
            error.message = format!(
                "{WHAT}: {url} answered {}: it is another host than the repository {}, so the repository's credentials were not sent there; spec.source.helm.passCredentials sends them",
                reply.status, door.url
            );
        }
        return Err(error);
    }
    let unwritable = |e: std::io::Error| failure::damaged(format!("{WHAT}: {url}: it cannot be kept: {e}"));
    let mut file = shared.disk.temporary().map_err(unwritable)?;
    let mut sha = Sha256::new();
    let sink = file.as_file_mut();
    reply
        .each(shared.limits().chart_bytes, |piece| {
            sha.update(piece);
            std::io::Write::write_all(sink, piece)
        })
        .await
        .map_err(|e| failure::unanswered(WHAT, &e))?;
    let got = hex(&sha.finalize());
    let wanted = digest.strip_prefix("sha256:").unwrap_or(digest).to_ascii_lowercase();
    if is_sha256(&wanted) && wanted != got {
        return Err(failure::damaged(format!(
            "{WHAT}: {url} is not what its index says: its SHA-256 is {got}, and the index has {wanted}; it was changed after it was indexed"
        )));
    }
    Ok(Archive { file, digest: got })
}

/// Whether a text is a SHA-256 in hex. Old indexes carry other things, which Helm passes over.
pub(crate) fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// Work that reads and writes files for longer than a moment.
pub(crate) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    tokio::task::spawn_blocking(work).await.map_err(|e| e.to_string())
}
