//! Jsonnet files evaluated from a [`Tree`]: imports lead nowhere else.
//!
//! The evaluator is a pre-release that changes between versions, so it is pinned to one and no other crate sees it. It keeps
//! its state in the thread, so every evaluation has one of its own, which ends with it.

mod imports;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::io::{self, Write};
use std::pin::pin;
use std::task::{self, Poll, Waker};

use bowline_base_tree::Tree;
use bowline_base_value::{Value, from_json};
use bowline_core_crd::{ApplicationSourceJsonnet, JsonnetVar};
use jrsonnet_evaluator::async_import::{ResolvedImportResolver, async_import};
use jrsonnet_evaluator::stack::limit_stack_depth;
use jrsonnet_evaluator::tla::TlaArg;
use jrsonnet_evaluator::trace::PathResolver;
use jrsonnet_evaluator::{IStr, State, Val, apply_tla};
use jrsonnet_stdlib::ContextInitializer;

use imports::Imports;

/// Bytes of native stack of an evaluation.
const STACK: usize = 64 << 20;

/// What an evaluation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Calls inside calls.
    pub depth: usize,
    /// Bytes of all files that are read.
    pub read_bytes: u64,
    /// Bytes of the result as JSON.
    pub result_bytes: usize,
}

/// A variable for a Jsonnet file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Its name.
    pub name: String,
    /// Its value: a text, or code.
    pub value: String,
    /// Whether the value is code.
    pub code: bool,
}

/// How a file is evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// What `std.extVar` gives.
    pub ext_vars: Vec<Variable>,
    /// Arguments of the file's function.
    pub tlas: Vec<Variable>,
    /// Directories from the root of the tree in which imports are looked for after the importing file's own; the last one
    /// first.
    pub libs: Vec<String>,
    /// What the evaluation may use.
    pub budget: Budget,
}

/// Why a file has no value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonnetError {
    /// The file, or one that it imports, is wrong. The evaluator's words.
    #[error("{path}: {message}")]
    Evaluation {
        /// The file.
        path: String,
        /// What is wrong, and where.
        message: String,
    },
    /// The evaluator gave up in a way that is its own fault.
    #[error("{path}: the evaluation ended unexpectedly")]
    Aborted {
        /// The file.
        path: String,
    },
}

// === impl Budget ===

impl Default for Budget {
    fn default() -> Budget {
        Budget { depth: 500, read_bytes: 64 << 20, result_bytes: 64 << 20 }
    }
}

// === impl Options ===

impl Options {
    /// The options of an Application's source, build variables filled in by `substitute`.
    pub fn new(source: &ApplicationSourceJsonnet, substitute: &dyn Fn(&str) -> String) -> Options {
        let variables = |list: &[JsonnetVar]| {
            let variable =
                |var: &JsonnetVar| Variable { name: var.name.clone(), value: substitute(&var.value), code: var.code };
            list.iter().map(variable).collect()
        };
        Options {
            ext_vars: variables(&source.ext_vars),
            tlas: variables(&source.tlas),
            libs: source.libs.clone(),
            budget: Budget::default(),
        }
    }
}

/// Evaluates the file at `path` of the tree. The result is an object, or a list of objects: whatever the file says.
///
/// Bounded in depth, in what is read and in the size of the result, but not in time: whoever evaluates foreign files runs
/// this where it can be given up.
pub fn evaluate(tree: &Tree, path: &str, options: &Options) -> Result<Value, JsonnetError> {
    let json = std::thread::scope(|scope| {
        let run = || run(tree, path, options).map_err(|message| evaluation(path, message));
        let thread = std::thread::Builder::new().name("jsonnet".to_string()).stack_size(STACK).spawn_scoped(scope, run);
        let thread = thread.map_err(|error| evaluation(path, error.to_string()))?;
        // The evaluator panics where it meets what it takes for impossible.
        thread.join().map_err(|_| JsonnetError::Aborted { path: path.to_string() })?
    })?;
    from_json(&json).map_err(|error| evaluation(path, error.to_string()))
}

fn evaluation(path: &str, message: String) -> JsonnetError {
    JsonnetError::Evaluation { path: path.to_string(), message: message.trim_end().to_string() }
}

fn run(tree: &Tree, path: &str, options: &Options) -> Result<Vec<u8>, String> {
    let _depth = limit_stack_depth(options.budget.depth);
    let context = ContextInitializer::new(PathResolver::Absolute);
    let state = {
        let mut builder = State::builder();
        builder.import_resolver(ResolvedImportResolver::new()).context_initializer(context.clone());
        builder.build()
    };
    let _entered = state.enter();
    let value = |variable: &Variable| -> Result<Val, String> {
        if !variable.code {
            return Ok(Val::string(variable.value.as_str()));
        }
        let name = format!("<{}>", variable.name);
        state.evaluate_snippet(name, variable.value.as_str()).map_err(|error| format!("{}: {error}", variable.name))
    };
    for variable in &options.ext_vars {
        context.add_ext_var(variable.name.as_str().into(), value(variable)?);
    }
    #[expect(clippy::mutable_key_type, reason = "the evaluator asks for this type; its text never changes")]
    let mut arguments: HashMap<IStr, TlaArg> = HashMap::new();
    for variable in &options.tlas {
        arguments.insert(variable.name.as_str().into(), TlaArg::Val(value(variable)?));
    }
    let imports = Imports::new(tree, options);
    let file = ready(async_import(state.clone(), imports, &path))?;
    let result = state.import_resolved(file).map_err(|error| error.to_string())?;
    let result = apply_tla(&arguments, result).map_err(|error| error.to_string())?;
    let mut json = Bounded { bytes: Vec::new(), limit: options.budget.result_bytes };
    serde_json::to_writer(&mut json, &result).map_err(|error| error.to_string())?;
    Ok(json.bytes)
}

/// The result of a future that never waits: files come from the tree at once.
fn ready<T>(future: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let mut future = pin!(future);
    match future.as_mut().poll(&mut task::Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => result,
        Poll::Pending => Err("an import was not there at once".to_string()),
    }
}

/// Bytes up to a limit.
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.limit {
            return Err(io::Error::other(format!("the result is larger than {} bytes", self.limit)));
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
