use super::*;
use crate::to_json;

#[track_caller]
fn check(text: &str, want: &str) {
    let got = match from_yaml_with(text.as_bytes(), Options { numbers: Numbers::Json, ..Options::default() }) {
        Ok(value) => to_json(&value, false),
        Err(error) => error.to_string(),
    };
    assert_eq!(got, want, "{text}");
}

#[test]
fn reads_documents() {
    check("a: 1\nb: [x, {x: z}]\n", r#"{"a":1,"b":["x",{"x":"z"}]}"#);
    check("a:\n- b: 1\n  c: 2\n- d\n", r#"{"a":[{"b":1,"c":2},"d"]}"#);
    check("a: |\n  x\n   y\n\n  z\nb: >-\n  x\n  y\n", r#"{"a":"x\n y\n\nz\n","b":"x y"}"#);
    check("on: yes\n1: 0o17\n2: 017\n1.5: 1e3\n", r#"{"1":15,"1.5":1000,"2":15,"true":true}"#);
    check("a: b\n c: d\n", "yaml: line 2: mapping values are not allowed in this context");
    check(
        "a: {{ .Values.x }}\n",
        "yaml: invalid map key: map[interface {}]interface {}{\".Values.x\":interface {}(nil)}",
    );
}
