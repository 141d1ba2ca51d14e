//! Building with both, and telling how they differ.

use std::path::Path;
use std::process::Command;

use bowline_desired_kustomize::{Kustomize, Options};
use bowline_tests_conformance::tree;

/// What a build printed, or its error.
pub type Printed = Result<String, String>;

/// Builds the directory `path` of the files with the real tool.
#[expect(clippy::disallowed_methods, reason = "the real tool is a program that reads files")]
pub fn real(kustomize: &Path, files: &[(String, String)], path: &str) -> Printed {
    let directory = tempfile::tempdir().map_err(|error| error.to_string())?;
    for (file, content) in files {
        let full = directory.path().join(file);
        std::fs::create_dir_all(full.parent().expect("a file is in a directory")).expect("directories can be made");
        std::fs::write(full, content).expect("files can be written");
    }
    let output = Command::new(kustomize).arg("build").arg(directory.path().join(path)).output().expect("it runs");
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).expect("it prints text"))
    } else {
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        let error = text.lines().filter(|line| !line.starts_with("# Warning")).take(3);
        Err(error.collect::<Vec<_>>().join("\n"))
    }
}

/// Builds the directory `path` of the files in process.
pub fn own(engine: &Kustomize, files: &[(String, String)], path: &str) -> Printed {
    engine.build(&tree(files), path, Options::default()).map(|build| build.to_yaml()).map_err(|error| error.chain())
}

/// The difference, if there is one that counts: errors only have to be errors.
pub fn difference(real: &Printed, own: &Printed) -> Option<String> {
    match (real, own) {
        (Ok(a), Ok(b)) if a == b => None,
        (Err(_), Err(_)) => None,
        // What it loses track of makes it panic, and a panic is no answer (see DEVIATIONS.md).
        (Err(error), Ok(_)) if error.starts_with("panic: ") => None,
        (Ok(a), Ok(b)) => {
            let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
            let at = a.iter().zip(&b).position(|(a, b)| a != b).unwrap_or(a.len().min(b.len()));
            let show = |lines: &[&str], mark: &str| {
                lines
                    .iter()
                    .skip(at.saturating_sub(6))
                    .take(12)
                    .map(|line| format!("{mark}{line}\n"))
                    .collect::<String>()
            };
            Some(format!("line {}:\n{}{}", at + 1, show(&a, "  real "), show(&b, "  own  ")))
        }
        (Ok(_), Err(error)) => Some(format!("only ours fails: {error}")),
        (Err(error), Ok(_)) => Some(format!("only the real one fails: {error}")),
    }
}
