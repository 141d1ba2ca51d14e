//! The evaluator: walks a tree with Go's rules for nil, missing, types and errors.

use std::rc::Rc;

use crate::node::{Arg, ArgKind, At, Branch, Command, List, Node, NodeKind, Pipe, Tree, Variable};
use crate::quote::quote;
use crate::{Error, IntKind, Kind, MissingKey, Runtime, Text, Value, fmt};

mod call;
mod field;

/// A value as reflection sees it during evaluation: nil that came out of an `interface {}` is another thing than no value.
#[derive(Clone, Default)]
pub(crate) struct Seen {
    pub(crate) value: Value,
    /// Whether the static type is `interface {}`: an element of a map or list of anything.
    pub(crate) wrapped: bool,
}

/// One executing template.
pub(crate) struct Frame<'t> {
    tree: &'t Tree,
    /// What was looked at last: where an error is.
    at: Option<At<'t>>,
    vars: Vec<(u32, Seen)>,
}

enum Flow {
    On,
    Break,
    Continue,
}

type Result<T> = std::result::Result<T, Error>;

// === impl Seen ===

impl Seen {
    pub(crate) fn new(value: Value) -> Seen {
        Seen { value, wrapped: false }
    }

    /// Whether there is no value at all, not even nil.
    fn is_absent(&self) -> bool {
        !self.wrapped && matches!(self.value, Value::Nil)
    }

    /// Go's static type, for errors.
    fn type_name(&self) -> &str {
        if self.wrapped { "interface {}" } else { self.value.type_name() }
    }

    fn unwrapped(self) -> Seen {
        Seen { value: self.value, wrapped: false }
    }
}

// === impl Frame ===

impl<'t> Frame<'t> {
    pub(crate) fn new(tree: &'t Tree, dot: Value) -> Frame<'t> {
        Frame { tree, at: None, vars: vec![(0, Seen::new(dot))] }
    }

    pub(crate) fn run(mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>) -> Result<()> {
        if rt.stack_is_full() {
            return self.fail("exceeded maximum template depth");
        }
        let dot = self.vars[0].1.clone();
        self.list(rt, out, &dot, &self.tree.root).map(|_| ())
    }

    /// An error at the current place.
    fn error(&self, message: impl std::fmt::Display) -> Error {
        Error::exec(self.place(&message), None)
    }

    fn fail<T>(&self, message: impl std::fmt::Display) -> Result<T> {
        Err(self.error(message))
    }

    fn place(&self, message: &dyn std::fmt::Display) -> String {
        let name = &self.tree.name;
        let Some(at) = self.at else { return format!("template: {name}: {message}") };
        let source = &self.tree.source;
        let text = &source.text.as_bytes()[..at.pos().min(source.text.len())];
        let line = 1 + text.iter().filter(|b| **b == b'\n').count();
        let column = text.iter().rposition(|b| *b == b'\n').map_or(text.len(), |i| text.len() - i - 1);
        format!("template: {}:{line}:{column}: executing {} at <{at}>: {message}", source.name, quote(name.as_bytes()))
    }

    fn list(&mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>, dot: &Seen, list: &'t List) -> Result<Flow> {
        self.at = Some(At::List(list));
        for node in &list.nodes {
            match self.node(rt, out, dot, node)? {
                Flow::On => {}
                flow => return Ok(flow),
            }
        }
        Ok(Flow::On)
    }

    fn node(&mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>, dot: &Seen, node: &'t Node) -> Result<Flow> {
        self.at = Some(At::Node(node));
        self.step(rt)?;
        match &node.kind {
            NodeKind::Text(text) => self.write(rt, out, text.as_bytes())?,
            NodeKind::Action(pipe) => {
                let value = self.pipe(rt, dot, pipe)?;
                if pipe.decl.is_empty() {
                    self.at = Some(At::Node(node));
                    self.print(rt, out, value)?;
                }
            }
            NodeKind::If(branch) => return self.if_or_with(rt, out, dot, branch, false),
            NodeKind::With(branch) => return self.if_or_with(rt, out, dot, branch, true),
            NodeKind::Range(branch) => return self.range(rt, out, dot, branch),
            NodeKind::Template(name, pipe) => self.template(rt, out, dot, name, pipe.as_ref())?,
            NodeKind::Break => return Ok(Flow::Break),
            NodeKind::Continue => return Ok(Flow::Continue),
        }
        Ok(Flow::On)
    }

    fn step(&mut self, rt: &mut Runtime<'_>) -> Result<()> {
        rt.spend(1).map_err(|error| self.error(error))
    }

    fn write(&mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>, bytes: &[u8]) -> Result<()> {
        rt.produce(bytes.len()).map_err(|error| self.error(error))?;
        out.extend_from_slice(bytes);
        Ok(())
    }

    fn print(&mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>, value: Seen) -> Result<()> {
        match &value.value {
            Value::Nil => self.write(rt, out, b"<no value>"),
            Value::String(text) => self.write(rt, out, text.as_bytes()),
            Value::Object(object) if object.kind() == Kind::Func => {
                let text = self.at.map(|at| at.to_string()).unwrap_or_default();
                self.fail(format!("can't print {text} of type {}", object.type_name()))
            }
            Value::Object(object) if object.printed().is_some() => {
                let text = object.printed().unwrap_or_default();
                self.write(rt, out, text.as_bytes())
            }
            other => {
                let text = fmt::sprint(std::slice::from_ref(other));
                self.write(rt, out, text.as_bytes())
            }
        }
    }

    fn if_or_with(
        &mut self,
        rt: &mut Runtime<'_>,
        out: &mut Vec<u8>,
        dot: &Seen,
        branch: &'t Branch,
        with: bool,
    ) -> Result<Flow> {
        let mark = self.vars.len();
        let value = self.pipe(rt, dot, &branch.pipe)?;
        let flow = if value.value.truth() {
            self.list(rt, out, if with { &value } else { dot }, &branch.list)?
        } else if let Some(list) = &branch.else_list {
            self.list(rt, out, dot, list)?
        } else {
            Flow::On
        };
        self.vars.truncate(mark);
        Ok(flow)
    }

    fn range(&mut self, rt: &mut Runtime<'_>, out: &mut Vec<u8>, dot: &Seen, branch: &'t Branch) -> Result<Flow> {
        let outer = self.vars.len();
        let over = self.pipe(rt, dot, &branch.pipe)?.value;
        let over = match &over {
            Value::Object(object) if matches!(object.kind(), Kind::Map | Kind::Slice) => object.underlying(),
            _ => over,
        };
        let ran = match &over {
            Value::Int(n, kind) => {
                self.one_variable(branch, &over)?;
                let make = |i: u64| Value::Int(i as i64, *kind);
                self.count(rt, out, branch, u64::try_from(*n).unwrap_or(0), &make)?
            }
            Value::Uint(n, kind) => {
                self.one_variable(branch, &over)?;
                self.count(rt, out, branch, *n, &|i| Value::Uint(i, *kind))?
            }
            Value::List(list) => {
                for (i, item) in list.items.iter().enumerate() {
                    let element = Seen { value: item.clone(), wrapped: list.kind.holds_any() };
                    if self.iteration(rt, out, branch, Some(Value::int(i as i64)), element)? {
                        break;
                    }
                }
                !list.items.is_empty()
            }
            Value::Bytes(bytes) => {
                for (i, byte) in bytes.iter().enumerate() {
                    let element = Seen::new(Value::Uint(u64::from(*byte), crate::UintKind::Uint8));
                    if self.iteration(rt, out, branch, Some(Value::int(i as i64)), element)? {
                        break;
                    }
                }
                !bytes.is_empty()
            }
            Value::Map(map) => {
                // Go takes the elements out before the first iteration, so changes on the way are not seen.
                let entries = map.entries();
                for (key, value) in &entries {
                    let element = Seen { value: value.clone(), wrapped: map.kind().holds_any() };
                    if self.iteration(rt, out, branch, Some(Value::String(key.clone())), element)? {
                        break;
                    }
                }
                !entries.is_empty()
            }
            Value::Nil => false,
            other => {
                return self
                    .fail(format!("range can't iterate over {}", fmt::sprintf("%v", std::slice::from_ref(other))));
            }
        };
        let flow = match (ran, &branch.else_list) {
            // Its variables are what was to be gone over, as a whole.
            (false, Some(list)) => self.list(rt, out, dot, list)?,
            _ => Flow::On,
        };
        self.vars.truncate(outer);
        Ok(flow)
    }

    fn one_variable(&self, branch: &Branch, over: &Value) -> Result<()> {
        if branch.pipe.decl.len() > 1 {
            let text = fmt::sprintf("%v", std::slice::from_ref(over));
            return self.fail(format!("can't use {text} to iterate over more than one variable"));
        }
        Ok(())
    }

    fn count(
        &mut self,
        rt: &mut Runtime<'_>,
        out: &mut Vec<u8>,
        branch: &'t Branch,
        n: u64,
        make: &dyn Fn(u64) -> Value,
    ) -> Result<bool> {
        for i in 0..n {
            // An empty body takes no other step.
            self.step(rt)?;
            if self.iteration(rt, out, branch, None, Seen::new(make(i)))? {
                break;
            }
        }
        Ok(n > 0)
    }

    /// One turn of a loop; whether it was left by `break`.
    fn iteration(
        &mut self,
        rt: &mut Runtime<'_>,
        out: &mut Vec<u8>,
        branch: &'t Branch,
        index: Option<Value>,
        element: Seen,
    ) -> Result<bool> {
        let decl = &branch.pipe.decl;
        let mark = self.vars.len();
        let index = Seen::new(index.unwrap_or_default());
        match (decl.len(), branch.pipe.assign) {
            (0, _) => {}
            (1, true) => self.assign(&decl[0], element.clone())?,
            (_, true) => {
                self.assign(&decl[0], index)?;
                self.assign(&decl[1], element.clone())?;
            }
            // The pipeline has declared the variables already; they are the topmost.
            (1, false) => self.vars[mark - 1].1 = element.clone(),
            (_, false) => {
                self.vars[mark - 1].1 = element.clone();
                self.vars[mark - 2].1 = index;
            }
        }
        let flow = self.list(rt, out, &element, &branch.list)?;
        self.vars.truncate(mark);
        Ok(matches!(flow, Flow::Break))
    }

    fn template(
        &mut self,
        rt: &mut Runtime<'_>,
        out: &mut Vec<u8>,
        dot: &Seen,
        name: &Text,
        pipe: Option<&'t Pipe>,
    ) -> Result<()> {
        let Some(tree) = rt.layers.find(name) else {
            return self.fail(format!("template {} not defined", quote(name.as_bytes())));
        };
        let dot = match pipe {
            Some(pipe) => self.pipe(rt, dot, pipe)?,
            None => Seen::default(),
        };
        if rt.stack_is_full() {
            return self.fail("exceeded maximum template depth");
        }
        Frame::new(&tree, dot.value).run(rt, out)
    }

    fn assign(&mut self, variable: &Variable, value: Seen) -> Result<()> {
        match self.vars.iter_mut().rev().find(|(known, _)| *known == variable.symbol) {
            Some((_, place)) => {
                *place = value;
                Ok(())
            }
            None => self.fail(format!("undefined variable: {}", variable.idents[0])),
        }
    }

    fn pipe(&mut self, rt: &mut Runtime<'_>, dot: &Seen, pipe: &'t Pipe) -> Result<Seen> {
        self.at = Some(At::Pipe(pipe));
        let mut value: Option<Seen> = None;
        for command in &pipe.cmds {
            // What is inside of an interface is passed on, without the interface.
            value = Some(self.command(rt, dot, command, value)?.unwrapped());
        }
        let value = value.unwrap_or_default();
        for variable in &pipe.decl {
            if pipe.assign {
                self.assign(variable, value.clone())?;
            } else {
                self.vars.push((variable.symbol, value.clone()));
            }
        }
        Ok(value)
    }

    fn command(&mut self, rt: &mut Runtime<'_>, dot: &Seen, command: &'t Command, last: Option<Seen>) -> Result<Seen> {
        let first = &command.args[0];
        match &first.kind {
            ArgKind::Field(idents) => {
                self.at = Some(At::Arg(first));
                self.fields(rt, dot, dot.clone(), At::Arg(first), idents, &command.args, last)
            }
            ArgKind::Chain(..) => self.chain(rt, dot, first, &command.args, last),
            ArgKind::Function(function) => {
                self.at = Some(At::Arg(first));
                self.function(rt, dot, function, At::Command(command), &command.args[1..], last)
            }
            ArgKind::Pipe(pipe) => {
                self.not_a_function(&command.args, &last)?;
                self.pipe(rt, dot, pipe)
            }
            ArgKind::Variable(_) => self.variable(rt, dot, first, &command.args, last),
            ArgKind::Bool(_) | ArgKind::Dot | ArgKind::Nil | ArgKind::Number(..) | ArgKind::String(..) => {
                self.at = Some(At::Arg(first));
                self.not_a_function(&command.args, &last)?;
                match &first.kind {
                    ArgKind::Bool(b) => Ok(Seen::new(Value::Bool(*b))),
                    ArgKind::Dot => Ok(dot.clone()),
                    ArgKind::Number(text, number) => self.constant(text, number),
                    ArgKind::String(_, text) => Ok(Seen::new(Value::String(text.clone()))),
                    _ => self.fail("nil is not a command"),
                }
            }
        }
    }

    fn not_a_function(&self, args: &[Arg], last: &Option<Seen>) -> Result<()> {
        if args.len() > 1 || last.is_some() {
            return self.fail(format!("can't give argument to non-function {}", args[0]));
        }
        Ok(())
    }

    /// What a number is where nothing says of what type it has to be.
    fn constant(&self, text: &Text, number: &crate::Number) -> Result<Seen> {
        let written = text.to_str();
        let is_hex_int = written.len() > 2
            && written.starts_with('0')
            && matches!(written.as_bytes()[1], b'x' | b'X')
            && !written.contains(['p', 'P']);
        if let Some((re, im)) = number.complex {
            return Ok(Seen::new(Value::Complex(re, im)));
        }
        if let Some(f) = number.float
            && !is_hex_int
            && !written.starts_with('\'')
            && written.contains(['.', 'e', 'E', 'p', 'P'])
        {
            return Ok(Seen::new(Value::Float(f)));
        }
        match number.int {
            Some(i) => Ok(Seen::new(Value::Int(i, IntKind::Int))),
            None => self.fail(format!("{written} overflows int")),
        }
    }
}

pub(crate) fn missing(missing_key: MissingKey, map: &Rc<crate::Map>) -> Option<Seen> {
    match missing_key {
        MissingKey::Default => Some(Seen::default()),
        MissingKey::Zero => Some(Seen { value: map.kind().zero(), wrapped: map.kind().holds_any() }),
        MissingKey::Error => None,
    }
}
