//! Errors of templates, laid out as Helm 4 shows them.

use bowline_base_gotmpl::{Error, ParseError};

/// What `required` and `fail` put around their message, so that only it is shown.
pub(crate) const WARN_START: &str = "HELM_ERR_START";
pub(crate) const WARN_END: &str = "HELM_ERR_END";

/// A parse error: `parse error at (file:line): message`.
pub(crate) fn parse_error(file: &str, error: &ParseError) -> String {
    let parts: Vec<&str> = error.message.split(": ").collect();
    match parts.as_slice() {
        [_, location, .., last] => format!("parse error at ({location}): {last}"),
        [_, last] => format!("parse error at ({last}): {last}"),
        _ => format!("parse error in ({file}): {}", error.message),
    }
}

#[derive(PartialEq)]
struct Link {
    location: String,
    message: String,
    executed: String,
}

/// An execution error: the message of `required` or `fail` alone, or a trace of the templates on the way.
pub(crate) fn exec_error(file: &str, error: &Error) -> String {
    if !error.is_exec() {
        return error.text().to_string();
    }
    let mut parts = error.text().splitn(3, ": ");
    let (Some(_), Some(location), Some(rest)) = (parts.next(), parts.next(), parts.next()) else {
        return format!("execution error in ({file}): {error}");
    };
    if let Some(message) = warned(rest) {
        return format!("execution error at ({location}): {message}");
    }
    let mut links: Vec<Link> = Vec::new();
    let root = error;
    let mut current = Some(error);
    while let Some(error) = current {
        match link(error.text()) {
            Some(link) if links.last() == Some(&link) => {}
            Some(link) => links.push(link),
            // One that has not this form ends the trace: the whole error is shown as it is.
            None => return root.text().to_string(),
        }
        current = error.cause();
    }
    show(&links)
}

fn show(links: &[Link]) -> String {
    let mut out = String::new();
    for link in links {
        if !link.location.is_empty() {
            out.push_str(&format!("{}\n  ", link.location));
        }
        if !link.executed.is_empty() {
            out.push_str(&format!("{}\n    ", link.executed));
        }
        if !link.message.is_empty() {
            out.push_str(&format!("{}\n", link.message));
        }
    }
    out.trim().to_string()
}

/// The message between the marks: from the first to the last.
fn warned(text: &str) -> Option<&str> {
    let start = text.find(WARN_START)? + WARN_START.len();
    let end = text.rfind(WARN_END)?;
    text.get(start..end)
}

fn link(text: &str) -> Option<Link> {
    let rest = text.strip_prefix("template: ")?;
    if rest.starts_with("no template ") {
        return Some(Link { location: String::new(), message: text.to_string(), executed: String::new() });
    }
    if let Some(link) = executing(rest) {
        return Some(link);
    }
    let (name, message) = rest.rsplit_once(": ")?;
    Some(Link { location: name.to_string(), message: before_next(message).to_string(), executed: String::new() })
}

fn executing(rest: &str) -> Option<Link> {
    let (name, after) = rest.split_once(": executing ")?;
    let after = after.strip_prefix('"')?;
    let (function, after) = after.split_once('"')?;
    let (place, message) = after.strip_prefix(" at <")?.split_once(">: ")?;
    Some(Link {
        location: name.to_string(),
        message: before_next(message).to_string(),
        executed: format!("executing \"{function}\" at <{place}>:"),
    })
}

/// The message without the error that it was caused by, which is a link of its own.
fn before_next(message: &str) -> &str {
    message.split(" template:").next().unwrap_or(message)
}
