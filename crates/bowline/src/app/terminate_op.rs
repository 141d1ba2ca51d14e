//! `bowline app terminate-op`.

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::OperationPhase;
use clap::Args;

use super::AppRef;
use super::store::Apps;
use crate::cli::Global;
use crate::error::CliError;
use crate::kube::Resource;

/// `bowline app terminate-op`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline app terminate-op shop")]
pub struct TerminateArgs {
    #[command(flatten)]
    app: AppRef,
}

/// Asks for the end of the operation under way. Hooks that run are stopped; what was applied stays.
pub async fn run(global: &Global, args: TerminateArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let app = apps.get(&namespace, &name).await?.app;
    let runs = app.status.operation_state.as_ref().is_some_and(|state| !state.phase.is_completed());
    if app.operation.is_none() || !runs {
        return Err(CliError::failed("Unable to terminate operation. No operation is in progress"));
    }
    let mut patch = Value::object();
    if let Some(phase) = patch.ensure_path(&["status", "operationState", "phase"]) {
        *phase = Value::from(OperationPhase::Terminating.as_str());
    }
    apps.kube().merge(Resource::Applications, &namespace, &name, &patch).await?;
    writeln!(std::io::stdout(), "Application '{name}' operation terminating")?;
    Ok(())
}
