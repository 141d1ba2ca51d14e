//! `snakecase` and `kebabcase`: words as xstrings finds them.

use super::{is_connector, lower};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    None,
    Number,
    Upper,
    Alphabet,
    Connector,
    Punctuation,
    Other,
}

/// Lower-case words with `connector` between them.
pub(super) fn joined(text: &str, connector: char) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { rest: &chars };
    let (mut kind, mut word) = reader.next();
    while !reader.rest.is_empty() {
        if kind != Kind::Connector {
            write(&mut out, kind, word, connector);
        }
        let (before, last) = (kind, word);
        (kind, word) = reader.next();
        match before {
            Kind::Number => {
                while matches!(kind, Kind::Alphabet | Kind::Number) {
                    write(&mut out, kind, word, connector);
                    (kind, word) = reader.next();
                }
                if !matches!(kind, Kind::None | Kind::Punctuation | Kind::Connector) {
                    out.push(connector);
                }
            }
            Kind::Connector => write(&mut out, before, last, connector),
            Kind::Punctuation => {}
            _ => {
                if kind != Kind::Number {
                    if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                        out.push(connector);
                    }
                    continue;
                }
                if reader.rest.is_empty() {
                    continue;
                }
                let number = word;
                (kind, word) = reader.next();
                // A number belongs to the word before: "Bld4Floor" is "bld4_floor"...
                if kind != Kind::Alphabet {
                    write(&mut out, Kind::Number, number, connector);
                    if !matches!(kind, Kind::Connector | Kind::Punctuation) {
                        out.push(connector);
                    }
                    continue;
                }
                // ...but not where lower-case letters follow: "HTTP2xx" is "http_2xx".
                out.push(connector);
                write(&mut out, Kind::Number, number, connector);
                while matches!(kind, Kind::Alphabet | Kind::Number) {
                    write(&mut out, kind, word, connector);
                    (kind, word) = reader.next();
                }
                if !matches!(kind, Kind::None | Kind::Connector | Kind::Punctuation) {
                    out.push(connector);
                }
            }
        }
    }
    write(&mut out, kind, word, connector);
    out
}

fn write(out: &mut String, kind: Kind, word: &[char], connector: char) {
    match kind {
        Kind::Upper => out.extend(word.iter().map(|c| lower(*c))),
        // The first of several connectors is replaced, all are kept in number.
        Kind::Connector => out.extend(word.iter().map(|_| connector)),
        _ => out.extend(word),
    }
}

struct Reader<'a> {
    rest: &'a [char],
}

// === impl Reader ===

impl<'a> Reader<'a> {
    fn next(&mut self) -> (Kind, &'a [char]) {
        let Some(first) = self.rest.first().copied() else { return (Kind::None, &[]) };
        let run = |from: usize, keep: &dyn Fn(char) -> bool| {
            self.rest[from..].iter().position(|c| !keep(*c)).map_or(self.rest.len(), |i| i + from)
        };
        let (kind, end) = if is_connector(first) {
            (Kind::Connector, run(1, &is_connector))
        } else if is_punctuation(first) {
            (Kind::Punctuation, run(1, &is_punctuation))
        } else if first.is_uppercase() {
            (Kind::Upper, self.upper_word())
        } else if is_alphabet(first) {
            (Kind::Alphabet, run(1, &|c| is_alphabet(c) && !c.is_uppercase()))
        } else if first.is_numeric() {
            (Kind::Number, run(1, &|c| c.is_numeric()))
        } else {
            (Kind::Other, run(1, &|c| !is_connector(c) && !is_alphabet(c) && !c.is_numeric() && !is_punctuation(c)))
        };
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (kind, word)
    }

    /// "HTTPStatus" is "HTTP" and "Status": the last capital before small letters begins the next word.
    fn upper_word(&self) -> usize {
        let rest = self.rest;
        match rest.get(1) {
            Some(c) if c.is_uppercase() => {
                let end = rest[2..].iter().position(|c| !c.is_uppercase()).map_or(rest.len(), |i| i + 2);
                if rest.get(end).is_some_and(|c| is_alphabet(*c)) { end - 1 } else { end }
            }
            Some(c) if is_alphabet(*c) => {
                rest[2..].iter().position(|c| !is_alphabet(*c) || c.is_uppercase()).map_or(rest.len(), |i| i + 2)
            }
            _ => 1,
        }
    }
}

/// Letters other than CJK characters, which are words of their own.
fn is_alphabet(c: char) -> bool {
    c.is_alphabetic() && !matches!(c as u32, 0x3400..=0x4d85 | 0x4e00..=0x9fcc | 0x20000..=0x2b81d)
}

fn is_punctuation(c: char) -> bool {
    // Go's category P: ASCII symbols such as + $ < > = ^ ` | ~ are not among it.
    if c.is_ascii() {
        return c.is_ascii_punctuation() && !matches!(c, '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~');
    }
    matches!(c as u32, 0xa1 | 0xa7 | 0xab | 0xb6 | 0xb7 | 0xbb | 0xbf | 0x2010..=0x2027 | 0x2030..=0x205e | 0x3001..=0x3003 | 0x3008..=0x3011)
}
