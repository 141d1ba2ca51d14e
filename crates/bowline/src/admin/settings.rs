//! `bowline admin settings validate`.

use std::collections::BTreeMap;
use std::io::Write;

use bowline_base_value::{Value, yaml};
use bowline_core_control::World;
use clap::Args;

use crate::error::CliError;
use crate::files;
use crate::global::Global;
use crate::kube::{Kube, Resource};

/// The ConfigMaps that hold settings.
const CONFIG_MAPS: [&str; 3] = ["argocd-cm", "argocd-cmd-params-cm", "argocd-rbac-cm"];

/// `bowline admin settings validate`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline admin settings validate -n argocd\n  bowline admin settings validate --argocd-cm-path argocd-cm.yaml\n\nExit codes: 0 all can be used, 1 some cannot."
)]
pub struct ValidateArgs {
    /// File with the manifest of argocd-cm, instead of the one that the cluster holds
    #[arg(long, value_name = "FILE")]
    argocd_cm_path: Option<String>,
}

/// Reads the settings as the server does, and tells what it could not use.
pub(super) async fn validate(global: &Global, args: ValidateArgs) -> Result<(), CliError> {
    let world = World::new(global.namespace.as_str());
    let mut maps: Vec<(&str, Value)> = Vec::new();
    match &args.argocd_cm_path {
        Some(file) => {
            let value = yaml::from_yaml(&files::read(file)?).map_err(|e| CliError::failed(format!("{file}: {e}")))?;
            if value.str_at(&["kind"]) != Some("ConfigMap") {
                return Err(CliError::usage(format!("{file}: is no manifest of a ConfigMap")));
            }
            maps.push((CONFIG_MAPS[0], value));
        }
        None => {
            let kube = Kube::connect(global).await?;
            for name in CONFIG_MAPS {
                let found = kube.find(Resource::ConfigMaps, &global.namespace, name).await?;
                maps.extend(found.map(|value| (name, value)));
            }
        }
    }
    let mut out = std::io::stdout();
    let mut count = 0;
    for (name, value) in maps {
        let pairs = value.get("data").and_then(Value::as_object).into_iter().flat_map(|data| data.iter());
        let data: BTreeMap<String, String> =
            pairs.map(|(key, value)| (key.to_string(), value.as_str().unwrap_or_default().to_string())).collect();
        let bad = world.put_config_map(name, Some(data)).unwrap_or_default();
        for bad in &bad {
            writeln!(out, "{}: {}: {}", bad.config_map, bad.key, bad.reason)?;
        }
        if bad.is_empty() {
            writeln!(out, "{name}: all settings can be used")?;
        }
        count += bad.len();
    }
    match count {
        0 => Ok(()),
        n => Err(CliError::failed(format!("{n} settings cannot be used")).code(1)),
    }
}
