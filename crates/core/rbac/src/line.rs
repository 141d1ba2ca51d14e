//! One line of a policy, read as the contract reads it: CSV as Go's `encoding/csv` has it, each line by itself.

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Nothing: empty, or a comment.
    Nothing,
    /// `p, subject, resource, action, object, effect`.
    Permission(Box<[String; 5]>),
    /// `g, member, role`.
    Grouping(String, String),
    /// A word that the contract takes and that does nothing: `r`, `e` or `m`.
    Idle(String),
}

/// Why a line cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// A `"` in a field that does not begin with one.
    #[error(
        "a field has a \" in it and does not begin with one: put the whole field into quotes, and write \"\" for \" in it"
    )]
    BareQuote,
    /// A field in quotes that does not end with a quote before the next comma.
    #[error("a field that begins with \" does not end with one: close it before the comma or the end of the line")]
    OpenQuote,
    /// It begins with a word that is none.
    #[error("it begins with {0:?}: a line begins with p (who may do what) or g (who is in which role)")]
    Word(String),
    /// A permission without exactly six fields.
    #[error("it has {0} fields, and a permission has six: p, subject, resource, action, object, allow or deny")]
    Permission(usize),
    /// A grouping without exactly three fields.
    #[error("it has {0} fields, and a grouping has three: g, user or group, role")]
    Grouping(usize),
}

/// Reads a line; white space around it does not count.
pub(crate) fn read(line: &str) -> Result<Line, LineError> {
    let line = line.trim();
    if line.is_empty() || line.starts_with('#') {
        return Ok(Line::Nothing);
    }
    let mut fields = fields(line)?.into_iter();
    let count = fields.len();
    let word = fields.next().unwrap_or_default();
    let mut next = || fields.next().unwrap_or_default();
    match (word.as_str(), count) {
        ("p", 6) => Ok(Line::Permission(Box::new([next(), next(), next(), next(), next()]))),
        ("p", count) => Err(LineError::Permission(count)),
        ("g", 3) => Ok(Line::Grouping(next(), next())),
        ("g", count) => Err(LineError::Grouping(count)),
        ("r" | "e" | "m", _) => Ok(Line::Idle(word)),
        _ => Err(LineError::Word(word)),
    }
}

/// The fields of a line. White space before a field does not count, after it it does.
fn fields(line: &str) -> Result<Vec<String>, LineError> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        if let Some(quoted) = rest.strip_prefix('"') {
            let (field, after) = in_quotes(quoted)?;
            fields.push(field);
            match after {
                Some(after) => rest = after,
                None => return Ok(fields),
            }
        } else {
            let (field, after) = match rest.split_once(',') {
                Some((field, after)) => (field, Some(after)),
                None => (rest, None),
            };
            if field.contains('"') {
                return Err(LineError::BareQuote);
            }
            fields.push(field.to_string());
            match after {
                Some(after) => rest = after,
                None => return Ok(fields),
            }
        }
    }
}

/// A field after its opening quote, and what stands after the comma that follows it.
fn in_quotes(mut rest: &str) -> Result<(String, Option<&str>), LineError> {
    let mut field = String::new();
    loop {
        let (text, after) = rest.split_once('"').ok_or(LineError::OpenQuote)?;
        field.push_str(text);
        if let Some(after) = after.strip_prefix('"') {
            field.push('"');
            rest = after;
        } else if let Some(after) = after.strip_prefix(',') {
            return Ok((field, Some(after)));
        } else if after.is_empty() {
            return Ok((field, None));
        } else {
            return Err(LineError::OpenQuote);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permission(fields: [&str; 5]) -> Line {
        Line::Permission(Box::new(fields.map(String::from)))
    }

    #[test]
    fn lines_are_read_as_go_reads_them() {
        for (line, want) in [
            ("", Ok(Line::Nothing)),
            ("  # p, a, b", Ok(Line::Nothing)),
            ("p, a, apps, get, */*, allow", Ok(permission(["a", "apps", "get", "*/*", "allow"]))),
            ("p,a ,apps,get,*/*,allow  ", Ok(permission(["a ", "apps", "get", "*/*", "allow"]))),
            (r#"p, "a, b", apps, get, "x""y", allow"#, Ok(permission(["a, b", "apps", "get", "x\"y", "allow"]))),
            ("p, , apps, get, , ", Ok(permission(["", "apps", "get", "", ""]))),
            ("g, \"CN=x,DC=y\", role:z", Ok(Line::Grouping("CN=x,DC=y".into(), "role:z".into()))),
            ("m, anything", Ok(Line::Idle("m".into()))),
            ("p, a, apps, get, */*", Err(LineError::Permission(5))),
            ("p, a, apps, get, */*, allow,", Err(LineError::Permission(7))),
            ("g, a", Err(LineError::Grouping(2))),
            ("g2, a, b", Err(LineError::Word("g2".into()))),
            (", a", Err(LineError::Word(String::new()))),
            ("p, a\"b, apps, get, x, allow", Err(LineError::BareQuote)),
            ("p, \"a\" , apps, get, x, allow", Err(LineError::OpenQuote)),
            ("p, \"a, apps, get, x, allow", Err(LineError::OpenQuote)),
        ] {
            assert_eq!(read(line), want, "{line:?}");
        }
    }
}
