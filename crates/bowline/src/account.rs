//! `bowline account`: accounts, passwords and tokens.

mod password;
mod tokens;

use std::io::Write;

use bowline_web_wire::account::{Account, CanIRequest, GetAccountRequest, ListAccountRequest, Token};
use bowline_web_wire::session::{GetUserInfoRequest, GetUserInfoResponse};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::global::Global;
use crate::link::{self, Remote};
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum AccountCommand {
    /// List local accounts
    List(ListArgs),
    /// Show a local account
    Get(GetArgs),
    /// Show who is logged in
    #[command(visible_alias = "whoami")]
    GetUserInfo(InfoArgs),
    /// Say whether something may be done
    CanI(CanIArgs),
    /// Change a password
    UpdatePassword(password::UpdateArgs),
    /// Hand out a token
    GenerateToken(tokens::GenerateArgs),
    /// Take a token back
    DeleteToken(tokens::DeleteArgs),
    /// Hash a password, as the Secret argocd-secret holds it
    Bcrypt(password::BcryptArgs),
    /// Print the token of the current login
    SessionToken(SessionTokenArgs),
}

/// `bowline account list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline account list\n  bowline account list -o name")]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline account get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline account get\n  bowline account get --account ci -o yaml")]
pub struct GetArgs {
    /// Name of the account [default: one's own]
    #[arg(short, long)]
    account: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline account get-user-info`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline account get-user-info\n  bowline account get-user-info -o json")]
pub struct InfoArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline account can-i`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline account can-i sync applications '*'\n  bowline account can-i update projects 'default'\n  bowline account can-i create clusters '*'\n\nActions: get, create, update, delete, sync, rollback, override, action, invoke\nResources: clusters, projects, applications, applicationsets, repositories, write-repositories, certificates, accounts, gpgkeys, logs, exec, extensions"
)]
pub struct CanIArgs {
    /// What would be done
    action: String,
    /// With what kind of thing
    resource: String,
    /// With which one
    subresource: String,
}

/// `bowline account session-token`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  curl -H \"Authorization: Bearer $(bowline account session-token)\" …")]
pub struct SessionTokenArgs {}

/// Runs an `account` command.
pub async fn run(global: &Global, command: AccountCommand) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match command {
        AccountCommand::List(args) => {
            let remote = Remote::connect(global).await?;
            let list = remote.call(async || remote.accounts().list_accounts(ListAccountRequest {}).await).await?;
            match args.output {
                Output::Name => list.items.iter().try_for_each(|account| writeln!(out, "{}", account.name))?,
                Output::Wide => {
                    let rows = list.items.iter().map(|account| {
                        vec![account.name.clone(), account.enabled.to_string(), account.capabilities.join(", ")]
                    });
                    table::print(&mut out, &["NAME", "ENABLED", "CAPABILITIES"], rows)?;
                }
                format => output::message(&mut out, &list.items, format)?,
            }
        }
        AccountCommand::Get(args) => {
            let remote = Remote::connect(global).await?;
            let name = match args.account {
                Some(name) => name,
                None => own(&remote).await?.username,
            };
            let asked = GetAccountRequest { name };
            let account = remote.call(async || remote.accounts().get_account(asked.clone()).await).await?;
            match args.output {
                Output::Name => writeln!(out, "{}", account.name)?,
                Output::Wide => show(&mut out, &account)?,
                format => output::message(&mut out, &account, format)?,
            }
        }
        AccountCommand::GetUserInfo(args) => {
            let info = own(&Remote::connect(global).await?).await?;
            match args.output {
                Output::Json | Output::Yaml => output::message(&mut out, &info, args.output)?,
                _ => {
                    writeln!(out, "Logged In: {}", info.logged_in)?;
                    if info.logged_in {
                        writeln!(out, "Username: {}", info.username)?;
                        writeln!(out, "Issuer: {}", info.iss)?;
                        writeln!(out, "Groups: {}", info.groups.join(","))?;
                    }
                }
            }
        }
        AccountCommand::CanI(args) => {
            let remote = Remote::connect(global).await?;
            let asked = CanIRequest { resource: args.resource, action: args.action, subresource: args.subresource };
            let answer = remote.call(async || remote.accounts().can_i(asked.clone()).await).await?;
            writeln!(out, "{}", answer.value)?;
        }
        AccountCommand::UpdatePassword(args) => password::update(global, args).await?,
        AccountCommand::GenerateToken(args) => tokens::generate(global, args).await?,
        AccountCommand::DeleteToken(args) => tokens::delete(global, args).await?,
        AccountCommand::Bcrypt(args) => password::bcrypt(args)?,
        AccountCommand::SessionToken(SessionTokenArgs {}) => {
            let named = link::named(global)?;
            let token = named.server.map(|server| server.token.expose().clone()).filter(|token| !token.is_empty());
            let nobody = || CliError::failed("nobody is logged in").hint("bowline login SERVER logs in");
            writeln!(out, "{}", token.ok_or_else(nobody)?)?;
        }
    }
    Ok(())
}

/// Who the caller is.
async fn own(remote: &Remote) -> Result<GetUserInfoResponse, CliError> {
    remote.call(async || remote.sessions().get_user_info(GetUserInfoRequest {}).await).await
}

fn show(out: &mut dyn Write, account: &Account) -> Result<(), CliError> {
    for (name, value) in [
        ("Name:", account.name.clone()),
        ("Enabled:", account.enabled.to_string()),
        ("Capabilities:", account.capabilities.join(", ")),
    ] {
        writeln!(out, "{name:<20}{value}")?;
    }
    writeln!(out, "\nTokens:")?;
    if account.tokens.is_empty() {
        writeln!(out, "NONE")?;
        return Ok(());
    }
    let now = crate::kube::now().as_second();
    let rows = account.tokens.iter().map(|token| token_row(token, now));
    table::print(out, &["ID", "ISSUED AT", "EXPIRING AT"], rows)?;
    Ok(())
}

fn token_row(token: &Token, now: i64) -> Vec<String> {
    let ends = match token.expires_at {
        0 => "never".to_string(),
        at if at < now => format!("{} (expired)", output::time(at)),
        at => output::time(at),
    };
    vec![token.id.clone(), output::time(token.issued_at), ends]
}
