//! [`Sender`]: who sends, by its headers, and the way from a request to hints.

use std::fmt;

use bowline_core_ports::Pushed;
use bowline_core_types::Sensitive;

use crate::{azure, bitbucket, bitbucket_server, github, gitlab, gogs, harbor, proof};

/// The services whose webhooks are understood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender {
    /// GitHub, and its container registry.
    GitHub,
    /// GitLab.
    GitLab,
    /// Bitbucket Cloud.
    Bitbucket,
    /// Bitbucket Server and Data Center.
    BitbucketServer,
    /// Gogs, and Gitea and Forgejo, which send the same.
    Gogs,
    /// Azure DevOps.
    AzureDevOps,
    /// Harbor.
    Harbor,
}

/// The headers of a request, by name in any case.
pub type Headers<'a> = &'a (dyn Fn(&str) -> Option<&'a str> + Sync);

/// What senders prove that they know, from `argocd-secret`; a sender whose secret is not set is believed, but for Harbor, which is
/// not known by anything else.
#[derive(Clone, Copy)]
pub struct Secrets<'a>(&'a (dyn Fn(&str) -> Option<&'a Sensitive<String>> + Sync));

/// Why a webhook is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// None of the known senders.
    #[error("Unknown webhook event")]
    Unknown,
    /// A header that the sender always sends is missing.
    #[error("missing {0} Header")]
    Missing(&'static str),
    /// The signature is another one.
    #[error("HMAC verification failed")]
    Signature,
    /// The token is another one.
    #[error("X-Gitlab-Token validation failed")]
    Token,
    /// The hook's id is another one.
    #[error("UUID verification failed")]
    Uuid,
    /// User or password are others.
    #[error("basic auth verification failed")]
    BasicAuth,
    /// An event that says nothing about what moved.
    #[error("event not defined to be parsed")]
    Event,
    /// The body is not what the sender sends; how it is not.
    #[error("error parsing payload")]
    Unreadable(String),
}

// === impl Sender ===

impl Sender {
    /// Who sends.
    pub fn of(headers: Headers<'_>, secrets: Secrets<'_>) -> Result<Sender, Refused> {
        // Gogs and its children send GitHub's headers too, signed in another way; Bitbucket Cloud sends the Server's.
        let by_header = [
            ("X-Vss-Activityid", Sender::AzureDevOps),
            ("X-Gogs-Event", Sender::Gogs),
            ("X-GitHub-Event", Sender::GitHub),
            ("X-Gitlab-Event", Sender::GitLab),
            ("X-Hook-UUID", Sender::Bitbucket),
            ("X-Event-Key", Sender::BitbucketServer),
        ];
        let present = |name: &str| headers(name).is_some_and(|value| !value.is_empty());
        if let Some((_, sender)) = by_header.into_iter().find(|(name, _)| present(name)) {
            return Ok(sender);
        }
        // Harbor has no header of its own but the one that carries its secret.
        match (headers("Authorization"), secrets.get("harbor.secret")) {
            (Some(given), Some(secret)) if proof::is_same(given, secret) => Ok(Sender::Harbor),
            _ => Err(Refused::Unknown),
        }
    }

    /// Checks what the headers alone prove, so that the body of a stranger is not even read.
    pub fn admit(self, headers: Headers<'_>, secrets: Secrets<'_>) -> Result<(), Refused> {
        let signed = |key: &str, header: &'static str| match (secrets.get(key), headers(header)) {
            (Some(_), None | Some("")) => Err(Refused::Missing(header)),
            _ => Ok(()),
        };
        match self {
            Sender::GitHub => signed("github.secret", github::SIGNATURE),
            Sender::Gogs => signed("gogs.secret", gogs::SIGNATURE),
            Sender::BitbucketServer => match headers("X-Event-Key") {
                Some(bitbucket_server::PING) => Ok(()),
                _ => signed("bitbucketserver.secret", bitbucket_server::SIGNATURE),
            },
            Sender::GitLab => match secrets.get("gitlab.secret") {
                Some(secret) if !proof::is_same(headers("X-Gitlab-Token").unwrap_or_default(), secret) => {
                    Err(Refused::Token)
                }
                _ => Ok(()),
            },
            Sender::Bitbucket => match secrets.get("bitbucket.uuid") {
                Some(uuid) if !proof::is_same(headers("X-Hook-UUID").unwrap_or_default(), uuid) => Err(Refused::Uuid),
                _ => Ok(()),
            },
            Sender::AzureDevOps => azure::admit(headers, secrets),
            Sender::Harbor => Ok(()),
        }
    }

    /// Whether a secret is set for the sender: what it says is then proven once [`Sender::read`] has taken it.
    pub fn is_verified(self, secrets: Secrets<'_>) -> bool {
        match self {
            Sender::GitHub => secrets.get("github.secret").is_some(),
            Sender::GitLab => secrets.get("gitlab.secret").is_some(),
            Sender::Bitbucket => secrets.get("bitbucket.uuid").is_some(),
            Sender::BitbucketServer => secrets.get("bitbucketserver.secret").is_some(),
            Sender::Gogs => secrets.get("gogs.secret").is_some(),
            Sender::AzureDevOps => azure::is_verified(secrets),
            Sender::Harbor => true,
        }
    }

    /// What the request says, once its proof holds. An event that is understood and moves nothing gives no hints.
    pub fn read(self, headers: Headers<'_>, body: &[u8], secrets: Secrets<'_>) -> Result<Vec<Pushed>, Refused> {
        self.admit(headers, secrets)?;
        let verified = self.is_verified(secrets);
        match self {
            Sender::GitHub => github::read(headers, body, secrets, verified),
            Sender::GitLab => gitlab::read(headers, body, verified),
            Sender::Bitbucket => bitbucket::read(headers, body, verified),
            Sender::BitbucketServer => bitbucket_server::read(headers, body, secrets, verified),
            Sender::Gogs => gogs::read(headers, body, secrets, verified),
            Sender::AzureDevOps => azure::read(body, verified),
            Sender::Harbor => harbor::read(body),
        }
    }

    /// Its name, as metrics have it.
    pub fn name(self) -> &'static str {
        match self {
            Sender::GitHub => "github",
            Sender::GitLab => "gitlab",
            Sender::Bitbucket => "bitbucket",
            Sender::BitbucketServer => "bitbucketserver",
            Sender::Gogs => "gogs",
            Sender::AzureDevOps => "azuredevops",
            Sender::Harbor => "harbor",
        }
    }
}

impl fmt::Display for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

// === impl Secrets ===

impl<'a> Secrets<'a> {
    /// Secrets by what follows `webhook.` in their key, such as `github.secret`.
    pub fn new(get: &'a (dyn Fn(&str) -> Option<&'a Sensitive<String>> + Sync)) -> Secrets<'a> {
        Secrets(get)
    }

    /// One of them, where it is set.
    pub(crate) fn get(self, key: &str) -> Option<&'a str> {
        (self.0)(key).map(|secret| secret.expose().as_str()).filter(|secret| !secret.is_empty())
    }
}

impl fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secrets")
    }
}

/// Checks that `body` is signed with the secret under `key`, where that is set.
pub(crate) fn signed(
    headers: Headers<'_>,
    header: &'static str,
    prefix: &str,
    body: &[u8],
    secret: Option<&str>,
) -> Result<(), Refused> {
    let Some(secret) = secret else { return Ok(()) };
    let given = headers(header).ok_or(Refused::Missing(header))?;
    match given.strip_prefix(prefix) {
        Some(hex) if proof::is_signed(secret, body, hex) => Ok(()),
        _ => Err(Refused::Signature),
    }
}
