//! The data and functions that Go's own tests of text/template use, made of our values.

use std::any::Any;
use std::rc::Rc;

use bowline_base_gotmpl::{
    Args, CallError, Entry, Host, Kind, List, ListKind, Map, MapKind, Object, Runtime, Signature, Text, Type, Value,
    fmt,
};

pub struct Nowhere;

impl Host for Nowhere {
    fn random(&mut self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn now(&self) -> (i64, u32) {
        (0, 0)
    }
}

/// A struct with fields and methods.
pub struct Struct {
    name: &'static str,
    fields: Vec<(&'static str, Value)>,
    shown: Option<&'static str>,
}

impl Object for Struct {
    fn type_name(&self) -> &str {
        self.name
    }

    fn field(&self, name: &str) -> Option<Value> {
        self.fields.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone())
    }

    fn method(&self, name: &str) -> Option<Signature> {
        const ANY: &[Type] = &[Type::Any];
        let fixed = |params| Some(Signature { params, variadic: None });
        if !self.name.contains("T") && !matches!(name, "TrueFalse" | "Method0") {
            return None;
        }
        match name {
            "Method0" | "GetU" | "Copy" => fixed(&[]),
            "Method1" => fixed(&[Type::Int]),
            "Method2" | "Method3" | "MAdd" => fixed(&[Type::Any, Type::String]),
            "MyError" | "TrueFalse" => fixed(&[Type::Bool]),
            "EPERM" => fixed(ANY),
            _ => None,
        }
    }

    fn call(&self, name: &str, _rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        Ok(match name {
            "Method0" => "M0".into(),
            "Method1" => Value::int(args.int(0)),
            "Method2" => fmt::sprintf("Method2: %d %s", &[args.take(0), args.take(1)]).into(),
            "GetU" => user("v"),
            "Copy" => thing(),
            "MyError" if args.bool(0) => return Err("my error".into()),
            "MyError" => Value::Bool(false),
            "TrueFalse" => (if args.bool(0) { "true" } else { "" }).into(),
            _ => return Err("no such method".into()),
        })
    }

    fn string(&self) -> Option<Text> {
        self.shown.map(Text::from)
    }

    fn underlying(&self) -> Value {
        Value::list(self.fields.iter().map(|(_, v)| v.clone()).collect())
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

type Body = fn(&mut Args) -> Result<Value, CallError>;

struct Func(Signature, Body);

impl Object for Func {
    fn type_name(&self) -> &str {
        "func()"
    }

    fn kind(&self) -> Kind {
        Kind::Func
    }

    fn method(&self, name: &str) -> Option<Signature> {
        name.is_empty().then_some(self.0)
    }

    fn call(&self, _name: &str, _rt: &mut Runtime<'_>, args: &mut Args) -> Result<Value, CallError> {
        (self.1)(args)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

fn func(params: &'static [Type], variadic: Option<Type>, body: Body) -> Value {
    Value::Object(Rc::new(Func(Signature { params, variadic }, body)))
}

fn joined(args: &[Value]) -> String {
    args.iter().map(|v| fmt::display(v).to_string()).collect::<Vec<_>>().join("+")
}

pub fn ints(items: &[i64]) -> Value {
    Value::List(Rc::new(List {
        kind: ListKind::Ints,
        nil: false,
        items: items.iter().map(|i| Value::int(*i)).collect(),
    }))
}

fn user(v: &'static str) -> Value {
    let fields = vec![("V", Value::string(v))];
    Value::Object(Rc::new(Struct { name: "*template.U", fields, shown: None }))
}

fn shown(name: &'static str, text: &'static str) -> Value {
    Value::Object(Rc::new(Struct { name, fields: Vec::new(), shown: Some(text) }))
}

fn int_map(fields: &[(&'static str, i64)]) -> Value {
    Map::new(MapKind::Ints, fields.iter().map(|(k, v)| (*k, Value::int(*v)))).into()
}

fn maps(items: Vec<Value>) -> Value {
    Value::List(Rc::new(List { kind: ListKind::Named("[]map[string]int"), nil: false, items }))
}

/// What the tests call `tVal`.
pub fn thing() -> Value {
    let fields = vec![
        ("True", Value::Bool(true)),
        ("I", Value::int(17)),
        ("U16", Value::Uint(16, bowline_base_gotmpl::UintKind::Uint16)),
        ("X", "x".into()),
        ("S", "xyz".into()),
        ("U", user("v")),
        ("V0", shown("template.V", "<6666>")),
        ("V1", shown("template.V", "<7777>")),
        ("V2", shown("template.V", "nilV")),
        ("W0", shown("template.W", "[888]")),
        ("SI", ints(&[3, 4, 5])),
        ("SIEmpty", ints(&[])),
        (
            "SB",
            Value::List(Rc::new(List {
                kind: ListKind::Named("[]bool"),
                nil: false,
                items: vec![Value::Bool(true), Value::Bool(false)],
            })),
        ),
        ("AI", ints(&[3, 4, 5])),
        ("MSI", int_map(&[("one", 1), ("two", 2), ("three", 3)])),
        ("MSIone", int_map(&[("one", 1)])),
        ("MSIEmpty", int_map(&[])),
        ("MXI", int_map(&[("one", 1)])),
        ("SMSI", maps(vec![int_map(&[("one", 1), ("two", 2)]), int_map(&[("eleven", 11), ("twelve", 12)])])),
        ("Empty0", Value::Nil),
        ("Empty1", Value::int(3)),
        ("Empty2", "empty2".into()),
        ("Empty3", ints(&[7, 8])),
        ("Empty4", user("UinEmpty")),
        ("NonEmptyInterface", small()),
        ("NonEmptyInterfacePtS", Value::strings(["a", "b"])),
        ("PI", Value::int(23)),
        ("PS", "a string".into()),
        ("PSI", ints(&[21, 22, 23])),
        ("FloatZero", Value::Float(0.0)),
        ("ComplexZero", Value::Complex(0.0, 0.0)),
        ("UPI", Value::int(23)),
        ("EmptyUPI", Value::Nil),
        (
            "BinaryFunc",
            func(&[Type::String, Type::String], None, |args| Ok(format!("[{}={}]", args.str(0), args.str(1)).into())),
        ),
        ("VariadicFunc", func(&[], Some(Type::String), |args| Ok(format!("<{}>", joined(args.all())).into()))),
        (
            "VariadicFuncInt",
            func(&[Type::Int], Some(Type::String), |args| {
                Ok(format!("{}=<{}>", args.int(0), joined(&args.all()[1..])).into())
            }),
        ),
        ("NilOKFunc", func(&[Type::Any], None, |args| Ok(Value::Bool(matches!(args.get(0), Value::Nil))))),
        ("ErrFunc", func(&[], None, |_| Ok("bla".into()))),
    ];
    Value::Object(Rc::new(Struct { name: "*template.T", fields, shown: None }))
}

fn small() -> Value {
    let fields = vec![("X", "x".into())];
    Value::Object(Rc::new(Struct { name: "*template.T", fields, shown: None }))
}

/// The functions that the tests define.
pub const FUNCTIONS: &[Entry] = &[
    Entry::variadic("add", &[], Type::Int, |_, args| Ok(Value::int((0..args.len()).map(|i| args.int(i)).sum()))),
    Entry::new("count", &[Type::Int], |_, args| {
        Ok(Value::strings((0..args.int(0)).map(|i| ["a", "b", "c", "d", "e"][i as usize])))
    }),
    Entry::variadic("die", &[], Type::Any, |_, _| Err("die!".into())),
    Entry::new("echo", &[Type::Any], |_, args| Ok(args.take(0))),
    Entry::new("mapOfThree", &[], |_, _| Ok(Value::map([("three", Value::int(3))]))),
    Entry::new("oneArg", &[Type::String], |_, args| Ok(format!("oneArg={}", args.str(0)).into())),
    Entry::new("twoArgs", &[Type::String, Type::String], |_, args| {
        Ok(format!("twoArgs={}{}", args.str(0), args.str(1)).into())
    }),
    Entry::new("returnInt", &[], |_, _| Ok(Value::int(7))),
    Entry::new("typeOf", &[Type::Any], |_, args| Ok(args.get(0).type_name().into())),
    Entry::new("valueString", &[Type::String], |_, _| Ok("value is ignored".into())),
    Entry::new("vfunc", &[Type::Any, Type::Any], |_, _| Ok("vfunc".into())),
    Entry::new("zeroArgs", &[], |_, _| Ok("zeroArgs".into())),
    Entry::new("stringer", &[Type::Any], |_, args| Ok(fmt::display(args.get(0)).into())),
    Entry::variadic("makemap", &[], Type::String, |_, args| {
        let strings: Vec<String> = (0..args.len()).map(|i| args.str(i)).collect();
        Ok(Value::map(strings.chunks(2).map(|pair| (pair[0].clone(), Value::from(pair[1].clone())))))
    }),
];
