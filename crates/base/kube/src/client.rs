//! [`Client`]: requests to one cluster.

mod ask;
mod process;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bowline_base_clock::{Clock, Jitter};
use bowline_base_task::Tasks;
use bowline_base_value::Value;
use bytes::Bytes;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};
use serde::de::DeserializeOwned;
use tokio::sync::watch;

use self::ask::Ask;
pub use self::process::{Keyboard, Process, ProcessOptions, Said, Screen};
use crate::auth::Credentials;
use crate::connect::Target;
use crate::lines::Lines;
use crate::list::RawPage;
use crate::pool::Pool;
use crate::query::Query;
use crate::read::Reader;
use crate::{ApiResource, Config, DeleteOptions, Error, Impersonate, ListOptions, Page, Patch, WriteOptions};

/// What a client needs from its surroundings.
#[derive(Clone, Debug)]
pub struct Runtime {
    /// Owns the connections.
    pub tasks: Tasks,
    /// Tells whether credentials still hold.
    pub clock: Arc<dyn Clock>,
    /// Spreads retries.
    pub jitter: Jitter,
}

/// Sends requests to one cluster. Clones share connections; [`Client::impersonate`] makes one that acts as somebody else on
/// the same connections.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
    headers: Arc<HeaderMap>,
}

struct Inner {
    server: Arc<str>,
    namespace: Option<String>,
    pool: Arc<Pool>,
    credentials: Credentials,
    jitter: Jitter,
    reader: Mutex<Reader>,
}

/// What a request got.
#[derive(Clone, Debug)]
pub struct Answer<T> {
    /// The object.
    pub value: T,
    /// Whether it was made (201).
    pub created: bool,
    /// Warnings of the API server, in its words.
    pub warnings: Vec<String>,
}

// === impl Client ===

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.inner.server)
    }
}

impl Client {
    /// A client of the cluster that `config` names. Nothing is sent yet; what cannot work is told.
    pub fn new(config: &Config, runtime: &Runtime) -> Result<Client, Error> {
        let invalid = |reason| Error::Config { server: config.server.clone(), reason };
        let target = Target::new(config).map_err(invalid)?;
        let headers = impersonation(&config.impersonate).map_err(invalid)?;
        let server: Arc<str> = config.server.trim_end_matches('/').into();
        let inner = Inner {
            namespace: config.namespace.clone(),
            pool: Arc::new(Pool::new(target, server.clone(), runtime.tasks.clone())),
            credentials: Credentials::new(config, runtime.clock.clone()),
            jitter: runtime.jitter.clone(),
            reader: Mutex::default(),
            server,
        };
        Ok(Client { inner: Arc::new(inner), headers: Arc::new(headers) })
    }

    /// The same cluster over the same connections, acting as somebody else.
    pub fn impersonate(&self, whom: &Impersonate) -> Result<Client, Error> {
        let headers =
            impersonation(whom).map_err(|reason| Error::Config { server: self.inner.server.to_string(), reason })?;
        Ok(Client { inner: self.inner.clone(), headers: Arc::new(headers) })
    }

    /// URL of the API server.
    pub fn server(&self) -> &str {
        &self.inner.server
    }

    /// The namespace that the configuration names.
    pub fn namespace(&self) -> Option<&str> {
        self.inner.namespace.as_deref()
    }

    /// Open connections and the requests on them.
    pub fn load(&self) -> (usize, usize) {
        self.inner.pool.load()
    }

    /// Changes whenever a connection has been opened: what waits to try again may do so now.
    pub fn connected(&self) -> watch::Receiver<u64> {
        self.inner.pool.opened()
    }

    /// What reads objects; lock it for one of them at a time.
    pub(crate) fn reader(&self) -> MutexGuard<'_, Reader> {
        self.inner.reader.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn jitter(&self) -> &Jitter {
        &self.inner.jitter
    }

    /// One object, as a value or as a caller's type.
    pub async fn get<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
    ) -> Result<T, Error> {
        self.get_path(&resource.object_path(namespace, name)).await
    }

    /// One object, or `None` where there is none.
    pub async fn find<T: DeserializeOwned>(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
    ) -> Result<Option<T>, Error> {
        match self.get(resource, namespace, name).await {
            Ok(object) => Ok(Some(object)),
            Err(error) if error.is(crate::Class::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// One page of a list; in all namespaces where `namespace` is empty.
    pub async fn list(&self, resource: &ApiResource, namespace: &str, options: &ListOptions) -> Result<Page, Error> {
        let mut page = self.list_raw(resource, namespace, options).await?;
        let items = page.take(usize::MAX, resource, &mut self.reader(), false);
        Ok(Page { items, resource_version: page.resource_version, next: page.next })
    }

    pub(crate) async fn list_raw(
        &self,
        resource: &ApiResource,
        namespace: &str,
        options: &ListOptions,
    ) -> Result<RawPage, Error> {
        let path = Query::new(&resource.path(namespace)).list(options).finish();
        let ask = Ask { method: Method::GET, path: &path, accept: "application/json", body: None };
        let (_, body) = self.whole(&ask).await?;
        RawPage::new(&body, || ask.what())
    }

    /// All of a list, page by page.
    pub async fn list_all(
        &self,
        resource: &ApiResource,
        namespace: &str,
        options: &ListOptions,
    ) -> Result<Page, Error> {
        let mut options = options.clone();
        if options.limit == 0 {
            options.limit = 500;
        }
        let mut all = Page::default();
        loop {
            let mut page = self.list(resource, namespace, &options).await?;
            all.items.append(&mut page.items);
            all.resource_version = page.resource_version;
            if page.next.is_empty() {
                return Ok(all);
            }
            options.from = page.next;
        }
    }

    /// Makes an object.
    pub async fn create(
        &self,
        resource: &ApiResource,
        namespace: &str,
        object: &Value,
        options: &WriteOptions,
    ) -> Result<Answer<Value>, Error> {
        let path = Query::new(&resource.path(namespace)).write(options).finish();
        self.write(Method::POST, &path, "application/json", object).await
    }

    /// Replaces an object.
    pub async fn replace(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
        object: &Value,
        options: &WriteOptions,
    ) -> Result<Answer<Value>, Error> {
        let path = Query::new(&resource.object_path(namespace, name)).write(options).finish();
        self.write(Method::PUT, &path, "application/json", object).await
    }

    /// Patches an object; [`Patch::Apply`] makes it where it is missing. `subresource` is empty for the object itself.
    pub async fn patch(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
        subresource: &str,
        patch: Patch<'_>,
        options: &WriteOptions,
    ) -> Result<Answer<Value>, Error> {
        let mut path = resource.object_path(namespace, name);
        if !subresource.is_empty() {
            path.push('/');
            path.push_str(subresource);
        }
        let (content, body) = patch.parts();
        self.write(Method::PATCH, &Query::new(&path).write(options).finish(), content, body).await
    }

    /// Asks for the deletion of an object. The answer is the object where it is still there (finalizers), else a status.
    pub async fn delete(
        &self,
        resource: &ApiResource,
        namespace: &str,
        name: &str,
        options: &DeleteOptions,
    ) -> Result<Answer<Value>, Error> {
        let path = resource.object_path(namespace, name);
        self.write(Method::DELETE, &path, "application/json", &options.body()).await
    }

    /// What stands under a path (with its query), read into `T`.
    pub async fn get_path<T: DeserializeOwned>(&self, path: &str) -> Result<T, Error> {
        self.get_accepting(path, "application/json").await
    }

    pub(crate) async fn get_accepting<T: DeserializeOwned>(
        &self,
        path: &str,
        accept: &'static str,
    ) -> Result<T, Error> {
        let ask = Ask { method: Method::GET, path, accept, body: None };
        let (_, body) = self.whole(&ask).await?;
        ask.decode(&body)
    }

    /// What stands under a path, as it is: `/version`, `/openapi/v3`, logs.
    pub async fn get_raw(&self, path: &str) -> Result<Bytes, Error> {
        let ask = Ask { method: Method::GET, path, accept: "*/*", body: None };
        Ok(self.whole(&ask).await?.1)
    }

    /// Any request with a JSON body, for what has no method of its own (such as access reviews).
    pub async fn write(
        &self,
        method: Method,
        path: &str,
        content: &'static str,
        body: &Value,
    ) -> Result<Answer<Value>, Error> {
        let body = serde_json::to_vec(body).expect("because a value can always be written");
        let ask = Ask { method, path, accept: "application/json", body: Some((content, body.into())) };
        let (head, body) = self.whole(&ask).await?;
        let warnings = head.headers().get_all("warning").iter().filter_map(warning).collect();
        let value = ask.decode(&body)?;
        Ok(Answer { value, created: head.status() == StatusCode::CREATED, warnings })
    }

    /// The lines of an answer that does not end, in JSON. The deadline is for its beginning.
    pub(crate) async fn lines(&self, path: &str) -> Result<Lines, Error> {
        self.lines_of(path, "application/json").await
    }

    pub(crate) async fn lines_of(&self, path: &str, accept: &'static str) -> Result<Lines, Error> {
        let ask = Ask { method: Method::GET, path, accept, body: None };
        let start = async {
            let (lease, response) = self.send(&ask).await?;
            if response.status().is_success() {
                Ok((lease, response))
            } else {
                Err(self.refusal(&ask, lease, response).await)
            }
        };
        let (lease, response) = self.in_time(&ask, start).await?;
        Ok(Lines::new(response.into_body(), lease, self.inner.server.to_string(), ask.what()))
    }
}

/// The text of a `Warning` header: `299 - "text"`.
fn warning(value: &HeaderValue) -> Option<String> {
    let text = value.to_str().ok()?;
    let quoted = text.get(text.find('"')? + 1..text.rfind('"')?)?;
    Some(quoted.replace("\\\"", "\"").replace("\\\\", "\\"))
}

fn impersonation(whom: &Impersonate) -> Result<HeaderMap, String> {
    let mut headers = HeaderMap::new();
    let mut add = |name: &str, value: &str| -> Result<(), String> {
        let invalid = || format!("{value:?} cannot be impersonated: it has characters that no header can hold");
        let value = HeaderValue::try_from(value).map_err(|_| invalid())?;
        let name = HeaderName::try_from(name).map_err(|_| format!("{name:?} is no name of a header"))?;
        headers.append(name, value);
        Ok(())
    };
    if whom.user.is_empty() && *whom != Impersonate::default() {
        return Err("groups, uid and extra fields can only be impersonated together with a user".into());
    }
    for (name, value) in [("impersonate-user", &whom.user), ("impersonate-uid", &whom.uid)] {
        if !value.is_empty() {
            add(name, value)?;
        }
    }
    for group in &whom.groups {
        add("impersonate-group", group)?;
    }
    for (key, value) in &whom.extra {
        let mut name = "impersonate-extra-".to_string();
        crate::query::encode_path(&mut name, key);
        add(&name, value)?;
    }
    Ok(headers)
}

#[cfg(test)]
mod tests;
