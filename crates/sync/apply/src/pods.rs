//! [`Pods`] over the Kubernetes client.

use bowline_base_kube::{Keyboard, ListOptions, LogOptions, Logs, Process, ProcessOptions, Said};
use bowline_core_ports::{BoxFuture, ClusterError, LogLines, LogQuery, Pods, Program, Screen, Shown, Typed, Typing};
use bowline_core_types::{Gvk, Object};
use futures::{StreamExt, stream};

use crate::KubeCluster;
use crate::error::plain;

// === impl KubeCluster ===

impl Pods for KubeCluster {
    fn logs<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        options: LogQuery,
    ) -> BoxFuture<'a, Result<LogLines, ClusterError>> {
        Box::pin(async move {
            let options = LogOptions {
                container: options.container,
                follow: options.follow,
                previous: options.previous,
                timestamps: true,
                since_seconds: options.since_seconds,
                since_time: options.since_time,
                tail_lines: options.tail_lines,
                limit_bytes: None,
            };
            let logs = self.client.logs(namespace, pod, &options).await.map_err(|e| plain(&e))?;
            Ok(Box::pin(stream::unfold(Some(logs), line)) as LogLines)
        })
    }

    fn terminal<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        program: Program,
        typing: Typing,
    ) -> BoxFuture<'a, Result<Screen, ClusterError>> {
        Box::pin(async move {
            let options = ProcessOptions { container: program.container, command: program.command, terminal: true };
            let process = self.client.run(namespace, pod, &options).await.map_err(|e| plain(&e))?;
            let Process { keyboard, screen } = process;
            let shown = stream::unfold(Some(screen), shown).map(Some);
            // Both go on at the same time: a program that waits until its output is read does not read what is typed.
            let typed =
                stream::once(type_all(keyboard, typing)).filter_map(async |failed| failed.map(|e| Some(Err(e))));
            // What is typed has no end of its own; the last word is the screen's.
            let shown = shown.chain(stream::once(async { None }));
            let both = stream::select(shown, typed).take_while(|item| futures::future::ready(item.is_some()));
            Ok(Box::pin(both.filter_map(async |item| item)) as Screen)
        })
    }

    fn list<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        labels: &'a str,
        fields: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Object>, ClusterError>> {
        Box::pin(async move {
            let options = ListOptions { labels: labels.into(), fields: fields.into(), ..ListOptions::default() };
            let resource = self.resource(gvk).await?;
            let page = self.client.list_all(&resource, namespace, &options).await.map_err(|e| plain(&e))?;
            page.items.into_iter().map(|item| self.object(item)).collect()
        })
    }
}

/// The next line; nothing after an error.
async fn line(logs: Option<Logs>) -> Option<(Result<Vec<u8>, ClusterError>, Option<Logs>)> {
    let mut logs = logs?;
    match logs.next().await {
        Ok(line) => line.map(|line| (Ok(line.to_vec()), Some(logs))),
        Err(broken) => Some((Err(plain(&broken)), None)),
    }
}

/// What the screen shows next; nothing after its end.
async fn shown(
    screen: Option<bowline_base_kube::Screen>,
) -> Option<(Result<Shown, ClusterError>, Option<bowline_base_kube::Screen>)> {
    let mut screen = screen?;
    match screen.next().await {
        Ok(Some(Said::Output(bytes))) => Some((Ok(Shown::Bytes(bytes.to_vec())), Some(screen))),
        Ok(Some(Said::Failed(why))) => Some((Ok(Shown::NotStarted(why)), None)),
        Ok(Some(Said::Exited(code))) => Some((Ok(Shown::Ended(Some(code))), None)),
        Ok(Some(Said::Ended)) => Some((Ok(Shown::Ended(Some(0))), None)),
        Ok(None) => Some((Ok(Shown::Ended(None)), None)),
        Err(broken) => Some((Err(plain(&broken)), None)),
    }
}

/// Types what comes until nothing comes any more; gives what failed.
async fn type_all(mut keyboard: Keyboard, mut typing: Typing) -> Option<ClusterError> {
    while let Some(typed) = typing.next().await {
        let sent = match typed {
            Typed::Keys(keys) => keyboard.keys(&keys).await,
            Typed::Size { columns, rows } => keyboard.resize(columns, rows).await,
        };
        if let Err(broken) = sent {
            return Some(plain(&broken));
        }
    }
    // He has left: whoever holds the screen drops it, and with it the program.
    std::future::pending().await
}
