//! Programs in containers, against a stand-in for the API server that hands a WebSocket on.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::*;
use crate::fake::{Fake, Reply, runtime};
use crate::{Auth, Config};

/// An API server that takes one WebSocket, answers keys in capitals, and ends with `outcome` at `q`.
async fn served(outcome: &'static str) -> (Client, oneshot::Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    let config = Config { server, auth: Auth::Token("t".to_string().into()), ..Config::default() };
    let runtime = runtime();
    let client = Client::new(&config, &runtime).unwrap();
    let (seen_out, seen_in) = oneshot::channel();
    runtime.tasks.spawn("stand-in", async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            request.push(stream.read_u8().await.unwrap());
        }
        let answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: v4.channel.k8s.io\r\n\r\n";
        stream.write_all(answer.as_bytes()).await.unwrap();
        let mut seen: Vec<String> = String::from_utf8(request).unwrap().to_lowercase().lines().map(str::to_string).collect();
        let mut socket = WebSocketStream::from_raw_socket(stream, Role::Server, None).await;
        for channel in [1, 2, 3] {
            socket.send(Message::binary(vec![channel])).await.unwrap();
        }
        while let Some(Ok(message)) = socket.next().await {
            let bytes = message.into_data();
            let Some((channel, rest)) = bytes.split_first() else { continue };
            let text = String::from_utf8(rest.to_vec()).unwrap();
            seen.push(format!("{channel} {text}"));
            let said = if text == "q" { [&[3], outcome.as_bytes()].concat() } else { [&[1], text.to_uppercase().as_bytes()].concat() };
            if *channel == 0 {
                socket.send(Message::binary(said)).await.unwrap();
            }
            if text == "q" {
                break;
            }
        }
        seen_out.send(seen).unwrap();
    });
    (client, seen_in)
}

fn shell() -> ProcessOptions {
    ProcessOptions { container: "c".into(), command: vec!["sh".into(), "-c".into(), "a b".into()], terminal: true }
}

async fn ends(outcome: &'static str, want: Said) {
    let (client, seen) = served(outcome).await;
    let mut process = client.run("n", "p", &shell()).await.unwrap();
    process.keyboard.resize(80, 24).await.unwrap();
    process.keyboard.keys(b"ls").await.unwrap();
    assert_eq!(process.screen.next().await.unwrap(), Some(Said::Output(Bytes::from_static(b"LS"))));
    process.keyboard.keys(b"q").await.unwrap();
    assert_eq!(process.screen.next().await.unwrap(), Some(want));
    let seen = seen.await.unwrap();
    let path = "get /api/v1/namespaces/n/pods/p/exec?container=c&stdin=true&stdout=true&tty=true&command=sh&command=-c&command=a%20b http/1.1";
    assert_eq!(seen[0], path);
    assert!(seen.contains(&"authorization: bearer t".to_string()), "{seen:?}");
    assert_eq!(seen[seen.len() - 3..], [r#"4 {"Width":80,"Height":24}"#, "0 ls", "0 q"]);
}

#[tokio::test]
async fn keys_go_in_output_comes_out_and_the_end_is_told() {
    ends(r#"{"metadata":{},"status":"Success"}"#, Said::Ended).await;
    let exit = r#"{"status":"Failure","message":"command terminated with exit code 3","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#;
    ends(exit, Said::Exited(3)).await;
    let absent =
        r#"{"status":"Failure","message":"exec: \"sh\": executable file not found in $PATH","reason":"InternalError"}"#;
    ends(absent, Said::Failed("exec: \"sh\": executable file not found in $PATH".into())).await;
    ends("odd", Said::Failed("odd".into())).await;
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words() {
    let words = r#"{"kind":"Status","message":"pods \"p\" is forbidden","reason":"Forbidden","code":403}"#;
    let fake = Fake::start(vec![Reply::status("403 Forbidden", words), Reply::ok("")]).await;
    let error = fake.client.run("n", "p", &shell()).await.unwrap_err();
    assert_eq!((error.class(), error.to_string().as_str()), (crate::Class::Forbidden, "pods \"p\" is forbidden"));
    assert!(fake.client.run("n", "p", &shell()).await.is_err(), "an answer that upgrades nothing is none");
}
