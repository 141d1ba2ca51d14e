//! Steps against a cluster in memory.

use bowline_base_value::{Value, from_json, to_json};
use bowline_core_ports::ClusterErrorKind;
use bowline_core_types::{Object, ResourceKey};
use bowline_plan_planner::*;
use jiff::Timestamp;

use crate::fake::{Clockwork, FakeCluster};
use crate::{Executor, Overlay, Report};

fn object(kind: &str, name: &str) -> Object {
    let json = format!(r#"{{"apiVersion":"v1","kind":"{kind}","metadata":{{"name":"{name}","namespace":"n"}}}}"#);
    Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
}

fn action(object: &Object, kind: ActionKind) -> Action {
    Action {
        key: object.key(),
        gvk: object.gvk(),
        phase: SyncPhase::Sync,
        is_hook: false,
        images: Vec::new(),
        kind,
        reason: String::new(),
    }
}

fn apply(object: Object, mode: WriteMode, force: bool) -> Action {
    let kind = ActionKind::Apply {
        object: object.clone(),
        mode,
        validate: true,
        force,
        migrate: vec!["kubectl-client-side-apply".to_string()],
        dry_run: false,
        version_before: String::new(),
    };
    action(&object, kind)
}

async fn run(cluster: &FakeCluster, frees: bool, groups: Vec<Vec<Action>>) -> (Report, Vec<String>) {
    let pause = Clockwork { cluster, frees };
    let executor = Executor { cluster, pause: &pause, parallel: 2 };
    let step = Step { purpose: Purpose::Wave(SyncPhase::Sync, 0), groups, message: String::new() };
    let report = executor.run(&step, || false).await;
    let told = report
        .outcomes
        .iter()
        .map(|(action, outcome)| match outcome {
            Outcome::Done { message, .. } => format!("{}: {message}", action.key),
            Outcome::Failed(why) => format!("{}: failed: {why}", action.key),
        })
        .collect();
    (report, told)
}

#[tokio::test]
async fn groups_are_done_in_turn_and_a_failure_leaves_those_that_follow() {
    let cluster = FakeCluster::default();
    let (a, b, c) = (object("ConfigMap", "a"), object("ConfigMap", "b"), object("Pod", "c"));
    cluster.fail(&b.key(), ClusterErrorKind::Invalid, "it is wrong");
    let groups = vec![
        vec![apply(a, WriteMode::Apply, false), apply(b, WriteMode::Apply, false)],
        vec![apply(c, WriteMode::Apply, false)],
    ];
    let (_, told) = run(&cluster, false, groups).await;
    assert_eq!(told, ["ConfigMap n/a: configmap/a created", "ConfigMap n/b: failed: it is wrong"]);
}

#[tokio::test]
async fn what_passes_is_tried_again() {
    let cluster = FakeCluster::default();
    let a = object("ConfigMap", "a");
    for _ in 0..3 {
        cluster.fail(&a.key(), ClusterErrorKind::Unreachable, "gone");
    }
    let (_, told) = run(&cluster, false, vec![vec![apply(a.clone(), WriteMode::Apply, false)]]).await;
    assert_eq!(told, ["ConfigMap n/a: configmap/a created"]);
    assert_eq!(cluster.pauses(), 3);
    for _ in 0..4 {
        cluster.fail(&a.key(), ClusterErrorKind::Unreachable, "gone");
    }
    let (_, told) = run(&cluster, false, vec![vec![apply(a, WriteMode::Apply, false)]]).await;
    assert_eq!(told, ["ConfigMap n/a: failed: gone"]);
}

#[tokio::test]
async fn force_makes_anew_what_cannot_be_changed() {
    let cluster = FakeCluster::default();
    let a = object("ConfigMap", "a");
    cluster.put(&to_json(a.value(), false));
    cluster.fail(&a.key(), ClusterErrorKind::Invalid, "field is immutable");
    let (_, told) = run(&cluster, false, vec![vec![apply(a.clone(), WriteMode::Apply, true)]]).await;
    assert_eq!(told, ["ConfigMap n/a: configmap/a created"]);
    assert_eq!(
        cluster.calls(),
        ["ServerSideApply ConfigMap n/a", "Delete ConfigMap n/a", "ServerSideApply ConfigMap n/a"]
    );
    // What finalizers hold is waited for.
    let held = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"h","namespace":"n","finalizers":["x/y"]}}"#;
    let held = cluster.put(held);
    let (_, told) = run(&cluster, true, vec![vec![apply(object("ConfigMap", "h"), WriteMode::Replace, true)]]).await;
    assert_eq!(told, ["ConfigMap n/h: configmap/h created"]);
    assert_ne!(cluster.object(&held.key()).unwrap().uid(), held.uid());
    let stuck =
        r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"s","namespace":"n","finalizers":["x/y"]}}"#;
    cluster.put(stuck);
    let (_, told) = run(&cluster, false, vec![vec![apply(object("ConfigMap", "s"), WriteMode::Replace, true)]]).await;
    assert_eq!(
        told,
        [
            "ConfigMap n/s: failed: ConfigMap n/s was deleted to be made anew and is still there after 60 s: its finalizers hold it"
        ]
    );
}

#[tokio::test]
async fn fields_of_client_side_applies_are_taken_over_first() {
    let cluster = FakeCluster::default();
    let json = r#"{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n","managedFields":[
        {"manager":"kubectl-client-side-apply","operation":"Update","apiVersion":"v1","fieldsV1":{"f:data":{}}}]}}"#;
    let live = cluster.put(json);
    cluster.fail(&live.key(), ClusterErrorKind::Conflict, "it has been modified");
    let (_, told) = run(&cluster, false, vec![vec![apply(object("ConfigMap", "a"), WriteMode::Apply, false)]]).await;
    assert_eq!(told, ["ConfigMap n/a: configmap/a configured"]);
    assert_eq!(cluster.calls(), ["Patch ConfigMap n/a", "Patch ConfigMap n/a", "ServerSideApply ConfigMap n/a"]);
}

#[tokio::test]
async fn prunes_mean_one_object_and_no_other_of_its_name() {
    let cluster = FakeCluster::default();
    let live = cluster.put(&to_json(object("ConfigMap", "a").value(), false));
    let prune = |uid: &str| {
        let kind = ActionKind::Prune { propagation: Propagation::Foreground, uid: uid.into(), dry_run: false };
        action(&live, kind)
    };
    run(&cluster, false, vec![vec![prune("another")]]).await;
    assert!(cluster.object(&live.key()).is_some());
    let (_, told) = run(&cluster, false, vec![vec![prune(live.uid())]]).await;
    assert_eq!(told, ["ConfigMap n/a: pruned"]);
    assert!(cluster.object(&live.key()).is_none());
}

#[tokio::test]
async fn hooks_are_let_go_and_deleted() {
    let cluster = FakeCluster::default();
    let hook = r#"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"h","namespace":"n","finalizers":["argocd.argoproj.io/hook-finalizer","x/y"]}}"#;
    let live = cluster.put(hook);
    let (report, _) = run(&cluster, false, vec![vec![action(&live, ActionKind::ReleaseHook)]]).await;
    let finalizers = cluster.object(&live.key()).unwrap();
    assert_eq!(
        finalizers.value().get_path(&["metadata", "finalizers"]),
        Some(&[Value::from("x/y")].into_iter().collect())
    );
    let (mut progress, mut overlay) = (Progress::default(), Overlay::default());
    report.record(&mut progress, &mut overlay, Timestamp::UNIX_EPOCH);
    assert!(progress.results.is_empty());
    let (report, _) = run(&cluster, false, vec![vec![action(&live, ActionKind::DeleteHook)]]).await;
    report.record(&mut progress, &mut overlay, Timestamp::UNIX_EPOCH);
    let known = overlay.newest(&live.key(), Some(&live), Timestamp::UNIX_EPOCH).unwrap();
    assert!(known.deletion_timestamp().is_some(), "another's finalizer still holds it");
    assert_eq!(overlay.newest(&live.key(), None, Timestamp::UNIX_EPOCH), None, "the watch has seen it go");
}

#[tokio::test]
async fn a_step_that_is_told_to_stop_does_nothing_more() {
    let cluster = FakeCluster::default();
    let pause = Clockwork { cluster: &cluster, frees: false };
    let executor = Executor { cluster: &cluster, pause: &pause, parallel: 1 };
    let groups = vec![vec![apply(object("ConfigMap", "a"), WriteMode::Apply, false)]];
    let step = Step { purpose: Purpose::Check, groups, message: String::new() };
    let report = executor.run(&step, || true).await;
    let (mut progress, mut overlay) = (Progress::default(), Overlay::default());
    report.record(&mut progress, &mut overlay, Timestamp::UNIX_EPOCH);
    assert!(report.stopped && report.outcomes.is_empty() && !progress.checked);
}

#[test]
fn the_newer_of_call_and_watch_counts() {
    let at = |version: u64, uid: &str| {
        let json = format!(
            r#"{{"apiVersion":"v1","kind":"Pod","metadata":{{"name":"p","resourceVersion":"{version}","uid":"{uid}"}}}}"#
        );
        Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
    };
    let (start, mut overlay) = (Timestamp::UNIX_EPOCH, Overlay::default());
    let written = at(10, "a");
    let key: ResourceKey = written.key();
    let act = |kind| action(&written, kind);
    let done = |object: Option<Object>| Outcome::Done { message: String::new(), object };
    overlay.take_in(&apply(written.clone(), WriteMode::Apply, false), &done(Some(written.clone())), start);
    assert_eq!(overlay.newest(&key, Some(&at(9, "a")), start), Some(at(10, "a")));
    assert_eq!(overlay.newest(&key, None, start), Some(at(10, "a")), "the watch has not seen it yet");
    assert_eq!(overlay.newest(&key, Some(&at(11, "a")), start), Some(at(11, "a")));
    let later = start.checked_add(jiff::SignedDuration::from_mins(1)).unwrap();
    assert_eq!(overlay.newest(&key, None, later), None, "it has gone meanwhile");
    overlay.take_in(&act(ActionKind::DeleteHook), &done(None), start);
    assert_eq!(overlay.newest(&key, Some(&at(12, "a")), start), None);
    assert_eq!(overlay.newest(&key, Some(&at(13, "b")), start), Some(at(13, "b")));
    overlay.take_in(&act(ActionKind::DeleteHook), &done(None), start);
    assert_eq!(overlay.newest(&key, Some(&at(13, "b")), start), None, "the watch is behind: that one is gone as well");
}
