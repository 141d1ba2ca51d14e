//! Archives are unpacked into [packs](crate::pack): within caps, and nothing leads out.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Write};

use bowline_base_tree::{BlobHash, EntryKind, Layout, join, normalize};
use flate2::read::MultiGzDecoder;
use tar::EntryType;

use crate::pack::Writer;

/// Bytes of a path or the target of a link.
const PATH: u64 = 4096;
/// Bytes of an extended header.
const HEADER: u64 = 64 << 10;

/// What is to be unpacked, and how much of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    /// Whether it is compressed.
    pub(crate) gzip: bool,
    /// Bytes of all files together.
    pub(crate) bytes: u64,
    /// Files, links and directories.
    pub(crate) entries: usize,
    /// Which directory of it becomes the root.
    pub(crate) root: Root<'a>,
}

/// Which directory of an archive becomes the root.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Root<'a> {
    /// The archive's own.
    All,
    /// The one of this name, or the only one that there is: a packed chart.
    Chart(&'a str),
    /// The only one that there is.
    Only,
}

/// Why an archive cannot be unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It is not what it should be.
    #[error("it is no archive: {0}")]
    Format(String),
    /// It is too much.
    #[error("{0}")]
    TooMuch(String),
    /// A path or link in it leads outside.
    #[error("illegal filepath in {what}: {path:?}")]
    Outside {
        /// `archive` or `symlink`.
        what: &'static str,
        /// The path.
        path: String,
    },
    /// It does not hold the directory that it should.
    #[error("{0}")]
    Root(String),
    /// The pack could not be written.
    #[error("it cannot be unpacked: {0}")]
    Write(io::Error),
}

/// A file that was read.
struct Found {
    path: String,
    kind: EntryKind,
    id: bowline_base_tree::ObjectId,
    offset: u64,
    size: u64,
}

struct Unpacking<'a, W> {
    rules: Rules<'a>,
    writer: Writer<W>,
    found: Vec<Found>,
    /// The last file of each path.
    by_path: HashMap<String, usize>,
    layout: Layout,
    directories: Vec<String>,
    left: u64,
    entries: usize,
}

/// Extended headers that stand before an entry.
#[derive(Default)]
struct Before {
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
}

/// Unpacks an archive into a pack.
pub(crate) fn unpack<W: Write>(archive: impl Read, rules: Rules<'_>, out: W) -> Result<W, ArchiveError> {
    // Headers and padding come on top of the content; what is more than that is never decompressed.
    let most = rules.bytes.saturating_add((rules.entries as u64).saturating_mul(2048)).saturating_add(1 << 20);
    let archive = BufReader::new(archive);
    let mut archive: Box<dyn Read> = match rules.gzip {
        true => Box::new(MultiGzDecoder::new(archive).take(most)),
        false => Box::new(archive.take(most)),
    };
    let mut unpacking = Unpacking {
        rules,
        writer: Writer::new(out).map_err(ArchiveError::Write)?,
        found: Vec::new(),
        by_path: HashMap::new(),
        layout: Layout::new(),
        directories: Vec::new(),
        left: rules.bytes,
        entries: 0,
    };
    let mut tar = tar::Archive::new(&mut archive);
    let mut before = Before::default();
    for entry in tar.entries().map_err(format_error)?.raw(true) {
        unpacking.entry(entry.map_err(format_error)?, &mut before)?;
    }
    unpacking.finish()
}

fn format_error(error: io::Error) -> ArchiveError {
    ArchiveError::Format(error.to_string())
}

// === impl Unpacking ===

impl<W: Write> Unpacking<'_, W> {
    fn entry<R: Read>(&mut self, mut entry: tar::Entry<'_, R>, before: &mut Before) -> Result<(), ArchiveError> {
        let kind = entry.header().entry_type();
        match kind {
            EntryType::GNULongName => {
                before.path = Some(text(&mut entry)?);
                return Ok(());
            }
            EntryType::GNULongLink => {
                before.link = Some(text(&mut entry)?);
                return Ok(());
            }
            EntryType::XHeader => return before.extended(&read(&mut entry, HEADER)?),
            // It speaks of the whole archive: times and comments.
            EntryType::XGlobalHeader => return Ok(()),
            _ => {}
        }
        self.entries += 1;
        if self.entries > self.rules.entries {
            return Err(ArchiveError::TooMuch(format!("it has more than {} entries", self.rules.entries)));
        }
        let Before { path, link } = std::mem::take(before);
        let raw = path.unwrap_or_else(|| entry.header().path_bytes().into_owned());
        let path = self.path(&raw)?;
        match kind {
            EntryType::Directory => {
                self.directories.push(path);
                Ok(())
            }
            EntryType::Regular | EntryType::Continuous => {
                let executable = entry.header().mode().is_ok_and(|mode| mode & 0o111 != 0);
                self.file(path, if executable { EntryKind::Executable } else { EntryKind::File }, entry)
            }
            EntryType::Symlink | EntryType::Link => {
                let target = link.or_else(|| entry.header().link_name_bytes().map(|l| l.into_owned()));
                let target = String::from_utf8(target.unwrap_or_default())
                    .map_err(|e| outside("symlink", &String::from_utf8_lossy(e.as_bytes())))?;
                if target.len() as u64 > PATH {
                    return Err(ArchiveError::TooMuch(format!("{path}: its target is longer than {PATH} bytes")));
                }
                if kind == EntryType::Symlink { self.symlink(path, &target) } else { self.hard_link(path, &target) }
            }
            EntryType::GNUSparse => Err(ArchiveError::Format(format!("{path} is a sparse file"))),
            // Devices and pipes are nothing that a tree could hold.
            _ => Ok(()),
        }
    }

    /// The path of an entry in plain form. A leading slash counts from the archive's root, as it does for Argo CD.
    fn path(&self, raw: &[u8]) -> Result<String, ArchiveError> {
        let shown = || String::from_utf8_lossy(raw).chars().take(200).collect::<String>();
        let text = std::str::from_utf8(raw).map_err(|_| outside("archive", &shown()))?;
        if raw.len() as u64 > PATH {
            return Err(ArchiveError::TooMuch(format!("{:?}… is longer than {PATH} bytes", shown())));
        }
        if text.contains(['\\', '\0']) || text.split('/').any(|segment| segment == "..") {
            return Err(outside("archive", text));
        }
        normalize(text).map_err(|_| outside("archive", text))
    }

    fn file<R: Read>(
        &mut self,
        path: String,
        kind: EntryKind,
        mut entry: tar::Entry<'_, R>,
    ) -> Result<(), ArchiveError> {
        let size = entry.size();
        if size > self.left {
            let most = self.rules.bytes;
            return Err(ArchiveError::TooMuch(format!("unpacked it has more than {most} bytes")));
        }
        self.left -= size;
        let offset = self.writer.position();
        let mut hash = BlobHash::new(size);
        let mut piece = vec![0; 64 << 10];
        let mut read = 0;
        loop {
            let n = entry.read(&mut piece).map_err(format_error)?;
            if n == 0 {
                break;
            }
            hash.update(&piece[..n]);
            self.writer.write(&piece[..n]).map_err(ArchiveError::Write)?;
            read += n as u64;
        }
        if read != size {
            return Err(ArchiveError::Format(format!("{path} ends after {read} of {size} bytes")));
        }
        self.add(Found { path, kind, id: hash.finish(), offset, size })
    }

    fn symlink(&mut self, path: String, target: &str) -> Result<(), ArchiveError> {
        let directory = path.rsplit_once('/').map_or("", |(directory, _)| directory);
        if target.is_empty() || target.starts_with('/') || join(directory, target).is_err() {
            return Err(outside("symlink", &format!("{path} -> {target}")));
        }
        let (offset, size) = (self.writer.position(), target.len() as u64);
        self.left = self.left.saturating_sub(size);
        self.writer.write(target.as_bytes()).map_err(ArchiveError::Write)?;
        self.add(Found { path, kind: EntryKind::Symlink, id: BlobHash::id(target.as_bytes()), offset, size })
    }

    /// Another name for a file that came before.
    fn hard_link(&mut self, path: String, target: &str) -> Result<(), ArchiveError> {
        let target = self.path(target.as_bytes())?;
        let same = self.by_path.get(&target).map(|at| &self.found[*at]);
        let Some(&Found { kind, id, offset, size, .. }) = same else {
            return Err(ArchiveError::Format(format!("{path} is a link to {target}, which is not in it")));
        };
        self.add(Found { path, kind, id, offset, size })
    }

    fn add(&mut self, found: Found) -> Result<(), ArchiveError> {
        self.layout.add(&found.path, found.kind, found.id).map_err(|e| outside("archive", &e.path))?;
        self.by_path.insert(found.path.clone(), self.found.len());
        self.found.push(found);
        Ok(())
    }

    fn finish(mut self) -> Result<W, ArchiveError> {
        let root = self.root()?;
        for Found { path, kind, id, offset, size } in self.found {
            let Some(below) = (match root.as_str() {
                "" => Some(path.as_str()),
                root => path.strip_prefix(root).and_then(|rest| rest.strip_prefix('/')),
            }) else {
                continue;
            };
            // Of two files of one name the later one is there; a file below which others stand is not.
            if self.layout.get(&path) == Some((kind, id)) {
                self.writer.name(below.to_string(), kind, id, offset, size);
            }
        }
        self.writer.finish().map_err(ArchiveError::Write)
    }

    fn root(&self) -> Result<String, ArchiveError> {
        let first = |path: &'_ str| path.split('/').next().unwrap_or_default().to_string();
        let (mut tops, mut loose) = (Vec::new(), Vec::new());
        for path in self.found.iter().map(|found| found.path.as_str()) {
            let list = if path.contains('/') { &mut tops } else { &mut loose };
            list.push(first(path));
        }
        tops.extend(self.directories.iter().map(|path| first(path)).filter(|name| !name.is_empty()));
        tops.sort();
        tops.dedup();
        let found = tops.len() + loose.len();
        match (self.rules.root, &tops[..]) {
            (Root::All, _) => Ok(String::new()),
            (Root::Chart(name), tops) if tops.iter().any(|top| top == name) => Ok(name.to_string()),
            (Root::Chart(_), [only]) => Ok(only.clone()),
            (Root::Only, [only]) if loose.is_empty() => Ok(only.clone()),
            (Root::Only, _) => Err(ArchiveError::Root(format!("expected 1 directory, found {found}"))),
            (Root::Chart(name), _) => Err(ArchiveError::Root(format!("it holds no directory {name:?} with the chart"))),
        }
    }
}

fn outside(what: &'static str, path: &str) -> ArchiveError {
    ArchiveError::Outside { what, path: path.chars().take(200).collect() }
}

fn read<R: Read>(entry: &mut tar::Entry<'_, R>, limit: u64) -> Result<Vec<u8>, ArchiveError> {
    if entry.size() > limit {
        return Err(ArchiveError::TooMuch(format!("a header in it has more than {limit} bytes")));
    }
    let mut bytes = Vec::new();
    entry.read_to_end(&mut bytes).map_err(format_error)?;
    Ok(bytes)
}

/// The content of a long name: it ends with a zero.
fn text<R: Read>(entry: &mut tar::Entry<'_, R>) -> Result<Vec<u8>, ArchiveError> {
    let mut bytes = read(entry, HEADER)?;
    if let Some(end) = bytes.iter().position(|b| *b == 0) {
        bytes.truncate(end);
    }
    Ok(bytes)
}

// === impl Before ===

impl Before {
    /// Reads records of a PAX header: `LENGTH KEY=VALUE\n`.
    fn extended(&mut self, mut records: &[u8]) -> Result<(), ArchiveError> {
        let bad = || ArchiveError::Format("an extended header in it cannot be read".to_string());
        while !records.is_empty() {
            let space = records.iter().position(|b| *b == b' ').ok_or_else(bad)?;
            let length: usize =
                std::str::from_utf8(&records[..space]).ok().and_then(|t| t.parse().ok()).ok_or_else(bad)?;
            let record = records.get(space + 1..length).and_then(|r| r.strip_suffix(b"\n")).ok_or_else(bad)?;
            let equals = record.iter().position(|b| *b == b'=').ok_or_else(bad)?;
            let value = record[equals + 1..].to_vec();
            match &record[..equals] {
                b"path" => self.path = Some(value),
                b"linkpath" => self.link = Some(value),
                // A size that the plain header cannot hold is over any cap; content is read by the plain header.
                _ => {}
            }
            records = &records[length..];
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
