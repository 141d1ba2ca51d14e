//! Mirrors of repositories that no application uses any more are removed, now and then.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use crate::Shared;

/// How often is looked: what is left over costs disk and nothing else, and an application that was deleted may come back.
const EVERY: Duration = Duration::from_secs(3600);

/// Removes what is not used, once an hour, until it is dropped.
pub async fn keep(shared: Arc<Shared>) {
    loop {
        tokio::time::sleep(shared.jitter.spread(EVERY, 0.1)).await;
        let kept = shared.clone();
        let removed = tokio::task::spawn_blocking(move || remove_unused(&kept)).await;
        match removed {
            Ok(Ok(0)) | Err(_) => {}
            Ok(Ok(count)) => tracing::info!(count, "mirrors of repositories that no application uses were removed"),
            Ok(Err(error)) => tracing::warn!(%error, "mirrors that no application uses cannot be removed"),
        }
    }
}

/// Removes the mirrors that no application's sources, present or of an operation or the history, name.
fn remove_unused(shared: &Shared) -> std::io::Result<usize> {
    let apps = shared.world.apps();
    let mut used: HashSet<(String, String)> = HashSet::new();
    for (_, app) in &apps {
        let state = app.status.operation_state.as_ref();
        let operations = app.operation.iter().chain(state.map(|state| &state.operation));
        let of_operations = operations
            .filter_map(|operation| operation.sync.as_ref())
            .flat_map(|sync| sync.sources.iter().chain(&sync.source).cloned());
        let of_history = app.status.history.iter().flat_map(|entry| {
            entry.sources.iter().chain((!entry.source.repo_url.is_empty()).then_some(&entry.source)).cloned()
        });
        for source in app.spec.sources().into_iter().chain(of_operations).chain(of_history) {
            used.insert((source.repo_url, app.spec.project().to_string()));
        }
    }
    shared.sources.remove_unused(used.iter().map(|(url, project)| (url.as_str(), project.as_str())))
}
