//! `bowline relogin`.

use std::io::Write;

use bowline_web_client::token;
use clap::Args;

use super::{Browser, by_password, in_browser};
use crate::error::CliError;
use crate::global::Global;
use crate::link::{self, Remote};

/// `bowline relogin`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline relogin\n  bowline relogin --password \"$PASSWORD\"\n\nLogs in to the current context again, in the way in which it was logged in to."
)]
pub struct ReloginArgs {
    /// Password
    #[arg(long)]
    password: Option<String>,
    #[command(flatten)]
    browser: Browser,
}

/// Logs in again, as whoever the old token names.
pub async fn relogin(global: &Global, args: ReloginArgs) -> Result<(), CliError> {
    let named = link::named(global)?;
    let nobody =
        || CliError::failed("nobody is logged in: there is nothing to renew").hint("bowline login SERVER logs in");
    let (Some(server), Some(user)) = (named.server, named.user) else { return Err(nobody()) };
    let mut config = named.config;
    let claims = token::claims(&user.auth_token).ok_or_else(nobody)?;
    let remote = Remote::to(server, global).with_token("");
    let mut entry = user;
    match claims.str_at(&["iss"]) {
        Some("argocd") => {
            let subject = claims.str_at(&["sub"]).unwrap_or_default();
            let name = subject.split(':').next().unwrap_or_default();
            writeln!(std::io::stdout(), "Relogging in as '{subject}'")?;
            entry.auth_token = by_password(&remote, Some(name), args.password.as_deref()).await?;
            entry.refresh_token.clear();
        }
        _ => {
            writeln!(std::io::stdout(), "Reinitiating SSO login")?;
            let tokens = in_browser(&remote, &args.browser).await?;
            writeln!(std::io::stdout(), "'{}' logged in successfully", token::display_name(&tokens.id))?;
            (entry.auth_token, entry.refresh_token) = (tokens.id, tokens.refresh);
        }
    }
    let name = entry.name.clone();
    config.put_user(entry);
    config.write(&named.path).map_err(|e| CliError::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "Context '{name}' updated")?;
    Ok(())
}
