//! [`Pods`] over the Kubernetes client.

use bowline_base_kube::{ListOptions, LogOptions, Logs};
use bowline_core_ports::{BoxFuture, ClusterError, LogLines, LogQuery, Pods};
use bowline_core_types::{Gvk, Object};
use futures::stream;

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
