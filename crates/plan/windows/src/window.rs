//! [`Window`] and [`Windows`].

use std::time::Duration;

use bowline_base_glob::Glob;
use bowline_core_crd::SyncWindow;
use bowline_core_settings::parse_duration;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

use crate::{CronError, Schedule};

/// What a window does while it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Syncs may run then, and at no other time.
    Allow,
    /// Syncs may not run then.
    Deny,
}

/// A window that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    /// Neither allow nor deny.
    #[error("kind {0:?} mismatch: can only be allow or deny")]
    Kind(String),
    /// The schedule.
    #[error(transparent)]
    Schedule(#[from] CronError),
    /// The duration.
    #[error("cannot parse duration {duration:?}: {reason}")]
    Duration {
        /// What was given.
        duration: String,
        /// What is wrong with it.
        reason: String,
    },
    /// No such zone.
    #[error("unknown time zone {0:?}: use a name such as Europe/Berlin")]
    Zone(String),
    /// A selector that is no pattern.
    #[error("{0}")]
    Pattern(String),
}

/// One window of a project.
#[derive(Clone, Debug)]
pub struct Window {
    /// What it does.
    pub kind: Kind,
    /// When it opens.
    pub schedule: Schedule,
    /// The zone that the schedule is in.
    pub zone: TimeZone,
    /// How long it stays open.
    pub duration: Duration,
    /// Whether people may sync while it forbids automated syncs.
    pub manual: bool,
    /// Whether a sync that began when it was allowed goes on.
    pub overrun: bool,
    /// What it is for.
    pub description: String,
    /// For people: `deny window "0 22 * * *" (UTC) for 1h`.
    title: String,
}

/// What selects the applications of a window.
#[derive(Clone, Debug)]
struct Selector {
    applications: Vec<Glob>,
    namespaces: Vec<Glob>,
    clusters: Vec<Glob>,
    all: bool,
}

/// An application as windows see it.
#[derive(Clone, Copy, Debug)]
pub struct App<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its destination namespace.
    pub namespace: &'a str,
    /// URL of its destination, empty where it is given by name.
    pub server: &'a str,
    /// Name of its destination, empty where it is given by URL.
    pub cluster: &'a str,
}

/// Windows of a project and of the global projects that it takes from.
#[derive(Clone, Debug, Default)]
pub struct Windows {
    pub(crate) windows: Vec<Result<Window, WindowError>>,
    selectors: Vec<Selector>,
}

// === impl Window ===

impl Window {
    fn new(window: &SyncWindow) -> Result<Window, WindowError> {
        let zone_name = if window.time_zone.is_empty() { "UTC" } else { &window.time_zone };
        let zone = TimeZoneDatabase::bundled().get(zone_name);
        let kind = match window.kind.as_str() {
            "allow" => Kind::Allow,
            "deny" => Kind::Deny,
            other => return Err(WindowError::Kind(other.to_string())),
        };
        let duration = parse_duration(&window.duration)
            .map_err(|reason| WindowError::Duration { duration: window.duration.clone(), reason })?;
        Ok(Window {
            kind,
            schedule: Schedule::new(&window.schedule)?,
            zone: zone.map_err(|_| WindowError::Zone(window.time_zone.clone()))?,
            duration,
            manual: window.manual_sync,
            overrun: window.sync_overrun,
            description: window.description.clone(),
            title: format!("{} window {:?} ({zone_name}) for {}", window.kind, window.schedule, window.duration),
        })
    }

    /// For people.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Since when it is open; `None` where it is not.
    pub fn open_since(&self, now: Timestamp) -> Option<Timestamp> {
        let begin = self.schedule.last(self.zone.to_datetime(now))?;
        let begin = self.zone.to_timestamp(begin).ok()?;
        (now < self.end_of(begin)).then_some(begin)
    }

    /// When it closes, where it is open.
    pub fn closes(&self, now: Timestamp) -> Option<Timestamp> {
        self.open_since(now).map(|begin| self.end_of(begin))
    }

    /// When it opens next.
    pub fn opens(&self, now: Timestamp) -> Option<Timestamp> {
        let begin = self.schedule.next(self.zone.to_datetime(now))?;
        self.zone.to_timestamp(begin).ok()
    }

    fn end_of(&self, begin: Timestamp) -> Timestamp {
        let duration = SignedDuration::try_from(self.duration).unwrap_or(SignedDuration::MAX);
        begin.checked_add(duration).unwrap_or(Timestamp::MAX)
    }
}

// === impl Windows ===

impl Windows {
    /// Reads the windows of a project. Those that cannot be used are kept with their error: they block what they select,
    /// because nobody knows what they were meant to allow.
    pub fn new<'a>(windows: impl IntoIterator<Item = &'a SyncWindow>) -> Windows {
        let mut all = Windows::default();
        for window in windows {
            let (selector, broken) = Selector::new(window);
            let window = match broken {
                Some(error) => Err(error),
                None => Window::new(window),
            };
            all.windows.push(window);
            all.selectors.push(selector);
        }
        all
    }

    /// What is wrong with windows, for the project's conditions.
    pub fn errors(&self) -> impl Iterator<Item = &WindowError> {
        self.windows.iter().filter_map(|w| w.as_ref().err())
    }

    /// The windows that can be used.
    pub fn usable(&self) -> impl Iterator<Item = &Window> {
        self.windows.iter().filter_map(|w| w.as_ref().ok())
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty()
    }

    /// Those for one application.
    pub fn matching(&self, app: App<'_>) -> Windows {
        let mut matching = Windows::default();
        for (window, selector) in self.windows.iter().zip(&self.selectors).filter(|(_, s)| s.selects(app)) {
            matching.windows.push(window.clone());
            matching.selectors.push(selector.clone());
        }
        matching
    }
}

// === impl Selector ===

impl Selector {
    fn new(window: &SyncWindow) -> (Selector, Option<WindowError>) {
        let mut broken = None;
        let mut globs = |patterns: &[String]| -> Vec<Glob> {
            let compiled = patterns.iter().filter_map(|p| match Glob::new(p, &[]) {
                Ok(glob) => Some(glob),
                Err(error) => {
                    broken = Some(WindowError::Pattern(error.to_string()));
                    None
                }
            });
            compiled.collect()
        };
        let selector = Selector {
            applications: globs(&window.applications),
            namespaces: globs(&window.namespaces),
            clusters: globs(&window.clusters),
            all: window.and_operator,
        };
        (selector, broken)
    }

    fn selects(&self, app: App<'_>) -> bool {
        let any = |globs: &[Glob], texts: &[&str]| -> Option<bool> {
            (!globs.is_empty()).then(|| globs.iter().any(|g| texts.iter().any(|t| g.matches(t))))
        };
        let places: Vec<&str> = [app.cluster, app.server].into_iter().filter(|p| !p.is_empty()).collect();
        let verdicts = [
            any(&self.applications, &[app.name]),
            any(&self.clusters, &places),
            any(&self.namespaces, &[app.namespace]),
        ];
        let mut given = verdicts.into_iter().flatten().peekable();
        given.peek().is_some() && if self.all { given.all(|v| v) } else { given.any(|v| v) }
    }
}
