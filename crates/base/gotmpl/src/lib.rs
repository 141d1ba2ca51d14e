//! Go's `text/template` in process: the language that Helm charts, ApplicationSets and notification templates are written in.
//!
//! [`Templates`] are parsed once and shared by all runs and threads. A [`Runtime`] is one run: it has the [`Functions`]
//! that were parsed with, [`Limits`] on steps, bytes and stack, and a [`Host`] for randomness and time. A [`Value`] has
//! the kinds that Go's reflection tells apart, because templates can see them; errors have Go's texts, because charts'
//! users know them.
//!
//! Behaviour follows `text/template`, `text/template/parse`, `fmt` and `strconv` of Go 1.26.

mod builtins;
mod convert;
mod error;
mod exec;
mod float;
pub mod fmt;
mod function;
mod lex;
mod node;
mod number;
mod parse;
mod quote;
mod runtime;
mod text;
mod value;

pub use convert::{ConvertError, Numbers, from_base, to_base};
pub use error::{CallError, Error};
pub use float::format_float;
pub use function::{Args, Entry, Function, Functions, Run, Type};
pub use lex::{Item, ItemKind, Lexer};
pub use node::{Arg, ArgKind, Branch, Command, List as NodeList, Node, NodeKind, Pipe, Source, Tree, Variable};
pub use number::{Number, parse_float, parse_int, parse_uint};
pub use parse::{ParseError, parse};
pub use quote::{is_print, quote, unquote};
pub use runtime::{Host, Limits, MissingKey, Runtime, Templates, Used, without_no_value};
pub use text::Text;
pub use value::{IntKind, Kind, List, ListKind, Map, MapKind, Object, Signature, UintKind, Value};
