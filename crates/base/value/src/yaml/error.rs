//! Why a text is not YAML, in go-yaml's words.

/// Which go-yaml a message imitates: they name different lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flavour {
    /// `go.yaml.in/yaml/v2`, what `sigs.k8s.io/yaml` uses: YAML 1.1 booleans, natural key order, lines folded at 80.
    V2,
    /// `go.yaml.in/yaml/v3`, what kyaml and Helm's `toYamlPretty` use: only `true` and `false` are booleans, `0o` octals.
    V3,
}

/// A text that is not YAML, or YAML that has no JSON form. Printed as go-yaml prints it: `yaml: line 3: …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct YamlError {
    line: Option<usize>,
    message: String,
}

/// Where in a text: counted in characters, all from 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    pub index: u32,
    pub line: u32,
    pub column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    Reader,
    Scanner,
    Parser,
}

/// A fault with both of its places; which one a message names depends on the flavour.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub stage: Stage,
    pub context: Mark,
    pub at: Mark,
    pub problem: String,
}

// === impl YamlError ===

impl YamlError {
    /// A fault of a whole document.
    pub(crate) fn plain(problem: impl std::fmt::Display) -> YamlError {
        YamlError { line: None, message: format!("yaml: {problem}") }
    }

    pub(crate) fn at(line: usize, problem: impl std::fmt::Display) -> YamlError {
        YamlError { line: Some(line), message: format!("yaml: line {line}: {problem}") }
    }

    /// A fault that shows only on the way to JSON.
    pub(crate) fn json(message: impl Into<String>) -> YamlError {
        YamlError { line: None, message: message.into() }
    }

    /// The line that the message names, from 1. For faults of structure it is one less than the true one, as go-yaml
    /// counts there.
    pub fn line(&self) -> Option<usize> {
        self.line
    }
}

impl std::fmt::Display for YamlError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for YamlError {}

// === impl Fault ===

impl Fault {
    pub(crate) fn into_error(self, flavour: Flavour) -> YamlError {
        let (first, second) = match flavour {
            Flavour::V2 => (self.at.line, self.context.line),
            Flavour::V3 => (self.context.line, self.at.line),
        };
        // A fault on the first line is printed without a line; a scanner's fault counts lines from 1, a parser's from 0.
        // Version 2 forgets the scanner's extra one where it falls back on the context.
        let one = u32::from(self.stage == Stage::Scanner);
        let line = match (first, second) {
            (0, 0) => None,
            (0, second) => Some(second + if flavour == Flavour::V3 { one } else { 0 }),
            (first, _) => Some(first + one),
        };
        match line {
            Some(line) => YamlError::at(line as usize, self.problem),
            None => YamlError::plain(self.problem),
        }
    }
}
