//! Lexer items and parse results.

use bowline_base_gotmpl::{Entry, Functions, Item, ItemKind, Lexer, Templates, Text, Value, parse};
use serde_json::Value as Json;

fn kind_number(kind: ItemKind) -> u64 {
    // Go numbers its items in this order.
    const ORDER: &[ItemKind] = &[
        ItemKind::Error,
        ItemKind::Bool,
        ItemKind::Char,
        ItemKind::CharConstant,
        ItemKind::Comment,
        ItemKind::Complex,
        ItemKind::Assign,
        ItemKind::Declare,
        ItemKind::Eof,
        ItemKind::Field,
        ItemKind::Identifier,
        ItemKind::LeftDelim,
        ItemKind::LeftParen,
        ItemKind::Number,
        ItemKind::Pipe,
        ItemKind::RawString,
        ItemKind::RightDelim,
        ItemKind::RightParen,
        ItemKind::Space,
        ItemKind::String,
        ItemKind::Text,
        ItemKind::Variable,
    ];
    const KEYWORDS: &[ItemKind] = &[
        ItemKind::Block,
        ItemKind::Break,
        ItemKind::Continue,
        ItemKind::Dot,
        ItemKind::Define,
        ItemKind::Else,
        ItemKind::End,
        ItemKind::If,
        ItemKind::Nil,
        ItemKind::Range,
        ItemKind::Template,
        ItemKind::With,
    ];
    match ORDER.iter().position(|k| *k == kind) {
        Some(i) => i as u64,
        None => 23 + KEYWORDS.iter().position(|k| *k == kind).expect("every kind is in a table") as u64,
    }
}

fn lex(input: &str) -> Vec<(u64, String)> {
    let mut lexer = Lexer::new(input.as_bytes()).with_comments();
    let mut items = Vec::new();
    loop {
        let Item { kind, value, .. } = lexer.next_item();
        items.push((kind_number(kind), String::from_utf8_lossy(&value).into_owned()));
        if matches!(kind, ItemKind::Eof | ItemKind::Error) {
            return items;
        }
    }
}

#[test]
fn corpus_gotemplate_parse_lex() {
    let Some(records) = super::records("gotemplate_parse_lex") else { return };
    let no_op = Entry::variadic("contains", &[], bowline_base_gotmpl::Type::Any, |_, _| Ok(Value::Nil));
    let functions = Functions::builtins().with(&[no_op]);
    let (mut failures, mut left_out) = (Vec::new(), Vec::new());
    let total = records.len();
    for record in &records {
        let (name, input) = (record["name"].as_str().unwrap(), record["input"].as_str().unwrap());
        if record["kind"] == "lex" {
            let want: Vec<(u64, String)> = record["items"]
                .as_array()
                .unwrap()
                .iter()
                .map(|item| (item["typ"].as_u64().unwrap(), item["val"].as_str().unwrap().to_string()))
                .collect();
            let got = lex(input);
            if got != want {
                failures.push(format!("lex {name}: {input:?}\n  want {want:?}\n  got  {got:?}"));
            }
            continue;
        }
        let parsed = parse(name, &Text::from(input), &functions);
        let want = record.get("err").and_then(Json::as_str);
        match (parsed, want) {
            (Err(error), Some(want)) if want.contains("max expression depth") => {
                // The corpus lowered Go's limit of 10,000 to 3.
                failures.push(format!("parse {name}: {error}"));
            }
            (Ok(_), Some(want)) if want.contains("max expression depth") => {
                left_out.push(format!("{name}: run with a nesting limit of 3"));
            }
            (Err(error), Some(want)) if error.message == want => {}
            (Err(error), _) => failures.push(format!("parse {name}: {input:?}\n  want {want:?}\n  got  {error}")),
            (Ok(_), Some(want)) => failures.push(format!("parse {name}: {input:?}\n  want {want}\n  got  no error")),
            (Ok(trees), None) => {
                let shown = trees.last().map(|tree| tree.root.to_string()).unwrap_or_default();
                if Some(shown.as_str()) != record["result"].as_str() {
                    failures.push(format!("parse {name}: {input:?}\n  want {}\n  got  {shown}", record["result"]));
                }
            }
        }
    }
    super::score("gotemplate_parse_lex", total, &left_out, &failures);
}

#[test]
fn later_definitions_replace_earlier_ones_unless_blank() {
    let functions = Functions::builtins();
    let mut templates = Templates::new();
    for (file, text) in
        [("a", "{{define \"x\"}}one{{end}}"), ("b", "{{define \"x\"}}two{{end}}"), ("c", "{{define \"x\"}} {{end}}")]
    {
        templates.add(file, &Text::from(text), &functions).unwrap();
    }
    assert_eq!(templates.get(&Text::from("x")).unwrap().root.to_string(), "\"two\"");
    let twice = templates.add("d", &Text::from("{{define \"y\"}}1{{end}}{{define \"y\"}}2{{end}}"), &functions);
    assert_eq!(twice.unwrap_err().message, "template: d:1: template: multiple definition of template \"y\"");
}
