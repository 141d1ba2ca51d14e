//! Tasks that have a name and an owner and are drained: the only place that spawns.
//!
//! A role holds one [`Tasks`]; what it is made of gets a [`Tasks::scope`], which ends with the role and can end alone. Ending
//! is asked for ([`Tasks::cancel`]) and waited for ([`Tasks::drain`]); what is still running after the deadline is aborted
//! and named. [`Readiness`] tells when everything that has to be there has been read once.

mod cancel;
mod readiness;
mod tasks;

pub use cancel::Cancel;
pub use readiness::{Pending, Readiness};
pub use tasks::{Owned, Tasks};
