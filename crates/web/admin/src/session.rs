//! `session.SessionService`: logging in and out.

use std::sync::Arc;

use bowline_core_types::Sensitive;
use bowline_web_auth::{Authenticator, Cookies, Identity, Kind, Presented, REFRESH_COOKIE, TOKEN_COOKIE};
use bowline_web_wire::HttpHeaders;
use bowline_web_wire::session::{
    GetUserInfoRequest, GetUserInfoResponse, SessionCreateRequest, SessionDeleteRequest, SessionResponse,
    SessionService,
};
use bowline_web_wire::tonic::{self, Request, Response, Status};
use http::HeaderMap;
use http::header::{HeaderValue, SET_COOKIE};

use crate::caller::Caller;
use crate::failure::of_auth;

/// Sessions.
#[derive(Clone)]
pub struct Sessions(pub Arc<Authenticator>);

#[tonic::async_trait]
impl SessionService for Sessions {
    async fn get_user_info(
        &self,
        request: Request<GetUserInfoRequest>,
    ) -> Result<Response<GetUserInfoResponse>, Status> {
        let mut info = GetUserInfoResponse::default();
        if let Some(identity) = request.extensions().get::<Identity>() {
            info.iss.clone_from(&identity.issuer);
        }
        if let Some(caller) = Caller::maybe(&request).filter(|caller| caller.principal.is_logged_in()) {
            info.logged_in = true;
            info.username.clone_from(&caller.principal.username);
            info.groups.clone_from(&caller.principal.groups);
            info.iss.clone_from(&caller.principal.issuer);
        }
        Ok(Response::new(info))
    }

    async fn create(&self, request: Request<SessionCreateRequest>) -> Result<Response<SessionResponse>, Status> {
        let asked = request.into_inner();
        if !asked.token.is_empty() {
            return Err(Status::unauthenticated(
                "token-based session creation no longer supported. please upgrade argocd cli to v0.7+",
            ));
        }
        let password = Sensitive::new(asked.password.0);
        let logged_in = self.0.login(&asked.username, &password).await.map_err(of_auth)?;
        tracing::info!(user = asked.username, "a user logged in");
        let token = logged_in.issued.token.expose().as_str().into();
        let mut response = Response::new(SessionResponse { token });
        response.extensions_mut().insert(cookies(&logged_in.set_cookies));
        Ok(response)
    }

    async fn delete(&self, request: Request<SessionDeleteRequest>) -> Result<Response<SessionResponse>, Status> {
        // The token is good no more, wherever it was copied to. An API key is no session: it is deleted where it was made.
        let presented = request.extensions().get::<Presented>().cloned().unwrap_or_default();
        let session = Caller::maybe(&request).map(|caller| caller.principal);
        let session = session.filter(|principal| matches!(principal.kind, Kind::Login | Kind::External));
        self.0.end(&presented, session.as_deref()).await;
        let sent = request.metadata().get_all("grpcgateway-cookie");
        let present = Cookies::of(sent.iter().filter_map(|value| value.to_str().ok()));
        let rules = self.0.options().cookies();
        let mut cleared = rules.clear(TOKEN_COOKIE, &present);
        cleared.extend(rules.clear(REFRESH_COOKIE, &present));
        let mut response = Response::new(SessionResponse::default());
        response.extensions_mut().insert(cookies(&cleared));
        Ok(response)
    }
}

fn cookies(set: &[String]) -> HttpHeaders {
    let mut headers = HeaderMap::new();
    for value in set.iter().filter_map(|cookie| HeaderValue::from_str(cookie).ok()) {
        headers.append(SET_COOKIE, value);
    }
    HttpHeaders(headers)
}
