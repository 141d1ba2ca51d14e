//! A plan for people, for programs, and for a comment on a change.

use std::io::{self, Write};

use bowline_base_value::Value;
use bowline_plan_planner::{Foreseen, SyncPhase};

use bowline_roles_app_controller::foresee::{Plan, Planned};

use crate::output::Style;

/// Characters of a value that are shown to people.
const SHOWN: usize = 160;

/// For people: in the order of the sync, what is as it should be only counted.
pub fn wide(out: &mut dyn Write, plan: &Plan, style: Style) -> io::Result<()> {
    writeln!(out, "Plan for {}{}", plan.application, at(plan))?;
    let mut place: Option<(SyncPhase, i64)> = None;
    for step in shown(plan) {
        let task = &step.foresight.task;
        if place != Some((task.phase, task.wave)) {
            place = Some((task.phase, task.wave));
            writeln!(out, "\n{}, wave {}", task.phase, task.wave)?;
        }
        let foreseen = step.foresight.foreseen;
        let line = format!("  {:<9} {}: {}", foreseen.as_str(), step.name(), step.foresight.reason);
        let mark = match foreseen {
            Foreseen::Create | Foreseen::Run => "+",
            Foreseen::Prune => "-",
            _ => " ",
        };
        writeln!(out, "{}", style.diff(&format!("{mark}{line}")))?;
        for field in &step.fields {
            let (live, desired) = (short(&shown_side(&field.live)), short(&shown_side(&field.desired)));
            writeln!(out, "               {}: {live} → {desired} ({})", field.path, field.cause)?;
        }
        if let Some(error) = &step.error {
            writeln!(out, "               error: {error}")?;
        }
    }
    writeln!(out, "\n{}", summary(plan))?;
    if !plan.waits.is_empty() {
        writeln!(out, "The sync would wait:")?;
    }
    for ahead in &plan.waits {
        writeln!(out, "  {}", ahead.message)?;
    }
    if let Some(refused) = &plan.refused {
        writeln!(out, "The sync would be refused, with nothing written: {refused}")?;
    }
    Ok(())
}

/// For a comment on a change.
pub fn markdown(out: &mut dyn Write, plan: &Plan) -> io::Result<()> {
    writeln!(out, "### Plan for `{}`{}\n", plan.application, at(plan))?;
    writeln!(out, "{}\n", summary(plan))?;
    if let Some(refused) = &plan.refused {
        writeln!(out, "> **The sync would be refused, with nothing written:** {}\n", one_line(refused))?;
    }
    if !plan.waits.is_empty() {
        writeln!(out, "The sync would wait:\n")?;
        for ahead in &plan.waits {
            writeln!(out, "- {}", one_line(&ahead.message))?;
        }
        writeln!(out)?;
    }
    if shown(plan).next().is_none() {
        return Ok(());
    }
    writeln!(out, "| what | object | when | why |\n|---|---|---|---|")?;
    for step in shown(plan) {
        let task = &step.foresight.task;
        let why = step.error.as_ref().unwrap_or(&step.foresight.reason);
        let (what, name) = (step.foresight.foreseen.as_str(), step.name());
        writeln!(out, "| {what} | `{name}` | {} {} | {} |", task.phase, task.wave, one_line(why))?;
    }
    for step in shown(plan).filter(|step| !step.fields.is_empty()) {
        writeln!(out, "\n<details><summary><code>{}</code></summary>\n\n```diff", step.name())?;
        for field in &step.fields {
            writeln!(out, "# {} {}", field.path, field.cause)?;
            for (mark, side) in [("-", &field.live), ("+", &field.desired)] {
                if side.is_some() {
                    writeln!(out, "{mark}{}: {}", field.path, short(&shown_side(side)))?;
                }
            }
        }
        writeln!(out, "```\n\n</details>")?;
    }
    Ok(())
}

/// What is worth a line.
fn shown(plan: &Plan) -> impl Iterator<Item = &Planned> {
    let plain = |step: &&Planned| step.foresight.foreseen != Foreseen::Nothing || step.error.is_some();
    // Hooks run with a sync; where there is nothing to sync they are no news.
    let hooks = plan.changes();
    let run = |step: &&Planned| matches!(step.foresight.foreseen, Foreseen::Run | Foreseen::RunOnFailure);
    plan.steps.iter().filter(plain).filter(move |step| hooks || !run(step))
}

fn at(plan: &Plan) -> String {
    let short: Vec<&str> = plan.revisions.iter().filter(|r| !r.is_empty()).map(|r| r.get(..7).unwrap_or(r)).collect();
    if short.is_empty() { " as the local folder has it".to_string() } else { format!(" at {}", short.join(", ")) }
}

/// `2 to create, 1 to change; 1 hook would run; 5 objects are as Git says.`
fn summary(plan: &Plan) -> String {
    let count = |foreseen| plan.count(foreseen);
    let mut parts: Vec<String> = [
        (count(Foreseen::Create), "to create"),
        (count(Foreseen::Change), "to change"),
        (count(Foreseen::Replace), "to replace"),
        (count(Foreseen::Prune), "to prune"),
        (count(Foreseen::Keep), "not in Git and kept"),
    ]
    .into_iter()
    .filter(|(n, _)| *n > 0)
    .map(|(n, what)| format!("{n} {what}"))
    .collect();
    if !plan.changes() {
        parts.insert(0, "nothing would change".to_string());
    } else if let hooks @ 1.. = count(Foreseen::Run) {
        parts.push(if hooks == 1 { "1 hook would run".to_string() } else { format!("{hooks} hooks would run") });
    }
    if let same @ 1.. = count(Foreseen::Nothing) {
        parts.push(if same == 1 {
            "1 object is as Git says".to_string()
        } else {
            format!("{same} objects are as Git says")
        });
    }
    let text = parts.join("; ");
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}… ({} characters)", &text[..end], text.chars().count()),
        None => text.to_string(),
    }
}

/// For a cell of a table.
fn one_line(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// One side of a difference as text.
fn shown_side(value: &Option<Value>) -> String {
    value.as_ref().map_or_else(|| "nothing".to_string(), |v| bowline_base_value::to_json(v, false))
}
