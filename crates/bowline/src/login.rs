//! `bowline login`, `relogin` and `logout`.

mod logout;
mod relogin;

use std::io::Write;
use std::process::{Command, Stdio};

use bowline_base_value::Sensitive;
use bowline_web_client::{Context, LocalConfig, Server, ServerEntry, TlsTest, UserEntry, sso, test_tls, token};
use bowline_web_wire::session::SessionCreateRequest;
use clap::Args;

pub use logout::{LogoutArgs, logout};
pub use relogin::{ReloginArgs, relogin};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::link::{self, Remote};
use crate::prompt;

/// The name of the login that is none: commands work on Kubernetes.
const KUBERNETES: &str = "kubernetes";

/// `bowline login`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline login argocd.example.com                          # asks for user and password\n  bowline login argocd.example.com --sso                    # in a browser\n  bowline login localhost:8080 --plaintext --username admin --password \"$PASSWORD\"\n  bowline login argocd.example.com --grpc-web --grpc-web-root-path /argo\n  bowline login --core                                      # no server: Kubernetes itself\n\nLogins are kept in the file that argocd uses too: what one tool logs in to, the other is logged in to."
)]
pub struct LoginArgs {
    /// Address of the server
    #[arg(value_name = "SERVER")]
    server: Option<String>,
    /// Name of the context that remembers the login [default: SERVER]
    #[arg(long)]
    name: Option<String>,
    /// User name
    #[arg(long)]
    username: Option<String>,
    /// Password
    #[arg(long)]
    password: Option<String>,
    #[command(flatten)]
    browser: Browser,
    /// Log in at the identity provider, in a browser
    #[arg(long)]
    sso: bool,
    /// Do not find out first whether the server speaks TLS
    #[arg(long)]
    skip_test_tls: bool,
}

/// How a browser takes part in a login.
#[derive(Args, Clone, Debug)]
pub struct Browser {
    /// Port of this machine that the browser comes back to
    #[arg(long, default_value_t = 8085, value_name = "PORT")]
    sso_port: u16,
    /// Open the browser
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    sso_launch_browser: bool,
    /// Host and port that the browser is sent back to, where it runs on another machine
    #[arg(long, value_name = "HOST:PORT")]
    callback: Option<String>,
}

/// Logs in, and remembers it.
pub async fn login(global: &Global, args: LoginArgs) -> Result<(), CliError> {
    if global.link.core {
        return remember_core(global, args.name.as_deref());
    }
    let given = args.server.clone().or_else(|| global.link.server.clone());
    let address = given.ok_or_else(|| CliError::usage("which server? bowline login HOST:PORT").code(1))?;
    let address = address.trim_start_matches("https://").trim_end_matches('/').to_string();
    // What is remembered of the server from another time does not count: it may have changed.
    let mut server = link::server(global, address.clone(), &ServerEntry::default())?;
    if !args.skip_test_tls && !server.plaintext {
        settle_tls(&mut server).await?;
    }
    let remote = Remote::to(server, global).probed().await?;
    let server = remote.server().clone();
    let (id, refresh) = match args.sso {
        true => {
            let tokens = in_browser(&remote, &args.browser).await?;
            (tokens.id, tokens.refresh)
        }
        false => (by_password(&remote, args.username.as_deref(), args.password.as_deref()).await?, String::new()),
    };
    let remote = remote.with_token(&id);
    writeln!(std::io::stdout(), "'{}' logged in successfully", who(&remote, &id).await)?;
    let name = args.name.clone().unwrap_or_else(|| match server.root_path.trim_matches('/') {
        "" => address.clone(),
        root => format!("{address}/{root}"),
    });
    remember(
        global,
        &server,
        &name,
        UserEntry { name: name.clone(), auth_token: id, refresh_token: refresh, ..UserEntry::default() },
    )?;
    writeln!(std::io::stdout(), "Context '{name}' updated")?;
    Ok(())
}

/// A login of a local account: a token for user and password, which are asked for where they are not given.
pub async fn by_password(remote: &Remote, user: Option<&str>, password: Option<&str>) -> Result<String, CliError> {
    let username = match user {
        Some(user) => user.to_string(),
        None => prompt::text("Username", "--username")?,
    };
    let password = match password {
        Some(password) => password.to_string(),
        None => prompt::secret("Password", "--password")?,
    };
    let asked =
        SessionCreateRequest { username, password: password.as_str().into(), ..SessionCreateRequest::default() };
    let session = remote.try_call(async || remote.sessions().create(asked.clone()).await).await;
    match session {
        Ok(session) => Ok(session.token.reveal().to_string()),
        Err(status) => {
            let error = remote.refused(&status);
            Err(match status.code() {
                bowline_web_wire::tonic::Code::Unauthenticated => {
                    error.hint("the first password of `admin` is in the Secret argocd-initial-admin-secret")
                }
                _ => error,
            })
        }
    }
}

/// A login at the identity provider that the server names.
pub async fn in_browser(remote: &Remote, browser: &Browser) -> Result<sso::Tokens, CliError> {
    let provider = remote.provider().await?;
    let launches = browser.sso_launch_browser;
    let tokens = provider
        .log_in(browser.sso_port, browser.callback.as_deref(), |url| {
            if launches && open(url) {
                files::note("Opening system default browser for authentication");
            }
            files::note(&format!("Performing authorization_code flow login: {url}"));
        })
        .await
        .map_err(|e| match e {
            sso::SsoError::Listen { .. } => CliError::failed(e.to_string()).hint("--sso-port names another port"),
            e => CliError::failed(e.to_string()),
        })?;
    writeln!(std::io::stdout(), "Authentication successful")?;
    Ok(tokens)
}

/// Opens a URL with what the desktop opens URLs with; whether there is such a thing.
#[expect(clippy::disallowed_methods, reason = "the browser is the user's own program")]
fn open(url: &str) -> bool {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    Command::new(opener).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_ok()
}

/// Whether the server speaks TLS and with which certificate; whoever is there is asked whether that will do.
async fn settle_tls(server: &mut Server) -> Result<(), CliError> {
    let test = test_tls(server)
        .await
        .map_err(|e| CliError::failed(e.to_string()).hint("is this the server's address, and is it running?"))?;
    let proceeds = |question: &str, hint: &str| match files::is_terminal() {
        true => match files::confirm(question)? {
            true => Ok(()),
            false => Err(CliError::failed("nothing was done").code(1)),
        },
        false => Err(CliError::failed(question.trim_end_matches(['?']).to_string()).hint(hint.to_string())),
    };
    match test {
        TlsTest::Good => Ok(()),
        TlsTest::Clear => {
            proceeds("WARNING: server is not configured with TLS. Proceed?", "--plaintext speaks to it all the same")?;
            server.plaintext = true;
            Ok(())
        }
        TlsTest::Untrusted(_) if server.tls.insecure => Ok(()),
        TlsTest::Untrusted(reason) => {
            proceeds(
                &format!("WARNING: server certificate had error: {reason}. Proceed insecurely?"),
                "--server-crt FILE names a certificate to believe, --insecure takes any",
            )?;
            server.tls.insecure = true;
            Ok(())
        }
    }
}

/// Whom a token names: as the server has it, else as the token says.
async fn who(remote: &Remote, id: &str) -> String {
    let asked = remote.sessions().get_user_info(bowline_web_wire::session::GetUserInfoRequest {}).await;
    match asked {
        Ok(info) if info.get_ref().logged_in => {
            let info = info.into_inner();
            // A local account is called as the contract's command line calls it.
            if info.iss == "argocd" { format!("{}:login", info.username) } else { info.username }
        }
        _ => token::display_name(id),
    }
}

/// Remembers a login as the current one.
fn remember(global: &Global, server: &Server, name: &str, user: UserEntry) -> Result<(), CliError> {
    let (path, mut config) = link::config(global)?;
    let pem = |pem: &Option<Vec<u8>>| pem.as_deref().map(ServerEntry::data).unwrap_or_default();
    let entry = ServerEntry {
        server: server.address.clone(),
        insecure: server.tls.insecure,
        grpc_web: server.grpc_web,
        grpc_web_root_path: server.root_path.clone(),
        certificate_authority_data: pem(&server.tls.ca),
        client_certificate_data: pem(&server.tls.cert),
        client_certificate_key_data: pem(&server.tls.key.as_ref().map(|key| key.expose().clone())),
        plain_text: server.plaintext,
        ..ServerEntry::default()
    };
    let context = Context { name: name.to_string(), server: entry.server.clone(), user: user.name.clone() };
    put(&mut config, entry, user, context);
    config.write(&path).map_err(|e| CliError::failed(e.to_string()))
}

fn remember_core(global: &Global, name: Option<&str>) -> Result<(), CliError> {
    let (path, mut config) = link::config(global)?;
    let name = name.unwrap_or(KUBERNETES).to_string();
    let entry = ServerEntry { server: KUBERNETES.to_string(), core: true, ..ServerEntry::default() };
    let context = Context { name: name.clone(), server: entry.server.clone(), user: name.clone() };
    let user = UserEntry { name: name.clone(), ..UserEntry::default() };
    put(&mut config, entry, user, context);
    config.write(&path).map_err(|e| CliError::failed(e.to_string()))?;
    writeln!(std::io::stdout(), "Context '{name}' updated")?;
    Ok(())
}

fn put(config: &mut LocalConfig, server: ServerEntry, user: UserEntry, context: Context) {
    config.current_context.clone_from(&context.name);
    config.put_server(server);
    config.put_user(user);
    config.put_context(context);
}

/// The token as requests carry it.
fn sensitive(token: &str) -> Sensitive<String> {
    Sensitive::new(token.to_string())
}
