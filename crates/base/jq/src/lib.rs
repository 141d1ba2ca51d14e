//! jq path expressions: what they name in a value, and its removal.
//!
//! The language is jq's as jaq implements it, without the parts that may never end or that reach outside: an expression on a
//! finite value always comes to an end here, and what it yields is bounded. Removal follows jq's `del`: all paths are found
//! first and removed from the last to the first, and what is not there is no error.

mod expression;
mod limits;
mod remove;

pub use expression::{JqError, PathExpression, Step};
