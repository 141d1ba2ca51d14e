//! `bowline kustomize build`: stands in for the command it is named after.

use std::io::Write;
use std::path::Path;

use bowline_desired_kustomize::{BuildFlags, Kustomize};

use crate::error::CliError;
use crate::helm::Words;
use crate::{files, local};

const USAGE: &str = "\
Build a kustomization and print the objects

Usage: bowline kustomize build [DIR] [FLAGS]

  -o, --output PATH                   write to a file, or into a folder
      --load-restrictor NAME          LoadRestrictionsRootOnly (the default) or LoadRestrictionsNone
      --reorder NAME                  legacy or none
      --enable-managedby-label        set app.kubernetes.io/managed-by

Examples:
  bowline kustomize build overlays/prod
  bowline kustomize build . -o rendered.yaml

Exit codes: 0 built, 1 it cannot be.
";

/// Runs `bowline kustomize …`.
pub fn run(words: Words) -> Result<(), CliError> {
    let words = words.words;
    let help = words.iter().any(|word| matches!(word.as_str(), "-h" | "--help"));
    match words.split_first() {
        _ if help => Ok(std::io::stdout().write_all(USAGE.as_bytes())?),
        Some((command, flags)) if command == "build" => build(flags).map_err(|reason| {
            // In the tool's own form.
            let _ = writeln!(std::io::stderr(), "Error: {reason}");
            CliError::quiet(1)
        }),
        _ => {
            std::io::stderr().write_all(USAGE.as_bytes())?;
            Err(CliError::quiet(1))
        }
    }
}

fn build(flags: &[String]) -> Result<(), String> {
    let flags = BuildFlags::parse(flags).map_err(|e| e.to_string())?;
    if flags.enable_helm {
        return Err("--enable-helm: charts in kustomizations are not supported yet".to_string());
    }
    let path = if flags.path.is_empty() { "." } else { flags.path.as_str() };
    if path.contains("://") {
        return Err(format!("{path}: a URL cannot be built; clone it, or use bowline render URL --path DIR"));
    }
    let folder = local::open(path, None).map_err(|e| e.to_string())?;
    let built =
        flags.build(&Kustomize::default(), &folder.tree, &folder.path, None, None).map_err(|e| e.to_string())?;
    built.warnings.iter().for_each(|warning| files::warn(warning));
    let told = |e: CliError| e.to_string();
    match &flags.output {
        None => std::io::stdout().write_all(built.to_yaml().as_bytes()).map_err(|e| e.to_string()),
        Some(output) if Path::new(output).is_dir() => built
            .files()
            .iter()
            .try_for_each(|(name, text)| files::write(&format!("{output}/{name}"), text, false).map_err(told)),
        Some(output) => files::write(output, &built.to_yaml(), false).map_err(told),
    }
}
