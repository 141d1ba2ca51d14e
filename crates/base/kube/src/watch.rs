//! [`Watch`]: a list that is kept current.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bowline_base_value::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep};

use crate::lines::Lines;
use crate::list::RawPage;
use crate::query::Query;
use crate::read::Line;
use crate::{ApiResource, Class, Client, Error, ListOptions, Status};

/// Objects a page of a list.
const PAGE: u32 = 500;
/// Objects in one [`Event::Listed`] at most.
const CHUNK: usize = 64;
/// The first wait after a failure; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// The longest wait after a failure.
const LONGEST_WAIT: Duration = Duration::from_secs(30);
/// A watch that says nothing for this long is opened anew: bookmarks come every minute, and where none come this costs little.
const SILENCE: Duration = Duration::from_secs(300);
/// A watch that ends by itself sooner than this counts as failed, so that nobody reopens it all the time.
const SHORT: Duration = Duration::from_secs(5);

/// What is watched and how.
#[derive(Clone, Debug, Default)]
pub struct WatchOptions {
    /// Label selector, empty for all.
    pub labels: String,
    /// Field selector, empty for all.
    pub fields: String,
    /// Leave out `metadata.managedFields`.
    pub skip_managed_fields: bool,
    /// Lists take a permit from here, so that a start does not ask for everything at once.
    pub lists: Option<Arc<Semaphore>>,
}

/// What became of a watched list.
#[derive(Clone, Debug)]
pub enum Event {
    /// All objects follow, as [`Event::Listed`]; what is known stays known until [`Event::Complete`].
    Listing,
    /// Some of all objects.
    Listed(Vec<Value>),
    /// These were all: what has not been listed since [`Event::Listing`] is gone.
    Complete,
    /// After [`Event::Failed`]: it goes on from where it was.
    Resumed,
    /// An object is new or changed.
    Applied(Value),
    /// An object is gone; its last state.
    Deleted(Value),
    /// Something went wrong. The watch goes on by itself after a wait; what was told stays true as far as is known.
    Failed {
        /// What went wrong.
        error: Error,
        /// How long it waits; sooner where a connection comes back.
        wait: Duration,
    },
}

/// A list that is kept current: listed page by page, then watched; continued where it broke off, and listed anew where the
/// server has forgotten that place. It never ends; drop it. Dropping a future of [`Watch::next`] loses nothing.
pub struct Watch {
    client: Client,
    resource: ApiResource,
    namespace: String,
    options: WatchOptions,
    page: u32,
    phase: Phase,
    /// Where the watch goes on from.
    version: String,
    ready: VecDeque<Event>,
    failures: u32,
    /// Whether a failure was told that nothing has been heard since.
    troubled: bool,
    pause: Option<Pause>,
    connected: watch::Receiver<u64>,
}

enum Phase {
    List {
        announced: bool,
        from: String,
    },
    /// What a list has brought, until all of it has been told.
    Listed(RawPage),
    Watch {
        open: Option<Open>,
    },
}

/// A watch that is open.
struct Open {
    lines: Lines,
    since: Instant,
    /// When it last said something.
    heard: Instant,
    /// One timer for all of its silence: it is set anew where it rings, not with every event.
    silence: Pin<Box<Sleep>>,
}

struct Pause {
    until: Instant,
    /// Ends early where a connection comes back.
    offline: bool,
}

// === impl Watch ===

impl Watch {
    /// Watches `resource`; in all namespaces where `namespace` is empty. Nothing is sent before [`Watch::next`].
    pub fn new(client: &Client, resource: &ApiResource, namespace: &str, options: WatchOptions) -> Watch {
        Watch {
            client: client.clone(),
            resource: resource.clone(),
            namespace: namespace.to_string(),
            options,
            page: PAGE,
            phase: Phase::List { announced: false, from: String::new() },
            version: String::new(),
            ready: VecDeque::new(),
            failures: 0,
            troubled: false,
            pause: None,
            connected: client.connected(),
        }
    }

    /// What is watched.
    pub fn resource(&self) -> &ApiResource {
        &self.resource
    }

    /// The next event.
    pub async fn next(&mut self) -> Event {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return event;
            }
            if let Some(pause) = &self.pause {
                let offline = pause.offline;
                tokio::select! {
                    () = tokio::time::sleep_until(pause.until) => {}
                    Ok(()) = self.connected.changed(), if offline => {}
                }
                self.pause = None;
            }
            match &mut self.phase {
                Phase::List { announced, .. } if !*announced => {
                    *announced = true;
                    return Event::Listing;
                }
                Phase::List { .. } => self.list().await,
                Phase::Listed(page) if !page.is_empty() => {
                    let bare = self.options.skip_managed_fields;
                    return Event::Listed(page.take(CHUNK, &self.resource, &mut self.client.reader(), bare));
                }
                Phase::Listed(page) => {
                    let page = std::mem::take(page);
                    self.listed(page);
                }
                Phase::Watch { open: None } => self.open().await,
                Phase::Watch { open: Some(open) } => {
                    tokio::select! {
                        biased;
                        line = open.lines.next() => {
                            open.heard = Instant::now();
                            self.line(line);
                        }
                        () = &mut open.silence => {
                            if open.heard.elapsed() >= SILENCE {
                                self.reopen(None);
                            } else {
                                let until = open.heard + SILENCE;
                                open.silence.as_mut().reset(until);
                            }
                        }
                    }
                }
            }
        }
    }

    async fn list(&mut self) {
        let Phase::List { from, .. } = &self.phase else { return };
        let options = ListOptions {
            labels: self.options.labels.clone(),
            fields: self.options.fields.clone(),
            limit: self.page,
            from: from.clone(),
            resource_version: String::new(),
        };
        let permit = match &self.options.lists {
            Some(lists) => lists.acquire().await.ok(),
            None => None,
        };
        let page = self.client.list_raw(&self.resource, &self.namespace, &options).await;
        drop(permit);
        match page {
            Ok(page) => {
                self.failures = 0;
                self.phase = Phase::Listed(page);
            }
            Err(Error::TooLarge { .. }) if self.page > 1 => {
                self.page = (self.page / 8).max(1);
                self.relist();
            }
            Err(error) => {
                // The place where a list broke off is forgotten after some minutes.
                self.relist();
                if !error.is(Class::Expired) {
                    self.fail(error);
                }
            }
        }
    }

    /// All of a page has been told.
    fn listed(&mut self, page: RawPage) {
        if page.next.is_empty() {
            self.troubled = false;
            self.version = page.resource_version;
            self.ready.push_back(Event::Complete);
            self.phase = Phase::Watch { open: None };
        } else {
            self.phase = Phase::List { announced: true, from: page.next };
        }
    }

    async fn open(&mut self) {
        let path = Query::new(&self.resource.path(&self.namespace))
            .with("watch", "true")
            .with("allowWatchBookmarks", "true")
            .with("labelSelector", &self.options.labels)
            .with("fieldSelector", &self.options.fields)
            .with("resourceVersion", &self.version)
            .finish();
        match self.client.lines(&path).await {
            Ok(lines) => {
                let now = Instant::now();
                let silence = Box::pin(tokio::time::sleep_until(now + SILENCE));
                self.phase = Phase::Watch { open: Some(Open { lines, since: now, heard: now, silence }) };
                if std::mem::take(&mut self.troubled) {
                    self.ready.push_back(Event::Resumed);
                }
            }
            Err(error) if error.is(Class::Expired) => self.relist(),
            Err(error) => self.fail(error),
        }
    }

    fn line(&mut self, line: Result<Option<bytes::Bytes>, Error>) {
        let line = match line {
            Ok(Some(line)) => line,
            // Ended or broken: go on from where it was.
            Ok(None) => return self.reopen(None),
            Err(error) => return self.reopen(Some(error)),
        };
        let read = self.client.reader().line(&line, self.options.skip_managed_fields);
        let Line { kind, object } = match read {
            Ok(line) => line,
            Err(_) if line.is_empty() => return,
            Err(error) => {
                self.relist();
                let what = format!("watch of {}", self.resource.title());
                return self.fail(Error::Decode { what, reason: error.to_string() });
            }
        };
        if kind == "ERROR" {
            return self.told(object);
        }
        self.failures = 0;
        if let Some(version) = object.str_at(&["metadata", "resourceVersion"]) {
            self.version.clear();
            self.version.push_str(version);
        }
        match kind.as_str() {
            "ADDED" | "MODIFIED" => self.ready.push_back(Event::Applied(object)),
            "DELETED" => self.ready.push_back(Event::Deleted(object)),
            _ => {}
        }
    }

    /// The server ended the watch with an error.
    fn told(&mut self, status: Value) {
        let text = |path: &[&str]| status.str_at(path).unwrap_or_default().to_string();
        let code = status.get("code").and_then(Value::as_i64).and_then(|code| u16::try_from(code).ok());
        let after = status.get_path(&["details", "retryAfterSeconds"]).and_then(Value::as_i64);
        let error = Error::Status(Box::new(Status {
            code: code.unwrap_or_default(),
            reason: text(&["reason"]),
            message: text(&["message"]),
            details: None,
            retry_after: after.and_then(|s| u64::try_from(s).ok()),
        }));
        if error.is(Class::Expired) {
            self.relist();
        } else {
            self.phase = Phase::Watch { open: None };
            self.fail(error);
        }
    }

    fn reopen(&mut self, error: Option<Error>) {
        let short = match &self.phase {
            Phase::Watch { open: Some(open) } => open.since.elapsed() < SHORT,
            _ => false,
        };
        self.phase = Phase::Watch { open: None };
        tracing::debug!(kind = self.resource.title(), error = error.map(|e| e.to_string()), "watch goes on");
        if short {
            // Not told: reopening may well succeed, and if it does not, that is.
            self.wait(None, false);
        }
    }

    fn relist(&mut self) {
        self.phase = Phase::List { announced: false, from: String::new() };
    }

    fn fail(&mut self, error: Error) {
        let wait = self.wait(error.retry_after(), error.is(Class::Unreachable));
        self.troubled = true;
        self.ready.push_back(Event::Failed { error, wait });
    }

    fn wait(&mut self, asked: Option<Duration>, offline: bool) -> Duration {
        let jitter = self.client.jitter();
        let wait = match asked {
            Some(asked) => jitter.spread(asked, 0.5),
            None => jitter.backoff(self.failures, FIRST_WAIT, LONGEST_WAIT),
        };
        self.failures = self.failures.saturating_add(1);
        self.connected.mark_unchanged();
        self.pause = Some(Pause { until: Instant::now() + wait, offline });
        wait
    }
}

#[cfg(test)]
mod tests;
