//! `bowline logout`.

use std::io::Write;

use bowline_web_client::ServerEntry;
use bytes::Bytes;
use clap::Args;
use http_body_util::Full;

use super::sensitive;
use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::link::{self, Remote};

/// `bowline logout`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline logout argocd.example.com\n\nThe token is taken back at the server, where that can be reached, and forgotten here."
)]
pub struct LogoutArgs {
    /// Name of the context [default: the current one]
    #[arg(value_name = "CONTEXT")]
    context: Option<String>,
}

/// Takes the token back and forgets it.
pub async fn logout(global: &Global, args: LogoutArgs) -> Result<(), CliError> {
    let (path, mut config) = link::config(global)?;
    let wanted = args.context.or_else(|| global.link.argocd_context.clone()).unwrap_or_default();
    let undefined = |text: String| CliError::failed(text).hint("bowline context lists them");
    let context = config.context(&wanted).map_err(|e| undefined(e.to_string()))?;
    let context = context.ok_or_else(|| undefined("nobody is logged in".to_string()))?.clone();
    let entry = config.server(&context.server).cloned().unwrap_or_default();
    let token = config.user(&context.user).map(|user| user.auth_token.clone()).unwrap_or_default();
    if !token.is_empty()
        && !entry.core
        && let Err(reason) = take_back(global, &context.server, &entry, &token).await
    {
        files::warn(&format!("the server did not take the token back: {reason}; it is forgotten here all the same"));
    }
    config.remove_token(&context.user);
    config.write(&path).map_err(|e| CliError::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "Logged out from '{}'", context.name)?;
    Ok(())
}

async fn take_back(global: &Global, address: &str, entry: &ServerEntry, token: &str) -> Result<(), String> {
    let mut server = link::server(global, address.to_string(), entry).map_err(|e| e.to_string())?;
    server.token = sensitive(token);
    let root = server.root_path.trim_matches('/').to_string();
    let root = if root.is_empty() { root } else { format!("/{root}") };
    let remote = Remote::to(server, global);
    let request = http::Request::post(format!("{root}/auth/logout"))
        .header("cookie", format!("argocd.token={token}"))
        .body(Full::new(Bytes::new()))
        .map_err(|e| e.to_string())?;
    match remote.channel().send(request).await {
        // The page that comes after is a browser's.
        Ok(status) if status.is_success() || status.is_redirection() => Ok(()),
        Ok(status) => Err(format!("it answered {status}")),
        Err(error) => Err(error.to_string()),
    }
}
