//! [`Task`]: one object's part in an operation.

use bowline_base_value::Value;
use bowline_core_types::{Gvk, HookDeletePolicy, Object, ResourceKey, sync_wave};

use crate::{Live, OperationPhase, ResultCode, SyncOptions, SyncPhase, TaskResult};

/// What is to become of the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskKind {
    /// It is applied.
    Apply,
    /// It runs as a hook.
    Hook,
    /// It is deleted.
    Prune,
    /// It is the destination namespace, made because `CreateNamespace` says so.
    Namespace,
}

/// One object's part in an operation.
#[derive(Clone, Debug)]
pub struct Task {
    /// What names the object.
    pub key: ResourceKey,
    /// Its kind, with its version.
    pub gvk: Gvk,
    /// The phase it belongs to.
    pub phase: SyncPhase,
    /// The wave within the phase; that of the annotation unless the planner moved it.
    pub wave: i64,
    /// What is to become of it.
    pub kind: TaskKind,
    /// What Git says; `None` for prunes.
    pub desired: Option<Object>,
    /// What the cluster holds.
    pub live: Option<Live>,
    /// Whether applying it would change nothing.
    pub in_sync: bool,
    /// Whether the API server accepted it in a dry run.
    pub checked: bool,
    /// Whether its kind is not served yet and may come with a CRD of this sync, or is allowed to be missing.
    pub skip_dry_run: bool,
    /// The options of the application and of the object.
    pub options: SyncOptions,
    /// What became of it, as far as that is on record.
    pub status: Option<ResultCode>,
    /// How it stands; `None` until it was begun.
    pub state: Option<OperationPhase>,
    /// For people.
    pub message: String,
}

// === impl Task ===

impl Task {
    pub(crate) fn new(
        kind: TaskKind,
        phase: SyncPhase,
        key: ResourceKey,
        desired: Option<Object>,
        live: Option<Live>,
        options: &SyncOptions,
    ) -> Task {
        let object = desired.as_ref().or(live.as_ref().map(|l| &l.object));
        let object = object.expect("because a task has a desired or a live object");
        let (gvk, wave) = (object.gvk(), sync_wave(object));
        let (mut own, _) = options.with_object(object);
        if let (Some(_), Some(live)) = (&desired, &live) {
            // The live object may ask for the heavy ways of writing too: someone may have marked it by hand.
            let (of_live, _) = SyncOptions::default().with_object(&live.object);
            own.replace |= of_live.replace;
            own.force |= of_live.force;
        }
        Task {
            key,
            gvk,
            phase,
            wave,
            kind,
            desired,
            live,
            in_sync: false,
            checked: false,
            skip_dry_run: false,
            options: own,
            status: None,
            state: None,
            message: String::new(),
        }
    }

    /// The object: the desired one, else the live one.
    pub fn object(&self) -> &Object {
        let live = self.live.as_ref().map(|l| &l.object);
        self.desired.as_ref().or(live).expect("because a task has a desired or a live object")
    }

    /// Whether it is a hook.
    pub fn is_hook(&self) -> bool {
        self.kind == TaskKind::Hook
    }

    /// Whether it was not begun yet.
    pub fn is_pending(&self) -> bool {
        self.state.is_none()
    }

    /// Whether it was begun and has not ended.
    pub fn is_running(&self) -> bool {
        self.state == Some(OperationPhase::Running)
    }

    /// Whether it has ended.
    pub fn is_completed(&self) -> bool {
        self.state.is_some_and(OperationPhase::is_completed)
    }

    /// Whether it has ended badly.
    pub fn has_failed(&self) -> bool {
        matches!(self.state, Some(OperationPhase::Failed | OperationPhase::Error))
    }

    /// Whether it is a hook with this policy.
    pub(crate) fn has_policy(&self, policy: HookDeletePolicy) -> bool {
        self.is_hook() && HookDeletePolicy::of(self.object()).contains(&policy)
    }

    /// Why it is written.
    pub(crate) fn why(&self) -> String {
        match (self.kind, &self.live) {
            (TaskKind::Hook, _) => format!("it is a hook for {}", self.phase),
            (TaskKind::Namespace, None) => {
                "the application asks for its destination namespace (CreateNamespace)".into()
            }
            (TaskKind::Namespace, _) => "the application manages its namespace's metadata".to_string(),
            (_, None) => "it is in Git and not in the cluster".to_string(),
            (_, Some(_)) if self.in_sync => "it is to be replaced".to_string(),
            (_, Some(_)) => "it differs from Git".to_string(),
        }
    }

    /// `group/Kind/name`, as the contract's messages name it.
    pub(crate) fn named(&self) -> String {
        format!("{}/{}/{}", self.key.group, self.key.kind, self.key.name)
    }

    /// The result as it stands.
    pub(crate) fn result(&self) -> TaskResult {
        TaskResult {
            key: self.key.clone(),
            version: self.gvk.version.to_string(),
            sync_phase: self.phase,
            status: self.status,
            hook_type: self.is_hook().then(|| self.phase.hook_type()),
            hook_phase: self.state,
            message: self.message.clone(),
            images: images(self.object()),
        }
    }
}

/// The container images of the object, as far as known workloads and custom kinds keep them where pods do.
pub(crate) fn images(object: &Object) -> Vec<String> {
    let spec = object.value().get("spec");
    let pod_specs = [
        spec,
        spec.and_then(|s| s.get_path(&["template", "spec"])),
        spec.and_then(|s| s.get_path(&["jobTemplate", "spec", "template", "spec"])),
    ];
    let mut images = Vec::new();
    for pod in pod_specs.into_iter().flatten() {
        for list in ["initContainers", "containers"] {
            let containers = pod.get(list).and_then(Value::as_array).unwrap_or_default();
            images.extend(containers.iter().filter_map(|c| c.str_at(&["image"])).map(String::from));
        }
    }
    images.sort();
    images.dedup();
    images
}
