//! The `--set` family: `a.b[0]=x,c={1,2}`.

use bowline_base_gotmpl::quote;
use bowline_base_value::{Map, Value, from_json};

/// How the values of an assignment are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `--set`: booleans, null and integers are told apart from strings.
    Typed,
    /// `--set-string`: all are strings.
    Strings,
    /// `--set-json`: JSON.
    Json,
}

/// The largest list index, as in Helm.
const MAX_INDEX: i64 = 65_536;
/// How deep names may be nested, as in Helm.
const MAX_NESTING: usize = 30;
/// Indexes in one key: Helm has no limit here, a stack has.
const MAX_LISTS: usize = 64;

/// Assigns into `values`. What was assigned before an error stays assigned, as in Helm.
pub fn set(values: &mut Map, text: &str, style: Style) -> Result<(), String> {
    run(values, text, &Reader::Style(style))
}

/// `--set-file`: the values are names of files, whose content `read` gives.
pub fn set_files(values: &mut Map, text: &str, read: &dyn Fn(&str) -> Result<Value, String>) -> Result<(), String> {
    run(values, text, &Reader::Files(read))
}

/// `--set-literal`: one key, and the rest of the text is its value.
pub fn set_literal(values: &mut Map, text: &str) -> Result<(), String> {
    run(values, text, &Reader::Literal)
}

enum Reader<'r> {
    Style(Style),
    Files(&'r dyn Fn(&str) -> Result<Value, String>),
    Literal,
}

struct Parser<'t> {
    chars: Vec<char>,
    at: usize,
    reader: &'t Reader<'t>,
}

enum Stop {
    /// The text ended.
    End,
    Error(String),
}

type Result_<T> = Result<T, Stop>;

fn run(values: &mut Map, text: &str, reader: &Reader<'_>) -> Result<(), String> {
    let mut parser = Parser { chars: text.chars().collect(), at: 0, reader };
    loop {
        match parser.key(values, 0) {
            Ok(()) => {}
            Err(Stop::End) => return Ok(()),
            Err(Stop::Error(error)) => return Err(error),
        }
    }
}

fn fail<T>(message: impl Into<String>) -> Result_<T> {
    Err(Stop::Error(message.into()))
}

/// What Go says where a value of another type is in the way.
fn in_the_way<T>(value: &Value, wanted: &str) -> Result_<T> {
    let got = match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::UInt(_) => "uint64",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    };
    fail(format!("unable to parse key: interface conversion: interface {{}} is {got}, not {wanted}"))
}

fn assign(map: &mut Map, key: &str, value: Value) {
    // Nameless keys are passed over.
    if !key.is_empty() {
        map.insert(key, value);
    }
}

// === impl Parser ===

impl Parser<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.chars.get(self.at).copied();
        self.at += usize::from(c.is_some());
        c
    }

    /// The text up to one of `stops`, escapes resolved, and which stop it was; `None` at the end.
    fn until(&mut self, stops: &str) -> (String, Option<char>) {
        let mut out = String::new();
        while let Some(c) = self.next() {
            if stops.contains(c) {
                return (out, Some(c));
            }
            if c == '\\' && !matches!(self.reader, Reader::Literal) {
                match self.next() {
                    Some(c) => out.push(c),
                    None => return (out, None),
                }
            } else {
                out.push(c);
            }
        }
        (out, None)
    }

    fn key(&mut self, map: &mut Map, nesting: usize) -> Result_<()> {
        let stops = if matches!(self.reader, Reader::Literal) { "=[." } else { "=[,." };
        let (key, last) = self.until(stops);
        match last {
            None if key.is_empty() => Err(Stop::End),
            None => fail(format!("key {} has no value", quote(key.as_bytes()))),
            Some('[') => {
                let index = self.index().map_err(|error| prefixed(error, "error parsing index: "))?;
                let mut list = match map.get(&key) {
                    None => Vec::new(),
                    Some(Value::Array(items)) => items.as_ref().clone(),
                    Some(other) => return in_the_way(other, "[]interface {}"),
                };
                let result = self.item(&mut list, index, nesting, 0);
                assign(map, &key, list.into());
                result
            }
            Some('=') => {
                let (value, result) = self.value()?;
                assign(map, &key, value);
                result
            }
            Some(',') => {
                assign(map, &key, "".into());
                fail(format!("key {} has no value (cannot end with ,)", quote(key.as_bytes())))
            }
            Some(_) => {
                let nesting = nesting + 1;
                if nesting > MAX_NESTING {
                    return fail(format!(
                        "value name nested level is greater than maximum supported nested level of {MAX_NESTING}"
                    ));
                }
                let mut inner = match map.get(&key) {
                    None => Map::new(),
                    Some(Value::Object(inner)) => inner.as_ref().clone(),
                    Some(other) => return in_the_way(other, "map[string]interface {}"),
                };
                let result = self.key(&mut inner, nesting);
                if inner.is_empty() {
                    if result.is_ok() {
                        return fail(format!("key map {} has no value", quote(key.as_bytes())));
                    }
                } else {
                    assign(map, &key, inner.into());
                }
                result
            }
        }
    }

    fn index(&mut self) -> Result_<i64> {
        let (text, last) = self.until("]");
        if last.is_none() {
            // An index that does not end ends the text without a word.
            return Err(Stop::End);
        }
        let number = text.strip_prefix('+').filter(|rest| !rest.starts_with(['+', '-'])).unwrap_or(&text);
        number.parse().or_else(|_| {
            let all_digits = !number.is_empty() && number.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit());
            let why = if all_digits { "value out of range" } else { "invalid syntax" };
            fail(format!("strconv.Atoi: parsing {}: {why}", quote(text.as_bytes())))
        })
    }

    fn item(&mut self, list: &mut Vec<Value>, index: i64, nesting: usize, depth: usize) -> Result_<()> {
        if index < 0 {
            return fail(format!("negative {index} index not allowed"));
        }
        if depth > MAX_LISTS {
            return fail(format!("lists are nested more than {MAX_LISTS} deep"));
        }
        let (rest, last) = self.until("[.=");
        if !rest.is_empty() {
            // Go shows runes here.
            let runes: Vec<String> = rest.chars().map(|c| format!("{:?}", c)).collect();
            return fail(format!("unexpected data at end of array index: [{}]", runes.join(" ")));
        }
        let at = index as usize;
        match last {
            None => Err(Stop::End),
            Some('=') => {
                let (value, result) = self.value()?;
                match result {
                    Err(Stop::Error(error)) => fail(error),
                    Ok(()) | Err(Stop::End) => put(list, index, value),
                }
            }
            Some('[') => {
                let next = self.index().map_err(|error| prefixed(error, "error parsing index: "))?;
                let mut inner = match list.get(at) {
                    None | Some(Value::Null) => Vec::new(),
                    Some(Value::Array(items)) => items.as_ref().clone(),
                    Some(other) => return in_the_way(other, "[]interface {}"),
                };
                self.item(&mut inner, next, nesting, depth + 1)?;
                put(list, index, inner.into())
            }
            Some(_) => {
                let (mut inner, known) = match list.get_mut(at) {
                    None => (Map::new(), false),
                    Some(Value::Object(inner)) => (inner.as_ref().clone(), true),
                    Some(other) => {
                        *other = Value::object();
                        (Map::new(), true)
                    }
                };
                let result = self.key(&mut inner, nesting);
                // After an error only a map that was there before shows what was assigned.
                if known || result.is_ok() {
                    put(list, index, inner.into())?;
                }
                result
            }
        }
    }

    /// The value after `=`, and how the text goes on after it.
    fn value(&mut self) -> Result_<(Value, Result_<()>)> {
        match self.reader {
            Reader::Literal => {
                let rest: String = self.chars[self.at..].iter().collect();
                self.at = self.chars.len();
                Ok((rest.into(), Ok(())))
            }
            Reader::Style(Style::Json) => self.json(),
            _ => self.plain(),
        }
    }

    fn plain(&mut self) -> Result_<(Value, Result_<()>)> {
        match self.next() {
            None => return Ok(("".into(), Err(Stop::End))),
            Some('{') => {}
            Some(_) => {
                self.at -= 1;
                let (text, _) = self.until(",");
                return Ok(match self.read(&text) {
                    Ok(value) => (value, Ok(())),
                    Err(error) => (Value::Null, fail(error)),
                });
            }
        }
        let mut list = Vec::new();
        loop {
            let (text, last) = self.until(",}");
            if last.is_none() {
                return fail("list must terminate with '}'");
            }
            list.push(self.read(&text).map_err(Stop::Error)?);
            if last == Some('}') {
                if self.chars.get(self.at) == Some(&',') {
                    self.at += 1;
                }
                return Ok((list.into(), Ok(())));
            }
        }
    }

    fn read(&self, text: &str) -> Result<Value, String> {
        match self.reader {
            Reader::Files(read) => read(text),
            Reader::Style(Style::Typed) => Ok(typed(text)),
            _ => Ok(text.into()),
        }
    }

    fn json(&mut self) -> Result_<(Value, Result_<()>)> {
        if self.is_blank() {
            return Ok((Value::Null, Ok(())));
        }
        let rest: String = self.chars[self.at..].iter().collect();
        let mut stream = serde_json::Deserializer::from_str(&rest).into_iter::<Value>();
        let value = match stream.next() {
            Some(Ok(value)) => value,
            Some(Err(error)) => return fail(json_error(&rest, &error)),
            None => Value::Null,
        };
        self.at += rest[..stream.byte_offset()].chars().count();
        self.is_blank();
        Ok((super::floats(&value), Ok(())))
    }

    /// Passes over white space; whether nothing, or a comma, came after it.
    fn is_blank(&mut self) -> bool {
        loop {
            match self.next() {
                None | Some(',') => return true,
                Some(c) if c.is_whitespace() => {}
                Some(_) => {
                    self.at -= 1;
                    return false;
                }
            }
        }
    }
}

/// The words that Go's JSON decoder has for the commonest faults.
fn json_error(text: &str, error: &serde_json::Error) -> String {
    if error.is_eof() {
        return "unexpected EOF".to_string();
    }
    let offset =
        text.lines().take(error.line().saturating_sub(1)).map(|line| line.len() + 1).sum::<usize>() + error.column();
    match text[..offset.min(text.len())].chars().next_back() {
        Some(c) => format!("invalid character '{c}' looking for beginning of value"),
        None => error.to_string(),
    }
}

fn prefixed(stop: Stop, prefix: &str) -> Stop {
    match stop {
        Stop::Error(error) => Stop::Error(format!("{prefix}{error}")),
        Stop::End => Stop::End,
    }
}

fn put(list: &mut Vec<Value>, index: i64, value: Value) -> Result_<()> {
    if index > MAX_INDEX {
        return fail(format!("index of {index} is greater than maximum supported index of {MAX_INDEX}"));
    }
    let at = index as usize;
    if list.len() <= at {
        list.resize(at + 1, Value::Null);
    }
    list[at] = value;
    Ok(())
}

fn typed(text: &str) -> Value {
    if text.eq_ignore_ascii_case("true") {
        return true.into();
    }
    if text.eq_ignore_ascii_case("false") {
        return false.into();
    }
    if text.eq_ignore_ascii_case("null") {
        return Value::Null;
    }
    if text == "0" {
        return Value::Int(0);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let is_number = !text.starts_with('0') && !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(i) if is_number => Value::Int(i),
        _ => text.into(),
    }
}

/// `--set-json`: a whole object, or keys with JSON values.
pub fn set_json(values: &mut Value, text: &str) -> Result<(), String> {
    if text.trim().starts_with('{') {
        let object = from_json(text.as_bytes()).map_err(|error| error.to_string())?;
        super::merge(values, &super::floats(&object));
        return Ok(());
    }
    match values.as_object_mut() {
        Some(map) => set(map, text, Style::Json),
        None => Err("the values are not an object".to_string()),
    }
}
