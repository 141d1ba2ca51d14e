//! [`Board`]: the tasks of an operation with what is on record of each.

use bowline_core_types::{HookDeletePolicy, Object, ResourceKey, has_hook_finalizer, is_hook, is_skipped};
use bowline_plan_merge::needs_migration;

use crate::{
    Action, ActionKind, Deletion, Input, Live, OperationPhase, Progress, ResultCode, Scope, SyncPhase, Task, TaskKind,
    Wait, Withheld, WriteMode, attempt_id, guard, hook, hook_objects, namespace, order, task,
};

/// The tasks of an operation, in order, with what is on record of each.
pub(crate) struct Board {
    pub tasks: Vec<Task>,
    pub progress: Progress,
    pub withheld: Vec<Withheld>,
    /// What makes the operation impossible, by task.
    pub refused: Vec<(usize, String)>,
}

// === impl Board ===

impl Board {
    pub fn new(input: &Input<'_>) -> Board {
        let mut tasks = objects(input);
        tasks.extend(hooks(input));
        tasks.extend(namespace::task(input));
        let mut refused = refuse(input, &mut tasks);
        order::reverse_prunes(&mut tasks);
        // The refusals name tasks by place: they move with them.
        let keys: Vec<_> = refused.drain(..).map(|(i, why)| (tasks[i].key.clone(), tasks[i].phase, why)).collect();
        order::sort(&mut tasks);
        let place = |key: &ResourceKey, phase| tasks.iter().position(|t| t.key == *key && t.phase == phase);
        // A task may have been moved to another phase; its key alone finds it then.
        let refused = keys
            .into_iter()
            .filter_map(|(key, phase, why)| {
                let i = place(&key, phase).or_else(|| tasks.iter().position(|t| t.key == key))?;
                Some((i, why))
            })
            .collect();
        let progress = input.progress.clone();
        for task in &mut tasks {
            let Some(result) = progress.find(&task.key, task.phase) else { continue };
            (task.status, task.state) = (result.status, result.hook_phase);
            task.message.clone_from(&result.message);
        }
        own_hooks(input, &mut tasks);
        let withheld = guard::withheld(input, &tasks);
        Board { tasks, progress, withheld, refused }
    }

    /// Sets how a task stands, and puts it on record.
    pub fn set(&mut self, task: usize, status: Option<ResultCode>, state: OperationPhase, message: &str) {
        let task = &mut self.tasks[task];
        (task.status, task.state) = (status, Some(state));
        if !message.is_empty() {
            task.message = message.to_string();
        }
        self.progress.put(task.result());
    }

    /// Whether something failed, the hooks for failures left aside.
    pub fn has_failed(&self) -> bool {
        self.tasks.iter().any(|t| t.phase != SyncPhase::SyncFail && t.has_failed())
    }

    /// Whether there is more than one wave.
    pub fn is_multi_step(&self) -> bool {
        let place = |t: &Task| (t.phase, t.wave);
        self.tasks.first().map(place) != self.tasks.last().map(place)
    }

    /// Whether the task belongs to the last wave of all.
    pub fn is_in_last_wave(&self, task: &Task) -> bool {
        self.tasks.last().is_some_and(|last| (last.phase, last.wave) == (task.phase, task.wave))
    }

    /// Whether the last wave has hooks, so that its end is waited for.
    pub fn last_wave_has_hooks(&self) -> bool {
        self.tasks.iter().any(|t| t.is_hook() && self.is_in_last_wave(t))
    }

    /// A wait for `tasks`, since when the same was waited for before.
    pub fn wait(
        &mut self,
        input: &Input<'_>,
        message: String,
        keys: Vec<ResourceKey>,
        limit: jiff::SignedDuration,
    ) -> Wait {
        let since = match &self.progress.waiting {
            Some((subject, since)) if *subject == message => *since,
            _ => input.now,
        };
        self.progress.waiting = Some((message.clone(), since));
        let until = since.checked_add(limit).unwrap_or(jiff::Timestamp::MAX);
        Wait { message, since, until, keys, for_kinds: false }
    }

    /// `waiting for <what> <first of tasks> and <n> more …`, as the contract says it.
    pub fn waiting_for(&self, what: &str, tasks: &[usize]) -> String {
        let hooks = tasks.iter().filter(|i| self.tasks[**i].is_hook()).count();
        let first = tasks.iter().find(|i| hooks == 0 || self.tasks[**i].is_hook()).map(|i| self.tasks[*i].named());
        let message = format!("waiting for {what} {}", first.unwrap_or_default());
        let kind = if hooks == tasks.len() { "hooks" } else { "resources" };
        match tasks.len() {
            0 | 1 => message,
            n => format!("{message} and {} more {kind}", n - 1),
        }
    }
}

/// The tasks of what is desired or tracked.
fn objects(input: &Input<'_>) -> Vec<Task> {
    let mut tasks = Vec::new();
    for resource in input.resources {
        let desired = resource.desired.as_ref();
        let object = desired.or(resource.live.as_ref().map(|l| &l.object));
        let Some(object) = object.filter(|o| !is_hook(o) && !is_skipped(o)) else { continue };
        if !input.operation.selects(&resource.key, desired) {
            continue;
        }
        debug_assert!(!object.kind().is_empty());
        let kind = if desired.is_some() { TaskKind::Apply } else { TaskKind::Prune };
        let (desired, live) = (desired.cloned(), resource.live.clone());
        let mut task = Task::new(kind, SyncPhase::Sync, resource.key.clone(), desired, live, input.options);
        task.in_sync = resource.in_sync && kind == TaskKind::Apply && task.live.is_some();
        task.checked = resource.checked;
        tasks.push(task);
    }
    tasks
}

fn hooks(input: &Input<'_>) -> Vec<Task> {
    if !input.operation.runs_hooks() {
        return Vec::new();
    }
    let made = input.hooks.iter().filter(|h| is_hook(h)).flat_map(|hook| hook_objects(hook, input.operation));
    made.map(|(phase, object)| {
        let key = object.key();
        let live = input.view.live(&key);
        Task::new(TaskKind::Hook, phase, key, Some(object), live, input.options)
    })
    .collect()
}

/// Looks up each kind and asks whether each object is allowed; gives the reasons of those that cannot be.
fn refuse(input: &Input<'_>, tasks: &mut [Task]) -> Vec<(usize, String)> {
    // The kinds whose CRDs are in this sync, and whether those change with it.
    let promised: Vec<(String, String, bool)> = tasks
        .iter()
        .filter_map(|t| Some((t.desired.as_ref().and_then(order::crd_of)?, !t.in_sync)))
        .map(|((group, kind), changes)| (group.to_string(), kind.to_string(), changes))
        .collect();
    let mut refused = Vec::new();
    for (i, task) in tasks.iter_mut().enumerate() {
        let (_, errors) = input.options.with_object(task.object());
        if let Some(error) = errors.first().filter(|_| task.kind != TaskKind::Prune) {
            refused.push((i, error.to_string()));
        }
        let promise = promised.iter().find(|(group, kind, _)| **group == *task.key.group && **kind == *task.key.kind);
        match input.view.kind(&task.gvk) {
            Err(error) => refused.push((i, error)),
            Ok(Some(scope)) => {
                // What the new definition allows, the present one may refuse.
                task.skip_dry_run = promise.is_some_and(|(_, _, changes)| *changes);
                if scope == Scope::Cluster && !task.key.namespace.is_empty() {
                    task.key.namespace = "".into();
                    if task.live.is_none() {
                        task.live = input.view.live(&task.key).filter(|_| task.is_hook());
                    }
                }
                if let Err(why) = input.view.permitted(task.object(), scope) {
                    refused.push((i, why));
                }
            }
            Ok(None) => {
                if task.options.skip_dry_run_on_missing || promise.is_some() {
                    task.skip_dry_run = true;
                } else {
                    refused.push((
                        i,
                        format!(
                            "The Kubernetes API could not find {}/{} for requested resource {}/{}. Make sure the \
                             {:?} CRD is installed on the destination cluster.",
                            task.key.group, task.key.kind, task.key.namespace, task.key.name, task.key.kind
                        ),
                    ));
                }
            }
        }
    }
    refused
}

/// Sorts out whose hooks the live ones are. One that this attempt has made, and whose making was not recorded any more, is
/// running: making it again would run it twice. One that another phase of this sync, or another attempt, has made since is
/// not that of a task that was begun.
fn own_hooks(input: &Input<'_>, tasks: &mut [Task]) {
    for task in tasks.iter_mut().filter(|t| t.is_hook()) {
        let attempt = attempt_id(input.operation, task.phase);
        let made_for = task.live.as_ref().and_then(|l| l.object.annotation(hook::ATTEMPT));
        match made_for.map(|made_for| made_for == attempt) {
            Some(true) if task.is_pending() => {
                task.status = Some(ResultCode::Synced);
                task.state = Some(OperationPhase::Running);
            }
            Some(false) if !task.is_pending() => task.live = None,
            _ => {}
        }
    }
}

// === impl Task ===

impl Task {
    /// Whether it is a live hook that our finalizer keeps.
    pub(crate) fn holds_finalizer(&self) -> bool {
        self.is_hook() && self.live.as_ref().is_some_and(|l| has_hook_finalizer(&l.object))
    }

    /// The call that lets go of a hook, or deletes it; none where there is nothing to do.
    pub(crate) fn hook_action(&self, delete: bool, reason: &str) -> Option<Action> {
        let live: &Live = self.live.as_ref()?;
        if delete && live.object.deletion_timestamp().is_some() && !has_hook_finalizer(&live.object) {
            return None;
        }
        let kind = if delete { ActionKind::DeleteHook } else { ActionKind::ReleaseHook };
        Some(self.action(kind, reason))
    }

    /// The call that writes the object.
    pub(crate) fn apply_action(&self, force: bool, dry_run: bool, reason: &str) -> Action {
        let object: Object = self.desired.clone().expect("because only desired objects are applied");
        let mode = self.mode();
        let force = self.options.force || force;
        let validate = self.options.validate;
        let live = self.live.as_ref().map(|l| &l.object);
        let managers: Vec<&str> = self.options.legacy_managers.iter().map(String::as_str).collect();
        let legacy = live.is_some_and(|live| needs_migration(live, &managers));
        let migrate = match self.options.migrate && mode == WriteMode::Apply && legacy {
            true => self.options.legacy_managers.clone(),
            false => Vec::new(),
        };
        let version_before = live.map(|live| live.resource_version().to_string()).unwrap_or_default();
        self.action(ActionKind::Apply { object, mode, validate, force, migrate, dry_run, version_before }, reason)
    }

    /// The call that asks whether the object would be accepted.
    pub(crate) fn check_action(&self, force: bool) -> Action {
        let object = self.desired.clone().expect("because only desired objects are checked");
        let anew = self.live.is_some() && self.has_policy(HookDeletePolicy::BeforeHookCreation);
        let kind = ActionKind::Check {
            object,
            mode: self.mode(),
            validate: self.options.validate,
            anew,
            force: self.options.force || force,
        };
        self.action(kind, "everything is checked before the first write")
    }

    /// How the object is written.
    pub(crate) fn mode(&self) -> WriteMode {
        match (self.options.replace, &self.live) {
            (false, _) => WriteMode::Apply,
            (true, Some(_)) => WriteMode::Replace,
            (true, None) => WriteMode::Create,
        }
    }

    /// Whether it is deleted only when someone confirms that.
    pub(crate) fn needs_confirmation(&self) -> bool {
        self.kind == TaskKind::Prune && self.options.prune == Deletion::Confirm
    }

    fn action(&self, kind: ActionKind, reason: &str) -> Action {
        Action {
            key: self.key.clone(),
            gvk: self.gvk.clone(),
            phase: self.phase,
            is_hook: self.is_hook(),
            images: task::images(self.object()),
            kind,
            reason: reason.to_string(),
        }
    }
}
