//! The files of the web UI.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use hyper::header::{ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderValue, IF_NONE_MATCH, VARY};
use hyper::{HeaderMap, Method, Response, StatusCode};

use crate::answer::text;
use crate::gzip;
use crate::options::Options;

/// What the UI is written for: its own scripts, styles and pictures, and this server; nothing inline, nobody else's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'";
/// For pages that change with each build, and for files whose name holds the digest of what they hold.
const FRESH: &str = "no-cache, no-store, must-revalidate";
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// The files of a web UI, made once and shared. Without an index there is no UI.
#[derive(Clone, Debug, Default)]
pub struct Files {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// `index.html`; its `<base href="/">` is written anew for where the UI stands.
    index: Option<String>,
    /// The others, by path without a slash before it.
    assets: HashMap<String, Asset>,
}

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Asset {
    /// Its content type.
    pub content_type: &'static str,
    /// What it holds.
    pub plain: Bytes,
    /// The same, compressed before, where that is smaller.
    pub gzip: Option<Bytes>,
    /// The same.
    pub brotli: Option<Bytes>,
    /// A digest of it, for `ETag`.
    pub digest: String,
    /// Whether its name holds a digest, so that it never changes.
    pub immutable: bool,
}

// === impl Files ===

impl Files {
    /// A UI of an index and other files.
    pub fn new(index: String, assets: HashMap<String, Asset>) -> Files {
        Files { inner: Arc::new(Inner { index: Some(index), assets }) }
    }

    /// The UI that is part of this program, or the page that says how to build it.
    pub fn built() -> Files {
        let asset = |file: &bowline_web_ui::File| Asset {
            content_type: file.content_type,
            plain: Bytes::from_static(file.plain),
            gzip: file.gzip.map(Bytes::from_static),
            brotli: file.brotli.map(Bytes::from_static),
            digest: file.digest.to_string(),
            immutable: file.immutable,
        };
        let assets = bowline_web_ui::FILES.iter().map(|file| (file.path.to_string(), asset(file)));
        Files::new(bowline_web_ui::INDEX.to_string(), assets.collect())
    }

    /// The answer to a request for `path` (without the root path): a file, the index for a page that the UI knows, or not found.
    pub fn answer(&self, method: &Method, path: &str, headers: &HeaderMap, options: &Options) -> Response<Body> {
        if method != Method::GET && method != Method::HEAD {
            return text(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed\n");
        }
        let name = path.trim_start_matches('/');
        let mut response = match self.inner.assets.get(name) {
            Some(asset) => file(asset, headers),
            None => match &self.inner.index {
                None if name.is_empty() => text(
                    StatusCode::OK,
                    "This server has no web UI. Its API is at api/v1, its command line at download/bowline-linux-amd64.\n",
                ),
                Some(index) if name.is_empty() || name == "index.html" || wants_page(headers) => page(index, options),
                _ => text(StatusCode::NOT_FOUND, "Not Found\n"),
            },
        };
        let headers = response.headers_mut();
        let policy = match options.content_security_policy.as_str() {
            "" => POLICY,
            own => own,
        };
        for (name, value) in [
            ("x-frame-options", options.frame_options.as_str()),
            ("content-security-policy", policy),
            ("x-xss-protection", "1"),
            ("x-robots-tag", "noindex"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
        ] {
            if let Ok(value) =
                HeaderValue::from_str(value).map_err(|_| ()).and_then(|v| if v.is_empty() { Err(()) } else { Ok(v) })
            {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// Whether the client asks for a page, as browsers do for what is typed in; scripts and pictures that are missing are missing.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| {
        accept.split(',').any(|kind| kind.split(';').next().unwrap_or_default().trim() == "text/html")
    })
}

fn page(index: &str, options: &Options) -> Response<Body> {
    let base = options.base_href.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let page = index.replacen("<base href=\"/\"", &format!("<base href=\"{base}\""), 1);
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(FRESH));
    response
}

fn file(asset: &Asset, request: &HeaderMap) -> Response<Body> {
    let takes_brotli = request
        .get_all("accept-encoding")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|coding| coding.trim() == "br");
    let (body, coding) = match (&asset.brotli, &asset.gzip) {
        (Some(packed), _) if takes_brotli => (packed, Some("br")),
        (_, Some(packed)) if gzip::accepts(request) => (packed, Some("gzip")),
        _ => (&asset.plain, None),
    };
    let tag = format!("\"{}{}\"", asset.digest, coding.map(|c| format!("-{c}")).unwrap_or_default());
    let known = request.get(IF_NONE_MATCH).and_then(|known| known.to_str().ok());
    let same = known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag));
    let mut response = Response::new(if same { Body::empty() } else { Body::from(body.clone()) });
    if same {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(if asset.immutable { FOR_EVER } else { "no-cache" }));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(ETAG, tag);
    }
    if asset.brotli.is_some() || asset.gzip.is_some() {
        headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Some(coding) = coding {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    response
}

#[cfg(test)]
mod tests {
    use bowline_core_settings::Settings;
    use http_body_util::BodyExt;

    use super::*;
    use crate::options::Flags;

    #[tokio::test]
    async fn every_address_of_the_ui_is_answered_with_its_index() {
        let options =
            Options::of(&Flags { root_path: Some("/deploy".into()), ..Flags::default() }, &Settings::default());
        let page =
            HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8"))]);
        for path in [
            "/",
            "/login",
            "/applications",
            "/applicationsets",
            "/applications/shop",
            "/applications/argocd/shop.example.com",
            "/applicationsets/argocd/all",
            "/applications/argocd/shop/default/web/logs",
            "/resources",
            "/settings",
            "/settings/repos",
            "/settings/clusters/https%3A%2F%2Fkubernetes.default.svc",
            "/settings/projects/default",
            "/user-info",
            "/help",
            "/of-an-extension",
        ] {
            let response = Files::built().answer(&Method::GET, path, &page, &options);
            assert_eq!(
                (response.status().as_u16(), response.headers()[CACHE_CONTROL].to_str().unwrap()),
                (200, FRESH),
                "{path}"
            );
            assert_eq!(response.headers()["x-content-type-options"], "nosniff", "{path}");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("<base href=\"/deploy/\""), "{path}: {body}");
        }
    }

    fn files() -> Files {
        let asset = Asset {
            content_type: "text/javascript",
            plain: "let plain".into(),
            gzip: Some("packed".into()),
            digest: "d1".into(),
            immutable: true,
            ..Asset::default()
        };
        let icon =
            Asset { content_type: "image/svg+xml", plain: "<svg/>".into(), digest: "d2".into(), ..Asset::default() };
        let index = "<head><base href=\"/\"><title>Bowline</title>".to_string();
        Files::new(index, [("assets/main.d1.js".to_string(), asset), ("icon.svg".to_string(), icon)].into())
    }

    async fn get(path: &str, headers: &[(&'static str, &'static str)], flags: Flags) -> (u16, String, HeaderMap) {
        let headers = headers.iter().map(|(k, v)| (k.parse().unwrap(), HeaderValue::from_static(v))).collect();
        let options = Options::of(&flags, &Settings::default());
        let response = files().answer(&Method::GET, path, &headers, &options);
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap(), headers)
    }

    #[tokio::test]
    async fn pages_files_and_what_is_missing() {
        let flags = || Flags { base_href: Some("/x\"y".into()), ..Flags::default() };
        let html = [("accept", "text/html,*/*;q=0.8")];
        for path in ["/", "/index.html", "/applications/argocd/shop"] {
            let (status, body, headers) = get(path, &html, flags()).await;
            assert_eq!(
                (status, body.as_str()),
                (200, "<head><base href=\"/x&quot;y/\"><title>Bowline</title>"),
                "{path}"
            );
            assert_eq!(headers[CACHE_CONTROL], FRESH);
            assert!(headers["content-security-policy"].to_str().unwrap().contains("script-src 'self';"));
            assert_eq!(headers["x-frame-options"], "sameorigin");
        }
        assert_eq!(get("/missing.js", &[("accept", "*/*")], flags()).await.0, 404);
        let (_, body, headers) = get("/assets/main.d1.js", &[("accept-encoding", "gzip, br")], flags()).await;
        assert_eq!(
            (body.as_str(), &headers[CONTENT_ENCODING], &headers[CACHE_CONTROL]),
            ("packed", &"gzip".parse().unwrap(), &FOR_EVER.parse().unwrap())
        );
        let (_, body, headers) = get("/assets/main.d1.js", &[], flags()).await;
        assert_eq!((body.as_str(), headers.get(CONTENT_ENCODING)), ("let plain", None));
        assert_eq!(get("/icon.svg", &[("if-none-match", "W/\"d2\"")], flags()).await.0, 304);
        assert_eq!(get("/icon.svg", &[("if-none-match", "\"d1\"")], flags()).await.2[CACHE_CONTROL], "no-cache");
    }

    #[tokio::test]
    async fn headers_are_settable() {
        let flags = Flags {
            frame_options: Some(String::new()),
            content_security_policy: Some("frame-ancestors 'self';".into()),
            ..Flags::default()
        };
        let (_, _, headers) = get("/", &[], flags).await;
        assert_eq!(
            (headers.get("x-frame-options"), &headers["content-security-policy"]),
            (None, &"frame-ancestors 'self';".parse().unwrap())
        );
    }
}
