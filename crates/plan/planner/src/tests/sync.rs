//! Plans of ordinary syncs, of hooks, of prunes, and of what goes wrong.

use super::check;
use super::scenario::{World, object};
use crate::*;

#[test]
fn objects_come_kind_by_kind_and_the_sync_is_over_when_they_are_applied() {
    check(
        "namespace web
         git Deployment.apps web/a
         git ConfigMap web/b
         git ConfigMap web/a
         git Widget.example.com web/w
         git ServiceAccount web/s
         health Deployment.apps web/a Progressing",
        &[
            "Check: check ConfigMap web/a, check ConfigMap web/b, check Deployment.apps web/a, check ServiceAccount web/s, check Widget.example.com web/w",
            "Sync 0: apply ServiceAccount web/s; apply ConfigMap web/a, apply ConfigMap web/b; apply Deployment.apps web/a; apply Widget.example.com web/w",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn what_is_in_sync_is_not_written() {
    let world = check(
        "namespace web
         git ConfigMap web/a
         git ConfigMap web/b
         live ConfigMap web/a
         live ConfigMap web/b differs",
        &[
            "Check: check ConfigMap web/b",
            "Sync 0: apply ConfigMap web/b",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    let messages: Vec<_> = world.progress.results.iter().map(|r| r.message.as_str()).collect();
    assert_eq!(messages, ["configmap/a unchanged", "configmap/b configured"]);
    check(
        "option ApplyOutOfSyncOnly=true
         git ConfigMap web/a
         live ConfigMap web/a",
        &["Succeeded: successfully synced (all tasks run)"],
    );
}

#[test]
fn a_wave_waits_for_the_health_of_the_one_before() {
    check(
        "git ConfigMap web/early wave=-1
         git Deployment.apps web/a
         git Deployment.apps web/b wave=2
         health Deployment.apps web/a Progressing Progressing Healthy
         health Deployment.apps web/b Progressing",
        &[
            "Check: check ConfigMap web/early, check Deployment.apps web/a, check Deployment.apps web/b",
            "Sync -1: apply ConfigMap web/early",
            "Sync 0: apply Deployment.apps web/a",
            "waiting for healthy state of apps/Deployment/a",
            "Sync 2: apply Deployment.apps web/b",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    check(
        "git Deployment.apps web/a
         git Deployment.apps web/b wave=1
         live Deployment.apps web/a
         health Deployment.apps web/a Progressing Healthy",
        &[
            "Check: check Deployment.apps web/b",
            "waiting for healthy state of apps/Deployment/a",
            "Sync 1: apply Deployment.apps web/b",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn a_wave_that_fails_stops_the_sync() {
    check(
        "git Deployment.apps web/a
         git Deployment.apps web/b wave=1
         health Deployment.apps web/a Progressing Degraded:crash",
        &[
            "Check: check Deployment.apps web/a, check Deployment.apps web/b",
            "Sync 0: apply Deployment.apps web/a",
            "waiting for healthy state of apps/Deployment/a",
            "Failed: one or more synchronization tasks completed unsuccessfully, reason: crash",
        ],
    );
    check(
        "patience 3
         git Deployment.apps web/a
         git Deployment.apps web/b wave=1
         health Deployment.apps web/a Progressing:slow",
        &[
            "Check: check Deployment.apps web/a, check Deployment.apps web/b",
            "Sync 0: apply Deployment.apps web/a",
            "waiting for healthy state of apps/Deployment/a",
            "Failed: one or more synchronization tasks completed unsuccessfully, reason: apps/Deployment/a did not become healthy by 2026-01-01T00:00:03Z: deployment/a created",
        ],
    );
}

#[test]
fn a_delay_between_waves_is_kept_only_where_it_is_asked_for() {
    check(
        "delay 2
         git ConfigMap web/a
         git ConfigMap web/b wave=1",
        &[
            "Check: check ConfigMap web/a, check ConfigMap web/b",
            "Sync 0: apply ConfigMap web/a",
            "waiting for the delay before wave 1 of Sync",
            "Sync 1: apply ConfigMap web/b",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn a_refused_object_stops_the_sync_before_anything_is_written() {
    check(
        "git ConfigMap web/a
         git ConfigMap web/b
         refuse ConfigMap web/b \"data must be a map\"",
        &[
            "Check: check ConfigMap web/a, check ConfigMap web/b",
            "Failed: one or more objects failed to apply (dry run), reason: data must be a map",
        ],
    );
    check(
        "git ConfigMap web/a
         git Secret web/b
         refuse-late Secret web/b \"quota\"",
        &[
            "Check: check ConfigMap web/a, check Secret web/b",
            "Sync 0: apply Secret web/b; apply ConfigMap web/a",
            "Failed: one or more objects failed to apply, reason: quota",
        ],
    );
    check(
        "git ConfigMap web/a
         forbid ConfigMap web/a",
        &[
            "Failed: one or more synchronization tasks are not valid: resource ConfigMap web/a is not permitted in project default",
        ],
    );
    check(
        "git ConfigMap web/a opts=Magic=true",
        &[
            "Failed: one or more synchronization tasks are not valid: unknown sync option \"Magic=true\": see the list of sync options for those there are",
        ],
    );
}

#[test]
fn the_namespace_comes_first() {
    check(
        "namespace web
         option CreateNamespace=true
         git ConfigMap web/a",
        &[
            "Namespace: apply Namespace web",
            "Check: check ConfigMap web/a",
            "Sync 0: apply ConfigMap web/a",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    check(
        "namespace web
         option CreateNamespace=true
         live Namespace web
         git ConfigMap web/a",
        &[
            "Check: check ConfigMap web/a",
            "Sync 0: apply ConfigMap web/a",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    check(
        "namespace web
         git Namespace web
         git ConfigMap web/a wave=-5",
        &[
            "Namespace: apply Namespace web",
            "Check: check ConfigMap web/a",
            "Sync -5: apply ConfigMap web/a",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    check(
        "namespace web
         option CreateNamespace=true
         refuse Namespace web \"no\"
         git ConfigMap web/a",
        &["Namespace: apply Namespace web", "Failed: the namespace failed to apply, reason: no"],
    );
}

#[test]
fn a_crd_comes_before_its_objects() {
    check(
        "unserved Widget.example.com
         git Widget.example.com web/w wave=-1
         git CustomResourceDefinition.apiextensions.k8s.io widgets defines=Widget.example.com",
        &[
            "Check: check CustomResourceDefinition.apiextensions.k8s.io widgets",
            "Sync -1: apply CustomResourceDefinition.apiextensions.k8s.io widgets",
            "Sync -1: apply Widget.example.com web/w",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    check(
        "unserved Widget.example.com
         git Widget.example.com web/w",
        &[
            "Failed: one or more synchronization tasks are not valid: The Kubernetes API could not find example.com/Widget for requested resource web/w. Make sure the \"Widget\" CRD is installed on the destination cluster.",
        ],
    );
    check(
        "patience 2
         unserved Widget.example.com
         git Widget.example.com web/w opts=SkipDryRunOnMissingResource=true",
        &[
            "waiting for the cluster to serve the kind of example.com/Widget/w",
            "Failed: one or more objects failed to apply, reason: the cluster does not serve example.com/v1, Kind=Widget by 2026-01-01T00:00:02Z: is its CRD installed?",
        ],
    );
}

#[test]
fn hooks_run_around_the_sync() {
    let world = check(
        "git Deployment.apps web/a
         git Job.batch web/migrate hook=PreSync policy=HookSucceeded
         git Job.batch web/report hook=PostSync
         git Job.batch web/alarm hook=SyncFail
         health Job.batch web/migrate Progressing Healthy:done
         health Job.batch web/report Progressing Healthy
         health Deployment.apps web/a Progressing Healthy",
        &[
            "Check: check Deployment.apps web/a, check Job.batch web/alarm, check Job.batch web/migrate, check Job.batch web/report",
            "PreSync 0: apply Job.batch web/migrate",
            "waiting for completion of hook batch/Job/migrate",
            "SettleHooks: release Job.batch web/migrate",
            "Sync 0: apply Deployment.apps web/a",
            "waiting for healthy state of apps/Deployment/a",
            "PostSync 0: apply Job.batch web/report",
            "waiting for completion of hook batch/Job/report",
            "SettleHooks: release Job.batch web/report",
            "SettleHooks: delete Job.batch web/migrate",
            "Succeeded: successfully synced (no more tasks)",
        ],
    );
    let left: Vec<_> = world.live.keys().map(ToString::to_string).collect();
    assert_eq!(left, ["Deployment.apps web/a", "Job.batch web/report"]);
}

#[test]
fn a_failed_hook_fails_the_sync_and_calls_the_hooks_for_that() {
    check(
        "git ConfigMap web/a
         git Job.batch web/migrate hook=PreSync policy=HookFailed
         git Job.batch web/alarm hook=SyncFail
         health Job.batch web/migrate Progressing Degraded:broken
         health Job.batch web/alarm Progressing Healthy",
        &[
            "Check: check ConfigMap web/a, check Job.batch web/alarm, check Job.batch web/migrate",
            "PreSync 0: apply Job.batch web/migrate",
            "waiting for completion of hook batch/Job/migrate",
            "SettleHooks: release Job.batch web/migrate",
            "SyncFail 0: apply Job.batch web/alarm",
            "waiting for completion of hook batch/Job/alarm",
            "SettleHooks: release Job.batch web/alarm",
            "SettleHooks: delete Job.batch web/migrate",
            "Failed: one or more synchronization tasks completed unsuccessfully, reason: broken",
        ],
    );
}

#[test]
fn a_hook_of_an_earlier_run_makes_room() {
    check(
        "git Job.batch web/migrate hook=PreSync
         live Job.batch web/migrate hook=PreSync
         health Job.batch web/migrate Healthy",
        &[
            "Check: check Job.batch web/migrate",
            "ClearHooks: delete Job.batch web/migrate",
            "PreSync 0: apply Job.batch web/migrate",
            "SettleHooks: release Job.batch web/migrate",
            "Succeeded: successfully synced (no more tasks)",
        ],
    );
    check(
        "patience 2
         git Job.batch web/migrate hook=PreSync
         live Job.batch web/migrate hook=PreSync finalizer",
        &[
            "Check: check Job.batch web/migrate",
            "ClearHooks: delete Job.batch web/migrate",
            "waiting for deletion of hook batch/Job/migrate",
            "Failed: one or more objects failed to apply, reason: the batch/Job/migrate of an earlier run is not gone by 2026-01-01T00:00:02Z",
        ],
    );
}

#[test]
fn a_hook_that_was_made_and_not_recorded_does_not_run_twice() {
    let mut world = World::parse(
        "git Job.batch web/migrate hook=PreSync
         git ConfigMap web/a
         health Job.batch web/migrate Progressing Healthy",
    );
    let hook = object("Job.batch web/migrate hook=PreSync");
    let (_, made) = hook_objects(&hook, &world.operation).remove(0);
    world.put(made);
    assert_eq!(
        world.run(),
        [
            "Check: check ConfigMap web/a",
            "waiting for completion of hook batch/Job/migrate",
            "SettleHooks: release Job.batch web/migrate",
            "Sync 0: apply ConfigMap web/a",
            "Succeeded: successfully synced (all tasks run)",
        ]
    );
}

#[test]
fn a_hook_of_two_phases_runs_in_both() {
    check(
        "git Job.batch web/m hook=PreSync,PostSync
         git ConfigMap web/a",
        &[
            "Check: check ConfigMap web/a, check Job.batch web/m, check Job.batch web/m",
            "PreSync 0: apply Job.batch web/m",
            "SettleHooks: release Job.batch web/m",
            "Sync 0: apply ConfigMap web/a",
            "ClearHooks: delete Job.batch web/m",
            "PostSync 0: apply Job.batch web/m",
            "SettleHooks: release Job.batch web/m",
            "Succeeded: successfully synced (no more tasks)",
        ],
    );
}

#[test]
fn what_a_changing_definition_may_allow_is_not_checked_by_the_present_one() {
    check(
        "git Widget.example.com web/w
         git CustomResourceDefinition.apiextensions.k8s.io widgets defines=Widget.example.com
         live CustomResourceDefinition.apiextensions.k8s.io widgets differs",
        &[
            "Check: check CustomResourceDefinition.apiextensions.k8s.io widgets",
            "Sync 0: apply CustomResourceDefinition.apiextensions.k8s.io widgets; apply Widget.example.com web/w",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn generated_hook_names_are_those_of_the_operation() {
    check(
        "git Job.batch web/migrate hook=PreSync,PostSync generate
         git ConfigMap web/a",
        &[
            "Check: check ConfigMap web/a, check Job.batch web/migrate-0123456-postsync-1767225600, check Job.batch web/migrate-0123456-presync-1767225600",
            "PreSync 0: apply Job.batch web/migrate-0123456-presync-1767225600",
            "SettleHooks: release Job.batch web/migrate-0123456-presync-1767225600",
            "Sync 0: apply ConfigMap web/a",
            "PostSync 0: apply Job.batch web/migrate-0123456-postsync-1767225600",
            "SettleHooks: release Job.batch web/migrate-0123456-postsync-1767225600",
            "Succeeded: successfully synced (no more tasks)",
        ],
    );
}

#[test]
fn hooks_are_left_out_where_the_contract_says_so() {
    for extra in ["operation apply-only", "select ConfigMap web/a"] {
        check(
            &format!("{extra}\ngit Job.batch web/m hook=PreSync\ngit ConfigMap web/a\ngit Secret web/s hook=Skip"),
            &[
                "Check: check ConfigMap web/a",
                "Sync 0: apply ConfigMap web/a",
                "Succeeded: successfully synced (all tasks run)",
            ],
        );
    }
}

#[test]
fn what_git_has_no_more_is_pruned_only_when_that_is_allowed() {
    check("live ConfigMap web/old", &["Succeeded: successfully synced (all tasks run)"]);
    let world = check(
        "operation prune\nlive ConfigMap web/old opts=Prune=false",
        &["Succeeded: successfully synced (all tasks run)"],
    );
    assert_eq!(world.progress.results[0].message, "ignored (no prune)");
    check(
        "operation prune
         git ConfigMap web/new
         live ConfigMap web/old
         live ConfigMap web/older wave=3 opts=Prune=false
         live Secret web/old opts=PruneLast=true",
        &[
            "Check: check ConfigMap web/new",
            "Sync 0: apply ConfigMap web/new",
            "Sync 3: prune ConfigMap web/old",
            "Sync 4: prune Secret web/old",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn prunes_go_in_reverse_and_are_waited_for() {
    check(
        "operation prune
         live ConfigMap web/first wave=1
         live ConfigMap web/last wave=2 finalizer
         patience 2",
        &[
            "Sync 1: prune ConfigMap web/last",
            "waiting for deletion of /ConfigMap/last",
            "Failed: one or more objects failed to apply, reason: /ConfigMap/last is not gone by 2026-01-01T00:00:02Z: its finalizers hold it",
        ],
    );
}

#[test]
fn a_prune_that_must_be_confirmed_holds_its_wave() {
    let mut world = World::parse("operation prune\ngit ConfigMap web/a\nlive ConfigMap web/old opts=Prune=confirm");
    let trace = {
        let mut trace = Vec::new();
        for _ in 0..4 {
            let plan = world.plan_with(plan);
            world.progress = plan.progress;
            match plan.next {
                Next::Run(step) => world.carry_out(&step),
                Next::Wait(wait) => trace.push(wait.message),
                Next::Done { .. } => panic!("it must wait"),
            }
        }
        trace
    };
    assert_eq!(trace, ["waiting for pruning confirmation of /ConfigMap/old"; 3]);
    world.confirmed = true;
    assert_eq!(
        world.run(),
        ["Sync 0: prune ConfigMap web/old; apply ConfigMap web/a", "Succeeded: successfully synced (all tasks run)"]
    );
}

#[test]
fn deletions_from_what_is_not_fully_known_are_withheld() {
    let world = check(
        "operation prune confirmed\nincomplete pods could not be listed\nlive ConfigMap web/old",
        &["Succeeded: successfully synced (all tasks run)"],
    );
    assert_eq!(
        world.progress.results[0].message,
        "left alone, because what is desired or live is not fully known: pods could not be listed"
    );
    assert_eq!(world.live.len(), 1);
}

#[test]
fn many_deletions_and_those_of_precious_kinds_are_withheld() {
    let twelve: String = (0..12).map(|i| format!("live ConfigMap web/c{i}\n")).collect();
    let world =
        check(&format!("operation prune\nguard\n{twelve}"), &["Succeeded: successfully synced (all tasks run)"]);
    assert_eq!(world.live.len(), 12);
    assert!(world.progress.results[0].message.starts_with(
        "not deleted, because this sync would delete 12 of 12 objects at once; to confirm, set the annotation "
    ));
    let world = check(
        &format!("operation prune confirmed\nguard\n{twelve}"),
        &[
            "Sync 0: prune ConfigMap web/c0, prune ConfigMap web/c1, prune ConfigMap web/c10, prune ConfigMap web/c11, prune ConfigMap web/c2, prune ConfigMap web/c3, prune ConfigMap web/c4, prune ConfigMap web/c5, prune ConfigMap web/c6, prune ConfigMap web/c7, prune ConfigMap web/c8, prune ConfigMap web/c9",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
    assert!(world.live.is_empty());
    let world = check(
        "operation prune\nguard\nlive PersistentVolumeClaim web/data\nlive ConfigMap web/c\ngit ConfigMap web/a\nlive ConfigMap web/a",
        &["Sync 0: prune ConfigMap web/c", "Succeeded: successfully synced (all tasks run)"],
    );
    assert!(world.live.keys().any(|k| &*k.kind == "PersistentVolumeClaim"));
}

#[test]
fn a_dry_run_writes_nothing() {
    let world = check(
        "operation dry-run prune
         git ConfigMap web/a
         git Job.batch web/m hook=PreSync
         live ConfigMap web/old",
        &["DryRun: apply ConfigMap web/a, apply Job.batch web/m", "Succeeded: successfully synced (all tasks run)"],
    );
    assert_eq!(world.live.len(), 1);
    let results: Vec<_> = world.progress.results.iter().map(|r| format!("{} {}", r.key, r.message)).collect();
    assert_eq!(
        results,
        [
            "ConfigMap web/old pruned (dry run)",
            "Job.batch web/m job/m created (dry run)",
            "ConfigMap web/a configmap/a created (dry run)"
        ]
    );
}

#[test]
fn replace_and_force_are_written_so() {
    check(
        "git ConfigMap web/a opts=Replace=true
         git ConfigMap web/b opts=Replace=true
         live ConfigMap web/a",
        &[
            "Check: check ConfigMap web/b",
            "Sync 0: create ConfigMap web/b, replace ConfigMap web/a",
            "Succeeded: successfully synced (all tasks run)",
        ],
    );
}

#[test]
fn a_terminated_sync_stops_its_hooks() {
    let mut world = World::parse(
        "git Job.batch web/m hook=PreSync
         git ConfigMap web/a
         health Job.batch web/m Progressing",
    );
    for _ in 0..3 {
        let plan = world.plan_with(plan);
        world.progress = plan.progress;
        if let Next::Run(step) = plan.next {
            world.carry_out(&step);
        }
    }
    let mut trace = Vec::new();
    loop {
        let plan = world.plan_with(plan_termination);
        world.progress = plan.progress;
        match plan.next {
            Next::Run(step) => {
                trace.push(step.message.clone());
                world.carry_out(&step);
            }
            Next::Wait(_) => panic!("a termination does not wait"),
            Next::Done { phase, message } => {
                trace.push(format!("{phase}: {message}"));
                break;
            }
        }
    }
    assert_eq!(trace, ["stopping hooks that run", "Failed: Operation terminated"]);
    assert!(world.live.is_empty());
    assert_eq!(world.progress.results[0].message, "Terminated");
}

#[test]
fn what_someone_deleted_by_hand_counts_for_the_budget() {
    let list = |word: &str, range: std::ops::Range<usize>| -> String {
        range.map(|i| format!("{word} ConfigMap web/c{i:02}\n")).collect()
    };
    // Of thirty that were deployed fifteen were deleted by hand; eleven of the others go.
    let tidied = format!("operation prune\nguard\n{}{}", list("git", 0..19), list("live", 15..30));
    let pruned = |text: &str| check_any(text).live.keys().filter(|key| key.name.as_ref() >= "c19").count();
    assert_eq!(pruned(&tidied), 11, "of fifteen that are there, eleven are most");
    assert_eq!(pruned(&format!("{tidied}{}", list("deployed", 0..30))), 0);
    // What was never there does not make the share smaller: new objects do not pay for the old ones' deletion.
    let replaced = format!("operation prune\nguard\n{}{}", list("git", 40..80), list("live", 19..30));
    assert_eq!(pruned(&replaced) - 40, 11);

    // Budget and share are settings; no budget at all holds everything that is more than the share.
    let two = "operation prune\nlive ConfigMap web/c20\nlive ConfigMap web/c21\n";
    assert_eq!(pruned(two), 0);
    assert_eq!(pruned(&format!("budget 0 0\n{two}")), 2);
    assert_eq!(pruned(&format!("budget 0 100\n{two}")), 0);
    assert_eq!(pruned(&format!("budget 2 0\n{two}")), 0);
}

/// The world after a sync, whatever it did.
fn check_any(text: &str) -> World {
    let mut world = World::parse(text);
    world.run();
    world
}
