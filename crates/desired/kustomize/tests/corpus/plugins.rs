//! The cases of kustomize's own tests of built-in plugins, each as a kustomization with that one transformer.

use bowline_base_tree::{EntryKind, MemoryTree};
use bowline_desired_kustomize::{Kustomize, Options, Reorder};

use crate::files::Score;
use crate::records::{records, text};

#[test]
fn corpus_builtin_plugins() {
    let engine = Kustomize::new();
    let mut score = Score::default();
    for record in records("unit/kustomize_builtin_plugins.jsonl.xz") {
        let mut tree = MemoryTree::new();
        // The plugin is configured in the directory of its files.
        let files = record.get("files").and_then(|files| files.as_object());
        let directory = files.and_then(|files| files.keys().next()).and_then(|path| path.rsplit_once('/'));
        let directory = format!("app{}", directory.map_or("", |(directory, _)| directory));
        for (path, content) in files.into_iter().flat_map(|files| files.iter()) {
            let content = content.as_str().unwrap_or_default();
            tree.add(&format!("app{path}"), EntryKind::File, content.as_bytes()).expect("paths lead inside");
        }
        let mut add = |path: &str, content: &str| {
            tree.add(&format!("{directory}/{path}"), EntryKind::File, content.as_bytes()).expect("paths lead inside");
        };
        let generator = record.get("generator").and_then(|v| v.as_bool()) == Some(true);
        let field = if generator { "generators" } else { "transformers" };
        let input = if generator { "" } else { "resources: [input-resources.yaml]\n" };
        add("input-resources.yaml", text(&record, "input"));
        add("plugin-config.yaml", text(&record, "config"));
        add("kustomization.yaml", &format!("{input}{field}: [plugin-config.yaml]\n"));
        let expected = match record.get("err").and_then(|error| error.as_str()) {
            Some(error) => Err(error),
            None => Ok(text(&record, "out")),
        };
        let options = Options { reorder: Reorder::None, ..Options::default() };
        score.check(text(&record, "test"), expected, engine.build(&tree.into_tree(), &directory, options));
    }
    score.finish("builtin_plugins", 1.0);
}
