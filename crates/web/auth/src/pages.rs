//! The pages of a login that are not part of the API: `/auth/login`, `/auth/callback`, `/auth/logout`.

use bowline_base_egress::encode;
use bowline_core_types::Sensitive;
use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, Response, StatusCode};
use jiff::Timestamp;

use crate::authenticator::Authenticator;
use crate::config::Sso;
use crate::cookie::{Cookies, TOKEN_COOKIE};
use crate::oidc::{LOGIN_PURPOSE, Login, REFRESH_COOKIE, STATE_AGE, STATE_COOKIE, SsoSession};
use crate::presented::{Presented, Way};
use crate::principal::Principal;
use crate::random;
use crate::redirect;
use crate::revocation::{self, REVOKED_SESSIONS, Revocations, Revoked};
use crate::seal::Seal;
use crate::state::State;
use crate::url::parameter;
use crate::vault::{Holder, VaultError, update};

/// How long storing a revocation is waited for at a logout: it holds here at once in any case.
const REVOKES_WITHIN: std::time::Duration = std::time::Duration::from_secs(5);

impl Authenticator {
    /// Whether there is single sign-on: only then are `/auth/login` and `/auth/callback` served.
    pub fn has_sso(&self) -> bool {
        matches!(self.config().sso, Sso::Oidc(_) | Sso::Dex(_))
    }

    /// `/auth/login`: sends the browser to the identity provider. `return_url` is where it goes in the end, which must be a page of
    /// ours.
    pub async fn login_page(&self, request: &Parts) -> Response<Bytes> {
        match self.begin(request).await {
            Ok(response) => response,
            Err((status, reason)) => plain(status, &reason),
        }
    }

    async fn begin(&self, request: &Parts) -> Result<Response<Bytes>, (StatusCode, String)> {
        let ours = |reason: String| (StatusCode::INTERNAL_SERVER_ERROR, reason);
        let state = self.state();
        let provider = self.provider(&state).await.map_err(ours)?;
        let return_url = parameter(request.uri.query().unwrap_or_default(), "return_url").unwrap_or_default();
        let allowed: Vec<&str> = state.config.urls().collect();
        if !redirect::is_allowed(&return_url, &allowed) {
            let reason = "Invalid redirect URL: the protocol and host (including port) must match and the path must be within allowed URLs if provided";
            return Err((StatusCode::BAD_REQUEST, reason.to_string()));
        }
        let discovery = provider.discovery().await.map_err(ours)?;
        if !discovery.response_types_supported.is_empty()
            && !discovery.response_types_supported.iter().any(|kind| kind == "code")
        {
            return Err(ours(
                "the identity provider cannot log in with a code, and the implicit flow is not built".into(),
            ));
        }
        let seal = login_seal(&state).ok_or_else(|| ours("Failed to initiate login flow".into()))?;
        let login = Login::new(return_url, provider.proves(&discovery), self.clock.now(), &*self.random);
        let target = provider.login_url(&discovery, &login, &self.callback(&state, request));
        let sealed = seal.close(&login, &*self.random);
        let age = u32::try_from(STATE_AGE.as_secs()).unwrap_or(0);
        Ok(redirected(&target, vec![self.options().cookies().short(STATE_COOKIE, &sealed, age)]))
    }

    /// `/auth/callback`: the browser comes back with a code, for which there are tokens.
    pub async fn callback_page(&self, request: &Parts) -> Response<Bytes> {
        match self.come_back(request).await {
            Ok(response) => response,
            Err((status, reason)) => {
                tracing::warn!(reason, "a login at the identity provider failed");
                plain(status, &reason)
            }
        }
    }

    async fn come_back(&self, request: &Parts) -> Result<Response<Bytes>, (StatusCode, String)> {
        let ours = |reason: String| (StatusCode::INTERNAL_SERVER_ERROR, reason);
        let theirs = |reason: String| (StatusCode::BAD_REQUEST, reason);
        let state = self.state();
        let provider = self.provider(&state).await.map_err(ours)?;
        let query = request.uri.query().unwrap_or_default();
        let value = |name: &str| parameter(query, name).unwrap_or_default();
        if !value("error").is_empty() {
            return Err(theirs(format!("{}: {}", escape(&value("error")), escape(&value("error_description")))));
        }
        if value("code").is_empty() {
            return Err(theirs("the identity provider sent no code, and the implicit flow is not built".to_string()));
        }
        let cookies = cookies(request);
        let sealed = cookies.get(STATE_COOKIE).unwrap_or_default();
        let login: Option<Login> = login_seal(&state).and_then(|seal| seal.open(sealed));
        let login = login.filter(|login| !login.is_over(self.clock.now()));
        let Some(login) = login.filter(|login| !login.state.is_empty() && login.state == value("state")) else {
            let reason = format!(
                "invalid state in '{STATE_COOKIE}' cookie: the login took too long or was begun elsewhere; begin again"
            );
            return Err(theirs(reason));
        };
        let mut allowed: Vec<&str> = state.config.urls().collect();
        let options = self.options();
        allowed.push(&options.base_href);
        if !redirect::is_allowed(&login.return_url, &allowed) {
            return Err(theirs("failed to verify app state: invalid return URL".to_string()));
        }
        let callback = self.callback(&state, request);
        let (tokens, claims) = provider.exchange(&value("code"), &login, &callback).await.map_err(ours)?;
        let Some(id_token) = &tokens.id_token else { return Err(ours("no id_token in token response".into())) };
        let mut set =
            self.options().cookies().token(TOKEN_COOKIE, id_token.expose()).map_err(|e| ours(e.to_string()))?;
        let refresh_token = tokens.refresh_token.as_ref().map(|token| token.expose().to_string()).unwrap_or_default();
        let asks_user_info = provider.config.enable_user_info_groups && !provider.config.user_info_path.is_empty();
        let access_token = if asks_user_info { tokens.access_token.expose().to_string() } else { String::new() };
        set.extend(self.options().cookies().clear(STATE_COOKIE, &Cookies::default()));
        if refresh_token.is_empty() && access_token.is_empty() {
            set.extend(self.options().cookies().clear(REFRESH_COOKIE, &cookies));
        } else {
            let session = SsoSession {
                id: random::uuid(&*self.random),
                issuer: claims.text("iss").to_string(),
                subject: claims.text("sub").to_string(),
                started_at: self.clock.now().as_second(),
                refresh_token,
                access_token,
            };
            set.extend(self.store_session(&state, &session));
        }
        tracing::info!(user = claims.user_id(), "a user logged in at the identity provider");
        let target = if login.return_url.is_empty() { &options.base_href } else { &login.return_url };
        Ok(redirected(target, set))
    }

    /// `/auth/logout`, by any method: ends the session and sends the browser to the start page, or on to the provider's own logout.
    pub async fn logout_page(&self, request: &Parts) -> Response<Bytes> {
        let state = self.state();
        let home = self.home(&state, request);
        let cookies = cookies(request);
        let most = self.options().limits.cookies;
        let Some(token) = cookies.token(TOKEN_COOKIE, most).filter(|token| !token.is_empty()) else {
            return plain(
                StatusCode::BAD_REQUEST,
                &format!("Failed to retrieve ArgoCD auth token: failed to retrieve cookie {TOKEN_COOKIE}"),
            );
        };
        let mut set = self.options().cookies().clear(TOKEN_COOKIE, &cookies);
        set.extend(self.options().cookies().clear(REFRESH_COOKIE, &cookies));
        let presented = Presented {
            token: Some(token.clone().into()),
            way: Way::Header, // nothing is to be renewed
            refresh: cookies.token(REFRESH_COOKIE, most).map(Sensitive::new),
        };
        let session = self.principal_to_leave(&token).await.ok();
        self.end(&presented, session.as_ref()).await;
        let Some(principal) = session else { return redirected(&home, set) };
        let logout_url = match &state.config.sso {
            Sso::Oidc(config) if !principal.is_local() && !config.logout_url.is_empty() => {
                config.logout_url.replace("{{token}}", &encode(&token)).replace("{{logoutRedirectURL}}", &encode(&home))
            }
            _ => home,
        };
        redirected(&logout_url, set)
    }

    /// Ends the session of who presents this, before its time: the token, where it is known whose it is, and what renews it.
    pub async fn end(&self, presented: &Presented, principal: Option<&Principal>) {
        let state = self.state();
        if let Some(kept) = self.kept_session(&state, presented) {
            self.revoke(&kept.id, kept.started_at, kept.ends_at(state.config.session)).await;
        }
        let Some(principal) = principal else { return };
        if let (Some(id), Some(end)) = (&principal.token_id, principal.expires_at) {
            self.revoke(id, principal.issued_at.map_or(0, Timestamp::as_second), end).await;
        }
    }

    /// Ends a session before its time, for all replicas. It holds here at once, even where it cannot be stored; then it is stored with
    /// the next one, or when [`Authenticator::store_revocations`] is called.
    pub async fn revoke(&self, id: &str, issued_at: i64, expires_at: Timestamp) {
        if expires_at <= self.clock.now() {
            return; // it has ended by itself
        }
        let revoked = Revoked { issued_at, expires_at: expires_at.as_second() };
        self.revoked_here
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .insert(revocation::digest(id), revoked);
        // Streams of the session look again: whoever waits for changes is woken.
        self.states.touch();
        match tokio::time::timeout(REVOKES_WITHIN, self.store_revocations()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::error!(%error, "a logout holds on this replica only until it can be stored"),
            Err(_) => tracing::error!("a logout holds on this replica only until it can be stored: no answer in time"),
        }
    }

    /// Stores the sessions that were ended here and that the other replicas do not know of. Does nothing where there are none.
    pub async fn store_revocations(&self) -> Result<(), VaultError> {
        let here = || self.revoked_here.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let now = self.clock.now();
        let known = self.state().revocations.clone();
        here().retain(|digest, revoked| !known.has_digest(digest) && revoked.expires_at > now.as_second());
        let missing = here().clone();
        if missing.is_empty() {
            return Ok(());
        }
        update::<VaultError>(&*self.vault, Holder::ConfigMap, REVOKED_SESSIONS, |data| {
            let data = data.iter().map(|(key, value)| (key.clone(), value.expose().clone())).collect();
            let mut revocations = Revocations::read(&data);
            revocations.expire(now);
            for (digest, revoked) in &missing {
                revocations.add(digest.clone(), *revoked);
            }
            Ok(Some(revocations.write()))
        })
        .await
    }

    /// The server's URL that this request came to, of those that are configured; the main one where it is none of them.
    fn base_url<'a>(&self, state: &'a State, request: &Parts) -> &'a str {
        let header = request.headers.get(http::header::HOST).and_then(|value| value.to_str().ok());
        let host = request.uri.authority().map(|authority| authority.as_str()).or(header).unwrap_or_default();
        let path = request.uri.path();
        let is_here = |url: &&str| {
            let Ok(uri) = url.parse::<http::Uri>() else { return false };
            uri.authority().is_some_and(|authority| authority.as_str().eq_ignore_ascii_case(host))
                && path.starts_with(uri.path())
        };
        state.config.urls().find(is_here).unwrap_or(&state.config.url)
    }

    fn callback(&self, state: &State, request: &Parts) -> String {
        format!("{}/auth/callback", self.base_url(state, request))
    }

    /// The start page.
    fn home(&self, state: &State, request: &Parts) -> String {
        let base = self.base_url(state, request);
        if !base.is_empty() {
            return base.to_string();
        }
        // No URL is configured: nothing that the request says of its host is followed.
        let options = self.options();
        let path = if options.root_path.is_empty() { &options.base_href } else { &options.root_path };
        format!("/{}", path.trim_matches('/'))
    }
}

fn login_seal(state: &State) -> Option<Seal> {
    Some(Seal::new(state.signing_key.as_ref()?, LOGIN_PURPOSE))
}

fn cookies(request: &Parts) -> Cookies<'_> {
    Cookies::of(request.headers.get_all(http::header::COOKIE).iter().filter_map(|value| value.to_str().ok()))
}

fn escape(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '<' => "&lt;".to_string(),
            '>' => "&gt;".to_string(),
            '&' => "&amp;".to_string(),
            '\'' => "&#39;".to_string(),
            '"' => "&#34;".to_string(),
            c => c.to_string(),
        })
        .collect()
}

fn plain(status: StatusCode, reason: &str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(format!("{reason}\n")));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert("x-content-type-options", HeaderValue::from_static("nosniff"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn redirected(target: &str, set_cookies: Vec<String>) -> Response<Bytes> {
    let Ok(location) = HeaderValue::try_from(target) else {
        return plain(StatusCode::BAD_REQUEST, "the URL to go on to is none");
    };
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in set_cookies {
        if let Ok(value) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    response
}
