//! How long a render takes, as one JSON line for each chart. Beside the charts of `tests/helm`, those that `BOWLINE_BENCH_CHARTS`
//! names (directories, parted by colons) are measured.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bowline_base_tree::{EntryKind, MemoryTree};
use bowline_base_value::Value;
use bowline_desired_helm::{Helm, Host, Limits, Release, load};

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

#[expect(clippy::print_stdout, clippy::disallowed_methods, reason = "the figures are read from standard output")]
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
        let cold = mean_micros(|| {
            let chart = load(&tree, "").expect("because the chart loads");
            black_box(helm.render(&chart, &values, &release, &mut Still(1)).map(|r| r.text(true)).ok());
        });
        let chart = load(&tree, "").expect("because the chart loads");
        let text = helm.render(&chart, &values, &release, &mut Still(1)).map(|r| r.text(true));
        let bytes = text.as_ref().map(String::len).unwrap_or_default();
        let warm = mean_micros(|| {
            black_box(helm.render(&chart, &values, &release, &mut Still(1)).map(|r| r.text(true)).ok());
        });
        println!(
            "{{\"bench\":\"helm/{name}\",\"output_bytes\":{bytes},\"load_and_render_us\":{cold:.0},\"render_us\":{warm:.0},\"error\":{:?}}}",
            text.err().map(|e| e.to_string().chars().take(80).collect::<String>()).unwrap_or_default()
        );
    }
}
