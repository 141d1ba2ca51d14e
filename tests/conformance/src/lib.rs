//! Our renderers beside the real tools: where the tools are, and repositories written as one text.

use std::path::{Path, PathBuf};
use std::process::Command;

use bowline_base_tree::{MemoryTree, Tree};

/// The path of a peer; `None`, with a word about it, where it is not built.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "the real tools are programs, and tests say what they leave out"
)]
pub fn peer(name: &str) -> Option<PathBuf> {
    let build = Path::new(env!("CARGO_MANIFEST_DIR")).join("../peers/build");
    let output = Command::new(build).args(["--where", name]).output().ok()?;
    if !output.status.success() {
        eprintln!("{name} is not built, nothing is compared with it; run tests/peers/build {name}");
        return None;
    }
    Some(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()))
}

/// The files of a text in which a line `-- path --` begins each.
pub fn files(text: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = Vec::new();
    for line in text.split_inclusive('\n') {
        let header = line.trim_end_matches('\n').strip_prefix("-- ").and_then(|rest| rest.strip_suffix(" --"));
        match (header, files.last_mut()) {
            (Some(path), _) => files.push((path.to_string(), String::new())),
            (None, Some((_, content))) => content.push_str(line),
            (None, None) => {}
        }
    }
    files
}

/// The files as a tree.
pub fn tree(files: &[(String, String)]) -> Tree {
    MemoryTree::from_files(files.iter().map(|(path, content)| (path.as_str(), content.as_bytes())))
}
