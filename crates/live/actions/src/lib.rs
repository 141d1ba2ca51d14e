//! Actions on live objects: restart this, suspend that, make a Job of a CronJob.
//!
//! An action looks at one object and says what is to be done: the object as it should be, or further objects that should be made.
//! It writes nothing itself. [`offers`] says which of the built-in ones an object has, [`run`] what one of them comes to. Names,
//! icons and effects are those of Argo CD's (its documentation, "Resource Actions"); users' own are in `live/lua`.

mod change;
mod offer;
mod order;

mod argo;
mod flux;
mod jobs;
mod kinds;
mod numa;
mod operators;
mod workloads;

pub use change::{Change, merge_patch, split_status};
pub use kinds::{offers, run};
pub use offer::Offer;
pub use order::{ActionError, Order};

#[cfg(test)]
mod tests;
