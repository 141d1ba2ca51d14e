//! The parsed template, and its text form as Go prints it in errors.

use std::fmt;
use std::sync::Arc;

use crate::quote::quote;
use crate::{Function, Number, Text};

/// The text that templates were parsed from.
#[derive(Debug)]
pub struct Source {
    /// The name given to the parser: a file's path, for errors.
    pub name: Text,
    /// The text.
    pub text: Text,
}

/// One template: a file's own text, or a `define` or `block` in it.
#[derive(Debug)]
pub struct Tree {
    /// The template's name.
    pub name: Text,
    /// Where it was read.
    pub source: Arc<Source>,
    /// What it does.
    pub root: List,
}

/// Nodes in sequence.
#[derive(Debug)]
pub struct List {
    /// Byte offset in the source.
    pub pos: usize,
    /// The nodes.
    pub nodes: Vec<Node>,
}

/// A piece of a template's body.
#[derive(Debug)]
pub struct Node {
    /// Byte offset in the source.
    pub pos: usize,
    /// What it is.
    pub kind: NodeKind,
}

/// The kinds of [`Node`].
#[derive(Debug)]
pub enum NodeKind {
    /// Plain text.
    Text(Text),
    /// `{{pipeline}}`.
    Action(Pipe),
    /// `{{if}}`.
    If(Branch),
    /// `{{with}}`.
    With(Branch),
    /// `{{range}}`.
    Range(Branch),
    /// `{{template "name" pipeline}}`; a `block` leaves one too.
    Template(Text, Option<Pipe>),
    /// `{{break}}`.
    Break,
    /// `{{continue}}`.
    Continue,
}

/// `if`, `with` and `range`.
#[derive(Debug)]
pub struct Branch {
    /// What is tested or ranged over.
    pub pipe: Pipe,
    /// What is done then.
    pub list: List,
    /// What is done else.
    pub else_list: Option<List>,
}

/// Commands joined by `|`, with declarations before.
#[derive(Debug)]
pub struct Pipe {
    /// Byte offset in the source.
    pub pos: usize,
    /// Whether the variables are assigned (`=`) and not declared (`:=`).
    pub assign: bool,
    /// The variables that take the value.
    pub decl: Vec<Variable>,
    /// The commands.
    pub cmds: Vec<Command>,
}

/// A variable and what is read from it: `$x.a.b`.
#[derive(Clone, Debug)]
pub struct Variable {
    /// Number of the name in its parse; 0 is `$`.
    pub symbol: u32,
    /// The name with its `$`, then the fields.
    pub idents: Vec<Text>,
}

/// A function, method or operand with its arguments.
#[derive(Debug)]
pub struct Command {
    /// Byte offset in the source.
    pub pos: usize,
    /// The words; the first is the function or operand. Never empty.
    pub args: Vec<Arg>,
}

/// An operand.
#[derive(Debug)]
pub struct Arg {
    /// Byte offset in the source (of the last field, where there are several).
    pub pos: usize,
    /// What it is.
    pub kind: ArgKind,
}

/// The kinds of [`Arg`].
#[derive(Debug)]
pub enum ArgKind {
    /// `.a.b`.
    Field(Vec<Text>),
    /// `$x` or `$x.a.b`.
    Variable(Variable),
    /// `(pipeline).a.b` or `function.a.b`.
    Chain(Box<Arg>, Vec<Text>),
    /// A function's name.
    Function(Arc<Function>),
    /// `.`.
    Dot,
    /// `nil`.
    Nil,
    /// `true` or `false`.
    Bool(bool),
    /// A number as it was written, and read.
    Number(Text, Number),
    /// A string as it was written, and its value.
    String(Text, Text),
    /// `(pipeline)`.
    Pipe(Pipe),
}

/// Any part of a tree, as the place of an error.
#[derive(Clone, Copy)]
pub(crate) enum At<'t> {
    Node(&'t Node),
    List(&'t List),
    Pipe(&'t Pipe),
    Command(&'t Command),
    Arg(&'t Arg),
}

// === impl At ===

impl At<'_> {
    pub(crate) fn pos(&self) -> usize {
        match self {
            At::Node(node) => node.pos,
            At::List(list) => list.pos,
            At::Pipe(pipe) => pipe.pos,
            At::Command(command) => command.pos,
            At::Arg(arg) => arg.pos,
        }
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            At::Node(node) => node.fmt(f),
            At::List(list) => list.fmt(f),
            At::Pipe(pipe) => pipe.fmt(f),
            At::Command(command) => command.fmt(f),
            At::Arg(arg) => arg.fmt(f),
        }
    }
}

// === impl List ===

impl List {
    /// Whether there is nothing but white space in it: such a template does not replace another of its name.
    pub fn is_blank(&self) -> bool {
        self.nodes.iter().all(|node| match &node.kind {
            NodeKind::Text(text) => text.to_str().trim().is_empty(),
            _ => false,
        })
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.nodes.iter().try_for_each(|node| node.fmt(f))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            NodeKind::Text(text) => f.write_str(&quote(text.as_bytes())),
            NodeKind::Action(pipe) => write!(f, "{{{{{pipe}}}}}"),
            NodeKind::If(branch) => branch.write(f, "if"),
            NodeKind::With(branch) => branch.write(f, "with"),
            NodeKind::Range(branch) => branch.write(f, "range"),
            NodeKind::Template(name, None) => write!(f, "{{{{template {}}}}}", quote(name.as_bytes())),
            NodeKind::Template(name, Some(pipe)) => write!(f, "{{{{template {} {pipe}}}}}", quote(name.as_bytes())),
            NodeKind::Break => f.write_str("{{break}}"),
            NodeKind::Continue => f.write_str("{{continue}}"),
        }
    }
}

impl Branch {
    fn write(&self, f: &mut fmt::Formatter<'_>, word: &str) -> fmt::Result {
        write!(f, "{{{{{word} {}}}}}{}", self.pipe, self.list)?;
        if let Some(list) = &self.else_list {
            write!(f, "{{{{else}}}}{list}")?;
        }
        f.write_str("{{end}}")
    }
}

impl fmt::Display for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, variable) in self.decl.iter().enumerate() {
            write!(f, "{}{variable}", if i > 0 { ", " } else { "" })?;
        }
        if !self.decl.is_empty() {
            f.write_str(if self.assign { " = " } else { " := " })?;
        }
        for (i, command) in self.cmds.iter().enumerate() {
            write!(f, "{}{command}", if i > 0 { " | " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Variable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, ident) in self.idents.iter().enumerate() {
            write!(f, "{}{ident}", if i > 0 { "." } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, arg) in self.args.iter().enumerate() {
            if i > 0 {
                f.write_str(" ")?;
            }
            match &arg.kind {
                ArgKind::Pipe(pipe) => write!(f, "({pipe})")?,
                _ => arg.fmt(f)?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Arg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ArgKind::Field(idents) => idents.iter().try_for_each(|ident| write!(f, ".{ident}")),
            ArgKind::Variable(variable) => variable.fmt(f),
            ArgKind::Chain(arg, fields) => {
                match &arg.kind {
                    ArgKind::Pipe(pipe) => write!(f, "({pipe})")?,
                    _ => arg.fmt(f)?,
                }
                fields.iter().try_for_each(|field| write!(f, ".{field}"))
            }
            ArgKind::Function(function) => f.write_str(&function.name),
            ArgKind::Dot => f.write_str("."),
            ArgKind::Nil => f.write_str("nil"),
            ArgKind::Bool(b) => write!(f, "{b}"),
            ArgKind::Number(text, _) => text.fmt(f),
            ArgKind::String(quoted, _) => quoted.fmt(f),
            ArgKind::Pipe(pipe) => pipe.fmt(f),
        }
    }
}
