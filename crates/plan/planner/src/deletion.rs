//! Hooks of a deletion: PreDelete, before the application's objects go, and PostDelete, after they have gone.
//!
//! The deletion of an Application is held by finalizers while they run; which of them is taken off when is the caller's. First
//! [`plan_deletion_hooks`] until it is done, then (the finalizer now says `/cleanup`) [`hook_cleanup`].

use bowline_core_types::{Gvk, HookDeletePolicy, HookType, Object, ResourceKey, sync_wave};
use bowline_live_health::HealthStatus;
use jiff::{SignedDuration, Timestamp};

use crate::{Action, ActionKind, Next, OperationPhase, Purpose, Step, SyncPhase, View, Wait, WriteMode, hook, task};

/// The hooks of a deletion.
#[derive(Clone, Copy)]
pub struct DeletionHooks<'a> {
    /// What Git says, hooks and others.
    pub desired: &'a [Object],
    /// PreDelete or PostDelete.
    pub which: HookType,
    /// When the deletion was asked for: it tells these runs from earlier ones.
    pub deleted_at: Timestamp,
    /// How long hooks may take, from the time that they are first waited for.
    pub limit: SignedDuration,
    /// Since when the same is waited for, where it is.
    pub waiting_since: Option<Timestamp>,
    /// The cluster.
    pub view: &'a dyn View,
    /// The present.
    pub now: Timestamp,
}

/// One of them, with the object that it is made as.
struct Hook {
    object: Object,
    key: ResourceKey,
    gvk: Gvk,
    wave: i64,
}

/// What the hooks do next: wave by wave, each must end well before the next begins. Where one ends badly the deletion does not
/// go on.
pub fn plan_deletion_hooks(input: &DeletionHooks<'_>) -> Next {
    let hooks = hooks(input);
    let mut waves: Vec<i64> = hooks.iter().map(|h| h.wave).collect();
    waves.sort_unstable();
    waves.dedup();
    for wave in waves {
        let (mut missing, mut old, mut running) = (Vec::new(), Vec::new(), Vec::new());
        for hook in hooks.iter().filter(|h| h.wave == wave) {
            let Some(live) = input.view.live(&hook.key) else {
                missing.push(hook);
                continue;
            };
            if live.object.annotation(hook::ATTEMPT) != hook.object.annotation(hook::ATTEMPT) {
                old.push(hook);
                continue;
            }
            match live.health.map(|h| (h.status, h.message)) {
                None | Some((HealthStatus::Healthy, _)) => {}
                Some((HealthStatus::Degraded | HealthStatus::Unknown, message)) => {
                    let message = format!("{} hook {} failed: {message}", input.which.as_str(), hook.key);
                    return Next::Done { phase: OperationPhase::Failed, message };
                }
                Some(_) => running.push(hook),
            }
        }
        if !old.is_empty() {
            let actions = old.iter().map(|h| h.action(input.which, ActionKind::DeleteHook)).collect();
            return run(Purpose::ClearHooks, actions, "hooks of an earlier run make room");
        }
        if !missing.is_empty() {
            let actions = missing.iter().map(|h| h.action(input.which, h.apply())).collect();
            let message = format!("running {} hooks", input.which.as_str());
            return run(Purpose::Wave(phase(input.which), wave), actions, &message);
        }
        if let Some(first) = running.first() {
            let since = input.waiting_since.unwrap_or(input.now);
            let until = since.checked_add(input.limit).unwrap_or(Timestamp::MAX);
            let message = format!("waiting for completion of {} hook {}", input.which.as_str(), first.key);
            if input.now >= until {
                let message = format!("{message}: it did not end by {until}");
                return Next::Done { phase: OperationPhase::Failed, message };
            }
            let keys = running.iter().map(|h| h.key.clone()).collect();
            return Next::Wait(Wait { message, since, until, keys, for_kinds: false });
        }
    }
    let message = format!("all {} hooks have ended well", input.which.as_str());
    Next::Done { phase: OperationPhase::Succeeded, message }
}

/// The deletion of the hooks themselves, as their policies say after a run that ended in `phase`; none where nothing is left.
pub fn hook_cleanup(input: &DeletionHooks<'_>, phase: OperationPhase) -> Option<Step> {
    let policy = match phase {
        OperationPhase::Succeeded => HookDeletePolicy::HookSucceeded,
        _ => HookDeletePolicy::HookFailed,
    };
    let gone = |h: &&Hook| HookDeletePolicy::of(&h.object).contains(&policy) && input.view.live(&h.key).is_some();
    let actions: Vec<_> =
        hooks(input).iter().filter(gone).map(|h| h.action(input.which, ActionKind::DeleteHook)).collect();
    match run(Purpose::SettleHooks, actions, "hooks are deleted as their policies say") {
        Next::Run(step) if !step.groups[0].is_empty() => Some(step),
        _ => None,
    }
}

fn hooks(input: &DeletionHooks<'_>) -> Vec<Hook> {
    let mine = input.desired.iter().filter(|o| HookType::of(o).contains(&input.which));
    mine.map(|object| {
        let mut object = object.clone();
        let stamp = format!("{}-{}", input.deleted_at.as_second(), input.which.as_str());
        if object.name().is_empty() {
            let name = format!("{}{}", object.generate_name(), stamp.to_lowercase());
            hook::metadata(&mut object).insert("name", name);
        }
        object.set_annotation(hook::ATTEMPT, &stamp);
        Hook { key: object.key(), gvk: object.gvk(), wave: sync_wave(&object), object }
    })
    .collect()
}

fn run(purpose: Purpose, actions: Vec<Action>, message: &str) -> Next {
    Next::Run(Step { purpose, groups: vec![actions], message: message.to_string() })
}

/// The phase that the calls are filed under; a deletion keeps no results.
fn phase(which: HookType) -> SyncPhase {
    if which == HookType::PreDelete { SyncPhase::PreSync } else { SyncPhase::PostSync }
}

// === impl Hook ===

impl Hook {
    fn apply(&self) -> ActionKind {
        ActionKind::Apply {
            object: self.object.clone(),
            mode: WriteMode::Apply,
            validate: true,
            force: false,
            migrate: Vec::new(),
            dry_run: false,
            version_before: String::new(),
        }
    }

    fn action(&self, which: HookType, kind: ActionKind) -> Action {
        Action {
            key: self.key.clone(),
            gvk: self.gvk.clone(),
            phase: phase(which),
            is_hook: true,
            images: task::images(&self.object),
            kind,
            reason: format!("it is a hook for {}", which.as_str()),
        }
    }
}
