//! What an application should hold and does hold, as a server tells it.

use std::io::Write;

use bowline_base_value::{Value, from_json};
use bowline_core_crd::{Application, Bytes, ResourceDiff};
use bowline_web_wire::application::{
    ApplicationManifestQuery, ApplicationManifestQueryWithFiles, ApplicationManifestQueryWithFilesWrapper,
    ApplicationServerSideDiffQuery, FileChunk, ResourcesQuery,
};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

use super::store::ServerApps;
use super::target::TargetFlags;
use crate::error::CliError;
use crate::local::{self, Local};

/// Bytes of a local folder that are sent to be rendered: what servers of the contract take.
const LARGEST: u64 = 100 << 20;
/// Bytes of a piece.
const PIECE: usize = 64 << 10;
/// Objects that are asked about in one call.
const AT_ONCE: usize = 50;

/// The application's managed objects: as they are, as they should be, and as they would be.
pub async fn managed(apps: &ServerApps, app: &Application) -> Result<Vec<ResourceDiff>, CliError> {
    let query = ResourcesQuery {
        application_name: Some(app.metadata.name.clone()),
        app_namespace: apps.namespace(&app.metadata.namespace),
        ..ResourcesQuery::default()
    };
    let remote = apps.remote();
    Ok(remote.call(async || remote.applications().managed_resources(query.clone()).await).await?.items)
}

/// What the application should hold at the revisions that the flags name, or as a local folder has it.
pub async fn manifests(apps: &ServerApps, app: &Application, flags: &TargetFlags) -> Result<Vec<Value>, CliError> {
    let remote = apps.remote();
    let (name, app_namespace) = (Some(app.metadata.name.clone()), apps.namespace(&app.metadata.namespace));
    let texts = match flags.local() {
        Some((folder, root)) => {
            if app.spec.has_multiple_sources() {
                return Err(CliError::usage("--local stands in for one source, and the application has several"));
            }
            if remote.server().grpc_web {
                return Err(CliError::failed("a local folder cannot be sent over gRPC-web")
                    .hint("speak gRPC: without --grpc-web, to an address where no proxy stands in between"));
            }
            let source = app.spec.sources().pop().unwrap_or_default();
            let packed = packed(&local::open(folder, root)?, &source.path)?;
            let checksum = Sha256::digest(&packed).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            let query =
                ApplicationManifestQueryWithFiles { name, checksum: Some(checksum), app_namespace, project: None };
            let first = ApplicationManifestQueryWithFilesWrapper { query: Some(query), chunk: None };
            let pieces = packed.chunks(PIECE).map(|piece| ApplicationManifestQueryWithFilesWrapper {
                query: None,
                chunk: Some(FileChunk { chunk: Some(Bytes(piece.to_vec())) }),
            });
            let messages: Vec<_> = std::iter::once(first).chain(pieces).collect();
            let sent = remote.applications().get_manifests_with_files(futures::stream::iter(messages)).await;
            sent.map_err(|status| remote.refused(&status))?.into_inner().manifests
        }
        None => {
            let asked = flags.revisions(app)?;
            let query = ApplicationManifestQuery {
                name,
                revision: asked.revision,
                app_namespace,
                source_positions: asked.positions,
                revisions: asked.revisions,
                ..ApplicationManifestQuery::default()
            };
            remote.call(async || remote.applications().get_manifests(query.clone()).await).await?.manifests
        }
    };
    texts.iter().map(|text| object(text)).collect()
}

/// What applying these manifests would change, as the cluster says: each object as it is and as it would be.
pub async fn foreseen(
    apps: &ServerApps,
    app: &Application,
    live: Vec<ResourceDiff>,
    targets: Vec<String>,
) -> Result<Vec<ResourceDiff>, CliError> {
    let remote = apps.remote();
    let mut items = Vec::new();
    for (live, targets) in live.chunks(AT_ONCE).zip(targets.chunks(AT_ONCE)) {
        let query = ApplicationServerSideDiffQuery {
            app_name: Some(app.metadata.name.clone()),
            app_namespace: apps.namespace(&app.metadata.namespace),
            project: Some(app.spec.project().to_string()),
            live_resources: live.to_vec(),
            target_manifests: targets.to_vec(),
        };
        let answer = remote.call(async || remote.applications().server_side_diff(query.clone()).await).await?;
        items.extend(answer.items);
    }
    Ok(items)
}

/// A manifest as the API carries it: JSON as text, empty or `null` where there is none.
pub fn object(text: &str) -> Result<Value, CliError> {
    if text.is_empty() {
        return Ok(Value::Null);
    }
    from_json(text.as_bytes()).map_err(|e| CliError::failed(format!("the server sent no JSON: {e}")))
}

/// A local repository as a gzipped tar, with the folder that was named standing at the source's path.
fn packed(local: &Local, path: &str) -> Result<Vec<u8>, CliError> {
    let unreadable = |e: String| CliError::failed(e);
    let path = path.trim_matches('/').trim_start_matches("./");
    let path = if path == "." { "" } else { path };
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::default()));
    let mut size = 0_u64;
    for (name, entry) in local.tree.walk("").map_err(|e| unreadable(e.to_string()))? {
        if !entry.kind.is_file() {
            continue;
        }
        let below = match local.path.as_str() {
            "" => Some(name.as_str()),
            folder => name.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        let place = match (below, path) {
            (Some(rest), "") => rest.to_string(),
            (Some(rest), path) => format!("{path}/{rest}"),
            // What lies in the source's own path is what the folder stands in for.
            (None, path) if !path.is_empty() && name.starts_with(&format!("{path}/")) => continue,
            (None, _) => name.clone(),
        };
        let blob = local.tree.read(&name).map_err(|e| unreadable(e.to_string()))?;
        size += blob.bytes.len() as u64;
        if size > LARGEST {
            return Err(CliError::failed(format!("the local repository is larger than {LARGEST} bytes"))
                .hint("--local-repo-root names a smaller folder around it"));
        }
        let mut header = tar::Header::new_gnu();
        header.set_size(blob.bytes.len() as u64);
        header.set_mode(0o644);
        archive.append_data(&mut header, &place, &*blob.bytes).map_err(|e| unreadable(format!("{place}: {e}")))?;
    }
    let mut packed = archive.into_inner().map_err(|e| unreadable(e.to_string()))?;
    packed.flush().map_err(|e| unreadable(e.to_string()))?;
    packed.finish().map_err(|e| unreadable(e.to_string()))
}
