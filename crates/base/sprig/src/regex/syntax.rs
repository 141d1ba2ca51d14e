//! From Go's pattern syntax to the regex crate's.
//!
//! Both are RE2's, with these differences: Go's `\d \s \w \b` are ASCII; its classes know no set operations and take `[`
//! as a letter; a brace that is no repetition is a letter; `\Q…\E` quotes; any punctuation can be escaped.

/// The pattern in the regex crate's syntax, or Go's reason why it is none.
pub(super) fn translate(pattern: &str) -> Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    // Where a repetition began, if the last piece was one.
    let mut repeated: Option<&str> = None;
    while let Some(c) = rest.chars().next() {
        let before = rest;
        match c {
            '*' | '+' | '?' => {
                out.push(c);
                rest = &rest[1..];
                check_nesting(repeated, rest)?;
                repeated = Some(before);
                // One that is lazy.
                if let Some(after) = rest.strip_prefix('?') {
                    out.push('?');
                    rest = after;
                }
                continue;
            }
            '\\' if rest.starts_with("\\Q") => {
                let body = &rest[2..];
                let (quoted, after) = body.split_once("\\E").unwrap_or((body, ""));
                quoted.chars().for_each(|c| literal(&mut out, c));
                rest = after;
            }
            '\\' => rest = escape(&mut out, rest, false)?,
            '[' => rest = class(&mut out, rest)?,
            '{' => match repetition(rest) {
                Some(length) => {
                    check_repetition(&rest[..length])?;
                    out.push_str(&rest[..length]);
                    rest = &rest[length..];
                    check_nesting(repeated, rest)?;
                    repeated = Some(before);
                    if let Some(after) = rest.strip_prefix('?') {
                        out.push('?');
                        rest = after;
                    }
                    continue;
                }
                None => {
                    out.push_str("\\{");
                    rest = &rest[1..];
                }
            },
            '(' => rest = group(&mut out, rest)?,
            c => {
                out.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
        repeated = None;
    }
    Ok(out)
}

/// A repetition of a repetition is an error in Go, and shown whole.
fn check_nesting(repeated: Option<&str>, after: &str) -> Result<(), String> {
    match repeated {
        None => Ok(()),
        Some(first) => {
            let shown = &first[..first.len() - after.len()];
            Err(format!("invalid nested repetition operator: `{shown}`"))
        }
    }
}

/// Writes the beginning of a group; a name must be one.
fn group<'t>(out: &mut String, text: &'t str) -> Result<&'t str, String> {
    let name = text.strip_prefix("(?P<").or_else(|| text.strip_prefix("(?<"));
    if let Some(body) = name {
        let Some((name, after)) = body.split_once('>') else {
            return Err(format!("invalid named capture: `{text}`"));
        };
        let whole = &text[..text.len() - after.len()];
        if name.is_empty() || !name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric()) {
            return Err(format!("invalid named capture: `{whole}`"));
        }
        out.push_str(&format!("(?P<{name}>"));
        return Ok(after);
    }
    out.push('(');
    Ok(&text[1..])
}

fn literal(out: &mut String, c: char) {
    if c.is_ascii() && !c.is_ascii_alphanumeric() {
        out.push_str(&format!("\\x{:02X}", c as u32));
    } else {
        out.push(c);
    }
}

/// Length of a well-formed repetition such as `{2,5}` at the start of `text`.
fn repetition(text: &str) -> Option<usize> {
    let end = text.find('}')?;
    let inner = &text[1..end];
    let (low, high) = inner.split_once(',').unwrap_or((inner, inner));
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(low) && (high.is_empty() || digits(high))).then_some(end + 1)
}

fn check_repetition(text: &str) -> Result<(), String> {
    let inner = &text[1..text.len() - 1];
    let (low, high) = inner.split_once(',').unwrap_or((inner, inner));
    let bound = |s: &str| s.parse::<u32>().ok().filter(|n| *n <= 1000);
    let (low_ok, high_ok) = (bound(low), if high.is_empty() { Some(1000) } else { bound(high) });
    match (low_ok, high_ok) {
        (Some(low), Some(high)) if low <= high => Ok(()),
        _ => Err(format!("invalid repeat count: `{text}`")),
    }
}

/// Writes the escape at the start of `text`; gives what is after it.
fn escape<'t>(out: &mut String, text: &'t str, in_class: bool) -> Result<&'t str, String> {
    let Some(c) = text[1..].chars().next() else {
        return Err("trailing backslash at end of expression: ``".to_string());
    };
    let rest = &text[1 + c.len_utf8()..];
    let ascii = |plain: &str, negated: bool| match (in_class, negated) {
        (true, false) => plain.to_string(),
        (true, true) | (false, true) => format!("[^{plain}]"),
        (false, false) => format!("[{plain}]"),
    };
    match c {
        'd' => out.push_str(&ascii("0-9", false)),
        'D' => out.push_str(&ascii("0-9", true)),
        's' => out.push_str(&ascii(r"\t\n\x0C\r ", false)),
        'S' => out.push_str(&ascii(r"\t\n\x0C\r ", true)),
        'w' => out.push_str(&ascii("0-9A-Za-z_", false)),
        'W' => out.push_str(&ascii("0-9A-Za-z_", true)),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        'B' if !in_class => out.push_str(r"(?-u:\B)"),
        'A' | 'z' if !in_class => {
            out.push('\\');
            out.push(c);
        }
        'a' => out.push_str(r"\x07"),
        'f' => out.push_str(r"\x0C"),
        'n' => out.push_str(r"\n"),
        'r' => out.push_str(r"\r"),
        't' => out.push_str(r"\t"),
        'v' => out.push_str(r"\x0B"),
        'x' | 'p' | 'P' => {
            out.push('\\');
            out.push(c);
        }
        '0'..='7' => {
            let digits: String = text[1..].chars().take(3).take_while(|c| c.is_digit(8)).collect();
            if c != '0' && digits.len() < 2 {
                return Err(format!("invalid escape sequence: `\\{c}`"));
            }
            let value = u32::from_str_radix(&digits, 8).unwrap_or(0);
            out.push_str(&format!("\\x{{{value:X}}}"));
            return Ok(&text[1 + digits.len()..]);
        }
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => literal(out, c),
        c => return Err(format!("invalid escape sequence: `\\{c}`")),
    }
    Ok(rest)
}

/// Writes the bracket expression at the start of `text`; gives what is after it.
fn class<'t>(out: &mut String, text: &'t str) -> Result<&'t str, String> {
    let whole = text;
    let mut rest = &text[1..];
    out.push('[');
    if let Some(after) = rest.strip_prefix('^') {
        out.push('^');
        rest = after;
    }
    let mut first = true;
    loop {
        let Some(c) = rest.chars().next() else { return Err(format!("missing closing ]: `{whole}`")) };
        if c == ']' && !first {
            out.push(']');
            return Ok(&rest[1..]);
        }
        first = false;
        if rest.starts_with("[:") && rest[2..].contains(":]") {
            let end = rest.find(":]").map_or(rest.len(), |i| i + 2);
            out.push_str(&rest[..end]);
            rest = &rest[end..];
        } else if rest.starts_with('\\') && rest[1..].starts_with(['d', 'D', 's', 'S', 'w', 'W', 'p', 'P']) {
            // What stands for many characters begins no range: a hyphen after it is one.
            rest = escape(out, rest, true)?;
        } else {
            rest = class_character(out, rest, whole)?;
            if rest.starts_with('-') && !rest[1..].starts_with(']') && rest.len() > 1 {
                out.push('-');
                rest = class_character(out, &rest[1..], whole)?;
            }
        }
    }
}

/// Writes one character of a bracket expression; gives what is after it.
fn class_character<'t>(out: &mut String, text: &'t str, whole: &str) -> Result<&'t str, String> {
    let Some(c) = text.chars().next() else { return Err(format!("missing closing ]: `{whole}`")) };
    if c == '\\' {
        return match text[1..].chars().next() {
            Some(many @ ('d' | 'D' | 's' | 'S' | 'w' | 'W' | 'p' | 'P')) => {
                Err(format!("invalid escape sequence: `\\{many}`"))
            }
            _ => escape(out, text, true),
        };
    }
    match c {
        '-' => out.push_str(r"\-"),
        '[' | ']' | '&' | '~' | '^' | ' ' | '#' => literal(out, c),
        c => out.push(c),
    }
    Ok(&text[c.len_utf8()..])
}

/// Go's words for what the regex crate found wrong.
pub(super) fn describe(pattern: &str, error: &regex::Error) -> String {
    let text = error.to_string();
    let has = |what: &str| text.contains(what);
    if has("unclosed group") {
        return format!("missing closing ): `{pattern}`");
    }
    if has("unopened group") {
        return format!("unexpected ): `{pattern}`");
    }
    if has("repetition operator missing expression") {
        let operator = pattern.chars().find(|c| "*+?{".contains(*c)).unwrap_or('*');
        return format!("missing argument to repetition operator: `{operator}`");
    }
    if has("look-around") || has("unrecognized flag") {
        return format!(
            "invalid or unsupported Perl syntax: `{}`",
            pattern.get(pattern.find("(?").unwrap_or(0)..).unwrap_or(pattern).chars().take(3).collect::<String>()
        );
    }
    if matches!(error, regex::Error::CompiledTooBig(_)) {
        return "expression too large".to_string();
    }
    let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_string();
    format!("{reason}: `{pattern}`")
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn differences_are_translated() {
        for (go, want) in [
            (r"\d+", "[0-9]+"),
            (r"[\w-]", r"[0-9A-Za-z_\-]"),
            (r"a{2,3}{x}", r"a{2,3}\{x}"),
            (r"[[a]", r"[\x5Ba]"),
            (r"[\w-\.]", r"[0-9A-Za-z_\-\x2E]"),
            (r"[a-c-e]", r"[a-c\-e]"),
            (r"[--/]", r"[\--/]"),
            (r"[+--]", r"[+-\-]"),
            (r"[]a]", r"[\x5Da]"),
            (r"\Qa.b\E+", r"a\x2Eb+"),
            (r"[[:alpha:]_]", "[[:alpha:]_]"),
            (r"\/\<", r"\x2F\x3C"),
        ] {
            assert_eq!(translate(go).as_deref(), Ok(want), "{go}");
        }
        assert_eq!(translate("[").unwrap_err(), "missing closing ]: `[`");
        assert_eq!(translate(r"[a-\d]").unwrap_err(), r"invalid escape sequence: `\d`");
        assert_eq!(translate("a{1001}").unwrap_err(), "invalid repeat count: `{1001}`");
    }
}
