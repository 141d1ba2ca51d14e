//! `/auth/…` and `/api/dex/…`: the way to the identity provider and back, and the way out.

use axum::body::Body;
use bowline_web_auth::{Authenticator, LONGEST_BODY};
use http_body_util::{BodyExt, Limited};
use hyper::{Request, Response, StatusCode};

use crate::answer::text;

/// The answer to a request for `path`; `None` where there is no such page.
pub(crate) async fn answer(auth: &Authenticator, path: &str, request: Request<Body>) -> Option<Response<Body>> {
    let (parts, body) = request.into_parts();
    let page = match path {
        "/auth/login" if auth.has_sso() => auth.login_page(&parts).await,
        "/auth/callback" if auth.has_sso() => auth.callback_page(&parts).await,
        "/auth/logout" => auth.logout_page(&parts).await,
        path if path == "/api/dex" || path.starts_with("/api/dex/") => {
            match Limited::new(body, LONGEST_BODY).collect().await {
                Ok(body) => auth.dex_proxy(&parts, body.to_bytes()).await,
                Err(_) => {
                    return Some(text(StatusCode::PAYLOAD_TOO_LARGE, "the request's body is too long or broke off\n"));
                }
            }
        }
        _ => return None,
    };
    Some(page.map(Body::from))
}
