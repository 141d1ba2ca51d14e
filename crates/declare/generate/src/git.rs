//! The Git generator: directories, or files that hold parameters.

use std::collections::BTreeSet;

use bowline_base_glob::{Glob, PathPattern};
use bowline_base_tree::Tree;
use bowline_base_value::{Map, Value, yaml};
use bowline_core_crd::{GitFileGeneratorItem, GitGenerator};

use crate::fill::Filler;
use crate::values::{add_values, flat};
use crate::{Params, normalize};

/// A set of parameters for each directory, or for each object in each file, that the patterns mean.
pub(crate) fn params(git: &GitGenerator, tree: &Tree, filler: &mut Filler<'_>) -> Result<Vec<Params>, String> {
    if !git.directories.is_empty() {
        return directories(git, tree)?.iter().map(|path| of_directory(git, path, filler)).collect();
    }
    if git.files.is_empty() {
        return Err("a git generator needs directories or files".to_string());
    }
    let mut sets = Vec::new();
    for path in files(git, tree)? {
        let wrong = |reason: String| format!("unable to process file '{path}': {reason}");
        let blob = tree.read(&path).map_err(|error| error.to_string())?;
        for object in objects(&blob.bytes).map_err(wrong)? {
            sets.push(of_file(git, &path, object, filler).map_err(wrong)?);
        }
    }
    Ok(sets)
}

/// The directories that are meant, each before what is in it. Those whose name begins with a dot are none.
fn directories(git: &GitGenerator, tree: &Tree) -> Result<Vec<String>, String> {
    let mut all: BTreeSet<Vec<String>> = BTreeSet::new();
    for (path, _) in tree.walk("").map_err(|error| error.to_string())? {
        let mut names: Vec<String> = path.split('/').map(str::to_string).collect();
        names.pop();
        let shown = names.iter().take_while(|name| !name.starts_with('.')).count();
        names.truncate(shown);
        while !names.is_empty() && all.insert(names.clone()) {
            names.pop();
        }
    }
    let mut patterns = Vec::new();
    for item in &git.directories {
        let pattern = PathPattern::new(&item.path).map_err(|error| error.to_string())?;
        patterns.push((pattern, item.exclude));
    }
    let meant = |path: &String| {
        let hit = |exclude: bool| patterns.iter().any(|(pattern, out)| *out == exclude && pattern.matches(path));
        hit(false) && !hit(true)
    };
    Ok(all.into_iter().map(|names| names.join("/")).filter(meant).collect())
}

/// The files that are meant, by path.
fn files(git: &GitGenerator, tree: &Tree) -> Result<Vec<String>, String> {
    let pathspecs = |exclude: bool| {
        let of = |item: &&GitFileGeneratorItem| item.exclude == exclude;
        git.files.iter().filter(of).map(|item| Pathspec::new(&item.path)).collect::<Result<Vec<_>, _>>()
    };
    let (included, excluded) = (pathspecs(false)?, pathspecs(true)?);
    let walked = tree.walk("").map_err(|error| error.to_string())?;
    let paths = walked.into_iter().map(|(path, _)| path);
    let hit = |specs: &[Pathspec], path: &str| specs.iter().any(|spec| spec.matches(path));
    Ok(paths.filter(|path| hit(&included, path) && !hit(&excluded, path)).collect())
}

/// A path as `git ls-files` reads it: the file, all below a directory, or a pattern whose `*` crosses directories.
struct Pathspec {
    path: String,
    glob: Glob,
}

// === impl Pathspec ===

impl Pathspec {
    fn new(text: &str) -> Result<Pathspec, String> {
        let path = text.trim_start_matches("./").trim_end_matches('/').to_string();
        // Braces mean nothing to Git.
        let plain: String =
            path.chars().flat_map(|c| matches!(c, '{' | '}').then_some('\\').into_iter().chain([c])).collect();
        let glob = Glob::new(&plain.replace("[^", "[!"), &[]).map_err(|error| error.to_string())?;
        Ok(Pathspec { path, glob })
    }

    fn matches(&self, path: &str) -> bool {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        path.strip_prefix(&self.path).is_some_and(below) || self.glob.matches(path)
    }
}

/// The objects in a file: one, or a list of them.
fn objects(bytes: &[u8]) -> Result<Vec<Map>, String> {
    let wrong = |what: &str| format!("unable to parse file: {what}");
    let read = yaml::from_yaml(bytes).map_err(|error| wrong(&error.to_string()))?;
    let object = |value: &Value| match value {
        Value::Null => Ok(Map::new()),
        value => value.as_object().cloned().ok_or_else(|| wrong("it holds neither an object nor a list of objects")),
    };
    match &read {
        Value::Array(items) => items.iter().map(object).collect(),
        read => Ok(vec![object(read)?]),
    }
}

fn of_directory(git: &GitGenerator, path: &str, filler: &mut Filler<'_>) -> Result<Params, String> {
    let mut params = Params::new();
    add_path(git, path, None, filler.is_go(), &mut params);
    add_values(&git.values, &mut params, filler)?;
    Ok(params)
}

fn of_file(git: &GitGenerator, path: &str, object: Map, filler: &mut Filler<'_>) -> Result<Params, String> {
    let mut params = object;
    if !filler.is_go() {
        params = flat(&params).into_iter().map(|(key, value)| (key, Value::from(value))).collect();
    }
    let (directory, name) = path.rsplit_once('/').unwrap_or((".", path));
    add_path(git, directory, Some(name), filler.is_go(), &mut params);
    add_values(&git.values, &mut params, filler)?;
    Ok(params)
}

/// What the path says: itself, its last name, its parts.
fn add_path(git: &GitGenerator, path: &str, file: Option<&str>, go: bool, params: &mut Params) {
    let base = path.rsplit('/').next().unwrap_or(path);
    let mut names = vec![("basename", base.to_string()), ("basenameNormalized", normalize(base))];
    if let Some(file) = file {
        names.extend([("filename", file.to_string()), ("filenameNormalized", normalize(file))]);
    }
    let prefix = &git.path_param_prefix;
    if go {
        let mut map: Map = names.into_iter().map(|(key, value)| (key, Value::from(value))).collect();
        map.insert("path", path);
        map.insert("segments", path.split('/').map(Value::from).collect::<Value>());
        if prefix.is_empty() {
            params.insert("path", Value::from(map));
        } else {
            let below: Map = [("path", Value::from(map))].into_iter().collect();
            params.insert(prefix.as_str(), Value::from(below));
        }
        return;
    }
    let word = if prefix.is_empty() { "path".to_string() } else { format!("{prefix}.path") };
    for (key, value) in names {
        params.insert(format!("{word}.{key}"), value);
    }
    for (i, part) in path.split('/').enumerate().filter(|(_, part)| !part.is_empty()) {
        params.insert(format!("{word}[{i}]"), part);
    }
    params.insert(word, path);
}
