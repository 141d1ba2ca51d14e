//! What a sync costs and how long it waits: many objects at once, wave after wave, drift that is undone, and what a fleet asks of the API
//! server while nothing happens. The release binary over a real API server.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stderr, reason = "progress is told beside the figures")]

use std::time::{Duration, Instant};

use bowline_base_kube::{ApiResource, Client, Event, Patch, Watch, WatchOptions, WriteOptions};
use bowline_base_value::Value;
use bowline_tests_bench::{Apps, Figure, Lab, TARGET, at, load};
use futures::stream::{self, StreamExt as _};
use serde_json::json;

/// Objects of the large sync.
const OBJECTS: usize = 500;
/// Waves of the sync of waves, one ready object each.
const WAVES: usize = 5;
/// Rounds of what is repeated.
const ROUNDS: usize = 9;
/// Applications of the idle fleet.
const FLEET: usize = 100;
/// How long the idle fleet is looked at.
const IDLE: Duration = Duration::from_secs(60);
/// Between two rounds nothing happens for this long.
const QUIET: Duration = Duration::from_millis(400);

fn main() {
    tell("the binary and an API server");
    let lab = Lab::new();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("because the machine has a thread to spare");
    runtime.block_on(async {
        let client = lab.client();
        let mut apps = lab.apps(&client).await;
        let bare = bare(&client).await;
        many(&lab, &mut apps, bare).await;
        waves(&lab, &mut apps, &client).await;
        drift(&lab, &mut apps, &client).await;
    });
    drop(lab);
    idle(&runtime);
    tell("done");
}

fn config_maps() -> ApiResource {
    ApiResource::new("", "v1", "ConfigMap", "configmaps", true)
}

fn file(name: &str, wave: usize, round: usize) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {name}\n  annotations: {{argocd.argoproj.io/sync-wave: \"{wave}\"}}\ndata:\n  round: \"{round}\"\n  text: \"{}\"\n",
        "x".repeat(200)
    )
}

/// What the API server itself needs for as many objects: nobody can sync them faster. Gives how long making them took, and applying them again.
async fn bare(client: &Client) -> [f64; 2] {
    tell("500 objects applied by hand");
    let resource = config_maps();
    let objects: Vec<Value> = (0..OBJECTS)
        .map(|i| {
            let data = json!({"round": "0", "text": "x".repeat(200)});
            let metadata = json!({"name": format!("bare-{i}"), "namespace": TARGET});
            Value::from(json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data}))
        })
        .collect();
    let options = WriteOptions { field_manager: "bench".to_string(), ..WriteOptions::default() };
    let mut took = [0.0; 2];
    let names = ["sync: 500 ConfigMaps made by a bare client", "sync: 500 ConfigMaps applied again by a bare client"];
    for (name, took) in names.into_iter().zip(&mut took) {
        let start = Instant::now();
        let writes = objects.iter().map(|object| {
            let name = object.str_at(&["metadata", "name"]).unwrap_or_default();
            client.patch(&resource, TARGET, name, "", Patch::Apply(object), &options)
        });
        let answers: Vec<_> = stream::iter(writes).buffer_unordered(32).collect().await;
        for answer in answers {
            answer.unwrap_or_else(|error| panic!("applying an object: {error}"));
        }
        *took = start.elapsed().as_secs_f64();
        Figure::less(name, *took, "s", None).print();
    }
    took
}

/// One application of five hundred objects: made, and then all of them changed by one commit. The target is 70 % of the pace at which the
/// API server takes the same writes from a bare client.
async fn many(lab: &Lab, apps: &mut Apps, bare: [f64; 2]) {
    let [made, again] = bare.map(|bare| Some(bare / 0.7));
    tell("sync of 500 objects");
    let mut server = lab.start();
    server.until("/readyz");
    let name = ["many".to_string()];
    let commit = |round: usize| {
        let text: Vec<String> = (0..OBJECTS).map(|i| file(&format!("many-{i}"), 0, round)).collect();
        lab.repo.commit(&[("apps/many/all.yaml".to_string(), text.join("---\n"))])
    };
    let head = commit(0);
    let (start, cpu) = (Instant::now(), server.cpu());
    apps.create(vec![lab.application("many", "apps/many")]).await.await;
    apps.until("synced", &name, |_, app| Apps::is_synced(app, &head)).await;
    Figure::less("sync: 500 ConfigMaps made, created → synced", start.elapsed().as_secs_f64(), "s", made).print();
    let used = (server.cpu() - cpu).as_secs_f64() * 1000.0;
    Figure::less("sync: processor time of that", used, "ms", Some(500.0)).print();
    let (mut times, mut cpus) = (Vec::new(), Vec::new());
    for round in 1..=3 {
        let head = commit(round);
        tokio::time::sleep(QUIET).await;
        let (start, cpu) = (Instant::now(), server.cpu());
        apps.refresh(&name).await;
        apps.until("synced", &name, |_, app| Apps::is_synced(app, &head)).await;
        times.push(start.elapsed());
        cpus.push(server.cpu() - cpu);
    }
    Figure::less("sync: 500 ConfigMaps changed, asked → synced, p50", at(0.5, &times) / 1000.0, "s", again).print();
    Figure::less("sync: processor time of that, p50", at(0.5, &cpus), "ms", Some(800.0)).print();
}

/// Five waves of one ready object: how long after one the next is written, by the API server's own order of events.
async fn waves(lab: &Lab, apps: &mut Apps, client: &Client) {
    tell("five waves");
    let mut server = lab.start();
    server.until("/readyz");
    let name = ["waves".to_string()];
    let commit = |round: usize| {
        let files: Vec<_> =
            (0..WAVES).map(|i| (format!("apps/waves/{i}.yaml"), file(&format!("wave-{i}"), i, round))).collect();
        lab.repo.commit(&files)
    };
    let head = commit(0);
    apps.create(vec![lab.application("waves", "apps/waves")]).await.await;
    apps.until("synced", &name, |_, app| Apps::is_synced(app, &head)).await;
    let mut watch = Watch::new(client, &config_maps(), TARGET, WatchOptions::default());
    while !matches!(watch.next().await, Event::Complete) {}
    let (mut gaps, mut wholes) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        commit(round);
        tokio::time::sleep(QUIET).await;
        apps.refresh(&name).await;
        let mut seen: Vec<Instant> = Vec::new();
        while seen.len() < WAVES {
            if let Event::Applied(object) = watch.next().await
                && object.str_at(&["data", "round"]) == Some(&round.to_string())
                && object.str_at(&["metadata", "name"]) == Some(&format!("wave-{}", seen.len()))
            {
                seen.push(Instant::now());
            }
        }
        gaps.extend(seen.windows(2).map(|pair| pair[1] - pair[0]));
        wholes.push(seen[WAVES - 1] - seen[0]);
    }
    Figure::less("sync: between two waves of ready objects, p50", at(0.5, &gaps), "ms", Some(20.0)).print();
    Figure::less("sync: between two waves of ready objects, p99", at(0.99, &gaps), "ms", Some(100.0)).print();
    Figure::less("sync: first to last of five waves, p50", at(0.5, &wholes), "ms", Some(100.0)).print();
}

/// Someone changes an object: until it is as Git says again.
async fn drift(lab: &Lab, apps: &mut Apps, client: &Client) {
    tell("drift → healed");
    let mut server = lab.start();
    server.until("/readyz");
    let name = ["drift".to_string()];
    let head = lab.repo.commit(&[("apps/drift/one.yaml".to_string(), file("drift", 0, 0))]);
    apps.create(vec![lab.application("drift", "apps/drift")]).await.await;
    apps.until("synced", &name, |_, app| Apps::is_synced(app, &head)).await;
    let mut watch = Watch::new(client, &config_maps(), TARGET, WatchOptions::default());
    while !matches!(watch.next().await, Event::Complete) {}
    let options = WriteOptions { field_manager: "someone".to_string(), ..WriteOptions::default() };
    let mut times = Vec::new();
    for round in 0..ROUNDS {
        // Healing again and again is slowed down on purpose; what is measured is the first time.
        let head = lab.repo.commit(&[("apps/drift/one.yaml".to_string(), file("drift", 0, round + 1))]);
        apps.refresh(&name).await;
        apps.until("synced", &name, |_, app| Apps::is_synced(app, &head)).await;
        tokio::time::sleep(QUIET).await;
        let patch = Value::from(json!({"data": {"round": "drifted"}}));
        let start = Instant::now();
        let written = client.patch(&config_maps(), TARGET, "drift", "", Patch::Merge(&patch), &options).await;
        written.unwrap_or_else(|error| panic!("changing an object: {error}"));
        // First the drift is seen, then that it has gone: what came before it is not meant.
        let mut wanted = ["drifted".to_string(), (round + 1).to_string()].into_iter().peekable();
        while let Some(next) = wanted.peek() {
            if let Event::Applied(object) = watch.next().await
                && object.str_at(&["metadata", "name"]) == Some("drift")
                && object.str_at(&["data", "round"]) == Some(next.as_str())
            {
                wanted.next();
            }
        }
        times.push(start.elapsed());
    }
    Figure::less("drift → healed, p50", at(0.5, &times), "ms", Some(100.0)).print();
    Figure::less("drift → healed, at most", at(1.0, &times), "ms", None).print();
}

/// What a hundred applications ask of the API server while nothing happens.
fn idle(runtime: &tokio::runtime::Runtime) {
    tell("a minute of a hundred idle applications");
    let lab = Lab::recorded();
    let files: Vec<_> =
        (0..FLEET).map(|i| (format!("apps/idle-{i}/one.yaml"), file(&format!("idle-{i}"), 0, 0))).collect();
    let head = lab.repo.commit(&files);
    let names: Vec<String> = (0..FLEET).map(|i| format!("idle-{i}")).collect();
    let mut server = lab.start();
    server.until("/readyz");
    runtime.block_on(async {
        let mut apps = lab.apps(&lab.client()).await;
        let fleet = names.iter().map(|name| lab.application(name, &format!("apps/{name}"))).collect();
        apps.create(fleet).await.await;
        apps.until("synced", &names, |_, app| Apps::is_synced(app, &head)).await;
        tokio::time::sleep(QUIET * 5).await;
    });
    // Our own client has the same name; nobody drives it now.
    let count = || lab.requests_of("bowline");
    let before = count();
    std::thread::sleep(IDLE);
    let after = count();
    let per_minute = after.saturating_sub(before) as f64 * 60.0 / IDLE.as_secs_f64();
    Figure::less("idle: requests to the API server a minute, 100 applications", per_minute, "", Some(10.0)).print();
}

fn tell(what: &str) {
    let (load, processors) = load();
    eprintln!("{what} (load {load} on {processors} processors)");
}
