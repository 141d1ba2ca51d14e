//! A webhook: the first byte chooses the sender, the rest is its body. It gives hints or an error, and the hints match or not.
#![no_main]

use bowline_web_webhook::{Secrets, Sender, Source, concerns};
use libfuzzer_sys::fuzz_target;

const HEADERS: [&[(&str, &str)]; 8] = [
    &[("X-GitHub-Event", "push")],
    &[("X-GitHub-Event", "package")],
    &[("X-Gitlab-Event", "Push Hook")],
    &[("X-Gitlab-Event", "System Hook")],
    &[("X-Hook-UUID", "1"), ("X-Event-Key", "repo:push")],
    &[("X-Event-Key", "repo:refs_changed")],
    &[("X-Gogs-Event", "push")],
    &[("X-Vss-Activityid", "1")],
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, body)) = bytes.split_first() else { return };
    let headers = HEADERS[usize::from(*first) % HEADERS.len()];
    let find = |name: &str| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    let secrets = Secrets::new(&|_| None);
    let Ok(sender) = Sender::of(&find, secrets) else { return };
    for hint in sender.read(&find, body, secrets).unwrap_or_default() {
        assert!(hint.urls.len() <= 4);
        for url in hint.urls.clone() {
            let revision = hint.revision.as_deref().unwrap_or("");
            let source = Source { url: &url, revision, ..Source::default() };
            let _ = concerns(&hint, source);
        }
    }
});
