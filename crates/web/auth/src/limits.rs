//! Limits of logins and cookies, from the environment variables of the contract.

use std::time::Duration;

/// Limits of logins and cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Failed logins of one name after which it is locked (`ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT`). 5.
    pub failures: u32,
    /// How long failures count (`ARGOCD_SESSION_FAILURE_WINDOW_SECONDS`); zero is for ever. 300 s.
    pub failure_window: Duration,
    /// Names whose failures are remembered (`ARGOCD_SESSION_MAX_CACHE_SIZE`). 10,000.
    pub remembered: usize,
    /// Logins that are worked on at once (`ARGOCD_MAX_CONCURRENT_LOGIN_REQUESTS_COUNT`, divided by `ARGOCD_API_SERVER_REPLICAS`);
    /// zero is any number. 50.
    pub logins_at_once: usize,
    /// Pieces that a token may be cut into (`ARGOCD_MAX_COOKIE_NUMBER`). 20.
    pub cookies: usize,
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            failures: 5,
            failure_window: Duration::from_secs(300),
            remembered: 10_000,
            logins_at_once: 50,
            cookies: 20,
        }
    }
}

impl Limits {
    /// The limits that the environment asks for, and a sentence for each variable that cannot be used (its default holds).
    pub fn from_environment(variable: impl Fn(&str) -> Option<String>) -> (Limits, Vec<String>) {
        let mut wrong = Vec::new();
        let mut number = |name: &str, least: u32, default: u32| -> u32 {
            let Some(text) = variable(name).filter(|text| !text.is_empty()) else { return default };
            match text.parse::<i32>() {
                Ok(number) if number >= 0 && number as u32 >= least => number as u32,
                _ => {
                    wrong.push(format!("{name}={text:?} is not a number from {least} on: {default} holds"));
                    default
                }
            }
        };
        let default = Limits::default();
        let failures = number("ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT", 1, default.failures);
        let window = number("ARGOCD_SESSION_FAILURE_WINDOW_SECONDS", 0, 300);
        let remembered = number("ARGOCD_SESSION_MAX_CACHE_SIZE", 1, 10_000);
        let at_once = number("ARGOCD_MAX_CONCURRENT_LOGIN_REQUESTS_COUNT", 0, 50);
        let replicas = number("ARGOCD_API_SERVER_REPLICAS", 0, 0);
        let cookies = number("ARGOCD_MAX_COOKIE_NUMBER", 0, 20);
        // One at least: none would be any number.
        let logins_at_once = at_once.checked_div(replicas).map_or(at_once, |share| share.max(at_once.min(1)));
        let limits = Limits {
            failures,
            failure_window: Duration::from_secs(window.into()),
            remembered: remembered as usize,
            logins_at_once: logins_at_once as usize,
            cookies: cookies as usize,
        };
        (limits, wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_environment_decides_and_says_what_it_cannot() {
        let variable = |name: &str| {
            let value = match name {
                "ARGOCD_SESSION_FAILURE_MAX_FAIL_COUNT" => "3",
                "ARGOCD_SESSION_FAILURE_WINDOW_SECONDS" => "soon",
                "ARGOCD_API_SERVER_REPLICAS" => "4",
                _ => return None,
            };
            Some(value.to_string())
        };
        let (limits, wrong) = Limits::from_environment(variable);
        assert_eq!(limits, Limits { failures: 3, logins_at_once: 12, ..Limits::default() });
        assert_eq!(wrong, ["ARGOCD_SESSION_FAILURE_WINDOW_SECONDS=\"soon\" is not a number from 0 on: 300 holds"]);
    }
}
