//! Regular expressions: Go's RE2 syntax on the regex crate, which matches the same way.

use std::collections::HashMap;
use std::rc::Rc;

use bowline_base_gotmpl::Type::{Int, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, List, ListKind, Run, Runtime, Text, Value, quote};
use regex::bytes::{Captures, Regex, RegexBuilder};

mod syntax;

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::new("mustRegexFind", &[Str, Str], find),
    Entry::new("mustRegexFindAll", &[Str, Str, Int], find_all),
    Entry::new("mustRegexMatch", &[Str, Str], |rt, a| {
        Ok(Value::Bool(compiled(rt, &a.text(0))?.is_match(a.text(1).as_bytes())))
    }),
    Entry::new("mustRegexReplaceAll", &[Str, Str, Str], replace_all),
    Entry::new("mustRegexReplaceAllLiteral", &[Str, Str, Str], replace_all_literal),
    Entry::new("mustRegexSplit", &[Str, Str, Int], split),
    Entry::new("regexFind", &[Str, Str], |rt, a| must(find, rt, a)),
    Entry::new("regexFindAll", &[Str, Str, Int], |rt, a| must(find_all, rt, a)),
    // Its error is swallowed: what does not compile does not match.
    Entry::new("regexMatch", &[Str, Str], |rt, a| {
        Ok(Value::Bool(compile(rt, &a.text(0)).is_ok_and(|regex| regex.is_match(a.text(1).as_bytes()))))
    }),
    Entry::new("regexQuoteMeta", &[Str], |_, a| Ok(quote_meta(&a.str(0)).into())),
    Entry::new("regexReplaceAll", &[Str, Str, Str], |rt, a| must(replace_all, rt, a)),
    Entry::new("regexReplaceAllLiteral", &[Str, Str, Str], |rt, a| must(replace_all_literal, rt, a)),
    Entry::new("regexSplit", &[Str, Str, Int], |rt, a| must(split, rt, a)),
];

/// Patterns compiled in this run.
#[derive(Default)]
struct Patterns(HashMap<Text, Result<Rc<Regex>, String>>);

/// Bytes that a compiled pattern may take: Go bounds the repetitions in a pattern to the same end.
const SIZE_LIMIT: usize = 10 << 20;

fn compile(rt: &mut Runtime<'_>, pattern: &Text) -> Result<Rc<Regex>, String> {
    let known = rt.slot::<Patterns>();
    if let Some(result) = known.0.get(pattern) {
        return result.clone();
    }
    let result = built(&pattern.to_str()).map(Rc::new);
    known.0.insert(pattern.clone(), result.clone());
    result
}

fn built(pattern: &str) -> Result<Regex, String> {
    let translated = syntax::translate(pattern)?;
    let built = RegexBuilder::new(&translated).size_limit(SIZE_LIMIT).build();
    built.map_err(|error| syntax::describe(pattern, &error))
}

/// A pattern of Go's syntax, compiled; the error is Go's.
pub fn go_regex(pattern: &str) -> Result<Regex, String> {
    built(pattern).map_err(|reason| format!("{BAD_PATTERN}{reason}"))
}

/// The compiled pattern, or Go's error.
fn compiled(rt: &mut Runtime<'_>, pattern: &Text) -> Result<Rc<Regex>, CallError> {
    compile(rt, pattern).map_err(|reason| CallError::new(format!("{BAD_PATTERN}{reason}")))
}

const BAD_PATTERN: &str = "error parsing regexp: ";

/// Runs a function as Go's `MustCompile` lets it fail: with the pattern in the error.
fn must(run: Run, rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let pattern = a.text(0);
    run(rt, a).map_err(|error| {
        if !error.text().starts_with(BAD_PATTERN) {
            return error;
        }
        let shown = if pattern.to_str().contains('`') { quote(pattern.as_bytes()) } else { format!("`{pattern}`") };
        CallError::new(format!("regexp: Compile({shown}): {error}"))
    })
}

fn find(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = a.text(1);
    let found = compiled(rt, &a.text(0))?.find(text.as_bytes()).map(|m| Text::from_bytes(m.as_bytes()));
    Ok(found.unwrap_or_default().into())
}

fn find_all(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let text = a.text(1);
    let limit = usize::try_from(a.int(2)).unwrap_or(usize::MAX);
    let regex = compiled(rt, &a.text(0))?;
    let found: Vec<Value> =
        regex.find_iter(text.as_bytes()).take(limit).map(|m| Value::String(Text::from_bytes(m.as_bytes()))).collect();
    Ok(Value::List(Rc::new(List { kind: ListKind::Strings, nil: found.is_empty(), items: found })))
}

fn replace_all(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let template = a.text(2);
    replace(rt, a, |captures, out| expand(template.as_bytes(), captures, out))
}

fn replace_all_literal(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let literal = a.text(2);
    replace(rt, a, |_, out| out.extend_from_slice(literal.as_bytes()))
}

fn replace(
    rt: &mut Runtime<'_>,
    a: &Args,
    mut with: impl FnMut(&Captures<'_>, &mut Vec<u8>),
) -> Result<Value, CallError> {
    let text = a.text(1);
    let bytes = text.as_bytes();
    let regex = compiled(rt, &a.text(0))?;
    let mut out = Vec::with_capacity(bytes.len());
    let mut from = 0;
    for captures in regex.captures_iter(bytes) {
        let Some(all) = captures.get(0) else { continue };
        out.extend_from_slice(&bytes[from..all.start()]);
        let before = out.len();
        with(&captures, &mut out);
        rt.produce(out.len() - before)?;
        from = all.end();
    }
    out.extend_from_slice(&bytes[from..]);
    Ok(Text::from_vec(out).into())
}

/// Go's `Regexp.Expand`: `$1`, `${name}`, `$$`; a name is as long as it can be, and an unknown one is empty.
fn expand(template: &[u8], captures: &Captures<'_>, out: &mut Vec<u8>) {
    let mut rest = template;
    while let Some(at) = rest.iter().position(|b| *b == b'$') {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        if rest.first() == Some(&b'$') {
            out.push(b'$');
            rest = &rest[1..];
            continue;
        }
        let braced = rest.first() == Some(&b'{');
        let body = if braced { &rest[1..] } else { rest };
        let text = String::from_utf8_lossy(body);
        let name: String = text.chars().take_while(|c| *c == '_' || c.is_alphanumeric()).collect();
        if name.is_empty() || (braced && body.get(name.len()) != Some(&b'}')) {
            out.push(b'$'); // Malformed: a dollar.
            continue;
        }
        rest = &body[name.len() + usize::from(braced)..];
        let group = match name.parse::<usize>() {
            Ok(n) if name.len() == 1 || !name.starts_with('0') => captures.get(n),
            _ => captures.name(&name),
        };
        if let Some(group) = group {
            out.extend_from_slice(group.as_bytes());
        }
    }
    out.extend_from_slice(rest);
}

fn split(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let (pattern, text) = (a.text(0), a.text(1));
    let n = a.int(2);
    let regex = compiled(rt, &pattern)?;
    if n == 0 {
        return Ok(Value::List(Rc::new(List { kind: ListKind::Strings, nil: true, items: Vec::new() })));
    }
    if !pattern.is_empty() && text.is_empty() {
        return Ok(Value::strings([""]));
    }
    let bytes = text.as_bytes();
    let limit = usize::try_from(n).unwrap_or(usize::MAX);
    let mut parts = Vec::new();
    let (mut begin, mut end) = (0, 0);
    for m in regex.find_iter(bytes).take(limit) {
        if parts.len() + 1 == limit {
            break;
        }
        end = m.start();
        if m.end() != 0 {
            parts.push(Text::from_bytes(&bytes[begin..end]));
        }
        begin = m.end();
    }
    if end != bytes.len() {
        parts.push(Text::from_bytes(&bytes[begin..]));
    }
    Ok(Value::strings(parts))
}

fn quote_meta(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
