//! Whether an object is synced.
//!
//! There is one definition: *synced means that applying the desired object with our field manager would change no field that
//! we own.* [`compare`] decides it from the live object and the API server's own answer to that apply in a dry run. The answer
//! is one of three kinds: synced; out of sync, with a non-empty list of fields and the cause of each; or unknown, with the
//! error. Which answers still hold is decided by [`depends_on`], so that the server is asked only when something changed.
//!
//! Ownership alone never makes a difference: an object that already looks as it should is synced, whoever wrote it. Fields
//! that a client-side apply wrote and that Git does not have are ours to remove (see `bowline-plan-merge`), so they differ
//! until the first write has taken them over.

mod answer;
mod compare;
mod difference;
mod known;
mod normalize;
mod overview;
mod path;
mod quantity;
mod rules;
mod walk;

pub use answer::{Answer, Digest, depends_on, digest};
pub use compare::{Comparison, Pair, Prediction, SyncStatus, compare};
pub use difference::{Cause, Difference, Differences, Holder};
pub use known::{KnownField, KnownTypeError, KnownTypes};
pub use normalize::normalize;
pub use overview::{Item, Overview, overview};
pub use path::{Path, Step};
pub use rules::{IgnoreStatus, Ignored, Rules};

#[cfg(test)]
mod tests;
