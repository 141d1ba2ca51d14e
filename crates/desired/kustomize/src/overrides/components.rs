//! Components that are added: directories, patterns of directories, URLs.

use bowline_base_tree::EntryKind;
use regex::Regex;

use crate::error::{Error, Result};
use crate::gitref::GitReference;
use crate::loader::Loader;

/// The components that there are; one that is missing is an error unless that is to be ignored.
pub(super) fn resolve(components: &[String], ignore_missing: bool, loader: &Loader<'_>) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for component in components {
        let matches = if GitReference::parse(component).is_some() {
            vec![component.clone()]
        } else if component.contains(['*', '?', '[']) {
            expand(component, loader)
        } else {
            loader.subdirectory(component).map(|_| component.clone()).into_iter().collect()
        };
        if matches.is_empty() && !ignore_missing {
            return Err(Error::Load {
                path: component.clone(),
                reason: "kustomize.components: has no match: no such directory".to_string(),
            });
        }
        found.extend(matches);
    }
    Ok(found)
}

/// The directories that a pattern matches, segment by segment, in order.
fn expand(pattern: &str, loader: &Loader<'_>) -> Vec<String> {
    let mut paths = vec![String::new()];
    for segment in pattern.split('/').filter(|segment| !segment.is_empty() && *segment != ".") {
        let mut next = Vec::new();
        for path in &paths {
            if !segment.contains(['*', '?', '[']) {
                next.push(join(path, segment));
                continue;
            }
            let Some(regex) = segment_pattern(segment) else { return Vec::new() };
            let directory = format!("{}/{path}", loader.root());
            let Ok(entries) = loader.tree().list(directory.trim_matches('/')) else { continue };
            let names =
                entries.iter().filter(|entry| entry.kind == EntryKind::Directory && regex.is_match(&entry.name));
            next.extend(names.map(|entry| join(path, &entry.name)));
        }
        paths = next;
    }
    paths.retain(|path| loader.subdirectory(path).is_some());
    paths
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_string() } else { format!("{path}/{name}") }
}

fn segment_pattern(segment: &str) -> Option<Regex> {
    let mut regex = String::from("^");
    for c in segment.chars() {
        match c {
            '*' => regex.push_str("[^/]*"),
            '?' => regex.push_str("[^/]"),
            '[' | ']' | '-' | '^' => regex.push(c),
            other => regex.push_str(&regex::escape(&other.to_string())),
        }
    }
    regex.push('$');
    Regex::new(&regex).ok()
}
