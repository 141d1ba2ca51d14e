//! `/extensions.js`: the scripts that an operator put beside the server to extend the UI, as one.

use std::path::{Path, PathBuf};

use axum::body::Body;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};

use crate::answer::text;

/// Where init containers put the scripts, as the contract has it.
pub(crate) const FOLDER: &str = "/tmp/extensions";
/// Bytes of all scripts: extensions of the size of whole UIs fit, and a folder that was mounted by mistake does not.
const LONGEST: u64 = 64 << 20;
/// Folders below one another that are looked into; a link that leads back ends here.
const DEEPEST: usize = 16;

/// The answer to a request: every `extension*.js` below `folder`, in the order of their paths; nothing at all is an empty script.
pub(crate) async fn answer(method: &Method, folder: &Path) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    }
    match scripts(folder).await {
        Ok(script) => {
            let mut response = Response::new(Body::from(script));
            let headers = response.headers_mut();
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/javascript"));
            headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert("x-content-type-options", HeaderValue::from_static("nosniff"));
            response
        }
        Err(error) => {
            tracing::error!(%error, folder = %folder.display(), "extensions of the UI cannot be read");
            text(StatusCode::INTERNAL_SERVER_ERROR, "extensions cannot be read; the server's log says why\n")
        }
    }
}

async fn scripts(folder: &Path) -> std::io::Result<Vec<u8>> {
    let mut all = Vec::new();
    for path in found(folder).await? {
        let left = LONGEST.saturating_sub(all.len() as u64);
        if tokio::fs::metadata(&path).await?.len() > left {
            let path = path.display();
            return Err(std::io::Error::other(format!("with {path} they are longer than {LONGEST} bytes")));
        }
        all.extend_from_slice(&tokio::fs::read(&path).await?);
        // A script that ends without a line end must not run into the next one.
        all.push(b'\n');
    }
    Ok(all)
}

/// The scripts below a folder, by path. Links are followed: a mounted ConfigMap consists of them.
async fn found(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    let mut folders = vec![(folder.to_path_buf(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let mut entries = match tokio::fs::read_dir(&folder).await {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && depth == 0 => break,
            Err(error) => return Err(error),
        };
        while let Some(entry) = entries.next_entry().await? {
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            let Ok(metadata) = tokio::fs::metadata(&path).await else { continue };
            if metadata.is_dir() && depth < DEEPEST {
                // What starts so is the store behind a mounted ConfigMap's links, which are found by themselves.
                if !name.starts_with("..") {
                    folders.push((path, depth + 1));
                }
            } else if metadata.is_file() && name.starts_with("extension") && name.ends_with(".js") {
                scripts.push(path);
            }
        }
    }
    scripts.sort();
    Ok(scripts)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    async fn check(folder: &Path, want: &str) {
        let response = answer(&Method::GET, folder).await;
        assert_eq!(
            (response.status(), response.headers()[CONTENT_TYPE].to_str().unwrap()),
            (StatusCode::OK, "application/javascript")
        );
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), want);
    }

    #[tokio::test]
    async fn scripts_are_one_and_none_is_an_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("none"), "").await;
        check(folder.path(), "").await;
        for (path, content) in [
            ("resources/rollout/extension-1.js", "one()"),
            ("resources/extension.js", "two()\n"),
            ("resources/rollout/other.js", "no()"),
            ("extension.css", "no"),
            ("..data/extension-x.js", "twice()"),
        ] {
            let path = folder.path().join(path);
            tokio::fs::create_dir_all(path.parent().unwrap()).await.unwrap();
            tokio::fs::write(path, content).await.unwrap();
        }
        check(folder.path(), "two()\n\none()\n").await;
        assert_eq!(answer(&Method::POST, folder.path()).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    }
}
