//! Why: which line decides, found by going through all of them.

use std::fmt;
use std::sync::Arc;

use crate::engine::Engine;
use crate::roles::way;
use crate::rule::{Effect, Lines, Origin};
use crate::subject::Subject;
use crate::words::{ACTIONS, Resource};

/// An answer with its reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Whether it is allowed.
    pub allowed: bool,
    /// What each of those says whose permissions count, in the order in which they are asked, up to the one that allows.
    pub voices: Vec<Voice>,
}

/// What the lines of one subject (a user, a group, the default role) say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Voice {
    /// Whose lines; empty for lines without a subject.
    pub subject: String,
    /// Whether the lines are those of the default role.
    pub is_default_role: bool,
    /// The line that decides; `None` where none matches.
    pub decided_by: Option<Deciding>,
}

/// A line that decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deciding {
    /// Whether it allows.
    pub allows: bool,
    /// The line as it is written.
    pub line: String,
    /// Where it stands.
    pub origin: Origin,
    /// How the subject comes to it: the subject, then the roles on the way.
    pub through: Vec<String>,
}

/// A request that no server ever makes, so that the answer would mislead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// No such resource.
    #[error("'{0}' is not a valid resource name")]
    Resource(String),
    /// No such action on the resource.
    #[error("'{action}' is not a valid action for {resource}")]
    Action {
        /// The action.
        action: String,
        /// The resource.
        resource: String,
    },
}

// === impl Engine ===

impl Engine {
    /// The answer to any request with its reasons, slowly. A name that is not a resource's matches as it is.
    pub fn explain(&self, subject: &Subject, resource: &str, action: &str, object: &str) -> Explanation {
        if *subject == Subject::Unrestricted {
            return Explanation { allowed: true, voices: Vec::new() };
        }
        let project = Resource::from_word(resource)
            .and_then(|resource| resource.project_of(object))
            .and_then(|name| Some((name, &**self.project(name)?)));
        let (alone, both) = (self.layers(None), self.layers(project.map(|(_, policy)| policy)));
        let mut voices = Vec::new();
        for (name, with) in self.voices(subject, project) {
            voices.push(self.voice(if with { &both } else { &alone }, name, resource, action, object));
            if voices.last().is_some_and(Voice::allows) {
                return Explanation { allowed: true, voices };
            }
        }
        Explanation { allowed: false, voices }
    }

    /// The answer for a role, user or group taken by itself, with the default role beside it, as `admin settings rbac can` asks.
    pub fn explain_role(&self, role: &str, resource: &str, action: &str, object: &str) -> Explanation {
        let alone = self.layers(None);
        let default = self.policy().default_role();
        let mut voices = Vec::new();
        for name in [default, role] {
            if (name.is_empty() && name == default && name != role) || voices.iter().any(|v: &Voice| v.subject == name)
            {
                continue;
            }
            voices.push(self.voice(&alone, name, resource, action, object));
            if voices.last().is_some_and(Voice::allows) {
                return Explanation { allowed: true, voices };
            }
        }
        Explanation { allowed: false, voices }
    }

    /// Whether a `g` line names this user or group: only then do permissions of a group count.
    pub fn is_grouped(&self, member: &str) -> bool {
        crate::roles::is_grouped(&self.layers(None), member)
    }

    /// The first line that refuses, else the first that allows.
    fn voice(&self, layers: &[&Lines], subject: &str, resource: &str, action: &str, object: &str) -> Voice {
        let mut decided_by: Option<Deciding> = None;
        for rule in layers.iter().flat_map(|lines| &lines.rules) {
            let through = way(layers, subject, &rule.subject);
            if through.is_empty() || decided_by.as_ref().is_some_and(|deciding| !deciding.allows) {
                continue;
            }
            let allows = match rule.apply(resource, action, object) {
                Some(Effect::Allow) if decided_by.is_none() => true,
                Some(Effect::Deny) => false,
                _ => continue,
            };
            decided_by = Some(Deciding {
                allows,
                line: rule.text.to_string(),
                origin: rule.origin.clone(),
                through: through.iter().map(Arc::to_string).collect(),
            });
        }
        let is_default_role = !subject.is_empty() && subject == self.policy().default_role();
        Voice { subject: subject.to_string(), is_default_role, decided_by }
    }
}

// === impl Voice ===

impl Voice {
    fn allows(&self) -> bool {
        self.decided_by.as_ref().is_some_and(|deciding| deciding.allows)
    }
}

impl fmt::Display for Explanation {
    /// One line for each voice.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, voice) in self.voices.iter().enumerate() {
            let separator = if at == 0 { "" } else { "\n" };
            let whose = match (voice.subject.as_str(), voice.is_default_role) {
                ("", _) => "lines without a subject".to_string(),
                (name, true) => format!("default role {name}"),
                (name, false) => name.to_string(),
            };
            match &voice.decided_by {
                None => write!(f, "{separator}{whose}: no line matches")?,
                Some(deciding) => {
                    let word = if deciding.allows { "allowed" } else { "denied" };
                    write!(f, "{separator}{whose}: {word} by {}: {}", deciding.origin, deciding.line)?;
                    if deciding.through.len() > 1 {
                        write!(f, " (through {})", deciding.through.join(" → "))?;
                    }
                }
            }
        }
        Ok(())
    }
}

/// The resource that a short name stands for on the command line (`app`, `proj`, `repo` …); others are themselves.
pub fn resource_alias(name: &str) -> &str {
    match name {
        "account" => "accounts",
        "app" | "apps" | "application" => "applications",
        "applicationset" | "appset" => "applicationsets",
        "cert" | "certs" | "certificate" => "certificates",
        "cluster" => "clusters",
        "extension" => "extensions",
        "gpgkey" | "key" => "gpgkeys",
        "log" => "logs",
        "proj" | "projs" | "project" => "projects",
        "repo" | "repos" | "repository" => "repositories",
        "write-repo" | "write-repository" => "write-repositories",
        other => other,
    }
}

/// Whether a request is one that a server makes: a resource, and an action that it has.
pub fn check_request(resource: &str, action: &str) -> Result<(), RequestError> {
    let Some(known) = Resource::from_word(resource) else { return Err(RequestError::Resource(resource.to_string())) };
    let (word, has_path) = match action.split_once('/') {
        Some((word, _)) => (word, true),
        None => (action, false),
    };
    let actions: &[&str] = match known {
        Resource::Applications => &["get", "create", "update", "delete", "sync", "rollback", "override", "action"],
        Resource::ApplicationSets
        | Resource::Clusters
        | Resource::Projects
        | Resource::Repositories
        | Resource::WriteRepositories => &["get", "create", "update", "delete"],
        Resource::Certificates | Resource::GpgKeys => &["get", "create", "delete"],
        Resource::Accounts => &["get", "create", "update"],
        Resource::Logs => &["get"],
        Resource::Exec => &["create"],
        Resource::Extensions => &["invoke"],
    };
    let path_fits = !has_path || (known == Resource::Applications && ["update", "delete", "action"].contains(&word));
    if actions.contains(&word) && path_fits && ACTIONS.contains(&word) {
        Ok(())
    } else {
        Err(RequestError::Action { action: action.to_string(), resource: resource.to_string() })
    }
}
