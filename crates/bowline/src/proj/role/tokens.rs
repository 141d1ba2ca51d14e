//! `bowline proj role create-token`, `list-tokens` and `delete-token`.

use std::io::Write;

use bowline_base_value::Value;
use bowline_core_crd::{AppProject, JWTToken};
use bowline_web_client::token::claims;
use bowline_web_wire::project::{ProjectTokenCreateRequest, ProjectTokenDeleteRequest};
use clap::Args;

use super::{Projects, RoleArgs, find};
use crate::error::CliError;
use crate::files;
use crate::lasting;
use crate::output::{self, table};

/// `bowline proj role create-token`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj role create-token team ci\n  bowline proj role create-token team ci --expires-in 24h --token-only"
)]
pub struct CreateTokenArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// How long it is good for, such as 90m or 10d; 0s for ever
    #[arg(short, long, default_value = "0s", value_name = "DURATION")]
    expires_in: String,
    /// The ID that it gets [default: one that is made up]
    #[arg(short, long)]
    id: Option<String>,
    /// Print the token alone
    #[arg(short, long)]
    token_only: bool,
}

/// `bowline proj role list-tokens`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj role list-tokens team ci\n  bowline proj role list-tokens team ci --unixtime"
)]
pub struct ListTokensArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// Times in seconds since 1970, as delete-token takes them
    #[arg(short, long)]
    unixtime: bool,
}

/// `bowline proj role delete-token`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline proj role list-tokens team ci --unixtime\n  bowline proj role delete-token team ci 1696769937"
)]
pub struct DeleteTokenArgs {
    #[command(flatten)]
    role: RoleArgs,
    /// When it was handed out, in seconds since 1970
    #[arg(value_name = "ISSUED-AT")]
    issued_at: i64,
}

pub(super) async fn create(projects: &Projects, args: CreateTokenArgs) -> Result<(), CliError> {
    let remote = projects.remote()?;
    let RoleArgs { project, role } = args.role;
    let request = ProjectTokenCreateRequest {
        project: project.clone(),
        role: role.clone(),
        expires_in: lasting::seconds(&args.expires_in, "--expires-in")?,
        id: args.id.unwrap_or_default(),
        ..ProjectTokenCreateRequest::default()
    };
    let made = remote.call(async || remote.projects().create_token(request.clone()).await).await?;
    let token = made.token.reveal();
    let mut out = std::io::stdout();
    if args.token_only {
        writeln!(out, "{token}")?;
        return Ok(());
    }
    let said = claims(token).unwrap_or_default();
    let number = |key: &str| said.get(key).and_then(Value::as_i64);
    writeln!(out, "Create token succeeded for proj:{project}:{role}.")?;
    writeln!(out, "  ID: {}", said.str_at(&["jti"]).unwrap_or_default())?;
    writeln!(out, "  Issued At: {}", number("iat").map(output::time).unwrap_or_default())?;
    writeln!(out, "  Expires At: {}", number("exp").map_or_else(|| "Never".to_string(), output::time))?;
    writeln!(out, "  Token: {token}")?;
    Ok(())
}

pub(super) async fn list(projects: &Projects, args: ListTokensArgs) -> Result<(), CliError> {
    let mut project = projects.get(&args.role.project).await?.project;
    let tokens = of(&mut project, &args.role.role)?;
    let mut out = std::io::stdout();
    if tokens.is_empty() {
        writeln!(out, "No tokens for {}.{}", args.role.project, args.role.role)?;
        return Ok(());
    }
    let rows = tokens.iter().map(|token| match args.unixtime {
        true => {
            vec![token.id.clone(), token.iat.to_string(), token.exp.to_string()]
        }
        false => {
            let ends = if token.exp == 0 { "Never".to_string() } else { output::time(token.exp) };
            vec![token.id.clone(), output::time(token.iat), ends]
        }
    });
    table::print_apart(&mut out, 4, &["ID", "ISSUED AT", "EXPIRES AT"], rows)?;
    Ok(())
}

pub(super) async fn delete(projects: &Projects, args: DeleteTokenArgs) -> Result<(), CliError> {
    let remote = projects.remote()?;
    let RoleArgs { project, role } = args.role;
    let mut found = projects.get(&project).await?.project;
    let tokens = of(&mut found, &role)?;
    let token = tokens.iter().find(|token| token.iat == args.issued_at).ok_or_else(|| {
        CliError::failed(format!("role '{role}' has no token that was handed out at {}", args.issued_at))
            .hint(format!("bowline proj role list-tokens {project} {role} --unixtime shows them"))
    })?;
    if files::is_terminal() {
        let when = output::time(token.iat);
        let question = format!("Delete token handed out at {when} for proj:{project}:{role}?");
        if !files::confirm(&question)? {
            return Err(CliError::failed("nothing was deleted").code(1));
        }
    }
    let request = ProjectTokenDeleteRequest { project, role, iat: token.iat, id: token.id.clone() };
    remote.call(async || remote.projects().delete_token(request.clone()).await).await?;
    Ok(())
}

/// A role's tokens, where whichever version wrote them keeps them.
pub(super) fn of(project: &mut AppProject, role: &str) -> Result<Vec<JWTToken>, CliError> {
    let listed = project.status.jwt_tokens_by_role.get(role).map(|tokens| tokens.items.clone()).unwrap_or_default();
    let mut tokens = listed;
    for token in &find(project, role)?.jwt_tokens {
        if !tokens.iter().any(|known| (known.iat, &known.id) == (token.iat, &token.id)) {
            tokens.push(token.clone());
        }
    }
    tokens.sort_by_key(|token| std::cmp::Reverse(token.iat));
    Ok(tokens)
}

/// A token as `proj role get` shows it: under the time that `delete-token` takes, with how long ago that was.
pub(super) fn row(token: &JWTToken, now: i64) -> Vec<String> {
    let at = |seconds: i64| format!("{} ({})", output::time(seconds), output::ago(seconds, now));
    let ends = if token.exp == 0 { "<none>".to_string() } else { at(token.exp) };
    vec![token.iat.to_string(), at(token.iat), ends]
}
