//! Sync windows: when an application may be synced, and when next.
//!
//! A project's windows are read once ([`Windows::new`]), narrowed to an application ([`Windows::matching`]) and asked
//! ([`Windows::decide`]). All of it is pure: the time is an argument.

mod cron;
mod decide;
mod window;

pub use cron::{CronError, Schedule};
pub use decide::{Asked, Decision};
pub use window::{App, Kind, Window, WindowError, Windows};

#[cfg(test)]
mod tests;
