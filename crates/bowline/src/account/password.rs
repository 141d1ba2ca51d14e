//! `bowline account update-password` and `bowline account bcrypt`.

use std::io::Write;

use bowline_web_client::UserEntry;
use bowline_web_wire::account::UpdatePasswordRequest;
use clap::Args;

use super::own;
use crate::error::CliError;
use crate::global::Global;
use crate::link::{self, Remote};
use crate::login::by_password;
use crate::prompt;

/// What a hash costs, as the contract's servers hash.
const COST: u32 = 10;

/// `bowline account update-password`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline account update-password                                   # one's own; asks\n  bowline account update-password --account ci --current-password \"$MINE\" --new-password \"$NEW\""
)]
pub struct UpdateArgs {
    /// Name of the account [default: one's own]
    #[arg(long)]
    account: Option<String>,
    /// The password of whoever is logged in
    #[arg(long, value_name = "PASSWORD")]
    current_password: Option<String>,
    /// The new password
    #[arg(long, value_name = "PASSWORD")]
    new_password: Option<String>,
}

/// `bowline account bcrypt`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline account bcrypt --password \"$PASSWORD\"\n  bowline account bcrypt   # asks"
)]
pub struct BcryptArgs {
    /// The password
    #[arg(long)]
    password: Option<String>,
}

/// Changes a password; whoever changes their own is logged in again with it.
pub(super) async fn update(global: &Global, args: UpdateArgs) -> Result<(), CliError> {
    let remote = Remote::connect(global).await?;
    let info = own(&remote).await?;
    // Somebody of an identity provider has no password here.
    let local = info.iss == "argocd";
    let account = args.account.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| info.username.clone());
    let current = match args.current_password {
        Some(password) => password,
        None if local => prompt::secret(
            &format!("*** Enter password of currently logged in user ({})", info.username),
            "--current-password",
        )?,
        None => String::new(),
    };
    let new = match args.new_password {
        Some(password) => password,
        None => {
            let new = prompt::secret(&format!("*** Enter new password for user {account}"), "--new-password")?;
            if prompt::secret(&format!("*** Confirm new password for user {account}"), "--new-password")? != new {
                return Err(CliError::failed("the new password was typed in two ways: nothing was changed"));
            }
            new
        }
    };
    let asked = UpdatePasswordRequest {
        new_password: new.as_str().into(),
        current_password: current.as_str().into(),
        name: account.clone(),
    };
    remote.call(async || remote.accounts().update_password(asked.clone()).await).await?;
    writeln!(std::io::stdout(), "Password updated")?;
    let mut named = link::named(global)?;
    if account != info.username || !local || named.user.is_none() {
        return Ok(());
    }
    // The change made the old token worthless.
    let token = by_password(&remote.with_token(""), Some(&account), Some(&new)).await?;
    let user = named.user.take().unwrap_or_default();
    let name = user.name.clone();
    named.config.put_user(UserEntry { auth_token: token, ..user });
    named.config.write(&named.path).map_err(|e| CliError::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "Context '{name}' updated")?;
    Ok(())
}

/// Hashes a password.
pub(super) fn bcrypt(args: BcryptArgs) -> Result<(), CliError> {
    let password = match args.password {
        Some(password) => password,
        None => prompt::secret("Password", "--password")?,
    };
    let salt: [u8; 16] = crate::random::random()?;
    let parts = bcrypt::hash_with_salt(password, COST, salt).map_err(|e| CliError::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "{}", parts.format_for_version(bcrypt::Version::TwoA))?;
    Ok(())
}
