//! `bowline app diff`.

use std::io::Write;

use bowline_base_value::yaml;
use bowline_core_types::{Object, ResourceKey, digest_secret};
use bowline_plan_diff::{Comparison, Rules, normalize};
use clap::Args;
use similar::TextDiff;

use super::AppRef;
use super::compared::{Compared, compared, comparing, name_of};
use super::get::timeout;
use super::store::Apps;
use super::target::{TargetFlags, target};
use crate::cli::Global;
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::output::Style;

/// `bowline app diff`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app diff shop\n  bowline app diff shop --refresh\n  bowline app diff shop --revision v2          # what would this revision change?\n  bowline app diff shop --local ./deploy       # what would this folder change?\n\nThe API server is asked, in a dry run, what applying would change; that is what is shown. Fields that ignoreDifferences names (of the application or of argocd-cm) are left out. What Secrets hold is shown as digests.\n\nExit codes: 0 no difference, 1 differences (--diff-exit-code names another, --exit-code=false makes it 0), 20 it cannot be told."
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
    let desired = target(global, &world, &app, &destination, &args.target).await?.objects;
    let comparing = comparing(&app, &world);
    let instance = app.instance_name(&global.namespace);
    let compared = compared(&destination, &world, &app, &instance, &desired, &comparing).await;
    let outcomes = compared.iter().map(|item| outcome(&destination, item, &comparing.rules()));

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

fn outcome(destination: &Destination, item: &Compared, rules: &Rules<'_>) -> Outcome {
    let text = |object: &Object| yaml::to_yaml(&normalize(object, rules));
    let changed = |live: String, target: String| Outcome::Changed(Changed { key: item.key.clone(), live, target });
    let live = item.live.as_ref().map(text).unwrap_or_default();
    match (&item.comparison, &item.desired, &item.predicted) {
        (Comparison::InSync, ..) => Outcome::Same,
        (Comparison::Unknown { error }, ..) => Outcome::Unknown(format!("{}: {error}", name_of(&item.key))),
        (Comparison::Extra, ..) => changed(live, String::new()),
        (Comparison::Missing, Some(desired), None) => {
            Outcome::Unknown(format!("{}: the cluster does not serve the kind {}", name_of(&item.key), desired.gvk()))
        }
        // What is not there is shown as Git has it: the defaults of the server say nothing of the change.
        (Comparison::Missing, Some(desired), _) => {
            let mut desired = desired.clone();
            digest_secret(&mut desired, &destination.secrets);
            changed(String::new(), text(&desired))
        }
        (_, _, Some(Ok(predicted))) => changed(live, text(predicted)),
        _ => Outcome::Same,
    }
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
