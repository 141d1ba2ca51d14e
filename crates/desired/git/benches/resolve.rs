//! From a push to the files of the new commit, on a repository of this machine; one JSON line per figure.

#![expect(clippy::disallowed_methods, reason = "a bench makes repositories with the git program and measures time")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails loudly and prints its figures")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bowline_core_crd::ApplicationSource;
use bowline_core_ports::{Freshness, Sources};
use bowline_desired_git::{Access, GitRepositories, Settings};
use bowline_desired_render::{Engines, Features, Memo, Outside, Request};

const ROUNDS: usize = 50;
const APPS: usize = 1000;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let repository = directory.path().join("repository");
    std::fs::create_dir(&repository).unwrap();
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    for i in 0..APPS {
        let app = repository.join(format!("apps/app-{i}"));
        std::fs::create_dir_all(&app).unwrap();
        std::fs::write(app.join("config.yaml"), manifest(i)).unwrap();
    }
    commit(&repository, 0);
    let cache = directory.path().join("cache");
    let settings = Settings { local: true, ..Settings::new(cache, std::env::vars_os()) };
    let sources = GitRepositories::new(settings, |_, _| Ok(Access::default())).unwrap();
    let url = format!("file://{}", repository.display());

    let mut idle = Vec::new();
    let mut pushed = Vec::new();
    let mut fetched = Vec::new();
    let mirror = directory.path().join("mirror");
    git(directory.path(), &["init", "--quiet", "--bare", "mirror"]);
    for round in 1..=ROUNDS {
        commit(&repository, round);
        let head = git(&repository, &["rev-parse", "HEAD"]);
        let began = Instant::now();
        let resolved = sources.resolve(&url, "", "main", Freshness::Now).await.unwrap();
        let tree = sources.tree(&url, "", resolved.commit).await.unwrap();
        let text = tree.read_text("apps/app-7/config.yaml").unwrap();
        pushed.push(began.elapsed());
        assert_eq!(resolved.commit.to_string(), head);
        assert!(text.ends_with(&format!("# {round}\n")));
        let began = Instant::now();
        sources.resolve(&url, "", "main", Freshness::Now).await.unwrap();
        idle.push(began.elapsed());
        let began = Instant::now();
        git(
            &mirror,
            &["fetch", "--quiet", "--no-tags", "--force", "--prune", "--", &url, "+refs/heads/*:refs/heads/*"],
        );
        fetched.push(began.elapsed());
    }
    let memo = Memo::new(256 << 20);
    let mut first = Vec::new();
    let mut all = Vec::new();
    for round in ROUNDS + 1..=ROUNDS * 2 {
        commit(&repository, round);
        let before = memo.counts();
        let began = Instant::now();
        everything(&sources, &url, &memo).await;
        if round == ROUNDS + 1 {
            first.push(began.elapsed());
        } else {
            all.push(began.elapsed());
            assert_eq!(memo.counts(), (before.0 + APPS as u64 - 1, before.1 + 1), "one was rendered");
        }
    }
    line("render: 1,000 applications of a repository for the first time", median(first), None);
    line(
        "render: 1,000 applications, one commit touches one, until all are known current, p50",
        median(all),
        Some(100_000.0),
    );
    line("git: push → files of the new commit, local repository, p50", median(pushed), Some(100_000.0));
    line("git: asked again, nothing new, p50", median(idle), None);
    line("git: the same by `git fetch` from the local repository, p50 (not used)", median(fetched), None);
}

/// What the controller does for a thousand applications after a push: the first asks the remote, the others take its answer.
async fn everything(sources: &GitRepositories, url: &str, memo: &Memo) {
    let (features, refs) = (Features::default(), BTreeMap::new());
    let outside = Outside::default();
    for i in 0..APPS {
        let freshness = if i == 0 { Freshness::Now } else { Freshness::Within(10_000) };
        let source = ApplicationSource {
            repo_url: url.to_string(),
            path: format!("apps/app-{i}"),
            target_revision: "main".to_string(),
            ..ApplicationSource::default()
        };
        let resolved = sources.resolve(url, "", "main", freshness).await.unwrap();
        let tree = sources.tree(url, "", resolved.commit).await.unwrap();
        let (app, revision) = (format!("app-{i}"), resolved.commit.to_string());
        let request = Request {
            source: &source,
            app: &app,
            namespace: "default",
            project: "default",
            revision: &revision,
            kube_version: "v1.36.1",
            api_versions: &[],
            refs: &refs,
            outside: &outside,
        };
        let rendered = memo.render(&request, &tree, &features, Engines::default()).unwrap();
        assert_eq!(rendered.objects.len(), 3);
    }
}

/// Three objects, such as a small application has.
fn manifest(i: usize) -> String {
    format!(
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: app-{i}\ndata:\n  key: value\n---\n\
         apiVersion: v1\nkind: Service\nmetadata:\n  name: app-{i}\nspec:\n  ports:\n    - port: 80\n---\n\
         apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{i}\nspec:\n  replicas: 1\n  template:\n    \
         spec:\n      containers:\n        - name: main\n          image: example.com/app:{i}\n"
    )
}

fn line(name: &str, value: Duration, target: Option<f64>) {
    let target = target.map_or("null".to_string(), |t| t.to_string());
    let value = value.as_nanos() as f64 / 1000.0;
    println!(r#"{{"bench":"{name}","value":{value:.1},"unit":"µs","target":{target},"better":"less"}}"#);
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn commit(repository: &Path, round: usize) {
    std::fs::write(repository.join("apps/app-7/config.yaml"), format!("{}# {round}\n", manifest(7))).unwrap();
    git(repository, &["add", "-A"]);
    git(repository, &["-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "-m", "change"]);
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(directory).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}
