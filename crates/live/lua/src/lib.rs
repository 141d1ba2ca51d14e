//! Health and actions by users' Lua scripts.
//!
//! A script of health sees `obj` and returns a table with `status` and `message`; one of an action returns the object as it should be,
//! or a list of objects to make. Each runs in a sandbox: base functions, `table` and an
//! `os` that tells the time, and with open libraries also `string` and `math`; nothing that reads files, loads code or runs
//! programs. It runs on a budget of instructions and memory: a broken, slow or greedy script costs its own object an Unknown
//! with a message, or whoever ran the action an error. The dialect is Lua 5.2 with what scripts written for Argo CD (5.1 and `goto`) expect besides.

mod actions;
mod machine;
mod os;
mod scripts;

pub use actions::ActionScripts;
pub use scripts::{HealthScript, Scripts};

#[cfg(test)]
mod tests;
