//! Histories of generated objects on the real API server: Git changes, people edit, other programs apply, controllers write, and after
//! each of these the comparison says what a sync would do, and the sync shows whether that was true.
//!
//! What is called synced is left as it is by applying; what is called out of sync is changed by it, in just the fields that were
//! named; what could not be told is refused when it is written too. An answer that was remembered is the one that would be given now.
#![expect(clippy::unwrap_used, reason = "an error fails the test")]
#![expect(clippy::print_stdout, reason = "what was seen is told to who asks for it")]
#![expect(
    clippy::disallowed_methods,
    reason = "the test waits for kinds to be served, and for time to pass as the executor does"
)]

#[path = "generated/world.rs"]
mod world;

use std::sync::Arc;
use std::time::{Duration, Instant};

use bowline_base_value::yaml::documents;
use bowline_base_value::{Value, to_json};
use bowline_core_types::Object;
use bowline_plan_diff::{Answer, Cause, Comparison, Difference, Differences, Pair, Rules, compare, normalize};
use bowline_plan_merge::{LEGACY_MANAGERS, needs_migration};
use bowline_plan_planner::Outcome;

use futures::StreamExt as _;

use crate::world::{Kind, Lab, at, content};

/// Decides all that is random: a failure comes again.
const SEED: u64 = 20_260_101;
/// Rounds of each history.
const ROUNDS: usize = 24;
/// Histories at once.
const AT_ONCE: usize = 6;
/// What the proof may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// What happened in the histories.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    missing: usize,
    in_sync: usize,
    differs: usize,
    unknown: usize,
    /// Take-overs that the server refused.
    refused: usize,
    remembered: usize,
    /// Differences that were nothing but a take-over of fields that have the value they had.
    taken_over: usize,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_called_synced_is_left_and_what_is_called_out_of_sync_is_changed() {
    let start = Instant::now();
    let lab = Lab::new("generated").await;
    for crd in documents(include_str!("generated/crds.yaml")).unwrap() {
        lab.write(&Object::new(crd).unwrap()).await.unwrap();
    }
    let kinds: Vec<Kind> = documents(include_str!("generated/kinds.yaml")).unwrap().iter().map(Kind::read).collect();
    let custom = kinds.iter().filter(|kind| kind.base.group() == "generated.example.com").count();
    assert!(kinds.len() - custom >= 30 && custom == 3, "{} kinds, {custom} of them custom", kinds.len());
    for kind in &kinds {
        lab.until_served(&kind.base.gvk()).await;
    }
    let (lab, mut seen, mut faults) = (Arc::new(lab), Seen::default(), Vec::new());
    let histories = kinds.into_iter().enumerate().map(|(i, kind)| {
        let lab = lab.clone();
        tokio::spawn(async move { history(&lab, &kind, SEED + i as u64).await })
    });
    let mut parts = futures::stream::iter(histories).buffer_unordered(AT_ONCE);
    while let Some(part) = parts.next().await {
        match part.unwrap() {
            Ok(part) => seen.add(part),
            Err(fault) => faults.push(fault),
        }
    }
    println!("{seen:?} in {:?}", start.elapsed());
    assert!(faults.is_empty(), "{} of the histories went wrong:\n{}", faults.len(), faults.join("\n"));
    // Enough of each, or the proof proves nothing.
    assert!(seen.in_sync > 100 && seen.differs > 300 && seen.missing > 40 && seen.remembered > 100, "{seen:?}");
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

/// One object's history.
async fn history(lab: &Lab, kind: &Kind, seed: u64) -> Result<Seen, String> {
    let mut seen = Seen::default();
    let mut dice = world::Dice::new(seed);
    let mut desired = lab.desired(&kind.generate(&mut dice));
    let mut memory: Option<Answer> = None;
    for round in 0..ROUNDS {
        let event = lab.happen(kind, &mut desired, &mut dice).await;
        let told = format!("seed {seed}, round {round}, {event}, {}", desired.key());
        let Some(live) = lab.live(&desired).await else {
            seen.missing += 1;
            match lab.sync(&desired, None).await {
                Outcome::Done { object: Some(made), .. } => memory = Some(Answer::from_applied(&desired, &made)),
                other => return Err(format!("{told}: {other:?}")),
            }
            continue;
        };

        let fresh = Answer::new(&desired, &live, lab.dry_run(&desired).await);
        let comparison = compared(&live, &fresh);
        if let Some(remembered) = memory.as_ref().filter(|answer| answer.holds(&desired, &live)) {
            seen.remembered += 1;
            same(&told, "the answer that was remembered", what(&compared(&live, remembered)), what(&comparison))?;
        }

        let outcome = lab.sync(&desired, Some(&live)).await;
        let after = lab.live(&desired).await.ok_or_else(|| format!("{told}: it is gone"))?;
        match (&comparison, &outcome) {
            (Comparison::InSync, Outcome::Done { .. }) => {
                seen.in_sync += 1;
                same(&told, "called synced", content(&live), content(&after))?;
            }
            (Comparison::Differs(differences), Outcome::Done { .. }) => {
                seen.differs += 1;
                changed(&told, differences, &live, &after, &mut seen)?;
            }
            // Taking over what kubectl applied may leave something that the server refuses: no dry run tells that before.
            (Comparison::Differs(differences), Outcome::Failed(_)) if is_adoption(differences) => seen.refused += 1,
            (Comparison::Unknown { .. }, Outcome::Failed(_)) => seen.unknown += 1,
            (comparison, outcome) => return Err(format!("{told}: {} and then {outcome:?}", comparison.sentence())),
        }
        let Outcome::Done { object: Some(applied), .. } = outcome else {
            same(&told, "refused", content(&live), content(&after))?;
            // People agree with the server in the end.
            desired = lab.desired(&kind.base);
            memory = None;
            continue;
        };
        let answer = Answer::from_applied(&desired, &applied);
        same(&told, "nobody else writes", answer.holds(&desired, &after), true)?;
        let synced = what(&Comparison::InSync);
        same(&told, "just applied", what(&compared(&after, &answer)), synced.clone())?;
        let again = Answer::new(&desired, &after, lab.dry_run(&desired).await);
        same(&told, "just applied, asked again", what(&compared(&after, &again)), synced)?;
        memory = Some(answer);
    }
    lab.delete(&desired).await;
    Ok(seen)
}

fn compared(live: &Object, answer: &Answer) -> Comparison {
    compare(Pair::Both { live, predicted: answer.prediction(), git_changed: None }, &Rules::default())
}

/// What a comparison says of fields; who changed them and when may be told with more or less.
fn what(comparison: &Comparison) -> (String, Vec<String>) {
    let fields = match comparison {
        Comparison::Differs(differences) => differences
            .as_slice()
            .iter()
            .map(|d| {
                let side = |value: &Option<Value>| value.as_ref().map_or("nothing".to_string(), |v| to_json(v, false));
                format!("{}: {} → {}", d.path, side(&d.live), side(&d.desired))
            })
            .collect(),
        Comparison::Unknown { error } => vec![error.clone()],
        _ => Vec::new(),
    };
    (comparison.status().as_str().to_string(), fields)
}

/// Each field that was named is now as was said, and something did change.
fn changed(
    told: &str,
    differences: &Differences,
    live: &Object,
    after: &Object,
    seen: &mut Seen,
) -> Result<(), String> {
    let list = differences.as_slice();
    assert!(!list.is_empty() && list.iter().all(|d| !d.path.steps().is_empty()), "{told}: a blank difference");
    if content(live) == content(after) {
        // Fields of a client-side apply that the server fills in again: only their owner has changed.
        let same_says = || format!("{told}: nothing was changed, but {}", differences.sentence());
        seen.taken_over += 1;
        return (is_adoption(differences) && needs_migration(live, &LEGACY_MANAGERS))
            .then_some(())
            .ok_or_else(same_says);
    }
    let after = normalize(after, &Rules::default());
    for difference in list.iter().filter(|d| !matches!(d.cause, Cause::Adoption(_))) {
        // Some kinds say null where others leave a field out.
        let found = at(&after, difference.path.steps()).filter(|value| !value.is_null());
        let same = match (&found, &difference.desired) {
            (None, None) => true,
            (Some(found), Some(desired)) => found == desired,
            _ => false,
        };
        // The order of a keyed list is told by the keys of the items that stay.
        let keys = |side: &Option<Value>| side.as_ref().and_then(Value::as_array).is_some_and(|items| items.len() > 1);
        let order = keys(&difference.live) && keys(&difference.desired);
        if !same && !order {
            let Difference { path, desired, .. } = difference;
            return Err(format!("{told}: {path} was to become {desired:?} and is {found:?}"));
        }
    }
    Ok(())
}

fn is_adoption(differences: &Differences) -> bool {
    differences.as_slice().iter().all(|d| matches!(d.cause, Cause::Adoption(_)))
}

fn same<T: PartialEq + std::fmt::Debug>(told: &str, what: &str, left: T, right: T) -> Result<(), String> {
    if left == right { Ok(()) } else { Err(format!("{told}: {what}:\n  {left:?}\n  {right:?}")) }
}

impl Seen {
    fn add(&mut self, other: Seen) {
        self.missing += other.missing;
        self.in_sync += other.in_sync;
        self.differs += other.differs;
        self.unknown += other.unknown;
        self.refused += other.refused;
        self.remembered += other.remembered;
        self.taken_over += other.taken_over;
    }
}
