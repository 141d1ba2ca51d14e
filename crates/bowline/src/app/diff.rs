//! `bowline app diff`.

use std::collections::BTreeMap;
use std::io::Write;

use bowline_base_value::{to_json, yaml};
use bowline_core_crd::{Application, ResourceDiff};
use bowline_core_types::{Object, ResourceKey, digest_secret, is_hook, is_skipped};
use bowline_plan_diff::{Comparison, Rules, normalize};
use bowline_roles_app_controller::foresee::{Asks, Compared, compared, name_of};
use clap::Args;
use similar::TextDiff;

use super::reference::AppRef;
use super::reference::timeout;
use super::served;
use super::store::{Apps, CoreApps, ServerApps};
use super::target::{TargetFlags, target};
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::global::Global;
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
    #[command(flatten)]
    contract: Accepted,
    /// Differences make the exit code
    #[arg(long, default_value_t = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", action = clap::ArgAction::Set)]
    exit_code: bool,
    /// The exit code for differences
    #[arg(long, default_value_t = 1, value_name = "CODE")]
    diff_exit_code: u8,
}

/// Flags of the contract that say how to do what is always done so here: the server renders, and the cluster is asked.
#[derive(Args, Debug, Default)]
struct Accepted {
    #[arg(long, hide = true)]
    server_side_generate: bool,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    server_side_diff: Option<bool>,
    #[arg(long, hide = true)]
    server_side_diff_concurrency: Option<i64>,
    #[arg(long, hide = true)]
    server_side_diff_max_batch_kb: Option<i64>,
    #[arg(long, hide = true)]
    local_include: Vec<String>,
    #[arg(long, hide = true)]
    ignore_normalizer_jq_execution_timeout: Option<String>,
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
    let differ = show(global, &apps, &app, &args.target).await?;
    match differ && args.exit_code {
        true => Err(CliError::quiet(args.diff_exit_code)),
        false => Ok(()),
    }
}

/// Prints how the live objects differ from a target state; whether they do.
pub async fn show(global: &Global, apps: &Apps, app: &Application, target: &TargetFlags) -> Result<bool, CliError> {
    let outcomes = match apps {
        Apps::Core(apps) => in_core(global, apps, app, target).await?,
        Apps::Server(apps) => at_server(apps, app, target).await?,
    };
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
    match unknown.is_empty() {
        true => Ok(differ),
        false => Err(CliError::failed(format!("these could not be compared:\n  {}", unknown.join("\n  ")))),
    }
}

/// Compared from here.
async fn in_core(
    global: &Global,
    apps: &CoreApps,
    app: &Application,
    flags: &TargetFlags,
) -> Result<Vec<Outcome>, CliError> {
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let desired = target(global, &world, app, &destination, flags).await?.objects;
    let comparing = super::comparing(app, &world);
    let instance = app.instance_name(&global.namespace);
    let cluster = &destination.cluster;
    let asks = Asks { cluster, reads: cluster, world: &world, comparing: &comparing };
    let compared = compared(asks, app, &instance, &desired).await;
    Ok(compared.iter().map(|item| outcome(&destination, item, &comparing.rules())).collect())
}

/// As the server tells it: what it compared last, or what the cluster says of other manifests.
async fn at_server(apps: &ServerApps, app: &Application, flags: &TargetFlags) -> Result<Vec<Outcome>, CliError> {
    let managed: Vec<ResourceDiff> = served::managed(apps, app).await?.into_iter().filter(|item| !item.hook).collect();
    let key = |item: &ResourceDiff| {
        ResourceKey::new(item.group.as_str(), item.kind.as_str(), item.namespace.as_str(), item.name.as_str())
    };
    let text = |state: &str| -> Result<String, CliError> {
        let object = served::object(state)?;
        Ok(if object.is_null() { String::new() } else { yaml::to_yaml(&object) })
    };
    if !flags.is_other() {
        let outcomes = managed.iter().map(|item| {
            let (live, target) = (text(&item.normalized_live_state)?, text(&item.predicted_live_state)?);
            // What is not there yet is not foreseen by everybody.
            let target = if target.is_empty() { text(&item.target_state)? } else { target };
            Ok(match live == target {
                true => Outcome::Same,
                false => Outcome::Changed(Changed { key: key(item), live, target }),
            })
        });
        return outcomes.collect();
    }
    let mut rest: BTreeMap<String, ResourceDiff> =
        managed.into_iter().map(|item| (name_of(&key(&item)), item)).collect();
    let (mut live, mut targets) = (Vec::new(), Vec::new());
    for manifest in served::manifests(apps, app, flags).await? {
        let Ok(object) = Object::new(manifest) else { continue };
        if is_hook(&object) || is_skipped(&object) {
            continue;
        }
        let mut key = object.key();
        if key.namespace.is_empty() && !rest.contains_key(&name_of(&key)) {
            key.namespace = app.spec.destination.namespace.as_str().into();
        }
        let known = rest.remove(&name_of(&key)).unwrap_or_else(|| ResourceDiff {
            group: key.group.to_string(),
            kind: key.kind.to_string(),
            namespace: key.namespace.to_string(),
            name: key.name.to_string(),
            ..ResourceDiff::default()
        });
        live.push(known);
        targets.push(to_json(object.value(), false));
    }
    let foreseen = served::foreseen(apps, app, live, targets).await?;
    let mut outcomes = Vec::new();
    for item in foreseen.iter().filter(|item| item.modified) {
        let (live, target) = (text(&item.live_state)?, text(&item.target_state)?);
        outcomes.push(Outcome::Changed(Changed { key: key(item), live, target }));
    }
    // What the manifests do not have any more.
    for item in rest.values() {
        let live = text(&item.normalized_live_state)?;
        if !live.is_empty() {
            outcomes.push(Outcome::Changed(Changed { key: key(item), live, target: String::new() }));
        }
    }
    Ok(outcomes)
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
