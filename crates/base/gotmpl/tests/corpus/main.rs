//! The unit corpora of Go's text/template, run where they are present.

use std::path::{Path, PathBuf};

mod exec;
mod parse;
mod world;

/// The records of a part of the corpus; `None`, with a word about it, where the corpus is absent.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "tests read the corpus from disk and say so")]
fn records(part: &str) -> Option<Vec<serde_json::Value>> {
    let root = std::env::var("BOWLINE_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus"), PathBuf::from);
    let path = root.join(format!("unit/{part}.jsonl.xz"));
    let Ok(packed) = std::fs::read(&path) else {
        println!("corpus {part}: absent ({}), nothing was run", path.display());
        return None;
    };
    let mut text = Vec::new();
    lzma_rs::xz_decompress(&mut packed.as_slice(), &mut text).expect("the corpus is readable");
    let text = String::from_utf8(text).expect("the corpus is text");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("the corpus is JSON")).collect())
}

/// Prints the score and fails with the differences.
#[expect(clippy::print_stdout, reason = "the score is read by people")]
fn score(part: &str, total: usize, left_out: &[String], failures: &[String]) {
    println!("corpus {part}: {}/{total}, left out {}", total - failures.len(), left_out.len());
    for reason in left_out {
        println!("  left out: {reason}");
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
