//! Charts written in one text: `$ ARGUMENTS` for each run of `helm template`, `== PATH` before each file.

use std::path::Path;

/// A text of charts, with what they are rendered with.
#[derive(Debug, Default)]
pub struct Story {
    /// Arguments of each run.
    pub runs: Vec<Vec<String>>,
    /// `(path, text)`.
    pub files: Vec<(String, String)>,
}

// === impl Story ===

impl Story {
    /// Reads a story. What stands before the first file and is no run is a comment.
    pub fn parse(text: &str) -> Story {
        let mut story = Story::default();
        for line in text.lines() {
            if let Some(path) = line.strip_prefix("== ") {
                story.files.push((path.to_string(), String::new()));
            } else if let Some((_, file)) = story.files.last_mut() {
                file.push_str(line);
                file.push('\n');
            } else if let Some(run) = line.strip_prefix("$ ") {
                story.runs.push(words(run));
            }
        }
        story
    }

    /// Writes the files below a directory.
    #[expect(clippy::disallowed_methods, reason = "tests write files")]
    pub fn write(&self, directory: &Path) {
        for (path, text) in &self.files {
            let path = directory.join(path);
            std::fs::create_dir_all(path.parent().expect("because a file is in a directory"))
                .expect("because the disk has room");
            std::fs::write(path, text).expect("because the disk has room");
        }
    }
}

/// Words parted by spaces; what stands between single quotes is one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("because quotes are closed"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_string());
        rest = after.trim_start();
    }
    words
}
