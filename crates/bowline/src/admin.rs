//! `bowline admin`: what is done on Kubernetes itself, with the rights of the kubeconfig and no server.

mod backup;
mod export;
mod import;
mod rbac;
mod settings;

use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::kube::{Kube, Resource};

/// The Secret with the first password.
const INITIAL: &str = "argocd-initial-admin-secret";

#[derive(Subcommand, Debug)]
pub enum AdminCommand {
    /// Print the first password of `admin`
    InitialPassword(InitialArgs),
    /// Write everything that an installation holds as YAML
    Export(export::ExportArgs),
    /// Put back what `export` wrote
    Import(import::ImportArgs),
    /// Settings and permissions
    #[command(subcommand)]
    Settings(SettingsCommand),
}

#[derive(Subcommand, Debug)]
pub enum SettingsCommand {
    /// Say which settings cannot be used, and why
    Validate(settings::ValidateArgs),
    /// Permissions
    #[command(subcommand)]
    Rbac(rbac::RbacCommand),
}

/// `bowline admin initial-password`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin initial-password -n argocd\n  bowline login SERVER --username admin --password \"$(bowline admin initial-password | head -1)\""
)]
pub struct InitialArgs {}

/// Runs an `admin` command.
pub async fn run(global: &Global, command: AdminCommand) -> Result<(), CliError> {
    match command {
        AdminCommand::InitialPassword(InitialArgs {}) => initial_password(global).await,
        AdminCommand::Export(args) => export::run(global, args).await,
        AdminCommand::Import(args) => import::run(global, args).await,
        AdminCommand::Settings(SettingsCommand::Validate(args)) => settings::validate(global, args).await,
        AdminCommand::Settings(SettingsCommand::Rbac(command)) => rbac::run(global, command).await,
    }
}

async fn initial_password(global: &Global) -> Result<(), CliError> {
    let kube = Kube::connect(global).await?;
    let gone = || {
        CliError::failed(format!("there is no Secret {INITIAL} in namespace '{}'", global.namespace)).hint(
            "it is made at the first start, and may be deleted once the password was changed; another namespace is named with --namespace",
        )
    };
    let secret = kube.find(Resource::Secrets, &global.namespace, INITIAL).await?.ok_or_else(gone)?;
    let encoded = secret.str_at(&["data", "password"]).ok_or_else(gone)?;
    let password = STANDARD.decode(encoded).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let password = password.ok_or_else(|| CliError::failed(format!("the Secret {INITIAL} holds no text")))?;
    writeln!(std::io::stdout(), "{password}")?;
    crate::files::note(
        "This password is only for the first login: bowline account update-password sets another one, and the Secret can be deleted then.",
    );
    Ok(())
}
