//! A Jsonnet file: evaluating it gives a value or an error, in bounded time.
#![no_main]

use bowline_base_tree::MemoryTree;
use std::time::Duration;

use bowline_desired_jsonnet::{Budget, Evaluator, Options};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let tree = MemoryTree::from_files([("main.jsonnet", text)]);
    let budget = Budget { time: Duration::from_secs(5), result_bytes: 1 << 20, ..Budget::default() };
    // An evaluation that is given up goes on in its thread, so a new evaluator for each input.
    let _ = Evaluator::default().evaluate(&tree, "main.jsonnet", &Options { budget, ..Options::default() });
});
