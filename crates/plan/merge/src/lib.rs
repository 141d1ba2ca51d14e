//! Field ownership as the API server records it in `metadata.managedFields`: sets of fields ([`FieldSet`]), who holds them
//! ([`ManagedFields`]), and the move of a client-side apply's fields to the manager that applies server-side.

mod field_set;
mod managed_fields;
mod migrate;

pub use field_set::{FieldSet, FieldSetError, Owned};
pub use managed_fields::{Entry, ManagedFields, Operation};
pub use migrate::{LEGACY_MANAGERS, migrate, needs_migration};
