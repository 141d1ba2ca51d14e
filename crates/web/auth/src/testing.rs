//! What tests of this crate share: a world, a vault over it, a clock, and settings in one line.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_lc_rs::rand::SystemRandom as SystemRandomNumbers;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bowline_base_clock::{Clock as _, ManualClock};
use bowline_base_value::Value;
use bowline_core_control::World;
use bowline_core_ports::BoxFuture;
use bowline_core_settings::{Map, ServerSecret};
use bowline_core_types::Object;
use serde_json::json;

use crate::authenticator::{Authenticator, Options, Parts, Session};
use crate::egress::{Answer, Ask, Http, HttpError};
use crate::error::{AuthError, Code};
use crate::presented::{Presented, Way};
use crate::random::SystemRandom;
use crate::vault::{Change, Held, Holder, Vault, VaultError};

pub(crate) const NAMESPACE: &str = "argocd";

pub(crate) fn map(entries: &[(&str, &str)]) -> Map {
    entries.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

pub(crate) fn server_secret(entries: &[(&str, &str)]) -> ServerSecret {
    ServerSecret::from_secret(&secret_object(&map(entries))).unwrap()
}

fn secret_object(data: &Map) -> Object {
    let text: Value = data.iter().map(|(key, value)| (key.as_str(), Value::from(value.as_str()))).collect();
    let value = [("apiVersion", Value::from("v1")), ("kind", "Secret".into()), ("stringData", text)];
    Object::new(value.into_iter().collect()).unwrap()
}

pub(crate) fn clock() -> ManualClock {
    ManualClock::new("2026-01-02T03:04:05Z".parse().unwrap())
}

/// The objects of a namespace. What is written is at once what the [`World`] says.
#[derive(Debug)]
pub(crate) struct FakeVault {
    pub(crate) world: Arc<World>,
    objects: Mutex<BTreeMap<(Holder, String), (Map, u64)>>,
    /// Writes that are refused as if somebody else had been faster.
    pub(crate) conflicts: Mutex<usize>,
    /// What every write fails with.
    pub(crate) broken: Mutex<Option<String>>,
}

impl FakeVault {
    pub(crate) fn new() -> Arc<FakeVault> {
        Arc::new(FakeVault {
            world: Arc::new(World::new(NAMESPACE)),
            objects: Mutex::default(),
            conflicts: Mutex::default(),
            broken: Mutex::default(),
        })
    }

    pub(crate) fn put(&self, holder: Holder, name: &str, entries: &[(&str, &str)]) {
        let mut objects = self.objects.lock().unwrap();
        let (data, version) = objects.entry((holder, name.to_string())).or_default();
        data.extend(map(entries));
        *version += 1;
        self.tell(holder, name, data);
    }

    pub(crate) fn config(&self, entries: &[(&str, &str)]) {
        self.put(Holder::ConfigMap, "argocd-cm", entries);
    }

    pub(crate) fn get(&self, holder: Holder, name: &str, key: &str) -> Option<String> {
        self.objects.lock().unwrap().get(&(holder, name.to_string()))?.0.get(key).cloned()
    }

    fn tell(&self, holder: Holder, name: &str, data: &Map) {
        match (holder, name) {
            (Holder::ConfigMap, name) => {
                self.world.put_config_map(name, Some(data.clone()));
            }
            (Holder::Secret, "argocd-secret") => self.world.put_server_secret(Some(&secret_object(data))).unwrap(),
            (Holder::Secret, _) => {}
        }
    }
}

impl Vault for FakeVault {
    fn read<'a>(&'a self, holder: Holder, name: &'a str) -> BoxFuture<'a, Result<Option<Held>, VaultError>> {
        Box::pin(async move {
            let objects = self.objects.lock().unwrap();
            Ok(objects.get(&(holder, name.to_string())).map(|(data, version)| Held {
                data: data.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect(),
                version: version.to_string(),
                part_of: true,
            }))
        })
    }

    fn write<'a>(&'a self, holder: Holder, name: &'a str, change: Change) -> BoxFuture<'a, Result<(), VaultError>> {
        Box::pin(async move {
            if let Some(reason) = self.broken.lock().unwrap().clone() {
                return Err(VaultError::Other(reason));
            }
            let mut objects = self.objects.lock().unwrap();
            let key = (holder, name.to_string());
            let version = objects.get(&key).map(|(_, version)| version.to_string());
            let mut conflicts = self.conflicts.lock().unwrap();
            if *conflicts > 0 || version != change.version {
                *conflicts = conflicts.saturating_sub(1);
                return Err(VaultError::Conflict);
            }
            let (data, version) = objects.entry(key).or_default();
            for (key, value) in change.keys {
                match value {
                    Some(value) => data.insert(key, value.expose().clone()),
                    None => data.remove(&key),
                };
            }
            *version += 1;
            self.tell(holder, name, data);
            Ok(())
        })
    }
}

/// An authenticator over a fake namespace, a clock that stands, and a fake identity provider.
pub(crate) struct Lab {
    pub(crate) vault: Arc<FakeVault>,
    pub(crate) clock: ManualClock,
    pub(crate) provider: Arc<FakeProvider>,
    pub(crate) auth: Arc<Authenticator>,
}

/// The key that the lab's tokens are signed with.
pub(crate) const SIGNING_KEY: &str = "the lab's signing key";
pub(crate) const ISSUER: &str = "https://idp.example";
/// bcrypt of "password", by Go's library with its least work.
pub(crate) const PASSWORD_HASH: &str = "$2a$04$flqMZVMICLA6bAbo02BtZuvAV3OScCUmNtNpiA3iTVAhk1oIiH64e";

impl Lab {
    pub(crate) fn new() -> Lab {
        Lab::with(Options::default())
    }

    pub(crate) fn with(options: Options) -> Lab {
        let (vault, clock, provider) = (FakeVault::new(), clock(), Arc::new(FakeProvider::new()));
        vault.put(Holder::Secret, "argocd-secret", &[("server.secretkey", SIGNING_KEY)]);
        vault.config(&[("accounts.alice", "login, apiKey"), ("accounts.bob", "apiKey")]);
        let auth = Lab::authenticator(&vault, &clock, &provider, options);
        Lab { vault, clock, provider, auth }
    }

    /// Another replica over the same namespace.
    pub(crate) fn replica(&self) -> Arc<Authenticator> {
        Lab::authenticator(&self.vault, &self.clock, &self.provider, Options::clone(&self.auth.options()))
    }

    fn authenticator(
        vault: &Arc<FakeVault>,
        clock: &ManualClock,
        provider: &Arc<FakeProvider>,
        options: Options,
    ) -> Arc<Authenticator> {
        provider.clock.lock().unwrap().replace(clock.clone());
        Arc::new(Authenticator::new(Parts {
            world: vault.world.clone(),
            vault: vault.clone(),
            http: provider.clone(),
            clock: Arc::new(clock.clone()),
            random: Arc::new(SystemRandom),
            options,
        }))
    }

    /// Configures the fake provider, with these lines more.
    pub(crate) fn sso(&self, more: &str) {
        let config = format!("name: SSO\nissuer: {ISSUER}\nclientID: cd\nclientSecret: $oidc.secret\n{more}");
        self.vault.put(Holder::Secret, "argocd-secret", &[("oidc.secret", "hush")]);
        self.vault.config(&[("url", "https://cd.example"), ("oidc.config", &config)]);
    }

    pub(crate) async fn ask(&self, token: &str) -> Result<Session, AuthError> {
        self.auth.authenticate(&bearer(token)).await
    }

    /// The sentence of a refusal; panics where there is none.
    pub(crate) async fn refusal(&self, token: &str) -> String {
        let error = self.ask(token).await.expect_err("it was let in");
        assert_eq!(error.code, Code::Unauthenticated);
        error.message
    }
}

pub(crate) fn bearer(token: &str) -> Presented {
    Presented { token: Some(token.to_string().into()), way: Way::Header, refresh: None }
}

/// An identity provider behind the port: what it says of itself, its keys, and tokens for whoever asks.
#[derive(Debug)]
pub(crate) struct FakeProvider {
    clock: Mutex<Option<ManualClock>>,
    keys: Mutex<Vec<(String, Arc<EcdsaKeyPair>)>>,
    /// What it says of itself instead of what fits.
    pub(crate) discovery: Mutex<serde_json::Value>,
    /// What its token endpoint answers next with: a status and claims of the ID token that are set (`null`: taken out).
    pub(crate) answers: Mutex<Vec<(u16, serde_json::Value)>>,
    /// Claims at the userinfo endpoint.
    pub(crate) user_info: Mutex<serde_json::Value>,
    /// Requests: method, URL and body.
    pub(crate) asked: Mutex<Vec<String>>,
}

impl FakeProvider {
    fn new() -> FakeProvider {
        let provider = FakeProvider {
            clock: Mutex::default(),
            keys: Mutex::default(),
            discovery: Mutex::new(json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/auth?tenant=1"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["ES256"],
            })),
            answers: Mutex::default(),
            user_info: Mutex::default(),
            asked: Mutex::default(),
        };
        provider.rotate("first");
        provider
    }

    /// Another provider, with other keys.
    pub(crate) fn for_tests(clock: &ManualClock) -> FakeProvider {
        let provider = FakeProvider::new();
        provider.clock.lock().unwrap().replace(clock.clone());
        provider
    }

    /// Signs with another key from now on; the old one is forgotten.
    pub(crate) fn rotate(&self, id: &str) {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandomNumbers::new()).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document.as_ref()).unwrap();
        *self.keys.lock().unwrap() = vec![(id.to_string(), Arc::new(key))];
    }

    fn key(&self) -> (String, Arc<EcdsaKeyPair>) {
        self.keys.lock().unwrap()[0].clone()
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.lock().unwrap().as_ref().unwrap().now().as_second()
    }

    /// Claims of a good token, with some set (`null`: taken out).
    pub(crate) fn claims(&self, changes: &serde_json::Value) -> serde_json::Value {
        let now = self.now();
        let mut claims = json!({
            "iss": ISSUER, "sub": "user-1", "aud": "cd", "exp": now + 3600, "iat": now, "jti": "external-1",
            "email": "user@example.com", "groups": ["org:team"],
        });
        for (name, value) in changes.as_object().into_iter().flatten() {
            match value {
                serde_json::Value::Null => drop(claims.as_object_mut().unwrap().remove(name)),
                value => claims[name] = value.clone(),
            }
        }
        claims
    }

    /// A token with these claims, signed by the provider's key.
    pub(crate) fn token(&self, changes: &serde_json::Value) -> String {
        let (id, key) = self.key();
        let signed = unsigned(&json!({"alg": "ES256", "kid": id}), &self.claims(changes));
        let signature = key.sign(&SystemRandomNumbers::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) fn public_point(&self) -> Vec<u8> {
        self.key().1.public_key().as_ref().to_vec()
    }

    pub(crate) fn keys_json(&self) -> serde_json::Value {
        let keys: Vec<_> = self
            .keys
            .lock()
            .unwrap()
            .iter()
            .map(|(id, key)| {
                let point = key.public_key().as_ref();
                let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
                json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "x": x, "y": y})
            })
            .collect();
        json!({"keys": keys})
    }

    pub(crate) fn count(&self, path: &str) -> usize {
        self.asked.lock().unwrap().iter().filter(|asked| asked.contains(path)).count()
    }
}

/// Header and claims of a token.
pub(crate) fn unsigned(header: &serde_json::Value, claims: &serde_json::Value) -> String {
    let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

impl Http for FakeProvider {
    fn send(&self, ask: Ask) -> BoxFuture<'_, Result<Answer, HttpError>> {
        Box::pin(async move {
            let body = String::from_utf8(ask.body.to_vec()).unwrap();
            self.asked.lock().unwrap().push(format!("{} {} {body}", ask.method, ask.url));
            let path = ask.url.strip_prefix(ISSUER).ok_or_else(|| HttpError(format!("{}: no such host", ask.url)))?;
            let (status, answer) = match path {
                "/.well-known/openid-configuration" => (200, self.discovery.lock().unwrap().clone()),
                "/keys" => (200, self.keys_json()),
                "/userinfo" => (200, self.user_info.lock().unwrap().clone()),
                "/token" => {
                    let (status, changes) = self.answers.lock().unwrap().pop().unwrap_or((200, json!({})));
                    if status == 200 {
                        let refresh = format!("refresh-{}", self.count("/token"));
                        (
                            200,
                            json!({"id_token": self.token(&changes), "access_token": "access", "refresh_token": refresh}),
                        )
                    } else {
                        (status, changes)
                    }
                }
                _ => (404, json!({})),
            };
            let mut headers = http::HeaderMap::new();
            headers.insert("content-type", "application/json".parse().unwrap());
            Ok(Answer { status: status.try_into().unwrap(), headers, body: answer.to_string().into() })
        })
    }
}
