//! Hooks of deletions.

use bowline_core_types::HookType;
use jiff::SignedDuration;

use super::scenario::World;
use crate::*;

/// Runs the hooks and then their cleanup; the trace.
fn run(world: &mut World, which: HookType) -> Vec<String> {
    let (mut trace, mut since) = (Vec::new(), None);
    let deleted_at = world.now;
    for _ in 0..60 {
        let desired = world.desired.clone();
        let shown = world.clone();
        let input = DeletionHooks {
            desired: &desired,
            which,
            deleted_at,
            limit: SignedDuration::from_secs(20),
            waiting_since: since,
            view: &shown,
            now: world.now,
        };
        match plan_deletion_hooks(&input) {
            Next::Run(step) => {
                trace.push(
                    step.groups[0]
                        .iter()
                        .map(|a| format!("{} {}", a.kind.verb(), a.key))
                        .collect::<Vec<_>>()
                        .join(", "),
                );
                world.carry_out(&step);
                since = None;
            }
            Next::Wait(wait) => {
                since.get_or_insert(wait.since);
                if trace.last() != Some(&wait.message) {
                    trace.push(wait.message);
                }
                world.pass();
            }
            Next::Done { phase, message } => {
                trace.push(format!("{phase}: {message}"));
                if let Some(step) = hook_cleanup(&input, phase) {
                    trace.push(
                        step.groups[0]
                            .iter()
                            .map(|a| format!("{} {}", a.kind.verb(), a.key))
                            .collect::<Vec<_>>()
                            .join(", "),
                    );
                    world.carry_out(&step);
                }
                return trace;
            }
        }
    }
    panic!("it never ends: {trace:?}");
}

#[test]
fn they_run_wave_by_wave_and_are_cleaned_up() {
    let mut world = World::parse(
        "git Job.batch web/second hook=PreDelete wave=1 policy=HookSucceeded
         git Job.batch web/first hook=PreDelete,PostDelete
         git Job.batch web/other hook=PreSync
         git ConfigMap web/a
         live Job.batch web/first hook=PreDelete
         health Job.batch web/first Progressing Healthy
         health Job.batch web/second Progressing Healthy",
    );
    assert_eq!(
        run(&mut world, HookType::PreDelete),
        [
            "delete Job.batch web/first",
            "apply Job.batch web/first",
            "waiting for completion of PreDelete hook Job.batch web/first",
            "apply Job.batch web/second",
            "waiting for completion of PreDelete hook Job.batch web/second",
            "Succeeded: all PreDelete hooks have ended well",
            "delete Job.batch web/second",
        ]
    );
    assert_eq!(
        run(&mut world, HookType::PostDelete),
        ["delete Job.batch web/first", "apply Job.batch web/first", "Succeeded: all PostDelete hooks have ended well",]
    );
}

#[test]
fn one_that_fails_or_does_not_end_stops_the_deletion() {
    let mut world = World::parse(
        "git Job.batch web/h hook=PreDelete policy=HookFailed\nhealth Job.batch web/h Progressing Degraded:no",
    );
    assert_eq!(
        run(&mut world, HookType::PreDelete),
        [
            "apply Job.batch web/h",
            "waiting for completion of PreDelete hook Job.batch web/h",
            "Failed: PreDelete hook Job.batch web/h failed: no",
            "delete Job.batch web/h",
        ]
    );
    let mut world = World::parse("git Job.batch web/h hook=PreDelete\nhealth Job.batch web/h Progressing");
    assert_eq!(
        run(&mut world, HookType::PreDelete).last().unwrap(),
        "Failed: waiting for completion of PreDelete hook Job.batch web/h: it did not end by 2026-01-01T00:00:20Z"
    );
    let mut world = World::parse("git ConfigMap web/a");
    assert_eq!(run(&mut world, HookType::PreDelete), ["Succeeded: all PreDelete hooks have ended well"]);
}
