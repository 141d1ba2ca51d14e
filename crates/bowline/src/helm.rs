//! `bowline helm template`: stands in for the command it is named after.

mod charts;
mod install;

use std::collections::BTreeSet;
use std::io::Write;

use bowline_desired_helm::Helm;
use bowline_desired_helm::template::{Flags, template};
use clap::{Args, Parser, Subcommand};

use crate::engines::Machine;
use crate::error::CliError;
use crate::files;
use charts::{ChartFlags, Charts};
use install::{InstallFlags, switches};

/// Words that another command line reads: its flags are its own.
#[derive(Args, Debug)]
pub struct Words {
    /// The command with its flags, as the tool takes them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub words: Vec<String>,
}

/// Renders Helm charts.
#[derive(Parser, Debug)]
#[command(name = "bowline helm", disable_help_subcommand = true)]
struct HelmCli {
    #[command(subcommand)]
    command: HelmCommand,
}

#[derive(Subcommand, Debug)]
enum HelmCommand {
    /// Render a chart's templates and print them
    Template(Box<TemplateArgs>),
}

#[derive(Args, Debug)]
#[command(
    args_override_self = true,
    after_help = "Examples:\n  bowline helm template ./chart\n  bowline helm template shop ./chart -n shop -f prod.yaml --set image.tag=v2\n  bowline helm template shop shop --repo https://charts.example.com --version '1.x'\n  bowline helm template shop oci://registry.example.com/charts/shop --version 1.2.0\n\nExit codes: 0 rendered, 1 it cannot be."
)]
struct TemplateArgs {
    /// Name of the release (may be left out), and the chart: a folder, a packed chart, a URL (https:// or oci://), or a name with --repo
    #[arg(value_name = "[NAME] CHART", required = true)]
    args: Vec<String>,
    /// Values files
    #[arg(short = 'f', long, value_name = "FILE")]
    values: Vec<String>,
    /// Values (key=value, parted by commas)
    #[arg(long)]
    set: Vec<String>,
    /// Values that are strings
    #[arg(long)]
    set_string: Vec<String>,
    /// Values as JSON
    #[arg(long)]
    set_json: Vec<String>,
    /// A value that is a literal string
    #[arg(long)]
    set_literal: Vec<String>,
    /// Values from files
    #[arg(long)]
    set_file: Vec<String>,
    /// Namespace of the release
    #[arg(short, long, default_value = "default")]
    namespace: String,
    /// Template for the release's name
    #[arg(long, default_value = "", hide_default_value = true)]
    name_template: String,
    /// Make a name up
    #[arg(short, long)]
    generate_name: bool,
    /// Print the chart's CRDs too
    #[arg(long)]
    include_crds: bool,
    /// Leave out tests
    #[arg(long)]
    skip_tests: bool,
    /// Leave out hooks
    #[arg(long)]
    no_hooks: bool,
    /// Render as for an upgrade
    #[arg(long)]
    is_upgrade: bool,
    /// Do not check values against the chart's schema
    #[arg(long)]
    skip_schema_validation: bool,
    /// Print only these templates
    #[arg(short, long)]
    show_only: Vec<String>,
    /// API versions of the cluster
    #[arg(short, long)]
    api_versions: Vec<String>,
    /// Version of the cluster
    #[arg(long, default_value = "", hide_default_value = true)]
    kube_version: String,
    /// Write files below this folder instead of printing
    #[arg(long, default_value = "", hide_default_value = true, value_name = "FOLDER")]
    output_dir: String,
    /// Use the release's name in the paths of those files
    #[arg(long)]
    release_name: bool,
    /// Say more about errors
    #[arg(long)]
    debug: bool,
    #[command(flatten)]
    chart: ChartFlags,
    #[command(flatten)]
    install: InstallFlags,
}

/// Runs `bowline helm …`.
pub fn run(words: Words) -> Result<(), CliError> {
    let words = match switches(words.words) {
        Ok(words) => words,
        Err(error) => return failed(&error),
    };
    let command = std::iter::once("bowline helm".to_string()).chain(words);
    let HelmCommand::Template(args) = match HelmCli::try_parse_from(command) {
        Ok(cli) => cli.command,
        Err(error) => {
            error.print()?;
            return if error.use_stderr() { Err(CliError::quiet(1)) } else { Ok(()) };
        }
    };
    for notice in args.install.notices() {
        writeln!(std::io::stderr(), "{notice}")?;
    }
    if let Err(error) = args.install.check() {
        return failed(&error);
    }
    let (args, flags, chart) = args.split();
    let output = template(&Helm::default(), &args, &flags, &Charts::new(chart), &mut Machine::default());
    let mut written = BTreeSet::new();
    for (path, text) in &output.files {
        // A path that comes again is added to.
        let fresh = written.insert(path.clone());
        files::write(path, text, !fresh)?;
    }
    std::io::stdout().write_all(output.stdout.as_bytes())?;
    match output.error {
        None => Ok(()),
        Some(error) => failed(&error),
    }
}

/// Tells an error as helm does.
fn failed(error: &str) -> Result<(), CliError> {
    writeln!(std::io::stderr(), "Error: {error}")?;
    Err(CliError::quiet(1))
}

// === impl TemplateArgs ===

impl TemplateArgs {
    fn split(self) -> (Vec<String>, Flags, ChartFlags) {
        let flags = Flags {
            values: self.values,
            set: self.set,
            set_string: self.set_string,
            set_json: self.set_json,
            set_literal: self.set_literal,
            set_file: self.set_file,
            namespace: self.namespace,
            name_template: self.name_template,
            generate_name: self.generate_name,
            include_crds: self.include_crds,
            skip_tests: self.skip_tests,
            no_hooks: self.no_hooks,
            is_upgrade: self.is_upgrade,
            skip_schema_validation: self.skip_schema_validation,
            show_only: self.show_only,
            api_versions: self.api_versions,
            kube_version: self.kube_version,
            output_dir: self.output_dir,
            release_name: self.release_name,
            debug: self.debug,
        };
        (self.args, flags, self.chart)
    }
}
