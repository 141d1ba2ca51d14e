use std::convert::Infallible;

use http_body_util::StreamBody;
use hyper::service::service_fn;
use tokio::net::TcpListener;

use super::*;
use crate::fake::runtime;
use crate::{Client, Config};

/// Long enough for a task to notice something.
const SOON: Duration = Duration::from_millis(100);

/// A server that speaks HTTP/2 without TLS and answers everything with a body that does not end.
async fn endless() -> (Client, Tasks) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let runtime = runtime();
    let tasks = runtime.tasks.clone();
    runtime.tasks.spawn("server", async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let service = service_fn(|_| async {
                let body = futures_pending();
                Ok::<_, Infallible>(Response::new(body))
            });
            let executor = Executor { tasks: tasks.clone() };
            let connection = hyper::server::conn::http2::Builder::new(executor)
                .max_concurrent_streams(100)
                .serve_connection(TokioIo::new(stream), service);
            tasks.spawn("connection", async move { drop(connection.await) });
        }
    });
    let config = Config { server, http2_prior_knowledge: true, ..Config::default() };
    (Client::new(&config, &runtime).unwrap(), runtime.tasks)
}

fn futures_pending() -> impl hyper::body::Body<Data = Bytes, Error = Infallible> + Send {
    StreamBody::new(Pending)
}

struct Pending;

impl futures::Stream for Pending {
    type Item = Result<hyper::body::Frame<Bytes>, Infallible>;

    fn poll_next(self: Pin<&mut Self>, _: &mut std::task::Context<'_>) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Pending
    }
}

#[tokio::test]
async fn connections_end_with_the_tasks_once_nothing_is_on_them() {
    let (client, tasks) = endless().await;
    let open = client.lines("/").await.unwrap();
    let connections = || tasks.running().iter().filter(|(name, _)| name.starts_with("kube connection")).count();
    tasks.cancel();
    tokio::time::sleep(SOON).await;
    assert_eq!(connections(), 1, "a watch is still on it");
    drop(open);
    tokio::time::sleep(SOON).await;
    assert_eq!((connections(), client.load()), (0, (0, 0)));
    assert!(client.lines("/").await.is_ok(), "what is under way can still be finished");
}

#[tokio::test]
async fn many_watches_share_few_connections_and_spare_ones_are_closed() {
    let (client, _) = endless().await;
    let mut open = Vec::new();
    for i in 0..170 {
        open.push(client.lines(&format!("/{i}")).await.unwrap());
    }
    assert_eq!(client.load(), (3, 170));
    open.truncate(20);
    assert_eq!(client.load(), (1, 20));
    open.clear();
    assert_eq!(client.load(), (1, 0), "the last connection is kept");
}

#[tokio::test]
async fn those_who_start_together_share_the_first_connection() {
    let (client, _) = endless().await;
    let mut waiting = tokio::task::JoinSet::new();
    for _ in 0..60 {
        let client = client.clone();
        waiting.spawn(async move { client.lines("/").await.unwrap() });
    }
    let open = waiting.join_all().await;
    assert_eq!((client.load(), open.len()), ((1, 60), 60));
}
