//! How long a render takes, as JSON lines. Beside the charts of `tests/helm`, those that `BOWLINE_BENCH_CHARTS`
//! names (directories, parted by colons) are measured.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bowline_base_tree::{EntryKind, MemoryTree};
use bowline_base_value::Value;
use bowline_desired_helm::{Chart, Helm, Host, Limits, Release, load};

struct Still(u64);

impl Host for Still {
    fn random(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = (self.0 >> 32) as u8;
        }
    }

    fn now(&self) -> (i64, u32) {
        (1_764_000_000, 0)
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench reads its charts")]
fn add(tree: &mut MemoryTree, directory: &Path, prefix: &str) {
    for entry in std::fs::read_dir(directory).expect("because the chart is there").flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add(tree, &entry.path(), &format!("{path}/"));
        } else {
            let data = std::fs::read(entry.path()).expect("because the file can be read");
            tree.add(&path, EntryKind::File, data).expect("because the path is below the root");
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures time")]
fn mean_micros(mut run: impl FnMut()) -> f64 {
    run();
    let begin = Instant::now();
    let mut times = 0;
    while begin.elapsed().as_millis() < 500 || times < 3 {
        run();
        times += 1;
    }
    begin.elapsed().as_secs_f64() * 1e6 / f64::from(times)
}

#[expect(
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a bench reads its settings and says what it leaves out"
)]
fn main() {
    let mut charts = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/helm/charts/family")];
    charts.extend(
        std::env::var("BOWLINE_BENCH_CHARTS")
            .unwrap_or_default()
            .split(':')
            .filter(|s| !s.is_empty())
            .map(PathBuf::from),
    );
    let helm = Helm::new();
    for directory in charts {
        let mut tree = MemoryTree::new();
        add(&mut tree, &directory, "");
        let tree = tree.into_tree();
        let name = directory.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let release = Release { limits: Limits { stack: 4 << 20, ..Limits::default() }, ..Release::new("rel", "ns1") };
        let values = Value::object();
        let run = |chart: &Chart| helm.render(chart, &values, &release, &mut Still(1)).map(|r| r.text(true));
        let chart = load(&tree, "").expect("because the chart loads");
        if let Err(error) = run(&chart) {
            eprintln!("{name} is left out: {error}");
            continue;
        }
        // What a small chart may cost; it says nothing of those that are named from outside.
        let target = if name == "family" { "1000" } else { "null" };
        line(&format!("helm: {name}, render"), mean_micros(|| drop(black_box(run(&chart)))), target);
        let from_files = mean_micros(|| drop(black_box(run(&load(&tree, "").expect("because it loaded before")))));
        line(&format!("helm: {name}, load and render"), from_files, "null");
    }
}

#[expect(clippy::print_stdout, reason = "the figures are read from standard output")]
fn line(name: &str, micros: f64, target: &str) {
    println!(r#"{{"bench":"{name}","value":{micros:.0},"unit":"µs","target":{target},"better":"less"}}"#);
}
