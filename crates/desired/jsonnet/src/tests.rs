use super::*;
use bowline_base_tree::MemoryTree;
use bowline_base_value::to_json;

fn check(files: &[(&str, &str)], options: &Options, want: Result<&str, &str>) {
    let tree = MemoryTree::from_files(files.iter().copied());
    let got = Evaluator::default().evaluate(&tree, "app/main.jsonnet", options).map(|value| to_json(&value, false));
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

#[test]
fn what_takes_too_long_is_given_up_and_counted() {
    let evaluator = Evaluator::default();
    let tree = MemoryTree::from_files([
        ("slow.jsonnet", "local f(n) = if n == 0 then 1 else f(n - 1) + f(n - 1); { a: f(14) }"),
        ("quick.jsonnet", "{ a: 1 }"),
    ]);
    let options = |milliseconds| Options {
        budget: Budget { time: Duration::from_millis(milliseconds), ..Budget::default() },
        ..Options::default()
    };
    for _ in 0..ABANDONED {
        let error = evaluator.evaluate(&tree, "slow.jsonnet", &options(0)).unwrap_err();
        assert_eq!(error, JsonnetError::Time { path: "slow.jsonnet".into(), seconds: 0 });
    }
    let quick = || evaluator.evaluate(&tree, "quick.jsonnet", &options(60_000));
    assert_eq!(quick().unwrap_err(), JsonnetError::Busy { path: "quick.jsonnet".into() });
    while evaluator.abandoned.load(Ordering::SeqCst) > 0 {
        std::thread::yield_now();
    }
    assert_eq!(to_json(&quick().unwrap(), false), r#"{"a":1}"#, "when they have ended, others are evaluated again");
}

#[test]
fn loops_and_growth_without_end_are_errors() {
    let none = Options::default();
    let main = |text| [("app/main.jsonnet", text)];
    check(&main("local a = { b: a.b }; a"), &none, Err("infinite recursion"));
    check(&main("local a = [a]; a"), &none, Err("stack overflow"));
    check(&main("{ a: $ }"), &none, Err("stack overflow"));
    let small = Options { budget: Budget { result_bytes: 1 << 20, ..Budget::default() }, ..Options::default() };
    check(&main("std.makeArray(1000000, function(i) 'xxxxxxxxxx')"), &small, Err("larger than 1048576 bytes"));
    let read = Options { budget: Budget { read_bytes: 10, ..Budget::default() }, ..Options::default() };
    check(&main("{ a: 'more than ten bytes' }"), &read, Err("too large together"));
    check(&[("app/main.jsonnet", "import 'main.jsonnet'")], &none, Err("infinite recursion"));
}
