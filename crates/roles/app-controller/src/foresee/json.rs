//! A plan as JSON.

use bowline_base_value::{Map, Value};
use bowline_plan_diff::{Cause, Holder};
use bowline_plan_planner::Foreseen;

use super::{Ahead, Plan, Planned};

impl Plan {
    /// Everything, for programs; `docs/plan.md` describes it.
    pub fn json(&self) -> Value {
        let all = [
            Foreseen::Create,
            Foreseen::Change,
            Foreseen::Replace,
            Foreseen::Prune,
            Foreseen::Keep,
            Foreseen::Nothing,
            Foreseen::Run,
            Foreseen::RunOnFailure,
        ];
        let count = |n: usize| Value::Int(i64::try_from(n).unwrap_or(i64::MAX));
        let summary: Map = all.iter().map(|f| (f.as_str(), count(self.count(*f)))).collect();
        object([
            ("application", self.application.as_str().into()),
            ("revisions", self.revisions.iter().map(|r| Value::from(r.as_str())).collect()),
            ("changes", self.changes().into()),
            ("refused", self.refused.as_deref().map_or(Value::Null, Value::from)),
            ("summary", summary.into()),
            ("steps", self.steps.iter().map(step).collect()),
            ("waits", self.waits.iter().map(ahead).collect()),
        ])
    }
}

fn ahead(ahead: &Ahead) -> Value {
    object([
        ("what", ahead.what.into()),
        ("message", ahead.message.as_str().into()),
        ("until", ahead.until.map_or(Value::Null, |until| until.to_string().into())),
    ])
}

fn step(step: &Planned) -> Value {
    let task = &step.foresight.task;
    let fields = step.fields.iter().map(|field| {
        object([
            ("path", field.path.to_string().into()),
            ("live", field.live.clone().unwrap_or_default()),
            ("desired", field.desired.clone().unwrap_or_default()),
            ("cause", field.cause.to_string().into()),
            ("why", why(&field.cause).into()),
            ("owner", holder(&field.cause).map_or(Value::Null, owner)),
        ])
    });
    object([
        ("action", step.foresight.foreseen.as_str().into()),
        ("phase", task.phase.to_string().into()),
        ("wave", Value::Int(task.wave)),
        ("group", (&*task.key.group).into()),
        ("version", (&*task.gvk.version).into()),
        ("kind", (&*task.key.kind).into()),
        ("namespace", (&*task.key.namespace).into()),
        ("name", (&*task.key.name).into()),
        ("hook", task.is_hook().into()),
        ("reason", step.foresight.reason.as_str().into()),
        ("error", step.error.as_deref().map_or(Value::Null, Value::from)),
        ("fields", fields.collect()),
        ("live", step.live.as_ref().map_or(Value::Null, |object| object.value().clone())),
        ("object", step.object.as_ref().map_or(Value::Null, |object| object.value().clone())),
    ])
}

fn object<const N: usize>(fields: [(&'static str, Value); N]) -> Value {
    fields.into_iter().collect::<Map>().into()
}

/// The cause in one word.
fn why(cause: &Cause) -> &'static str {
    match cause {
        Cause::GitChanged => "git",
        Cause::ChangedBy(_) => "changed",
        Cause::Removed(_) => "removed",
        Cause::Adoption(_) => "adoption",
        Cause::Server => "server",
    }
}

fn holder(cause: &Cause) -> Option<&Holder> {
    match cause {
        Cause::ChangedBy(holder) | Cause::Adoption(holder) => Some(holder),
        Cause::Removed(holder) => holder.as_ref(),
        Cause::GitChanged | Cause::Server => None,
    }
}

fn owner(holder: &Holder) -> Value {
    object([
        ("manager", holder.manager.as_str().into()),
        ("operation", format!("{:?}", holder.operation).into()),
        ("subresource", holder.subresource.as_str().into()),
        ("since", holder.since.as_deref().map_or(Value::Null, Value::from)),
    ])
}
