//! Our Helm beside the real one: the peer of `tests/peers`, run on the same input.

use std::path::{Path, PathBuf};
use std::process::Command;

use bowline_base_tree::{MemoryTree, Tree};
use bowline_desired_helm::template::{Flags, Reader, template};
use bowline_desired_helm::{Chart, Helm, Host, LoadError, load, load_archive_file};

pub mod story;
pub mod templates;
pub mod values;

/// What a tool gave: its text, or its error without `Error: `.
pub type Outcome = Result<String, String>;

/// The path of a peer.
///
/// # Panics
///
/// Where it is not built: run `tests/peers/build NAME`.
#[expect(clippy::disallowed_methods, reason = "tests run the real tools")]
pub fn peer(name: &str) -> PathBuf {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../peers/build");
    let output = Command::new(&build).args(["--where", name]).output().expect("because tests/peers/build can be run");
    assert!(output.status.success(), "{name} is not built; run tests/peers/build {name}");
    PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
}

/// `helm template` as a process, in `directory`.
#[expect(clippy::disallowed_methods, reason = "tests run the real tools")]
pub fn helm_template(helm: &Path, directory: &Path, args: &[&str]) -> Outcome {
    let output = Command::new(helm)
        .arg("template")
        .args(args)
        .current_dir(directory)
        .env("HOME", directory)
        .env("TZ", "UTC")
        .output()
        .expect("because helm can be run");
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    // Warnings may stand before.
    let error = text.split_once("Error: ").map_or(text.as_str(), |(_, error)| error);
    Err(error.trim_end().to_string())
}

/// A directory of the disk as a reader of charts and values files.
pub struct Directory<'d>(pub &'d Path);

impl Reader for Directory<'_> {
    #[expect(clippy::disallowed_methods, reason = "tests read files")]
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        std::fs::read(self.0.join(name)).map_err(|_| format!("open {name}: no such file or directory"))
    }

    fn chart(&self, reference: &str) -> Result<Chart, String> {
        let path = self.0.join(reference);
        if path.is_file() {
            return load_archive_file(reference, &self.read(reference)?).map_err(|error| error.to_string());
        }
        if !path.is_dir() {
            return Err(format!("path {reference:?} not found"));
        }
        load(&tree(&path), "").map_err(|error| match error {
            LoadError::Absent { .. } => {
                let path = path.join("Chart.yaml");
                format!("unable to detect chart at {0}: open {0}: no such file or directory", path.display())
            }
            error => error.to_string(),
        })
    }
}

/// The files below a directory as a tree.
pub fn tree(directory: &Path) -> Tree {
    let mut tree = MemoryTree::new();
    add(&mut tree, directory, "");
    tree.into_tree()
}

#[expect(clippy::disallowed_methods, reason = "tests read files")]
fn add(tree: &mut MemoryTree, directory: &Path, prefix: &str) {
    for entry in std::fs::read_dir(directory).expect("because the directory is there") {
        let entry = entry.expect("because the directory can be read");
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            add(tree, &entry.path(), &format!("{path}/"));
        } else {
            let data = std::fs::read(entry.path()).expect("because the file can be read");
            tree.add(&path, bowline_base_tree::EntryKind::File, data).expect("because the path is below the root");
        }
    }
}

/// A world that repeats itself.
pub struct Repeating(pub u64);

impl Repeating {
    /// The next number of an xorshift sequence.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        (self.number() >> 16) % limit
    }
}

impl Host for Repeating {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.iter_mut().for_each(|byte| *byte = (self.number() >> 32) as u8);
    }

    fn now(&self) -> (i64, u32) {
        (1_764_000_000, 0)
    }
}

/// The same as [`helm_template`], in process. Flags are those that the tests use.
pub fn our_template(helm: &Helm, directory: &Path, args: &[&str]) -> Outcome {
    let (mut words, mut flags) = (Vec::new(), Flags::default());
    let mut args = args.iter().map(ToString::to_string);
    while let Some(arg) = args.next() {
        let mut next = || args.next().expect("because the flag has a value");
        match arg.as_str() {
            "-f" | "--values" => flags.values.push(next()),
            "-n" | "--namespace" => flags.namespace = next(),
            "--set" => flags.set.push(next()),
            "--set-string" => flags.set_string.push(next()),
            "--set-json" => flags.set_json.push(next()),
            "--set-literal" => flags.set_literal.push(next()),
            "--set-file" => flags.set_file.push(next()),
            "--kube-version" => flags.kube_version = next(),
            "--api-versions" => flags.api_versions.push(next()),
            "--show-only" => flags.show_only.push(next()),
            "--name-template" => flags.name_template = next(),
            "--include-crds" => flags.include_crds = true,
            "--skip-tests" => flags.skip_tests = true,
            "--no-hooks" => flags.no_hooks = true,
            "--is-upgrade" => flags.is_upgrade = true,
            "--skip-schema-validation" => flags.skip_schema_validation = true,
            "--debug" => flags.debug = true,
            _ => words.push(arg),
        }
    }
    let output = template(helm, &words, &flags, &Directory(directory), &mut Repeating(0x9e37_79b9_7f4a_7c15));
    match output.error {
        None => Ok(output.stdout),
        Some(error) => Err(error.trim_end().to_string()),
    }
}
