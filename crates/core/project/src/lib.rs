//! What an AppProject permits: sources, destinations, kinds, namespaces of Applications. Pure rules over the project's spec,
//! as Argo CD evaluates them; every refusal is a sentence.

mod destination;
mod namespace;
mod orphaned;
mod resource;
mod service_account;
mod source;
mod validate;

pub use destination::{Destination, is_destination_permitted};
pub use namespace::is_app_namespace_permitted;
pub use orphaned::{is_orphaned, orphaned_message, warns_of_orphaned};
pub use resource::{is_kind_permitted, permit_object};
pub use service_account::{ServiceAccountError, SyncTarget, service_account};
pub use source::is_source_permitted;
pub use validate::validate_spec;

use bowline_base_glob::Glob;

/// One pattern of a project: `!` in front turns it round, `*` is everything.
fn matches(pattern: &str, text: &str, separators: &[char]) -> bool {
    if let Some(denied) = pattern.strip_prefix('!') {
        return !glob(denied, text, separators);
    }
    pattern == "*" || glob(pattern, text, separators)
}

/// A pattern that cannot be read matches nothing.
fn glob(pattern: &str, text: &str, separators: &[char]) -> bool {
    Glob::new(pattern, separators).is_ok_and(|glob| glob.matches(text))
}

#[cfg(test)]
mod tests;
