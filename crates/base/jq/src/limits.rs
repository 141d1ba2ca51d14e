//! What an expression may not say.

/// Filters that may not end, or that reach outside of the value.
const FORBIDDEN: [&str; 20] = [
    "def",
    "while",
    "until",
    "repeat",
    "range",
    "recurse",
    "limit",
    "infinite",
    "input",
    "inputs",
    "debug",
    "stderr",
    "env",
    "halt",
    "halt_error",
    "combinations",
    "include",
    "import",
    "label",
    "now",
];

/// The longest expression.
pub(crate) const LENGTH: usize = 4096;

/// The first forbidden word of an expression, strings and fields left aside.
pub(crate) fn forbidden(expression: &str) -> Option<&'static str> {
    let mut chars = expression.char_indices().peekable();
    let mut before = ' ';
    while let Some((start, c)) = chars.next() {
        match c {
            '"' => {
                // An interpolation holds a filter; its words are looked at like all others, because the string just ends there.
                while let Some((_, c)) = chars.next() {
                    match c {
                        '\\' => match chars.next() {
                            Some((_, '(')) => break,
                            _ => continue,
                        },
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '#' => while chars.next_if(|(_, c)| *c != '\n').is_some() {},
            c if c.is_alphabetic() || c == '_' => {
                let mut end = start + c.len_utf8();
                while let Some((i, c)) = chars.next_if(|(_, c)| c.is_alphanumeric() || *c == '_') {
                    end = i + c.len_utf8();
                }
                let word = &expression[start..end];
                // `.input` is a field, `{env: 1}` is found and refused: nobody names a path so.
                if before != '.'
                    && let Some(found) = FORBIDDEN.iter().find(|f| **f == word)
                {
                    return Some(found);
                }
            }
            _ => {}
        }
        if !c.is_whitespace() {
            before = c;
        }
    }
    None
}
