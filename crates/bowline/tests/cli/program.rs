//! [`Program`]: the binary as one user runs it, and which of its commands have been run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::lab::Lab;

/// Groups and commands that speak to no server: other tests are about them.
const ELSEWHERE: [&str; 6] = ["server", "plan", "render", "helm", "kustomize", "up"];

/// The binary as one user runs it.
pub struct Program<'a> {
    /// The installation.
    pub lab: &'a Lab,
    home: tempfile::TempDir,
    ran: RefCell<BTreeSet<String>>,
}

/// What a command did.
#[derive(Debug)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

// === impl Program ===

impl<'a> Program<'a> {
    /// A user who has logged in nowhere.
    pub fn new(lab: &'a Lab) -> Program<'a> {
        let home = tempfile::tempdir().expect("because a temporary folder can be made");
        Program { lab, home, ran: RefCell::default() }
    }

    /// The command, with nobody to ask.
    pub fn command(&self, args: &[&str]) -> Command {
        let words: Vec<&str> = args.iter().copied().take_while(|arg| !arg.starts_with('-')).collect();
        self.ran.borrow_mut().extend((1..=words.len()).map(|count| words[..count].join(" ")));
        let mut command = Command::new(env!("CARGO_BIN_EXE_bowline"));
        command.args(args).env("HOME", self.home.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        for name in
            ["KUBECONFIG", "ARGOCD_SERVER", "ARGOCD_AUTH_TOKEN", "ARGOCD_OPTS", "ARGOCD_CONFIG_DIR", "XDG_CONFIG_HOME"]
        {
            command.env_remove(name);
        }
        command
    }

    /// Runs a command.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.run_with(args, &[])
    }

    /// The same with more in its environment.
    pub fn run_with(&self, args: &[&str], environment: &[(&str, &str)]) -> Ran {
        let output = self.command(args).envs(environment.iter().copied()).output();
        let output = output.expect("because the binary was built with this test");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Runs a command that must succeed, and gives what it printed.
    pub fn good(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, 0, "bowline {args:?}:\n{}\n{}\n{}", ran.out, ran.err, self.lab.log());
        ran.out
    }

    /// Runs a command that must fail with `code`, and gives what it said.
    pub fn bad(&self, code: i32, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!(ran.code, code, "bowline {args:?}:\n{}\n{}\n{}", ran.out, ran.err, self.lab.log());
        assert!(!ran.err.contains('\u{1b}'), "no colours in a pipe: {:?}", ran.err);
        ran.err
    }

    /// Runs a command until it prints what it should.
    pub fn until(&self, args: &[&str], good: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let out = self.good(args);
            if good(&out) {
                return out;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "bowline {args:?}:\n{out}\n{}", self.lab.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A file of the user.
    pub fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).expect("because the temporary folder is writable");
        path
    }

    /// The user's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The server's address.
    pub fn address(&self) -> String {
        self.lab.api().to_string()
    }

    /// The password that the installation made for `admin`.
    pub fn first_password(&self) -> String {
        let start = Instant::now();
        loop {
            let template = "go-template={{.data.password | base64decode}}";
            let args = ["get", "secret", "argocd-initial-admin-secret", "--ignore-not-found", "-o", template];
            let args: Vec<&str> = args.into_iter().chain(["-n", self.lab.control.as_str()]).collect();
            let password = self.lab.kubectl(&args);
            if !password.is_empty() {
                return password;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "no password was made\n{}", self.lab.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// The commands that no test has run, as the program's own help names them.
    pub fn never_run(&self) -> Vec<String> {
        let (mut all, mut missed) = (0, Vec::new());
        self.walk(&[], &mut all, &mut missed);
        assert!(all > 110, "the help names only {all} commands: is it still read well?");
        missed
    }

    fn walk(&self, path: &[&str], all: &mut usize, missed: &mut Vec<String>) {
        let output = Command::new(env!("CARGO_BIN_EXE_bowline")).args(path).arg("--help").output();
        let text =
            String::from_utf8_lossy(&output.expect("because the binary was built with this test").stdout).into_owned();
        let listed = text.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
        // A name stands two columns in; what wraps stands further.
        let names: Vec<&str> = listed
            .filter_map(|line| line.strip_prefix("  "))
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| line.split_whitespace().next())
            .collect();
        if names.is_empty() {
            let name = path.join(" ");
            *all += 1;
            if !self.ran.borrow().contains(&name) {
                missed.push(name);
            }
            return;
        }
        for name in names.into_iter().filter(|name| !(path.is_empty() && ELSEWHERE.contains(name))) {
            self.walk(&[path, &[name]].concat(), all, missed);
        }
    }
}
