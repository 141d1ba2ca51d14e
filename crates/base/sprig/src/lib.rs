//! The sprig 3.3.0 functions for Go templates, one module per family.
//!
//! [`functions`] gives text/template's own functions and sprig's, without those that read the environment. Random
//! values and the time come from the run's [`Host`](bowline_base_gotmpl::Host).

use bowline_base_gotmpl::Functions;

mod case;
mod cast;
mod crypto;
mod dates;
mod decimal;
mod dicts;
mod encoding;
mod lists;
mod logic;
mod numbers;
mod paths;
mod random;
mod regex;
mod semver;
mod strings;
mod urls;

pub use dates::{Time, parse_time};
pub use paths::{base as path_base, clean as path_clean};
pub use regex::go_regex;
pub use urls::parse_url;

/// text/template's functions with sprig's over them.
pub fn functions() -> Functions {
    Functions::builtins()
        .with(case::TABLE)
        .with(crypto::TABLE)
        .with(dates::TABLE)
        .with(dicts::TABLE)
        .with(encoding::TABLE)
        .with(lists::TABLE)
        .with(logic::TABLE)
        .with(numbers::TABLE)
        .with(paths::TABLE)
        .with(random::TABLE)
        .with(regex::TABLE)
        .with(semver::TABLE)
        .with(strings::TABLE)
        .with(urls::TABLE)
}
