//! One source's files: a commit, a chart or an artifact, and what its render needs besides.

use std::sync::Arc;

use bowline_base_tree::Tree;
use bowline_core_crd::ApplicationSource;
use bowline_core_ports::{Charts, Freshness, Place, Sources};
use bowline_core_project::is_source_permitted;
use bowline_desired_fetch::{Fetcher, until_complete};
use bowline_desired_registry::supply;
use bowline_desired_render::{Engines, Features, Need, RenderError, Rendered, Request, Supplies};

use crate::Shared;

/// Rounds of fetching for one render: value files and dependencies come in one each; more would be a render that asks on and on.
const ROUNDS: usize = 4;
/// How old a value file behind a URL may be: as long as Argo CD keeps what it rendered.
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

/// Renders a source with what it needs besides; `needs` are those of the last time, and those of this time after.
pub async fn rendered(
    shared: &Shared,
    request: Request<'_>,
    tree: &Tree,
    features: &Features,
    look: Look<'_>,
    needs: &mut Vec<Need>,
) -> Result<Arc<Rendered>, String> {
    let fresh = if look.hard { Freshness::Now } else { DAY };
    let mut supplies = Supplies::new();
    for need in std::mem::take(needs) {
        // What cannot be had any more may not be needed any more: the render asks for it where it is.
        if let Err(reason) = supply(&*shared.charts, [need], look.project, fresh, &mut supplies).await {
            tracing::debug!(reason, "what was needed for a render before cannot be had");
        }
    }
    let project = shared.world.project(look.project);
    let permits = |url: &str| project.as_deref().is_some_and(|project| is_source_permitted(&project.spec, url));
    let sources = shared.sources.inheriting(&request.source.repo_url);
    let fetcher = Fetcher { sources: &sources, project: look.project, permits: &permits, freshness: look.freshness };
    let engines: Engines<'_> = shared.engines.borrow();
    let mut rounds = 0;
    loop {
        let request = Request { supplies: &supplies, ..request };
        let outside = shared.memo.needs(&request, features);
        let result = until_complete(fetcher, outside, |outside| {
            let request = Request { outside, ..request };
            if look.hard {
                shared.memo.forget(&request, features);
            }
            // A large chart must not hold up what else this thread has to do.
            Ok(tokio::task::block_in_place(|| shared.memo.render(&request, tree, features, engines)))
        });
        let missing = match result.await? {
            Ok(rendered) => {
                *needs = supplies.needs();
                return Ok(rendered);
            }
            Err(RenderError::Needs(needs)) => needs,
            Err(error) => return Err(error.to_string()),
        };
        rounds += 1;
        if rounds > ROUNDS || missing.iter().all(|need| supplies.has(need)) {
            return Err(RenderError::Needs(missing).to_string());
        }
        supply(&*shared.charts, missing, look.project, fresh, &mut supplies).await?;
    }
}

fn place<'a>(source: &'a ApplicationSource, project: &'a str) -> Place<'a> {
    Place {
        url: &source.repo_url,
        chart: &source.chart,
        project,
        pass_credentials: source.helm.as_ref().is_some_and(|helm| helm.pass_credentials),
    }
}
