//! `bowline account generate-token` and `delete-token`.

use std::io::Write;

use bowline_web_wire::account::{CreateTokenRequest, DeleteTokenRequest};
use clap::Args;

use super::own;
use crate::error::CliError;
use crate::global::Global;
use crate::lasting;
use crate::link::Remote;

/// `bowline account generate-token`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline account generate-token                        # for oneself\n  bowline account generate-token --account ci --expires-in 24h"
)]
pub struct GenerateArgs {
    /// Name of the account [default: one's own]
    #[arg(short, long)]
    account: Option<String>,
    /// How long it is good for, such as 90m or 10d; 0s for ever
    #[arg(short, long, default_value = "0s", value_name = "DURATION")]
    expires_in: String,
    /// The ID that it gets [default: one that is made up]
    #[arg(long)]
    id: Option<String>,
}

/// `bowline account delete-token`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline account delete-token --account ci ID")]
pub struct DeleteArgs {
    /// ID of the token
    #[arg(value_name = "ID")]
    id: String,
    /// Name of the account [default: one's own]
    #[arg(short, long)]
    account: Option<String>,
}

/// Hands out a token, and prints it: it is shown this once.
pub(super) async fn generate(global: &Global, args: GenerateArgs) -> Result<(), CliError> {
    let remote = Remote::connect(global).await?;
    let name = match args.account {
        Some(name) => name,
        None => own(&remote).await?.username,
    };
    let expires_in = lasting::seconds(&args.expires_in, "--expires-in")?;
    let asked = CreateTokenRequest { name, expires_in, id: args.id.unwrap_or_default() };
    let answer = remote.call(async || remote.accounts().create_token(asked.clone()).await).await?;
    writeln!(std::io::stdout(), "{}", answer.token.reveal())?;
    Ok(())
}

/// Takes a token back.
pub(super) async fn delete(global: &Global, args: DeleteArgs) -> Result<(), CliError> {
    let remote = Remote::connect(global).await?;
    let name = match args.account {
        Some(name) => name,
        None => own(&remote).await?.username,
    };
    let asked = DeleteTokenRequest { name, id: args.id };
    remote.call(async || remote.accounts().delete_token(asked.clone()).await).await?;
    Ok(())
}
