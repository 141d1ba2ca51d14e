//! `bowline gpg`: keys that may have signed commits.

use std::io::Write;

use bowline_core_crd::GnuPGPublicKey;
use bowline_web_wire::gpgkey::{GnuPGPublicKeyCreateRequest, GnuPGPublicKeyQuery};
use clap::{Args, Subcommand};

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::link::Remote;
use crate::output::{self, Output, table};

#[derive(Subcommand, Debug)]
pub enum GpgCommand {
    /// Add keys
    Add(AddArgs),
    /// List keys
    #[command(visible_alias = "ls")]
    List(ListArgs),
    /// Show a key
    Get(GetArgs),
    /// Remove a key
    #[command(visible_alias = "remove")]
    Rm(RmArgs),
}

/// `bowline gpg add`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  gpg --armor --export 4AEE18F83AFDEB23 > key.asc; bowline gpg add --from key.asc")]
pub struct AddArgs {
    /// File with the keys in armour; - is standard input
    #[arg(short, long, value_name = "FILE")]
    from: String,
}

/// `bowline gpg list`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline gpg list\n  bowline gpg list -o json")]
pub struct ListArgs {
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline gpg get`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline gpg get 4AEE18F83AFDEB23")]
pub struct GetArgs {
    /// ID of the key
    #[arg(value_name = "KEY-ID")]
    key: String,
    /// Output format
    #[arg(short, long, value_enum, default_value_t)]
    output: Output,
}

/// `bowline gpg rm`.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  bowline gpg rm 4AEE18F83AFDEB23")]
pub struct RmArgs {
    /// ID of the key
    #[arg(value_name = "KEY-ID")]
    key: String,
}

/// Runs a `gpg` command.
pub async fn run(global: &Global, command: GpgCommand) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    match command {
        GpgCommand::Add(args) => {
            let key = GnuPGPublicKey { key_data: files::read(&args.from)?, ..GnuPGPublicKey::default() };
            let remote = Remote::connect(global).await?;
            let request = GnuPGPublicKeyCreateRequest { publickey: Some(key), upsert: false };
            let answer = remote.call(async || remote.keys().create(request.clone()).await).await?;
            let created = answer.created.map(|list| list.items.len()).unwrap_or_default();
            let skipped = match answer.skipped.len() {
                0 => String::new(),
                n => format!(", and {n} key(s) were skipped because they exist already"),
            };
            writeln!(out, "Created {created} key(s) from input file{skipped}.")?;
        }
        GpgCommand::List(args) => {
            let remote = Remote::connect(global).await?;
            let query = GnuPGPublicKeyQuery::default();
            let keys = remote.call(async || remote.keys().list(query.clone()).await).await?.items;
            match args.output {
                Output::Json | Output::Yaml => output::message(&mut out, &keys, args.output)?,
                Output::Name => keys.iter().try_for_each(|key| writeln!(out, "{}", key.key_id))?,
                Output::Wide => {
                    let rows = keys.iter().map(|k| vec![k.key_id.clone(), k.sub_type.to_uppercase(), k.owner.clone()]);
                    table::print(&mut out, &["KEYID", "TYPE", "IDENTITY"], rows)?;
                }
            }
        }
        GpgCommand::Get(args) => {
            let remote = Remote::connect(global).await?;
            let query = GnuPGPublicKeyQuery { key_id: args.key };
            let key = remote.call(async || remote.keys().get(query.clone()).await).await?;
            match args.output {
                Output::Json | Output::Yaml => output::message(&mut out, &key, args.output)?,
                Output::Name => writeln!(out, "{}", key.key_id)?,
                Output::Wide => {
                    writeln!(out, "Key ID:          {}", key.key_id)?;
                    writeln!(out, "Key fingerprint: {}", key.fingerprint)?;
                    writeln!(out, "Key subtype:     {}", key.sub_type.to_uppercase())?;
                    writeln!(out, "Key owner:       {}", key.owner)?;
                    writeln!(out, "Key data follows until EOF:\n{}", key.key_data)?;
                }
            }
        }
        GpgCommand::Rm(args) => {
            let remote = Remote::connect(global).await?;
            let query = GnuPGPublicKeyQuery { key_id: args.key.clone() };
            remote.call(async || remote.keys().delete(query.clone()).await).await?;
            writeln!(out, "Deleted key with key ID {}", args.key)?;
        }
    }
    Ok(())
}
