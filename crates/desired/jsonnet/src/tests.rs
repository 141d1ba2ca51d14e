use super::*;
use bowline_base_tree::MemoryTree;
use bowline_base_value::to_json;

fn check(files: &[(&str, &str)], options: &Options, want: Result<&str, &str>) {
    let tree = MemoryTree::from_files(files.iter().copied());
    let got = evaluate(&tree, "app/main.jsonnet", options).map(|value| to_json(&value, false));
    match (got, want) {
        (Ok(got), Ok(want)) => assert_eq!(got, want),
        (Err(error), Err(want)) => assert!(error.to_string().contains(want), "{error}"),
        (got, want) => panic!("{got:?} is not {want:?}"),
    }
}

fn variable(name: &str, value: &str, code: bool) -> Variable {
    Variable { name: name.into(), value: value.into(), code }
}

#[test]
fn imports_variables_and_arguments() {
    let main = "local lib = import 'lib.libsonnet'; local own = import 'sub/own.libsonnet';\n\
        function(n, t='d') [{ a: lib.a, b: own, n: n + 1, t: t, e: std.extVar('e'), s: importstr 'text.txt' }]";
    let options = Options {
        ext_vars: vec![variable("e", "{x: 1.5}", true)],
        tlas: vec![variable("n", "41", true), variable("t", "text", false)],
        libs: vec!["nowhere".into(), "vendor".into()],
        ..Options::default()
    };
    let files = [
        ("app/main.jsonnet", main),
        ("vendor/lib.libsonnet", "{ a: (import 'more.libsonnet') + 1 }"),
        ("vendor/more.libsonnet", "1"),
        ("app/sub/own.libsonnet", "import '../beside.jsonnet'"),
        ("app/beside.jsonnet", "'beside'"),
        ("app/text.txt", "a\n"),
    ];
    check(&files, &options, Ok(r#"[{"a":2,"b":"beside","e":{"x":1.5},"n":42,"s":"a\n","t":"text"}]"#));
}

#[test]
fn what_is_wrong_is_an_error() {
    let none = Options::default();
    let main = |text| [("app/main.jsonnet", text), ("outside.jsonnet", "1")];
    check(&main("import 'missing.jsonnet'"), &none, Err("couldn't open import"));
    check(&main("import '../../etc/passwd'"), &none, Err("couldn't open import"));
    check(&main("if false then import 'missing.jsonnet' else { a: 1 }"), &none, Ok(r#"{"a":1}"#));
    check(&main("{ a: }"), &none, Err("main.jsonnet"));
    check(&main("error 'no'"), &none, Err("no"));
    check(&main("std.extVar('unknown')"), &none, Err("unknown"));
    check(&main("local f(n) = f(n + 1) + 1; f(0)"), &none, Err("stack overflow"));
    check(&main("local a = import 'main.jsonnet'; a"), &none, Err("main.jsonnet"));
    let small = Options { budget: Budget { result_bytes: 10, ..Budget::default() }, ..Options::default() };
    check(&main("{ a: 'more than ten bytes' }"), &small, Err("larger than 10 bytes"));
}
