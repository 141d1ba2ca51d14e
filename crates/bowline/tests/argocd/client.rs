//! [`Client`]: the real client as one user runs it, with `bowline` beside it.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use bowline_tests_kube::peer;

use crate::lab::Lab;

/// The real client with the home of one user.
pub struct Client<'a> {
    /// The installation.
    pub lab: &'a Lab,
    program: PathBuf,
    home: tempfile::TempDir,
    faults: RefCell<Vec<String>>,
}

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    /// Exit code.
    pub code: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

// === impl Client ===

impl<'a> Client<'a> {
    /// A user who has logged in nowhere.
    pub fn new(lab: &'a Lab) -> Client<'a> {
        let program = peer("argocd").unwrap_or_else(|error| panic!("{error}"));
        Client { lab, program, home: tempfile::tempdir().unwrap(), faults: RefCell::default() }
    }

    /// The server as the client is told of it.
    pub fn server(&self) -> String {
        self.lab.api().to_string()
    }

    fn ask(&self, program: &Path, args: &[&str]) -> Ran {
        // Who waits for ever fails here, by its exit code.
        let mut command = Command::new("timeout");
        command.arg("120").arg(program);
        command.args(args).env_clear().env("HOME", self.home.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// Runs a command of the real client.
    pub fn run(&self, args: &[&str]) -> Ran {
        self.ask(&self.program, args)
    }

    /// Runs a command that must succeed, and gives what it printed. A failure is told at the end of the day, so that one
    /// run tells of all.
    pub fn good(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        if ran.code != 0 {
            self.fault(format!("argocd {args:?}: code {}\n{}{}", ran.code, ran.out, ran.err));
        }
        ran.out
    }

    /// The same of a command whose output must hold all of `parts`.
    pub fn says(&self, args: &[&str], parts: &[&str]) -> String {
        let out = self.good(args);
        for part in parts {
            if !out.contains(part) {
                self.fault(format!("argocd {args:?}: not said: {part:?}\n{out}"));
            }
        }
        out
    }

    /// Runs a command that must fail, and gives what it said.
    pub fn bad(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        if ran.code == 0 {
            self.fault(format!("argocd {args:?}: succeeded\n{}{}", ran.out, ran.err));
        }
        ran.err
    }

    /// Runs a command that only reads with both clients, which must print the same, and gives what they printed.
    pub fn both(&self, args: &[&str]) -> String {
        let theirs = self.run(args);
        let ours = self.ask(Path::new(env!("CARGO_BIN_EXE_bowline")), args);
        // Blanks at the end of a line, or of it all, say nothing, nor does a stray tab.
        let lines = |text: &str| {
            text.trim_end().lines().map(|line| line.trim_end().replace('\t', "   ")).collect::<Vec<_>>().join("\n")
        };
        if (theirs.code, lines(&theirs.out)) != (ours.code, lines(&ours.out)) {
            let (code, our_code) = (theirs.code, ours.code);
            self.fault(format!(
                "{args:?}\n--- argocd, code {code}\n{}{}\n--- bowline, code {our_code}\n{}{}",
                theirs.out, theirs.err, ours.out, ours.err
            ));
        }
        theirs.out
    }

    /// The same of a command whose words differ on purpose: the exit codes count.
    pub fn both_end(&self, args: &[&str]) {
        let (theirs, ours) = (self.run(args), self.ask(Path::new(env!("CARGO_BIN_EXE_bowline")), args));
        if theirs.code != ours.code {
            self.fault(format!("{args:?}\n--- argocd {theirs:?}\n--- bowline {ours:?}"));
        }
    }

    /// Runs a command until it prints what it should.
    pub fn until(&self, args: &[&str], good: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let ran = self.run(args);
            if ran.code == 0 && good(&ran.out) {
                return ran.out;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "argocd {args:?}: {ran:?}\n{}", self.lab.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// A file of the user, by its path.
    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.home.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_string()
    }

    /// The password that the installation made for `admin`.
    pub fn first_password(&self) -> String {
        let start = Instant::now();
        let template = "go-template={{.data.password | base64decode}}";
        loop {
            let args = ["get", "secret", "argocd-initial-admin-secret", "--ignore-not-found", "-o", template, "-n"];
            let password = self.lab.kubectl(&[&args[..], &[&self.lab.control]].concat());
            if !password.is_empty() {
                return password;
            }
            assert!(start.elapsed() < Duration::from_secs(60), "no password was made\n{}", self.lab.log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn fault(&self, fault: String) {
        self.faults.borrow_mut().push(fault);
    }

    /// Fails where anything was otherwise than it should be.
    pub fn told(&self) {
        let faults = self.faults.borrow();
        assert!(faults.is_empty(), "{} faults\n{}", faults.len(), self.lab.log());
    }
}

impl Drop for Client<'_> {
    /// What was found until then is worth reading, however the day ended.
    fn drop(&mut self) {
        for fault in self.faults.borrow().iter() {
            println!("FAULT {fault}\n");
        }
    }
}
