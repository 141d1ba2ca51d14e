//! `bowline kustomize build` beside the real `kustomize build`, as commands: standard output, standard error and exit code.
#![expect(clippy::disallowed_methods, reason = "tests run programs and write what they read")]

mod charts;
mod flags;
mod remote;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bowline_tests_conformance::{files, peer};

/// A folder with files, and both commands.
pub struct Lab {
    folder: tempfile::TempDir,
    real: PathBuf,
}

/// What a command did.
#[derive(Debug, PartialEq, Eq)]
pub struct Ran {
    code: i32,
    out: String,
    err: String,
}

// === impl Lab ===

impl Lab {
    /// A folder with the files of a text; nothing where the real tool is not built.
    pub fn new(text: &str) -> Option<Lab> {
        let real = peer("kustomize")?;
        let folder = tempfile::tempdir().expect("because a temporary folder can be made");
        let lab = Lab { folder, real };
        lab.write(text);
        Some(lab)
    }

    /// Writes the files of a text.
    pub fn write(&self, text: &str) {
        for (path, content) in files(text) {
            let path = self.path(&path);
            std::fs::create_dir_all(path.parent().expect("because a file lies in a folder")).expect("it can be made");
            std::fs::write(path, content).expect("because files can be written");
        }
    }

    /// A path in the folder.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().expect("because it is there").join(path)
    }

    fn run(&self, program: &Path, before: &[&str], args: &[&str]) -> Ran {
        let output = Command::new(program)
            .args(before)
            .args(args)
            .current_dir(self.folder.path())
            .env("HOME", self.path("home"))
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output();
        Ran::from(output.expect("because the program is there"))
    }

    /// What `kustomize build ARGS` does.
    pub fn real(&self, args: &[&str]) -> Ran {
        self.run(&self.real, &["build"], args)
    }

    /// What `bowline kustomize build ARGS` does.
    pub fn own(&self, args: &[&str]) -> Ran {
        self.run(Path::new(env!("CARGO_BIN_EXE_bowline")), &["kustomize", "build"], args)
    }

    /// Both must do the same, to the byte.
    pub fn same(&self, args: &[&str]) {
        assert_eq!(self.own(args), self.real(args), "{args:?}");
    }

    /// Both must print the same; the words of an error are each one's own.
    pub fn same_result(&self, args: &[&str], succeeds: bool) {
        let (own, real) = (self.own(args), self.real(args));
        assert_eq!(real.code == 0, succeeds, "{args:?}: {real:?}");
        assert_eq!((own.code, &own.out), (real.code, &real.out), "{args:?}:\n{}\n{}", own.err, real.err);
        assert_eq!(own.err.starts_with("Error: "), !succeeds, "{args:?}: {}", own.err);
    }
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ran { code: output.status.code().unwrap_or(-1), out: text(&output.stdout), err: text(&output.stderr) }
    }
}
