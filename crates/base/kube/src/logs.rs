//! [`Logs`]: what a container says.

use std::fmt;

use bytes::Bytes;

use crate::lines::Lines;
use crate::query::Query;
use crate::{ApiResource, Client, Error};

/// Which part of a container's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogOptions {
    /// The container; empty where the pod has one (or names a default).
    pub container: String,
    /// Go on as it is written.
    pub follow: bool,
    /// That of the container's last life.
    pub previous: bool,
    /// Each line begins with its time (RFC 3339, nanoseconds) and a space.
    pub timestamps: bool,
    /// Not older than this many seconds.
    pub since_seconds: Option<i64>,
    /// Not older than this (RFC 3339); empty for all.
    pub since_time: String,
    /// This many of the last lines.
    pub tail_lines: Option<i64>,
    /// Bytes at most.
    pub limit_bytes: Option<i64>,
}

/// The lines of a container's log, each as it comes.
pub struct Logs {
    lines: Lines,
    ended: bool,
}

// === impl Client ===

impl Client {
    /// Opens the log of a pod's container. The deadline is for its beginning.
    pub async fn logs(&self, namespace: &str, pod: &str, options: &LogOptions) -> Result<Logs, Error> {
        let pods = ApiResource::new("", "v1", "Pod", "pods", true);
        let number = |number: Option<i64>| number.map(|n| n.to_string()).unwrap_or_default();
        let path = Query::new(&format!("{}/log", pods.object_path(namespace, pod)))
            .with("container", &options.container)
            .with_if(options.follow, "follow", "true")
            .with_if(options.previous, "previous", "true")
            .with_if(options.timestamps, "timestamps", "true")
            .with("sinceSeconds", &number(options.since_seconds))
            .with("sinceTime", &options.since_time)
            .with("tailLines", &number(options.tail_lines))
            .with("limitBytes", &number(options.limit_bytes))
            .finish();
        Ok(Logs { lines: self.lines_of(&path, "*/*").await?, ended: false })
    }
}

// === impl Logs ===

impl Logs {
    /// The next line without its end; `None` at the end of the log. It can be given up and called again.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Error> {
        if self.ended {
            return Ok(None);
        }
        if let Some(line) = self.lines.next().await? {
            return Ok(Some(line));
        }
        self.ended = true;
        // A program may end in the middle of a line.
        Ok(self.lines.rest())
    }
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Logs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, Reply};

    #[tokio::test]
    async fn lines_come_to_the_last_one_without_an_end() {
        let fake = Fake::start(vec![Reply::ok("one\n\ntwo\nthr")]).await;
        let options = LogOptions { container: "c".into(), tail_lines: Some(0), follow: true, ..LogOptions::default() };
        let mut logs = fake.client.logs("n", "p", &options).await.unwrap();
        let mut lines = Vec::new();
        while let Some(line) = logs.next().await.unwrap() {
            lines.push(String::from_utf8(line.to_vec()).unwrap());
        }
        assert_eq!(lines, ["one", "", "two", "thr"]);
        assert_eq!(logs.next().await.unwrap(), None);
        assert_eq!(fake.requests(), ["GET /api/v1/namespaces/n/pods/p/log?container=c&follow=true&tailLines=0"]);
    }
}
