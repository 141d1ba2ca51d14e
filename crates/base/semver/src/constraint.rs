//! [`Constraint`].

use std::cmp::Ordering;

use crate::Version;
use crate::version::{Scan, compare_pre};

/// A range of versions: groups parted by `||`, in each comparisons parted by commas or spaces, all of which must hold.
///
/// A group without a pre-release in it takes no pre-release (`>=1-0` is the customary way to ask for them).
#[derive(Clone, Debug)]
pub struct Constraint {
    groups: Vec<Group>,
}

/// Why a text is no range.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConstraintError {
    /// Over 512 bytes.
    #[error("constraint string is too long (max 512 bytes)")]
    TooLong,
    /// Over 32 groups.
    #[error("too many constraint groups (max 32)")]
    TooManyGroups,
    /// Not of a range's form.
    #[error("improper constraint: {0:?}")]
    Improper(String),
    /// A version in it is none.
    #[error("constraint parser error")]
    Version,
}

#[derive(Clone, Debug)]
struct Group {
    comparisons: Vec<Comparison>,
    with_pre: bool,
}

#[derive(Clone, Debug)]
struct Comparison {
    operator: Operator,
    version: Version,
    wild: Wild,
}

/// Which part of a comparison's version was left open (missing, `x`, `X` or `*`), with all that follow it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wild {
    No,
    Major,
    Minor,
    Patch,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Same,
    NotEqual,
    Greater,
    Less,
    GreaterEqual,
    LessEqual,
    Tilde,
    Caret,
}

/// Longest first.
const OPERATORS: [(&str, Operator); 11] = [
    ("!=", Operator::NotEqual),
    (">=", Operator::GreaterEqual),
    ("=>", Operator::GreaterEqual),
    ("<=", Operator::LessEqual),
    ("=<", Operator::LessEqual),
    ("~>", Operator::Tilde),
    ("=", Operator::Same),
    (">", Operator::Greater),
    ("<", Operator::Less),
    ("~", Operator::Tilde),
    ("^", Operator::Caret),
];

// === impl Constraint ===

impl Constraint {
    /// Reads a range, as `NewConstraint` does.
    pub fn parse(text: &str) -> Result<Constraint, ConstraintError> {
        if text.len() > 512 {
            return Err(ConstraintError::TooLong);
        }
        let parts: Vec<&str> = text.split("||").collect();
        if parts.len() > 32 {
            return Err(ConstraintError::TooManyGroups);
        }
        let groups = parts.into_iter().map(Group::parse).collect::<Result<_, _>>()?;
        Ok(Constraint { groups })
    }

    /// Whether a version is in the range.
    pub fn matches(&self, version: &Version) -> bool {
        self.groups.iter().any(|group| {
            (group.with_pre || !version.is_pre_release()) && group.comparisons.iter().all(|c| c.matches(version))
        })
    }

    /// The highest of some versions that is in the range; of equal ones the first.
    pub fn highest<'v>(&self, versions: impl IntoIterator<Item = &'v Version>) -> Option<&'v Version> {
        versions.into_iter().filter(|version| self.matches(version)).fold(None, |best, version| match best {
            Some(best) if version <= best => Some(best),
            _ => Some(version),
        })
    }
}

// === impl Group ===

impl Group {
    fn parse(text: &str) -> Result<Group, ConstraintError> {
        let improper = || ConstraintError::Improper(text.to_string());
        let mut scan = Scan(text);
        let mut comparisons = Vec::new();
        scan.space();
        let mut spaced_only = false;
        loop {
            let operator = scan.operator();
            scan.space();
            let (version, wild) = scan.version().ok_or_else(improper)??;
            let before = scan.0;
            // `a - b` is `>= a, <= b`. Such ranges are written over before all else, with the space before them, so neither an
            // operator nor another comparison without a comma may stand there.
            let spaced = scan.space();
            let range = spaced && scan.0.starts_with('-') && {
                scan.0 = &scan.0[1..];
                scan.space()
            };
            if range {
                if operator.is_some() || spaced_only {
                    return Err(improper());
                }
                let (upper, upper_wild) = scan.version().ok_or_else(improper)??;
                comparisons.push(Comparison { operator: Operator::GreaterEqual, version, wild });
                comparisons.push(Comparison { operator: Operator::LessEqual, version: upper, wild: upper_wild });
            } else {
                scan.0 = before;
                comparisons.push(Comparison { operator: operator.unwrap_or(Operator::Same), version, wild });
            }
            let spaced = scan.space();
            if scan.0.is_empty() {
                break;
            }
            match scan.0.strip_prefix(',') {
                Some(rest) => {
                    scan.0 = rest;
                    spaced_only = false;
                }
                None if spaced => spaced_only = !range,
                None => return Err(improper()),
            }
            scan.space();
        }
        let with_pre = comparisons.iter().any(|comparison| comparison.version.is_pre_release());
        Ok(Group { comparisons, with_pre })
    }
}

// === impl Scan ===

impl<'a> Scan<'a> {
    fn space(&mut self) -> bool {
        !self.take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')).is_empty()
    }

    fn operator(&mut self) -> Option<Operator> {
        for (sign, operator) in OPERATORS {
            if let Some(rest) = self.0.strip_prefix(sign) {
                self.0 = rest;
                return Some(operator);
            }
        }
        None
    }

    /// A version with open parts. `None` where nothing like it stands.
    fn version(&mut self) -> Option<Result<(Version, Wild), ConstraintError>> {
        let start = self.0;
        self.0 = self.0.strip_prefix('v').unwrap_or(self.0);
        let part = |scan: &mut Scan<'a>| {
            Some(scan.take_while(|b| b.is_ascii_digit() || matches!(b, b'x' | b'X' | b'*' | b'|')))
                .filter(|part| !part.is_empty())
        };
        let dotted = |scan: &mut Scan<'a>| {
            let before = scan.0;
            scan.0 = scan.0.strip_prefix('.')?;
            let part = part(scan);
            if part.is_none() {
                scan.0 = before;
            }
            part
        };
        let major = part(self)?;
        let minor = dotted(self);
        let patch = minor.and_then(|_| dotted(self));
        let pre = self.dotted_words('-').map(|pre| format!("-{pre}")).unwrap_or_default();
        let _metadata = self.dotted_words('+');
        let whole = &start[..start.len() - self.0.len()];
        let open = |part: Option<&str>| part.is_none_or(|part| matches!(part, "x" | "X" | "*"));
        let (text, wild) = if open(Some(major)) {
            (format!("0.0.0{pre}"), Wild::Major)
        } else if open(minor) {
            (format!("{major}.0.0{pre}"), Wild::Minor)
        } else if open(patch) {
            (format!("{major}.{}.0{pre}", minor.unwrap_or_default()), Wild::Patch)
        } else {
            (whole.to_string(), Wild::No)
        };
        Some(Version::parse(&text).map(|version| (version, wild)).map_err(|_| ConstraintError::Version))
    }
}

// === impl Comparison ===

impl Comparison {
    /// The rules, one operator at a time; what they do with open parts is not always what one would think, and is kept.
    fn matches(&self, v: &Version) -> bool {
        let Comparison { operator, version: c, wild } = self;
        let order = v.cmp(c);
        match operator {
            Operator::Same if *wild == Wild::No => order == Ordering::Equal,
            Operator::Same | Operator::Tilde => self.tilde(v),
            Operator::Caret => self.caret(v),
            Operator::Less => order == Ordering::Less,
            Operator::GreaterEqual => order != Ordering::Less,
            Operator::Greater => match wild {
                Wild::No | Wild::Major => order == Ordering::Greater,
                Wild::Minor => v.major > c.major,
                Wild::Patch => (v.major, v.minor) > (c.major, c.minor),
            },
            Operator::LessEqual => match wild {
                Wild::No => order != Ordering::Greater,
                Wild::Minor => v.major <= c.major,
                Wild::Major | Wild::Patch => v.major < c.major || (v.major == c.major && v.minor <= c.minor),
            },
            Operator::NotEqual => match wild {
                Wild::Minor => v.major != c.major,
                Wild::Patch => {
                    (v.major, v.minor) != (c.major, c.minor) || compare_pre(&v.pre, &c.pre) != Ordering::Equal
                }
                Wild::No | Wild::Major => order != Ordering::Equal,
            },
        }
    }

    fn tilde(&self, v: &Version) -> bool {
        let Comparison { version: c, wild, .. } = self;
        if v < c {
            return false;
        }
        let all = (c.major, c.minor, c.patch) == (0, 0, 0) && matches!(wild, Wild::No | Wild::Major);
        all || (v.major == c.major && (v.minor == c.minor || *wild == Wild::Minor))
    }

    fn caret(&self, v: &Version) -> bool {
        let Comparison { version: c, wild, .. } = self;
        if v < c {
            return false;
        }
        if c.major > 0 || *wild == Wild::Minor {
            return v.major == c.major;
        }
        if v.major > 0 {
            return false;
        }
        if c.minor > 0 || *wild == Wild::Patch {
            return v.minor == c.minor;
        }
        v.minor == 0 && v.patch == c.patch
    }
}
