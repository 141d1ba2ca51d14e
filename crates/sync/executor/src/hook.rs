//! Hooks that are let go or deleted.

use bowline_base_value::{Map, Value};
use bowline_core_ports::{ClusterError, ClusterErrorKind, DeleteOptions, Propagation};
use bowline_core_types::{HOOK_FINALIZER, Object};
use bowline_plan_planner::{Action, Outcome};

use crate::Executor;

fn done(object: Option<Object>) -> Outcome {
    Outcome::Done { message: String::new(), object }
}

/// Takes our finalizer from the hook, where it is there.
pub(crate) async fn release(executor: &Executor<'_>, action: &Action) -> Result<Outcome, ClusterError> {
    for _ in 0..5 {
        let found =
            executor.steadily(|| executor.cluster.get(&action.gvk, &action.key.namespace, &action.key.name)).await?;
        let Some(live) = found else { return Ok(done(None)) };
        let finalizers =
            live.value().get_path(&["metadata", "finalizers"]).and_then(Value::as_array).unwrap_or_default();
        let others: Vec<Value> = finalizers.iter().filter(|f| f.as_str() != Some(HOOK_FINALIZER)).cloned().collect();
        if others.len() == finalizers.len() {
            return Ok(done(Some(live)));
        }
        let metadata: Map = [
            ("finalizers", if others.is_empty() { Value::Null } else { others.into() }),
            ("resourceVersion", live.resource_version().into()),
        ]
        .into_iter()
        .collect();
        let patch: Map = [("metadata", Value::from(metadata))].into_iter().collect();
        match executor.cluster.patch(&action.gvk, &action.key, &patch.into(), false).await {
            Ok(object) if object.deletion_timestamp().is_some() && !is_held(&object) => return Ok(done(None)),
            Ok(object) => return Ok(done(Some(object))),
            Err(error) if error.kind == ClusterErrorKind::NotFound => return Ok(done(None)),
            // It changed meanwhile: look again.
            Err(error) if error.kind == ClusterErrorKind::Conflict || error.is_transient() => {}
            Err(error) => return Err(error),
        }
    }
    Err(ClusterError::new(ClusterErrorKind::Conflict, format!("the hook {} keeps changing", action.key)))
}

fn is_held(object: &Object) -> bool {
    let finalizers = object.value().get_path(&["metadata", "finalizers"]).and_then(Value::as_array);
    finalizers.is_some_and(|f| !f.is_empty())
}

/// Lets go of the hook and deletes it; it may be there for a while after.
pub(crate) async fn delete(executor: &Executor<'_>, action: &Action) -> Result<Outcome, ClusterError> {
    let Outcome::Done { object: Some(live), .. } = release(executor, action).await? else { return Ok(done(None)) };
    // Its pods go with it, and before it: a hook that is made again must not meet those of the one before.
    let options = DeleteOptions {
        propagation: Propagation::Foreground,
        uid: Some(live.uid().to_string()).filter(|uid| !uid.is_empty()),
        ..DeleteOptions::default()
    };
    executor.steadily(|| executor.cluster.delete(&action.gvk, &action.key, &options)).await?;
    let left = executor.cluster.get(&action.gvk, &action.key.namespace, &action.key.name).await?;
    Ok(done(left.filter(|object| object.uid() == live.uid())))
}
