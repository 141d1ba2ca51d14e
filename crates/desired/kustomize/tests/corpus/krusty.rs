//! The cases of kustomize's own tests of whole builds.

use bowline_base_tree::EntryKind;
use bowline_base_tree::MemoryTree;
use bowline_desired_kustomize::{Kustomize, LoadRestrictor, Options, Reorder};

use crate::files::Score;
use crate::records::{records, text};

#[test]
fn corpus_krusty() {
    let engine = Kustomize::new();
    let mut score = Score::default();
    for record in records("unit/kustomize_krusty.jsonl.xz") {
        let mut tree = MemoryTree::new();
        let files = record.get_path(&["tree", "files"]).and_then(|files| files.as_object());
        for (path, content) in files.into_iter().flat_map(|files| files.iter()) {
            let content = content.as_str().expect("contents are texts");
            tree.add(path, EntryKind::File, content.as_bytes()).expect("paths lead inside");
        }
        let options = Options {
            load_restrictor: match text(&record, "loadRestrictions") {
                "LoadRestrictionsNone" => LoadRestrictor::None,
                _ => LoadRestrictor::RootOnly,
            },
            reorder: match text(&record, "reorder") {
                "none" => Reorder::None,
                "legacy" => Reorder::Legacy,
                _ => Reorder::Unspecified,
            },
            managed_by_label: record.get("managedBy").and_then(|v| v.as_bool()) == Some(true),
            ..Options::default()
        };
        // The case builds at the root of the file system, where `..` is the root: a source has nothing there.
        // Others clone repositories that their test made on disk.
        if text(&record, "test") == "TestNameReferenceDeploymentIssue3489"
            || text(&record, "test").starts_with("TestRemoteLoad_LocalProtocol")
        {
            continue;
        }
        let path = text(&record, "path").trim_start_matches('/');
        // Some fail only when the result is printed.
        let failed = record.get("error").or_else(|| record.get("yamlError"));
        let expected = match failed.and_then(|error| error.as_str()) {
            Some(error) => Err(error),
            None => Ok(text(&record, "output")),
        };
        score.check(text(&record, "test"), expected, engine.build(&tree.into_tree(), path, options));
    }
    score.finish("krusty", 1.0);
}
