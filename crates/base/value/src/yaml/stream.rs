//! Files of several objects, parted and read as Kubernetes' tools do.

use std::borrow::Cow;

use super::{YamlError, from_yaml};
use crate::Value;
use crate::json::stream_fault;

/// One document of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Its text, each line of which ends with a line feed alone; the separator before it is part of it only where nothing else
    /// was before.
    pub text: Cow<'a, [u8]>,
    /// The line of the file on which it starts, from 1.
    pub line: usize,
}

/// Parts a file at lines that start with `---`, as `YAMLReader` of k8s.io/apimachinery does: white space and a comment may
/// stand behind, anything else is an error. The rest of the file is not told after one.
pub fn split(text: &[u8]) -> impl Iterator<Item = Result<Part<'_>, YamlError>> {
    let mut splitter = Splitter { rest: text, line: 1, failed: false };
    std::iter::from_fn(move || splitter.next())
}

/// The objects of a file of YAML documents or of JSON ones, as `YAMLOrJSONDecoder` of k8s.io/apimachinery gives them to
/// Argo CD and kubectl. What is empty or null is passed over; nothing is told after an error, whose lines count from the
/// document's start.
pub fn objects(text: &[u8]) -> impl Iterator<Item = Result<Value, YamlError>> {
    let first = text.iter().find(|c| !c.is_ascii_whitespace());
    let mut json = (first == Some(&b'{')).then_some(JsonStream { text, at: 0, count: 0 });
    let mut splitter = Splitter { rest: text, line: 1, failed: false };
    std::iter::from_fn(move || {
        loop {
            let found = match &mut json {
                Some(stream) => match stream.next()? {
                    Ok(value) => Ok(value),
                    // What looked like JSON may be YAML: the rest is read as such, and where it is not, the first error is
                    // told.
                    Err(error) if stream.count > 1 => {
                        splitter.failed = true;
                        stream.at = text.len();
                        Err(error)
                    }
                    Err(error) => {
                        let rest = behind_space(&text[stream.at..]);
                        json = None;
                        match rest {
                            Some(rest) => {
                                splitter.rest = rest;
                                splitter.object()?.map_err(|_| error)
                            }
                            None => Err(error),
                        }
                    }
                },
                None => splitter.object()?,
            };
            match found {
                Ok(Value::Null) => {}
                Ok(value) => return Some(Ok(value)),
                Err(error) => {
                    splitter.failed = true;
                    return Some(Err(error));
                }
            }
        }
    })
}

struct Splitter<'a> {
    rest: &'a [u8],
    line: usize,
    failed: bool,
}

struct JsonStream<'a> {
    text: &'a [u8],
    at: usize,
    /// Objects read.
    count: usize,
}

// === impl Splitter ===

impl<'a> Splitter<'a> {
    fn next(&mut self) -> Option<Result<Part<'a>, YamlError>> {
        if self.failed {
            return None;
        }
        let (whole, first) = (self.rest, self.line);
        let mut length = 0;
        while !self.rest.is_empty() {
            let end = self.rest.iter().position(|c| *c == b'\n').map_or(self.rest.len(), |i| i + 1);
            let (line, rest) = self.rest.split_at(end);
            if let Some(behind) = line.strip_prefix(b"---") {
                let behind = behind.trim_ascii();
                if !behind.is_empty() && behind[0] != b'#' {
                    self.failed = true;
                    let behind = String::from_utf8_lossy(behind);
                    return Some(Err(YamlError::json(format!("invalid Yaml document separator: {behind}"))));
                }
                if length > 0 {
                    self.rest = rest;
                    self.line += 1;
                    return Some(Ok(Part { text: unix(&whole[..length]), line: first }));
                }
            }
            length += line.len();
            self.rest = rest;
            self.line += 1;
        }
        (length > 0).then(|| Ok(Part { text: unix(&whole[..length]), line: first }))
    }

    fn object(&mut self) -> Option<Result<Value, YamlError>> {
        let part = match self.next()? {
            Ok(part) => part,
            Err(error) => return Some(Err(error)),
        };
        Some(from_yaml(&part.text).map_err(|e| YamlError::json(format!("error converting YAML to JSON: {e}"))))
    }
}

/// What follows white space up to and with the first line feed; nothing where too little follows for Go to look at.
fn behind_space(mut text: &[u8]) -> Option<&[u8]> {
    loop {
        // Go looks at the four bytes that the widest character has.
        let first = text.get(..4)?[0];
        if !matches!(first, b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C) {
            return Some(text);
        }
        text = &text[1..];
        if first == b'\n' {
            return Some(text);
        }
    }
}

/// The text with a line feed at the end of each line, the last one too.
fn unix(text: &[u8]) -> Cow<'_, [u8]> {
    if text.ends_with(b"\n") && !text.windows(2).any(|pair| pair == b"\r\n") {
        return Cow::Borrowed(text);
    }
    let mut out = Vec::with_capacity(text.len() + 1);
    for (i, c) in text.iter().enumerate() {
        if *c != b'\r' || text.get(i + 1) != Some(&b'\n') {
            out.push(*c);
        }
    }
    if !out.ends_with(b"\n") {
        out.push(b'\n');
    }
    Cow::Owned(out)
}

// === impl JsonStream ===

impl JsonStream<'_> {
    fn next(&mut self) -> Option<Result<Value, YamlError>> {
        let rest = &self.text[self.at..];
        let mut stream = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        match stream.next()? {
            Ok(value) => {
                self.at += stream.byte_offset();
                self.count += 1;
                Some(Ok(value))
            }
            Err(e) => Some(Err(YamlError::json(match stream_fault(rest, &e) {
                // Behind the second object it is not tried as YAML, and told without the place.
                (problem, Some(at)) if self.count <= 1 => format!("json: offset {}: {problem}", self.at + at),
                (problem, _) => problem,
            }))),
        }
    }
}
