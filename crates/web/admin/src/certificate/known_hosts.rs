//! Host keys in the format of OpenSSH's `known_hosts`.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use sha2::{Digest, Sha256};

/// A line: a host and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The host as it is written, with its port where it is not 22: `[host]:2222`.
    pub(crate) host: String,
    /// The kind of key, such as `ssh-ed25519`.
    pub(crate) kind: String,
    /// The key in base64.
    pub(crate) key: String,
}

// === impl Entry ===

impl Entry {
    /// A checked entry; a sentence where it is none.
    pub(crate) fn new(host: &str, kind: &str, key: &str) -> Result<Entry, String> {
        let host = host.trim();
        if !is_host(host) {
            return Err(format!("invalid hostname in request: {host}"));
        }
        // What comes from `ssh-keyscan` is the whole line.
        let key = key.rsplit(' ').next().unwrap_or_default();
        let entry = Entry { host: host.to_string(), kind: kind.trim().to_string(), key: key.to_string() };
        let invalid = |why: &str| Err(format!("invalid entry in known_hosts data: {host}: {why}"));
        let is_word = |word: &str| !word.is_empty() && !word.contains(|c: char| c.is_whitespace() || c.is_control());
        if !is_word(&entry.kind) || !is_word(&entry.key) {
            return invalid("kind and key are one word each");
        }
        let Ok(bytes) = STANDARD.decode(&entry.key) else { return invalid("the key is not base64") };
        // A key says its kind itself. Which one was asked for need not be that: OpenSSH passes over such a line.
        let length = bytes.first_chunk::<4>().map(|length| u32::from_be_bytes(*length) as usize).unwrap_or(0);
        match bytes.get(4..4 + length) {
            Some(kind) if !kind.is_empty() && kind.is_ascii() => Ok(entry),
            _ => invalid("the key is none of SSH"),
        }
    }

    fn parse(line: &str) -> Option<Entry> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return None;
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        // A mark such as `@cert-authority` stands before the host.
        let words = if line.starts_with('@') { words.get(1..)? } else { &words[..] };
        let [host, kind, key, ..] = words else { return None };
        Some(Entry { host: (*host).to_string(), kind: (*kind).to_string(), key: (*key).to_string() })
    }

    /// `SHA256:…`, as OpenSSH shows it.
    pub(crate) fn fingerprint(&self) -> String {
        let bytes = STANDARD.decode(&self.key).unwrap_or_default();
        format!("SHA256:{}", STANDARD_NO_PAD.encode(Sha256::digest(bytes)))
    }

    fn is_for_the_same(&self, other: &Entry) -> bool {
        self.host == other.host && self.kind == other.kind
    }
}

/// A name or an address, or one of these in brackets with a port after it.
fn is_host(host: &str) -> bool {
    let (name, port) = match host.strip_prefix('[').and_then(|rest| rest.split_once("]:")) {
        Some((name, port)) => (name, port.parse::<u16>().is_ok_and(|port| port > 0)),
        None => (host, true),
    };
    let is_label = |label: &str| {
        let inner = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let edge = |c: char| c.is_ascii_alphanumeric();
        label.len() <= 63 && label.chars().all(inner) && label.starts_with(edge) && label.ends_with(edge)
    };
    port && (name.parse::<std::net::Ipv6Addr>().is_ok() || name.split('.').all(is_label))
}

/// All entries.
pub(crate) fn read(text: &str) -> Vec<Entry> {
    text.lines().filter_map(Entry::parse).collect()
}

/// The text with these entries as well; comments and other lines stay. A key that takes another's place needs `upsert`.
pub(crate) fn add(text: &str, entries: &[Entry], upsert: bool) -> Result<String, String> {
    let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
    for entry in entries {
        let line = format!("{} {} {}", entry.host, entry.kind, entry.key);
        let place = lines.iter().position(|line| Entry::parse(line).is_some_and(|known| known.is_for_the_same(entry)));
        match place {
            Some(at) if Entry::parse(&lines[at]).as_ref() == Some(entry) => {}
            Some(at) if upsert => lines[at] = line,
            Some(_) => {
                return Err(format!(
                    "key for '{}' (subtype: '{}') already exist and upsert was not specified",
                    entry.host, entry.kind
                ));
            }
            None => lines.push(line),
        }
    }
    Ok(ended(lines))
}

/// The text without these entries.
pub(crate) fn remove(text: &str, which: impl Fn(&Entry) -> bool) -> String {
    ended(
        text.lines()
            .filter(|line| !Entry::parse(line).is_some_and(|entry| which(&entry)))
            .map(str::to_string)
            .collect(),
    )
}

fn ended(lines: Vec<String>) -> String {
    if lines.is_empty() { String::new() } else { lines.join("\n") + "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

    #[test]
    fn lines_are_added_replaced_and_removed_and_others_stay() {
        let text = format!("# keys\n[h]:2222 ssh-ed25519 {KEY}\n@cert-authority * ssh-rsa AAAA\n");
        let entries = read(&text);
        assert_eq!(entries.len(), 2);
        // As `ssh-keygen -lf` shows github.com's.
        assert_eq!(entries[0].fingerprint(), "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
        let new = Entry::new("g", "ssh-ed25519", &format!("g ssh-ed25519 {KEY}")).unwrap();
        let more = add(&text, std::slice::from_ref(&new), false).unwrap();
        assert_eq!(more, format!("{text}g ssh-ed25519 {KEY}\n"));
        assert_eq!(add(&more, std::slice::from_ref(&new), false).unwrap(), more, "the same again");
        let other = Entry { key: "AAAAC3NzaC1lZDI1NTE5AAAAIAAA".into(), ..new.clone() };
        let refused = add(&more, std::slice::from_ref(&other), false).unwrap_err();
        assert_eq!(refused, "key for 'g' (subtype: 'ssh-ed25519') already exist and upsert was not specified");
        assert!(
            add(&more, std::slice::from_ref(&other), true)
                .unwrap()
                .ends_with("g ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA\n")
        );
        assert_eq!(remove(&more, |entry| entry.host == "g"), text);
        for (host, kind, key, why) in [
            ("", "ssh-ed25519", KEY, "invalid hostname in request: "),
            ("a b", "ssh-ed25519", KEY, "invalid hostname in request: a b"),
            ("[h]:0", "ssh-ed25519", KEY, "invalid hostname in request: [h]:0"),
            ("h", "ssh ed25519", KEY, "invalid entry in known_hosts data: h: kind and key are one word each"),
            ("h", "ssh-ed25519", "", "invalid entry in known_hosts data: h: kind and key are one word each"),
            ("h", "ssh-ed25519", "?", "invalid entry in known_hosts data: h: the key is not base64"),
            ("h", "ssh-ed25519", "AAAA", "invalid entry in known_hosts data: h: the key is none of SSH"),
        ] {
            assert_eq!(Entry::new(host, kind, key).unwrap_err(), why);
        }
        for host in ["h", "a.b-c_d", "192.0.2.1", "2001:db8::1", "[h]:2222", "[2001:db8::1]:22"] {
            assert!(Entry::new(host, "any-kind", KEY).is_ok(), "{host}");
        }
    }
}
