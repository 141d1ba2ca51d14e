//! The rules of the house that no compiler knows: layers, names, lengths, reasons.
//!
//! Each rule is a pure function from what it looks at to the list of what is wrong, so that its tests can show it something
//! bad. `tests/workspace.rs` holds the whole tree to all of them. STYLE.md gives the reasons.

pub mod code;
pub mod files;
pub mod layers;
pub mod manifests;
