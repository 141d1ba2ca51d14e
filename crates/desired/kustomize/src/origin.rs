//! [`Origin`]: where an object came from, for `buildMetadata: [originAnnotations, transformerAnnotations]`.

use bowline_base_value::Value;
use bowline_base_value::yaml::to_yaml;

use crate::gitref::GitReference;

/// A file (or a generator or transformer), and the repository that it is in where that is another one.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Origin {
    pub(crate) path: String,
    pub(crate) repo: String,
    pub(crate) reference: String,
    pub(crate) configured_in: String,
    pub(crate) configured_by: ConfiguredBy,
}

/// The generator or transformer that made or changed an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ConfiguredBy {
    pub(crate) api_version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) namespace: String,
}

// === impl Origin ===

impl Origin {
    /// The origin of what stands at `path`, seen from here; a path may be a Git URL.
    pub(crate) fn append(&self, path: &str) -> Origin {
        let mut origin = self.clone();
        match GitReference::parse(path) {
            Some(git) => {
                origin.repo = git.clone_url();
                origin.reference = git.reference.clone();
                origin.path = clean(&git.path);
            }
            None => origin.path = clean(&format!("{}/{path}", origin.path)),
        }
        origin
    }

    /// The origin of what a built-in plugin configured in the kustomization file `file` makes.
    pub(crate) fn configured(&self, file: &str, kind: &str) -> Origin {
        Origin {
            path: String::new(),
            configured_in: clean(&format!("{}/{file}", self.path)),
            configured_by: ConfiguredBy {
                api_version: "builtin".to_string(),
                kind: kind.to_string(),
                ..ConfiguredBy::default()
            },
            ..self.clone()
        }
    }

    fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = |indent: &str, key: &str, value: &str| {
            if !value.is_empty() {
                lines.push(format!("{indent}{key}: {}", to_yaml(&Value::from(value)).trim_end()));
            }
        };
        line("", "path", &self.path);
        line("", "repo", &self.repo);
        line("", "ref", &self.reference);
        line("", "configuredIn", &self.configured_in);
        let by = &self.configured_by;
        if *by != ConfiguredBy::default() {
            lines.push("configuredBy:".to_string());
            let mut line = |key: &str, value: &str| {
                if !value.is_empty() {
                    lines.push(format!("  {key}: {}", to_yaml(&Value::from(value)).trim_end()));
                }
            };
            line("apiVersion", &by.api_version);
            line("kind", &by.kind);
            line("name", &by.name);
            line("namespace", &by.namespace);
        }
        lines
    }

    /// The text of the annotation.
    pub(crate) fn to_yaml(&self) -> String {
        self.lines().iter().map(|line| format!("{line}\n")).collect()
    }

    /// The text of one element of the list of transformations.
    pub(crate) fn to_list_item(&self) -> String {
        let mark = |i: usize| if i == 0 { "- " } else { "  " };
        self.lines().iter().enumerate().map(|(i, line)| format!("{}{line}\n", mark(i))).collect()
    }
}

/// A relative path in its plain form; what leads up stays.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            name => parts.push(name),
        }
    }
    parts.join("/")
}
