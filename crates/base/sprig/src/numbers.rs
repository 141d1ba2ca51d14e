//! Numbers.

use std::rc::Rc;

use bowline_base_gotmpl::Type::{Any, Float, Int, String as Str};
use bowline_base_gotmpl::{Args, CallError, Entry, List, ListKind, Runtime, Value, fmt, parse_int};

use crate::cast::{to_f64, to_i64};
use crate::decimal::Decimal;

/// The table.
pub const TABLE: &[Entry] = &[
    Entry::variadic("add", &[], Any, |_, a| {
        Ok(Value::int64(a.all().iter().fold(0, |sum, v| to_i64(v).wrapping_add(sum))))
    }),
    Entry::new("add1", &[Any], |_, a| Ok(Value::int64(to_i64(a.get(0)).wrapping_add(1)))),
    Entry::new("add1f", &[Any], |_, a| Ok(fold(&[a.take(0), Value::int(1)], Decimal::add))),
    Entry::variadic("addf", &[], Any, |_, a| {
        let mut values = vec![Value::Float(0.0)];
        values.extend(a.rest(0));
        Ok(fold(&values, Decimal::add))
    }),
    Entry::new("atoi", &[Str], |_, a| Ok(Value::int(parse_int(&a.str(0), 10).unwrap_or(0)))),
    Entry::variadic("biggest", &[Any], Any, max),
    Entry::new("ceil", &[Any], |_, a| Ok(Value::Float(to_f64(a.get(0)).ceil()))),
    Entry::new("div", &[Any, Any], |_, a| match to_i64(a.get(1)) {
        0 => Err("runtime error: integer divide by zero".into()),
        d => Ok(Value::int64(to_i64(a.get(0)).wrapping_div(d))),
    }),
    Entry::variadic("divf", &[Any], Any, |_, a| {
        if a.all().iter().skip(1).any(|v| to_f64(v) == 0.0) {
            return Err("decimal division by 0".into());
        }
        Ok(fold(a.all(), Decimal::div))
    }),
    Entry::new("float64", &[Any], |_, a| Ok(Value::Float(to_f64(a.get(0))))),
    Entry::new("floor", &[Any], |_, a| Ok(Value::Float(to_f64(a.get(0)).floor()))),
    Entry::new("int", &[Any], |_, a| Ok(Value::int(to_i64(a.get(0))))),
    Entry::new("int64", &[Any], |_, a| Ok(Value::int64(to_i64(a.get(0))))),
    Entry::variadic("max", &[Any], Any, max),
    Entry::variadic("maxf", &[Any], Any, |_, a| Ok(extreme(a, f64::max))),
    Entry::variadic("min", &[Any], Any, |_, a| Ok(Value::int64(a.all().iter().map(to_i64).min().unwrap_or(0)))),
    Entry::variadic("minf", &[Any], Any, |_, a| Ok(extreme(a, f64::min))),
    Entry::new("mod", &[Any, Any], |_, a| match to_i64(a.get(1)) {
        0 => Err("runtime error: integer divide by zero".into()),
        d => Ok(Value::int64(to_i64(a.get(0)).wrapping_rem(d))),
    }),
    Entry::variadic("mul", &[Any], Any, |_, a| {
        Ok(Value::int64(a.all().iter().fold(1, |product: i64, v| product.wrapping_mul(to_i64(v)))))
    }),
    Entry::variadic("mulf", &[Any], Any, |_, a| Ok(fold(a.all(), Decimal::mul))),
    Entry::variadic("round", &[Any, Int], Float, round),
    Entry::variadic("seq", &[], Int, seq),
    Entry::new("sub", &[Any, Any], |_, a| Ok(Value::int64(to_i64(a.get(0)).wrapping_sub(to_i64(a.get(1)))))),
    Entry::variadic("subf", &[Any], Any, |_, a| Ok(fold(a.all(), Decimal::sub))),
    Entry::new("toDecimal", &[Any], |_, a| {
        Ok(Value::int64(parse_int(&fmt::display(a.get(0)).to_str(), 8).unwrap_or(0)))
    }),
    Entry::new("until", &[Int], |rt, a| {
        let stop = a.int(0);
        Ok(ints(steps(rt, 0, stop, if stop < 0 { -1 } else { 1 })?))
    }),
    Entry::new("untilStep", &[Int, Int, Int], |rt, a| Ok(ints(steps(rt, a.int(0), a.int(1), a.int(2))?))),
];

fn max(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    Ok(Value::int64(a.all().iter().map(to_i64).max().unwrap_or(0)))
}

fn extreme(a: &Args, pick: fn(f64, f64) -> f64) -> Value {
    // Unlike Rust's, Go's Max and Min give NaN where one of them is.
    let pick = |x: f64, y: f64| if x.is_nan() || y.is_nan() { f64::NAN } else { pick(x, y) };
    Value::Float(a.all().iter().map(to_f64).reduce(pick).unwrap_or(0.0))
}

fn fold(values: &[Value], operate: fn(Decimal, Decimal) -> Decimal) -> Value {
    let result = values.iter().map(|v| Decimal::from_f64(to_f64(v))).reduce(operate);
    Value::Float(result.map_or(0.0, |d| d.to_f64()))
}

fn round(_: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let on = if a.len() > 2 { a.float(2) } else { 0.5 };
    let power = 10f64.powi(i32::try_from(a.int(1)).unwrap_or(0));
    let digit = power * to_f64(a.get(0));
    let rounded = if digit.fract() >= on { digit.ceil() } else { digit.floor() };
    Ok(Value::Float(rounded / power))
}

/// The numbers from `start` up to `stop`, in steps.
fn steps(rt: &mut Runtime<'_>, start: i64, stop: i64, step: i64) -> Result<Vec<i64>, CallError> {
    let mut out = Vec::new();
    let up = stop >= start;
    if (up && step <= 0) || (!up && step >= 0) {
        return Ok(out);
    }
    let mut at = start;
    while if up { at < stop } else { at > stop } {
        rt.spend(1)?;
        out.push(at);
        match at.checked_add(step) {
            Some(next) => at = next,
            None => break,
        }
    }
    Ok(out)
}

fn ints(items: Vec<i64>) -> Value {
    let items = items.into_iter().map(Value::int).collect();
    Value::List(Rc::new(List { kind: ListKind::Ints, nil: false, items }))
}

fn seq(rt: &mut Runtime<'_>, a: &mut Args) -> Result<Value, CallError> {
    let toward = |start: i64, end: i64| if end < start { -1 } else { 1 };
    let numbers = match a.len() {
        1 => {
            let end = a.int(0);
            let step = toward(1, end);
            steps(rt, 1, end.saturating_add(step), step)?
        }
        2 => {
            let (start, end) = (a.int(0), a.int(1));
            let step = toward(start, end);
            steps(rt, start, end.saturating_add(step), step)?
        }
        3 => {
            let (start, step, end) = (a.int(0), a.int(1), a.int(2));
            if end < start && step > 0 {
                return Ok("".into());
            }
            steps(rt, start, end.saturating_add(toward(start, end)), step)?
        }
        _ => return Ok("".into()),
    };
    let numbers: Vec<String> = numbers.iter().map(i64::to_string).collect();
    Ok(numbers.join(" ").into())
}
