use proptest::prelude::*;

use super::*;
use crate::{Map, from_json, to_json};

/// What go-yaml made of the texts in `go_yaml.jsonl`, one case per line: `{"op","in","out"}`. Written by Go 1.26 with
/// sigs.k8s.io/yaml 1.6.0, go.yaml.in/yaml/v2 2.4.5 and go.yaml.in/yaml/v3 3.0.4.
const CASES: &str = include_str!("tests/go_yaml.jsonl");

#[test]
fn does_what_go_yaml_does() {
    let mut count = 0;
    for line in CASES.lines() {
        let case = from_json(line.as_bytes()).unwrap();
        let text = |field: &str| case.str_at(&[field]).unwrap();
        assert_eq!(run(text("op"), text("in")), text("out"), "{} of {}", text("op"), text("in"));
        count += 1;
    }
    assert!(count > 2000, "only {count} cases were there");
}

fn run(op: &str, text: &str) -> String {
    let decode = |flavour, strict| {
        let options = Options { flavour, strict, numbers: Numbers::Json };
        from_yaml_with(text, options).map(|value| to_json(&value, true))
    };
    let value = || from_json(text.as_bytes()).unwrap();
    let node = |compact_sequences| {
        let options = EmitOptions { compact_sequences, ..EmitOptions::v3(2) };
        // Go's decoder says so at the end of a stream.
        node::parse(text).map(|document| document.map_or("ERR EOF".to_string(), |d| d.to_yaml(options)))
    };
    let result = match op {
        "v2json" => decode(Flavour::V2, false),
        "v2strict" => decode(Flavour::V2, true),
        "v3json" => decode(Flavour::V3, false),
        "v2emit" => marshal(&value()),
        "v3emit" => Ok(to_yaml_with(&floats(value()), EmitOptions::v3(2))),
        "v3node" => node(false),
        "v3nodec" => node(true),
        op => panic!("no such operation: {op}"),
    };
    result.unwrap_or_else(|error| format!("ERR {error}"))
}

/// As `encoding/json` decodes numbers into an interface.
fn floats(value: Value) -> Value {
    match value {
        Value::Int(_) | Value::UInt(_) => Value::Float(value.as_f64().unwrap()),
        Value::Array(items) => items.iter().cloned().map(floats).collect(),
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), floats(v.clone()))).collect(),
        value => value,
    }
}

#[test]
fn numbers_come_out_as_asked() {
    let text = "[1, 1.0, 1e3, 1.5, 18446744073709551615, 9223372036854775808.0, -0.0]";
    for (numbers, want) in [
        (
            Numbers::Unstructured,
            "[Int(1), Int(1), Int(1000), Float(1.5), Float(1.8446744073709552e19), Float(9.223372036854776e18), Int(0)]",
        ),
        (
            Numbers::Json,
            "[Int(1), Int(1), Int(1000), Float(1.5), UInt(18446744073709551615), UInt(9223372036854776000), Float(-0.0)]",
        ),
        (
            Numbers::Float64,
            "[Float(1.0), Float(1.0), Float(1000.0), Float(1.5), Float(1.8446744073709552e19), Float(9.223372036854776e18), Float(-0.0)]",
        ),
    ] {
        let value = from_yaml_with(text, Options { numbers, ..Options::default() }).unwrap();
        assert_eq!(format!("{:?}", value.as_array().unwrap()), want);
    }
}

#[test]
fn what_is_too_deep_or_too_often_aliased_is_refused() {
    let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(from_yaml(deep(500)).is_ok());
    assert_eq!(from_yaml(deep(501)).unwrap_err().to_string(), "yaml: line 1: exceeded max depth of 500");
    let steps: String = (0..600).map(|i| format!("{}- \n", " ".repeat(i))).collect();
    assert!(from_yaml(steps).is_err());
    // A chain of aliases is as deep as what it stands for.
    let mut chain = format!("- &a0 {}\n", deep(300));
    chain.push_str(&format!("- &a1 {}*a0{}\n", "[".repeat(300), "]".repeat(300)));
    assert!(from_yaml(chain).unwrap_err().to_string().ends_with("exceeded max depth of 500"));

    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let before = format!("*a{}", i - 1);
        bomb.push_str(&format!("a{i}: &a{i} [{}]\n", [before.as_str(); 9].join(", ")));
    }
    assert_eq!(from_yaml(bomb).unwrap_err().to_string(), "yaml: document contains excessive aliasing");
}

#[test]
fn reads_utf_16() {
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain("a: é".encode_utf16().flat_map(u16::to_le_bytes)).collect();
    assert_eq!(to_json(&from_yaml(utf16).unwrap(), false), r#"{"a":"é"}"#);
}

#[test]
fn bad_bytes_are_told_in_go_yamls_words() {
    for (bytes, want) in [
        (&b"a: \xff"[..], "yaml: invalid leading UTF-8 octet"),
        (b"a: \xc3", "yaml: incomplete UTF-8 octet sequence"),
        (b"a: \xc3(", "yaml: invalid trailing UTF-8 octet"),
        (b"a: \xc0\x80", "yaml: invalid length of a UTF-8 sequence"),
        (b"a: \xed\xa0\x80", "yaml: invalid Unicode character"),
        (b"a: \x00", "yaml: control characters are not allowed"),
    ] {
        assert_eq!(from_yaml(bytes).unwrap_err().to_string(), want);
    }
}

#[track_caller]
fn check_objects(text: &str, want: &[&str]) {
    let found = objects(text.as_bytes()).map(|found| found.map_or_else(|e| format!("ERR {e}"), |v| to_json(&v, false)));
    assert_eq!(found.collect::<Vec<_>>(), want, "{text:?}");
}

#[test]
fn files_are_parted_as_kubernetes_does() {
    // Told by `YAMLOrJSONDecoder` of k8s.io/apimachinery 0.36.
    check_objects("a: 1\n---\nb: 2\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    check_objects("---\na: 1\n--- # c\n\n---\nb: 2", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    check_objects("a: 1\r\n---\r\nb: |\r\n  x\r\n", &[r#"{"a":1}"#, r#"{"b":"x\n"}"#]);
    check_objects("a: 1\n--- b\n", &["ERR invalid Yaml document separator: b"]);
    check_objects("a: |\n  x\n---\n  z\n", &[r#"{"a":"x\n"}"#, r#""z""#]);
    check_objects("# only\n---\nnull\n", &[]);
    check_objects("{\"a\": 1}\n{\"b\": 2}", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    check_objects("{a: 1}\n---\nb: 2\n", &[r#"{"a":1}"#, r#"{"b":2}"#]);
    check_objects(
        "a: 1\n---\nb: c: d\ne: f\n",
        &[r#"{"a":1}"#, "ERR error converting YAML to JSON: yaml: mapping values are not allowed in this context"],
    );
}

#[test]
fn nodes_are_made_and_read() {
    let node = node::Node::from_value(&from_json(br#"{"b":"8080","a":[1,null,{"c":true}]}"#).unwrap());
    let text = node::to_yaml(&node, EmitOptions::v3(2));
    assert_eq!(text, "a:\n  - 1\n  - null\n  - c: true\nb: \"8080\"\n");
    let read = node::parse(&text).unwrap().unwrap().root;
    assert_eq!(read.get("b").map(|b| (b.value.as_ref(), b.tag.as_ref(), b.line)), Some(("8080", "!!str", 5)));
    assert_eq!(to_json(&read.to_value(Options::default()).unwrap(), false), r#"{"a":[1,null,{"c":true}],"b":"8080"}"#);
}

fn string() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z0-9 :#,\\-\\[\\]{}&*!|>'\"%@`?~.=<_\\\\\n\t]{0,24}",
        "[ \n]{0,4}[a-z é\u{85}\u{2028}\u{feff}\u{1F600}\u{7f}\r\0]{0,100}",
        "(yes|no|on|null|~|0x1f|0o7|017|1_000|1e3|\\.inf|2021-01-01|12:30:45|)",
    ]
    // go-yaml writes this key as it is, and reads it as a merge.
    .prop_filter("a merge key", |text| text != "<<")
}

fn value() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        prop::num::f64::NORMAL.prop_map(Value::from),
        string().prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((string(), inner), 0..5).prop_map(|f| Value::from(f.into_iter().collect::<Map>())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_reads_back(value in value()) {
        for (options, flavour) in [(EmitOptions::sigs(), Flavour::V2), (EmitOptions::v3(2), Flavour::V3)] {
            let text = to_yaml_with(&value, options);
            // Version 3 writes a tab at the start of a block's line, where its own reader refuses it.
            if flavour == Flavour::V3 && text.contains('\t') {
                continue;
            }
            let read = from_yaml_with(&text, Options { flavour, numbers: Numbers::Json, strict: true });
            prop_assert_eq!(read.as_ref(), Ok(&value), "{:?} as {}", flavour, text);
        }
    }

    #[test]
    fn no_text_makes_it_panic(parts in prop::collection::vec(
        prop_oneof![
            Just("a: "), Just("- "), Just("? "), Just("  "), Just("\n"), Just("{"), Just("}"), Just("["), Just("]"),
            Just(","), Just("'"), Just("\""), Just("|\n"), Just(">2-\n"), Just("&x "), Just("*x "), Just("!!str "),
            Just("# c\n"), Just("---\n"), Just("...\n"), Just("%TAG ! x\n"), Just("<<: *x\n"), Just("\\x4"), Just("é"),
            Just("\t"), Just(":"), Just("\u{85}"), Just("\r"),
        ], 0..40)
    ) {
        let text = parts.concat();
        for flavour in [Flavour::V2, Flavour::V3] {
            let _ = documents_with(&text, Options { flavour, ..Options::default() });
        }
        if let Ok(documents) = node::parse_all(&text) {
            documents.iter().for_each(|document| drop(document.to_yaml(EmitOptions::v3(2))));
        }
        objects(text.as_bytes()).for_each(drop);
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        let _ = from_yaml(&bytes);
        let _ = node::parse(&bytes);
        objects(&bytes).for_each(drop);
    }
}
