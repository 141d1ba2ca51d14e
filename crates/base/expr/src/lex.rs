//! Words of an expression.

use crate::ExprError;

/// One word, and where it begins, counted in characters from 1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    Name(String),
    Text(String),
    Int(i64),
    Float(f64),
    /// An operator or a bracket.
    Sign(&'static str),
    End,
}

/// Longer ones before those that they begin with.
const SIGNS: [&str; 34] = [
    "?.", "??", "..", "**", "==", "!=", "<=", ">=", "&&", "||", "+", "-", "*", "/", "%", "^", "<", ">", "!", "(", ")",
    "[", "]", "{", "}", ",", ":", ";", "?", ".", "|", "#", "=", "$",
];

/// Reads all words.
pub(crate) fn tokens(text: &str) -> Result<Vec<Token>, ExprError> {
    let chars: Vec<char> = text.chars().collect();
    let fail =
        |at: usize, reason: &str| ExprError::Syntax { text: text.to_string(), reason: reason.to_string(), at: at + 1 };
    let (mut tokens, mut at) = (Vec::new(), 0);
    while let Some(&c) = chars.get(at) {
        let start = at;
        let kind = match c {
            c if c.is_whitespace() => {
                at += 1;
                continue;
            }
            '/' if chars.get(at + 1) == Some(&'/') => {
                while chars.get(at).is_some_and(|c| *c != '\n') {
                    at += 1;
                }
                continue;
            }
            '"' | '\'' => Kind::Text(quoted(&chars, &mut at, c).ok_or_else(|| fail(start, "a text has no end"))?),
            '`' => {
                let end =
                    chars[at + 1..].iter().position(|c| *c == '`').ok_or_else(|| fail(start, "a text has no end"))?;
                at += end + 2;
                Kind::Text(chars[start + 1..at - 1].iter().collect())
            }
            c if c.is_ascii_digit() || (c == '.' && chars.get(at + 1).is_some_and(char::is_ascii_digit)) => {
                number(&chars, &mut at).ok_or_else(|| fail(start, "this is no number"))?
            }
            c if c.is_alphabetic() || c == '_' => {
                while chars.get(at).is_some_and(|c| c.is_alphanumeric() || *c == '_') {
                    at += 1;
                }
                Kind::Name(chars[start..at].iter().collect())
            }
            _ => {
                let rest: String = chars[at..chars.len().min(at + 2)].iter().collect();
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let sign = sign.ok_or_else(|| fail(start, "this character means nothing here"))?;
                at += sign.len();
                Kind::Sign(sign)
            }
        };
        tokens.push(Token { kind, at: start + 1 });
    }
    tokens.push(Token { kind: Kind::End, at: chars.len() + 1 });
    Ok(tokens)
}

fn quoted(chars: &[char], at: &mut usize, quote: char) -> Option<String> {
    let mut text = String::new();
    *at += 1;
    loop {
        let c = *chars.get(*at)?;
        *at += 1;
        match c {
            c if c == quote => return Some(text),
            '\\' => {
                let c = *chars.get(*at)?;
                *at += 1;
                text.push(match c {
                    'n' => '\n',
                    't' => '\t',
                    'r' => '\r',
                    'u' => {
                        let digits: String = chars.get(*at..*at + 4)?.iter().collect();
                        *at += 4;
                        char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                    }
                    other => other,
                });
            }
            c => text.push(c),
        }
    }
}

fn number(chars: &[char], at: &mut usize) -> Option<Kind> {
    let start = *at;
    let mut float = false;
    while let Some(&c) = chars.get(*at) {
        match c {
            '0'..='9' | '_' => {}
            // Two dots are a range.
            '.' if !float && chars.get(*at + 1) != Some(&'.') => float = true,
            'e' | 'E' => {
                float = true;
                if matches!(chars.get(*at + 1), Some('+' | '-')) {
                    *at += 1;
                }
            }
            _ => break,
        }
        *at += 1;
    }
    let text: String = chars[start..*at].iter().filter(|c| **c != '_').collect();
    if float { text.parse().ok().map(Kind::Float) } else { text.parse().ok().map(Kind::Int) }
}
