//! Logs as a server streams them.

use std::io::Write;

use bowline_web_wire::application::ApplicationPodLogsQuery;

use super::LogsArgs;
use crate::app::store::ServerApps;
use crate::error::CliError;

/// Prints what the server sends, line by line.
pub(super) async fn print(apps: &ServerApps, namespace: &str, name: &str, args: &LogsArgs) -> Result<(), CliError> {
    let positive = |n: u64| i64::try_from(n).ok().filter(|n| *n > 0);
    // The contract's server takes one filter; several are looked at here.
    let filter = (args.filter.len() == 1).then(|| args.filter[0].clone());
    let query = ApplicationPodLogsQuery {
        name: Some(name.to_string()),
        namespace: args.resource_namespace.clone(),
        container: args.container.clone(),
        since_seconds: positive(args.since_seconds),
        tail_lines: positive(args.tail),
        follow: Some(args.follow),
        until_time: args.until_time.map(|time| time.to_string()),
        filter,
        kind: args.kind.clone(),
        group: args.group.clone(),
        resource_name: args.resource_name.clone(),
        previous: Some(args.previous),
        app_namespace: apps.namespace(namespace),
        match_case: Some(args.match_case),
        ..ApplicationPodLogsQuery::default()
    };
    let remote = apps.remote();
    let mut lines = remote.call(async || remote.applications().pod_logs(query.clone()).await).await?;
    let mut out = std::io::stdout();
    while let Some(entry) = lines.message().await.map_err(|status| remote.refused(&status))? {
        if entry.last.unwrap_or_default() {
            break;
        }
        let content = entry.content.unwrap_or_default();
        if !super::passes(&content, args) {
            continue;
        }
        match args.timestamps {
            true => writeln!(out, "{} {content}", entry.time_stamp_str.unwrap_or_default())?,
            false => writeln!(out, "{content}")?,
        }
    }
    Ok(())
}
