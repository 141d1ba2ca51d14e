//! Jsonnet files evaluated from a [`Tree`]: imports lead nowhere else.
//!
//! The evaluator is a pre-release that changes between versions, so it is pinned to one and no other crate sees it. It keeps
//! its state in the thread, so every evaluation has one of its own.

mod imports;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::future::Future;
use std::io::{self, Write};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::task::{self, Poll, Waker};
use std::time::Duration;

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

/// Evaluations that may go on after they were given up.
const ABANDONED: usize = 4;

/// Evaluates files. The crate below has no way to stop an evaluation from outside, so one that takes too long is given up: its thread
/// goes on until it ends by itself, and while [too many](JsonnetError::Busy) do, no further one is begun.
#[derive(Debug, Default)]
pub struct Evaluator {
    abandoned: Arc<AtomicUsize>,
}

/// What an evaluation may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Calls inside calls.
    pub depth: usize,
    /// Bytes of all files that are read.
    pub read_bytes: u64,
    /// Bytes of the result as JSON.
    pub result_bytes: usize,
    /// How long it may take.
    pub time: Duration,
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
    /// It took too long.
    #[error(
        "{path}: the evaluation took more than {seconds} s and was given up: look for a recursion that branches, or a huge range"
    )]
    Time {
        /// The file.
        path: String,
        /// The limit in seconds.
        seconds: u64,
    },
    /// Evaluations that were given up have not ended.
    #[error("{path}: not evaluated, because {ABANDONED} evaluations that took too long still go on: mend those files")]
    Busy {
        /// The file.
        path: String,
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
        Budget { depth: 500, read_bytes: 64 << 20, result_bytes: 64 << 20, time: Duration::from_secs(30) }
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

// === impl Evaluator ===

impl Evaluator {
    /// Evaluates the file at `path` of the tree. The result is an object, or a list of objects: whatever the file says. Bounded in
    /// depth, in what is read, in the size of the result and in time.
    pub fn evaluate(&self, tree: &Tree, path: &str, options: &Options) -> Result<Value, JsonnetError> {
        if self.abandoned.load(Ordering::Relaxed) >= ABANDONED {
            return Err(JsonnetError::Busy { path: path.to_string() });
        }
        let (send, receive) = mpsc::sync_channel(1);
        let running = Arc::new(Running { abandoned: self.abandoned.clone(), half: AtomicBool::new(false) });
        let evaluate = {
            let (tree, path, options, running) = (tree.clone(), path.to_string(), options.clone(), running.clone());
            move || {
                let _ends = Ends(running);
                // Where nobody waits any more, the result is for nobody.
                let _ = send.send(run(&tree, &path, &options));
            }
        };
        let thread = std::thread::Builder::new().name("jsonnet".to_string()).stack_size(STACK).spawn(evaluate);
        drop(thread.map_err(|error| evaluation(path, error.to_string()))?);
        let time = options.budget.time;
        let json = match receive.recv_timeout(time) {
            Ok(result) => result.map_err(|message| evaluation(path, message))?,
            // The evaluator panics where it meets what it takes for impossible.
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                return Err(JsonnetError::Aborted { path: path.to_string() });
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                running.give_up();
                return Err(JsonnetError::Time { path: path.to_string(), seconds: time.as_secs() });
            }
        };
        from_json(&json).map_err(|error| evaluation(path, error.to_string()))
    }
}

/// An evaluation and whether it counts as abandoned: it does between being given up and its end, whichever comes first.
struct Running {
    abandoned: Arc<AtomicUsize>,
    /// One of the two has happened.
    half: AtomicBool,
}

/// The end of an evaluation's thread, also by a panic.
struct Ends(Arc<Running>);

impl Running {
    fn give_up(&self) {
        self.abandoned.fetch_add(1, Ordering::SeqCst);
        self.settle();
    }

    /// The later of the two takes the count back.
    fn settle(&self) {
        if self.half.swap(true, Ordering::SeqCst) {
            self.abandoned.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Ends {
    fn drop(&mut self) {
        self.0.settle();
    }
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
