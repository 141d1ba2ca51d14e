//! `spec.destinationServiceAccounts`: whom a sync acts as.

use bowline_base_glob::Glob;
use bowline_core_crd::AppProjectSpec;

/// Where an application goes, as service accounts are chosen by it.
#[derive(Clone, Copy, Debug)]
pub struct SyncTarget<'a> {
    /// URL of the cluster.
    pub server: &'a str,
    /// The destination namespace, as the application gives it.
    pub namespace: &'a str,
    /// Namespace of the Application: that of the service account where neither it nor the destination names one.
    pub app_namespace: &'a str,
}

/// A project's choice that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceAccountError {
    /// A pattern that is none.
    #[error("invalid glob pattern for destination {what}: {reason}")]
    Pattern {
        /// Server or namespace.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A name that is none.
    #[error("default service account contains invalid chars '{0}'")]
    Name(String),
    /// Nobody is named for this destination.
    #[error(
        "no matching service account found for destination server {server} and namespace {namespace}: add one to \
         destinationServiceAccounts of the project"
    )]
    NoMatch {
        /// URL of the cluster.
        server: String,
        /// The destination namespace.
        namespace: String,
    },
}

/// The user that a sync acts as where impersonation is on, such as `system:serviceaccount:web:deployer`: the first of the
/// project's service accounts whose server and namespace match. Where none does, `enforced` makes that an error, and `None`
/// means the controller itself.
pub fn service_account(
    project: &AppProjectSpec,
    target: SyncTarget<'_>,
    enforced: bool,
) -> Result<Option<String>, ServiceAccountError> {
    let matches = |what, pattern: &str, text: &str| {
        let glob = Glob::new(pattern, &[]);
        let glob = glob.map_err(|e| ServiceAccountError::Pattern { what, reason: e.to_string() })?;
        Ok(glob.matches(text))
    };
    for item in &project.destination_service_accounts {
        let server = matches("server", &item.server, target.server)?;
        if !server || !matches("namespace", &item.namespace, target.namespace)? {
            continue;
        }
        let account = &item.default_service_account;
        if account.trim_matches(' ').is_empty() || account.contains(['!', '*', '[', ']', '{', '}', '\\', '/']) {
            return Err(ServiceAccountError::Name(account.clone()));
        }
        if account.contains(':') {
            return Ok(Some(format!("system:serviceaccount:{account}")));
        }
        let namespace = if target.namespace.is_empty() { target.app_namespace } else { target.namespace };
        return Ok(Some(format!("system:serviceaccount:{namespace}:{account}")));
    }
    if enforced {
        let (server, namespace) = (target.server.to_string(), target.namespace.to_string());
        return Err(ServiceAccountError::NoMatch { server, namespace });
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use bowline_core_crd::ApplicationDestinationServiceAccount;

    use super::*;

    fn check(accounts: &[(&str, &str, &str)], namespace: &str, enforced: bool) -> String {
        let account = |(server, namespace, account): &(&str, &str, &str)| ApplicationDestinationServiceAccount {
            server: server.to_string(),
            namespace: namespace.to_string(),
            default_service_account: account.to_string(),
        };
        let project = AppProjectSpec {
            destination_service_accounts: accounts.iter().map(account).collect(),
            ..AppProjectSpec::default()
        };
        let target = SyncTarget { server: "https://a", namespace, app_namespace: "argocd" };
        match service_account(&project, target, enforced) {
            Ok(user) => user.unwrap_or_else(|| "the controller".into()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_first_match_says_whom() {
        let both = [("https://a", "prod-*", "deployer"), ("*", "*", "any:other")];
        assert_eq!(check(&both, "prod-eu", true), "system:serviceaccount:prod-eu:deployer");
        assert_eq!(check(&both, "dev", true), "system:serviceaccount:any:other");
        assert_eq!(check(&[("*", "*", "d")], "", true), "system:serviceaccount:argocd:d");
        assert_eq!(check(&[("https://b", "*", "d")], "dev", false), "the controller");
        assert_eq!(
            check(&[], "dev", true),
            "no matching service account found for destination server https://a and namespace dev: add one to destinationServiceAccounts of the project"
        );
    }

    #[test]
    fn what_is_no_service_account_is_refused() {
        for bad in ["", "  ", "a*", "x/y"] {
            assert_eq!(
                check(&[("*", "*", bad)], "n", false),
                format!("default service account contains invalid chars '{bad}'")
            );
        }
        assert!(check(&[("[", "*", "d")], "n", false).starts_with("invalid glob pattern for destination server: "));
    }
}
