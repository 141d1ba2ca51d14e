//! [`supply`]: what a render needs that is in no tree.

use bowline_core_ports::{Charts, Freshness};
use bowline_desired_render::{Need, Supplies};

/// Fetches `needs` for a source of a project, and puts them with what is there. The error says what could not be had.
pub async fn supply(
    charts: &dyn Charts,
    needs: impl IntoIterator<Item = Need>,
    project: &str,
    freshness: Freshness,
    supplies: &mut Supplies,
) -> Result<(), String> {
    for need in needs {
        match &need {
            Need::File { url } => {
                let bytes = charts.file(url, freshness).await.map_err(|e| e.to_string())?;
                supplies.put_file(url, bytes);
            }
            Need::Chart { repository, name, version } => {
                let tree = charts.dependency(repository, name, version, project, freshness).await.map_err(|e| {
                    format!("error building helm chart dependencies: could not download chart {name:?} {version:?} from {repository}: {e}")
                })?;
                supplies.put_chart(&need, tree);
            }
        }
    }
    Ok(())
}
