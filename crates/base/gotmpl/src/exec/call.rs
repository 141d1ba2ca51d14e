//! Calls: arguments are evaluated and checked against the parameter types as reflection does.

use crate::builtins::{self, Builtin};
use crate::function::{Does, Function};
use crate::node::{Arg, ArgKind, At};
use crate::{Args, Error, IntKind, Runtime, Signature, Type, UintKind, Value};

use super::{Frame, Result, Seen};

// === impl Frame ===

impl<'t> Frame<'t> {
    pub(super) fn function(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        function: &'t Function,
        at: At<'t>,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        self.step(rt)?;
        let name = &*function.name;
        if let Does::Builtin(builtin @ (Builtin::And | Builtin::Or)) = function.does {
            self.count_args(name, &function.signature, args, &last)?;
            return self.and_or(rt, dot, builtin == Builtin::Or, args, last);
        }
        let values = self.arguments(rt, dot, name, &function.signature, args, last)?;
        let result = match function.does {
            Does::Run(run) => {
                let mut values = Args::new(values.into_iter().map(|seen| seen.value).collect());
                run(rt, &mut values).map(Seen::new)
            }
            Does::Builtin(Builtin::Call) => {
                let callee = args.first().map_or_else(String::new, |arg| arg.to_string());
                builtins::call(rt, &callee, values)
            }
            Does::Builtin(builtin) => builtins::run(builtin, values),
        };
        match result {
            Ok(value) => {
                if let Value::String(text) = &value.value {
                    rt.produce(text.len()).map_err(|error| self.error(error))?;
                }
                Ok(value)
            }
            Err(error) => {
                self.at = Some(at);
                Err(self.call_failed(name, error))
            }
        }
    }

    pub(super) fn call_failed(&self, name: &str, cause: Error) -> Error {
        Error::exec(self.place(&format!("error calling {name}: {cause}")), Some(cause))
    }

    /// `and` and `or` evaluate no more arguments than they need.
    fn and_or(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        is_or: bool,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Seen> {
        let mut value = Seen::default();
        for arg in args {
            value = self.arg(rt, dot, Type::Reflect, arg)?;
            if value.value.truth() == is_or {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    fn count_args(&self, name: &str, signature: &Signature, args: &[Arg], last: &Option<Seen>) -> Result<()> {
        let given = args.len() + usize::from(last.is_some());
        let fixed = signature.params.len();
        if signature.variadic.is_some() {
            if given < fixed {
                return self.fail(format!("wrong number of args for {name}: want at least {fixed} got {}", args.len()));
            }
        } else if given != fixed {
            return self.fail(format!("wrong number of args for {name}: want {fixed} got {given}"));
        }
        Ok(())
    }

    /// Evaluates the arguments; `last` is the value of the pipe before, which goes to the last parameter.
    pub(super) fn arguments(
        &mut self,
        rt: &mut Runtime<'_>,
        dot: &Seen,
        name: &str,
        signature: &Signature,
        args: &'t [Arg],
        last: Option<Seen>,
    ) -> Result<Vec<Seen>> {
        self.count_args(name, signature, args, &last)?;
        let kind_of = |i: usize| match signature.params.get(i) {
            Some(kind) => *kind,
            None => signature.variadic.unwrap_or(Type::Any),
        };
        let mut values = Vec::with_capacity(args.len() + 1);
        for (i, arg) in args.iter().enumerate() {
            values.push(self.arg(rt, dot, kind_of(i), arg)?);
        }
        if let Some(last) = last {
            values.push(self.checked(last, kind_of(args.len()))?);
        }
        Ok(values)
    }

    /// An operand whose type nobody asks for.
    pub(super) fn any_arg(&mut self, rt: &mut Runtime<'_>, dot: &Seen, arg: &'t Arg) -> Result<Seen> {
        self.operand(rt, dot, arg)?.map_or_else(|| self.literal(Type::Any, arg), Ok)
    }

    fn arg(&mut self, rt: &mut Runtime<'_>, dot: &Seen, kind: Type, arg: &'t Arg) -> Result<Seen> {
        self.at = Some(At::Arg(arg));
        if matches!(arg.kind, ArgKind::Nil) {
            if kind.can_be_nil() {
                return Ok(Seen { value: Value::Nil, wrapped: true });
            }
            return self.fail(format!("cannot assign nil to {}", kind.name()));
        }
        match self.operand(rt, dot, arg)? {
            Some(value) => self.checked(value, kind),
            None => {
                self.at = Some(At::Arg(arg));
                self.literal(kind, arg)
            }
        }
    }

    /// The value of an operand that is no literal.
    fn operand(&mut self, rt: &mut Runtime<'_>, dot: &Seen, arg: &'t Arg) -> Result<Option<Seen>> {
        self.at = Some(At::Arg(arg));
        let value = match &arg.kind {
            ArgKind::Dot => dot.clone(),
            ArgKind::Field(idents) => self.fields(rt, dot, dot.clone(), At::Arg(arg), idents, &[], None)?,
            ArgKind::Variable(_) => self.variable(rt, dot, arg, &[], None)?,
            ArgKind::Pipe(pipe) => self.pipe(rt, dot, pipe)?,
            ArgKind::Function(function) => self.function(rt, dot, function, At::Arg(arg), &[], None)?,
            ArgKind::Chain(..) => self.chain(rt, dot, arg, &[], None)?,
            ArgKind::Nil | ArgKind::Bool(_) | ArgKind::Number(..) | ArgKind::String(..) => return Ok(None),
        };
        Ok(Some(value))
    }

    fn literal(&mut self, kind: Type, arg: &'t Arg) -> Result<Seen> {
        let value = match (kind, &arg.kind) {
            (Type::Any | Type::Reflect, ArgKind::Bool(b)) | (Type::Bool, ArgKind::Bool(b)) => Value::Bool(*b),
            (Type::Any | Type::Reflect, ArgKind::Number(text, number)) => return self.constant(text, number),
            (Type::Any | Type::Reflect | Type::String, ArgKind::String(_, text)) => Value::String(text.clone()),
            (Type::Bool, _) => return self.fail(format!("expected bool; found {arg}")),
            (Type::String, _) => return self.fail(format!("expected string; found {arg}")),
            (Type::Int | Type::Int64, ArgKind::Number(_, number)) if number.int.is_some() => {
                let width = if kind == Type::Int { IntKind::Int } else { IntKind::Int64 };
                Value::Int(number.int.unwrap_or_default(), width)
            }
            (Type::Int | Type::Int64, _) => return self.fail(format!("expected integer; found {arg}")),
            (Type::Uint32, ArgKind::Number(_, number)) if number.uint.is_some() => {
                Value::Uint(number.uint.unwrap_or_default(), UintKind::Uint32)
            }
            (Type::Uint32, _) => return self.fail(format!("expected unsigned integer; found {arg}")),
            (Type::Float, ArgKind::Number(_, number)) if number.float.is_some() => {
                Value::Float(number.float.unwrap_or_default())
            }
            (Type::Float, _) => return self.fail(format!("expected float; found {arg}")),
            _ => return self.fail(format!("can't handle {arg} for arg of type {}", kind.name())),
        };
        Ok(Seen::new(value))
    }

    /// Checks a value against a parameter's type.
    fn checked(&self, value: Seen, kind: Type) -> Result<Seen> {
        if value.is_absent() {
            if kind.can_be_nil() {
                return Ok(value);
            }
            return self.fail(format!("invalid value; expected {}", kind.name()));
        }
        match kind {
            Type::Any => return Ok(value),
            Type::Reflect => return Ok(value),
            _ => {}
        }
        if matches!(value.value, Value::Nil) || !kind.takes(&value.value) {
            let got = if matches!(value.value, Value::Nil) { "interface {}" } else { value.value.type_name() };
            return self.fail(format!("wrong type for value; expected {}; got {got}", kind.name()));
        }
        Ok(value)
    }
}
