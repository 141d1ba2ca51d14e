//! Executions.

use std::sync::Arc;

use bowline_base_gotmpl::{
    Functions, IntKind, Limits, MissingKey, Numbers, Runtime, Templates, Text, UintKind, Value, from_base,
};
use serde_json::Value as Json;

use super::world::{FUNCTIONS, Nowhere, ints, thing};

/// The data of a record; an error says why it cannot be made.
fn data(record: &Json) -> Result<Value, String> {
    let kind = record["dataType"].as_str().unwrap_or_default();
    let json = record.get("data").cloned().unwrap_or(Json::Null);
    let int = || json.as_i64().unwrap_or_default();
    Ok(match kind {
        "<nil>" => Value::Nil,
        "*template.T" | "template.T" | "*template.I" => thing(),
        "int" => Value::int(int()),
        "int8" => Value::Int(int(), IntKind::Int8),
        "int16" => Value::Int(int(), IntKind::Int16),
        "int32" => Value::Int(int(), IntKind::Int32),
        "int64" => Value::int64(int()),
        "uint" => Value::Uint(int() as u64, UintKind::Uint),
        "uint8" => Value::Uint(int() as u64, UintKind::Uint8),
        "uint16" => Value::Uint(int() as u64, UintKind::Uint16),
        "uint64" => Value::Uint(int() as u64, UintKind::Uint64),
        "uintptr" => Value::Uint(int() as u64, UintKind::Uintptr),
        "complex128" => Value::Complex(16.2, -17.0),
        "[]int" => ints(&[-1, -2, -3]),
        "map[string]int" => Value::map([("two", Value::int(22))]),
        "float64" | "bool" | "string" => from_base(&json.into(), Numbers::Exact),
        other => return Err(format!("its data is a Go {other}")),
    })
}

/// Cases about what only Go has, with the reason.
fn only_go(name: &str, template: &str) -> Option<&'static str> {
    if ["NIL", "TypedNil", ".unexported", "SICap", ".MII", "I64S", "I8S", ".PSI 1 2 3"]
        .iter()
        .any(|word| template.contains(word))
    {
        return Some("typed nil pointers, unexported fields, capacities and maps of other keys are Go's own");
    }
    (name == "bug11").then_some("nil pointers of a type are Go's own")
}

#[test]
fn corpus_gotemplate_exec() {
    let Some(records) = super::records("gotemplate_exec") else { return };
    let functions = Arc::new(Functions::builtins().with(FUNCTIONS));
    let (mut failures, mut left_out) = (Vec::new(), Vec::new());
    let mut total = 0;
    for record in &records {
        let (name, text) = (record["name"].as_str().unwrap(), record["tpl"].as_str().unwrap());
        let made = match only_go(name, text) {
            Some(reason) => Err(reason.to_string()),
            None => data(record),
        };
        let dot = match made {
            Ok(dot) => dot,
            Err(reason) => {
                left_out.push(format!("{name}: {reason}"));
                continue;
            }
        };
        total += 1;
        let mut templates = Templates::new();
        let shared = "{{define \"x\"}}TEXT{{end}}{{define \"dotV\"}}{{.V}}{{end}}{{define \"dot\"}}{{.}}{{end}}\
                      {{define \"nested\"}}{{template \"dot\" .}}{{end}}";
        templates.add("multi", &Text::from(shared), &functions).unwrap();
        let got = match templates.add(name, &Text::from(text), &functions) {
            Err(error) => Err(error.message),
            Ok(()) => {
                let mut host = Nowhere;
                let mut rt = Runtime::new(
                    name,
                    Arc::new(templates),
                    functions.clone(),
                    MissingKey::Default,
                    Limits::default(),
                    &mut host,
                );
                rt.execute(&Text::from(name), &dot)
                    .map(|out| String::from_utf8_lossy(&out).into_owned())
                    .map_err(|error| error.to_string())
            }
        };
        let want = match record.get("err").and_then(Json::as_str) {
            Some(error) => Err(error.to_string()),
            None => Ok(record["out"].as_str().unwrap().to_string()),
        };
        if got != want {
            failures.push(format!("{name}: {text}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    super::score("gotemplate_exec", total, &left_out, &failures);
}
