use std::fs::File;
use std::io::Seek;
use std::sync::Arc;

use bowline_base_tree::Tree;

use super::*;
use crate::pack::{Blobs, Pack};

const ALL: Rules<'static> = Rules { gzip: false, bytes: 1 << 20, entries: 100, root: Root::All };

/// An archive of (path, kind, content or target).
fn archive(entries: &[(&str, EntryType, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_mode(0o644);
        // Written by hand: the builder refuses what is tested here.
        header.as_gnu_mut().unwrap().name[..path.len()].copy_from_slice(path.as_bytes());
        let data = match kind {
            EntryType::Symlink | EntryType::Link => {
                header.as_gnu_mut().unwrap().linkname[..content.len()].copy_from_slice(content.as_bytes());
                ""
            }
            _ => content,
        };
        header.set_size(data.len() as u64);
        header.set_cksum();
        builder.append(&header, data.as_bytes()).unwrap();
    }
    builder.into_inner().unwrap()
}

fn unpacked(archive: &[u8], rules: Rules<'_>) -> Result<Tree, String> {
    let mut file: File = unpack(archive, rules, tempfile::tempfile().unwrap()).map_err(|e| e.to_string())?;
    file.rewind().unwrap();
    Ok(Arc::new(Pack::open(file, Arc::new(Blobs::new(1 << 20))).unwrap()).tree())
}

fn files(tree: &Tree) -> Vec<String> {
    tree.walk("").unwrap().into_iter().map(|(path, _)| path).collect()
}

const FILE: EntryType = EntryType::Regular;

#[test]
fn files_links_and_modes_are_kept() {
    let tree = unpacked(
        &archive(&[
            ("./", EntryType::Directory, ""),
            ("./a/x", FILE, "old"),
            ("./a/x", FILE, "content"),
            ("a/link", EntryType::Symlink, "../b/y"),
            ("/b/y", FILE, "from the root"),
            ("b/same", EntryType::Link, "a/x"),
            ("dev", EntryType::Char, ""),
        ]),
        ALL,
    )
    .unwrap();
    assert_eq!(files(&tree), ["a/link", "a/x", "b/same", "b/y"]);
    assert_eq!(tree.read_text("a/x").unwrap(), "content", "the later of two");
    assert_eq!(tree.read_text("a/link").unwrap(), "from the root");
    assert_eq!(tree.read_text("b/same").unwrap(), "content");
}

#[test]
fn nothing_leads_outside() {
    for (entry, want) in [
        (("../x", FILE, ""), "illegal filepath in archive: \"../x\""),
        (("a/../../x", FILE, ""), "illegal filepath in archive: \"a/../../x\""),
        (("a/../x", FILE, ""), "illegal filepath in archive: \"a/../x\""),
        (("..\\x", FILE, ""), "illegal filepath in archive: \"..\\\\x\""),
        (("", FILE, "x"), "illegal filepath in archive: \"\""),
        (("a", EntryType::Symlink, "../x"), "illegal filepath in symlink: \"a -> ../x\""),
        (("d/a", EntryType::Symlink, "../../x"), "illegal filepath in symlink: \"d/a -> ../../x\""),
        (("a", EntryType::Symlink, "/etc/passwd"), "illegal filepath in symlink: \"a -> /etc/passwd\""),
        (("a", EntryType::Link, "../../etc/passwd"), "illegal filepath in archive: \"../../etc/passwd\""),
        (("a", EntryType::Link, "b"), "it is no archive: a is a link to b, which is not in it"),
    ] {
        assert_eq!(unpacked(&archive(&[entry]), ALL).unwrap_err(), want, "{entry:?}");
    }
    // A link to a link may lead out step by step: the tree follows it, and refuses.
    let steps = [("d/up", EntryType::Symlink, ".."), ("out", EntryType::Symlink, "d/up/../x")];
    let tree = unpacked(&archive(&steps), ALL).unwrap();
    assert!(tree.read("out").unwrap_err().to_string().contains("leads outside"));
}

#[test]
fn bombs_are_not_unpacked() {
    let zeros = "0".repeat(600);
    let two = archive(&[("a", FILE, &zeros), ("b", FILE, &zeros)]);
    let error = unpacked(&two, Rules { bytes: 1000, ..ALL }).unwrap_err();
    assert_eq!(error, "unpacked it has more than 1000 bytes");
    let error = unpacked(&two, Rules { entries: 1, ..ALL }).unwrap_err();
    assert_eq!(error, "it has more than 1 entries");

    // 64 MiB of zeros are some kilobytes: they end at the cap, whatever the headers say.
    let mut header = tar::Header::new_gnu();
    header.set_path("zeros").unwrap();
    header.set_size(64 << 20);
    header.set_cksum();
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(header.as_bytes()).unwrap();
    for _ in 0..64 {
        encoder.write_all(&vec![0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 100_000);
    let error = unpacked(&bomb, Rules { gzip: true, ..ALL }).unwrap_err();
    assert_eq!(error, "unpacked it has more than 1048576 bytes");

    // So do headers that are longer than any path.
    let long = "n".repeat(100_000);
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(EntryType::GNULongName);
    header.set_size(long.len() as u64);
    header.set_cksum();
    let mut builder = tar::Builder::new(Vec::new());
    builder.append(&header, long.as_bytes()).unwrap();
    let error = unpacked(&builder.into_inner().unwrap(), ALL).unwrap_err();
    assert_eq!(error, "a header in it has more than 65536 bytes");
}

#[test]
fn long_paths_come_in_either_form() {
    let path = format!("chart/{}/file.yaml", "d".repeat(150));
    let mut builder = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    builder.append_data(&mut header, &path, &b"x"[..]).unwrap();
    builder.append_pax_extensions([("path", path.replace("file", "pax").as_bytes())]).unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_path("short").unwrap();
    header.set_size(1);
    header.set_cksum();
    builder.append(&header, &b"y"[..]).unwrap();
    let tree = unpacked(&builder.into_inner().unwrap(), Rules { root: Root::Chart("chart"), ..ALL }).unwrap();
    assert_eq!(files(&tree), [path[6..].to_string(), path[6..].replace("file", "pax")]);
}

#[test]
fn the_root_is_the_chart_s_directory() {
    let one = archive(&[("chart/Chart.yaml", FILE, "x"), ("chart/sub/y", FILE, "")]);
    let two = archive(&[("chart/Chart.yaml", FILE, "x"), ("other/y", FILE, "")]);
    let loose = archive(&[("Chart.yaml", FILE, "x")]);
    let paths = |archive: &[u8], root| unpacked(archive, Rules { root, ..ALL }).map(|tree| files(&tree).join(" "));
    assert_eq!(paths(&one, Root::Chart("chart")).unwrap(), "Chart.yaml sub/y");
    assert_eq!(paths(&one, Root::Chart("alias")).unwrap(), "Chart.yaml sub/y", "the only one");
    assert_eq!(paths(&one, Root::Only).unwrap(), "Chart.yaml sub/y");
    assert_eq!(paths(&two, Root::Chart("chart")).unwrap(), "Chart.yaml");
    assert_eq!(paths(&two, Root::Chart("third")).unwrap_err(), "it holds no directory \"third\" with the chart");
    assert_eq!(paths(&two, Root::Only).unwrap_err(), "expected 1 directory, found 2");
    assert_eq!(paths(&loose, Root::Only).unwrap_err(), "expected 1 directory, found 1");
    assert_eq!(paths(&two, Root::All).unwrap(), "chart/Chart.yaml other/y");
    let broken = unpacked(b"not a gzip", Rules { gzip: true, ..ALL }).unwrap_err();
    assert!(broken.starts_with("it is no archive: "), "{broken}");
    let cut = unpacked(&one[..600], ALL).unwrap_err();
    assert!(cut.starts_with("it is no archive: "), "{cut}");
}
