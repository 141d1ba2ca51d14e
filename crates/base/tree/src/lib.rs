//! A source as a tree: names and objects of one commit, with every read recorded.
//!
//! Renderers see a [`Tree`] and nothing else. A path cannot lead out of it, because there is no outside: `..` above the
//! root and absolute or escaping symbolic links are errors. What a render read is a [`Trace`]; while the trace
//! [holds](Trace::holds) at another commit, so does the result.

mod layout;
mod memory;
mod object;
mod path;
mod trace;
mod tree;

pub use layout::{BlobHash, Layout};
pub use memory::MemoryTree;
pub use object::{Entry, EntryKind, ObjectId, ObjectIdError, Store, StoreError};
pub use path::{OutsideError, join, normalize};
pub use trace::{Recorder, Seen, Trace};
pub use tree::{Blob, Found, Limits, Tree, TreeError};
