//! How long renders take, beside Helm's library in its own process, in one run; one JSON line for each figure. Beside our
//! own charts, those that `BOWLINE_BENCH_CHARTS` names (directories, parted by colons) are measured.

#![expect(clippy::disallowed_methods, reason = "a bench measures time, and runs the real tool on files")]
#![expect(clippy::print_stdout, reason = "the figures are read from standard output")]

use std::alloc::System;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use bowline_base_tree::Tree;
use bowline_base_value::{Value, from_json};
use bowline_desired_helm::{Chart, Helm, Limits, Release, load};
use bowline_tests_helm::story::Story;
use bowline_tests_helm::{Repeating, peer, tree};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// What a small chart may cost, in microseconds.
const SMALL: u32 = 1000;
/// How many times faster than Helm's library a chart of middle size is to be.
const TIMES: u32 = 10;

fn mean_micros(mut run: impl FnMut()) -> f64 {
    run();
    let (begin, mut times) = (Instant::now(), 0u32);
    while begin.elapsed().as_millis() < 500 || times < 3 {
        run();
        times += 1;
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

fn release() -> Release {
    Release { limits: Limits { stack: 1 << 20, ..Limits::default() }, ..Release::new("rel", "ns1") }
}

fn rendered(helm: &Helm, chart: &Chart) -> usize {
    let rendered = helm.render(chart, &Value::object(), &release(), &mut Repeating(1));
    black_box(rendered.expect("because the bench's charts render").text(false)).len()
}

/// What the library needs: a render's microseconds and allocations on one thread, and renders a second on two.
struct Library {
    micros: f64,
    allocations: f64,
    rate: f64,
}

fn library(directory: &Path) -> Library {
    let run = |threads: &str| -> Value {
        let output = Command::new(peer("helm-render")).arg(directory).args(["1", threads]).output();
        from_json(&output.expect("because the peer runs").stdout).expect("because the peer prints JSON")
    };
    let figure = |figures: &Value, name: &str| figures.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
    let (one, two) = (run("1"), run("2"));
    Library { micros: figure(&one, "micros"), allocations: figure(&one, "allocations"), rate: figure(&two, "rate") }
}

fn main() {
    let room = tempfile::tempdir().expect("because there is room");
    Story::parse(include_str!("../stories/medium.txt")).write(room.path());
    let small = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/family");
    let mut charts = vec![("small", small, true), ("medium", room.path().join("shop"), false)];
    let named = std::env::var("BOWLINE_BENCH_CHARTS").unwrap_or_default();
    let named: Vec<PathBuf> = named.split(':').filter(|name| !name.is_empty()).map(PathBuf::from).collect();
    let names: Vec<String> =
        named.iter().map(|path| path.file_name().unwrap_or_default().to_string_lossy().into_owned()).collect();
    charts.extend(names.iter().zip(named).map(|(name, path)| (name.as_str(), path, false)));
    let helm = Helm::new();
    for (name, directory, is_small) in charts {
        measure(&helm, name, &directory, is_small);
    }
}

fn measure(helm: &Helm, name: &str, directory: &Path, is_small: bool) {
    let files: Tree = tree(directory);
    let fresh = || load(&files, "").expect("because the bench's charts load");
    let chart = fresh();
    let peer = library(directory);
    let again = mean_micros(|| assert!(rendered(helm, &chart) > 0));
    let target = is_small.then_some(SMALL);
    line(&format!("helm: {name} chart, rendered again"), again, "µs", target, "less", Some(peer.micros));
    let whole = mean_micros(|| assert!(rendered(helm, &fresh()) > 0));
    line(&format!("helm: {name} chart, loaded and rendered"), whole, "µs", None, "less", Some(peer.micros));
    let times = (!is_small).then_some(TIMES);
    line(&format!("helm: {name} chart, times as fast as the library"), peer.micros / again, "×", times, "more", None);
    let region = Region::new(ALLOCATOR);
    assert!(rendered(helm, &chart) > 0, "because the chart has templates");
    let allocations = region.change().allocations as f64;
    line(
        &format!("helm: {name} chart, allocations of a render"),
        allocations,
        "allocations",
        None,
        "less",
        Some(peer.allocations),
    );
    let begin = Instant::now();
    let rounds = (1e6 / again).ceil().max(2.0) as u32;
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| (0..rounds).for_each(|_| assert!(rendered(helm, &chart) > 0)));
        }
    });
    let rate = f64::from(2 * rounds) / begin.elapsed().as_secs_f64();
    line(&format!("helm: {name} chart on two threads"), rate, "renders/s", None, "more", Some(peer.rate));
}

fn line(name: &str, value: f64, unit: &str, target: Option<u32>, better: &str, peer: Option<f64>) {
    let target = target.map_or("null".to_string(), |target| target.to_string());
    let peer = peer.map(|peer| format!(r#","peer":{peer:.0}"#)).unwrap_or_default();
    println!(r#"{{"bench":"{name}","value":{value:.0},"unit":"{unit}","target":{target},"better":"{better}"{peer}}}"#);
}
