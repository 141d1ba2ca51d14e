//! [`Login`]: who we are at one origin.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bowline_base_value::Sensitive;
use hyper::header::HeaderValue;

use crate::Origin;

/// An `Authorization` for one origin. It is sent to that origin only, also where a redirect leads elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    origin: Origin,
    header: Sensitive<String>,
}

// === impl Login ===

impl Login {
    /// User and password.
    pub fn basic(origin: Origin, user: &str, password: &Sensitive<String>) -> Login {
        let text = STANDARD.encode(format!("{user}:{}", password.expose()));
        Login { origin, header: Sensitive::new(format!("Basic {text}")) }
    }

    /// A token.
    pub fn bearer(origin: Origin, token: &Sensitive<String>) -> Login {
        Login { origin, header: Sensitive::new(format!("Bearer {}", token.expose())) }
    }

    /// The origin that it is for.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The header for a request to `origin`; nothing where it is not for that, or cannot stand in a header.
    pub(crate) fn header_for(&self, origin: &Origin) -> Option<HeaderValue> {
        if self.origin != *origin {
            return None;
        }
        let mut value = HeaderValue::try_from(self.header.expose().as_str()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}
