use super::*;
use crate::{MemoryTree, Trace};

fn tree(files: &[(&str, &str)], links: &[(&str, &str)]) -> Tree {
    let mut memory = MemoryTree::new();
    for (path, content) in files {
        memory.add(path, EntryKind::File, content.as_bytes()).unwrap();
    }
    for (path, target) in links {
        memory.add(path, EntryKind::Symlink, target.as_bytes()).unwrap();
    }
    memory.into_tree()
}

fn text(tree: &Tree, path: &str) -> String {
    tree.read_text(path).unwrap_or_else(|e| format!("error: {e}"))
}

#[test]
fn reads_files_and_names_what_is_wrong() {
    let tree = tree(&[("a/b.yaml", "b"), ("top", "t")], &[]);
    for (path, want) in [
        ("a/b.yaml", "b"),
        ("./a/../top", "t"),
        ("a", "error: a: is a directory, not a file"),
        ("a/c", "error: a/c: no such file or directory"),
        ("top/x", "error: top/x: no such file or directory"),
        ("../top", "error: path \"../top\" leads outside of the source's root"),
    ] {
        assert_eq!(text(&tree, path), want, "{path}");
    }
    assert!(matches!(tree.list("top"), Err(TreeError::NotADirectory { .. })));
}

#[test]
fn links_are_followed_inside_and_refused_outside() {
    let tree = tree(
        &[("a/x/file", "content"), ("file", "root's")],
        &[
            ("l", "a/x"),
            ("a/up", "../file"),
            ("a/x/deep", "../../l/file"),
            ("out", "../etc"),
            ("abs", "/file"),
            ("loop", "loop"),
            ("dangling", "nowhere"),
        ],
    );
    for (path, want) in [
        ("l/file", "content"),
        ("a/up", "root's"),
        ("a/x/deep", "content"),
        ("out", "error: path \"out\" leads outside of the source's root"),
        ("abs", "error: path \"abs -> /file\" leads outside of the source's root"),
        ("loop", "error: loop: too many levels of symbolic links"),
        ("dangling", "error: dangling: no such file or directory"),
    ] {
        assert_eq!(text(&tree, path), want, "{path}");
    }
    assert_eq!(tree.find("l/file").unwrap().unwrap().path, "a/x/file");
}

#[test]
fn walks_in_path_order() {
    let tree = tree(&[("b/y", ""), ("b/x/z", ""), ("a", ""), ("b.txt", "")], &[("b/l", "y")]);
    let paths: Vec<String> = tree.walk("").unwrap().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["a", "b.txt", "b/l", "b/x/z", "b/y"]);
    let few = tree.with_limits(Limits { walk_files: 2, ..Limits::default() });
    assert!(matches!(few.walk(""), Err(TreeError::TooManyFiles { limit: 2, .. })));
}

#[test]
fn a_file_over_the_limit_is_refused() {
    let tree = tree(&[("big", "12345")], &[]).with_limits(Limits { file_bytes: 4, ..Limits::default() });
    assert_eq!(text(&tree, "big"), "error: big: the file has 5 bytes; at most 4 are read");
}

#[test]
fn ids_are_those_of_git() {
    // `printf hello > f; mkdir d; printf x > d/g; git write-tree` and `git hash-object f`.
    let tree = tree(&[("f", "hello"), ("d/g", "x")], &[]);
    assert_eq!(tree.read("f").unwrap().id.to_string(), "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
    assert_eq!(tree.root().to_string(), "a853144b08315a59f41f8281037524386fd87676");
}

fn trace_of(tree: &Tree, read: impl Fn(&Tree)) -> Trace {
    let (recording, recorder) = tree.recording();
    read(&recording);
    recorder.trace()
}

#[test]
fn a_trace_holds_while_what_was_read_is_unchanged() {
    let base: &[(&str, &str)] = &[("app/a.yaml", "1"), ("app/b.yaml", "2"), ("other/c", "3")];
    let links: &[(&str, &str)] = &[("current", "app")];
    let before = tree(base, links);
    let trace = trace_of(&before, |t| {
        t.list("current").unwrap();
        t.read("current/a.yaml").unwrap();
        assert!(t.find("app/values.yaml").unwrap().is_none());
        assert!(t.find("gone/x/y").unwrap().is_none());
    });
    let with = |extra: &[(&str, &str)], links: &[(&str, &str)]| tree(&[base, extra].concat(), links);
    assert!(trace.holds(&before));
    assert!(trace.holds(&with(&[("other/c", "changed"), ("new", "")], links)), "what was not read");
    assert!(trace.holds(&with(&[("app/b.yaml", "changed")], links)), "listed, not read");
    assert!(!trace.holds(&with(&[("app/a.yaml", "changed")], links)), "read");
    assert!(!trace.holds(&with(&[("app/c.yaml", "")], links)), "listing grew");
    assert!(!trace.holds(&with(&[("app/values.yaml", "")], links)), "was absent");
    assert!(!trace.holds(&with(&[("gone/x/y", "")], links)), "was absent, with its directories");
    assert!(!trace.holds(&with(&[], &[("current", "other")])), "link moved");
    assert!(!trace.holds(&with(&[], &[("current", "app"), ("gone", "other")])), "a link now stands on an absent path");
}
