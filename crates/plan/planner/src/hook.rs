//! Hooks of a sync: their names, their marks.

use bowline_base_value::Value;
use bowline_core_types::{HOOK_FINALIZER, HookType, Object, has_hook_finalizer};

use crate::{Operation, SyncPhase};

/// The annotation that says for which attempt of which operation a hook was made, and in which phase. A process that died
/// after it made a hook and before it recorded that knows it again by this.
pub const ATTEMPT: &str = "bowline.dev/sync-attempt";

/// The value of [`ATTEMPT`]: when the operation began, how often it was tried again, and the phase.
pub fn attempt_id(operation: &Operation, phase: SyncPhase) -> String {
    format!("{}-{}-{phase}", operation.started_at.as_second(), operation.retries)
}

/// The objects that a hook is made as, one for each phase it runs in: named, kept by our finalizer, and marked with the
/// attempt. `generateName` becomes a name by the revision, the phase and the start of the operation, so that the same
/// operation makes the same names.
pub fn hook_objects(hook: &Object, operation: &Operation) -> Vec<(SyncPhase, Object)> {
    let phases = HookType::of(hook).into_iter().filter_map(SyncPhase::of_hook);
    phases
        .map(|phase| {
            let mut object = hook.clone();
            if object.name().is_empty() {
                let revision = &operation.revision;
                let short = if revision.len() >= 8 { revision.get(..7).unwrap_or(revision) } else { revision };
                let suffix = format!("{short}-{phase}-{}", operation.started_at.as_second()).to_lowercase();
                let name = format!("{}{suffix}", object.generate_name());
                metadata(&mut object).insert("name", name);
            }
            if !has_hook_finalizer(&object) {
                let finalizers = metadata(&mut object).entry("finalizers");
                if finalizers.as_array().is_none() {
                    *finalizers = Value::array();
                }
                finalizers.as_array_mut().expect("because it was made a list above").push(HOOK_FINALIZER.into());
            }
            object.set_annotation(ATTEMPT, &attempt_id(operation, phase));
            (phase, object)
        })
        .collect()
}

pub(crate) fn metadata(object: &mut Object) -> &mut bowline_base_value::Map {
    let metadata = object.fields_mut().entry("metadata");
    if metadata.as_object().is_none() {
        *metadata = Value::object();
    }
    metadata.as_object_mut().expect("because it was made an object above")
}
