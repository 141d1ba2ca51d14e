//! `bowline kustomize build`: stands in for the command it is named after.

use std::io::Write;
use std::path::{Component, Path, PathBuf};

use bowline_base_tree::MemoryTree;
use bowline_desired_helm::Helm;
use bowline_desired_kustomize::{Build, BuildFlags, GitReference, Kustomize, Options};
use bowline_desired_render::Outside;

use crate::desired::{For, complete};
use crate::engines::{Charts, Remotes};
use crate::error::CliError;
use crate::helm::Words;
use crate::{files, local};

const USAGE: &str = "\
Build a kustomization and print the objects

Usage: bowline kustomize build [DIR|URL] [FLAGS]

  -o, --output PATH                   write to a file, or into a folder
      --load-restrictor NAME          LoadRestrictionsRootOnly (the default) or LoadRestrictionsNone
      --enable-helm                   inflate charts (helmCharts, HelmChartInflationGenerator)
      --helm-api-versions VERSION     API version that charts see; can be given several times
      --helm-kube-version VERSION     version of Kubernetes that charts see
      --reorder NAME                  legacy or none (deprecated: sortOptions)
      --enable-managedby-label        set app.kubernetes.io/managed-by (deprecated: buildMetadata)

Taken and without effect, because no program is run: --as-current-user, --enable-alpha-plugins, --enable-exec, -e/--env,
--helm-command, --helm-debug, --mount, --network, --network-name, --stack-trace.

Examples:
  bowline kustomize build overlays/prod
  bowline kustomize build https://git.example.com/shop.git//deploy?ref=v2
  bowline kustomize build . -o rendered.yaml

Exit codes: 0 built, 1 it cannot be.
";

/// Runs `bowline kustomize …`.
pub async fn run(words: Words) -> Result<(), CliError> {
    let words = words.words;
    let options = words.iter().take_while(|word| *word != "--");
    let help = options.clone().any(|word| matches!(word.as_str(), "-h" | "--help"));
    let failed = |reason: String| {
        // In the tool's own form.
        let _ = writeln!(std::io::stderr(), "Error: {reason}");
        CliError::quiet(1)
    };
    match words.split_first() {
        None => Ok(std::io::stdout().write_all(USAGE.as_bytes())?),
        _ if help => Ok(std::io::stdout().write_all(USAGE.as_bytes())?),
        Some((command, flags)) if command == "build" => build(flags).await.map_err(failed),
        Some((command, _)) => Err(failed(format!(
            "unknown command {command:?} for \"bowline kustomize\"\nRun 'bowline kustomize --help' for usage."
        ))),
    }
}

async fn build(flags: &[String]) -> Result<(), String> {
    let mut warnings = Vec::new();
    let flags = BuildFlags::parse(flags, &mut warnings);
    warnings.iter().for_each(|warning| tell(warning));
    let flags = flags.map_err(|e| e.to_string())?;
    let built = built(&flags).await?;
    built.warnings.iter().for_each(|warning| tell(warning));
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

async fn built(flags: &BuildFlags) -> Result<Build, String> {
    let given = if flags.path.is_empty() { "." } else { flags.path.as_str() };
    let (tree, path, base) = match GitReference::parse(given) {
        Some(_) => (MemoryTree::new().into_tree(), given.to_string(), ""),
        // A kustomization may name bases anywhere on this machine.
        None => (local::open("/", Some("/")).map_err(|e| e.to_string())?.tree, absolute(given)?, "/"),
    };
    let (kustomize, helm) = (Kustomize::new(), Helm::new());
    let render = |outside: &Outside| {
        let (remotes, charts) = (Remotes(outside), Charts { helm: &helm, outside });
        let options = Options { base, ..flags.options(Some(&remotes), Some(&charts)) };
        kustomize.build(&tree, &path, options).map_err(|e| e.chain())
    };
    complete(None, None, given, For::default(), render).await.map_err(|e| e.to_string())?
}

/// A line for people, as the tool writes it.
fn tell(what: &str) {
    let _ = writeln!(std::io::stderr(), "{what}");
}

/// The path from the root of the file system, in plain form and without the leading `/`.
fn absolute(path: &str) -> Result<String, String> {
    let full = std::path::absolute(path).map_err(|e| format!("{path}: {e}"))?;
    let mut plain = PathBuf::new();
    for part in full.components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::ParentDir => drop(plain.pop()),
            Component::RootDir | Component::CurDir | Component::Prefix(_) => {}
        }
    }
    plain.into_os_string().into_string().map_err(|_| format!("{path}: its name is not UTF-8"))
}
