//! The whole tree is held to the rules of the house.
#![expect(
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that reads the tree, asks git and cargo about it, and prints what deserves a thought"
)]

use std::path::Path;
use std::process::Command;

use bowline_tests_tidy::{code, files, layers, manifests};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn output(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The files that git tracks and that are there, with their text where they have one.
fn tracked() -> Vec<(String, String)> {
    let list = output("git", &["ls-files", "-z"]);
    let files: Vec<(String, String)> = list
        .split_terminator('\0')
        .filter_map(|path| Some((path.to_owned(), std::fs::read_to_string(root().join(path)).ok()?)))
        .collect();
    assert!(files.len() > 20, "git lists {} files", files.len());
    files
}

fn nothing(wrong: &[String]) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn crates_depend_down_or_left() {
    let metadata = output(env!("CARGO"), &["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let crates = layers::crates(&serde_json::from_str(&metadata).unwrap());
    assert!(crates.len() > 5, "cargo lists {} crates", crates.len());
    nothing(&layers::check(&crates));
}

#[test]
fn manifests_inherit() {
    let members = |path: &str| path.ends_with("/Cargo.toml") && !path.contains("/testdata/");
    let wrong: Vec<_> = tracked()
        .iter()
        .filter(|(path, _)| members(path))
        .flat_map(|(path, text)| manifests::check(path, text))
        .collect();
    nothing(&wrong);
}

#[test]
fn code_keeps_the_rules() {
    let mut wrong = Vec::new();
    let sources: Vec<_> = tracked().into_iter().filter(|(path, _)| path.ends_with(".rs")).collect();
    let test_only: Vec<_> = sources.iter().flat_map(|(path, text)| code::test_modules(path, text)).collect();
    for (path, text) in &sources {
        let found = code::check(path, text, test_only.contains(path));
        for question in found.asked {
            println!("{question}");
        }
        wrong.extend(found.wrong);
    }
    nothing(&wrong);
}

#[test]
fn files_are_named_by_what_they_hold() {
    nothing(&tracked().iter().flat_map(|(path, _)| files::check_name(path)).collect::<Vec<_>>());
}

#[test]
fn files_speak_of_no_machine() {
    nothing(&tracked().iter().flat_map(|(path, text)| files::check_text(path, text)).collect::<Vec<_>>());
}
