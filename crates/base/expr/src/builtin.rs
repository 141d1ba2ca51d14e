//! The functions of the language.

use std::ops::RangeInclusive;

use bowline_base_value::Value;

use crate::ExprError;
use crate::eval::{Scope, eval_in, number, order, text, type_name};
use crate::parse::Node;

macro_rules! builtins {
    ($($name:ident $word:literal $arguments:expr;)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Builtin { $($name),* }

        /// The function of that name.
        pub(crate) fn find(word: &str) -> Option<Builtin> {
            match word {
                $($word => Some(Builtin::$name),)*
                _ => None,
            }
        }

        impl Builtin {
            pub(crate) fn arguments(self) -> RangeInclusive<usize> {
                match self { $(Builtin::$name => $arguments),* }
            }

            fn word(self) -> &'static str {
                match self { $(Builtin::$name => $word),* }
            }
        }
    };
}

builtins! {
    All "all" 2..=2;
    None "none" 2..=2;
    Any "any" 2..=2;
    One "one" 2..=2;
    Filter "filter" 2..=2;
    Map "map" 2..=2;
    Count "count" 1..=2;
    Find "find" 2..=2;
    Len "len" 1..=1;
    Abs "abs" 1..=1;
    Int "int" 1..=1;
    Float "float" 1..=1;
    String "string" 1..=1;
    Type "type" 1..=1;
    Trim "trim" 1..=2;
    TrimPrefix "trimPrefix" 2..=2;
    TrimSuffix "trimSuffix" 2..=2;
    Upper "upper" 1..=1;
    Lower "lower" 1..=1;
    Split "split" 2..=3;
    Join "join" 1..=2;
    Replace "replace" 3..=3;
    IndexOf "indexOf" 2..=2;
    HasPrefix "hasPrefix" 2..=2;
    HasSuffix "hasSuffix" 2..=2;
    Max "max" 1..=16;
    Min "min" 1..=16;
    First "first" 1..=1;
    Last "last" 1..=1;
    Get "get" 2..=2;
    Keys "keys" 1..=1;
    Values "values" 1..=1;
}

impl Builtin {
    /// Whether the second argument is asked of each item of the first.
    pub(crate) fn takes_predicate(self) -> bool {
        use Builtin::*;
        matches!(self, All | None | Any | One | Filter | Map | Count | Find)
    }

    /// The value of a call.
    pub(crate) fn call(self, arguments: &[Node], scope: &mut Scope<'_>) -> Result<Value, ExprError> {
        let first = eval_in(&arguments[0], scope)?;
        if self.takes_predicate() {
            return self.ask_each(&first, arguments.get(1), scope);
        }
        let mut values = vec![first];
        for argument in &arguments[1..] {
            values.push(eval_in(argument, scope)?);
        }
        self.of(&values)
    }

    fn wrong(self, value: &Value) -> ExprError {
        ExprError::Evaluation(format!("{}: cannot take {}", self.word(), type_name(value)))
    }

    fn ask_each(self, list: &Value, predicate: Option<&Node>, scope: &mut Scope<'_>) -> Result<Value, ExprError> {
        let items: Vec<Value> = match list {
            Value::Array(items) => items.to_vec(),
            Value::Object(map) => map.values().cloned().collect(),
            other => return Err(self.wrong(other)),
        };
        let mut kept = Vec::new();
        let mut hits = 0_usize;
        for item in &items {
            let said = match predicate {
                Some(predicate) => scope.with_item(item.clone(), |scope| eval_in(predicate, scope))?,
                None => item.clone(),
            };
            if self == Builtin::Map {
                kept.push(said);
                continue;
            }
            if !said.as_bool().ok_or_else(|| self.wrong(&said))? {
                continue;
            }
            hits += 1;
            match self {
                Builtin::Filter => kept.push(item.clone()),
                Builtin::Find => return Ok(item.clone()),
                Builtin::Any => return Ok(Value::Bool(true)),
                Builtin::None => return Ok(Value::Bool(false)),
                _ => {}
            }
        }
        Ok(match self {
            Builtin::Filter | Builtin::Map => kept.into_iter().collect(),
            Builtin::All => Value::Bool(hits == items.len()),
            Builtin::Any => Value::Bool(false),
            Builtin::None => Value::Bool(true),
            Builtin::One => Value::Bool(hits == 1),
            Builtin::Count => Value::from(i64::try_from(hits).unwrap_or(i64::MAX)),
            _ => Value::Null,
        })
    }

    fn of(self, values: &[Value]) -> Result<Value, ExprError> {
        let string = |i: usize| match values.get(i) {
            Some(Value::String(text)) => Ok(&**text),
            Some(other) => Err(self.wrong(other)),
            None => Ok(""),
        };
        let count = |n: usize| Value::from(i64::try_from(n).unwrap_or(i64::MAX));
        let first = &values[0];
        Ok(match self {
            Builtin::Len => match first {
                Value::String(text) => count(text.chars().count()),
                Value::Array(items) => count(items.len()),
                Value::Object(map) => count(map.len()),
                other => return Err(self.wrong(other)),
            },
            Builtin::Abs => match first {
                Value::Int(i) => Value::from(i.saturating_abs()),
                other => Value::Float(number(other).ok_or_else(|| self.wrong(other))?.abs()),
            },
            Builtin::Int => match first {
                Value::String(text) => Value::from(text.trim().parse::<i64>().map_err(|_| self.wrong(first))?),
                other => Value::from(number(other).ok_or_else(|| self.wrong(other))? as i64),
            },
            Builtin::Float => match first {
                Value::String(text) => Value::Float(text.trim().parse().map_err(|_| self.wrong(first))?),
                other => Value::Float(number(other).ok_or_else(|| self.wrong(other))?),
            },
            Builtin::String => Value::from(text(first)),
            Builtin::Type => Value::from(type_name(first)),
            Builtin::Trim if values.len() == 2 => {
                let cut: Vec<char> = string(1)?.chars().collect();
                Value::from(string(0)?.trim_matches(&cut[..]))
            }
            Builtin::Trim => Value::from(string(0)?.trim()),
            Builtin::TrimPrefix => Value::from(string(0)?.strip_prefix(string(1)?).unwrap_or(string(0)?)),
            Builtin::TrimSuffix => Value::from(string(0)?.strip_suffix(string(1)?).unwrap_or(string(0)?)),
            Builtin::Upper => Value::from(string(0)?.to_uppercase()),
            Builtin::Lower => Value::from(string(0)?.to_lowercase()),
            Builtin::Split => {
                let (text, by) = (string(0)?, string(1)?);
                match values.get(2) {
                    Some(most) => {
                        let most = most.as_i64().and_then(|most| usize::try_from(most).ok()).unwrap_or(usize::MAX);
                        text.splitn(most, by).map(Value::from).collect()
                    }
                    None if by.is_empty() => text.chars().map(|c| Value::from(c.to_string())).collect(),
                    None => text.split(by).map(Value::from).collect(),
                }
            }
            Builtin::Join => {
                let items = first.as_array().ok_or_else(|| self.wrong(first))?;
                let texts: Vec<String> = items.iter().map(text).collect();
                Value::from(texts.join(string(1)?))
            }
            Builtin::Replace => Value::from(string(0)?.replace(string(1)?, string(2)?)),
            Builtin::IndexOf => match string(0)?.find(string(1)?) {
                Some(at) => count(at),
                None => Value::from(-1_i64),
            },
            Builtin::HasPrefix => Value::Bool(string(0)?.starts_with(string(1)?)),
            Builtin::HasSuffix => Value::Bool(string(0)?.ends_with(string(1)?)),
            Builtin::Max | Builtin::Min => {
                let items = if values.len() == 1 { first.as_array().unwrap_or(values) } else { values };
                let mut best: Option<&Value> = None;
                for item in items {
                    let better = match best {
                        Some(best) => {
                            let order = order(item, best).ok_or_else(|| self.wrong(item))?;
                            if self == Builtin::Max { order.is_gt() } else { order.is_lt() }
                        }
                        None => true,
                    };
                    best = if better { Some(item) } else { best };
                }
                best.cloned().unwrap_or_default()
            }
            Builtin::First | Builtin::Last => {
                let items = first.as_array().ok_or_else(|| self.wrong(first))?;
                let item = if self == Builtin::First { items.first() } else { items.last() };
                item.cloned().unwrap_or_default()
            }
            Builtin::Get => match (first, &values[1]) {
                (Value::Object(map), Value::String(key)) => map.get(key).cloned().unwrap_or_default(),
                (Value::Array(items), at) => {
                    let at = at.as_i64().and_then(|at| usize::try_from(at).ok());
                    at.and_then(|at| items.get(at)).cloned().unwrap_or_default()
                }
                _ => Value::Null,
            },
            Builtin::Keys | Builtin::Values => {
                let map = first.as_object().ok_or_else(|| self.wrong(first))?;
                match self {
                    Builtin::Keys => map.keys().map(|key| Value::from(key.clone())).collect(),
                    _ => map.values().cloned().collect(),
                }
            }
            other => return Err(ExprError::Evaluation(format!("{} asks each item", other.word()))),
        })
    }
}
