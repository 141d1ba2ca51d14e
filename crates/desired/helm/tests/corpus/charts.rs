//! Real charts, rendered as `helm template rel CHART -n ns1 --include-crds [-f VALUES]`.

use std::collections::BTreeMap;

use bowline_base_tree::MemoryTree;
use bowline_base_value::{Value, yaml};
use bowline_desired_helm::{Chart, Helm, Host, Limits, Release, load, split, values};

/// A world that repeats itself.
pub struct Fixed(pub u64);

impl Host for Fixed {
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

#[derive(Default)]
struct Score {
    objects: (usize, usize),
    bytes: (usize, usize),
    errors: (usize, usize),
    failures: Vec<String>,
    byte_failures: Vec<String>,
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is read by people")]
fn corpus_helm_charts() {
    let Some(records) = crate::records("helm/goldens.jsonl.xz") else { return };
    let Some(inputs) = crate::unpacked("helm/inputs.tar.xz") else { return };
    let score = crate::on_a_large_stack(move || run(&records, &inputs));
    for failure in &score.byte_failures {
        println!("bytes: {failure}");
    }
    println!(
        "corpus helm: objects {}/{}, bytes {}/{}, errors {}/{}",
        score.objects.0, score.objects.1, score.bytes.0, score.bytes.1, score.errors.0, score.errors.1
    );
    assert!(score.failures.is_empty(), "{} differ:\n{}", score.failures.len(), score.failures.join("\n"));
}

fn run(records: &[Value], inputs: &[u8]) -> Score {
    let files = crate::tar_files(inputs);
    let mut by_chart: BTreeMap<&str, Vec<(&str, &[u8])>> = BTreeMap::new();
    for (path, data) in &files {
        if let Some((key, rest)) = path.split_once('/') {
            by_chart.entry(key).or_default().push((rest, data));
        }
    }
    let mut charts: BTreeMap<&str, Result<Chart, String>> = BTreeMap::new();
    let helm = Helm::new();
    let mut score = Score::default();
    for record in records {
        let key = record.str_at(&["key"]).expect("a record has a key");
        let files = by_chart.get(key).cloned().unwrap_or_default();
        let chart = charts.entry(key).or_insert_with(|| {
            load(&MemoryTree::from_files(files.iter().copied()), "").map_err(|error| error.to_string())
        });
        one(&helm, chart, &files, record, &mut score);
    }
    score
}

fn one(helm: &Helm, chart: &Result<Chart, String>, files: &[(&str, &[u8])], record: &Value, score: &mut Score) {
    let values_file = record.str_at(&["values"]);
    let name = format!("{} {}", record.str_at(&["key"]).unwrap_or_default(), values_file.unwrap_or("-"));
    let got = chart.clone().and_then(|chart| {
        let values = match values_file {
            None => Value::object(),
            Some(file) => {
                let data = files.iter().find(|(path, _)| *path == file).map(|(_, data)| *data).unwrap_or_default();
                values::from_yaml(data)?
            }
        };
        let mut release = Release::new("rel", "ns1");
        release.limits = Limits { stack: 500 << 20, ..Limits::default() };
        release.capabilities.helm_version = "v4.2".into();
        helm.render(&chart, &values, &release, &mut Fixed(0x9e37_79b9_7f4a_7c15))
            .map(|rendered| rendered.text(true))
            .map_err(|e| e.to_string())
    });
    let Some(want) = record.str_at(&["output"]) else {
        score.errors.1 += 1;
        match got {
            Err(_) => score.errors.0 += 1,
            Ok(_) => score.failures.push(format!("{name}: an error was expected: {:?}", record.str_at(&["error"]))),
        }
        return;
    };
    let got = match got {
        Ok(got) => got,
        Err(error) => {
            score.objects.1 += 1;
            score.bytes.1 += 1;
            score.failures.push(format!("{name}: {error}"));
            return;
        }
    };
    let masked: Vec<usize> = record
        .get("masked_lines")
        .and_then(Value::as_array)
        .map(|lines| lines.iter().filter_map(|line| line.as_i64()).map(|line| line as usize).collect())
        .unwrap_or_default();
    let (want_masked, got_masked) = (mask(want, &masked), mask(&got, &masked));
    score.bytes.1 += 1;
    if want_masked == got_masked {
        score.bytes.0 += 1;
    } else {
        score.byte_failures.push(format!("{name}: {}", first_difference(&want_masked, &got_masked)));
    }
    score.objects.1 += 1;
    match different_objects(&want_masked, &got_masked) {
        None => score.objects.0 += 1,
        Some(difference) => score.failures.push(format!("{name}: {difference}")),
    }
}

/// Random lines are compared by their indentation and key alone.
fn mask(text: &str, lines: &[usize]) -> String {
    if lines.is_empty() {
        return text.to_string();
    }
    let masked = text.split('\n').enumerate().map(|(i, line)| {
        if !lines.contains(&i) {
            return line.to_string();
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        match line.split_once(": ") {
            Some((key, _)) => format!("{key}: x"),
            None => format!("{indent}x"),
        }
    });
    masked.collect::<Vec<_>>().join("\n")
}

fn first_difference(want: &str, got: &str) -> String {
    let mut source = "";
    for (i, (a, b)) in want.split('\n').zip(got.split('\n')).enumerate() {
        if a.starts_with("# Source") {
            source = a;
        }
        if a != b {
            return format!("line {i} of {source}: want {a:?}, got {b:?}");
        }
    }
    format!("want {} bytes, got {}", want.len(), got.len())
}

fn different_objects(want: &str, got: &str) -> Option<String> {
    let (want, got) = (split(want), split(got));
    for (i, (a, b)) in want.iter().zip(&got).enumerate() {
        if a == b {
            continue;
        }
        match (yaml::from_yaml(a), yaml::from_yaml(b)) {
            (Ok(x), Ok(y)) if x == y => {}
            _ => return Some(format!("document {i}: {}", first_difference(a, b))),
        }
    }
    (want.len() != got.len()).then(|| format!("want {} documents, got {}", want.len(), got.len()))
}
