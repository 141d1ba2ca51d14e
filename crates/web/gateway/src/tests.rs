//! A gateway before services that note what they are asked and answer what the test says.

mod grpc;
mod rest;
mod services;
mod streams;
mod swagger;
mod typescript;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use bowline_core_crd::wire::Field;
use bowline_web_wire::tonic::{Code, Request as Call, Response as Answer, Status};
use bowline_web_wire::{Api, HttpHeaders, Messages};
use futures::stream;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde::Serialize;
use serde_json::Value;
use tower_service::Service;

use crate::Gateway;

/// What a service answers.
#[derive(Clone)]
enum Says {
    Json(Value),
    Fails(Code, &'static str),
    /// Messages, then perhaps a failure; or silence.
    Stream(Vec<Value>, Option<(Code, &'static str)>, bool),
    Cookie(&'static str),
    Panics,
}

/// Implements every service: notes each call as `Name {request}` and answers what was said before.
#[derive(Default)]
struct Echo {
    calls: Mutex<Vec<(String, Value)>>,
    says: Mutex<HashMap<&'static str, Says>>,
}

impl Echo {
    fn note<Q: Serialize>(&self, name: &str, request: &Q) {
        self.calls.lock().unwrap().push((name.to_owned(), serde_json::to_value(request).unwrap()));
    }

    fn says(&self, name: &str) -> Option<Says> {
        self.says.lock().unwrap().get(name).cloned()
    }

    async fn one<Q: Serialize, A: Field>(&self, name: &str, call: Call<Q>) -> Result<Answer<A>, Status> {
        self.note(name, call.get_ref());
        match self.says(name) {
            None => Ok(Answer::new(A::default())),
            Some(Says::Json(value)) => Ok(Answer::new(A::read(value).unwrap())),
            Some(Says::Fails(code, message)) => Err(Status::new(code, message)),
            Some(Says::Cookie(cookie)) => {
                let mut answer = Answer::new(A::default());
                answer.metadata_mut().insert("renewed", "yes".parse().unwrap());
                let headers = [(http::header::SET_COOKIE, cookie.parse().unwrap())].into_iter().collect();
                answer.extensions_mut().insert(HttpHeaders(headers));
                Ok(answer)
            }
            Some(Says::Panics) => panic!("a fault in {name}"),
            Some(Says::Stream(..)) => unreachable!("{name} gives one message"),
        }
    }

    /// Several messages are noted as a list.
    async fn collected<Q: Serialize, A: Field>(
        &self,
        name: &str,
        call: Call<Messages<Q>>,
    ) -> Result<Answer<A>, Status> {
        let messages: Vec<Q> = futures::TryStreamExt::try_collect(call.into_inner()).await?;
        self.one(name, Call::new(messages)).await
    }

    async fn several<Q: Serialize, A: Field + Send + 'static>(
        &self,
        name: &str,
        call: Call<Q>,
    ) -> Result<Answer<Messages<A>>, Status> {
        self.note(name, call.get_ref());
        match self.says(name) {
            Some(Says::Stream(values, failure, open)) => {
                let values = values.into_iter().map(|value| Ok(A::read(value).unwrap()));
                let failure = failure.map(|(code, message)| Err(Status::new(code, message)));
                let messages = stream::iter(values.chain(failure).collect::<Vec<_>>());
                let open = if open { 1 } else { 0 };
                let silence = futures::StreamExt::flatten(stream::iter((0..open).map(|_| stream::pending())));
                Ok(Answer::new(Box::pin(futures::StreamExt::chain(messages, silence))))
            }
            Some(Says::Fails(code, message)) => Err(Status::new(code, message)),
            _ => Ok(Answer::new(Box::pin(stream::empty()))),
        }
    }
}

/// The services, and REST before them.
struct Bench {
    echo: Arc<Echo>,
    api: Api,
    gateway: Gateway,
}

fn bench() -> Bench {
    let echo = Arc::new(Echo::default());
    let api = services::api(&echo);
    Bench { gateway: Gateway::new(&api), api, echo }
}

impl Bench {
    fn says(&self, name: &'static str, says: Says) -> &Bench {
        self.echo.says.lock().unwrap().insert(name, says);
        self
    }

    /// Sends `GET /path`, with headers `name: value` and a body.
    async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Response<Body> {
        let (verb, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(verb).uri(path);
        if verb != "GET" && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.gateway.clone().call(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap()
    }

    /// The last call that a service saw.
    fn last(&self) -> (String, Value) {
        self.echo.calls.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

async fn text(response: Response<Body>) -> (StatusCode, String) {
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}
