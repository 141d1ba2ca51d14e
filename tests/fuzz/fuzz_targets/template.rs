//! A text as a Go template: lexed, parsed, and executed with Go's and sprig's functions, within the limits.
#![no_main]

use std::sync::Arc;

use bowline_base_gotmpl::{Host, ItemKind, Lexer, Limits, MissingKey, Runtime, Templates, Text, Value};
use libfuzzer_sys::fuzz_target;

struct Still;

impl Host for Still {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
}

fuzz_target!(|bytes: &[u8]| {
    let text = Text::from_bytes(bytes);
    let mut lexer = Lexer::new(bytes);
    while lexer.next_item().kind != ItemKind::Eof {}
    // Making keys takes long and is not what is looked for.
    let shown = text.to_str();
    if ["gen", "bcrypt", "htpasswd", "derive"].iter().any(|slow| shown.contains(slow)) {
        return;
    }
    let functions = Arc::new(bowline_base_sprig::functions());
    let mut templates = Templates::new();
    if templates.add("fuzz", &text, &functions).is_err() {
        return;
    }
    let limits = Limits { steps: 200_000, bytes: 16 << 20, ..Limits::default() };
    let host = &mut Still;
    let mut run = Runtime::new("fuzz", Arc::new(templates), functions, MissingKey::Zero, limits, host);
    let dot = Value::map([
        ("n", Value::int(3)),
        ("f", Value::Float(1.5)),
        ("s", Value::string("text")),
        ("l", Value::list(vec![Value::int(1), Value::string("a"), Value::Nil])),
        ("m", Value::map([("k", Value::string("v"))])),
    ]);
    let _ = run.execute(&Text::from("fuzz"), &dot);
});
