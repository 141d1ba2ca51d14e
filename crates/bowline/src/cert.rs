//! `bowline cert`: certificates of repository servers, and host keys of SSH.

use std::io::Write;

use bowline_core_crd::{Bytes, RepositoryCertificate, RepositoryCertificateList};
use bowline_web_wire::certificate::{RepositoryCertificateCreateRequest, RepositoryCertificateQuery};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::link::Remote;
use crate::output::{self, Output, table};

/// How a certificate begins in PEM.
const BEGIN: &str = "-----BEGIN CERTIFICATE-----";

#[derive(Subcommand, Debug)]
pub enum CertCommand {
    /// Add certificates that a server's is checked against
    AddTls(AddTlsArgs),
    /// Add host keys of SSH
    AddSsh(AddSshArgs),
    /// List certificates and host keys
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Remove certificates and host keys of a server
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline cert add-tls`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cert add-tls git.example.com --from ca.pem\n  bowline cert add-tls git.example.com < ca.pem"
)]
pub struct AddTlsArgs {
    /// Name of the server, as URLs have it
    #[arg(value_name = "SERVER")]
    server: String,
    /// File with the certificates in PEM [default: standard input]
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Replace those that are there
    #[arg(long)]
    upsert: bool,
}

/// `bowline cert add-ssh`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  ssh-keyscan git.example.com | bowline cert add-ssh --batch\n  bowline cert add-ssh --batch --from ~/.ssh/known_hosts"
)]
pub struct AddSshArgs {
    /// Take the lines of a file of known hosts
    #[arg(long)]
    batch: bool,
    /// File with the lines [default: standard input]
    #[arg(long, value_name = "FILE")]
    from: Option<String>,
    /// Replace those that are there
    #[arg(long)]
    upsert: bool,
}

/// `bowline cert list`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cert list\n  bowline cert list --cert-type ssh --hostname-pattern '*.example.com'"
)]
pub struct ListArgs {
    /// Only this type
    #[arg(long, value_parser = ["ssh", "https"])]
    cert_type: Option<String>,
    /// Only servers with such names
    #[arg(long, value_name = "GLOB", default_value = "")]
    hostname_pattern: String,
    /// Sort by name of the server, or by type
    #[arg(long, value_parser = ["hostname", "type"], default_value = "hostname")]
    sort: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline cert rm`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline cert rm git.example.com\n  bowline cert rm git.example.com --cert-type ssh --cert-sub-type ssh-rsa"
)]
pub struct RmArgs {
    /// Name of the server
    #[arg(value_name = "SERVER")]
    server: String,
    /// Only this type
    #[arg(long, value_parser = ["ssh", "https"])]
    cert_type: Option<String>,
    /// Only this kind of key
    #[arg(long, value_name = "TYPE", default_value = "")]
    cert_sub_type: String,
}

/// Runs a `cert` command.
pub async fn run(global: &Global, command: CertCommand) -> Result<(), CliError> {
    match command {
        CertCommand::AddTls(args) => add_tls(global, args).await,
        CertCommand::AddSsh(args) => add_ssh(global, args).await,
        CertCommand::List(args) => list(global, args).await,
        CertCommand::Rm(args) => rm(global, args).await,
    }
}

async fn add_tls(global: &Global, args: AddTlsArgs) -> Result<(), CliError> {
    let text = input(args.from.as_deref(), "Enter TLS certificate data in PEM format. Press CTRL-D when finished.")?;
    let count = text.matches(BEGIN).count();
    if count == 0 {
        return Err(CliError::failed("No valid certificates have been detected in the stream.")
            .hint(format!("a certificate in PEM begins with {BEGIN}"))
            .code(1));
    }
    let certificate = RepositoryCertificate {
        server_name: args.server.clone(),
        cert_type: "https".to_string(),
        cert_data: Bytes(text.into_bytes()),
        ..RepositoryCertificate::default()
    };
    create(global, vec![certificate], args.upsert).await?;
    let server = args.server;
    writeln!(std::io::stdout(), "Created entry with {count} PEM certificates for repository server {server}")?;
    Ok(())
}

async fn add_ssh(global: &Global, args: AddSshArgs) -> Result<(), CliError> {
    if !args.batch {
        return Err(CliError::usage("You need to specify --batch or specify --help for usage instructions").code(1));
    }
    let text = input(args.from.as_deref(), "Enter SSH known hosts entries, one per line. Press CTRL-D when finished.")?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let certificates: Vec<RepositoryCertificate> = lines.map(known_host).collect::<Result<_, _>>()?;
    if certificates.is_empty() {
        return Err(CliError::failed("No valid SSH known hosts data found.").code(1));
    }
    let made = create(global, certificates, args.upsert).await?;
    writeln!(std::io::stdout(), "Successfully created {} SSH known host entries", made.items.len())?;
    Ok(())
}

/// A line of a file of known hosts: names, kind of key, key.
fn known_host(line: &str) -> Result<RepositoryCertificate, CliError> {
    match line.split_whitespace().collect::<Vec<_>>()[..] {
        [names, kind, key, ..] if !names.starts_with(['@', '|']) => Ok(RepositoryCertificate {
            server_name: names.split(',').next().unwrap_or_default().to_string(),
            cert_type: "ssh".to_string(),
            cert_sub_type: kind.to_string(),
            cert_data: Bytes(key.as_bytes().to_vec()),
            ..RepositoryCertificate::default()
        }),
        _ => Err(CliError::failed(format!("{line:?} is no line of known hosts: write NAME TYPE KEY"))
            .hint("names that are hashed cannot be taken; ssh-keyscan NAME prints a line that can")),
    }
}

async fn create(
    global: &Global,
    items: Vec<RepositoryCertificate>,
    upsert: bool,
) -> Result<RepositoryCertificateList, CliError> {
    let remote = Remote::connect(global).await?;
    let certificates = Some(RepositoryCertificateList { items, ..RepositoryCertificateList::default() });
    let request = RepositoryCertificateCreateRequest { certificates, upsert };
    remote.call(async || remote.certificates().create_certificate(request.clone()).await).await
}

async fn list(global: &Global, args: ListArgs) -> Result<(), CliError> {
    let remote = Remote::connect(global).await?;
    let query = RepositoryCertificateQuery {
        host_name_pattern: args.hostname_pattern,
        cert_type: args.cert_type.unwrap_or_default(),
        cert_sub_type: String::new(),
    };
    let mut items = remote.call(async || remote.certificates().list_certificates(query.clone()).await).await?.items;
    items.sort_by(|a, b| {
        // What is equal keeps the server's order, as with Argo CD's command line.
        if args.sort == "type" { a.cert_type.cmp(&b.cert_type) } else { a.server_name.cmp(&b.server_name) }
    });
    let mut out = std::io::stdout();
    match args.output {
        Output::Json | Output::Yaml => output::message(&mut out, &items, args.output)?,
        Output::Name => items.iter().try_for_each(|c| writeln!(out, "{}", c.server_name))?,
        Output::Wide => {
            let rows = items.iter().map(|c| {
                vec![c.server_name.clone(), c.cert_type.clone(), c.cert_sub_type.clone(), c.cert_info.clone()]
            });
            table::print(&mut out, &["HOSTNAME", "TYPE", "SUBTYPE", "INFO"], rows)?;
        }
    }
    Ok(())
}

async fn rm(global: &Global, args: RmArgs) -> Result<(), CliError> {
    let remote = Remote::connect(global).await?;
    let query = RepositoryCertificateQuery {
        host_name_pattern: args.server,
        cert_type: args.cert_type.unwrap_or_default(),
        cert_sub_type: args.cert_sub_type,
    };
    let gone = remote.call(async || remote.certificates().delete_certificate(query.clone()).await).await?;
    let mut out = std::io::stdout();
    if gone.items.is_empty() {
        writeln!(out, "No certificates were removed (none matched the given pattern)")?;
    }
    for c in gone.items {
        let (server, kind, sub) = (c.server_name, c.cert_type, c.cert_sub_type);
        writeln!(out, "Removed cert for '{server}' of type '{kind}' (subtype '{sub}')")?;
    }
    Ok(())
}

/// What a file holds, or what comes in; somebody who types is told what is expected.
fn input(from: Option<&str>, question: &str) -> Result<String, CliError> {
    if from.is_none() && files::is_terminal() {
        files::note(question);
    }
    files::read(from.unwrap_or("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_known_hosts() {
        let one = known_host("git.example.com,10.0.0.1 ssh-ed25519 AAAA comment").unwrap();
        assert_eq!((one.server_name.as_str(), one.cert_sub_type.as_str()), ("git.example.com", "ssh-ed25519"));
        for line in ["|1|hash ssh-rsa AAAA", "git.example.com ssh-rsa", "@cert-authority * ssh-rsa AAAA"] {
            assert!(known_host(line).is_err(), "{line}");
        }
    }
}
