//! What a failed git process means, read from its messages (in the C locale).

use std::path::PathBuf;
use std::time::Duration;

use bowline_core_ports::{SourceError, SourceErrorKind};

use crate::Remote;
use crate::program::Context;

/// How a git process failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The program could not be run.
    Start(PathBuf, String),
    /// It took longer than it may.
    Timeout(Duration),
    /// It ended by itself: what that means, and what it said, without secrets.
    Said(Meaning, String),
}

/// A class and Argo CD's word for it, where it has one.
pub(crate) type Meaning = (SourceErrorKind, &'static str);

/// Words of git, its transports and the hosts' banners; what they mean; what Argo CD calls it, where it has a word.
const MEANINGS: [(&str, SourceErrorKind, &str); 25] = {
    use SourceErrorKind::{Authentication, NoSuchRevision, Refused, Unreachable};
    [
        ("authentication failed", Authentication, "authentication required"),
        ("could not read username", Authentication, "authentication required"),
        ("could not read password", Authentication, "authentication required"),
        ("terminal prompts disabled", Authentication, "authentication required"),
        ("returned error: 401", Authentication, "authentication required"),
        ("returned error: 403", Authentication, "authorization failed"),
        ("access denied", Authentication, "authorization failed"),
        ("permission denied", Authentication, "authentication required"),
        (
            "host key verification failed",
            Unreachable,
            "ssh: host key is not among the known hosts (argocd-ssh-known-hosts-cm)",
        ),
        ("no matching host key", Unreachable, "ssh: host key is not among the known hosts (argocd-ssh-known-hosts-cm)"),
        ("error in libcrypto", Authentication, "sshPrivateKey cannot be read"),
        ("invalid format", Authentication, "sshPrivateKey cannot be read"),
        ("couldn't find remote ref", NoSuchRevision, "no such ref"),
        ("not our ref", NoSuchRevision, "no such commit"),
        ("unadvertised object", NoSuchRevision, "no such commit"),
        ("repository not found", Authentication, "repository not found"),
        ("does not appear to be a git repository", Authentication, "repository not found"),
        ("' not found", Authentication, "repository not found"),
        ("returned error: 404", Authentication, "repository not found"),
        ("ssl certificate problem", Unreachable, "x509: certificate is not trusted (argocd-tls-certs-cm)"),
        ("certificate verification failed", Unreachable, "x509: certificate is not trusted (argocd-tls-certs-cm)"),
        ("could not resolve", Unreachable, "no such host"),
        ("connection refused", Unreachable, "connection refused"),
        ("timed out", Unreachable, "timeout"),
        ("' not allowed", Refused, "protocol not allowed"),
    ]
};

/// Lines that git adds to every failure and that say nothing.
const CHATTER: [&str; 3] = ["Please make sure you have the correct access", "and the repository exists.", "warning: "];

// === impl Failure ===

impl Failure {
    /// What a process said before it failed. The whole is understood first: a short secret may stand in any word of it.
    pub(crate) fn said(text: &str, context: &Context) -> Failure {
        let lower = text.to_lowercase();
        let meaning = MEANINGS
            .iter()
            .find(|(words, ..)| lower.contains(words))
            .map_or((SourceErrorKind::Unreachable, ""), |(_, kind, word)| (*kind, *word));
        Failure::Said(meaning, context.scrub(text))
    }

    /// As an error for people: class, Argo CD's word for it, the repository, and git's own message.
    pub(crate) fn into_error(self, remote: &Remote) -> SourceError {
        let (kind, message) = match self {
            Failure::Start(program, error) => {
                let program = program.display();
                (SourceErrorKind::Unreachable, format!("cannot run {program}: {error}; git must be installed"))
            }
            Failure::Timeout(after) => {
                let seconds = after.as_secs_f32();
                (
                    SourceErrorKind::Unreachable,
                    format!("failed to list refs: timeout: {remote}: git was ended after {seconds} s"),
                )
            }
            Failure::Said((kind, word), text) => {
                let word = if word.is_empty() { String::new() } else { format!("{word}: ") };
                (kind, format!("failed to list refs: {word}{remote}: {}", shortened(&text)))
            }
        };
        SourceError::new(kind, message)
    }
}

/// The lines that say something, as one.
fn shortened(text: &str) -> String {
    let lines: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !CHATTER.iter().any(|chatter| line.starts_with(chatter)))
        .collect();
    let mut joined = lines.join("; ");
    if joined.is_empty() {
        joined = "git failed without a message".to_string();
    }
    match joined.char_indices().nth(1000) {
        Some((end, _)) => format!("{}…", &joined[..end]),
        None => joined,
    }
}
