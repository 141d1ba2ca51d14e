//! Randomly composed overlays: the same bytes as the real tool, or both fail.

mod fields;
mod objects;

use bowline_desired_kustomize::Kustomize;
use bowline_tests_conformance::peer;

use crate::compare::{difference, own, real};

/// How many compositions are compared unless `BOWLINE_RANDOM_OVERLAYS` says otherwise.
const COMPOSITIONS: u64 = 120;

/// A small deterministic source of choices.
pub struct Choices(u64);

// === impl Choices ===

impl Choices {
    fn next(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// True in `percent` of a hundred cases.
    pub fn chance(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// A number below `n`.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// One of several.
    pub fn pick<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }
}

/// The files of the composition with this number; what is built is in `top`.
pub fn compose(seed: u64) -> Vec<(String, String)> {
    let mut choices = Choices(seed);
    let c = &mut choices;
    let mut files = Vec::new();
    let mut resources = Vec::new();
    let mut known = std::collections::HashSet::new();
    let count = 1 + c.below(6);
    for i in 0..count {
        let mut documents: Vec<String> = (0..1 + c.below(3)).map(|_| objects::object(c)).collect();
        if i == 0 {
            documents = objects::targets(c);
        }
        // An identity may come once, and hardly any of the kinds here is told apart by more than its name.
        let mut fresh = |document: &String| {
            let line =
                |start: &str| document.lines().find(|line| line.starts_with(start)).unwrap_or_default().to_string();
            known.insert((line("kind:"), line("  name:")))
        };
        let documents: Vec<String> = documents.into_iter().filter(&mut fresh).collect();
        files.push((format!("base/r{i}.yaml"), documents.join("---\n")));
        resources.push(format!("r{i}.yaml"));
    }
    let fields = fields::fields(c, "base", &mut files);
    files.push(("base/kustomization.yaml".to_string(), format!("resources: [{}]\n{fields}", resources.join(", "))));
    let mut below = "base";
    for level in ["middle", "top"] {
        if level == "middle" && c.chance(50) {
            continue;
        }
        let mut text = format!("resources: [../{below}]\n");
        if c.chance(20) {
            let fields = fields::fields(c, &format!("{level}-component"), &mut files);
            let kind = "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n";
            files.push((format!("{level}-component/kustomization.yaml"), format!("{kind}{fields}crds: []\n")));
            text.push_str(&format!("components: [../{level}-component]\n"));
        }
        text.push_str(&fields::fields(c, level, &mut files));
        files.push((format!("{level}/kustomization.yaml"), text));
        below = level;
    }
    files
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the number of compositions is given from outside")]
fn random_overlays_print_the_same_bytes() {
    let Some(kustomize) = peer("kustomize") else { return };
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let count = number("BOWLINE_RANDOM_OVERLAYS").unwrap_or(COMPOSITIONS);
    let first = number("BOWLINE_RANDOM_FIRST").unwrap_or(0);
    let engine = Kustomize::new();
    let mut failures = Vec::new();
    let mut built = 0;
    for seed in first..first + count {
        let files = compose(seed);
        let (real, own) = (real(&kustomize, &files, "top"), own(&engine, &files, "top"));
        built += usize::from(real.is_ok());
        if let Some(difference) = difference(&real, &own) {
            failures.push(format!("composition {seed}: {difference}"));
        }
    }
    assert!(failures.is_empty(), "{} of {count} differ\n{}", failures.len(), failures.join("\n"));
    assert!(built as u64 * 5 > count * 2, "many compositions must build, else little is compared: {built} of {count}");
}

/// Files with something broken in them: a line gone, doubled or out of place, a character changed.
fn broken(seed: u64) -> Vec<(String, String)> {
    let mut files = compose(seed);
    let mut choices = Choices(seed ^ 0x5bd1_e995);
    let c = &mut choices;
    for _ in 0..1 + c.below(4) {
        let at = c.below(files.len());
        let mut lines: Vec<String> = files[at].1.lines().map(String::from).collect();
        if lines.is_empty() {
            continue;
        }
        let (i, j) = (c.below(lines.len()), c.below(lines.len()));
        match c.below(5) {
            0 => drop(lines.remove(i)),
            1 => lines.insert(j, lines[i].clone()),
            2 => lines.swap(i, j),
            3 => {
                lines[i] = lines[i].replacen(
                    c.pick(&[" ", ":", "-", "a", "{", "["]),
                    c.pick(&["", "  ", "&a ", "*a", "\t", "]", "é"]),
                    1,
                )
            }
            _ => lines[i].push_str(c.pick(&[" {", ": null", " []", " # x", " &x [*x]", "\"", " !!int x", " |"])),
        }
        files[at].1 = lines.join("\n") + "\n";
    }
    files
}

#[test]
fn broken_overlays_end_in_objects_or_errors() {
    let engine = Kustomize::new();
    let failed = (0..3000).filter(|seed| own(&engine, &broken(*seed), "top").is_err()).count();
    assert!(failed > 300, "what is broken must show: {failed}");
}
