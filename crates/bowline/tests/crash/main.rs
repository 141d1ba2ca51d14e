//! The server killed at random moments in the middle of syncs with hooks and waves, and started again: what was begun goes on at once,
//! ends as it should, and no hook runs twice for one attempt.

#![expect(clippy::disallowed_methods, reason = "tests run the programs and measure how long they take")]
#![expect(clippy::print_stdout, reason = "what was measured is told to who asks for it")]
#![expect(dead_code, reason = "the lab is that of the end-to-end tests, which use more of it")]

#[path = "../e2e/lab.rs"]
mod lab;

mod hooks;

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::hooks::Hooks;
use crate::lab::Lab;

/// Kills.
const KILLS: usize = 50;
/// Kills of one sync, at most: then it may end.
const IN_ONE_SYNC: usize = 5;
/// A kill comes within this time from the start of the server, or of the sync.
const WITHIN: Duration = Duration::from_millis(900);
/// Until the server that was started again has gone on with what was under way.
const GOES_ON_WITHIN: Duration = Duration::from_secs(2);
/// What all of it may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(240);
/// Decides the moments.
const SEED: u64 = 20_260_101;

const WAVES: [i32; 5] = [-1, 0, 1, 2, 3];
const OBJECTS_OF_A_WAVE: usize = 9;
/// `name, phase, wave, delete policy`; the last two together with 45 objects make 50.
const HOOKS: [(&str, &str, i32, &str); 5] = [
    ("before", "PreSync", 0, "BeforeHookCreation"),
    ("before-too", "PreSync", 1, "HookSucceeded"),
    ("beside", "Sync", 1, "BeforeHookCreation"),
    ("after", "PostSync", 0, "HookSucceeded"),
    ("named-anew", "PostSync", 1, "HookSucceeded"),
];

/// Numbers by a seed (SplitMix64).
pub struct Dice(u64);

impl Dice {
    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn moment(&mut self) -> Duration {
        Duration::from_millis(self.below(WITHIN.as_millis() as u64))
    }
}

#[test]
fn a_server_that_is_killed_again_and_again_ends_its_syncs_and_runs_no_hook_twice() {
    let mut lab = Lab::new("crash");
    let begun = Instant::now();
    let hooks = Hooks::watch(lab.kube, &lab.target, SEED);
    let mut dice = Dice(SEED);
    let revision = commit(&lab, 0);
    lab.create("crash", "app", &["--sync-policy", "automated"]);
    lab.wait_synced("crash", Some(&revision));

    let (mut kills, mut round, mut goes_on) = (0, 0, Vec::new());
    while kills < KILLS {
        round += 1;
        let revision = commit(&lab, round);
        lab.refresh("crash");
        let mut under_way: Option<String> = None;
        for _ in 0..IN_ONE_SYNC.min(KILLS - kills) {
            let before = lab.running(&revision);
            if !sleep_unless(dice.moment(), || lab.is_done(&revision)) {
                break;
            }
            lab.kill();
            kills += 1;
            if let Some(started) = lab.running(&revision) {
                // What was on record as begun is not begun anew.
                assert!(under_way.is_none_or(|before| before == started), "the sync was begun again");
                under_way = Some(started);
            } else {
                under_way = before;
            }
            let version = lab.version();
            let start = Instant::now();
            lab.start();
            if lab.running(&revision).is_some() {
                goes_on.extend(lab.goes_on(&version, start));
            }
        }
        let app = lab.wait_synced("crash", Some(&revision));
        let state = &app["status"]["operationState"];
        assert_eq!(state["phase"], "Succeeded", "{state:#}");
        if let Some(started) = under_way {
            assert_eq!(state["startedAt"], started.as_str(), "another sync than the one that was under way: {state:#}");
        }
        converged(&lab, round);
        let attempt = attempt(state);
        hooks.each_ran_once(&attempt, &HOOKS.map(|(name, ..)| name));
    }
    goes_on.sort();
    let (middle, longest) = (goes_on[goes_on.len() / 2], goes_on[goes_on.len() - 1]);
    println!(
        "{kills} kills in {round} syncs, {:?}; gone on {} times, p50 {middle:?}, at most {longest:?}; {} hooks",
        begun.elapsed(),
        goes_on.len(),
        hooks.count(),
    );
    assert!(goes_on.len() >= KILLS / 4, "too few of the kills hit what was on record as running: {}", goes_on.len());
    assert!(longest < GOES_ON_WITHIN, "{goes_on:?}");
    hooks.none_ran_twice();
    assert!(begun.elapsed() < LIMIT, "{:?}", begun.elapsed());
}

/// Waits, unless `done`: whether it waited to the end.
fn sleep_unless(time: Duration, done: impl Fn() -> bool) -> bool {
    let start = Instant::now();
    while start.elapsed() < time {
        std::thread::sleep(Duration::from_millis(10));
        if done() {
            return false;
        }
    }
    true
}

/// The objects of a round: each says which round it is of.
fn commit(lab: &Lab, round: usize) -> String {
    let mut text = String::new();
    for wave in WAVES {
        for i in 0..OBJECTS_OF_A_WAVE {
            text.push_str(&format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: object-{}-{i}\n  annotations: {{argocd.argoproj.io/sync-wave: \"{wave}\"}}\ndata: {{round: \"{round}\"}}\n",
                wave + 1
            ));
        }
    }
    for (name, phase, wave, policy) in HOOKS {
        let named = if name == "named-anew" { format!("generateName: {name}-") } else { format!("name: {name}") };
        text.push_str(&format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata:\n  {named}\n  annotations:\n    argocd.argoproj.io/hook: {phase}\n    argocd.argoproj.io/sync-wave: \"{wave}\"\n    argocd.argoproj.io/hook-delete-policy: {policy}\nspec:\n  restartPolicy: Never\n  containers: [{{name: c, image: busybox, args: [\"{round}\"]}}]\n"
        ));
    }
    lab.repo.commit(&[("app/all.yaml", Some(&text))])
}

fn converged(lab: &Lab, round: usize) {
    let path = format!("/api/v1/namespaces/{}/configmaps", lab.target);
    let list = lab.kube.expect("GET", &path, None).expect("because the API server runs");
    let ours = |item: &&Value| item["metadata"]["name"].as_str().is_some_and(|name| name.starts_with("object-"));
    let items: Vec<&Value> = list["items"].as_array().expect("because it is a list").iter().filter(ours).collect();
    assert_eq!(items.len(), WAVES.len() * OBJECTS_OF_A_WAVE);
    let round = round.to_string();
    let old: Vec<&Value> = items.into_iter().filter(|item| item["data"]["round"] != round.as_str()).collect();
    assert!(old.is_empty(), "of an earlier round: {old:#?}");
}

/// What marks the hooks of the attempt that an operation state tells of: when it began, and how often it was tried again.
fn attempt(state: &Value) -> String {
    let started: jiff::Timestamp = state["startedAt"].as_str().unwrap_or_default().parse().expect("because it began");
    format!("{}-{}-", started.as_second(), state["retryCount"].as_u64().unwrap_or_default())
}

// === impl Lab ===

impl Lab {
    fn stored(&self) -> Value {
        let path = format!("/apis/argoproj.io/v1alpha1/namespaces/{}/applications/crash", self.control);
        self.kube.expect("GET", &path, None).expect("because the API server runs")
    }

    fn version(&self) -> String {
        self.stored()["metadata"]["resourceVersion"].to_string()
    }

    /// When the sync to `revision` that is on record as running began.
    fn running(&self, revision: &str) -> Option<String> {
        let app = self.stored();
        let state = &app["status"]["operationState"];
        let runs = state["phase"] == "Running" && state["syncResult"]["revision"] == revision;
        runs.then(|| state["startedAt"].as_str().unwrap_or_default().to_string())
    }

    fn is_done(&self, revision: &str) -> bool {
        let app = self.stored();
        let state = &app["status"]["operationState"];
        state["phase"] == "Succeeded" && state["syncResult"]["revision"] == revision
    }

    /// How long after the start the server has written what it did; none where that takes longer than anyone waits.
    fn goes_on(&self, version: &str, start: Instant) -> Option<Duration> {
        while start.elapsed() < GOES_ON_WITHIN * 5 {
            if self.version() != version {
                return Some(start.elapsed());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not go on:\n{:#}\n{}", self.stored()["status"]["operationState"], self.log());
    }
}
