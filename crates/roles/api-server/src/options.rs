//! [`Options`]: flags over settings.

use bowline_core_settings::Settings;

/// What the command line says; it wins over the settings.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    /// Speak HTTP in clear.
    pub insecure: Option<bool>,
    /// The path that everything stands under.
    pub root_path: Option<String>,
    /// The `<base>` of the web UI.
    pub base_href: Option<String>,
    /// `X-Frame-Options`.
    pub frame_options: Option<String>,
    /// `Content-Security-Policy`.
    pub content_security_policy: Option<String>,
    /// Compress answers.
    pub gzip: Option<bool>,
    /// Content types of requests that change something.
    pub content_types: Option<String>,
    /// Versions and cipher suites of TLS.
    pub tls_min: Option<String>,
    /// The newest version.
    pub tls_max: Option<String>,
    /// Cipher suites.
    pub tls_ciphers: Option<String>,
}

/// What is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Speak HTTP in clear.
    pub insecure: bool,
    /// What all paths begin with: empty, or `/` and names without a slash at the end.
    pub root_path: String,
    /// The `<base>` of the web UI, with slashes at both ends.
    pub base_href: String,
    /// `X-Frame-Options`, empty for none.
    pub frame_options: String,
    /// `Content-Security-Policy`, empty for the UI's own.
    pub content_security_policy: String,
    /// Compress answers.
    pub gzip: bool,
    /// Content types of requests that change something, in lower case; empty for all.
    pub content_types: Vec<String>,
    /// The oldest version of TLS.
    pub tls_min: String,
    /// The newest version of TLS.
    pub tls_max: String,
    /// Cipher suites.
    pub tls_ciphers: String,
    /// Do not serve the description of the API.
    pub swagger_disabled: bool,
    /// Bytes that the body of a webhook may have.
    pub webhook_bytes: usize,
}

// === impl Options ===

impl Options {
    /// What the flags and, where they say nothing, the settings say.
    pub fn of(flags: &Flags, settings: &Settings) -> Options {
        let text = |flag: &Option<String>, setting: &str| flag.clone().unwrap_or_else(|| setting.to_string());
        let root = text(&flags.root_path, &settings.server_root_path);
        let root = root.trim_matches('/');
        let base = text(&flags.base_href, &settings.server_base_href);
        let base = base.trim_matches('/');
        let slashed = |path: &str| if path.is_empty() { "/".to_string() } else { format!("/{path}/") };
        let types = flags.content_types.as_ref().map_or_else(
            || settings.server_content_types.clone(),
            |types| types.split(';').map(|t| t.trim().to_lowercase()).filter(|t| !t.is_empty()).collect(),
        );
        Options {
            insecure: flags.insecure.unwrap_or(settings.server_insecure),
            root_path: if root.is_empty() { String::new() } else { format!("/{root}") },
            // A root path that is set without a base moves the UI's base as well.
            base_href: if base.is_empty() { slashed(root) } else { slashed(base) },
            frame_options: text(&flags.frame_options, &settings.server_frame_options),
            content_security_policy: text(&flags.content_security_policy, &settings.server_csp),
            gzip: flags.gzip.unwrap_or(settings.server_gzip),
            content_types: types,
            tls_min: text(&flags.tls_min, &settings.server_tls_min),
            tls_max: text(&flags.tls_max, &settings.server_tls_max),
            tls_ciphers: text(&flags.tls_ciphers, &settings.server_tls_ciphers),
            swagger_disabled: settings.server_swagger_disabled,
            webhook_bytes: settings.webhook_megabytes.saturating_mul(1 << 20),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_and_paths_have_one_form() {
        let settings = Settings { server_root_path: "/a/".into(), server_insecure: true, ..Settings::default() };
        let options = Options::of(&Flags::default(), &settings);
        assert_eq!((options.root_path.as_str(), options.base_href.as_str(), options.insecure), ("/a", "/a/", true));
        let flags = Flags {
            root_path: Some("b/c".into()),
            base_href: Some("ui".into()),
            insecure: Some(false),
            content_types: Some("application/json; Application/merge-patch+json".into()),
            ..Flags::default()
        };
        let options = Options::of(&flags, &settings);
        assert_eq!((options.root_path.as_str(), options.base_href.as_str(), options.insecure), ("/b/c", "/ui/", false));
        assert_eq!(options.content_types, ["application/json", "application/merge-patch+json"]);
        let plain = Options::of(&Flags::default(), &Settings::default());
        assert_eq!((plain.root_path.as_str(), plain.base_href.as_str()), ("", "/"));
    }
}
