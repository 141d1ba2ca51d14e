//! Why an application is as it is, in sentences: what it waits for, what failed, what is left undone. The words are those of its
//! operation state and of the results in it; conditions are shown in their own table.

use bowline_core_crd::{Application, OperationPhase, OperationState, ResultCode};
use bowline_core_types::annotation;

use super::print::time;

/// Sentences for `app get`, the most pressing first; none where all is well.
pub fn sentences(app: &Application) -> Vec<String> {
    let Some(state) = &app.status.operation_state else { return Vec::new() };
    let mut sentences = Vec::new();
    let message = state.message.as_str();
    let message = if message.is_empty() { "it has said nothing yet" } else { message };
    match &state.phase {
        OperationPhase::Running | OperationPhase::Terminating => {
            let began = state.started_at.map(time).unwrap_or_default();
            let verb =
                if state.phase == OperationPhase::Running { "A sync runs" } else { "A sync is being ended that runs" };
            sentences.push(format!("{verb} since {began}: {message}"));
        }
        OperationPhase::Failed | OperationPhase::Error => {
            let ended = state.finished_at.map(time).unwrap_or_default();
            sentences.push(format!("The last sync failed at {ended}: {message}"));
        }
        _ => {}
    }
    sentences.extend(results(state));
    if sentences.iter().any(|sentence| sentence.contains(annotation::DELETION_APPROVED)) {
        sentences.push(format!("To confirm the deletions: `bowline app confirm-deletion {}`", app.metadata.name));
    }
    if matches!(state.phase, OperationPhase::Failed | OperationPhase::Error) {
        sentences.push(what_to_do(app, state));
    }
    sentences
}

/// What was refused or left undone, object by object; what the message of the whole says is not said again.
fn results(state: &OperationState) -> impl Iterator<Item = String> {
    let results = state.sync_result.iter().flat_map(|result| &result.resources);
    results.filter_map(|result| {
        let failed = result.status == ResultCode::SyncFailed || result.hook_phase == OperationPhase::Failed;
        let withheld = result.status == ResultCode::PruneSkipped;
        let told = result.message.is_empty() || state.message.contains(&result.message);
        let name = format!("{}/{}", result.kind, result.name);
        match (failed && !told, withheld) {
            (true, _) => Some(format!("{name} failed in {}: {}", result.sync_phase, result.message)),
            (_, true) => Some(format!("{name} is not in Git and was left: {}", result.message)),
            _ => None,
        }
    })
}

fn what_to_do(app: &Application, state: &OperationState) -> String {
    let name = &app.metadata.name;
    let automated = state.operation.initiated_by.automated;
    match automated {
        true => format!(
            "An automated sync is not tried again for the same commit: commit what mends it, or run `bowline app sync {name}`"
        ),
        false => format!("When it is mended: `bowline app sync {name}`; `bowline plan {name}` says what that would do"),
    }
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::{ResourceResult, SyncOperationResult};

    use super::*;

    fn app(phase: OperationPhase, message: &str, results: Vec<ResourceResult>) -> Application {
        let mut app = Application::default();
        app.metadata.name = "shop".into();
        app.status.operation_state = Some(OperationState {
            phase,
            message: message.into(),
            started_at: Some("2026-01-01T00:00:00Z".parse().unwrap()),
            finished_at: Some("2026-01-01T00:01:00Z".parse().unwrap()),
            sync_result: Some(SyncOperationResult { resources: results, ..SyncOperationResult::default() }),
            ..OperationState::default()
        });
        app
    }

    #[test]
    fn what_runs_what_failed_and_what_was_left() {
        assert_eq!(sentences(&Application::default()), Vec::<String>::new());
        assert_eq!(sentences(&app(OperationPhase::Succeeded, "successfully synced", Vec::new())), Vec::<String>::new());
        let waits = "waiting for healthy state of apps/Deployment/web";
        assert_eq!(
            sentences(&app(OperationPhase::Running, waits, Vec::new())),
            [format!("A sync runs since 2026-01-01 00:00:00 +0000 UTC: {waits}")]
        );
        let left = ResourceResult {
            kind: "ConfigMap".into(),
            name: "old".into(),
            status: ResultCode::PruneSkipped,
            message: "ignored (requires pruning)".into(),
            ..ResourceResult::default()
        };
        let held = ResourceResult {
            message: "not deleted; to confirm, set the annotation argocd.argoproj.io/deletion-approved".into(),
            ..left.clone()
        };
        let waits = sentences(&app(OperationPhase::Succeeded, "successfully synced", vec![held]));
        assert_eq!(waits[1], "To confirm the deletions: `bowline app confirm-deletion shop`");
        let refused = ResourceResult {
            kind: "Service".into(),
            name: "web".into(),
            status: ResultCode::SyncFailed,
            message: "port 99999 is invalid".into(),
            ..ResourceResult::default()
        };
        let failed = app(
            OperationPhase::Failed,
            "one or more objects failed, reason: port 99999 is invalid",
            vec![refused, left],
        );
        assert_eq!(
            sentences(&failed),
            [
                "The last sync failed at 2026-01-01 00:01:00 +0000 UTC: one or more objects failed, reason: port 99999 is invalid",
                "ConfigMap/old is not in Git and was left: ignored (requires pruning)",
                "When it is mended: `bowline app sync shop`; `bowline plan shop` says what that would do",
            ]
        );
    }
}
