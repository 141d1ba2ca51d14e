//! What holds for every plan, over random worlds.

use std::collections::BTreeSet;

use bowline_core_types::is_hook;
use proptest::prelude::*;

use super::scenario::{World, object};
use crate::{
    Action, ActionKind, Foreseen, Next, OperationPhase, Outcome, Progress, Purpose, Selector, Step, SyncPhase, plan,
    preview,
};

/// A random world: objects in Git and in the cluster, waves, hooks, prunes, things that fail and things that never get well.
fn scenario() -> impl Strategy<Value = String> {
    let kinds =
        prop::sample::select(vec!["ConfigMap", "Deployment.apps", "Namespace", "Job.batch", "Widget.example.com"]);
    let hooks = prop::sample::select(vec![
        "",
        "",
        "",
        " hook=PreSync",
        " hook=Sync",
        " hook=PostSync policy=HookSucceeded",
        " hook=SyncFail",
    ]);
    let opts = prop::sample::select(vec!["", "", " opts=Prune=false", " opts=PruneLast=true", " opts=Replace=true"]);
    let health = prop::sample::select(vec!["", "Healthy", "Progressing Healthy", "Progressing Degraded"]);
    let thing = (kinds, 0..6u8, -1..3i8, hooks, opts, health, 0..10u8);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (prop::collection::vec(thing, 0..14), flags).prop_map(|(things, (prune, guard, namespace))| {
        let mut text = String::from("namespace web\npatience 20\n");
        if prune {
            text.push_str("operation prune\n");
        }
        if guard {
            text.push_str("guard\n");
        }
        if namespace {
            text.push_str("option CreateNamespace=true\n");
        }
        let mut seen = BTreeSet::new();
        for (kind, name, wave, hook, opts, health, fate) in things {
            let name = if kind == "Namespace" { format!("ns{name}") } else { format!("web/o{name}") };
            if !seen.insert((kind, name.clone())) {
                continue;
            }
            let line = format!("{kind} {name} wave={wave}{hook}{opts}");
            match fate {
                0..=2 => text.push_str(&format!("git {line}\n")),
                3 => text.push_str(&format!("git {line}\nlive {line} differs\n")),
                4..=5 => text.push_str(&format!("git {line}\nlive {line}\n")),
                6 => text.push_str(&format!("git {line}\nrefuse {kind} {name} \"no\"\n")),
                7 => text.push_str(&format!("git {line}\nrefuse-late {kind} {name} \"no\"\n")),
                _ => text.push_str(&format!("live {line}\n")),
            }
            if !health.is_empty() {
                text.push_str(&format!("health {kind} {name} {health}\n"));
            }
        }
        text
    })
}

/// Runs with a check of every step; the last line of the trace.
fn run(world: &mut World, mut each: impl FnMut(&World, &Step)) -> (OperationPhase, String) {
    for _ in 0..400 {
        let plan = world.plan_with(plan);
        world.progress = plan.progress;
        match plan.next {
            Next::Run(step) => {
                each(world, &step);
                world.carry_out(&step);
            }
            Next::Wait(wait) => {
                assert!(wait.until > world.now && !wait.message.is_empty());
                world.pass();
            }
            Next::Done { phase, message } => return (phase, message),
        }
    }
    panic!("the operation never ends");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_global_rejects: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_plan_never_prunes_what_is_desired(text in scenario()) {
        let mut world = World::parse(&text);
        let desired: BTreeSet<_> = world.desired.iter().map(bowline_core_types::Object::key).collect();
        let prune = world.operation.prune;
        run(&mut world, |_, step| {
            for action in step.groups.iter().flatten() {
                if let ActionKind::Prune { .. } = action.kind {
                    assert!(prune && !desired.contains(&action.key), "{} is desired", action.key);
                }
            }
        });
    }

    /// What a preview foresees is what a sync does, where nothing goes wrong.
    #[test]
    fn a_preview_says_what_the_sync_then_does(text in scenario()) {
        let mut world = World::parse(&text);
        let mut foreseen = BTreeSet::new();
        let mut refused = None;
        world.plan_with(|input| {
            let preview = preview(input);
            refused = preview.refused;
            foreseen.extend(preview.steps.into_iter().filter_map(|step| {
                let verb = match step.foreseen {
                    Foreseen::Nothing | Foreseen::Keep | Foreseen::RunOnFailure => return None,
                    Foreseen::Prune => "prune",
                    _ => "write",
                };
                Some(format!("{verb} {} {}", step.task.phase, step.task.key))
            }));
            plan(input)
        });
        let mut done = BTreeSet::new();
        let (phase, message) = run(&mut world, |_, step| {
            for action in step.groups.iter().flatten() {
                let verb = match action.kind {
                    ActionKind::Prune { .. } => "prune",
                    ActionKind::Apply { .. } => "write",
                    _ => continue,
                };
                done.insert(format!("{verb} {} {}", action.phase, action.key));
            }
        });
        if let Some(refused) = refused {
            prop_assert_eq!(message, refused);
            prop_assert_eq!(phase, OperationPhase::Failed);
        } else if phase == OperationPhase::Succeeded {
            prop_assert_eq!(done, foreseen);
        }
    }

    #[test]
    fn a_second_sync_writes_nothing(text in scenario()) {
        let mut world = World::parse(&text);
        let (phase, _) = run(&mut world, |_, _| {});
        prop_assume!(phase == OperationPhase::Succeeded);
        world.progress = Progress::default();
        world.desired.retain(|o| !is_hook(o) && o.annotation("argocd.argoproj.io/sync-options") != Some("Replace=true"));
        world.live.retain(|_, o| !is_hook(o));
        // Replaced objects have no record of being in sync here; all that was desired is out of the picture with them.
        world.tracked.retain(|key| world.desired.iter().any(|o| o.key() == *key));
        run(&mut world, |_, step| panic!("{step:?}"));
    }

    /// Selective syncs, one after the other, in any order and any division, leave what one sync of everything leaves.
    #[test]
    fn what_is_done_in_parts_equals_what_is_done_at_once(text in scenario(), division in prop::collection::vec(0..4usize, 14)) {
        // Selective syncs run no hooks; and a part may be too small for the budget of deletions to count.
        let text: String =
            text.lines().filter(|l| !l.contains("hook=") && *l != "guard").map(|l| format!("{l}\n")).collect();
        let mut whole = World::parse(&text);
        let (phase, _) = run(&mut whole, |_, _| {});
        prop_assume!(phase == OperationPhase::Succeeded);
        let mut parts = World::parse(&text);
        let keys: Vec<_> = parts.resources().into_iter().map(|r| r.key).collect();
        for part in 0..4 {
            let mine = keys.iter().zip(&division).filter(|(_, of)| **of == part).map(|(key, _)| Selector {
                group: key.group.to_string(),
                kind: key.kind.to_string(),
                name: key.name.to_string(),
                namespace: key.namespace.to_string(),
            });
            parts.operation.selectors = mine.collect();
            if parts.operation.selectors.is_empty() {
                // Without a selector it would be a sync of everything.
                continue;
            }
            parts.progress = Progress::default();
            let selected: BTreeSet<_> = parts.operation.selectors.iter().map(|s| (s.kind.clone(), s.name.clone())).collect();
            let namespace = parts.namespace.clone();
            let (phase, message) = run(&mut parts, |_, step| {
                for action in step.groups.iter().flatten() {
                    let mine = selected.contains(&(action.key.kind.to_string(), action.key.name.to_string()));
                    // The destination namespace is made for whatever comes first.
                    assert!(mine || *action.key.name == namespace, "{} was not asked for", action.key);
                }
            });
            prop_assert_eq!(phase, OperationPhase::Succeeded, "{}", message);
        }
        let content = |world: &World| {
            let bare = |o: &bowline_core_types::Object| {
                let mut o = o.clone();
                if let Some(metadata) = o.fields_mut().get_mut("metadata").and_then(|m| m.as_object_mut()) {
                    metadata.remove("uid");
                }
                bowline_base_value::to_json(o.value(), false)
            };
            let namespace = world.namespace.clone();
            let made_for_it = move |key: &bowline_core_types::ResourceKey| &*key.kind == "Namespace" && *key.name == namespace;
            world.live.iter().filter(|(key, _)| !made_for_it(key)).map(|(key, o)| (key.clone(), bare(o))).collect::<Vec<_>>()
        };
        prop_assert_eq!(content(&parts), content(&whole));
        prop_assert!(parts.differs.is_empty());
    }

    #[test]
    fn nothing_is_written_where_the_check_refuses(text in scenario()) {
        let mut world = World::parse(&text);
        let refused: BTreeSet<_> = world.refuse.iter().filter(|(_, (_, late))| !late).map(|(key, _)| key.clone()).collect();
        prop_assume!(!refused.is_empty());
        // The destination namespace is the exception, and hooks of failures run.
        let mut writes = Vec::new();
        let (phase, _) = run(&mut world, |_, step| {
            if !matches!(step.purpose, Purpose::Check | Purpose::Namespace | Purpose::Wave(SyncPhase::SyncFail, _)) {
                writes.extend(step.groups.iter().flatten().filter(|a| !matches!(a.kind, ActionKind::ReleaseHook)).map(|a| a.key.to_string()));
            }
        });
        let relevant = world.desired.iter().any(|o| refused.contains(&o.key()));
        prop_assert!(!relevant || phase == OperationPhase::Failed);
        prop_assert!(!relevant || writes.is_empty(), "{writes:?}");
    }

    #[test]
    fn a_process_that_dies_between_any_two_calls_ends_alike(text in scenario(), deaths in prop::collection::vec(0..12usize, 0..4)) {
        let world = World::parse(&text);
        let mut whole = world.clone();
        let (want, _) = run(&mut whole, |_, _| {});
        let mut broken = world;
        let mut hooks_made = BTreeSet::new();
        let mut deaths = deaths.into_iter();
        let mut ticks = 0;
        let got = loop {
            ticks += 1;
            prop_assert!(ticks < 400, "the operation never ends");
            let plan = broken.plan_with(plan);
            // What is known is written down before anything is done.
            broken.progress = Progress { checked: broken.progress.checked, ..plan.progress };
            match plan.next {
                Next::Run(step) => {
                    // The process dies after some calls of the step; nothing of them is on record.
                    let calls = deaths.next().unwrap_or(usize::MAX);
                    let dies = calls < step.groups.iter().flatten().count();
                    if dies {
                        let before = broken.progress.clone();
                        for action in step.groups.iter().flatten().take(calls) {
                            note_hook(&mut hooks_made, action)?;
                            if matches!(broken.act(action), Outcome::Failed(_)) {
                                forget_hook(&mut hooks_made, action);
                                break;
                            }
                        }
                        broken.progress = Progress { results: before.results, ..Progress::default() };
                    } else {
                        for action in step.groups.iter().flatten() {
                            if broken.refuse.contains_key(&action.key) { continue }
                            note_hook(&mut hooks_made, action)?;
                        }
                        broken.carry_out(&step);
                    }
                }
                Next::Wait(_) => broken.pass(),
                Next::Done { phase, .. } => break phase,
            }
        };
        prop_assert_eq!(got, want);
        if want == OperationPhase::Succeeded {
            prop_assert_eq!(broken.live.keys().collect::<Vec<_>>(), whole.live.keys().collect::<Vec<_>>());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Sources that come out short, lists that fail, kinds that vanish: each is known to be incomplete, and then nothing is
    /// deleted, not even what someone confirmed; what Git has is never deleted at all.
    #[test]
    fn nothing_is_deleted_that_nobody_meant_to_delete(
        text in scenario(),
        confirmed in any::<bool>(),
        faults in prop::collection::vec((0..5u8, any::<u64>()), 60),
    ) {
        let truth = World::parse(&text);
        let meant: BTreeSet<_> = truth.desired.iter().map(bowline_core_types::Object::key).collect();
        let mut world = truth.clone();
        world.operation.prune = true;
        world.confirmed = confirmed;
        let keep = |mask: u64, i: usize| mask & (1 << (i % 64)) != 0;
        for (fault, mask) in faults {
            // What the planner is shown: the truth, or less than that.
            let mut seen = world.clone();
            match fault {
                0 => {
                    let mut i = 0;
                    seen.desired.retain(|_| { i += 1; keep(mask, i) });
                    seen.complete = Err("the source was cut off".into());
                }
                1 => {
                    seen.desired.clear();
                    seen.complete = Err("the source could not be rendered".into());
                }
                2 => {
                    let mut i = 0;
                    seen.live.retain(|_, _| { i += 1; keep(mask, i) });
                    seen.complete = Err("a list failed".into());
                }
                3 => {
                    seen.unserved.insert("Widget.example.com".into());
                    seen.live.retain(|key, _| &*key.kind != "Widget");
                    seen.complete = Err("a kind is not served at present".into());
                }
                _ => {}
            }
            let plan = seen.plan_with(plan);
            world.progress = plan.progress;
            let Next::Run(step) = plan.next else {
                if matches!(plan.next, Next::Done { .. }) {
                    // The next operation begins.
                    world.progress = Progress::default();
                }
                world.pass();
                continue;
            };
            for action in step.groups.iter().flatten() {
                let deletes = matches!(action.kind, ActionKind::Prune { .. });
                prop_assert!(!deletes || seen.complete.is_ok(), "{} from incomplete knowledge", action.key);
                prop_assert!(!deletes || !meant.contains(&action.key), "{} is in Git", action.key);
            }
            world.carry_out(&step);
        }
    }
}

/// No hook is made twice in one attempt.
fn note_hook(made: &mut BTreeSet<String>, action: &Action) -> Result<(), TestCaseError> {
    if action.is_hook && matches!(action.kind, ActionKind::Apply { .. }) {
        prop_assert!(made.insert(format!("{} {}", action.phase, action.key)), "{} runs twice", action.key);
    }
    Ok(())
}

fn forget_hook(made: &mut BTreeSet<String>, action: &Action) {
    made.remove(&format!("{} {}", action.phase, action.key));
}

#[test]
fn the_world_parses() {
    assert_eq!(object("Deployment.apps web/a wave=2").key().to_string(), "Deployment.apps web/a");
}
