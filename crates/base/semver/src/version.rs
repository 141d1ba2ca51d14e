//! [`Version`].

use std::cmp::Ordering;
use std::fmt;

/// A semantic version. Versions compare by precedence: build metadata does not count, a pre-release comes before its release.
#[derive(Clone, Debug)]
pub struct Version {
    /// Major number.
    pub major: u64,
    /// Minor number.
    pub minor: u64,
    /// Patch number.
    pub patch: u64,
    /// What follows `-`, empty for a release.
    pub pre: String,
    /// What follows `+`, empty where there is none.
    pub metadata: String,
    original: String,
}

/// Why a text is no version. The words are those of Masterminds/semver, because templates and users see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// Not of a version's form.
    #[error("invalid semantic version")]
    Invalid,
    /// Nothing there.
    #[error("version string empty")]
    Empty,
    /// Over 256 bytes.
    #[error("version string is too long (max 256 bytes)")]
    TooLong,
    /// A character that no version holds.
    #[error("invalid characters in version")]
    Characters,
    /// A number with a leading zero.
    #[error("version segment starts with 0")]
    LeadingZero,
    /// A number over 64 bits.
    #[error("error parsing version segment")]
    TooLarge,
    /// A pre-release that is none.
    #[error("invalid prerelease string")]
    Pre,
    /// Metadata that is none.
    #[error("invalid metadata string")]
    Metadata,
}

const MAX_LENGTH: usize = 256;

// === impl Version ===

impl Version {
    /// Reads a version generously, as `NewVersion` does: `v1`, `1.2` and leading zeros are taken.
    pub fn parse(text: &str) -> Result<Version, VersionError> {
        if text.len() > MAX_LENGTH {
            return Err(VersionError::TooLong);
        }
        let mut scan = Scan(text.strip_prefix('v').unwrap_or(text));
        let major = scan.digits().ok_or(VersionError::Invalid)?;
        let minor = scan.dotted_digits();
        let patch = minor.and_then(|_| scan.dotted_digits());
        let pre = scan.dotted_words('-');
        let metadata = scan.dotted_words('+').unwrap_or_default();
        if !scan.0.is_empty() {
            return Err(VersionError::Invalid);
        }
        pre.map_or(Ok(()), check_pre)?;
        let number = |text: Option<&str>| text.unwrap_or("0").parse().map_err(|_| VersionError::TooLarge);
        Ok(Version {
            major: number(Some(major))?,
            minor: number(minor)?,
            patch: number(patch)?,
            pre: pre.unwrap_or_default().to_string(),
            metadata: metadata.to_string(),
            original: text.to_string(),
        })
    }

    /// Reads a version by the letter of the specification, as `StrictNewVersion` does.
    pub fn parse_strict(text: &str) -> Result<Version, VersionError> {
        if text.is_empty() {
            return Err(VersionError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(VersionError::TooLong);
        }
        let parts: Vec<&str> = text.splitn(3, '.').collect();
        let [major, minor, rest] = parts[..] else { return Err(VersionError::Invalid) };
        let (rest, metadata) = rest.split_once('+').map_or((rest, None), |(rest, metadata)| (rest, Some(metadata)));
        let (patch, pre) = rest.split_once('-').map_or((rest, None), |(patch, pre)| (patch, Some(pre)));
        if metadata.is_some_and(|metadata| !metadata.split('.').all(is_word)) {
            return Err(VersionError::Metadata);
        }
        if let Some(pre) = pre {
            check_pre(pre)?;
        }
        let number = |text: &str| {
            if !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(VersionError::Characters);
            }
            if text.len() > 1 && text.starts_with('0') {
                return Err(VersionError::LeadingZero);
            }
            text.parse().map_err(|_| VersionError::TooLarge)
        };
        Ok(Version {
            major: number(major)?,
            minor: number(minor)?,
            patch: number(patch)?,
            pre: pre.unwrap_or_default().to_string(),
            metadata: metadata.unwrap_or_default().to_string(),
            original: text.to_string(),
        })
    }

    /// The text that it was read from.
    pub fn original(&self) -> &str {
        &self.original
    }

    /// Whether it comes before its release.
    pub fn is_pre_release(&self) -> bool {
        !self.pre.is_empty()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version { major, minor, patch, pre, metadata, .. } = self;
        write!(f, "{major}.{minor}.{patch}")?;
        if !pre.is_empty() {
            write!(f, "-{pre}")?;
        }
        if !metadata.is_empty() {
            write!(f, "+{metadata}")?;
        }
        Ok(())
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Version) -> Ordering {
        let numbers = |v: &Version| (v.major, v.minor, v.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| compare_pre(&self.pre, &other.pre))
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Version) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Version) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Version {}

/// Pre-releases by precedence; none is above all.
pub(crate) fn compare_pre(a: &str, b: &str) -> Ordering {
    match (a.is_empty(), b.is_empty()) {
        (true, true) => return Ordering::Equal,
        (true, false) => return Ordering::Greater,
        (false, true) => return Ordering::Less,
        (false, false) => {}
    }
    let (mut left, mut right) = (a.split('.'), b.split('.'));
    loop {
        let order = match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                (Ok(_), Err(_)) => Ordering::Less,
                (Err(_), Ok(_)) => Ordering::Greater,
                (Err(_), Err(_)) => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

fn check_pre(pre: &str) -> Result<(), VersionError> {
    for word in pre.split('.') {
        if !is_word(word) {
            return Err(VersionError::Pre);
        }
        if word.len() > 1 && word.starts_with('0') && word.bytes().all(|b| b.is_ascii_digit()) {
            return Err(VersionError::LeadingZero);
        }
    }
    Ok(())
}

fn is_word(word: &str) -> bool {
    !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// What is left of a text that is read from the front.
pub(crate) struct Scan<'a>(pub(crate) &'a str);

// === impl Scan ===

impl<'a> Scan<'a> {
    pub(crate) fn take_while(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let end = self.0.bytes().position(|b| !fits(b)).unwrap_or(self.0.len());
        let (taken, rest) = self.0.split_at(end);
        self.0 = rest;
        taken
    }

    fn digits(&mut self) -> Option<&'a str> {
        Some(self.take_while(|b| b.is_ascii_digit())).filter(|digits| !digits.is_empty())
    }

    fn dotted_digits(&mut self) -> Option<&'a str> {
        let before = self.0;
        self.0 = self.0.strip_prefix('.')?;
        let digits = self.digits();
        if digits.is_none() {
            self.0 = before;
        }
        digits
    }

    /// Words joined by dots behind `sign`; what of it fits.
    pub(crate) fn dotted_words(&mut self, sign: char) -> Option<&'a str> {
        let start = self.0.strip_prefix(sign)?;
        let word = |text: &str| text.bytes().take_while(|b| b.is_ascii_alphanumeric() || *b == b'-').count();
        let mut end = word(start);
        if end == 0 {
            return None;
        }
        while let Some(more) = start[end..].strip_prefix('.').map(word).filter(|n| *n > 0) {
            end += 1 + more;
        }
        self.0 = &start[end..];
        Some(&start[..end])
    }
}
