//! Deletions of what Git no longer has.

use bowline_core_ports::{ClusterError, DeleteOptions, Propagation as Port};
use bowline_plan_planner::{Action, ActionKind, Outcome, Propagation};

use crate::Executor;

pub(crate) async fn prune(executor: &Executor<'_>, action: &Action) -> Result<Outcome, ClusterError> {
    let ActionKind::Prune { propagation, uid, dry_run } = &action.kind else {
        unreachable!("because only prunes come here")
    };
    let options = DeleteOptions {
        propagation: match propagation {
            Propagation::Foreground => Port::Foreground,
            Propagation::Background => Port::Background,
            Propagation::Orphan => Port::Orphan,
        },
        dry_run: *dry_run,
        uid: (!uid.is_empty()).then(|| uid.clone()),
        force: false,
    };
    executor.steadily(|| executor.cluster.delete(&action.gvk, &action.key, &options)).await?;
    let message = if *dry_run { "pruned (dry run)" } else { "pruned" };
    Ok(Outcome::Done { message: message.to_string(), object: None })
}
