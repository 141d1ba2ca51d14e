//! [`Authenticator`]: who asks, and what they may.

mod external;
mod local;

pub use local::Issued;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use bowline_base_clock::Clock;
use bowline_core_control::World;
use bowline_core_rbac::{Enforcer, Subject};
use bowline_core_types::Sensitive;
use jiff::Timestamp;

use crate::accounts::{Account, Accounts};
use crate::config::AuthConfig;
use crate::cookie::{CookieRules, TOKEN_COOKIE};
use crate::dex::DexServer;
use crate::egress::Http;
use crate::error::{AuthError, Code};
use crate::jwt::Token;
use crate::limits::Limits;
use crate::login::Throttle;
use crate::presented::{Presented, Way};
use crate::principal::{Kind, LOCAL_ISSUER, Principal};
use crate::random::Random;
use crate::revocation::Revoked;
use crate::sso::Providers;
use crate::state::{Changes, State, States};
use crate::vault::Vault;

/// What is said of a token of an identity provider that is not good: no more than that.
pub(crate) const TOKEN_VERIFICATION: &str = "failed to verify the token";
/// Subjects whose answers are kept; beyond them all are made anew.
const ENFORCERS: usize = 2_000;

/// What an [`Authenticator`] is made of.
pub struct Parts {
    /// What the control namespace says.
    pub world: Arc<World>,
    /// Where accounts and revoked sessions are written.
    pub vault: Arc<dyn Vault>,
    /// The way to identity providers.
    pub http: Arc<dyn Http>,
    /// What the time is.
    pub clock: Arc<dyn Clock>,
    /// Random bytes that nobody can guess.
    pub random: Arc<dyn Random>,
    /// How the server was started.
    pub options: Options,
}

/// How the server was started, as far as logins are concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// `--disable-auth`: everybody may do everything.
    pub disable_auth: bool,
    /// `--basehref`.
    pub base_href: String,
    /// `--rootpath`.
    pub root_path: String,
    /// `--insecure`: the server speaks plain HTTP, so cookies are sent over it.
    pub insecure: bool,
    /// Limits of logins and cookies.
    pub limits: Limits,
    /// The Dex beside the server.
    pub dex: DexServer,
}

/// Says who asks, and what they may. One for the server; cheap to ask.
pub struct Authenticator {
    pub(crate) states: States,
    pub(crate) vault: Arc<dyn Vault>,
    pub(crate) http: Arc<dyn Http>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    options: RwLock<Arc<Options>>,
    pub(crate) throttle: Throttle,
    pub(crate) providers: Providers,
    /// Sessions that were revoked here, until the world says so too.
    pub(crate) revoked_here: Mutex<HashMap<Box<str>, Revoked>>,
    enforcers: Mutex<HashMap<Subject, Arc<Enforcer>>>,
}

/// Who was let in, and what the answer has to carry.
#[derive(Clone, Debug)]
pub struct Session {
    /// Who.
    pub principal: Arc<Principal>,
    /// A token that takes the place of the one that came, which is about to end: gRPC answers carry it as metadata `renew-token`.
    pub renewed: Option<Sensitive<String>>,
    /// `Set-Cookie` headers that the answer must have; only where the token came in cookies.
    pub set_cookies: Vec<String>,
}

/// Who asks something that needs no session, as far as that is known.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The session; `None` where there is none or it is not good.
    pub session: Option<Session>,
    /// The issuer that is told to the web UI: `sso` for a session of an identity provider that has ended, so that it goes there
    /// again instead of asking for a password.
    pub issuer: String,
}

// === impl Options ===

impl Default for Options {
    fn default() -> Options {
        Options {
            disable_auth: false,
            base_href: "/".to_string(),
            root_path: String::new(),
            insecure: false,
            limits: Limits::default(),
            dex: DexServer::default(),
        }
    }
}

impl Options {
    /// How cookies are written.
    pub fn cookies(&self) -> CookieRules {
        CookieRules { base_href: self.base_href.clone(), secure: !self.insecure, most: self.limits.cookies }
    }
}

// === impl Authenticator ===

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticator").field("options", &self.options()).finish_non_exhaustive()
    }
}

impl Authenticator {
    /// Nothing is read yet; [`Authenticator::first_start`] makes what a new installation lacks.
    pub fn new(parts: Parts) -> Authenticator {
        Authenticator {
            states: States::new(parts.world),
            throttle: Throttle::new(parts.options.limits),
            vault: parts.vault,
            http: parts.http,
            clock: parts.clock,
            random: parts.random,
            options: RwLock::new(Arc::new(parts.options)),
            providers: Providers::default(),
            revoked_here: Mutex::default(),
            enforcers: Mutex::default(),
        }
    }

    /// Who asks: the principal of the token that came, or nobody in particular where anonymous access is on. An error is the
    /// contract's: `Unauthenticated`, "no session information" or "invalid session: …".
    pub async fn authenticate(&self, presented: &Presented) -> Result<Session, AuthError> {
        if self.options().disable_auth {
            return Ok(Session::without_token(Kind::Unrestricted));
        }
        match self.session(presented).await {
            // A token that is not good gives what no token gives, and no more (the class of CVE-2022-29165).
            Err(_) if self.config().anonymous => Ok(Session::without_token(Kind::Anonymous)),
            done => done,
        }
    }

    /// Who asks something that everybody may (version, settings, session): no error, but also nobody in particular where anonymous
    /// access is on.
    pub async fn identify(&self, presented: &Presented) -> Identity {
        if self.options().disable_auth {
            return Identity { session: None, issuer: String::new() };
        }
        match self.session(presented).await {
            Ok(session) => Identity { issuer: session.principal.issuer.clone(), session: Some(session) },
            Err(_) => {
                let token = presented.token.as_ref().and_then(|token| Token::parse(token.expose()).ok());
                let claims = token.as_ref().map(Token::unverified);
                let ended = claims.is_some_and(|claims| {
                    let ended = |time: Timestamp| time <= self.clock.now();
                    claims.text("iss") != LOCAL_ISSUER && claims.time("exp").ok().flatten().is_some_and(ended)
                });
                Identity { session: None, issuer: if ended { "sso".to_string() } else { String::new() } }
            }
        }
    }

    /// The session of a token, if it is good now.
    async fn session(&self, presented: &Presented) -> Result<Session, AuthError> {
        let Some(text) = &presented.token else { return Err(AuthError::no_session()) };
        let token = Token::parse(text.expose()).map_err(AuthError::invalid_session)?;
        if token.unverified().text("iss") == LOCAL_ISSUER {
            self.local_session(token, presented.way)
        } else {
            drop(token);
            self.external_session(text, presented).await
        }
    }

    /// Whether a principal would be let in again, without its token: for streams and connections, which outlive the look at it.
    /// Ask whenever [`Authenticator::changes`] says so, or let [`Authenticator::until_invalid`] do it.
    pub fn recheck(&self, principal: &Principal) -> Result<(), AuthError> {
        match principal.kind {
            Kind::Unrestricted if self.options().disable_auth => Ok(()),
            Kind::Unrestricted => Err(AuthError::no_session()),
            Kind::Anonymous if self.config().anonymous => Ok(()),
            Kind::Anonymous => Err(AuthError::no_session()),
            Kind::Login | Kind::ApiKey | Kind::ProjectRole => {
                let state = self.state();
                if principal.signed_with != signing_mark(&state) {
                    return Err(AuthError::invalid_session("token signature is invalid: signature is invalid"));
                }
                self.local_principal(&state, principal.claims.clone(), Some(&principal.id)).map(drop)
            }
            Kind::External => self.recheck_external(principal),
        }
    }

    /// Waits until a principal would not be let in any more, and says why. Never ends while it would.
    pub async fn until_invalid(&self, principal: &Principal) -> AuthError {
        let mut changes = self.changes();
        loop {
            changes.see();
            if let Err(error) = self.recheck(principal) {
                return error;
            }
            let rest = principal.expires_at.map(|end| end.duration_since(self.clock.now()).unsigned_abs());
            let ended = async {
                match rest {
                    Some(rest) => tokio::time::sleep(rest).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = ended => {}
                more = changes.next() => if !more {
                    return AuthError::new(Code::Unavailable, "the server is being stopped");
                },
            }
        }
    }

    /// Changes whenever accounts, tokens, the policy, projects or settings may have changed: what was decided by them is decided
    /// anew.
    pub fn changes(&self) -> Changes {
        self.states.changes()
    }

    /// What a principal may. It answers from the policy of this moment: ask again for the next request, and in a stream whenever
    /// [`Authenticator::changes`] says so.
    pub fn enforcer(&self, principal: &Principal) -> Arc<Enforcer> {
        let engine = self.state().engine.clone();
        let subject = principal.subject();
        let mut enforcers = self.enforcers.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(enforcer) = enforcers.get(&subject)
            && Arc::ptr_eq(enforcer.engine(), &engine)
        {
            return enforcer.clone();
        }
        if enforcers.len() >= ENFORCERS {
            enforcers.clear();
        }
        let enforcer = Arc::new(engine.enforcer(subject.clone()));
        enforcers.insert(subject, enforcer.clone());
        enforcer
    }

    /// What `argocd-cm` says about logins now.
    pub fn config(&self) -> Arc<AuthConfig> {
        self.state().config.clone()
    }

    /// The local accounts now.
    pub fn accounts(&self) -> Arc<Accounts> {
        self.state().accounts.clone()
    }

    /// One of them.
    pub fn account(&self, name: &str) -> Result<Account, AuthError> {
        let accounts = self.accounts();
        let missing = || AuthError::new(Code::NotFound, format!("account '{name}' does not exist"));
        accounts.get(name).cloned().ok_or_else(missing)
    }

    /// How the server was started, and what its settings say since.
    pub fn options(&self) -> Arc<Options> {
        self.options.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Cookies and redirects follow these from now on: settings that were changed while the server runs.
    pub fn follow(&self, base_href: &str, root_path: &str, insecure: bool) {
        let mut options = self.options.write().unwrap_or_else(PoisonError::into_inner);
        let (base_href, root_path) = (base_href.to_string(), root_path.to_string());
        *options = Arc::new(Options { base_href, root_path, insecure, ..Options::clone(&options) });
    }

    pub(crate) fn state(&self) -> Arc<State> {
        self.states.now()
    }

    pub(crate) fn world(&self) -> &World {
        self.states.world()
    }

    /// `Set-Cookie` headers that store a token, where the old one came in cookies.
    pub(crate) fn token_cookies(&self, token: &Sensitive<String>, way: Way) -> Vec<String> {
        if way != Way::Cookie {
            return Vec::new();
        }
        self.options().cookies().token(TOKEN_COOKIE, token.expose()).unwrap_or_else(|error| {
            tracing::error!(%error, "a renewed token cannot be stored in the browser");
            Vec::new()
        })
    }
}

impl Session {
    fn without_token(kind: Kind) -> Session {
        Session { principal: Arc::new(Principal::without_token(kind)), renewed: None, set_cookies: Vec::new() }
    }
}

/// Tells one signing key from another without being it.
pub(crate) fn signing_mark(state: &State) -> Option<[u8; 32]> {
    let key = state.signing_key.as_ref()?;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.expose().as_bytes());
    hash.as_ref().try_into().ok()
}
