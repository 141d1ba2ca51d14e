//! Archives.

use flate2::Compression;
use flate2::write::GzEncoder;

/// A packed chart with a `Chart.yaml` of this name and version; `files` are named within the chart.
pub fn chart(name: &str, version: &str, files: &[(&str, &str)]) -> Vec<u8> {
    let chart = format!("apiVersion: v2\nname: {name}\nversion: {version}\n");
    let given = files.iter().any(|(path, _)| *path == "Chart.yaml");
    let own = (!given).then_some(("Chart.yaml", chart.as_str()));
    let files: Vec<(String, &str)> =
        own.into_iter().chain(files.iter().copied()).map(|(path, text)| (format!("{name}/{path}"), text)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), *text)).collect();
    tgz(&tar(&files))
}

/// An archive of these files.
pub fn tar(files: &[(&str, &str)]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (path, text) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, text.as_bytes()).expect("because memory can be written");
    }
    builder.into_inner().expect("because memory can be written")
}

/// The same, compressed.
pub fn tgz(archive: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(archive).expect("because memory can be written");
    encoder.finish().expect("because memory can be written")
}
