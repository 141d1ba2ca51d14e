//! Real kustomizations.

use bowline_desired_kustomize::{Kustomize, Options};

use crate::files::{Score, archive};
use crate::records::{records, text};

#[test]
fn corpus_kustomize() {
    let Some(tree) = archive("kustomize/inputs.tar.xz") else { return };
    let engine = Kustomize::new();
    let mut score = Score::default();
    for record in records("kustomize/goldens.jsonl.xz") {
        let path = format!("{}/{}", text(&record, "repo").replace('/', "+"), text(&record, "path"));
        let expected = match record.get("output").and_then(|output| output.as_str()) {
            Some(output) => Ok(output),
            None => Err(text(&record, "error")),
        };
        score.check(&path, expected, engine.build(&tree, &path, Options::default()));
    }
    score.finish("kustomize", 0.99);
}
