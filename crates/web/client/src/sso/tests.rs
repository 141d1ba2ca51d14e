use bowline_web_wire::cluster::OIDCConfig;

use super::*;

/// A provider on this machine that answers each request by its path, and what it was asked.
async fn provider(
    answers: &'static [(&'static str, &'static str, &'static str)],
    asked: std::sync::Arc<std::sync::Mutex<Vec<String>>>,
    tasks: &Tasks,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let own = base.clone();
    tasks.spawn("provider", async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 65536];
            let size = stream.read(&mut bytes).await.unwrap_or(0);
            let text = String::from_utf8_lossy(&bytes[..size]).into_owned();
            let path = text.split(' ').nth(1).unwrap_or_default().to_string();
            asked.lock().unwrap().push(text);
            let (_, status, body) = answers.iter().find(|(p, ..)| *p == path).copied().unwrap_or(("", "404 No", "{}"));
            let body = body.replace("BASE", &own);
            let answer =
                format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    base
}

const CONFIGURATION: (&str, &str, &str) = (
    "/.well-known/openid-configuration",
    "200 OK",
    r#"{"issuer":"BASE","authorization_endpoint":"BASE/auth","token_endpoint":"BASE/token","scopes_supported":["offline_access"]}"#,
);

fn settings(issuer: &str) -> Settings {
    let oidc = OIDCConfig {
        issuer: issuer.into(),
        client_id: "web".into(),
        cli_client_id: "cli".into(),
        ..OIDCConfig::default()
    };
    Settings { oidc_config: Some(oidc), ..Settings::default() }
}

async fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = tokio::net::TcpStream::connect(host).await.unwrap();
    stream.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    text
}

#[tokio::test]
async fn a_login_comes_back_with_a_code_and_its_proof() {
    let tasks = Tasks::new();
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    const ANSWERS: &[(&str, &str, &str)] =
        &[CONFIGURATION, ("/token", "200 OK", r#"{"id_token":"a.b.c","refresh_token":"again"}"#)];
    let issuer = provider(ANSWERS, asked.clone(), &tasks).await;
    let provider = Provider::discover(&settings(&issuer), Tls::default(), &tasks, "test").await.unwrap();
    let browser = tasks.clone();
    let tokens = provider
        .log_in(0, None, |url| {
            let (_, query) = url.split_once('?').unwrap();
            let of = |name: &str| {
                decode(query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}="))).unwrap_or_default())
            };
            assert_eq!(
                (of("client_id"), of("code_challenge_method"), of("response_type")),
                ("cli".into(), "S256".into(), "code".into())
            );
            assert!(of("scope").contains("offline_access"), "{query}");
            let (back, state) = (of("redirect_uri"), of("state"));
            browser.spawn("browser", async move {
                // What does not belong to this login does not end it.
                assert!(get(&format!("{back}?state=other&code=x")).await.starts_with("HTTP/1.1 400"));
                assert!(get(&back.replace("callback", "other")).await.starts_with("HTTP/1.1 404"));
                assert!(get(&format!("{back}?code=the%20code&state={state}")).await.starts_with("HTTP/1.1 200"));
            });
        })
        .await
        .unwrap();
    assert_eq!(tokens, Tokens { id: "a.b.c".into(), refresh: "again".into() });
    let requests = asked.lock().unwrap().clone();
    let exchange = requests.iter().find(|r| r.starts_with("POST /token")).unwrap();
    assert!(exchange.contains("code=the%20code") && exchange.contains("code_verifier="), "{exchange}");
    let renewed = provider.refresh("again").await.unwrap();
    assert_eq!(renewed.id, "a.b.c");
    tasks.cancel();
}

#[tokio::test]
async fn what_a_provider_says_is_told() {
    let tasks = Tasks::new();
    let asked = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    const ANSWERS: &[(&str, &str, &str)] = &[
        CONFIGURATION,
        ("/token", "400 Bad Request", r#"{"error":"invalid_grant","error_description":"it has run out"}"#),
    ];
    let issuer = provider(ANSWERS, asked, &tasks).await;
    let provider = Provider::discover(&settings(&issuer), Tls::default(), &tasks, "test").await.unwrap();
    let error = provider.refresh("old").await.unwrap_err().to_string();
    assert!(error.contains("invalid_grant: it has run out"), "{error}");
    let none = Provider::discover(&Settings::default(), Tls::default(), &tasks, "test").await.unwrap_err();
    assert_eq!(none, SsoError::NotConfigured);
    let elsewhere = Provider::discover(&settings(&format!("{issuer}/other")), Tls::default(), &tasks, "test").await;
    assert!(matches!(elsewhere, Err(SsoError::Provider(_))));
    tasks.cancel();
}
