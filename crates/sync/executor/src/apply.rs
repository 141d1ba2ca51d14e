//! Checks and writes.

use std::time::Duration;

use bowline_base_value::Value;
use bowline_core_ports::{
    Applied, ApplyOptions, ClusterError, ClusterErrorKind, DeleteOptions, FieldValidation, Propagation, Write,
};
use bowline_core_types::{Object, annotation};
use bowline_plan_merge::{migrate, needs_migration};
use bowline_plan_planner::{Action, ActionKind, Outcome, WriteMode};

use crate::{Executor, wording};

/// How long an object that is made anew may take to be gone.
const GONE_WITHIN: Duration = Duration::from_secs(60);
const LOOK_EVERY: Duration = Duration::from_millis(250);

fn options(mode: WriteMode, validate: bool, dry_run: bool) -> ApplyOptions {
    ApplyOptions {
        write: match mode {
            WriteMode::Apply => Write::ServerSideApply,
            WriteMode::Replace => Write::Replace,
            WriteMode::Create => Write::Create,
        },
        dry_run,
        force_conflicts: true,
        field_manager: annotation::FIELD_MANAGER.to_string(),
        validation: if validate { FieldValidation::Strict } else { FieldValidation::Ignore },
    }
}

pub(crate) async fn check(executor: &Executor<'_>, action: &Action) -> Result<Outcome, ClusterError> {
    let ActionKind::Check { object, mode, validate, anew, force } = &action.kind else {
        unreachable!("because only checks come here")
    };
    let in_place = options(*mode, *validate, true);
    let result = if *anew {
        check_anew(executor, object, *validate).await
    } else {
        match executor.steadily(|| executor.cluster.apply(object, &in_place)).await {
            Err(error) if *force && is_immovable(&error) => check_anew(executor, object, *validate).await,
            result => result.map(|_| ()),
        }
    };
    match result {
        Err(error) if !may_pass_later(&error) => Err(error),
        _ => Ok(Outcome::Done { message: String::new(), object: None }),
    }
}

/// Asks whether an object would be accepted if there were none of its name: under a name that the server makes up. Kinds whose
/// names say what they are about cannot be asked about so; they are looked at when they are written.
async fn check_anew(executor: &Executor<'_>, object: &Object, validate: bool) -> Result<(), ClusterError> {
    if matches!(object.kind(), "CustomResourceDefinition" | "APIService" | "Namespace") {
        return Ok(());
    }
    let mut nameless = object.clone();
    let name: String = object.name().chars().take(200).collect();
    if let Some(metadata) = nameless.fields_mut().get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("name");
        metadata.insert("generateName", format!("{name}-"));
    }
    let create = options(WriteMode::Create, validate, true);
    executor.steadily(|| executor.cluster.apply(&nameless, &create)).await.map(|_| ())
}

/// Whether a refusal may come from something that this very sync brings: a service account that a pod names, a namespace, a
/// webhook's server. It is no reason to stop before the first write; if it is meant, it comes again. That we have no
/// permission is meant.
pub fn may_pass_later(error: &ClusterError) -> bool {
    match error.kind {
        ClusterErrorKind::NotFound => true,
        ClusterErrorKind::Forbidden => !(error.message.contains("User \"") && error.message.contains(" cannot ")),
        ClusterErrorKind::Unreachable => error.message.contains("failed calling webhook"),
        _ => false,
    }
}

pub(crate) async fn apply(executor: &Executor<'_>, action: &Action) -> Result<Outcome, ClusterError> {
    let ActionKind::Apply { object, mode, validate, force, migrate, dry_run, .. } = &action.kind else {
        unreachable!("because only applies come here")
    };
    let options = options(*mode, *validate, *dry_run);
    if !migrate.is_empty() && !dry_run {
        let managers: Vec<&str> = migrate.iter().map(String::as_str).collect();
        take_over(executor, action, &managers).await?;
    }
    let applied = if *force && *mode == WriteMode::Replace && !dry_run {
        make_anew(executor, action, object, &options).await?
    } else {
        match executor.steadily(|| executor.cluster.apply(object, &options)).await {
            Err(error) if *force && !dry_run && is_immovable(&error) => {
                make_anew(executor, action, object, &options).await?
            }
            result => result?,
        }
    };
    let applied = if *mode == WriteMode::Apply && !dry_run && !applied.created && is_emptied(object, &applied.object) {
        // The server takes away what was in a map together with the map, although the map itself is still desired.
        executor.steadily(|| executor.cluster.apply(object, &options)).await?
    } else {
        applied
    };
    if object.kind() == "CustomResourceDefinition" && !dry_run {
        // What it defines is served a moment later; the plan waits for that. A failure here only makes that wait longer.
        let _ = executor.cluster.refresh_kinds().await;
    }
    Ok(Outcome::Done { message: wording::applied(action, &applied), object: (!dry_run).then_some(applied.object) })
}

/// Whether a map that is desired and empty is not there after the apply.
fn is_emptied(desired: &Object, applied: &Object) -> bool {
    fn below(desired: &Value, applied: &Value) -> bool {
        match (desired, applied) {
            (Value::Object(desired), Value::Object(applied)) => {
                desired.iter().any(|(name, value)| match (value, applied.get(name).filter(|there| !there.is_null())) {
                    (Value::Object(fields), None) => fields.is_empty(),
                    (value, Some(there)) => below(value, there),
                    (_, None) => false,
                })
            }
            (Value::Array(desired), Value::Array(applied)) if desired.len() == applied.len() => {
                desired.iter().zip(applied.iter()).any(|(desired, applied)| below(desired, applied))
            }
            _ => false,
        }
    }
    let fields = desired.value().as_object().expect("because an Object holds an object value");
    // The status that generators write is never taken from an apply.
    let others = fields.iter().filter(|(name, _)| &***name != "status");
    others.into_iter().any(|(name, value)| applied.value().get(name).is_some_and(|there| below(value, there)))
}

/// Whether only another object could take the place of this one.
fn is_immovable(error: &ClusterError) -> bool {
    matches!(error.kind, ClusterErrorKind::Invalid | ClusterErrorKind::Conflict)
}

/// Deletes the live object, waits until it is gone, and writes the new one.
async fn make_anew(
    executor: &Executor<'_>,
    action: &Action,
    object: &Object,
    options: &ApplyOptions,
) -> Result<Applied, ClusterError> {
    let delete = DeleteOptions { propagation: Propagation::Background, ..DeleteOptions::default() };
    executor.steadily(|| executor.cluster.delete(&action.gvk, &action.key, &delete)).await?;
    let mut waited = Duration::ZERO;
    while executor.cluster.get(&action.gvk, &action.key.namespace, &action.key.name).await?.is_some() {
        if waited >= GONE_WITHIN {
            return Err(ClusterError::new(
                ClusterErrorKind::Conflict,
                format!(
                    "{} was deleted to be made anew and is still there after {} s: its finalizers hold it",
                    action.key,
                    GONE_WITHIN.as_secs()
                ),
            ));
        }
        executor.pause.pause(LOOK_EVERY).await;
        waited += LOOK_EVERY;
    }
    let write = if options.write == Write::Replace { Write::Create } else { options.write };
    let options = ApplyOptions { write, ..options.clone() };
    executor.steadily(|| executor.cluster.apply(object, &options)).await
}

/// Moves the fields of client-side applies to us, so that what left Git is removed. What changes meanwhile is looked at again.
async fn take_over(executor: &Executor<'_>, action: &Action, managers: &[&str]) -> Result<(), ClusterError> {
    for _ in 0..5 {
        let Some(live) = executor.cluster.get(&action.gvk, &action.key.namespace, &action.key.name).await? else {
            return Ok(());
        };
        if !needs_migration(&live, managers) {
            return Ok(());
        }
        let patch = migrate(&live, managers, annotation::FIELD_MANAGER).map_err(|e| {
            ClusterError::new(ClusterErrorKind::Other, format!("managed fields of {}: {e}", action.key))
        })?;
        let Some(patch) = patch else { return Ok(()) };
        match executor.cluster.patch(&action.gvk, &action.key, &patch, false).await {
            Err(error) if error.kind == ClusterErrorKind::Conflict => {}
            Err(error) if error.kind == ClusterErrorKind::NotFound => return Ok(()),
            result => return result.map(|_| ()),
        }
    }
    Err(ClusterError::new(
        ClusterErrorKind::Conflict,
        format!("Failed to perform client-side apply migration for {}: the object keeps changing", action.key),
    ))
}

#[cfg(test)]
mod tests {
    use bowline_base_value::from_json;

    use super::*;

    #[test]
    fn a_desired_map_that_was_taken_away_is_seen() {
        let object = |rest: &str| {
            let json = format!(r#"{{"apiVersion":"v1","kind":"X","metadata":{{"name":"a"}},{rest}}}"#);
            Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
        };
        for (desired, applied, want) in [
            (r#""spec":{"a":{}}"#, r#""spec":{"a":{}}"#, false),
            (r#""spec":{"a":{}}"#, r#""spec":{"a":null}"#, true),
            (r#""spec":{"a":{}}"#, r#""spec":{}"#, true),
            (r#""spec":{"a":{"b":1}}"#, r#""spec":{}"#, false),
            (r#""spec":{"l":[{"a":{}}]}"#, r#""spec":{"l":[{}]}"#, true),
            (r#""spec":{"a":{"b":{}}},"status":{}"#, r#""spec":{"a":{"b":{"c":1}}}"#, false),
            (r#""status":{"a":{}}"#, r#""status":{}"#, false),
        ] {
            assert_eq!(is_emptied(&object(desired), &object(applied)), want, "{desired} {applied}");
        }
    }
}
