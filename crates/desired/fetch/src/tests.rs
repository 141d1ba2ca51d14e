use std::sync::Mutex;

use bowline_base_tree::{MemoryTree, ObjectId, Tree};
use bowline_core_ports::{BoxFuture, Resolved, RevisionMetadata, SourceError, SourceErrorKind};

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

fn need(url: &str) -> Wanted {
    Wanted::Git { url: url.to_string(), revision: "v1".to_string() }
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

fn run<T>(chain: &Chain, first: Vec<Wanted>, render: impl FnMut(&Outside) -> Result<T, String>) -> Result<T, String> {
    let permits = |url: &str| !url.contains("forbidden");
    let fetcher = Fetcher { sources: chain, project: "team", permits: &permits, freshness: Freshness::Now };
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
