//! What is known of a revision: a commit, a version of a chart, an artifact.

use std::collections::BTreeMap;

use bowline_base_tree::ObjectId;
use bowline_base_value::{Value, yaml};
use bowline_core_crd::{ApplicationSource, ChartDetails, OCIMetadata, RevisionMetadata, Time};
use bowline_core_ports::{Freshness, Place};
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
    let (found, source) = source(context, caller, query)?;
    if source.chart.is_empty() {
        return Err(Status::invalid_argument("the source is no chart of a Helm repository"));
    }
    let place = Place {
        url: &source.repo_url,
        chart: &source.chart,
        project: found.app.spec.project(),
        pass_credentials: false,
    };
    let resolved =
        context.charts.resolve(place, text(&query.revision), Freshness::Known).await.map_err(error::source)?;
    let tree = context.charts.tree(place, &resolved).await.map_err(error::source)?;
    let text = tree.read_text("Chart.yaml").map_err(|error| Status::unknown(error.to_string()))?;
    let said = yaml::from_yaml(&text).map_err(|error| Status::unknown(format!("Chart.yaml: {error}")))?;
    Ok(details(&said))
}

/// What `Chart.yaml` says for people.
fn details(chart: &Value) -> ChartDetails {
    let text = |value: &Value, key: &str| value.str_at(&[key]).unwrap_or_default().trim().to_string();
    let maintainer = |value: &Value| {
        let (name, mail) = (text(value, "name"), text(value, "email"));
        let known = if mail.is_empty() { name } else { format!("{name} <{mail}>") };
        known.trim().to_string()
    };
    let maintainers = chart.get("maintainers").and_then(Value::as_array).unwrap_or_default();
    ChartDetails {
        description: text(chart, "description"),
        home: text(chart, "home"),
        maintainers: maintainers.iter().map(maintainer).collect(),
    }
}

/// What an artifact says of itself.
pub(crate) async fn artifact(
    context: &Context,
    caller: &Caller,
    query: &RevisionMetadataQuery,
) -> Result<OCIMetadata, Status> {
    let (found, source) = source(context, caller, query)?;
    if !source.repo_url.starts_with("oci://") {
        return Err(Status::invalid_argument("the source is no OCI artifact"));
    }
    let place = Place {
        url: &source.repo_url,
        chart: &source.chart,
        project: found.app.spec.project(),
        pass_credentials: false,
    };
    let resolved =
        context.charts.resolve(place, text(&query.revision), Freshness::Known).await.map_err(error::source)?;
    let said = context.charts.annotations(place, &resolved).await.map_err(error::source)?;
    Ok(artifact_details(&said))
}

/// What the annotations of a manifest say for people. Addresses are for browsers: one that would run something is left out.
fn artifact_details(said: &BTreeMap<String, String>) -> OCIMetadata {
    let text = |key: &str| said.get(&format!("org.opencontainers.image.{key}")).cloned().unwrap_or_default();
    let address = |key: &str| {
        let address = text(key);
        let start = address.to_ascii_lowercase();
        if start.starts_with("https://") || start.starts_with("http://") { address } else { String::new() }
    };
    OCIMetadata {
        created_at: text("created"),
        authors: text("authors"),
        image_url: address("url"),
        docs_url: address("documentation"),
        source_url: address("source"),
        version: text("version"),
        description: text("description"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_artifact_is_told_by_its_annotations() {
        let said = [
            ("org.opencontainers.image.created", "2026-01-02T03:04:05Z"),
            ("org.opencontainers.image.authors", "A <a@b>"),
            ("org.opencontainers.image.url", "javascript:alert(1)"),
            ("org.opencontainers.image.documentation", "HTTPS://docs.example"),
            ("org.opencontainers.image.source", "https://git.example/app"),
            ("org.opencontainers.image.version", "1.2.3"),
            ("org.opencontainers.image.description", "Shop"),
            ("other", "x"),
        ];
        let told = artifact_details(&said.map(|(key, value)| (key.to_string(), value.to_string())).into());
        let wanted = OCIMetadata {
            created_at: "2026-01-02T03:04:05Z".into(),
            authors: "A <a@b>".into(),
            image_url: String::new(),
            docs_url: "HTTPS://docs.example".into(),
            source_url: "https://git.example/app".into(),
            version: "1.2.3".into(),
            description: "Shop".into(),
        };
        assert_eq!(told, wanted);
        assert_eq!(artifact_details(&BTreeMap::new()), OCIMetadata::default());
    }

    #[test]
    fn a_chart_is_told_as_people_read_it() {
        let chart =
            "description: Shop\nhome: https://shop\nmaintainers: [{name: A, email: a@b}, {name: C}, {email: d@e}]";
        let told = details(&yaml::from_yaml(chart).unwrap());
        assert_eq!((told.description.as_str(), told.home.as_str()), ("Shop", "https://shop"));
        assert_eq!(told.maintainers, ["A <a@b>", "C", "<d@e>"]);
        assert_eq!(details(&Value::Null), ChartDetails::default());
    }
}
