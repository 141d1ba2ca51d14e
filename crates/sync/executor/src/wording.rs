//! What is told of a write, in kubectl's words.

use bowline_core_ports::Applied;
use bowline_plan_planner::{Action, ActionKind, WriteMode, kubectl_name};

/// `deployment.apps/web created`, with the API server's warnings.
pub(crate) fn applied(action: &Action, applied: &Applied) -> String {
    let ActionKind::Apply { mode, dry_run, version_before, .. } = &action.kind else {
        unreachable!("because only applies come here")
    };
    let verb = match (mode, applied.created) {
        (_, true) => "created",
        (WriteMode::Replace, false) => "replaced",
        (_, false) if !version_before.is_empty() && applied.object.resource_version() == version_before => "unchanged",
        (_, false) => "configured",
    };
    let mut text = format!("{} {verb}", kubectl_name(&action.key));
    if *dry_run {
        text.push_str(" (dry run)");
    }
    for warning in &applied.warnings {
        text.push_str(". Warning: ");
        text.push_str(warning);
    }
    text
}
