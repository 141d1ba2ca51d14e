//! A whole repository in one input, `-- path --` before each file: building it gives objects or an error.
#![no_main]

use bowline_base_tree::{EntryKind, MemoryTree};
use bowline_desired_kustomize::{Kustomize, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut tree = MemoryTree::new();
    let (mut path, mut content) = ("kustomization.yaml", String::new());
    for line in text.split_inclusive('\n') {
        match line.trim_end().strip_prefix("-- ").and_then(|line| line.strip_suffix(" --")) {
            Some(next) => {
                let _ = tree.add(path, EntryKind::File, content.as_bytes());
                (path, content) = (next, String::new());
            }
            None => content.push_str(line),
        }
    }
    let _ = tree.add(path, EntryKind::File, content.as_bytes());
    if let Ok(build) = Kustomize::new().build(&tree.into_tree(), "", Options::default()) {
        let _ = build.to_yaml();
    }
});
