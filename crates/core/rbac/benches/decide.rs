//! Decisions over large policies, one JSON line for each figure.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the figures are what a bench is asked for, and it reads the clock"
)]

use std::sync::Arc;
use std::time::Instant;

use bowline_core_rbac::{Engine, Known, MatchMode, Policy, PolicySource, Resource, Subject};

const LINES: usize = 1_000;
const APPLICATIONS: usize = 10_000;

fn engine(mode: MatchMode, line: impl Fn(usize) -> String) -> Arc<Engine> {
    let text: String = (0..LINES).map(|n| line(n) + "\n").collect();
    let source = PolicySource { mode, ..PolicySource::from_text("policy.csv", &(text + "g, team, role:dev\n")) };
    Arc::new(Engine::new(Arc::new(Policy::new(&source).unwrap())))
}

fn member() -> Subject {
    Subject::Known(Known { id: "alice".into(), groups: vec!["team".into()], ..Known::default() })
}

fn print(bench: &str, value: f64, unit: &str, target: f64) {
    let value = (value * 1000.0).round() / 1000.0;
    println!(r#"{{"bench":"{bench}","better":"less","target":{target:?},"unit":"{unit}","value":{value}}}"#);
}

/// One pass over all applications by a fresh principal, and a decision of a principal that has been asked before.
fn measure(name: &str, engine: &Arc<Engine>, action: &str) {
    let objects: Vec<String> = (0..APPLICATIONS).map(|n| format!("project-{}/app-{n}", n % 1_500)).collect();
    let start = Instant::now();
    let enforcer = engine.enforcer(member());
    let allowed = objects.iter().filter(|object| enforcer.allows(Resource::Applications, action, object)).count();
    let pass = start.elapsed();
    let start = Instant::now();
    let again = objects.iter().filter(|object| enforcer.allows(Resource::Applications, action, object)).count();
    let each = start.elapsed() / APPLICATIONS as u32;
    assert!(allowed == again && allowed > 0, "{allowed} and {again}");
    print(&format!("rbac pass, 10,000 applications, 1,000 lines, {name}"), pass.as_secs_f64() * 1e3, "ms", 100.0);
    print(&format!("rbac decision, 1,000 lines, {name}"), each.as_secs_f64() * 1e6, "µs", 10.0);
}

fn main() {
    let line = |object: String, action: &str, n: usize| {
        let effect = if n % 10 == 9 { "deny" } else { "allow" };
        format!("p, role:dev, applications, {action}, {object}, {effect}")
    };
    measure("a project each", &engine(MatchMode::Glob, |n| line(format!("project-{n}/*"), "get", n)), "get");
    measure("a name each", &engine(MatchMode::Glob, |n| line(format!("*/app-{n}"), "get", n)), "get");
    measure("classes", &engine(MatchMode::Glob, |n| line(format!("project-{n}/app-[0-9]*"), "get", n)), "get");
    measure("in the middle", &engine(MatchMode::Glob, |n| line(format!("*-{n}/*"), "get", n)), "get");
    measure(
        "paths",
        &engine(MatchMode::Glob, |n| line(format!("project-{n}/*"), "delete/*/Pod/*/*", n)),
        "delete//Pod/ns/name",
    );
    measure("regular expressions", &engine(MatchMode::Regex, |n| line(format!("^project-{n}/.*$"), "get", n)), "get");
}
