//! The corpora of Helm, run where they are present.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bowline_base_value::{Value, from_json};

mod charts;
mod unit;

/// Where the corpus is.
#[expect(clippy::disallowed_methods, reason = "a test's configuration")]
pub fn root() -> PathBuf {
    std::env::var("BOWLINE_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus"), PathBuf::from)
}

/// A packed file of the corpus, unpacked; `None`, with a word about it, where it is absent.
#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "tests read the corpus from disk and say so")]
pub fn unpacked(name: &str) -> Option<Vec<u8>> {
    let path = root().join(name);
    let Ok(packed) = std::fs::read(&path) else {
        println!("corpus {name}: absent ({}), nothing was run", path.display());
        return None;
    };
    let mut out = Vec::new();
    lzma_rs::xz_decompress(&mut packed.as_slice(), &mut out).expect("the corpus is readable");
    Some(out)
}

/// The records of a part of the corpus.
pub fn records(name: &str) -> Option<Vec<Value>> {
    let text = String::from_utf8(unpacked(name)?).expect("the corpus is text");
    Some(text.lines().map(|line| from_json(line.as_bytes()).expect("the corpus is JSON")).collect())
}

/// The regular files of a tar archive.
pub fn tar_files(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = tar::Archive::new(bytes);
    let mut files = BTreeMap::new();
    for entry in archive.entries().expect("the corpus is a tar archive") {
        let mut entry = entry.expect("the corpus is a tar archive");
        if entry.header().entry_type().is_file() {
            let name = String::from_utf8_lossy(&entry.path_bytes()).trim_start_matches("./").to_string();
            let mut data = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut data).expect("the corpus is a tar archive");
            files.insert(name, data);
        }
    }
    files
}

/// Runs `body` on a thread with a stack that unoptimised code has enough of.
pub fn on_a_large_stack<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let thread = std::thread::Builder::new().stack_size(512 << 20).spawn(body).expect("a thread can be made");
    match thread.join() {
        Ok(value) => value,
        Err(panic) => std::panic::resume_unwind(panic),
    }
}
