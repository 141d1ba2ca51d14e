//! A Jsonnet file: evaluating it gives a value or an error. Loops without end are for the caller's deadline: inputs with
//! them are told by the fuzzer's own.
#![no_main]

use bowline_base_tree::MemoryTree;
use bowline_desired_jsonnet::{Options, evaluate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let tree = MemoryTree::from_files([("main.jsonnet", text)]);
    let _ = evaluate(&tree, "main.jsonnet", &Options::default());
});
