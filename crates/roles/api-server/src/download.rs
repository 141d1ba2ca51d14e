//! The command line, for download: the server's own program.

use std::path::Path;

use axum::body::{Body, Bytes};
use hyper::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Response, StatusCode};
use tokio::io::AsyncReadExt;

use crate::answer::text;

/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// The answer to a request for `name` below `/download/`. There is one build here: the one that runs.
pub(crate) async fn answer(method: &Method, name: &str, program: Option<&Path>) -> Response<Body> {
    if method != Method::GET && method != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
    }
    let here = platform();
    // Scripts that fetch `argocd` get what takes the same commands.
    let known = ["bowline", "argocd"].iter().any(|program| name == format!("{program}-{here}"));
    let (Some(program), true) = (program, known) else {
        return text(StatusCode::NOT_FOUND, format!("there is bowline-{here} here, and nothing else\n"));
    };
    let opened = async {
        #[expect(clippy::disallowed_methods, reason = "the program is no source: it is what runs")]
        let file = std::fs::File::open(program)?;
        let length = file.metadata()?.len();
        Ok::<_, std::io::Error>((tokio::fs::File::from_std(file), length))
    };
    let (file, length) = match opened.await {
        Ok(opened) => opened,
        Err(error) => {
            tracing::error!(%error, "the program cannot be read for download");
            return text(StatusCode::INTERNAL_SERVER_ERROR, "the program cannot be read\n");
        }
    };
    let pieces = futures::stream::try_unfold((file, length), |(mut file, left)| async move {
        let mut piece = vec![0; PIECE.min(usize::try_from(left).unwrap_or(PIECE))];
        let read = file.read(&mut piece).await?;
        piece.truncate(read);
        Ok::<_, std::io::Error>((read > 0).then(|| (Bytes::from(piece), (file, left - read as u64))))
    });
    let body = if method == Method::HEAD { Body::empty() } else { Body::from_stream(pieces) };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")) {
        headers.insert(CONTENT_DISPOSITION, value);
    }
    response
}

/// `linux-amd64` and the like, as release files are called.
fn platform() -> String {
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{}-{architecture}", std::env::consts::OS)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn the_running_program_and_nothing_else() {
        let program = std::env::current_exe().unwrap();
        let length = program.metadata().unwrap().len();
        let name = format!("bowline-{}", platform());
        let response = answer(&Method::GET, &name, Some(&program)).await;
        assert_eq!(response.headers()[CONTENT_LENGTH], length.to_string());
        assert_eq!(response.into_body().collect().await.unwrap().to_bytes().len() as u64, length);
        for name in ["bowline-plan9-mips", "../etc/passwd", "", "bowline"] {
            assert_eq!(answer(&Method::GET, name, Some(&program)).await.status(), 404, "{name}");
        }
    }
}
