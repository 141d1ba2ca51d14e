use std::sync::Mutex as StdMutex;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bowline_base_clock::ManualClock;
use bowline_base_egress::Reach;
use bowline_base_task::Tasks;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// When the tests begin.
const BEGIN: i64 = 1_790_000_000;

type Answer = dyn Fn(&str) -> (u16, String) + Send + Sync;

/// An issuer: answers by the line of the request, and keeps what it was asked.
struct Lab {
    tasks: Tasks,
    clock: ManualClock,
    origin: String,
    seen: Arc<StdMutex<Vec<String>>>,
    issuers: Issuers,
    key: RsaKeyPair,
}

impl Lab {
    async fn new(workload: Option<Workload>, answer: impl Fn(&str) -> (u16, String) + Send + Sync + 'static) -> Lab {
        let tasks = Tasks::new();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(StdMutex::new(Vec::new()));
        let (kept, answer, inner) = (seen.clone(), Arc::new(answer) as Arc<Answer>, tasks.clone());
        tasks.spawn("issuer", async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (kept, answer) = (kept.clone(), answer.clone());
                inner.spawn("connection", async move {
                    let request = read(&mut stream).await;
                    let (status, body) = answer(request.lines().next().unwrap_or_default());
                    kept.lock().unwrap().push(request);
                    let head =
                        format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
                    stream.write_all((head + &body).as_bytes()).await.unwrap();
                });
            }
        });
        let clock = ManualClock::new(Timestamp::from_second(BEGIN).unwrap());
        let egress = Egress::new(tasks.clone(), "bowline/test", |_| Reach::Anywhere);
        let issuers = Issuers::new(egress, Arc::new(clock.clone()), Proxies::default(), workload, |_| None);
        let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
        Lab { tasks, clock, origin, seen, issuers, key }
    }

    fn pem(&self) -> String {
        let der = self.key.as_der().unwrap();
        format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(der.as_ref()))
    }

    fn app(&self, installation: Option<u64>) -> Issuer {
        Issuer::GitHubApp { app: 7, installation, key: Sensitive::new(self.pem()), api: self.origin.clone() }
    }

    async fn login(&self, issuer: &Issuer, url: &str) -> Result<String, String> {
        match self.issuers.login(issuer, url, None).await {
            Ok(Login::Password { user, password }) => Ok(format!("{user}:{}", password.expose())),
            Ok(Login::Bearer(token)) => Ok(format!("bearer {}", token.expose())),
            Err(error) => Err(format!("{}{error}", if error.passing { "(passing) " } else { "" })),
        }
    }

    /// The lines of the requests until now.
    fn lines(&self) -> Vec<String> {
        let seen = self.seen.lock().unwrap();
        seen.iter().map(|request| request.split(" HTTP/").next().unwrap_or_default().to_string()).collect()
    }

    /// The claims of an assertion that was signed with the key.
    fn claims(&self, assertion: &str) -> Value {
        let (text, signature) = assertion.rsplit_once('.').unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.key.public_key());
        public.verify(text.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text.split('.').nth(1).unwrap()).unwrap()).unwrap()
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.tasks.cancel();
    }
}

/// A whole request.
async fn read(stream: &mut tokio::net::TcpStream) -> String {
    let mut text = Vec::new();
    loop {
        let mut piece = [0; 4096];
        let n = stream.read(&mut piece).await.unwrap();
        text.extend_from_slice(&piece[..n]);
        let all = String::from_utf8_lossy(&text).into_owned();
        let Some((head, body)) = all.split_once("\r\n\r\n") else { continue };
        let length = head
            .to_lowercase()
            .split("content-length: ")
            .nth(1)
            .map(|rest| rest.lines().next().unwrap_or_default().parse::<usize>().unwrap());
        if n == 0 || body.len() >= length.unwrap_or(0) {
            return all;
        }
    }
}

fn value<'a>(request: &'a str, name: &str) -> &'a str {
    let at = request.to_lowercase().find(&name.to_lowercase()).unwrap_or_else(|| panic!("no {name} in {request}"));
    request[at + name.len()..].split(['\r', '&']).next().unwrap_or_default()
}

#[tokio::test]
async fn a_github_app_gets_a_token_and_keeps_it_for_as_long_as_it_is_good() {
    let lab = Lab::new(None, |line| match line {
        "POST /app/installations/8/access_tokens HTTP/1.1" => {
            (201, r#"{"token":"ghs_1","expires_at":"2026-09-21T15:13:20Z"}"#.into())
        }
        _ => (404, r#"{"message":"Not Found"}"#.into()),
    })
    .await;
    let url = "https://github.com/org/repo";
    assert_eq!(lab.clock.now().to_string(), "2026-09-21T14:13:20Z");
    let app = lab.app(Some(8));
    for _ in 0..3 {
        assert_eq!(lab.login(&app, url).await.unwrap(), "x-access-token:ghs_1");
    }
    assert_eq!(lab.lines(), ["POST /app/installations/8/access_tokens"], "once for all");
    let request = lab.seen.lock().unwrap()[0].clone();
    let claims = lab.claims(value(&request, "authorization: Bearer "));
    assert_eq!(claims, serde_json::json!({"iat": BEGIN - 60, "exp": BEGIN + 540, "iss": "7"}));
    assert_eq!(value(&request, "accept: "), "application/vnd.github+json");

    lab.clock.advance(Duration::from_secs(54 * 60));
    lab.login(&app, url).await.unwrap();
    assert_eq!(lab.lines().len(), 1, "five minutes before its end it is still good");
    lab.clock.advance(Duration::from_secs(2 * 60));
    lab.login(&app, url).await.unwrap();
    assert_eq!(lab.lines().len(), 2);

    let missing = lab.login(&lab.app(Some(9)), url).await.unwrap_err();
    assert_eq!(missing, format!("{} answered 404 Not Found: Not Found", lab.origin));
}

#[tokio::test]
async fn an_installation_is_found_by_the_owner_of_the_repository() {
    let lab = Lab::new(None, |line| match line {
        "GET /app/installations?per_page=100&page=1 HTTP/1.1" => {
            let others = vec![r#"{"id":1,"account":{"login":"other"}}"#; 100].join(",");
            (200, format!("[{others}]"))
        }
        "GET /app/installations?per_page=100&page=2 HTTP/1.1" => {
            (200, r#"[{"id":4,"account":null},{"id":5,"account":{"login":"Org"}}]"#.into())
        }
        "POST /app/installations/5/access_tokens HTTP/1.1" => (201, r#"{"token":"ghs_5"}"#.into()),
        _ => (500, String::new()),
    })
    .await;
    let app = lab.app(None);
    for url in ["https://github.com/org/a", "https://github.com/ORG/b"] {
        assert_eq!(lab.login(&app, url).await.unwrap(), "x-access-token:ghs_5");
    }
    assert_eq!(lab.lines().len(), 3, "{:?}", lab.lines());
    let none = lab.login(&app, "https://github.com/stranger/a").await.unwrap_err();
    assert_eq!(
        none,
        "the GitHub App is not installed for \"stranger\": install it there, or give githubAppInstallationID"
    );
}

#[tokio::test]
async fn a_google_account_gets_a_token_for_its_key_file() {
    let lab =
        Lab::new(None, |_| (200, r#"{"access_token":"ya29","expires_in":3599,"token_type":"Bearer"}"#.into())).await;
    let file = serde_json::json!({
        "type": "service_account", "client_email": "a@p.iam.example", "private_key": lab.pem(), "private_key_id": "k1",
        "token_uri": format!("{}/token", lab.origin),
    });
    let issuer = Issuer::Google { key: Sensitive::new(file.to_string()) };
    assert_eq!(lab.login(&issuer, "https://source.example/p/p/r/r").await.unwrap(), "a@p.iam.example:ya29");
    let request = lab.seen.lock().unwrap()[0].clone();
    assert!(request.starts_with("POST /token "), "{request}");
    assert_eq!(value(&request, "grant_type="), "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer");
    let claims = lab.claims(value(&request, "assertion="));
    assert_eq!(
        claims,
        serde_json::json!({
            "iss": "a@p.iam.example", "scope": "https://www.googleapis.com/auth/cloud-platform",
            "aud": format!("{}/token", lab.origin), "iat": BEGIN, "exp": BEGIN + 3600,
        })
    );
}

#[tokio::test]
async fn azure_gives_a_token_to_a_principal_and_to_this_process() {
    let folder = std::env::temp_dir().join(format!("bowline-issuer-{}", std::process::id()));
    #[expect(clippy::disallowed_methods, reason = "what the cluster writes")]
    std::fs::write(&folder, "federated\n").unwrap();
    let answer = |_: &str| (200, r#"{"access_token":"eyJ","expires_in":3599}"#.to_string());
    let plain = Lab::new(None, answer).await;
    let workload = Workload {
        tenant: "t".into(),
        client: "c".into(),
        token_file: folder.clone(),
        authority: format!("{}/", plain.origin),
    };
    let lab = Lab::new(Some(workload), answer).await;
    let url = "https://dev.azure.com/o/p/_git/r";
    assert_eq!(lab.login(&Issuer::AzureWorkload, url).await.unwrap(), "bearer eyJ");
    let principal = Issuer::AzurePrincipal {
        tenant: "t".into(),
        client: "c".into(),
        secret: Sensitive::new("s&s".into()),
        authority: plain.origin.clone(),
    };
    assert_eq!(plain.login(&principal, url).await.unwrap(), "bearer eyJ");
    let seen = plain.seen.lock().unwrap().clone();
    let bodies: Vec<&str> = seen.iter().map(|request| request.rsplit("\r\n\r\n").next().unwrap()).collect();
    let common = "grant_type=client_credentials&client_id=c&scope=499b84ac-1321-427f-aa17-267ca6975798%2F.default";
    assert_eq!(
        bodies,
        [
            format!(
                "{common}&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer\
                 &client_assertion=federated"
            ),
            format!("{common}&client_secret=s%26s"),
        ]
    );
    assert!(seen.iter().all(|request| request.starts_with("POST /t/oauth2/v2.0/token ")), "{seen:?}");
    for (lab, url) in [(&lab, "https://github.com/o/r"), (&plain, url)] {
        let error = lab.login(&Issuer::AzureWorkload, url).await.unwrap_err();
        assert!(error.starts_with("failed to acquire a token: "), "{error}");
    }
    std::fs::remove_file(folder).unwrap();
}

#[tokio::test]
async fn what_goes_wrong_is_told_and_says_nothing_of_the_key() {
    let lab = Lab::new(None, |line| match line.split(' ').nth(1) {
        Some("/app/installations/1/access_tokens") => {
            (401, r#"{"message":"A JSON web token\n could not be decoded"}"#.into())
        }
        Some("/app/installations/2/access_tokens") => (503, "<html>".into()),
        Some("/t/oauth2/v2.0/token") => {
            (400, r#"{"error":"invalid_client","error_description":"AADSTS7000215"}"#.into())
        }
        _ => (200, "no JSON".into()),
    })
    .await;
    let with_key = |key: &str| Issuer::GitHubApp {
        app: 7,
        installation: Some(1),
        key: Sensitive::new(key.to_string()),
        api: lab.origin.clone(),
    };
    let principal = Issuer::AzurePrincipal {
        tenant: "t".into(),
        client: "c".into(),
        secret: Sensitive::new("s3cret".into()),
        authority: lab.origin.clone(),
    };
    let unreachable = Issuer::AzurePrincipal {
        tenant: "t".into(),
        client: "c".into(),
        secret: Sensitive::new("s3cret".into()),
        authority: "http://127.0.0.1:1".into(),
    };
    let origin = lab.origin.clone();
    for (issuer, want) in [
        (lab.app(Some(1)), format!("{origin} answered 401 Unauthorized: A JSON web token could not be decoded")),
        (lab.app(Some(2)), format!("(passing) {origin} answered 503 Service Unavailable")),
        (lab.app(Some(3)), format!("{origin} answered something that is no login")),
        (with_key("s3cret"), "githubAppPrivateKey: the private key is no RSA key in PEM".into()),
        (
            with_key("-----BEGIN EC PRIVATE KEY-----\ns3cret\n-----END EC PRIVATE KEY-----"),
            "githubAppPrivateKey: the private key is no RSA key in PEM".into(),
        ),
        (
            Issuer::Google { key: Sensitive::new(r#"{"private_key": "s3cret"}"#.into()) },
            "gcpServiceAccountKey is no key file of a service account (JSON with client_email, private_key)".into(),
        ),
        (principal, format!("{origin} answered 400 Bad Request: AADSTS7000215")),
        (unreachable, "(passing) cannot connect to http://127.0.0.1:1: Connection refused (os error 111)".into()),
    ] {
        let error = lab.login(&issuer, "https://github.com/o/r").await.unwrap_err();
        assert_eq!(error, want);
    }
}
