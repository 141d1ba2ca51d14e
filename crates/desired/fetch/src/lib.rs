//! Renders that need something from outside: remote bases, files behind addresses.
//!
//! A renderer is pure and says what it needs ([`Outside::needs`]). [`until_complete`] fetches that through the [`Sources`] port and
//! renders again, until nothing is needed any more. What may be fetched is the caller's decision, asked for each address before
//! anything is sent anywhere.

use bowline_core_ports::{Freshness, Sources};
use bowline_desired_render::{Fetched, Outside, Wanted};

#[cfg(test)]
mod tests;

/// Renders of one source, each after more was fetched; every round goes one remote base deeper.
const ROUNDS: usize = 32;

/// Different things that one source may need.
const NEEDS: usize = 256;

/// Fetches for one source of an application.
#[derive(Clone, Copy)]
pub struct Fetcher<'a> {
    /// Repositories, as this source may read them.
    pub sources: &'a dyn Sources,
    /// The application's project, which chooses among credentials.
    pub project: &'a str,
    /// Whether the project permits a repository or an address.
    pub permits: &'a (dyn Fn(&str) -> bool + Sync),
    /// How old a revision may be.
    pub freshness: Freshness,
}

/// Renders until everything that the render needs is there, beginning with what it needed the last time. The result is the last
/// render's: one that could not be fetched is for the renderer to report, which knows where it is named.
pub async fn until_complete<T>(
    fetcher: Fetcher<'_>,
    first: Vec<Wanted>,
    mut render: impl FnMut(&Outside) -> Result<T, String>,
) -> Result<T, String> {
    let mut outside = Outside::default();
    let mut fetched = 0;
    let mut needs = first;
    for _ in 0..ROUNDS {
        fetched += needs.len();
        if fetched > NEEDS {
            return Err(format!(
                "more than {NEEDS} remote repositories and files are needed; copy some of them into the source"
            ));
        }
        let found = futures::future::join_all(needs.iter().map(|need| fetcher.fetch(need))).await;
        needs.drain(..).zip(found).for_each(|(need, found)| outside.insert(need, found));
        let rendered = render(&outside);
        needs = outside.needs();
        if needs.is_empty() {
            return rendered;
        }
    }
    Err(format!("remote bases lead to further ones more than {ROUNDS} times; the last is {}", needs[0]))
}

// === impl Fetcher ===

impl Fetcher<'_> {
    /// What a need comes to; the error is for people.
    pub async fn fetch(&self, need: &Wanted) -> Result<Fetched, String> {
        let url = match need {
            Wanted::Git { url, .. } | Wanted::File { url } => url,
            Wanted::Chart { repository, .. } => repository,
        };
        if !(self.permits)(url) {
            return Err(format!("{url} is not permitted in project '{}': add it to sourceRepos", self.project));
        }
        match need {
            Wanted::Git { url, revision } => {
                let told = |e: bowline_core_ports::SourceError| e.to_string();
                let resolved = self.sources.resolve(url, self.project, revision, self.freshness).await.map_err(told)?;
                self.sources.tree(url, self.project, resolved.commit).await.map(Fetched::Tree).map_err(told)
            }
            Wanted::File { .. } => Err("files behind addresses are not fetched; put it into a repository".to_string()),
            Wanted::Chart { .. } => {
                Err("charts of repositories are not fetched; put it into the chart home".to_string())
            }
        }
    }
}
