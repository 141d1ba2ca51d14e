//! From a commit to a cluster and back, and what a hundred applications cost: the release binary over a real API server.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stderr, reason = "progress is told beside the figures")]

use std::time::{Duration, Instant};

use bowline_base_kube::{ApiResource, Client, Patch, WriteOptions};
use bowline_base_value::Value;
use bowline_tests_bench::{Apps, Figure, Lab, Running, TARGET, at, load};
use futures::stream::{self, StreamExt as _};
use serde_json::json;

/// Pushes to one application.
const PUSHES: usize = 40;
/// Between two pushes nothing happens for this long.
const QUIET: Duration = Duration::from_millis(250);
/// Applications of the fleet, three objects each.
const FLEET: usize = 100;
/// How long the idle server is looked at.
const IDLE: Duration = Duration::from_secs(30);
/// Refreshes of the whole fleet.
const REFRESHES: usize = 10;
/// Starts over the whole fleet.
const STARTS: usize = 7;

fn main() {
    tell("the binary and an API server");
    let lab = Lab::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("because the machine has a thread to spare").block_on(measure(&lab));
}

async fn measure(lab: &Lab) {
    let client = lab.client();
    lab.repo.commit(&objects("single", 0));
    let mut apps = lab.apps(&client).await;
    let mut server = lab.start();
    server.until("/readyz");

    pushes(lab, &mut apps).await;
    ceiling(&client).await;
    let names = fleet(lab, &mut apps, &server).await;
    idle(&server).await;
    refreshes(&mut apps, &names, &server).await;
    drop(server);
    alone(&mut apps, &names).await;
    starts(lab);
    tell("done");
}

/// A commit to the one application that there is, with the hint that a webhook gives; until it is synced.
async fn pushes(lab: &Lab, apps: &mut Apps) {
    tell("push → synced");
    let single = ["single".to_string()];
    apps.create(vec![lab.application("single", "apps/single")]).await.await;
    let mut times = Vec::new();
    for round in 0..=PUSHES {
        let commit = lab.repo.commit(&objects("single", round + 1));
        tokio::time::sleep(QUIET).await;
        let start = Instant::now();
        apps.refresh(&single).await;
        apps.until("synced", &single, |_, app| Apps::is_synced(app, &commit)).await;
        // The first one makes the objects.
        if round > 0 {
            times.push(start.elapsed());
        }
    }
    Figure::less("push → synced, idle, with a hint, p50", at(0.5, &times), "ms", Some(100.0)).print();
    Figure::less("push → synced, idle, with a hint, p99", at(0.99, &times), "ms", None).print();
}

/// What the API server itself needs for the objects of the fleet: nobody can sync them faster.
async fn ceiling(client: &Client) {
    tell("the same objects, applied by hand");
    let objects: Vec<(ApiResource, Value)> = (0..FLEET).flat_map(|i| applied(&format!("by-hand-{i}"))).collect();
    let options = WriteOptions { field_manager: "bench".to_string(), ..WriteOptions::default() };
    let start = Instant::now();
    let writes = objects.iter().map(|(resource, object)| {
        let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
        client.patch(resource, TARGET, name, "", Patch::Apply(object), &options)
    });
    let answers: Vec<_> = stream::iter(writes).buffer_unordered(32).collect().await;
    let took = start.elapsed().as_secs_f64();
    for answer in answers {
        answer.unwrap_or_else(|error| panic!("applying an object: {error}"));
    }
    Figure::less("fleet: its 300 objects applied by a bare client", took, "s", None).print();
}

/// A hundred applications at once.
async fn fleet(lab: &Lab, apps: &mut Apps, server: &Running) -> Vec<String> {
    tell("a fleet of 100 applications");
    let names: Vec<String> = (0..FLEET).map(|i| format!("fleet-{i}")).collect();
    let files: Vec<_> = names.iter().flat_map(|name| objects(name, 0)).collect();
    let commit = lab.repo.commit(&files);
    tokio::time::sleep(QUIET * 4).await;
    let fleet = names.iter().map(|name| lab.application(name, &format!("apps/{name}"))).collect();
    let (cpu, start) = (server.cpu(), Instant::now());
    let (writes, dry_runs) = (server.counted("bowline_status_writes_total"), server.counted("bowline_dry_runs_total"));
    let create = apps.create(fleet).await;
    tokio::join!(create, apps.until("synced", &names, |_, app| Apps::is_synced(app, &commit)));
    let took = start.elapsed().as_secs_f64();
    // What still follows belongs to the price.
    tokio::time::sleep(QUIET * 2).await;
    let each = |total: f64| total / FLEET as f64;
    let cpu = (server.cpu() - cpu).as_secs_f64() * 1000.0;
    let (resident, anonymous) = server.resident();
    Figure::less("fleet: 100 applications of 3 objects, created → all synced", took, "s", Some(3.0)).print();
    Figure::less("fleet: processor time of that for each application", each(cpu), "ms", Some(10.0)).print();
    Figure::less("fleet: resident memory then", resident, "MiB", Some(40.0)).print();
    Figure::less("fleet: the part of it that is no file", anonymous, "MiB", None).print();
    let writes = each(server.counted("bowline_status_writes_total") - writes);
    let dry_runs = each(server.counted("bowline_dry_runs_total") - dry_runs);
    Figure::less("fleet: status writes for each application", writes, "", None).print();
    Figure::less("fleet: dry runs for each application", dry_runs, "", None).print();
    names
}

/// Nothing happens.
async fn idle(server: &Running) {
    tell("30 s of nothing");
    let before = server.threads();
    let start = Instant::now();
    tokio::time::sleep(IDLE).await;
    let used = server.threads().since(&before).as_secs_f64() / start.elapsed().as_secs_f64();
    Figure::less("fleet: processor while idle", used * 100.0, "% of a core", Some(0.1)).print();
}

/// Everything is asked to be looked at again.
async fn refreshes(apps: &mut Apps, names: &[String], server: &Running) {
    tell("refresh of everything");
    let (mut asked, mut all) = (Vec::new(), Vec::new());
    let cpu = server.cpu();
    for _ in 0..REFRESHES {
        tokio::time::sleep(QUIET * 4).await;
        let start = Instant::now();
        let versions = apps.refresh(names).await;
        asked.push(start.elapsed());
        apps.until("refreshed", names, |name, app| Apps::is_refreshed(app, versions[name])).await;
        all.push(start.elapsed());
    }
    let cpu = (server.cpu() - cpu).as_secs_f64() * 1000.0 / (REFRESHES * FLEET) as f64;
    Figure::less("fleet: all asked to refresh → all current, p50", at(0.5, &all) / 1000.0, "s", Some(0.3)).print();
    Figure::less("fleet: the asking alone (100 patches), p50", at(0.5, &asked) / 1000.0, "s", None).print();
    Figure::less("fleet: processor time of a refresh for each application", cpu, "ms", None).print();
}

/// The asking with nobody who answers: what the API server itself needs for a hundred writes to Applications.
async fn alone(apps: &mut Apps, names: &[String]) {
    let mut times = Vec::new();
    for _ in 0..REFRESHES {
        tokio::time::sleep(QUIET).await;
        // Only what changes is written.
        apps.unask(names).await;
        let start = Instant::now();
        apps.refresh(names).await;
        times.push(start.elapsed());
    }
    Figure::less("fleet: the asking where no server runs (100 patches), p50", at(0.5, &times) / 1000.0, "s", None)
        .print();
}

/// From nothing to work.
fn starts(lab: &Lab) {
    tell("starts");
    let (mut alive, mut ready) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let mut server = lab.start();
        alive.push(server.until("/healthz"));
        ready.push(server.until("/readyz"));
        std::thread::sleep(QUIET);
    }
    Figure::less("start → healthz, p50", at(0.5, &alive), "ms", Some(20.0)).print();
    Figure::less("start → ready, over 100 applications, p50", at(0.5, &ready), "ms", None).print();
}

/// Three small objects as files.
fn objects(name: &str, round: usize) -> Vec<(String, String)> {
    let file = |file: &str, text: String| (format!("apps/{name}/{file}.yaml"), text);
    vec![
        file(
            "config",
            format!("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\ndata:\n  round: \"{round}\"\n"),
        ),
        file(
            "service",
            format!(
                "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\nspec:\n  selector:\n    app: {name}\n  ports:\n    - name: http\n      port: 80\n      targetPort: 8080\n"
            ),
        ),
        file("account", format!("apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: {name}\n")),
    ]
}

/// The same as objects.
fn applied(name: &str) -> [(ApiResource, Value); 3] {
    let object = |kind: &str, plural: &str, mut rest: serde_json::Value| {
        rest["apiVersion"] = "v1".into();
        rest["kind"] = kind.into();
        rest["metadata"] = json!({"name": name, "namespace": TARGET});
        (ApiResource::new("", "v1", kind, plural, true), Value::from(rest))
    };
    let service =
        json!({"spec": {"selector": {"app": name}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}});
    [
        object("ConfigMap", "configmaps", json!({"data": {"round": "0"}})),
        object("Service", "services", service),
        object("ServiceAccount", "serviceaccounts", json!({})),
    ]
}

fn tell(what: &str) {
    let (load, processors) = load();
    eprintln!("{what} (load {load} on {processors} processors)");
}
