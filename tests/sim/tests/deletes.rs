//! A thousand histories with every fault there is: nothing is deleted that nobody meant to delete, and when the faults are over
//! everything is as Git says.

#![expect(clippy::disallowed_methods, reason = "the simulation must be quick: it is timed, and uses both processors")]
#![expect(clippy::print_stdout, reason = "what was simulated is told to who asks for it")]

use std::time::{Duration, Instant};

use bowline_tests_sim::{Run, Safeguards, Summary};

const RUNS: u64 = 1_000;
const LIMIT: Duration = Duration::from_secs(60);
const SAFE: Safeguards = Safeguards { complete: true, guard: true, not_empty: true };

async fn run(seed: u64, safeguards: Safeguards) -> Summary {
    Run::new(seed, safeguards).run().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_deleted_that_nobody_meant_to_delete() {
    let start = Instant::now();
    let mut total = Summary::default();
    let halves = [0, 1].map(|half| {
        tokio::spawn(async move {
            let mut summaries = Vec::new();
            for seed in (half..RUNS).step_by(2) {
                summaries.push((seed, run(seed, SAFE).await));
            }
            summaries
        })
    });
    for half in halves {
        for (seed, summary) in half.await.expect("because the simulation does not panic") {
            assert!(summary.unmeant.is_empty(), "seed {seed}: {:#?}", summary.unmeant);
            assert!(summary.left.is_empty(), "seed {seed}: {:#?} ({})", summary.left, summary.says);
            total.deleted += summary.deleted;
            total.syncs += summary.syncs;
            total.calls += summary.calls;
        }
    }
    let Summary { syncs, calls, deleted, .. } = total;
    println!("{RUNS} runs: {syncs} syncs, {calls} calls, {deleted} deletions in {:?}", start.elapsed());
    // It does delete what is meant.
    assert!(deleted > 5 * RUNS as usize, "{deleted}");
    assert!(start.elapsed() < LIMIT, "{:?}", start.elapsed());
}

/// The faults bite: where one of the safeguards is missing the same histories lose objects.
#[tokio::test]
async fn each_safeguard_is_needed() {
    for (what, safeguards) in [
        ("complete", Safeguards { complete: false, ..SAFE }),
        ("guard", Safeguards { guard: false, ..SAFE }),
        ("not empty", Safeguards { not_empty: false, guard: false, complete: true }),
    ] {
        let mut lost = 0;
        for seed in 0..RUNS / 20 {
            lost += run(seed, safeguards).await.unmeant.len();
        }
        assert!(lost > 0, "without {what} nothing is lost");
    }
}
