//! Expressions and what they are over one object.

use bowline_base_value::{Value, from_json, to_json};

use crate::Expression;

const APP: &str = r#"{"app": {"metadata": {"name": "shop", "labels": {"team": "a", "a/b": "c"}},
  "spec": {"project": "web", "replicas": 3, "list": [1, 2, 3]},
  "status": {"resources": [{"kind": "Pod", "n": 1}, {"kind": "Service", "n": 5}], "health": {"status": "Healthy"}}}, "zero": 0.5}"#;

fn said(text: &str) -> Result<String, String> {
    let names = from_json(APP.as_bytes()).unwrap();
    let value = Expression::new(text).and_then(|expression| expression.eval(&names));
    value.map(|value: Value| to_json(&value, false)).map_err(|error| error.to_string())
}

#[test]
fn values() {
    for (text, want) in [
        (r#"app.spec.project == "web""#, "true"),
        (r#"app.metadata.name != 'shop' or not (1 > 2)"#, "true"),
        ("not app.nothing?.more == 1", "true"),
        ("app.metadata.labels['a/b']", r#""c""#),
        ("app?.none?.deeper?.still", "null"),
        ("app.none ?? 'else'", r#""else""#),
        ("nothing == nil", "true"),
        ("app.spec.replicas > 2 && app.spec.replicas <= 3", "true"),
        ("1 + 2 * 3 - -1", "8"),
        ("2 ** 3 ** 2", "512"),
        ("7 / 2", "3.5"),
        ("7 % 4", "3"),
        ("1 == 1.0", "true"),
        ("zero * 2", "1"),
        ("'a' + \"b\" + `c`", r#""abc""#),
        ("'b' in ['a', 'b'] and 'team' in app.metadata.labels", "true"),
        ("'x' not in app.metadata.labels", "true"),
        ("app.metadata.name matches '^sh.p$'", "true"),
        (
            "app.metadata.name contains 'ho' and app.metadata.name startsWith 's' and app.metadata.name endsWith 'p'",
            "true",
        ),
        ("app.none contains 'x'", "false"),
        ("app.spec.replicas > 5 ? 'many' : 'few'", r#""few""#),
        ("any(app.status.resources, {.kind == 'Pod'})", "true"),
        ("all(app.status.resources, .n > 1)", "false"),
        ("none(app.status.resources, {#.n > 9})", "true"),
        ("one(app.status.resources, {.kind == 'Service'})", "true"),
        ("count(app.status.resources, {.n > 0})", "2"),
        ("map(filter(app.status.resources, {.n > 1}), {.kind})", r#"["Service"]"#),
        ("find(app.status.resources, {.n == 5}).kind", r#""Service""#),
        ("len(app.spec.list) + len('äb')", "5"),
        ("app.spec.list[-1]", "3"),
        ("app.spec.list[1:]", "[2,3]"),
        ("app.spec.list[:2] | len()", "2"),
        ("'a-b' | split('-') | join('+')", r#""a+b""#),
        ("1..3", "[1,2,3]"),
        ("let x = app.spec; x.project + '!'", r#""web!""#),
        ("{a: 1, 'b c': [2]}", r#"{"a":1,"b c":[2]}"#),
        ("max(1, 5, 2) - min([4, 3])", "2"),
        ("upper('a') + lower('B') + trim(' c ') + replace('xyx', 'x', 'd')", r#""Abcdyd""#),
        ("int('4') + int(1.9)", "5"),
        ("keys(app.metadata.labels)", r#"["a/b","team"]"#),
        ("get(app.metadata.labels, 'gone')", "null"),
        ("first(app.spec.list) // and a word on it", "1"),
    ] {
        assert_eq!(said(text).as_deref(), Ok(want), "{text}");
    }
}

#[test]
fn what_cannot_be_is_told() {
    for (text, want) in [
        ("app.none.deeper", "cannot fetch deeper from nil"),
        ("app.spec.list[9]", "index out of range: 9 (array length is 3)"),
        ("1 +", "a value is missing (at character 4 of \"1 +\")"),
        ("'open", "a text has no end (at character 1 of \"'open\")"),
        ("a b", "something is left over (at character 3 of \"a b\")"),
        ("exec('rm')", "there is no function exec"),
        ("len()", "len takes another number of arguments than 0"),
        ("'a' < 1", "cannot do that with string and int"),
        ("!1", "int is neither true nor false"),
        ("1..1000000", "a range has more than 100000 items"),
        ("'a' matches '('", "regex parse error"),
        ("9223372036854775807 + 1", "cannot do that with int and int"),
        ("a @ b", "this character means nothing here"),
        ("#", "# stands outside of a predicate"),
    ] {
        let error = said(text).unwrap_err();
        assert!(error.starts_with(want), "{text}: {error}");
    }
    let names = from_json(APP.as_bytes()).unwrap();
    assert!(
        Expression::new("1").unwrap().holds(&names).unwrap_err().to_string().contains("neither true nor false but int")
    );
}

#[test]
fn nothing_runs_away() {
    let deep = format!("{}1{}", "(".repeat(10_000), ")".repeat(10_000));
    assert!(said(&deep).unwrap_err().starts_with("it is nested deeper than 100"));
    assert!(said(&"-".repeat(10_000)).is_err());
    assert!(said(&"!".repeat(10_000)).is_err());
    assert!(said(&"1?".repeat(10_000)).is_err());
    assert!(said(&"[".repeat(10_000)).is_err());
    let wide = "all(1..90000, {all(1..90000, {true})})";
    assert!(said(wide).unwrap_err().starts_with("it takes more than"));
}
