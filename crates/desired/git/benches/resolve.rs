//! From a push to the files of the new commit, on a repository of this machine; one JSON line per figure.

#![expect(clippy::disallowed_methods, reason = "a bench makes repositories with the git program and measures time")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails loudly and prints its figures")]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use bowline_core_ports::{Freshness, Sources};
use bowline_desired_git::{Access, GitRepositories, Settings};

const ROUNDS: usize = 50;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let directory = tempfile::tempdir().unwrap();
    let repository = directory.path().join("repository");
    std::fs::create_dir(&repository).unwrap();
    git(&repository, &["init", "--quiet", "--initial-branch=main"]);
    for i in 0..1000 {
        let app = repository.join(format!("apps/app-{i}"));
        std::fs::create_dir_all(&app).unwrap();
        std::fs::write(app.join("config.yaml"), format!("kind: ConfigMap\nmetadata: {{name: app-{i}}}\n")).unwrap();
    }
    commit(&repository, 0);
    let cache = directory.path().join("cache");
    let sources =
        GitRepositories::new(Settings::new(cache, std::env::vars_os()), |_, _| Ok(Access::default())).unwrap();
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
    line("git: push → files of the new commit, local repository, p50", median(pushed), Some(100_000.0));
    line("git: asked again, nothing new, p50", median(idle), None);
    line("git: the same by `git fetch` from the local repository, p50 (not used)", median(fetched), None);
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
    std::fs::write(repository.join("apps/app-7/config.yaml"), format!("kind: ConfigMap\n# {round}\n")).unwrap();
    git(repository, &["add", "-A"]);
    git(repository, &["-c", "user.name=n", "-c", "user.email=e", "commit", "--quiet", "-m", "change"]);
}

fn git(directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new("git").args(arguments).current_dir(directory).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_string()
}
