//! Log lines on standard error.

use std::str::FromStr;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How log lines are written (`--logformat`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// A log flag that cannot be used.
#[derive(Debug)]
pub struct LogError(String);

// === impl LogFormat ===

impl FromStr for LogFormat {
    type Err = LogError;

    fn from_str(text: &str) -> Result<LogFormat, LogError> {
        match text {
            "text" => Ok(LogFormat::Text),
            "json" => Ok(LogFormat::Json),
            other => Err(LogError(format!("{other:?} is no log format: use text or json"))),
        }
    }
}

// === impl LogError ===

impl std::fmt::Display for LogError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for LogError {}

/// Starts logging of this process: once, in `main`. `level` is one of Argo CD's words (`debug`, `info`, `warn`, `error`);
/// other crates than ours log from `warn` up only.
pub fn init_log(format: LogFormat, level: &str) -> Result<(), LogError> {
    let level: LevelFilter =
        level.parse().map_err(|_| LogError(format!("{level:?} is no log level: use debug, info, warn or error")))?;
    let filter = Targets::new().with_default(LevelFilter::WARN.min(level)).with_target("bowline", level);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry().with(filter);
    let started = match format {
        LogFormat::Text => registry.with(lines.compact()).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true)).try_init(),
    };
    started.map_err(|e| LogError(format!("logging was already started: {e}")))
}
