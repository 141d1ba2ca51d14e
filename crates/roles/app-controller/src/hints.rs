//! Hints of webhooks: which applications they are about, and that these ask their repositories anew.
//!
//! A hint decides nothing: it gives an application its turn, and a time before which no answer of the repository is fresh enough.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bowline_core_crd::Application;
use bowline_core_ports::{Hints, HintsFull, Pushed};
use bowline_core_types::AppName;
use bowline_web_webhook::{Source, concerns};
use tokio::sync::mpsc;

use crate::Shared;

/// Hints that wait to be looked at. One takes a millisecond where there are ten thousand applications, so more would wait for seconds.
const WAITING: usize = 4096;
/// Who does not prove itself makes an application ask its repositories at most this often.
const STRANGERS: Duration = Duration::from_secs(1);

/// Since when applications are to ask their repositories.
#[derive(Default)]
pub struct Told {
    since: Mutex<HashMap<AppName, Since>>,
}

#[derive(Clone, Copy)]
struct Since {
    at: Duration,
    /// Whether it has been asked.
    asked: bool,
}

/// The way for hints into the controller.
pub struct Door(mpsc::Sender<Pushed>);

// === impl Told ===

impl Told {
    fn lock(&self) -> MutexGuard<'_, HashMap<AppName, Since>> {
        self.since.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when, where the application has not asked since; now it does.
    pub fn take(&self, name: &AppName) -> Option<Duration> {
        let mut since = self.lock();
        let since = since.get_mut(name).filter(|since| !since.asked)?;
        since.asked = true;
        Some(since.at)
    }

    /// It could not ask: the next time it does.
    pub fn put_back(&self, name: &AppName) {
        if let Some(since) = self.lock().get_mut(name) {
            since.asked = false;
        }
    }

    /// Nothing more is to be known of an application.
    pub fn forget(&self, name: &AppName) {
        self.lock().remove(name);
    }

    /// Notes a hint at the time `at`; says how long its turn has to wait.
    fn note(&self, name: &AppName, at: Duration, verified: bool) -> Duration {
        let mut since = self.lock();
        let wait = match since.get(name) {
            // A look is planned for later than this; one that looked before its time looks again.
            Some(planned) if !verified && planned.at > at => planned.at - at,
            Some(before) if !verified && before.asked => (before.at + STRANGERS).saturating_sub(at),
            _ => Duration::ZERO,
        };
        since.insert(name.clone(), Since { at: at + wait, asked: false });
        wait
    }
}

// === impl Door ===

impl Door {
    /// A door, and where what goes through it comes out.
    pub fn new() -> (Door, mpsc::Receiver<Pushed>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Door(sender), receiver)
    }
}

impl Hints for Door {
    fn pushed(&self, pushed: Pushed) -> Result<(), HintsFull> {
        self.0.try_send(pushed).map_err(|_| HintsFull)
    }
}

/// Looks at hints until there are no more.
pub async fn heed(shared: Arc<Shared>, mut hints: mpsc::Receiver<Pushed>) {
    while let Some(pushed) = hints.recv().await {
        let now = shared.clock.monotonic();
        let mut about: Vec<(bool, AppName)> = Vec::new();
        for (name, app) in shared.world.apps() {
            if is_about(&pushed, &app) {
                about.push((!is_touched(&pushed, &app), name));
            }
        }
        // Those whose files were touched have the first turns.
        about.sort();
        tracing::debug!(applications = about.len(), revision = pushed.revision, "a push concerns these");
        for (_, name) in about {
            match shared.told.note(&name, now, pushed.verified) {
                Duration::ZERO => shared.queue.add(name),
                wait => shared.queue.add_after(name, wait),
            }
        }
    }
}

fn is_about(pushed: &Pushed, app: &Application) -> bool {
    app.spec.sources().iter().any(|source| {
        let revision = source.target_revision.as_str();
        concerns(
            pushed,
            Source { url: &source.repo_url, chart: &source.chart, revision, tag_prefix: &source.tag_prefix },
        )
    })
}

/// Whether a file below one of its paths was touched, as far as the sender told; a guess, for the order alone.
fn is_touched(pushed: &Pushed, app: &Application) -> bool {
    app.spec.sources().iter().any(|source| {
        let path = source.path.trim_matches(['.', '/'].as_slice());
        pushed.files.iter().any(|file| {
            file.strip_prefix(path).is_some_and(|rest| path.is_empty() || rest.is_empty() || rest.starts_with('/'))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_wait_their_second_and_nothing_is_lost() {
        let (told, name) = (Told::default(), AppName::new("argocd", "a"));
        let ms = Duration::from_millis;
        assert_eq!(told.take(&name), None);
        assert_eq!(told.note(&name, ms(5_000), false), Duration::ZERO);
        assert_eq!(told.take(&name), Some(ms(5_000)));
        assert_eq!(told.take(&name), None, "it asked");
        told.put_back(&name);
        assert_eq!(told.take(&name), Some(ms(5_000)), "it could not");
        // Pushes of strangers within the second: the answer must not be older than its end.
        assert_eq!(told.note(&name, ms(5_400), false), ms(600));
        assert_eq!(told.note(&name, ms(5_700), false), ms(300), "more of them do not put it off");
        assert_eq!(told.take(&name), Some(ms(6_000)));
        // Who proves itself does not wait.
        assert_eq!(told.note(&name, ms(6_100), true), Duration::ZERO);
        assert_eq!(told.take(&name), Some(ms(6_100)));
        told.forget(&name);
        assert_eq!(told.take(&name), None);
    }

    #[test]
    fn touched_files_are_guessed_by_path() {
        let app = |path: &str| {
            let mut app = Application::new("argocd", "a");
            app.spec.source = Some(bowline_core_crd::ApplicationSource { path: path.into(), ..Default::default() });
            app
        };
        let pushed = Pushed { files: vec!["shop/a.yaml".into()], ..Pushed::default() };
        for (path, want) in
            [("shop", true), ("./shop/", true), (".", true), ("sho", false), ("other", false), ("shop/a.yaml", true)]
        {
            assert_eq!(is_touched(&pushed, &app(path)), want, "{path}");
        }
    }
}
