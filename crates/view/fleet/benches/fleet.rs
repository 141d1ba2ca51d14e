//! Lists over a large fleet, one JSON line for each figure.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    reason = "the figures are what a bench is asked for, and it reads the clock"
)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bowline_core_crd::{
    Application, ApplicationSource, HealthStatus, HealthStatusCode, ResourceStatus, SyncStatusCode, Time,
};
use bowline_core_rbac::{Enforcer, Engine, Known, Policy, PolicySource, Subject};
use bowline_core_types::AppName;
use bowline_view_fleet::{Answer, Change, Clusters, Fleet, Query, Seen, query};

const APPLICATIONS: usize = 10_000;
const LINES: usize = 1_000;
const ROUNDS: u32 = 40;
/// Of each batch of changes: what 500 a second are in 250 ms.
const CHANGED: usize = 125;

type Apps = BTreeMap<AppName, Arc<Application>>;

fn app(n: usize, round: usize) -> Application {
    let mut app = Application::new("argocd", &format!("app-{n:05}"));
    app.metadata.resource_version = (n + round).to_string();
    app.metadata.creation_timestamp = Some(Time::new("2026-01-02T03:04:05Z".parse().unwrap()));
    app.metadata.labels = [("team", n % 40), ("env", n % 4)].map(|(k, v)| (k.to_string(), format!("{k}-{v}"))).into();
    app.spec.project = format!("project-{}", n % 1_500);
    app.spec.destination.server = format!("https://cluster-{}.example", n % 30);
    app.spec.destination.namespace = format!("space-{}", n % 300);
    app.spec.source = Some(ApplicationSource {
        repo_url: format!("https://git.example/team-{}/deploy.git", n % 200),
        path: format!("apps/app-{n}"),
        target_revision: "main".into(),
        ..ApplicationSource::default()
    });
    let health = ["Healthy", "Healthy", "Healthy", "Healthy", "Progressing", "Degraded"][(n + round) % 6];
    app.status.health.status = health.into();
    app.status.sync.status =
        if (n + round).is_multiple_of(9) { SyncStatusCode::OutOfSync } else { SyncStatusCode::Synced };
    app.status.sync.revision = "3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d3f2a1c9d".into();
    app.status.resources = (0..10)
        .map(|r| ResourceStatus {
            kind: "Deployment".into(),
            name: format!("part-{r}"),
            status: SyncStatusCode::Synced,
            health: Some(HealthStatus { status: HealthStatusCode::Healthy, ..HealthStatus::default() }),
            ..ResourceStatus::default()
        })
        .collect();
    app
}

fn enforcer() -> Arc<Enforcer> {
    let lines: String = (0..LINES).map(|n| format!("p, ana, applications, get, project-{n}/*, allow\n")).collect();
    let policy = Policy::new(&PolicySource::from_text("policy.csv", &lines)).unwrap();
    let ana = Known { id: "ana".into(), ..Known::default() };
    Arc::new(Arc::new(Engine::new(Arc::new(policy))).enforcer(Subject::Known(ana)))
}

fn print(bench: &str, value: f64, unit: &str, target: Option<f64>) {
    let value = (value * 1000.0).round() / 1000.0;
    let target = target.map_or("null".to_string(), |target| format!("{target:?}"));
    println!(r#"{{"bench":"{bench}","better":"less","target":{target},"unit":"{unit}","value":{value}}}"#);
}

/// Milliseconds of one, of several.
fn each(mut work: impl FnMut(u32)) -> f64 {
    let start = Instant::now();
    (0..ROUNDS).for_each(&mut work);
    start.elapsed().as_secs_f64() * 1e3 / f64::from(ROUNDS)
}

fn main() {
    let mut apps: Apps = (0..APPLICATIONS)
        .map(|n| app(n, 0))
        .map(|app| (AppName::new("argocd", &*app.metadata.name), Arc::new(app)))
        .collect();
    let mut fleet = Fleet::default();
    let start = Instant::now();
    let rows = fleet.update(0, Clusters::default(), apps.iter());
    print("fleet: 10,000 rows made", start.elapsed().as_secs_f64() * 1e3, "ms", None);
    let bytes: usize = rows.all.iter().map(|row| row.json.len()).sum();
    print("fleet: JSON of a row", bytes as f64 / APPLICATIONS as f64, "bytes", None);

    let enforcer = enforcer();
    let start = Instant::now();
    let mut seen = Seen::new(enforcer, "argocd", rows);
    print("fleet: 10,000 decided by 1,000 lines", start.elapsed().as_secs_f64() * 1e3, "ms", Some(100.0));
    assert!(seen.count() > APPLICATIONS / 2 && seen.count() < APPLICATIONS, "{}", seen.count());

    for (name, text) in [
        ("a page of 100, worst first, all facets", ""),
        ("a page of 100 without facets", "facets=false"),
        ("filtered by project, health and label", "proj=project-7&health=Degraded&labels=env=env-1"),
        ("searched by text", "search=team-7 apps/app-1"),
    ] {
        let asked = Query::parse(text.split('&').filter_map(|pair| pair.split_once('='))).unwrap();
        let mut size = 0;
        let took = each(|_| {
            let mut out = Vec::new();
            query(&asked, &seen).write("", &mut out);
            size = out.len();
        });
        print(&format!("fleet: {name}"), took, "ms", Some(15.0));
        assert!(size > 100);
    }

    let asked = Query::parse([]).unwrap();
    let mut told: Answer = query(&asked, &seen);
    let mut states: Vec<_> = (0..ROUNDS as usize)
        .map(|round| {
            (0..CHANGED).map(|n| Arc::new(app((round * 977 + n * 79) % APPLICATIONS, round + 1))).collect::<Vec<_>>()
        })
        .collect();
    let took = each(|round| {
        for app in states.pop().unwrap_or_default() {
            apps.insert(AppName::new("argocd", &*app.metadata.name), app);
        }
        seen = seen.with(fleet.update(u64::from(round) + 1, Clusters::default(), apps.iter()));
        let answer = query(&asked, &seen);
        let mut out = Vec::new();
        if let Some(change) = Change::between(&told, &answer) {
            change.write(&mut out);
        }
        told = answer;
    });
    print("fleet: 125 changes taken in and told to one who watches", took, "ms", None);
    let took = each(|_| {
        query(&asked, &seen);
    });
    print("fleet: each further one who watches", took, "ms", None);
}
