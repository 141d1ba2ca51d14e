//! Go's `fmt`: [`sprint`], [`sprintln`] and [`sprintf`] with all verbs, flags and complaints.

use crate::{Kind, Text, Value};

mod format;
mod verbs;

use verbs::Printer;

/// Joins operands as `fmt.Sprint` does: with a space between two of which neither is a string.
pub fn sprint(args: &[Value]) -> Text {
    if let [Value::String(text)] = args {
        return text.clone();
    }
    let mut printer = Printer::default();
    for (i, arg) in args.iter().enumerate() {
        let is_string = |value: &Value| value.kind() == Kind::String;
        if i > 0 && !is_string(arg) && !is_string(&args[i - 1]) {
            printer.out.push(b' ');
        }
        printer.arg(arg, 'v');
    }
    Text::from_vec(printer.out)
}

/// Joins operands as `fmt.Sprintln` does: always with spaces, and a newline at the end.
pub fn sprintln(args: &[Value]) -> Text {
    let mut printer = Printer::default();
    for (i, arg) in args.iter().enumerate() {
        if i > 0 {
            printer.out.push(b' ');
        }
        printer.arg(arg, 'v');
    }
    printer.out.push(b'\n');
    Text::from_vec(printer.out)
}

/// Formats operands as `fmt.Sprintf` does.
pub fn sprintf(format: &str, args: &[Value]) -> Text {
    sprintf_bytes(format.as_bytes(), args)
}

/// [`sprintf`] with a format that may not be UTF-8.
pub fn sprintf_bytes(format: &[u8], args: &[Value]) -> Text {
    Text::from_vec(format::run(format, args))
}

/// What `%v` prints.
pub fn display(value: &Value) -> Text {
    sprint(std::slice::from_ref(value))
}

#[cfg(test)]
mod tests;
