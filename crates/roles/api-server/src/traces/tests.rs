//! Traces, up to a collector that a stand-in is.

use bowline_core_settings::Map;
use bowline_web_auth::SystemRandom;
use http_body_util::{BodyExt, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

fn params(pairs: &[(&str, &str)]) -> Arc<World> {
    let world = World::new("argocd");
    let map: Map = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    world.put_config_map(PARAMS, Some(map));
    Arc::new(world)
}

fn headers(traceparent: &str) -> HeaderMap {
    [(hyper::header::HeaderName::from_static("traceparent"), traceparent.parse().unwrap())].into_iter().collect()
}

const ABOVE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

#[tokio::test]
async fn a_call_is_traced_where_that_is_wanted() {
    let begin = |pairs: &[(&str, &str)], traceparent: &str| {
        let tasks = Tasks::new();
        let traces = Traces::start(params(pairs), Arc::new(SystemRandom), Counter::default(), &tasks);
        let headers = if traceparent.is_empty() { HeaderMap::new() } else { headers(traceparent) };
        traces.begin(&headers, 7)
    };
    let on = ("otlp.address", "collector:4317");
    assert_eq!(begin(&[], ABOVE), None, "there is no collector");
    let span = begin(&[on], ABOVE).unwrap();
    assert_eq!((span.trace[..2].to_vec(), span.parent.unwrap()[0], span.start), (vec![0x0a, 0xf7], 0xb7, 7));
    assert_eq!(begin(&[on], &ABOVE.replace("-01", "-00")), None, "whoever asks does not trace it");
    assert_eq!(begin(&[on], "").unwrap().parent, None);
    assert_eq!(begin(&[on, ("otlp.sample.ratio", "0")], ""), None);
    assert!(begin(&[on, ("otlp.sample.ratio", "0")], ABOVE).is_some(), "whoever began it decides");
    for odd in [
        "00-0-0-01",
        "zz",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
    ] {
        assert_eq!(begin(&[on], odd).unwrap().parent, None, "{odd}");
    }
}

/// A collector that takes one message, and gives it and the headers that came with it.
async fn collector() -> (String, tokio::sync::oneshot::Receiver<(HeaderMap, Vec<u8>)>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (out, taken) = tokio::sync::oneshot::channel();
    let out = Arc::new(std::sync::Mutex::new(Some(out)));
    Tasks::new().spawn("collector", async move {
        let (stream, _) = listener.accept().await.unwrap();
        let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
            let out = out.clone();
            async move {
                assert_eq!(request.uri().path(), "/opentelemetry.proto.collector.trace.v1.TraceService/Export");
                let (head, body) = request.into_parts();
                let body = body.collect().await.unwrap().to_bytes().to_vec();
                out.lock().unwrap().take().unwrap().send((head.headers, body)).unwrap();
                let trailers = [(hyper::header::HeaderName::from_static("grpc-status"), "0".parse().unwrap())];
                let frames = [
                    Ok::<_, std::convert::Infallible>(Frame::data(Bytes::from_static(&[0; 5]))),
                    Ok(Frame::trailers(trailers.into_iter().collect())),
                ];
                Ok::<_, std::convert::Infallible>(Response::new(StreamBody::new(futures::stream::iter(frames))))
            }
        });
        let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        let _ = builder.serve_connection(TokioIo::new(stream), answer).await;
    });
    (address, taken)
}

#[tokio::test]
async fn spans_come_to_the_collector_with_the_attributes_and_headers_of_the_settings() {
    let (address, taken) = collector().await;
    let settings = [
        ("otlp.address", address.as_str()),
        ("otlp.headers", "x-tenant=ours, x-other=1"),
        ("otlp.attrs", "deployment.environment:test"),
    ];
    let (tasks, dropped) = (Tasks::new(), Counter::default());
    let traces = Traces::start(params(&settings), Arc::new(SystemRandom), dropped.clone(), &tasks);
    let begun = traces.begin(&headers(ABOVE), 1_000).unwrap();
    traces.end(Span {
        begun: begun.clone(),
        end: 2_000,
        name: "application.ApplicationService/List".into(),
        attributes: vec![("rpc.system", "grpc".into())],
        code: 13,
        failed: true,
    });
    let (headers, body) = taken.await.unwrap();
    assert_eq!(
        (headers["x-tenant"].to_str().unwrap(), headers["content-type"].to_str().unwrap()),
        ("ours", "application/grpc")
    );
    assert_eq!(u32::from_be_bytes([body[1], body[2], body[3], body[4]]) as usize, body.len() - 5);
    let holds = |part: &[u8]| body.windows(part.len()).any(|window| window == part);
    for text in ["argocd-server", "deployment.environment", "test", "application.ApplicationService/List", "rpc.system"]
    {
        assert!(holds(text.as_bytes()), "{text}");
    }
    // The trace, the span, what is above it, and when it began and ended.
    assert!(holds(&[&[0x0a, 16][..], &begun.trace].concat()) && holds(&[&[0x12, 8][..], &begun.id].concat()));
    assert!(holds(&[&[0x22, 8][..], &begun.parent.unwrap()].concat()));
    assert!(holds(&[&[0x39][..], &1_000u64.to_le_bytes(), &[0x41], &2_000u64.to_le_bytes()].concat()));
    // The status: an error.
    assert!(body.ends_with(&[0x7a, 2, 0x18, 2]));
    assert_eq!(dropped.get(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_is_away_costs_spans_and_nothing_else() {
    let (tasks, dropped) = (Tasks::new(), Counter::default());
    let world = params(&[("otlp.address", "127.0.0.1:1")]);
    let traces = Traces::start(world, Arc::new(SystemRandom), dropped.clone(), &tasks);
    let begun = traces.begin(&HeaderMap::new(), 1).unwrap();
    for _ in 0..WAITING + BATCH + 10 {
        traces.end(Span {
            begun: begun.clone(),
            end: 2,
            name: String::new(),
            attributes: Vec::new(),
            code: 0,
            failed: false,
        });
    }
    assert!(dropped.get() >= 10, "{}", dropped.get());
}
