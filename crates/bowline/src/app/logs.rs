//! `bowline app logs`.

mod served;

use std::io::Write;
use std::pin::Pin;

use bowline_base_kube::LogOptions;
use bowline_base_value::Value;
use bytes::Bytes;
use clap::Args;
use futures::{Stream, StreamExt};
use jiff::Timestamp;

use super::nodes::{Node, nodes, of_application};
use super::reference::AppRef;
use super::store::Apps;
use crate::control::{self, Destination};
use crate::error::CliError;
use crate::global::Global;
use crate::kube::failed;

/// Pods whose logs are followed at once: more say nothing to a person.
const PODS: usize = 30;

/// Kinds between an application's objects and their pods.
const KINDS: [&str; 8] =
    ["Pod", "ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "ReplicationController"];

/// `bowline app logs`.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  bowline app logs shop\n  bowline app logs shop --follow --tail 10\n  bowline app logs shop --kind Deployment --name web -c app\n  bowline app logs shop --filter error --since-seconds 600"
)]
pub struct LogsArgs {
    #[command(flatten)]
    app: AppRef,
    /// Go on with what comes
    #[arg(short, long)]
    follow: bool,
    /// The last lines only; 0 is all
    #[arg(long, default_value_t = 0, value_name = "LINES")]
    tail: u64,
    /// Not older than this many seconds; 0 is all
    #[arg(long, default_value_t = 0, value_name = "SECONDS")]
    since_seconds: u64,
    /// Not newer than this, RFC 3339
    #[arg(long, value_name = "TIME")]
    until_time: Option<Timestamp>,
    /// Lines with this text only; with several, any of them; `!` in front for lines without it
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    filter: Vec<String>,
    /// The filter tells upper from lower case
    #[arg(short, long)]
    match_case: bool,
    /// Of this container only [default: all]
    #[arg(short, long)]
    container: Option<String>,
    /// Of the containers that ran before
    #[arg(short, long)]
    previous: bool,
    /// Of what this object owns: its API group
    #[arg(long)]
    group: Option<String>,
    /// Its kind
    #[arg(long)]
    kind: Option<String>,
    /// Its name
    #[arg(long = "name", value_name = "NAME")]
    resource_name: Option<String>,
    /// Its namespace
    #[arg(long = "resource-namespace", value_name = "NAMESPACE")]
    resource_namespace: Option<String>,
    /// With the time of each line
    #[arg(long)]
    timestamps: bool,
}

/// A container of a pod.
struct Container<'a> {
    pod: &'a Node,
    name: String,
}

/// Prints the logs of an application's pods.
pub async fn run(global: &Global, args: LogsArgs) -> Result<(), CliError> {
    let apps = Apps::connect(global).await?;
    let (namespace, name) = args.app.resolve(global);
    let apps = match &apps {
        Apps::Core(apps) => apps,
        Apps::Server(apps) => return served::print(apps, &namespace, &name, &args).await,
    };
    let mut app = apps.get(&namespace, &name).await?.app;
    let is = |flag: &Option<String>, text: &str| flag.as_deref().is_none_or(|flag| flag == text);
    let world = control::world(apps.kube(), global).await?;
    let destination = control::destination(apps.kube(), &world, &app.spec.destination).await?;
    let all = nodes(&destination, &app, Some(&KINDS)).await;
    let mine: Vec<Node> = of_application(&all, &app).into_iter().cloned().collect();
    // What was chosen takes the place of the managed objects: a ReplicaSet may be chosen too.
    app.status.resources.clear();
    for node in &mine {
        let key = &node.key;
        let chosen = is(&args.group, &key.group)
            && is(&args.kind, &key.kind)
            && is(&args.resource_name, &key.name)
            && is(&args.resource_namespace, &key.namespace);
        if chosen {
            app.status.resources.push(bowline_core_crd::ResourceStatus {
                group: key.group.to_string(),
                kind: key.kind.to_string(),
                namespace: key.namespace.to_string(),
                name: key.name.to_string(),
                ..Default::default()
            });
        }
    }
    let chosen = of_application(&mine, &app);
    let pods: Vec<&Node> = chosen.into_iter().filter(|n| &*n.key.kind == "Pod" && n.key.group.is_empty()).collect();
    if pods.is_empty() {
        return Err(CliError::failed(format!("application '{name}' has no pods that match"))
            .hint(format!("bowline app resources {name} --output tree shows what there is")));
    }
    if pods.len() > PODS && args.follow {
        return Err(CliError::failed(format!("{} pods match: no more than {PODS} can be followed", pods.len()))
            .hint("choose some with --kind and --name"));
    }
    let containers: Vec<Container<'_>> =
        pods.into_iter().flat_map(|pod| containers(pod, args.container.as_deref())).collect();
    if containers.is_empty() {
        let container = args.container.as_deref().unwrap_or_default();
        return Err(CliError::failed(format!("no pod of application '{name}' has a container '{container}'")));
    }
    print(&destination, &containers, &args).await
}

fn containers<'a>(pod: &'a Node, wanted: Option<&str>) -> Vec<Container<'a>> {
    let lists = ["initContainers", "containers"];
    let all = lists.iter().filter_map(|list| pod.object.value().get_path(&["spec", list]).and_then(Value::as_array));
    let names = all.flatten().filter_map(|c| c.str_at(&["name"]));
    let named = names.filter(|name| wanted.is_none_or(|wanted| wanted == *name));
    named.map(|name| Container { pod, name: name.to_string() }).collect()
}

/// The lines of a container, with their times in front.
type Lines = Pin<Box<dyn Stream<Item = Result<Bytes, bowline_base_kube::Error>>>>;

/// Without following, the lines of all containers in the order of their times; else every line as it comes.
async fn print(destination: &Destination, containers: &[Container<'_>], args: &LogsArgs) -> Result<(), CliError> {
    let mut out = std::io::stdout();
    let (mut opened, mut failures): (Vec<Lines>, Vec<String>) = (Vec::new(), Vec::new());
    for container in containers {
        let key = &container.pod.key;
        match destination.client.logs(&key.namespace, &key.name, &options(container, args)).await {
            Ok(logs) => opened.push(Box::pin(futures::stream::unfold(logs, |mut logs| async move {
                let line = logs.next().await.transpose()?;
                Some((line, logs))
            }))),
            // A container that has not started yet has no log; the others have.
            Err(error) => failures.push(format!("{}/{}: {error}", container.pod.key.name, container.name)),
        }
    }
    if opened.is_empty() && !failures.is_empty() {
        return Err(CliError::failed(format!("no logs can be read:\n  {}", failures.join("\n  "))));
    }
    if args.follow {
        let mut lines = futures::stream::select_all(opened);
        while let Some(line) = lines.next().await {
            tell(&mut out, &line.map_err(failed)?, args)?;
        }
    } else {
        let mut heads = Vec::new();
        for lines in &mut opened {
            heads.push(lines.next().await.transpose().map_err(failed)?);
        }
        while let Some(first) = earliest(&heads) {
            let next = opened[first].next().await.transpose().map_err(failed)?;
            if let Some(line) = std::mem::replace(&mut heads[first], next) {
                tell(&mut out, &line, args)?;
            }
        }
    }
    failures.iter().for_each(|reason| crate::files::warn(reason));
    Ok(())
}

/// Which of the next lines comes first; one without a time belongs to the line before it.
fn earliest(heads: &[Option<Bytes>]) -> Option<usize> {
    let time = |line: &Bytes| -> Option<Timestamp> {
        let stamp = line.split(|byte| *byte == b' ').next().unwrap_or_default();
        std::str::from_utf8(stamp).ok()?.parse().ok()
    };
    let there = heads.iter().enumerate().filter_map(|(i, line)| Some((time(line.as_ref()?), i)));
    there.min().map(|(_, i)| i)
}

fn options(container: &Container<'_>, args: &LogsArgs) -> LogOptions {
    let positive = |n: u64| i64::try_from(n).ok().filter(|n| *n > 0);
    LogOptions {
        container: container.name.clone(),
        follow: args.follow,
        previous: args.previous,
        // The time of a line decides whether it is too late.
        timestamps: true,
        since_seconds: positive(args.since_seconds),
        tail_lines: positive(args.tail),
        ..LogOptions::default()
    }
}

fn tell(out: &mut dyn Write, line: &[u8], args: &LogsArgs) -> Result<(), CliError> {
    let line = String::from_utf8_lossy(line);
    let (time, text) = line.split_once(' ').unwrap_or((&line, ""));
    let late = args.until_time.is_some_and(|until| time.parse::<Timestamp>().is_ok_and(|time| time > until));
    if late || !passes(text, args) {
        return Ok(());
    }
    match args.timestamps {
        true => writeln!(out, "{time} {text}")?,
        false => writeln!(out, "{text}")?,
    }
    Ok(())
}

/// Whether a line is asked for.
fn passes(text: &str, args: &LogsArgs) -> bool {
    let fold = |text: &str| if args.match_case { text.to_string() } else { text.to_lowercase() };
    let text = fold(text);
    let one = |filter: &String| match filter.strip_prefix('!') {
        Some(without) => !text.contains(&fold(without)),
        None => text.contains(&fold(filter)),
    };
    args.filter.is_empty() || args.filter.iter().any(one)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Wrap {
        #[command(flatten)]
        args: LogsArgs,
    }

    fn check(flags: &str, lines: &[&str], want: &str) {
        let args = Wrap::parse_from(format!("logs shop {flags}").split_whitespace()).args;
        let mut out = Vec::new();
        for line in lines {
            tell(&mut out, line.as_bytes(), &args).unwrap();
        }
        assert_eq!(String::from_utf8(out).unwrap(), want, "{flags}");
    }

    #[test]
    fn lines_are_filtered_and_cut_off_in_time() {
        let lines = [
            "2026-01-01T00:00:00.5Z GET /",
            "2026-01-01T00:00:01Z an Error: x",
            "2026-01-01T00:00:02Z ",
            "2026-01-01T00:00:03Z end",
        ];
        check("", &lines, "GET /\nan Error: x\n\nend\n");
        check("--filter error", &lines, "an Error: x\n");
        check("--filter error --match-case", &lines, "");
        check("--filter !error --filter nothing", &lines, "GET /\n\nend\n");
        check("--until-time 2026-01-01T00:00:01Z", &lines, "GET /\nan Error: x\n");
        check("--filter end --timestamps", &lines, "2026-01-01T00:00:03Z end\n");
    }
}
