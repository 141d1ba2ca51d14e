//! What is known of a revision: a commit, a version of a chart, an artifact.

use bowline_base_tree::ObjectId;
use bowline_core_crd::{ApplicationSource, ChartDetails, OCIMetadata, RevisionMetadata, Time};
use bowline_core_ports::Freshness;
use bowline_web_admin::{Caller, Context};
use bowline_web_wire::application::RevisionMetadataQuery;
use bowline_web_wire::tonic::Status;
use jiff::Timestamp;

use super::find::{Found, find, text};
use crate::error;

/// Author, date and message of a commit.
pub(crate) async fn metadata(
    context: &Context,
    caller: &Caller,
    query: &RevisionMetadataQuery,
) -> Result<RevisionMetadata, Status> {
    let (found, source) = source(context, caller, query)?;
    let (project, revision) = (found.app.spec.project(), text(&query.revision));
    let commit = match revision.parse::<ObjectId>() {
        Ok(commit) => commit,
        Err(_) => {
            let resolved = context.sources.resolve(&source.repo_url, project, revision, Freshness::Known).await;
            resolved.map_err(error::source)?.commit
        }
    };
    let known = context.sources.metadata(&source.repo_url, project, commit).await.map_err(error::source)?;
    Ok(RevisionMetadata {
        author: known.author,
        date: Timestamp::from_second(known.date).ok().map(Time::new),
        tags: known.tags,
        message: known.message,
        ..RevisionMetadata::default()
    })
}

/// What a chart says of itself.
pub(crate) async fn chart(
    context: &Context,
    caller: &Caller,
    query: &RevisionMetadataQuery,
) -> Result<ChartDetails, Status> {
    let (_, source) = source(context, caller, query)?;
    if source.chart.is_empty() {
        return Err(Status::invalid_argument("the source is no chart of a Helm repository"));
    }
    Err(Status::unimplemented("details of charts in repositories are not served yet"))
}

/// What an artifact says of itself.
pub(crate) async fn artifact(
    context: &Context,
    caller: &Caller,
    query: &RevisionMetadataQuery,
) -> Result<OCIMetadata, Status> {
    let (_, source) = source(context, caller, query)?;
    if !source.repo_url.starts_with("oci://") {
        return Err(Status::invalid_argument("the source is no OCI artifact"));
    }
    Err(Status::unimplemented("metadata of OCI artifacts is not served yet"))
}

/// The source that is asked about: of the spec, or of a past sync.
fn source(
    context: &Context,
    caller: &Caller,
    query: &RevisionMetadataQuery,
) -> Result<(Found, ApplicationSource), Status> {
    let found = find(context, caller, query)?;
    let version = query.version_id.filter(|id| *id >= 0).map(i64::from);
    let past = version.and_then(|id| found.app.status.history.iter().find(|past| past.id == id));
    let sources = match past {
        Some(past) if past.sources.is_empty() => vec![past.source.clone()],
        Some(past) => past.sources.clone(),
        None => found.app.spec.sources(),
    };
    let place = usize::try_from(query.source_index.unwrap_or_default().max(0)).unwrap_or_default();
    let count = sources.len();
    let source = sources.into_iter().nth(place).ok_or_else(|| {
        Status::invalid_argument(format!("source index {place} not found: there are {count} sources"))
    })?;
    Ok((found, source))
}
