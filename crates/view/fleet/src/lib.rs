//! The fleet: every Application as a list shows it.
//!
//! ```text
//! Applications ──▶ Fleet ──▶ Rows (shared, immutable) ──▶ query(Query, Seen) ──▶ Answer ──▶ JSON
//!                  one Row a state of an object,           who may see what,      and Change between two answers
//!                  its JSON made once                      compiled per principal
//! ```
//!
//! [`Fleet::update`] takes in what there is and makes rows only of what is new. [`query`] walks the rows once: filter, permissions,
//! counts of every facet, and the window. [`Change::between`] says what to send to somebody who has an earlier answer. Everything is
//! pure: whoever holds a [`Fleet`] feeds it and says when.

mod facet;
mod selector;

mod row;
mod summary;

mod fleet;
mod seen;

mod query;

mod answer;
mod change;

pub use answer::{Answer, Counted, query};
pub use change::Change;
pub use facet::Facet;
pub use fleet::{Clusters, Fleet, Rows};
pub use query::{Order, Query, QueryError, Sort};
pub use row::Row;
pub use seen::Seen;
pub use selector::Selector;

#[cfg(test)]
mod tests;
