//! [`Own`]: what the contract has no word for, under `/api/bowline/v1/`: lists with facets, and plans. `docs/fleet.md` and
//! `docs/plan.md` describe the JSON.

mod applications;
mod parameters;
mod plan;

use std::pin::Pin;
use std::sync::Arc;

use bowline_web_admin::{Caller, Context};
use bowline_web_wire::tonic::Status;
use bytes::Bytes;
use futures::Stream;

use applications::Lists;
pub(crate) use parameters::Parameters;
use plan::Question;

/// What is answered under `/api/bowline/v1/`.
#[derive(Clone)]
pub struct Own {
    context: Context,
    lists: Arc<Lists>,
}

/// An answer.
pub enum OwnAnswer {
    /// One object of JSON.
    Json(Bytes),
    /// Objects of JSON, as they come; an error is the last item.
    Stream(Objects),
}

/// Objects of JSON, as they come; an error is the last item.
pub type Objects = Pin<Box<dyn Stream<Item = Result<Bytes, Status>> + Send>>;

// === impl Own ===

impl Own {
    /// It stands on this context.
    pub fn new(context: Context) -> Own {
        Own { lists: Arc::new(Lists::new(context.clone())), context }
    }

    /// Answers a request for `path` (what follows `/api/bowline/v1/`) with this query. `None` where there is no such path, or none
    /// with that method.
    pub async fn answer(
        &self,
        caller: &Caller,
        method: &str,
        path: &str,
        query: &str,
        body: &[u8],
    ) -> Option<Result<OwnAnswer, Status>> {
        let parameters = match Parameters::parse(query) {
            Ok(parameters) => parameters,
            Err(status) => return Some(Err(status)),
        };
        match (method, path) {
            ("GET", "applications") => Some(self.lists.list(caller, &parameters).map(OwnAnswer::Json)),
            ("GET", "stream/applications") => {
                Some(applications::stream(self.lists.clone(), caller.clone(), &parameters).map(OwnAnswer::Stream))
            }
            ("GET" | "POST", "plan") => {
                let question = match method {
                    "GET" => Question::of_query(&parameters),
                    _ => Question::of_body(body),
                };
                let question = match question {
                    Ok(question) => question,
                    Err(status) => return Some(Err(status)),
                };
                Some(plan::plan(&self.context, caller, question).await.map(OwnAnswer::Json))
            }
            _ => None,
        }
    }
}
