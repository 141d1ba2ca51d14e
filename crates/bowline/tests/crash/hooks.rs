//! [`Hooks`]: a stand-in for the kubelet, which lets the pods of hooks succeed after a while and remembers every one that it saw.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bowline_tests_kube::KubeServer;
use serde_json::json;

use crate::Dice;

/// A pod takes at most this long to succeed.
const TAKES: u64 = 120;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(10);

/// The uids of the pods that ran, by attempt and name.
type Ran = BTreeMap<(String, String), BTreeSet<String>>;

/// The kubelet, and what it saw. A pod ends by its hand alone, so it sees all of them.
pub struct Hooks {
    ran: Arc<Mutex<Ran>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

// === impl Hooks ===

impl Hooks {
    /// Looks after the pods of a namespace.
    pub fn watch(kube: &'static KubeServer, namespace: &str, seed: u64) -> Hooks {
        let (ran, stop) = (Arc::<Mutex<Ran>>::default(), Arc::<AtomicBool>::default());
        let thread = std::thread::spawn({
            let (ran, stop, path) = (ran.clone(), stop.clone(), format!("/api/v1/namespaces/{namespace}/pods"));
            move || {
                let (mut dice, mut ends) = (Dice(seed), BTreeMap::<String, Instant>::new());
                while !stop.load(Ordering::Relaxed) {
                    look(kube, &path, &ran, &mut dice, &mut ends);
                    std::thread::sleep(PAUSE);
                }
            }
        });
        Hooks { ran, stop, thread: Some(thread) }
    }

    /// Asserts that each of these ran in the attempt, and ran once.
    pub fn each_ran_once(&self, attempt: &str, names: &[&str]) {
        let ran = self.ran.lock().expect("because the kubelet does not panic");
        for name in names {
            let of_it = ran.iter().filter(|((a, n), _)| {
                let generated =
                    n.strip_prefix(name).is_some_and(|rest| rest.starts_with('-') && rest.matches('-').count() > 2);
                a.starts_with(attempt) && (n == name || generated)
            });
            let uids: Vec<_> = of_it.flat_map(|(_, uids)| uids).collect();
            assert_eq!(uids.len(), 1, "{name} in the attempt {attempt}: {uids:?} of {ran:#?}");
        }
    }

    /// Asserts that no hook ran twice in any attempt.
    pub fn none_ran_twice(&self) {
        let ran = self.ran.lock().expect("because the kubelet does not panic");
        let twice: Vec<_> = ran.iter().filter(|(_, uids)| uids.len() > 1).collect();
        assert!(twice.is_empty(), "{twice:?}");
    }

    /// How many pods ran.
    pub fn count(&self) -> usize {
        self.ran.lock().expect("because the kubelet does not panic").values().map(BTreeSet::len).sum()
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn look(kube: &KubeServer, path: &str, ran: &Mutex<Ran>, dice: &mut Dice, ends: &mut BTreeMap<String, Instant>) {
    let Ok(list) = kube.expect("GET", path, None) else { return };
    for pod in list["items"].as_array().into_iter().flatten() {
        let text = |pointer: &str| pod.pointer(pointer).and_then(|v| v.as_str()).unwrap_or_default().to_string();
        let (name, uid) = (text("/metadata/name"), text("/metadata/uid"));
        let attempt = text("/metadata/annotations/bowline.dev~1sync-attempt");
        ran.lock()
            .expect("because nobody panics with it")
            .entry((attempt, name.clone()))
            .or_default()
            .insert(uid.clone());
        if pod["status"]["phase"] == "Succeeded" {
            continue;
        }
        let end = ends.entry(uid).or_insert_with(|| Instant::now() + Duration::from_millis(dice.below(TAKES)));
        if Instant::now() >= *end {
            // One that is gone by now needs nothing.
            let _ = kube.request(
                "PATCH",
                &format!("{path}/{name}/status"),
                Some(&json!({"status": {"phase": "Succeeded"}})),
            );
        }
    }
}
