//! Value files: where their names lead, and what their patterns match.

use bowline_base_glob::PathPattern;
use bowline_base_tree::{Tree, normalize};

use super::{ArgoError, Options, Surroundings, in_tree};

/// A file that a source names.
pub(super) struct File<'a> {
    /// As the source names it.
    pub(super) name: String,
    place: Place<'a>,
}

enum Place<'a> {
    Url,
    Tree(&'a Tree, String),
}

// === impl File ===

impl<'a> File<'a> {
    /// The file that a name leads to: a URL, `$ref/path` in another source, or a path in this one.
    pub(super) fn at(name: &str, around: &Surroundings<'a>) -> Result<File<'a>, ArgoError> {
        if scheme(name).is_some() {
            return Ok(File { name: name.to_string(), place: Place::Url });
        }
        let place = match name.strip_prefix('$') {
            None => Place::Tree(around.tree, in_tree(name, around)?),
            Some(rest) => {
                let (reference, path) = rest.split_once('/').unwrap_or((rest, ""));
                let Some(tree) = around.refs.get(reference) else {
                    let reason = format!(
                        "source referenced \"{reference}\", but no source has a 'ref' field defined with that name"
                    );
                    return Err(ArgoError::File { file: name.to_string(), reason });
                };
                let path = normalize(path).map_err(|error| ArgoError::Tree(error.into()))?;
                Place::Tree(tree, path)
            }
        };
        Ok(File { name: name.to_string(), place })
    }

    pub(super) fn read(&self, around: &Surroundings<'_>) -> Result<Vec<u8>, ArgoError> {
        match &self.place {
            Place::Tree(tree, path) => Ok(tree.read(path)?.bytes.to_vec()),
            Place::Url => {
                (around.fetch)(&self.name).map_err(|reason| ArgoError::File { file: self.name.clone(), reason })
            }
        }
    }

    fn exists(&self) -> Result<bool, ArgoError> {
        match &self.place {
            Place::Url => Ok(true),
            Place::Tree(tree, path) => Ok(tree.find(path)?.is_some()),
        }
    }
}

/// The scheme of a URL.
fn scheme(name: &str) -> Option<&str> {
    let (scheme, rest) = name.split_once("://")?;
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"+-.".contains(&b);
    (!scheme.is_empty() && scheme.bytes().all(plain) && !rest.is_empty()).then_some(scheme)
}

/// The value files of a source in order, patterns replaced by what they match.
pub(super) fn resolve<'a>(options: &Options, around: &Surroundings<'a>) -> Result<Vec<File<'a>>, ArgoError> {
    let names: Vec<String> = options.value_files.iter().map(|name| substitute(name, around)).collect();
    let is_pattern = |name: &str| scheme(name).is_none() && name.contains(['*', '?', '[']);
    let mut explicit = Vec::new();
    for name in names.iter().filter(|name| !is_pattern(name)) {
        if let Place::Tree(_, path) = File::at(name, around)?.place {
            explicit.push((reference(name).to_string(), path));
        }
    }
    let mut files: Vec<File<'a>> = Vec::new();
    let mut globbed: Vec<(String, String)> = Vec::new();
    for name in &names {
        let file = File::at(name, around)?;
        if !is_pattern(name) {
            if options.ignore_missing_value_files && !file.exists()? {
                continue;
            }
            files.push(file);
            continue;
        }
        let Place::Tree(tree, pattern) = &file.place else { continue };
        let matches = matching(tree, pattern)?;
        if matches.is_empty() && !options.ignore_missing_value_files {
            return Err(ArgoError::File {
                file: name.clone(),
                reason: "no value file matches this pattern".to_string(),
            });
        }
        for path in matches {
            // A file that is named by itself keeps that place; one that came before is not read again.
            let key = (reference(name).to_string(), path.clone());
            if explicit.contains(&key) || globbed.contains(&key) {
                continue;
            }
            globbed.push(key);
            files.push(File { name: path.clone(), place: Place::Tree(tree, path) });
        }
    }
    Ok(files)
}

/// Variables of the environment are replaced, but not the name of a reference at the front.
fn substitute(name: &str, around: &Surroundings<'_>) -> String {
    let reference = reference(name);
    if !reference.is_empty() && around.refs.contains_key(reference) {
        let rest = &name[1 + reference.len()..];
        return format!("${reference}{}", (around.substitute)(rest));
    }
    (around.substitute)(name)
}

/// The name of the source that a file name begins with; empty for this source.
fn reference(name: &str) -> &str {
    name.strip_prefix('$').map_or("", |rest| rest.split('/').next().unwrap_or_default())
}

/// The files of a tree that a pattern matches, in lexical order. `**` stands for any number of directories.
fn matching(tree: &Tree, pattern: &str) -> Result<Vec<String>, ArgoError> {
    let bad = |reason: &str| ArgoError::File { file: pattern.to_string(), reason: reason.to_string() };
    let mut segments = Vec::new();
    for segment in pattern.split('/') {
        segments.push(match segment {
            "**" => None,
            segment => Some(PathPattern::new(segment).map_err(|_| bad("syntax error in pattern"))?),
        });
    }
    // Only what is below the part without patterns has to be walked.
    let fixed: Vec<&str> = pattern.split('/').take_while(|segment| !segment.contains(['*', '?', '['])).collect();
    let base = fixed.join("/");
    if tree.find(&base)?.is_none() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for (path, entry) in tree.walk(&base)? {
        let names: Vec<&str> = path.split('/').collect();
        if !matches(&segments, &names) {
            continue;
        }
        // A link may lead out of the tree, which is an error, or to a directory, which is no file.
        if entry.kind.is_file() || tree.find(&path)?.is_some_and(|found| found.kind.is_file()) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn matches(pattern: &[Option<PathPattern>], names: &[&str]) -> bool {
    match (pattern.first(), names.first()) {
        (None, None) => true,
        (Some(None), _) => matches(&pattern[1..], names) || (!names.is_empty() && matches(pattern, &names[1..])),
        (Some(Some(segment)), Some(name)) => segment.matches(name) && matches(&pattern[1..], &names[1..]),
        _ => false,
    }
}
