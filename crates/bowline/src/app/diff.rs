//! `bowline app diff`.

use std::collections::BTreeMap;
use std::io::Write;

use bowline_base_value::yaml;
use bowline_core_crd::Application;
use bowline_core_ports::{ApplyOptions, Cluster};
use bowline_core_types::{Gvk, Object, ResourceKey, digest_secret, is_hook, is_skipped};
use bowline_plan_diff::{Comparison, Pair, Prediction, Rules, compare, normalize};
use clap::Args;
use futures::StreamExt;
use similar::TextDiff;

use super::AppRef;
use super::get::timeout;
use super::store::Apps;
use super::target::{TargetFlags, target};
use crate::cli::Global;
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::output::Style;

/// Objects that the API server is asked about at once.
const AT_ONCE: usize = 8;

/// `bowline app diff`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app diff shop\n  bowline app diff shop --refresh\n  bowline app diff shop --revision v2          # what would this revision change?\n  bowline app diff shop --local ./deploy       # what would this folder change?\n\nThe API server is asked, in a dry run, what applying would change; that is what is shown. What Secrets hold is shown as digests.\n\nExit codes: 0 no difference, 1 differences (--diff-exit-code names another, --exit-code=false makes it 0), 20 it cannot be told."
)]
pub struct DiffArgs {
    #[command(flatten)]
    app: AppRef,
    /// Let the server compare anew first
    #[arg(long)]
    refresh: bool,
    /// Let the server compare anew first, and render anew whatever it remembers
    #[arg(long)]
    hard_refresh: bool,
    #[command(flatten)]
    target: TargetFlags,
    /// Differences make the exit code
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    exit_code: bool,
    /// The exit code for differences
    #[arg(long, default_value_t = 1, value_name = "CODE")]
    diff_exit_code: u8,
}

/// One object that differs: its text as it is, and as it would be.
struct Changed {
    key: ResourceKey,
    live: String,
    target: String,
}

/// What came of one object.
enum Outcome {
    Same,
    Changed(Changed),
    Unknown(String),
}

/// Shows how live objects differ from the target state.
pub async fn run(global: &Global, args: DiffArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let app = match args.refresh || args.hard_refresh {
        true => apps.refresh(&namespace, &name, args.hard_refresh, timeout(0)).await?.app,
        false => apps.get(&namespace, &name).await?.app,
    };
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let desired: BTreeMap<String, (ResourceKey, Gvk, Option<Object>)> =
        pairs(&app, target(global, &world, &app, &destination, &args.target).await?);
    let outcomes: Vec<Outcome> = futures::stream::iter(desired.values())
        .map(|(key, gvk, desired)| outcome(&destination, key, gvk, desired.as_ref()))
        .buffered(AT_ONCE)
        .collect()
        .await;

    let style = Style::of_stdout();
    let mut out = std::io::stdout();
    let (mut differ, mut unknown) = (false, Vec::new());
    for outcome in outcomes {
        match outcome {
            Outcome::Same => {}
            Outcome::Unknown(reason) => unknown.push(reason),
            Outcome::Changed(changed) => {
                differ = true;
                write!(out, "{}", changed.print(style))?;
            }
        }
    }
    if !unknown.is_empty() {
        return Err(CliError::failed(format!("these could not be compared:\n  {}", unknown.join("\n  "))));
    }
    match differ && args.exit_code {
        true => Err(CliError::quiet(args.diff_exit_code)),
        false => Ok(()),
    }
}

/// Every object that is desired or tracked, by what names it.
fn pairs(app: &Application, desired: Vec<Object>) -> BTreeMap<String, (ResourceKey, Gvk, Option<Object>)> {
    let mut pairs = BTreeMap::new();
    for resource in app.status.resources.iter().filter(|r| !r.hook) {
        let gvk = Gvk::new(resource.group.as_str(), resource.version.as_str(), resource.kind.as_str());
        let key = ResourceKey::new(
            resource.group.as_str(),
            resource.kind.as_str(),
            resource.namespace.as_str(),
            resource.name.as_str(),
        );
        pairs.insert(name_of(&key), (key, gvk, None));
    }
    for object in desired.into_iter().filter(|o| !is_hook(o) && !is_skipped(o) && !o.name().is_empty()) {
        let (key, gvk) = (object.key(), object.gvk());
        pairs.insert(name_of(&key), (key, gvk, Some(object)));
    }
    pairs
}

async fn outcome(destination: &Destination, key: &ResourceKey, gvk: &Gvk, desired: Option<&Object>) -> Outcome {
    let told = |reason: &dyn std::fmt::Display| Outcome::Unknown(format!("{}: {reason}", name_of(key)));
    let live = match destination.cluster.get(gvk, &key.namespace, &key.name).await {
        Ok(live) => live,
        Err(error) => return told(&error),
    };
    let rules = Rules::default();
    let text = |object: &Object| yaml::to_yaml(&normalize(object, &rules));
    let changed = |live: String, target: String| Outcome::Changed(Changed { key: key.clone(), live, target });
    match (live, desired) {
        (None, None) => Outcome::Same,
        (Some(live), None) => changed(text(&live), String::new()),
        (None, Some(desired)) => {
            let mut desired = desired.clone();
            digest_secret(&mut desired, &destination.secrets);
            changed(String::new(), text(&desired))
        }
        (Some(live), Some(desired)) => {
            let dry = ApplyOptions { dry_run: true, ..ApplyOptions::default() };
            let predicted = match destination.cluster.apply(desired, &dry).await {
                Ok(applied) => applied.object,
                Err(error) => return told(&error),
            };
            let pair = Pair::Both { live: &live, predicted: Prediction::Object(&predicted), git_changed: None };
            match compare(pair, &rules) {
                Comparison::InSync => Outcome::Same,
                Comparison::Unknown { error } => told(&error),
                Comparison::Missing => changed(String::new(), text(&predicted)),
                Comparison::Extra | Comparison::Differs(_) => changed(text(&live), text(&predicted)),
            }
        }
    }
}

fn name_of(key: &ResourceKey) -> String {
    format!("{}/{}/{}/{}", key.group, key.kind, key.namespace, key.name)
}

// === impl Changed ===

impl Changed {
    fn print(&self, style: Style) -> String {
        let ResourceKey { group, kind, namespace, name } = &self.key;
        let mut text = format!("\n===== {group}/{kind} {namespace}/{name} ======\n");
        let diff = TextDiff::from_lines(&self.live, &self.target);
        let unified = diff.unified_diff().header(&format!("{name}-live.yaml"), name).to_string();
        for line in unified.lines() {
            text.push_str(&style.diff(line));
            text.push('\n');
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_printed_under_its_name() {
        let changed = Changed {
            key: ResourceKey::new("apps", "Deployment", "shop", "web"),
            live: "spec:\n  replicas: 1\n".to_string(),
            target: "spec:\n  replicas: 2\n".to_string(),
        };
        assert_eq!(
            changed.print(Style::default()),
            "\n===== apps/Deployment shop/web ======\n--- web-live.yaml\n+++ web\n@@ -1,2 +1,2 @@\n spec:\n-  replicas: 1\n+  replicas: 2\n"
        );
    }
}
