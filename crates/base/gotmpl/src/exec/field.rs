//! Fields, methods and variables.

use std::sync::Arc;

use crate::function::{Does, Function};
use crate::node::{Arg, ArgKind, At};
use crate::quote::quote;
use crate::{Args, Kind, MapKind, Runtime, Signature, Text, Value};

use super::{Frame, Result, Seen, missing};

// === impl Frame ===

impl<'t> Frame<'t> {
    pub(super) fn variable(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        arg: &'t Arg,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        let ArgKind::Variable(variable) = &arg.kind else { unreachable!("only called for variables") };
        self.at = Some(At::Arg(arg));
        let value = match self.vars.iter().rev().find(|(symbol, _)| *symbol == variable.symbol) {
            Some((_, value)) => value.clone(),
            None => return self.fail(format!("undefined variable: {}", variable.idents[0])),
        };
        if variable.idents.len() == 1 {
            self.not_a_function(args, &last)?;
            return Ok(value);
        }
        self.fields(rt, dot, value, At::Arg(arg), &variable.idents[1..], args, last)
    }

    pub(super) fn chain(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        arg: &'t Arg,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        let ArgKind::Chain(node, fields) = &arg.kind else { unreachable!("only called for chains") };
        self.at = Some(At::Arg(arg));
        if matches!(node.kind, ArgKind::Nil) {
            return self.fail(format!("indirection through explicit nil in {arg}"));
        }
        // (pipe).field.field: the pipe is evaluated, then the fields of what it gave.
        let receiver = self.any_arg(rt, dot, node)?;
        self.fields(rt, dot, receiver, At::Arg(arg), fields, args, last)
    }

    /// Evaluates `.a.b.c`; arguments go to the last name.
    #[expect(clippy::too_many_arguments, reason = "Go's evalFieldChain; a struct would be made and taken apart once")]
    pub(super) fn fields(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        mut receiver: Seen,
        at: At<'t>,
        idents: &'t [Text],
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        let (name, before) = idents.split_last().expect("because a field has a name");
        for ident in before {
            receiver = self.field(rt, dot, receiver, at, ident, &[], None)?;
        }
        self.field(rt, dot, receiver, at, name, args, last)
    }

    #[expect(clippy::too_many_arguments, reason = "Go's evalField; a struct would be made and taken apart once")]
    fn field(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        receiver: Seen,
        at: At<'t>,
        name: &Text,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        if receiver.is_absent() {
            if rt.missing_key == crate::MissingKey::Error {
                return self.fail(format!("nil data; no entry for key {}", quote(name.as_bytes())));
            }
            return Ok(Seen::default());
        }
        let has_args = args.len() > 1 || last.is_some();
        match &receiver.value {
            Value::Nil => return self.fail(format!("nil pointer evaluating interface {{}}.{name}")),
            Value::Map(map) => {
                if let MapKind::Named(_) = map.kind()
                    && let Some(method) = rt.map_method(name)
                {
                    return self.map_method(rt, dot, &receiver, method, at, args, last);
                }
                if has_args {
                    return self.fail(format!("{name} is not a method but has arguments"));
                }
                if let Some(value) = map.get(name.as_bytes()) {
                    return Ok(Seen { value, wrapped: map.kind().holds_any() });
                }
                return match missing(rt.missing_key, map) {
                    Some(value) => Ok(value),
                    None => self.fail(format!("map has no entry for key {}", quote(name.as_bytes()))),
                };
            }
            Value::Object(object) => {
                let name_str = name.to_str();
                if let Some(signature) = object.method(&name_str) {
                    let values =
                        self.arguments(rt, dot, &name_str, &signature, args.get(1..).unwrap_or_default(), last)?;
                    let object = object.clone();
                    let mut values = Args::new(values.into_iter().map(|seen| seen.value).collect());
                    return match object.call(&name_str, rt, &mut values) {
                        Ok(value) => Ok(Seen::new(value)),
                        Err(error) => {
                            self.at = Some(at);
                            Err(self.call_failed(&name_str, error))
                        }
                    };
                }
                if object.kind() == Kind::Map
                    && let Some(map) = object.underlying().as_map()
                {
                    if has_args {
                        return self.fail(format!("{name} is not a method but has arguments"));
                    }
                    if let Some(value) = map.get(name.as_bytes()) {
                        return Ok(Seen { value, wrapped: map.kind() == MapKind::Any });
                    }
                    return match missing(rt.missing_key, &map) {
                        Some(value) => Ok(value),
                        None => self.fail(format!("map has no entry for key {}", quote(name.as_bytes()))),
                    };
                }
                if let Some(value) = object.field(&name_str) {
                    if has_args {
                        return self.fail(format!("{name} has arguments but cannot be invoked as function"));
                    }
                    return Ok(Seen::new(value));
                }
            }
            _ => {}
        }
        self.fail(format!("can't evaluate field {name} in type {}", receiver.type_name()))
    }

    /// A method of a named map type: a function whose first parameter is the map.
    #[expect(clippy::too_many_arguments, reason = "as for fields")]
    fn map_method(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        receiver: &Seen,
        method: Arc<Function>,
        at: At<'t>,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        let signature = Signature { params: &method.signature.params[1..], variadic: method.signature.variadic };
        let values = self.arguments(rt, dot, &method.name, &signature, args.get(1..).unwrap_or_default(), last)?;
        let values = std::iter::once(receiver.value.clone()).chain(values.into_iter().map(|seen| seen.value)).collect();
        let Does::Run(run) = method.does else { return self.fail("a method is never a built-in function") };
        match run(rt, &mut Args::new(values)) {
            Ok(value) => Ok(Seen::new(value)),
            Err(error) => {
                self.at = Some(at);
                Err(self.call_failed(&method.name, error))
            }
        }
    }
}
