//! One source's files: a commit, a chart or an artifact, and what its render needs besides.

use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_core_crd::ApplicationSource;
use bowline_core_ports::{Charts, Freshness, Place, Sources};
use bowline_core_project::is_source_permitted;
use bowline_desired_fetch::{Fetcher, until_complete};
use bowline_desired_render::{Engines, Features, Rendered, Request};

use crate::Shared;

/// How old a file behind a URL may be, and a version that a range means: as long as Argo CD keeps what it rendered.
const DAY: Freshness = Freshness::Within(24 * 3600 * 1000);

/// How a source is looked at.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// The project.
    pub project: &'a str,
    /// How old revisions may be.
    pub freshness: Freshness,
    /// Whatever is remembered, it is fetched and rendered anew.
    pub hard: bool,
}

/// The revision of a source, and its files.
pub async fn files(
    shared: &Shared,
    source: &ApplicationSource,
    revision: &str,
    look: Look<'_>,
) -> Result<(String, Tree), String> {
    let url = &source.repo_url;
    if !source.is_helm_chart() && !source.is_oci() {
        let resolved = shared
            .sources
            .resolve_with_prefix(url, look.project, revision, &source.tag_prefix, look.freshness)
            .await
            .map_err(|e| e.to_string())?;
        let tree = shared.sources.tree(url, look.project, resolved.commit).await.map_err(|e| e.to_string())?;
        return Ok((resolved.commit.to_string(), tree));
    }
    let place = place(source, look.project);
    if look.hard {
        shared.charts.forget(place, revision);
    }
    let resolved = shared.charts.resolve(place, revision, look.freshness).await.map_err(|e| e.to_string())?;
    if look.hard {
        shared.charts.forget(place, &resolved.artifact);
    }
    let tree = shared.charts.tree(place, &resolved).await.map_err(|e| e.to_string())?;
    Ok((resolved.revision, tree))
}

/// Renders a source with what it needs from elsewhere.
pub async fn rendered(
    shared: &Shared,
    request: Request<'_>,
    tree: &Tree,
    features: &Features,
    look: Look<'_>,
) -> Result<Arc<Rendered>, String> {
    let project = shared.world.project(look.project);
    let permits = |url: &str| project.as_deref().is_some_and(|project| is_source_permitted(&project.spec, url));
    let sources = shared.sources.inheriting(&request.source.repo_url);
    let fetcher = Fetcher {
        sources: &sources,
        charts: &*shared.charts,
        project: look.project,
        permits: &permits,
        freshness: look.freshness,
        files: if look.hard { Freshness::Now } else { DAY },
    };
    let engines: Engines<'_> = shared.engines.borrow();
    let known = shared.memo.needs(&request, features);
    until_complete(fetcher, known, |outside| {
        let request = Request { outside, ..request };
        if look.hard {
            shared.memo.forget(&request, features);
        }
        // A large chart must not hold up what else this thread has to do.
        let made = tokio::task::block_in_place(|| shared.memo.render(&request, tree, features, engines));
        made.map_err(|e| e.to_string())
    })
    .await
}

fn place<'a>(source: &'a ApplicationSource, project: &'a str) -> Place<'a> {
    Place {
        url: &source.repo_url,
        chart: &source.chart,
        project,
        pass_credentials: source.helm.as_ref().is_some_and(|helm| helm.pass_credentials),
    }
}
