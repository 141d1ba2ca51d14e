//! The logs of an application's pods, merged.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashSet};

use bowline_core_crd::{ApplicationTree, ResourceNode, Time};
use bowline_core_ports::{ClusterError, LogLines, LogQuery};
use bowline_core_rbac::{action, object};
use bowline_web_admin::{Caller, Context, denied};
use bowline_web_wire::Messages;
use bowline_web_wire::application::{ApplicationPodLogsQuery, LogEntry};
use bowline_web_wire::tonic::Status;
use futures::stream;
use futures::{Stream, StreamExt};
use jiff::Timestamp;

use super::find::{find, text};
use crate::error;
use crate::setting::number;

/// Pods whose logs are shown together, unless the setting says otherwise.
const PODS: usize = 10;

/// Opens the logs.
pub(crate) async fn logs(
    context: &Context,
    caller: &Caller,
    query: ApplicationPodLogsQuery,
) -> Result<Messages<LogEntry>, Status> {
    let found = find(context, caller, &query)?;
    let control = context.world.namespace();
    let logs = object::Logs::new(found.app.spec.project(), &found.name.namespace, &found.name.name, control);
    let _may = caller.enforcer().permit(action::Get, logs).map_err(denied)?;
    let until = match text(&query.until_time) {
        "" => None,
        text => Some(
            text.parse::<Timestamp>()
                .map_err(|error| Status::invalid_argument(format!("invalid untilTime parameter value: {error}")))?,
        ),
    };
    let tree = context.engine.tree(&found.name).await.map_err(error::engine)?;
    let pods = pods(&tree, &query);
    if pods.is_empty() {
        return Ok(Box::pin(stream::once(async { Ok(last()) })));
    }
    let limit = number(context, "server.maxPodLogsToRender", PODS);
    if pods.len() > limit {
        return Err(Status::invalid_argument("max pods to view logs are reached. Please provide more granular query"));
    }
    let follow = query.follow.unwrap_or_default();
    let options = LogQuery {
        container: text(&query.container).to_string(),
        follow,
        previous: query.previous.unwrap_or_default(),
        since_seconds: query.since_seconds.filter(|seconds| *seconds > 0),
        since_time: query.since_time.filter(|time| !time.is_zero()).map(|time| time.to_string()).unwrap_or_default(),
        tail_lines: query.tail_lines.filter(|lines| *lines > 0),
    };
    let reached = context.engine.reach(&found.app).await.map_err(error::engine)?;
    let mut opened = Vec::new();
    for (namespace, pod) in pods {
        // A pod that has no log (yet, or any more) does not keep the others' from being shown: it says so itself.
        let lines = match reached.pods.logs(&namespace, &pod, options.clone()).await {
            Ok(lines) => lines,
            Err(error) => Box::pin(stream::once(async { Err(error) })) as LogLines,
        };
        opened.push(entries(pod, lines));
    }
    let filter = Filter::new(text(&query.filter), query.match_case.unwrap_or_default());
    let merged: Messages<LogEntry> =
        if follow { Box::pin(stream::select_all(opened)) } else { Box::pin(by_time(opened)) };
    let shown = merged
        .take_while(move |entry| {
            let over = match (entry, until) {
                (Ok(entry), Some(until)) => entry.time_stamp.is_some_and(|time| time.timestamp() > until),
                _ => false,
            };
            futures::future::ready(!over)
        })
        .filter(move |entry| {
            let shown = entry.as_ref().map_or(true, |entry| filter.shows(text(&entry.content)));
            futures::future::ready(shown)
        });
    Ok(Box::pin(shown.chain(stream::once(async { Ok(last()) }))))
}

/// The pods that the query means: one by its name, those below an object, or all.
fn pods(tree: &ApplicationTree, query: &ApplicationPodLogsQuery) -> Vec<(String, String)> {
    let is_pod = |node: &&ResourceNode| node.resource_ref.group.is_empty() && node.resource_ref.kind == "Pod";
    let of = |node: &ResourceNode| (node.resource_ref.namespace.clone(), node.resource_ref.name.clone());
    let namespace = text(&query.namespace);
    let there = tree.nodes.iter().filter(is_pod).filter(|node| !node.resource_ref.uid.is_empty());
    let there = there.filter(|node| namespace.is_empty() || node.resource_ref.namespace == namespace);
    let (pod, kind, name) = (text(&query.pod_name), text(&query.kind), text(&query.resource_name));
    if !pod.is_empty() {
        return there.filter(|node| node.resource_ref.name == pod).map(of).collect();
    }
    if kind.is_empty() && name.is_empty() && text(&query.group).is_empty() {
        return there.map(of).collect();
    }
    let is = |asked: &str, value: &str| asked.is_empty() || asked == value;
    let meant = |node: &&ResourceNode| {
        let of = &node.resource_ref;
        is(text(&query.group), &of.group) && is(kind, &of.kind) && is(name, &of.name) && is(namespace, &of.namespace)
    };
    // From the objects that are meant down to what they own.
    let mut below: HashSet<&str> = tree
        .nodes
        .iter()
        .filter(meant)
        .map(|node| node.resource_ref.uid.as_str())
        .filter(|uid| !uid.is_empty())
        .collect();
    loop {
        let before = below.len();
        for node in &tree.nodes {
            if node.parent_refs.iter().any(|parent| below.contains(parent.uid.as_str())) {
                below.insert(&node.resource_ref.uid);
            }
        }
        if below.len() == before {
            break;
        }
    }
    there.filter(|node| below.contains(node.resource_ref.uid.as_str())).map(of).collect()
}

/// The entry that ends a stream. All of it is always set: clients refuse one that lacks a field.
fn last() -> LogEntry {
    LogEntry {
        content: Some(String::new()),
        time_stamp: Some(Time::default()),
        last: Some(true),
        time_stamp_str: Some(String::new()),
        pod_name: Some(String::new()),
    }
}

fn entries(pod: String, lines: LogLines) -> Messages<LogEntry> {
    Box::pin(lines.map(move |line| Ok(entry(&pod, line))))
}

/// One line: its time, a space, and what was said.
fn entry(pod: &str, line: Result<Vec<u8>, ClusterError>) -> LogEntry {
    let (stamp, content) = match line {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            match text.split_once(' ') {
                Some((stamp, content)) if stamp.parse::<Timestamp>().is_ok() => {
                    (stamp.to_string(), content.to_string())
                }
                _ => (String::new(), text),
            }
        }
        Err(error) => (String::new(), format!("error: {}", error.message)),
    };
    let time = stamp.parse::<Timestamp>().ok().map(Time::new).unwrap_or_default();
    LogEntry {
        content: Some(content),
        time_stamp: Some(time),
        last: Some(false),
        time_stamp_str: Some(stamp),
        pod_name: Some(pod.to_string()),
    }
}

/// The lines of several pods by their times, each pod's in its own order.
fn by_time(pods: Vec<Messages<LogEntry>>) -> impl Stream<Item = Result<LogEntry, Status>> + Send {
    let start = (pods.into_iter().map(Some).collect::<Vec<_>>(), BinaryHeap::<Next>::new(), true);
    stream::unfold(start, |(mut pods, mut heads, first)| async move {
        if first {
            for (place, pod) in pods.iter_mut().enumerate() {
                push(place, pod, &mut heads).await;
            }
        }
        let Next { place, entry, .. } = heads.pop()?;
        push(place, &mut pods[place], &mut heads).await;
        Some((entry, (pods, heads, false)))
    })
}

async fn push(place: usize, pod: &mut Option<Messages<LogEntry>>, heads: &mut BinaryHeap<Next>) {
    let Some(lines) = pod else { return };
    match lines.next().await {
        Some(entry) => {
            let stamp = entry.as_ref().ok().and_then(|entry| text(&entry.time_stamp_str).parse().ok());
            heads.push(Next { stamp, place, entry });
        }
        None => *pod = None,
    }
}

/// The next line of one pod.
struct Next {
    stamp: Option<Timestamp>,
    place: usize,
    entry: Result<LogEntry, Status>,
}

impl PartialEq for Next {
    fn eq(&self, other: &Next) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Next) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Next {
    /// The earliest is the greatest, for a heap gives the greatest first.
    fn cmp(&self, other: &Next) -> Ordering {
        (other.stamp, other.place).cmp(&(self.stamp, self.place))
    }
}

/// Which lines are shown.
struct Filter {
    literal: String,
    inverse: bool,
    match_case: bool,
}

// === impl Filter ===

impl Filter {
    fn new(filter: &str, match_case: bool) -> Filter {
        let (inverse, literal) = match filter.strip_prefix('!') {
            Some(rest) => (true, rest),
            None => (false, filter),
        };
        let literal = if match_case { literal.to_string() } else { literal.to_lowercase() };
        Filter { literal, inverse, match_case }
    }

    fn shows(&self, line: &str) -> bool {
        if self.literal.is_empty() {
            return true;
        }
        let found =
            if self.match_case { line.contains(&self.literal) } else { line.to_lowercase().contains(&self.literal) };
        found != self.inverse
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pod: &str, lines: &[&str]) -> Messages<LogEntry> {
        let lines: Vec<_> = lines.iter().map(|line| Ok(line.as_bytes().to_vec())).collect();
        entries(pod.to_string(), Box::pin(stream::iter(lines)))
    }

    #[tokio::test]
    async fn lines_of_several_pods_are_put_in_order() {
        let a = lines("a", &["2026-01-01T00:00:01Z one", "2026-01-01T00:00:03Z three"]);
        let b = lines("b", &["2026-01-01T00:00:02Z two", "2026-01-01T00:00:04.5Z four"]);
        let merged: Vec<_> = by_time(vec![a, b]).map(|e| e.unwrap()).collect().await;
        let said: Vec<_> = merged.iter().map(|e| format!("{} {}", text(&e.pod_name), text(&e.content))).collect();
        assert_eq!(said, ["a one", "b two", "a three", "b four"]);
        assert_eq!(text(&merged[3].time_stamp_str), "2026-01-01T00:00:04.5Z");
    }

    #[test]
    fn lines_are_filtered() {
        for (filter, case, line, want) in [
            ("", false, "x", true),
            ("ERR", false, "an error", true),
            ("ERR", true, "an error", false),
            ("!err", false, "an error", false),
            ("!err", false, "fine", true),
        ] {
            assert_eq!(Filter::new(filter, case).shows(line), want, "{filter}");
        }
    }

    #[test]
    fn pods_below_an_object_are_found() {
        let node = |kind: &str, name: &str, parent: &str| ResourceNode {
            resource_ref: bowline_core_crd::ResourceRef {
                kind: kind.into(),
                name: name.into(),
                namespace: "n".into(),
                uid: name.into(),
                ..Default::default()
            },
            parent_refs: vec![bowline_core_crd::ResourceRef { uid: parent.into(), ..Default::default() }],
            ..ResourceNode::default()
        };
        let tree = ApplicationTree {
            nodes: vec![
                node("Pod", "p", "r"),
                node("ReplicaSet", "r", "d"),
                node("Deployment", "d", "-"),
                node("Pod", "q", "-"),
            ],
            ..ApplicationTree::default()
        };
        let names = |query: ApplicationPodLogsQuery| {
            pods(&tree, &query).into_iter().map(|(_, name)| name).collect::<Vec<_>>().join(",")
        };
        let query = ApplicationPodLogsQuery::default;
        assert_eq!(names(query()), "p,q");
        assert_eq!(names(ApplicationPodLogsQuery { kind: Some("Deployment".into()), ..query() }), "p");
        assert_eq!(names(ApplicationPodLogsQuery { pod_name: Some("q".into()), ..query() }), "q");
        assert_eq!(names(ApplicationPodLogsQuery { namespace: Some("m".into()), ..query() }), "");
    }
}
