//! [`PathExpression`].

use std::fmt;

use bowline_base_value::{Value, from_json, to_json};
use jaq_core::load::{self, Arena, File, Loader};
use jaq_core::{Compiler, Ctx, Vars, compile, data, unwrap_valr};
use jaq_json::{Val, read};

use crate::{limits, remove};

/// How many paths an expression may yield.
const PATHS: usize = 10_000;

/// A compiled path expression, such as `.spec.containers[] | select(.name == "a").image`.
pub struct PathExpression {
    text: String,
    filter: compile::Filter<jaq_core::Native<data::JustLut<Val>>>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Into a field.
    Field(String),
    /// To an item; negative places count from the end.
    Index(i64),
    /// To a part of a list.
    Slice(Option<i64>, Option<i64>),
}

/// An expression that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JqError {
    /// It is no jq.
    #[error("jq path expression {expression:?}: {reason}")]
    Syntax {
        /// The expression.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It says something that is not allowed here.
    #[error(
        "jq path expression {expression:?}: {word:?} is not allowed here, because it may never end or reaches outside"
    )]
    Forbidden {
        /// The expression.
        expression: String,
        /// The word.
        word: &'static str,
    },
    /// It failed on a value.
    #[error("jq path expression {expression:?}: {reason}")]
    Failed {
        /// The expression.
        expression: String,
        /// What jq said.
        reason: String,
    },
}

// === impl PathExpression ===

impl PathExpression {
    /// Compiles an expression. It costs about a millisecond: keep what it gives.
    pub fn new(expression: &str) -> Result<PathExpression, JqError> {
        let syntax = |reason: String| JqError::Syntax { expression: expression.to_string(), reason };
        if expression.len() > limits::LENGTH {
            return Err(syntax(format!("longer than {} bytes", limits::LENGTH)));
        }
        if let Some(word) = limits::forbidden(expression) {
            return Err(JqError::Forbidden { expression: expression.to_string(), word });
        }
        let code = format!("path({expression}\n)");
        let defs = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
        let funs = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
        let arena = Arena::default();
        let modules = Loader::new(defs)
            .load(&arena, File { code: code.as_str(), path: () })
            .map_err(|errors| syntax(load_reason(&errors)))?;
        let compiled = Compiler::default().with_funs(funs).compile(modules);
        let filter = compiled.map_err(|errors| syntax(compile_reason(&errors)))?;
        Ok(PathExpression { text: expression.to_string(), filter })
    }

    /// The expression as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The paths that the expression names in a value.
    pub fn paths(&self, value: &Value) -> Result<Vec<Vec<Step>>, JqError> {
        let failed = |reason: String| JqError::Failed { expression: self.text.clone(), reason };
        let input = read::parse_single(to_json(value, false).as_bytes()).map_err(|e| failed(format!("{e:?}")))?;
        let context = Ctx::<data::JustLut<Val>>::new(&self.filter.lut, Vars::new([]));
        let mut paths = Vec::new();
        for path in self.filter.id.run((context, input)).map(unwrap_valr) {
            let path = path.map_err(|e| failed(e.to_string()))?;
            if paths.len() >= PATHS {
                return Err(failed(format!("it names more than {PATHS} paths")));
            }
            let path = from_json(path.to_string().as_bytes()).map_err(|e| failed(e.to_string()))?;
            paths.push(steps(&path).ok_or_else(|| failed("it names something that is no path".to_string()))?);
        }
        Ok(paths)
    }

    /// Removes what the expression names.
    pub fn remove(&self, value: &mut Value) -> Result<(), JqError> {
        let paths = self.paths(value)?;
        remove::remove(value, paths);
        Ok(())
    }
}

impl fmt::Debug for PathExpression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PathExpression({:?})", self.text)
    }
}

fn steps(path: &Value) -> Option<Vec<Step>> {
    path.as_array()?
        .iter()
        .map(|step| match step {
            Value::String(name) => Some(Step::Field(name.to_string())),
            Value::Object(slice) => {
                let end = |name| slice.get(name).filter(|v| !v.is_null()).map(|v| v.as_i64().ok_or(())).transpose();
                Some(Step::Slice(end("start").ok()?, end("end").ok()?))
            }
            other => other.as_i64().map(Step::Index),
        })
        .collect()
}

fn load_reason(errors: &load::Errors<&str, ()>) -> String {
    let near = |rest: &str| match rest.trim_end_matches(['\n', ')']).trim() {
        "" => "at its end".to_string(),
        rest => format!("near {:?}", rest.chars().take(30).collect::<String>()),
    };
    match errors.first().map(|(_, error)| error) {
        Some(load::Error::Lex(errors)) => errors.first().map(|(_, rest)| format!("it is not complete {}", near(rest))),
        Some(load::Error::Parse(errors)) => errors.first().map(|(_, rest)| format!("it cannot be read {}", near(rest))),
        Some(load::Error::Io(_)) => Some("it names a file".to_string()),
        None => None,
    }
    .unwrap_or_else(|| "it cannot be read".to_string())
}

fn compile_reason(errors: &compile::Errors<&str, ()>) -> String {
    let first = errors.first().and_then(|(_, errors)| errors.first());
    first.map_or_else(
        || "it cannot be compiled".to_string(),
        |(name, undefined)| format!("there is no {} {name:?}", undefined.as_str()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, value: &str, want: &str) {
        let mut value = from_json(value.as_bytes()).unwrap();
        PathExpression::new(expression).unwrap().remove(&mut value).unwrap();
        assert_eq!(to_json(&value, false), want, "{expression}");
    }

    #[test]
    fn removes_as_jq_does() {
        // Written by `jq -Sc "del(<expression>)"`, jq 1.6.
        let value = r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#;
        for (expression, want) in [
            (".a", r#"{"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".a[0], .a[1]", r#"{"a":[3],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".a[1:]", r#"{"a":[1],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".a[-1]", r#"{"a":[1,2],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".a[] | select(. > 1)", r#"{"a":[1],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (r#".b.d[] | select(.n == "y").v"#, r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y"}]}}"#),
            (r#".b.d[] | select(.n | test("^x"))"#, r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"y","v":2}]}}"#),
            (".missing[]?.x", r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".missing.x", r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"x","v":1},{"n":"y","v":2}]}}"#),
            (".. | .v?", r#"{"a":[1,2,3],"b":{"c":1,"d":[{"n":"x"},{"n":"y"}]}}"#),
        ] {
            check(expression, value, want);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let fails = |expression: &str| PathExpression::new(expression).map(|_| ()).unwrap_err().to_string();
        assert_eq!(fails(".a | foo"), r#"jq path expression ".a | foo": there is no filter "foo""#);
        assert!(fails(".a[").starts_with(r#"jq path expression ".a[": it "#), "{}", fails(".a["));
        for forbidden in ["def f: f; f", ".a | until(false; .)", "range(1e9)", ".[env.X]", r#""\(input)""#] {
            assert!(fails(forbidden).contains("is not allowed here"), "{forbidden}");
        }
        assert!(PathExpression::new(r#".input | select(.range == "def")"#).is_ok(), "fields and strings are no words");
        let not_iterable = PathExpression::new(".a[]").unwrap().paths(&from_json(br#"{"a":1}"#).unwrap());
        assert!(not_iterable.unwrap_err().to_string().starts_with(r#"jq path expression ".a[]": "#));
    }

    #[test]
    fn it_can_be_shared() {
        fn shared<T: Send + Sync>() {}
        shared::<PathExpression>();
    }
}
