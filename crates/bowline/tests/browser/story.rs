//! [`Story`]: an installation, and a script of `ui/test/live` that does in a browser what people do with it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bowline_tests_kube::peer;
use serde_json::{Value, json};

use crate::lab::Lab;

/// One story.
pub struct Story {
    name: &'static str,
}

/// Two browsers at once are as many as a small machine bears without stories waiting for each other's processor.
static TURN: Mutex<()> = Mutex::new(());

// === impl Story ===

impl Story {
    /// The story that the script `ui/test/live/NAME.mjs` tells.
    pub fn new(name: &'static str) -> Story {
        Story { name }
    }

    /// Makes the installation, lets `prepare` fill it, and tells the story. What `prepare` gives is told to the script.
    pub fn tell(&self, prepare: impl FnOnce(&Lab) -> Value) {
        let browser = match browser() {
            Ok(browser) => browser,
            Err(missing) => {
                // There a story that nobody told would look like one that ended well.
                assert!(std::env::var_os("CI").is_none(), "{missing}, and CI tells the stories of the web UI");
                println!("left out: {}, for {missing}", self.name);
                return;
            }
        };
        let _turn = turn();
        let mut lab = Lab::without_server(&format!("ui-{}", self.name));
        // It comes back where it was when the script stops it: the page that is open must find it again.
        let port = port();
        lab.start_at(port);
        let mut world = prepare(&lab);
        let more = json!({
            "url": format!("http://{}/", lab.api()),
            "browser": browser,
            "password": password(&lab),
            "kubectl": peer("kubectl").unwrap_or_else(|error| panic!("{error}")),
            "kubeconfig": lab.kube.kubeconfig(),
            "control": lab.control,
            "target": lab.target,
            "repo": lab.repo.url(),
        });
        if let (Value::Object(world), Value::Object(more)) = (&mut world, more) {
            world.extend(more);
        }
        if let Err(text) = self.run(&mut lab, port, &world) {
            panic!("--- the server\n{}\n--- the story {}\n{text}", lab.log(), self.name);
        }
    }

    /// Runs the script. It asks for what only this process can do, a line each, and is answered when it is done.
    fn run(&self, lab: &mut Lab, port: u16, world: &Value) -> Result<(), String> {
        let mut child = Command::new("node")
            .arg(ui().join("test/live/tell.mjs"))
            .arg(self.name)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("node: {error}"))?;
        let mut to = child.stdin.take().expect("because it is a pipe");
        let from = BufReader::new(child.stdout.take().expect("because it is a pipe"));
        let mut say = |value: &Value| writeln!(to, "{value}").map_err(|error| format!("the script ended: {error}"));
        say(world)?;
        let mut faults = Vec::new();
        for line in from.lines() {
            let line = line.map_err(|error| format!("the script: {error}"))?;
            match serde_json::from_str::<Value>(&line) {
                Ok(line) if line["fault"].is_string() => {
                    faults.push(line["fault"].as_str().unwrap_or_default().to_string())
                }
                Ok(line) => {
                    match line["ask"].as_str() {
                        Some("kill") => lab.kill(),
                        Some("start") => lab.start_at(port),
                        _ => return Err(format!("the script asked for {line}")),
                    }
                    say(&json!({"done": true}))?;
                }
                Err(_) => println!("{}: {line}", self.name),
            }
        }
        let status = child.wait().map_err(|error| error.to_string())?;
        match (faults.is_empty(), status.success()) {
            (true, true) => Ok(()),
            (true, false) => Err(format!("the script ended with {status}")),
            (false, _) => Err(faults.join("\n")),
        }
    }
}

fn turn() -> MutexGuard<'static, ()> {
    // One that failed has no say in the next.
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn ui() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui")
}

/// Where the browser is, or what is missing of all that a story needs.
fn browser() -> Result<String, String> {
    let found = |program: &str| Command::new("sh").args(["-c", &format!("command -v {program}")]).output().ok();
    let path = |program: &str| {
        found(program)
            .filter(|output| output.status.success())
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_string())
    };
    if path("node").is_none() {
        return Err("there is no Node".to_string());
    }
    if !ui().join("node_modules/playwright-core").is_dir() {
        return Err("what the web UI is tested with is not installed (make ui)".to_string());
    }
    if !ui().join("dist/index.html").is_file() {
        return Err("the web UI is not built (make ui)".to_string());
    }
    let chosen = std::env::var("CHROMIUM").ok().filter(|program| !program.is_empty());
    let names = chosen.iter().map(String::as_str).chain(["chromium", "chromium-browser", "google-chrome"]);
    names.into_iter().find_map(path).ok_or_else(|| "there is no Chromium (apt-get install chromium)".to_string())
}

/// A port that nothing has now, below those that the system gives away by itself: it is still free when the server, which was
/// stopped, starts again.
fn port() -> u16 {
    let begin = u16::try_from(std::process::id() % 12_000).expect("because it is small");
    (0..12_000)
        .map(|next| 20_000 + (begin + next) % 12_000)
        .find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok())
        .expect("because no machine has so many servers")
}

/// The password that the installation made for `admin`.
fn password(lab: &Lab) -> String {
    let start = Instant::now();
    let template = "go-template={{.data.password | base64decode}}";
    loop {
        let args =
            ["-n", &lab.control, "get", "secret", "argocd-initial-admin-secret", "--ignore-not-found", "-o", template];
        let password = lab.kubectl(&args);
        if !password.is_empty() {
            return password;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "no first password:\n{}", lab.log());
        std::thread::sleep(Duration::from_millis(50));
    }
}
