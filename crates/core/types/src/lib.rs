//! The words that every stage uses: what an application is called, what names an object, how an object says to which
//! application it belongs, and values that must not be printed.

mod address;
pub mod annotation;
mod app;
mod hide;
mod hook;
mod object;
mod resource;
mod secret;
mod tracking;

pub use address::is_safe_url;
pub use app::AppName;
pub use bowline_base_value::Sensitive;
pub use hide::{hide_digests, hide_secret};
pub use hook::{HOOK_FINALIZER, HookDeletePolicy, HookType, has_hook_finalizer, is_hook, is_skipped, sync_wave};
pub use object::{Object, ObjectError};
pub use resource::{GroupKind, Gvk, ResourceKey};
pub use secret::{SECRET_DIGEST_PREFIX, SecretKey, digest_secret, is_secret};
pub use tracking::{InstanceId, TrackingError, TrackingId, TrackingMethod, label_value};
