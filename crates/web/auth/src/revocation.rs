//! [`Revocations`]: sessions that were ended before their time.
//!
//! They stand in a ConfigMap that every replica watches, one line for each: a digest of the token's ID, when the token was issued,
//! when it would have ended. Lines go when their token has ended. There are never more than [`MOST`]: where one more would be,
//! the older half goes and everything that was issued before the youngest of them counts as revoked.

use std::collections::{BTreeMap, HashMap};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_core_types::Sensitive;
use jiff::Timestamp;

/// The ConfigMap.
pub const REVOKED_SESSIONS: &str = "argocd-revoked-sessions";
/// Its key with a line for each session.
const SESSIONS: &str = "sessions";
/// Its key with a time, in seconds since 1970: sessions that were issued up to then are revoked.
const ISSUED_UP_TO: &str = "issued-up-to";
/// 20,000 lines have 940 kB, and a ConfigMap may have 1 MiB.
const MOST: usize = 20_000;

/// Sessions that were ended before their time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revocations {
    sessions: HashMap<Box<str>, Revoked>,
    issued_up_to: i64,
}

/// When the token of a revoked session was issued and when it would end, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// When it was issued.
    pub issued_at: i64,
    /// When it would end.
    pub expires_at: i64,
}

/// What stands for a token's ID: 128 bits of its SHA-256.
pub fn digest(id: &str) -> Box<str> {
    let hash = digest::digest(&digest::SHA256, id.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]).into()
}

// === impl Revocations ===

impl Revocations {
    /// Reads the ConfigMap's data. A line that cannot be read is nobody's and is left out.
    pub fn read(data: &BTreeMap<String, String>) -> Revocations {
        let read = |line: &str| {
            let mut parts = line.split(' ');
            let (digest, issued_at, expires_at) =
                (parts.next()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
            Some((Box::from(digest), Revoked { issued_at, expires_at }))
        };
        Revocations {
            sessions: data.get(SESSIONS).into_iter().flat_map(|text| text.lines()).filter_map(read).collect(),
            issued_up_to: data.get(ISSUED_UP_TO).and_then(|text| text.parse().ok()).unwrap_or(i64::MIN),
        }
    }

    /// Whether a session is revoked. `ends` says whether its token ends by itself: others are revoked by their ID alone.
    pub fn has(&self, id: &str, issued_at: i64, ends: bool) -> bool {
        self.sessions.contains_key(&digest(id)) || (ends && issued_at <= self.issued_up_to)
    }

    /// Whether this digest is among them.
    pub(crate) fn has_digest(&self, digest: &str) -> bool {
        self.sessions.contains_key(digest)
    }

    /// Adds a session.
    pub(crate) fn add(&mut self, digest: Box<str>, revoked: Revoked) {
        self.sessions.insert(digest, revoked);
        if self.sessions.len() > MOST {
            let mut times: Vec<i64> = self.sessions.values().map(|revoked| revoked.issued_at).collect();
            times.sort_unstable();
            self.issued_up_to = self.issued_up_to.max(times[times.len() / 2]);
            let up_to = self.issued_up_to;
            self.sessions.retain(|_, revoked| revoked.issued_at > up_to);
        }
    }

    /// Forgets those that have ended.
    pub(crate) fn expire(&mut self, now: Timestamp) {
        // A minute longer, for clocks that differ.
        self.sessions.retain(|_, revoked| revoked.expires_at + 60 > now.as_second());
    }

    /// The ConfigMap's data.
    pub(crate) fn write(&self) -> BTreeMap<String, Option<Sensitive<String>>> {
        let sorted: BTreeMap<_, _> = self.sessions.iter().collect();
        let lines: String = sorted
            .into_iter()
            .map(|(digest, revoked)| format!("{digest} {} {}\n", revoked.issued_at, revoked.expires_at))
            .collect();
        let mut data = BTreeMap::from([(SESSIONS.to_string(), Some(lines.into()))]);
        if self.issued_up_to > i64::MIN {
            data.insert(ISSUED_UP_TO.to_string(), Some(self.issued_up_to.to_string().into()));
        }
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(revocations: &Revocations) -> BTreeMap<String, String> {
        revocations.write().into_iter().filter_map(|(key, value)| Some((key, value?.expose().clone()))).collect()
    }

    fn at(second: i64) -> Revoked {
        Revoked { issued_at: second, expires_at: second + 1000 }
    }

    #[test]
    fn they_are_read_as_they_were_written_and_end() {
        let mut revocations = Revocations::read(&BTreeMap::new());
        revocations.add(digest("a"), at(10));
        revocations.add(digest("b"), at(500));
        assert_eq!(Revocations::read(&stored(&revocations)), revocations);
        revocations.expire(Timestamp::from_second(1100).unwrap());
        assert!(!revocations.has("a", 10, true) && revocations.has("b", 500, true) && !revocations.has("c", 10, true));
        let text = stored(&revocations)[SESSIONS].clone();
        assert!(!text.contains("b 500"), "the ID itself is not kept: {text}");
    }

    #[test]
    fn a_flood_revokes_more_and_never_less() {
        let mut revocations = Revocations::read(&BTreeMap::new());
        for n in 0..=MOST as i64 {
            revocations.add(digest(&n.to_string()), at(n));
        }
        assert!(stored(&revocations)[SESSIONS].len() < 1_000_000);
        let read = Revocations::read(&stored(&revocations));
        for n in (0..=MOST as i64).step_by(997) {
            assert!(read.has(&n.to_string(), n, true), "{n}");
        }
        assert!(read.has("another", 5, true), "who was issued before them logs in again");
        assert!(!read.has("an API key without an end", 5, false));
        assert!(!read.has("another", MOST as i64, true));
    }

    #[test]
    fn lines_that_cannot_be_read_are_nobodys() {
        let data =
            BTreeMap::from([(SESSIONS.to_string(), format!("rubbish\n{} 1 x\n\n{} 1 9\n", digest("a"), digest("b")))]);
        let read = Revocations::read(&data);
        assert!(!read.has("a", 1, true) && read.has("b", 1, true));
    }
}
