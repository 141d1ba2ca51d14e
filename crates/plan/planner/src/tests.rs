//! Scenarios: a world in a few lines in, what the operation does tick by tick out. See `scenario` for the language.

mod deletion;
mod properties;
mod scenario;
mod sync;

use scenario::check;
