//! What an application's sources render to.

use std::io::Read;

use bowline_base_tree::{EntryKind, MemoryTree, Tree};
use bowline_base_value::to_json;
use bowline_core_ports::{Manifests, Origin};
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::Messages;
use bowline_web_wire::application::{ApplicationManifestQuery, ApplicationManifestQueryWithFilesWrapper};
use bowline_web_wire::repository::ManifestResponse;
use bowline_web_wire::tonic::Status;
use futures::StreamExt;
use sha2::{Digest, Sha256};

use super::find::{Found, find, text};
use crate::error;

/// Bytes of files that a caller may send, packed; the contract's default.
const PACKED: usize = 100 << 20;
/// Bytes of them unpacked: manifests pack well, and something that packs ten times better is no manifest.
const UNPACKED: u64 = 1 << 30;
/// Files at most.
const FILES: usize = 100_000;

/// The manifests of a revision.
pub(crate) async fn manifests(
    context: &Context,
    caller: &Caller,
    query: &ApplicationManifestQuery,
) -> Result<ManifestResponse, Status> {
    let found = find(context, caller, query)?;
    if query.source_positions.len() != query.revisions.len() {
        return Err(Status::invalid_argument("sourcePositions and revisions must be of the same length"));
    }
    let count = found.app.spec.sources().len();
    let mut revisions = vec![String::new(); count];
    if found.app.spec.has_multiple_sources() {
        for (position, revision) in query.source_positions.iter().zip(&query.revisions) {
            let place = usize::try_from(*position).ok().and_then(|position| position.checked_sub(1));
            let known = place.and_then(|place| revisions.get_mut(place)).ok_or_else(|| {
                Status::invalid_argument(format!("source position {position} is out of range: there are {count}"))
            })?;
            known.clone_from(revision);
        }
    } else if let Some(first) = revisions.first_mut() {
        *first = text(&query.revision).to_string();
    }
    let origin = Origin::Sources { revisions, anew: query.no_cache.unwrap_or_default() };
    let made = context.engine.manifests(&found.app, origin).await.map_err(error::engine)?;
    Ok(response(&made))
}

/// The manifests of files that the caller sends: the question, then the pieces of a gzipped tar file.
pub(crate) async fn manifests_of_files(
    context: &Context,
    caller: &Caller,
    mut messages: Messages<ApplicationManifestQueryWithFilesWrapper>,
) -> Result<ManifestResponse, Status> {
    let first = messages.next().await.ok_or_else(|| Status::invalid_argument("the query is missing"))??;
    let query = first.query.ok_or_else(|| Status::invalid_argument("the first message must be the query"))?;
    let Found { app, .. } = find(context, caller, &query)?;
    let mut packed = Vec::new();
    while let Some(message) = messages.next().await {
        let chunk = message?.chunk.and_then(|chunk| chunk.chunk).unwrap_or_default().0;
        if packed.len() + chunk.len() > PACKED {
            return Err(Status::resource_exhausted(format!("the files are larger than {PACKED} bytes")));
        }
        packed.extend_from_slice(&chunk);
    }
    let digest = Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    if !text(&query.checksum).eq_ignore_ascii_case(&digest) {
        return Err(Status::invalid_argument("the checksum is not that of the files that were sent"));
    }
    let tree = unpack(&packed).map_err(Status::invalid_argument)?;
    let made = context.engine.manifests(&app, Origin::Files(tree)).await.map_err(error::engine)?;
    Ok(response(&made))
}

fn response(made: &Manifests) -> ManifestResponse {
    // The contract's server tells nothing else.
    ManifestResponse {
        manifests: made.objects.iter().map(|object| to_json(object.value(), false)).collect(),
        ..ManifestResponse::default()
    }
}

/// The files of a gzipped tar as a tree. Links that lead out of it are none.
fn unpack(packed: &[u8]) -> Result<Tree, String> {
    let broken = |error: std::io::Error| format!("the files cannot be unpacked: {error}");
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(packed).take(UNPACKED));
    let mut files = MemoryTree::new();
    let mut count = 0;
    for entry in archive.entries().map_err(broken)? {
        let mut entry = entry.map_err(broken)?;
        if !entry.header().entry_type().is_file() {
            continue;
        }
        count += 1;
        if count > FILES {
            return Err(format!("there are more than {FILES} files"));
        }
        let path = entry.path().map_err(broken)?.to_string_lossy().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(broken)?;
        files.add(&path, EntryKind::File, bytes).map_err(|error| error.to_string())?;
    }
    Ok(files.into_tree())
}
