//! Renders that need something from outside: remote bases, files behind addresses, charts of repositories.
//!
//! A renderer is pure and says what it needs ([`Outside::needs`]). [`until_complete`] fetches that through the [`Sources`] and
//! [`Charts`] ports and renders again, until nothing is needed any more. What may be fetched is the caller's decision, asked for each
//! address before anything is sent anywhere.

use bowline_core_ports::{Charts, Freshness, SourceError, Sources};
use bowline_desired_render::{Fetched, Need, Outside};

#[cfg(test)]
mod tests;

/// Renders of one source, each after more was fetched; every round goes one remote base deeper.
const ROUNDS: usize = 32;

/// Different things that one source may need.
const NEEDS: usize = 256;

/// Things that are fetched for one source at the same time.
const AT_ONCE: usize = 16;

/// Fetches for one source of an application.
#[derive(Clone, Copy)]
pub struct Fetcher<'a> {
    /// Repositories, as this source may read them.
    pub sources: &'a dyn Sources,
    /// Charts and files.
    pub charts: &'a dyn Charts,
    /// The application's project, which chooses among credentials.
    pub project: &'a str,
    /// Whether the project permits a repository or an address.
    pub permits: &'a (dyn Fn(&str) -> bool + Sync),
    /// How old the commit that a branch or tag means may be.
    pub freshness: Freshness,
    /// How old a file behind an address may be, and the version that a range means.
    pub files: Freshness,
}

/// Renders until everything that the render needs is there, beginning with what it needed the last time. The result is the last
/// render's: what could not be fetched is for the renderer to report, which knows where it is named.
pub async fn until_complete<T>(
    fetcher: Fetcher<'_>,
    first: Vec<Need>,
    mut render: impl FnMut(&Outside) -> Result<T, String>,
) -> Result<T, String> {
    let mut outside = Outside::default();
    let mut fetched = 0;
    let mut needs = first;
    for _ in 0..ROUNDS {
        fetched += needs.len();
        if fetched > NEEDS {
            return Err(format!(
                "more than {NEEDS} remote repositories, charts and files are needed; copy some of them into the source"
            ));
        }
        let mut found = Vec::with_capacity(needs.len());
        for some in needs.chunks(AT_ONCE) {
            found.extend(futures::future::join_all(some.iter().map(|need| fetcher.fetch(need))).await);
        }
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
    pub async fn fetch(&self, need: &Need) -> Result<Fetched, String> {
        let told = |e: SourceError| e.to_string();
        match need {
            Need::Git { url, revision } => {
                self.check(url)?;
                let resolved = self.sources.resolve(url, self.project, revision, self.freshness).await.map_err(told)?;
                self.sources.tree(url, self.project, resolved.commit).await.map(Fetched::Tree).map_err(told)
            }
            Need::File { url } => {
                self.check(url)?;
                self.charts.file(url, self.files).await.map(Fetched::File).map_err(told)
            }
            Need::Chart { repository, name, version } => {
                // Names of repositories are for the dependencies of charts.
                if !repository.contains("://") {
                    return Err(format!("{repository:?} is no URL of a Helm repository or an OCI registry"));
                }
                self.check(repository)?;
                let fetched = self.charts.dependency(repository, name, version, self.project, self.files).await;
                fetched.map(Fetched::Tree).map_err(told)
            }
            // Its scheme was checked where it is named.
            Need::Values { url } => {
                let fetched = self.charts.file(url, self.files).await;
                fetched.map(Fetched::File).map_err(|e| format!("error fetching value file: {e}"))
            }
            // A chart that is permitted may depend on what it likes, as in Argo CD.
            Need::Dependency { repository, name, version } => {
                let fetched = self.charts.dependency(repository, name, version, self.project, self.files).await;
                fetched.map(Fetched::Tree).map_err(|e| {
                    format!(
                        "error building helm chart dependencies: could not download chart {name:?} {version:?} from {repository}: {e}"
                    )
                })
            }
        }
    }

    fn check(&self, url: &str) -> Result<(), String> {
        match (self.permits)(url) {
            true => Ok(()),
            false => Err(format!("{url} is not permitted in project '{}': add it to sourceRepos", self.project)),
        }
    }
}
