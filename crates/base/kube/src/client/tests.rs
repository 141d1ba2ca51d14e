use super::*;
use crate::Class;
use crate::fake::{Fake, Reply};

#[test]
fn warnings_are_unquoted() {
    let check = |text: &'static str| warning(&HeaderValue::from_static(text));
    assert_eq!(check(r#"299 - "unknown field \"spec.x\"""#).as_deref(), Some(r#"unknown field "spec.x""#));
    assert_eq!(check("299"), None);
    assert_eq!(check("\""), None);
}

#[test]
fn whom_we_act_as_stands_in_headers() {
    let whom = Impersonate {
        user: "u".into(),
        groups: vec!["a".into(), "b".into()],
        extra: vec![("acme.com/x".into(), "1".into())],
        ..Impersonate::default()
    };
    let headers = impersonation(&whom).unwrap();
    assert_eq!(headers.get_all("impersonate-group").iter().count(), 2);
    assert_eq!(headers.get("impersonate-extra-acme.com%2fx").unwrap(), "1");
    assert!(impersonation(&Impersonate { groups: vec!["a".into()], ..Impersonate::default() }).is_err());
    assert!(impersonation(&Impersonate { user: "a\nb".into(), ..Impersonate::default() }).is_err());
}

/// The class and text of what comes of one answer.
async fn check(reply: Reply) -> (Class, String) {
    let fake = Fake::start(vec![reply]).await;
    let error = fake.client.get_path::<Value>("/api/v1/x?y=z").await.unwrap_err();
    (error.class(), error.to_string().replace(fake.client.server(), "SERVER"))
}

#[tokio::test]
async fn answers_are_classed_and_keep_the_servers_words() {
    for (status, body, class, text) in [
        ("404 Not Found", r#"{"code":404,"message":"pods \"a\" not found"}"#, Class::NotFound, r#"pods "a" not found"#),
        ("409 Conflict", r#"{"reason":"AlreadyExists","message":"is there"}"#, Class::AlreadyExists, "is there"),
        ("409 Conflict", r#"{"reason":"Conflict","message":"changed"}"#, Class::Conflict, "changed"),
        ("422 Unprocessable Entity", r#"{"message":"no"}"#, Class::Invalid, "no"),
        (
            "500 Internal Server Error",
            r#"{"message":"failed to create typed patch object (n/x): .a: field not declared in schema"}"#,
            Class::Invalid,
            "failed to create typed patch object (n/x): .a: field not declared in schema",
        ),
        (
            "502 Bad Gateway",
            "<html>no</html>",
            Class::Server,
            "SERVER answered GET /api/v1/x with 502 Bad Gateway: <html>no</html>",
        ),
        (
            "200 OK",
            "{",
            Class::Other,
            "the answer to GET /api/v1/x cannot be read: EOF while parsing an object at line 1 column 1",
        ),
    ] {
        assert_eq!(check(Reply::status(status, body)).await, (class, text.to_string()));
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_to_be_so() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let server = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = Client::new(&Config { server: server.clone(), ..Config::default() }, &crate::fake::runtime()).unwrap();
    let error = client.get_raw("/version").await.unwrap_err();
    assert_eq!(error.class(), Class::Unreachable);
    assert!(error.is_transient() && error.to_string().starts_with(&format!("cannot connect to {server}: ")), "{error}");
}

#[tokio::test]
async fn a_connection_that_breaks_is_replaced_for_what_only_reads() {
    // The first connection ends before its answer is whole.
    let replies = || vec![Reply::status("200 OK\r\nContent-Length: 100", "{"), Reply::ok(r#"{"a":1}"#)];
    let fake = Fake::start(replies()).await;
    assert_eq!(fake.client.get_path::<Value>("/x").await.unwrap().get("a").and_then(Value::as_i64), Some(1));
    let fake = Fake::start(replies()).await;
    let error = fake.client.write(Method::POST, "/x", "application/json", &Value::Null).await.unwrap_err();
    assert_eq!((error.class(), fake.requests().len()), (Class::Unreachable, 1));
}

#[tokio::test]
async fn what_has_another_form_than_expected_is_not_quoted() {
    #[derive(Debug, serde::Deserialize)]
    struct Number {
        #[expect(dead_code, reason = "it is never read: reading it fails")]
        n: u32,
    }
    let fake = Fake::start(vec![Reply::ok(r#"{"n":"hunter2"}"#)]).await;
    let error = fake.client.get_path::<Number>("/x").await.unwrap_err().to_string();
    assert!(error.contains("column 14") && !error.contains("hunter2"), "{error}");
}
