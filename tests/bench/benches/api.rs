//! What the API costs where there are 10,000 Applications: lists, watchers; and from a webhook to a cluster.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stderr, reason = "progress is told beside the figures")]

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_kube::{ApiResource, Client, Patch, WriteOptions};
use bowline_base_value::Value;
use bowline_tests_bench::{Apps, Asking, Better, CONTROL, Figure, Lab, Running, at, load};
use futures::stream::{self, StreamExt as _};
use serde_json::json;

/// Pushes that a sender tells of.
const PUSHES: usize = 40;
/// Between two pushes nothing happens for this long.
const QUIET: Duration = Duration::from_millis(250);
/// Applications of the fleet.
const FLEET: usize = 10_000;
/// How many of them are made at once.
const BATCH: usize = 1_000;
/// Projects, and values of a label, that they are spread over.
const PROJECTS: usize = 50;
/// Lists of each kind.
const LISTS: u32 = 20;
/// Clients that watch.
const WATCHERS: usize = 200;
/// Changes a second, and for how many seconds.
const RATE: usize = 500;
const SECONDS: usize = 10;

/// The fields that lists of the contract's own UI ask for.
const FIELDS: &str = "metadata.resourceVersion,items.metadata.name,items.metadata.namespace,items.metadata.annotations,items.metadata.labels,items.metadata.creationTimestamp,items.metadata.deletionTimestamp,items.spec,items.operation.sync,items.status.sourceHydrator,items.status.sync.status,items.status.sync.revision,items.status.health,items.status.operationState.phase,items.status.operationState.finishedAt,items.status.operationState.operation.sync,items.status.summary,items.status.resources";
/// The same of its stream.
const WATCHED: &str = "result.type,result.application.metadata.name,result.application.metadata.namespace,result.application.metadata.labels,result.application.metadata.resourceVersion,result.application.spec,result.application.status.sync.status,result.application.status.sync.revision,result.application.status.health,result.application.status.operationState.phase,result.application.status.summary";

fn main() {
    tell("the binary and an API server");
    let lab = Lab::new();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("because the machine has a thread to spare").block_on(measure(&lab));
}

async fn measure(lab: &Lab) {
    let client = lab.client();
    lab.repo.commit(&[("apps/single/config.yaml".to_string(), config("single", 0))]);
    let mut apps = lab.apps(&client).await;
    let mut server = lab.start();
    server.until("/readyz");
    let admin = Asking::log_in(server.api(), "admin", &password(&client).await);

    webhooks(lab, &mut apps, &admin).await;
    fleet(lab, &client, &mut apps, &server).await;
    lists(&admin, &server);
    watchers(&client, &admin, &server).await;
    tell("done");
}

/// A push that a sender tells of, until it is in the cluster.
async fn webhooks(lab: &Lab, apps: &mut Apps, admin: &Asking) {
    tell("webhook → synced");
    let single = ["single".to_string()];
    apps.create(vec![lab.application("single", "apps/single")]).await.await;
    let payload =
        json!({"ref": "refs/heads/main", "repository": {"html_url": lab.repo.url(), "default_branch": "main"}});
    let mut times = Vec::new();
    for round in 0..=PUSHES {
        let commit = lab.repo.commit(&[("apps/single/config.yaml".to_string(), config("single", round + 1))]);
        tokio::time::sleep(QUIET).await;
        let start = Instant::now();
        admin.ask("POST", "/api/webhook", &[("X-Gogs-Event", "push")], &payload.to_string());
        apps.until("synced", &single, |_, app| Apps::is_synced(app, &commit)).await;
        // The first one makes the objects.
        if round > 0 {
            times.push(start.elapsed());
        }
    }
    Figure::less("api: webhook → synced, idle, p50", at(0.5, &times), "ms", Some(100.0)).print();
    Figure::less("api: webhook → synced, idle, p99", at(0.99, &times), "ms", None).print();
}

/// Ten thousand Applications of ten objects each that nobody syncs, in fifty projects.
async fn fleet(lab: &Lab, client: &Client, apps: &mut Apps, server: &Running) {
    tell("10,000 applications");
    let many = (0..10).map(|n| (format!("apps/many/{n}.yaml"), config(&format!("many-{n}"), 0)));
    lab.repo.commit(&many.collect::<Vec<_>>());
    let (resource, options) =
        (ApiResource::new("argoproj.io", "v1alpha1", "AppProject", "appprojects", true), WriteOptions::default());
    for n in 0..PROJECTS {
        let project = json!({"apiVersion": "argoproj.io/v1alpha1", "kind": "AppProject",
            "metadata": {"name": format!("project-{n}"), "namespace": CONTROL},
            "spec": {"sourceRepos": ["*"], "destinations": [{"server": "*", "namespace": "*"}]}});
        let made = client.create(&resource, CONTROL, &Value::from(project), &options).await;
        made.unwrap_or_else(|error| panic!("making a project: {error}"));
    }
    let start = Instant::now();
    for batch in 0..FLEET / BATCH {
        let names: Vec<String> = (batch * BATCH..(batch + 1) * BATCH).map(name).collect();
        let made = names.iter().enumerate().map(|(n, name)| {
            let (project, labels) =
                (format!("project-{}", n % PROJECTS), json!({"team": format!("team-{}", n % PROJECTS)}));
            lab.application_of(name, "apps/many", &project, &labels, &json!({}))
        });
        let create = apps.create(made.collect()).await;
        let compared = |_: &str, app: &Value| app.str_at(&["status", "sync", "status"]) == Some("OutOfSync");
        tokio::join!(create, apps.until("compared", &names, compared));
    }
    Figure::less("api: 10,000 applications, created → all compared", start.elapsed().as_secs_f64(), "s", None).print();
    Figure::less("api: resident memory then", server.resident().0, "MiB", None).print();
}

/// Lists, in processor time of the server.
fn lists(admin: &Asking, server: &Running) {
    tell("lists");
    let fields = format!("?fields={FIELDS}");
    for (bench, query, at_least, target) in [
        ("api: list of 10,000, with the fields of a UI, processor time", fields.clone(), FLEET, Some(15.0)),
        ("api: list of 10,000, whole, processor time", String::new(), FLEET, None),
        (
            "api: list of 200 of 10,000 by project, processor time",
            format!("{fields}&projects=project-7"),
            FLEET / PROJECTS,
            Some(15.0),
        ),
        (
            "api: list of 200 of 10,000 by label, processor time",
            format!("{fields}&selector=team%3Dteam-7"),
            FLEET / PROJECTS,
            Some(15.0),
        ),
    ] {
        let path = format!("/api/v1/applications{query}");
        // The first one makes what later ones share.
        let bytes = admin.ask("GET", &path, &[], "");
        let listed = String::from_utf8_lossy(&bytes).matches("\"team\":").count();
        assert!(listed >= at_least, "{listed} applications of {at_least}");
        let before = server.threads();
        for _ in 0..LISTS {
            admin.ask("GET", &path, &[], "");
        }
        let each = server.threads().since(&before).as_secs_f64() * 1000.0 / f64::from(LISTS);
        Figure::less(bench, each, "ms", target).print();
    }
}

/// Many clients that watch while applications change.
async fn watchers(client: &Client, admin: &Asking, server: &Running) {
    tell("200 watchers");
    let list: serde_json::Value =
        serde_json::from_slice(&admin.ask("GET", "/api/v1/applications?fields=metadata.resourceVersion", &[], ""))
            .expect("because a list is JSON");
    let since = list["metadata"]["resourceVersion"].as_str().unwrap_or_default();
    let path = format!("/api/v1/stream/applications?resourceVersion={since}&fields={WATCHED}");
    let last = format!("r{}", SECONDS - 1);
    let watching: Vec<_> = (0..WATCHERS)
        .map(|_| {
            let (admin, path, last) = (admin.clone(), path.clone(), last.clone());
            std::thread::spawn(move || {
                let mut watcher = admin.watch(&path);
                for n in 0..RATE {
                    watcher.until("round", &name(n), &last);
                }
                watcher.messages
            })
        })
        .collect();
    // Changes that a watcher is not there for yet are told to it all the same.
    let (memory, before, start) = (server.resident().0, server.threads(), Instant::now());
    for round in 0..SECONDS {
        let begin = Instant::now();
        let changes = (0..RATE).map(|n| change(client, n, round));
        stream::iter(changes).buffer_unordered(32).collect::<Vec<()>>().await;
        tokio::time::sleep(Duration::from_secs(1).saturating_sub(begin.elapsed())).await;
    }
    let changed = start.elapsed();
    let told: usize =
        watching.into_iter().map(|watcher| watcher.join().expect("because no watcher missed a change")).sum();
    let (all, cpu) = (start.elapsed(), server.threads().since(&before));
    let rate = (RATE * SECONDS) as f64 / changed.as_secs_f64();
    let late = all.saturating_sub(changed).as_secs_f64();
    Figure {
        better: Better::More,
        ..Figure::less("api: changes a second with 200 watchers, none dropped", rate, "/s", Some(500.0))
    }
    .print();
    Figure::less("api: the last change → told to the last of 200 watchers", late, "s", None).print();
    Figure::less(
        "api: processor time of the server for each message to a watcher",
        cpu.as_secs_f64() * 1e6 / told as f64,
        "µs",
        None,
    )
    .print();
    Figure::less("api: what resident memory grew by meanwhile", server.resident().0 - memory, "MiB", Some(64.0))
        .print();
}

async fn change(client: &Client, n: usize, round: usize) {
    let resource = ApiResource::new("argoproj.io", "v1alpha1", "Application", "applications", true);
    let patch = Value::from(json!({"metadata": {"labels": {"round": format!("r{round}")}}}));
    let made = client.patch(&resource, CONTROL, &name(n), "", Patch::Merge(&patch), &WriteOptions::default()).await;
    made.unwrap_or_else(|error| panic!("changing an application: {error}"));
}

fn name(n: usize) -> String {
    format!("app-{n:05}")
}

fn config(name: &str, round: usize) -> String {
    format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  round: \"{round}\"\n")
}

/// The password that the installation made for `admin`.
async fn password(client: &Client) -> String {
    let secrets = ApiResource::new("", "v1", "Secret", "secrets", true);
    let start = Instant::now();
    loop {
        let secret = client.find::<serde_json::Value>(&secrets, CONTROL, "argocd-initial-admin-secret").await;
        let secret = secret.unwrap_or_else(|error| panic!("reading the first password: {error}")).unwrap_or_default();
        if let Some(bytes) = secret["data"]["password"].as_str().and_then(|text| STANDARD.decode(text).ok()) {
            return String::from_utf8(bytes).expect("because a password is text");
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no first password");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn tell(what: &str) {
    let (load, processors) = load();
    eprintln!("{what} (load {load} on {processors} processors)");
}
