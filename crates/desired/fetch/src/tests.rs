use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bowline_base_tree::{MemoryTree, ObjectId, Tree};
use bowline_core_ports::{
    BoxFuture, ChartVersions, Place, Resolved, ResolvedChart, RevisionMetadata, SourceError, SourceErrorKind,
};

use super::*;

/// Repositories `https://h/N`; the file `next` of each names the following one.
#[derive(Default)]
struct Chain {
    resolved: Mutex<Vec<String>>,
}

impl Sources for Chain {
    fn resolve<'a>(
        &'a self,
        url: &'a str,
        _: &'a str,
        revision: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<Resolved, SourceError>> {
        self.resolved.lock().unwrap().push(format!("{url} {revision}"));
        let commit = ObjectId::from_bytes(&[7; 20]).unwrap();
        let found = match url.ends_with("/gone") {
            true => Err(SourceError::new(SourceErrorKind::Authentication, "no such repository")),
            false => Ok(Resolved { commit, reference: None }),
        };
        Box::pin(async move { found })
    }

    fn tree<'a>(&'a self, url: &'a str, _: &'a str, _: ObjectId) -> BoxFuture<'a, Result<Tree, SourceError>> {
        let number: u32 = url.rsplit('/').next().unwrap().parse().unwrap();
        let tree = MemoryTree::from_files([("next", format!("https://h/{}", number + 1))]);
        Box::pin(async move { Ok(tree) })
    }

    fn metadata<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: ObjectId,
    ) -> BoxFuture<'a, Result<RevisionMetadata, SourceError>> {
        unreachable!("because nobody asks for it")
    }
}

/// Charts and files that say what they were asked for.
#[derive(Default)]
struct Shelf {
    asked: Mutex<Vec<String>>,
}

impl Shelf {
    fn note<T: Send + 'static>(&self, what: String, found: T) -> BoxFuture<'_, Result<T, SourceError>> {
        let found = match what.contains("gone") {
            true => Err(SourceError::new(SourceErrorKind::NoSuchRevision, "no such thing")),
            false => Ok(found),
        };
        self.asked.lock().unwrap().push(what);
        Box::pin(async move { found })
    }
}

impl Charts for Shelf {
    fn resolve<'a>(
        &'a self,
        _: Place<'a>,
        _: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<ResolvedChart, SourceError>> {
        unreachable!("because nobody asks for it")
    }

    fn tree<'a>(&'a self, _: Place<'a>, _: &'a ResolvedChart) -> BoxFuture<'a, Result<Tree, SourceError>> {
        unreachable!("because nobody asks for it")
    }

    fn annotations<'a>(
        &'a self,
        _: Place<'a>,
        _: &'a ResolvedChart,
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, SourceError>> {
        unreachable!("because nobody asks for it")
    }

    fn forget(&self, _: Place<'_>, _: &str) {}

    fn dependency<'a>(
        &'a self,
        repository: &'a str,
        name: &'a str,
        version: &'a str,
        project: &'a str,
        _: Freshness,
    ) -> BoxFuture<'a, Result<Tree, SourceError>> {
        let tree = MemoryTree::from_files([("Chart.yaml", format!("name: {name}"))]);
        self.note(format!("{project}: {name} {version} of {repository}"), tree)
    }

    fn file<'a>(&'a self, url: &'a str, _: Freshness) -> BoxFuture<'a, Result<Arc<[u8]>, SourceError>> {
        self.note(url.to_string(), Arc::from(format!("content of {url}").into_bytes()))
    }

    fn list<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<ChartVersions>, SourceError>> {
        unreachable!("because nobody asks for it")
    }

    fn tags<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Result<Vec<String>, SourceError>> {
        unreachable!("because nobody asks for it")
    }
}

fn need(url: &str) -> Need {
    Need::Git { url: url.to_string(), revision: "v1".to_string() }
}

/// Follows `next` from `https://h/0` to the repository `last`.
fn follow(last: usize, outside: &Outside) -> Result<String, String> {
    let mut url = "https://h/0".to_string();
    for _ in 0..last {
        match outside.get(&need(&url)).ok_or("not there yet")?? {
            Fetched::Tree(tree) => url = tree.read_text("next").map_err(|e| e.to_string())?,
            Fetched::File(_) => return Err("a file".to_string()),
        }
    }
    Ok(url)
}

fn run<T>(chain: &Chain, first: Vec<Need>, render: impl FnMut(&Outside) -> Result<T, String>) -> Result<T, String> {
    with_charts(chain, &Shelf::default(), first, render)
}

fn with_charts<T>(
    chain: &Chain,
    charts: &Shelf,
    first: Vec<Need>,
    render: impl FnMut(&Outside) -> Result<T, String>,
) -> Result<T, String> {
    let permits = |url: &str| !url.contains("forbidden");
    let (freshness, files) = (Freshness::Now, Freshness::Now);
    let fetcher = Fetcher { sources: chain, charts, project: "team", permits: &permits, freshness, files };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(until_complete(fetcher, first, render))
}

#[test]
fn each_round_fetches_what_the_last_one_needed() {
    let chain = Chain::default();
    assert_eq!(run(&chain, Vec::new(), |outside| follow(3, outside)).unwrap(), "https://h/3");
    assert_eq!(*chain.resolved.lock().unwrap(), ["https://h/0 v1", "https://h/1 v1", "https://h/2 v1"]);
    let (chain, mut renders) = (Chain::default(), 0);
    let known = (0..3).map(|i| need(&format!("https://h/{i}"))).collect();
    let found = run(&chain, known, |outside| {
        renders += 1;
        follow(3, outside)
    });
    assert_eq!((found.unwrap().as_str(), renders), ("https://h/3", 1), "what was needed before is fetched first");
}

#[test]
fn chains_without_end_are_given_up() {
    let error = run(&Chain::default(), Vec::new(), |outside| follow(1000, outside)).unwrap_err();
    assert!(error.contains("more than 32 times"), "{error}");
    let many = (0..300).map(|i| need(&format!("https://h/{i}"))).collect();
    assert!(run(&Chain::default(), many, |_| Ok(())).unwrap_err().contains("more than 256"));
}

#[test]
fn what_is_not_permitted_is_not_asked_for() {
    let chain = Chain::default();
    let get = |url: &'static str| {
        run(&chain, Vec::new(), move |outside: &Outside| outside.get(&need(url)).ok_or("wait")?.map(drop)).unwrap_err()
    };
    assert_eq!(
        get("https://forbidden/0"),
        "https://forbidden/0 is not permitted in project 'team': add it to sourceRepos"
    );
    assert!(chain.resolved.lock().unwrap().is_empty());
    assert_eq!(get("https://h/gone"), "no such repository");
}

#[test]
fn each_need_has_its_own_rule() {
    let text = |repository: &str| (repository.to_string(), "web".to_string(), "^1".to_string());
    let chart = |url: &str| {
        let (repository, name, version) = text(url);
        Need::Chart { repository, name, version }
    };
    let dependency = |url: &str| {
        let (repository, name, version) = text(url);
        Need::Dependency { repository, name, version }
    };
    let file = |url: &str| Need::File { url: url.to_string() };
    let values = |url: &str| Need::Values { url: url.to_string() };
    let forbidden = |url: &str| Err(format!("{url} is not permitted in project 'team': add it to sourceRepos"));
    for (need, want, asked) in [
        (file("https://h/a.yaml"), Ok(()), Some("https://h/a.yaml")),
        (file("https://forbidden/a.yaml"), forbidden("https://forbidden/a.yaml"), None),
        (file("https://h/gone"), Err("no such thing".to_string()), Some("https://h/gone")),
        // A value file is the application's own: its scheme was looked at, the project's repositories are not meant.
        (values("https://forbidden/v.yaml"), Ok(()), Some("https://forbidden/v.yaml")),
        (values("https://h/gone"), Err("error fetching value file: no such thing".to_string()), Some("https://h/gone")),
        (chart("oci://h/charts"), Ok(()), Some("team: web ^1 of oci://h/charts")),
        (chart("https://forbidden"), forbidden("https://forbidden"), None),
        (chart("@name"), Err("\"@name\" is no URL of a Helm repository or an OCI registry".to_string()), None),
        (dependency("@name"), Ok(()), Some("team: web ^1 of @name")),
        (dependency("https://forbidden"), Ok(()), Some("team: web ^1 of https://forbidden")),
        (
            dependency("https://gone"),
            Err("error building helm chart dependencies: could not download chart \"web\" \"^1\" from https://gone: no such thing".to_string()),
            Some("team: web ^1 of https://gone"),
        ),
    ] {
        let shelf = Shelf::default();
        let got = with_charts(&Chain::default(), &shelf, Vec::new(), |outside| {
            outside.get(&need).ok_or("it is not there yet")?.map(drop)
        });
        assert_eq!((got, shelf.asked.lock().unwrap().first().map(String::as_str)), (want, asked), "{need}");
    }
}
