//! Fields that users want ignored: `ignoreDifferences` of an application and of the whole system.
//!
//! Rules are compiled once ([`IgnoreRules::new`]) and then take their fields out of both sides of a comparison. With
//! `RespectIgnoreDifferences` the live values of those fields go into the desired object before it is applied ([`respect`]).

mod pointer;
mod respect;
mod rules;

pub use pointer::Pointer;
pub use respect::respect;
pub use rules::{IgnoreError, IgnoreRule, IgnoreRules};

#[cfg(test)]
mod tests;
