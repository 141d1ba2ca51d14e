//! The whole server measured from outside: the release binary, a real API server, a real Git repository, the clock.
//!
//! A bench tells a story over a [`Lab`] and prints a [`Figure`] for what took how long. Everything here fails loudly: a
//! figure of a server that did not do its work is worse than none.
#![expect(clippy::disallowed_methods, reason = "this crate is an edge: it measures time and runs processes")]

mod apps;
mod asking;
mod figure;
mod lab;
mod process;
mod repo;

pub use apps::Apps;
pub use asking::{Asking, Watcher};
pub use figure::{Better, Figure, at};
pub use lab::{CONTROL, Lab, TARGET};
pub use process::{Running, Threads, binary, load};
pub use repo::Repo;
