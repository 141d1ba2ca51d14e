//! `bowline app patch`.

use bowline_base_value::{Value, from_json};
use clap::{Args, ValueEnum};

use super::reference::AppRef;
use super::store::Apps;
use crate::error::CliError;
use crate::global::Global;
use crate::output::{self, Output};

/// `bowline app patch`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app patch shop --patch '[{\"op\": \"replace\", \"path\": \"/spec/source/path\", \"value\": \"newPath\"}]' --type json\n  bowline app patch shop --patch '{\"spec\": {\"source\": {\"targetRevision\": \"v2\"}}}' --type merge"
)]
pub struct PatchArgs {
    #[command(flatten)]
    app: AppRef,
    /// The patch, as JSON
    #[arg(long, default_value = "", value_name = "JSON")]
    patch: String,
    /// Its type: a JSON patch (a list of operations), or a merge patch (an object)
    #[arg(long = "type", value_enum, default_value = "json")]
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// RFC 6902.
    Json,
    /// RFC 7386.
    Merge,
}

/// Patches an Application and prints what came of it.
pub async fn run(global: &Global, args: PatchArgs) -> Result<(), CliError> {
    let patch: Value = from_json(args.patch.as_bytes()).map_err(|e| CliError::usage(format!("--patch: {e}")))?;
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    match args.kind {
        Kind::Json if patch.as_array().is_none() => {
            return Err(CliError::usage("--patch: a JSON patch is a list of operations; see --type merge"));
        }
        Kind::Merge if patch.as_object().is_none() => {
            return Err(CliError::usage("--patch: a merge patch is an object; see --type json"));
        }
        Kind::Json | Kind::Merge => {}
    }
    let patched = apps.patch(&namespace, &name, &patch, args.kind == Kind::Json).await?;
    output::value(&mut std::io::stdout(), &patched, Output::Yaml)?;
    Ok(())
}
