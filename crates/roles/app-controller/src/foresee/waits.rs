//! What a sync would wait for, as far as that can be told now: windows, hooks, the health of waves.

use bowline_core_crd::{AppProjectSpec, Application};
use bowline_live_health::{Health, HealthStatus};
use bowline_live_lua::Scripts;
use bowline_plan_planner::{Foreseen, Limits, SyncPhase, TaskKind};
use bowline_plan_windows::Decision;
use jiff::Timestamp;

use super::{Planned, name_of};

/// Objects of a wave that are named.
const NAMED: usize = 3;

/// Something that the sync would wait for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ahead {
    /// `window`, `hook` or `health`.
    pub what: &'static str,
    /// For people.
    pub message: String,
    /// When the wait would end; `None` where that is not known.
    pub until: Option<Timestamp>,
}

/// Windows that are in the way of a sync that began now.
pub(super) fn windows(project: &AppProjectSpec, app: &Application, now: Timestamp) -> Option<Ahead> {
    let at = |manual| crate::windows::decide(project, app, manual, None, now);
    let (who, reason, until) = match (at(false), at(true)) {
        (Decision::Allowed, _) => return None,
        (_, Decision::Blocked { reason, until }) => ("every sync", reason, until),
        (Decision::Blocked { reason, until }, _) => ("an automated sync, though not a person's,", reason, until),
    };
    let end = until.map_or("no end is in sight".to_string(), |until| format!("until {until}"));
    Some(Ahead { what: "window", message: format!("{who} is {reason}: {end}"), until })
}

/// Hooks and waves whose end the sync waits for, in its order. What is healthy already and stays as it is is not waited for.
pub(super) fn gates(steps: &[Planned], scripts: &Scripts, now: Timestamp) -> Vec<Ahead> {
    let mut ahead = Vec::new();
    let place = |step: &Planned| (step.foresight.task.phase, step.foresight.task.wave);
    for wave in steps.chunk_by(|a, b| place(a) == place(b)) {
        let (phase, number) = place(&wave[0]);
        for hooks in [true, false] {
            let waits = wave.iter().filter(|step| step.foresight.task.is_hook() == hooks);
            let waits: Vec<(String, String)> = waits.filter_map(|step| waited(step, scripts, now)).collect();
            if !waits.is_empty() {
                ahead.push(sentence(phase, number, hooks, &waits));
            }
        }
    }
    ahead
}

fn sentence(phase: SyncPhase, wave: i64, hooks: bool, waits: &[(String, String)]) -> Ahead {
    let named: Vec<String> = waits.iter().take(NAMED).map(|(name, now)| format!("{name}{now}")).collect();
    let more = match waits.len().saturating_sub(NAMED) {
        0 => String::new(),
        n => format!(" and {n} more"),
    };
    let limits = Limits::default();
    let (what, end, limit) = match hooks {
        true => ("hook", "end", limits.hook),
        false => ("health", "are healthy", limits.health),
    };
    let hours = limit.as_hours();
    let message =
        format!("after wave {wave} of {phase} until these {end}, {hours} hours at most: {}{more}", named.join(", "));
    Ahead { what, message, until: None }
}

/// The object's name, and how it is now where that is not healthy; nothing where it is not waited for.
fn waited(step: &Planned, scripts: &Scripts, now: Timestamp) -> Option<(String, String)> {
    let task = &step.foresight.task;
    if !step.foresight.gates || task.kind == TaskKind::Namespace {
        return None;
    }
    let live = task.live.as_ref().and_then(|live| live.health.clone());
    // What a hook of an earlier run came to says nothing of the next.
    let present = live.filter(|_| !task.is_hook());
    // A kind without a rule is as good as healthy as soon as it is there.
    let rule: Option<Health> = present.clone().or_else(|| scripts.assess(task.object(), now));
    rule?;
    let healthy = present.as_ref().is_some_and(|health| health.status == HealthStatus::Healthy);
    if healthy && step.foresight.foreseen == Foreseen::Nothing {
        return None;
    }
    let how = present.filter(|health| health.status != HealthStatus::Healthy).map(|health| {
        let fails = health.status == HealthStatus::Degraded && step.foresight.foreseen == Foreseen::Nothing;
        let end = if fails { ", which fails the sync" } else { "" };
        let message = if health.message.is_empty() { String::new() } else { format!(": {}", health.message) };
        format!(" (now {}{message}{end})", health.status)
    });
    Some((name_of(&task.key), how.unwrap_or_default()))
}
