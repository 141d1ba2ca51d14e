//! The files of the corpus, and counting how much of it is right.

use std::io::Read;

use bowline_base_tree::{EntryKind, MemoryTree, Tree};
use bowline_base_value::yaml;
use bowline_desired_kustomize::{Build, Error};

use crate::records::unpack;

/// The tree of a packed directory, whose first path segment is the repository.
pub fn archive(name: &str) -> Option<Tree> {
    let bytes = unpack(name)?;
    let mut tree = MemoryTree::new();
    for entry in tar::Archive::new(bytes.as_slice()).entries().expect("the corpus is tar") {
        let mut entry = entry.expect("the entries are whole");
        let path = entry.path().expect("paths are text").to_string_lossy().into_owned();
        match entry.header().entry_type() {
            tar::EntryType::Regular => {
                let mut content = Vec::new();
                entry.read_to_end(&mut content).expect("the entries are whole");
                tree.add(&path, EntryKind::File, content).expect("paths lead inside");
            }
            tar::EntryType::Symlink => {
                let target = entry.link_name().expect("links are text").expect("links have a target");
                let target = target.to_string_lossy().into_owned();
                tree.add(&path, EntryKind::Symlink, target.as_bytes()).expect("paths lead inside");
            }
            _ => {}
        }
    }
    Some(tree.into_tree())
}

/// Counts of one part of the corpus.
#[derive(Default)]
pub struct Score {
    cases: usize,
    objects: usize,
    bytes: usize,
    failures: Vec<String>,
}

impl Score {
    /// Compares a build with what the real tool printed, or that it failed.
    pub fn check(&mut self, name: &str, expected: Result<&str, &str>, got: Result<Build, Error>) {
        self.cases += 1;
        let problem = match (expected, got) {
            (Ok(expected), Ok(build)) => {
                let text = build.to_yaml();
                self.bytes += usize::from(text == expected);
                let wanted = yaml::documents(expected).expect("the real output is YAML");
                if wanted == build.resources {
                    self.objects += 1;
                    (text != expected).then(|| format!("bytes differ\n{}", difference(expected, &text)))
                } else {
                    let printed: String = wanted.iter().map(yaml::to_yaml).collect();
                    let own: String = build.resources.iter().map(yaml::to_yaml).collect();
                    Some(format!("objects differ\n{}", difference(&printed, &own)))
                }
            }
            (Err(_), Err(error)) => {
                self.objects += 1;
                self.bytes += 1;
                assert!(!error.chain().is_empty());
                None
            }
            (Ok(_), Err(error)) => Some(format!("error: {}", error.chain())),
            (Err(error), Ok(_)) => Some(format!("should fail: {error}")),
        };
        if let Some(problem) = problem {
            self.failures.push(format!("{name}: {problem}"));
        }
    }

    /// Prints the line, and fails unless enough is right.
    #[expect(clippy::print_stdout, reason = "the corpus tests print their figures")]
    pub fn finish(self, part: &str, least_bytes: f64) {
        if self.cases == 0 {
            return;
        }
        println!("corpus {part}: objects {}/{}, bytes {}/{}", self.objects, self.cases, self.bytes, self.cases);
        for failure in self.failures.iter().take(40) {
            println!("--- {failure}");
        }
        assert_eq!(self.objects, self.cases, "{part}: objects");
        assert!(self.bytes as f64 >= self.cases as f64 * least_bytes, "{part}: bytes");
    }
}

/// The first lines in which two texts differ.
fn difference(expected: &str, got: &str) -> String {
    let (a, b): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), got.lines().collect());
    let at = a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
    let from = at.saturating_sub(3);
    let show = |lines: &[&str], mark: &str| {
        lines.iter().skip(from).take(8).map(|line| format!("  {mark} {line}\n")).collect::<String>()
    };
    format!("  line {}\n{}{}", at + 1, show(&a, "want"), show(&b, "got "))
}
