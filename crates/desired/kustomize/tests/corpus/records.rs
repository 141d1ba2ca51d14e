//! Reading the records of the corpus.

use std::io::BufReader;
use std::path::PathBuf;

use bowline_base_value::{Value, from_json};

/// Where the corpus is, if it is anywhere.
#[expect(clippy::disallowed_methods, reason = "the place of the corpus is the environment's business")]
fn root() -> Option<PathBuf> {
    let root = match std::env::var("BOWLINE_CORPUS") {
        Ok(root) => PathBuf::from(root),
        Err(_) => PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus"),
    };
    root.is_dir().then_some(root)
}

/// A file of the corpus, unpacked; `None` (and a word about it) where it is absent.
#[expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "tests read the corpus from disk and say what they left out"
)]
pub fn unpack(name: &str) -> Option<Vec<u8>> {
    let path = root().map(|root| root.join(name)).filter(|path| path.is_file());
    let Some(path) = path else {
        println!("corpus: {name} is not there; nothing was checked");
        return None;
    };
    let file = std::fs::File::open(&path).expect("the corpus can be read");
    let mut bytes = Vec::new();
    lzma_rs::xz_decompress(&mut BufReader::new(file), &mut bytes).expect("the corpus is xz");
    Some(bytes)
}

/// The records of a file with one JSON object per line.
pub fn records(name: &str) -> Vec<Value> {
    let bytes = unpack(name).unwrap_or_default();
    let lines = bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| from_json(line).expect("a line is JSON")).collect()
}

/// A text of a record.
pub fn text<'r>(record: &'r Value, field: &str) -> &'r str {
    record.str_at(&[field]).unwrap_or_default()
}
