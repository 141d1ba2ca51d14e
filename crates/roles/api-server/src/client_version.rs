//! Command lines that are too old are told so.

use bowline_base_semver::{Constraint, Version};

/// The oldest `argocd` that is served, as in the contract.
const OLDEST: &str = "1.4.0";

/// Refuses a user agent of an old command line: the code and the sentence.
pub(crate) fn check(user_agent: &str) -> Result<(), (i32, String)> {
    let words: Vec<&str> = user_agent.split_whitespace().collect();
    if let ["grpc-go/1.10.0" | "grpc-go/1.15.0"] = words[..] {
        return Err((9, format!("unsatisfied client version constraint: >= {OLDEST}")));
    }
    for word in words {
        let Some(("argocd-client", text)) = word.split_once('/') else { continue };
        if text.contains('/') {
            continue;
        }
        let bare = text.split('-').next().unwrap_or_default();
        let Ok(version) = Version::parse(bare) else {
            return Err((3, format!("could not parse version from user-agent: {word}")));
        };
        let oldest = Constraint::parse(&format!(">= {OLDEST}")).expect("because the constraint is a constant");
        return match oldest.matches(&version) {
            true => Ok(()),
            false => {
                let plain = bare.trim_start_matches('v');
                Err((9, format!("unsatisfied client version constraint: {plain} is less than {OLDEST}")))
            }
        };
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_ones_are_refused_and_others_are_nobody_s_business() {
        for (agent, want) in [
            ("argocd-client/v3.6.1 grpc-go/1.70.0", None),
            ("argocd-client/v3.6.1+abc grpc-go/1.70.0", None),
            ("argocd-client/v1.4.0", None),
            ("argocd-client/v1.4.0-rc1", None),
            ("argocd-client/v1.3.6", Some((9, "unsatisfied client version constraint: 1.3.6 is less than 1.4.0"))),
            ("argocd-client/new", Some((3, "could not parse version from user-agent: argocd-client/new"))),
            ("grpc-go/1.15.0", Some((9, "unsatisfied client version constraint: >= 1.4.0"))),
            ("grpc-go/1.70.0", None),
            ("argocd-client/a/b", None),
            ("curl/8", None),
            ("", None),
        ] {
            assert_eq!(check(agent).err(), want.map(|(code, text)| (code, text.to_string())), "{agent}");
        }
    }
}
