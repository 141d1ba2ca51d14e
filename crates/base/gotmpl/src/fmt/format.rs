//! Reading a format string.

use crate::Value;
use crate::text::decode_rune;

use super::verbs::{Flags, Printer};

/// Widths and precisions beyond this are refused by Go too.
const TOO_LARGE: usize = 1_000_000;

struct State<'a> {
    format: &'a [u8],
    args: &'a [Value],
    at: usize,
    next_arg: usize,
    reordered: bool,
    good_index: bool,
}

pub(super) fn run(format: &[u8], args: &[Value]) -> Vec<u8> {
    let mut printer = Printer::default();
    let mut state = State { format, args, at: 0, next_arg: 0, reordered: false, good_index: true };
    while state.at < format.len() {
        let start = state.at;
        state.at = format[start..].iter().position(|b| *b == b'%').map_or(format.len(), |i| start + i);
        printer.out.extend_from_slice(&format[start..state.at]);
        if state.at >= format.len() {
            break;
        }
        state.at += 1;
        state.verb(&mut printer);
    }
    state.extra(&mut printer);
    printer.out
}

// === impl State ===

impl State<'_> {
    fn peek(&self) -> Option<u8> {
        self.format.get(self.at).copied()
    }

    fn verb(&mut self, printer: &mut Printer) {
        self.good_index = true;
        printer.flags = Flags::default();
        while let Some(c) = self.peek() {
            match c {
                b'#' => printer.flags.sharp = true,
                b'0' => printer.flags.zero = true,
                b'+' => printer.flags.plus = true,
                b'-' => printer.flags.minus = true,
                b' ' => printer.flags.space = true,
                _ => break,
            }
            self.at += 1;
        }
        let mut after_index = self.index();
        if self.peek() == Some(b'*') {
            self.at += 1;
            match self.int_arg() {
                Some(width) => {
                    printer.flags.width = Some(width.unsigned_abs() as usize);
                    if width < 0 {
                        printer.flags.minus = true;
                        printer.flags.zero = false;
                    }
                }
                None => printer.out.extend_from_slice(b"%!(BADWIDTH)"),
            }
            after_index = false;
        } else {
            printer.flags.width = self.digits();
            if after_index && printer.flags.width.is_some() {
                self.good_index = false; // "%[3]2d"
            }
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            if after_index {
                self.good_index = false; // "%[3].2d"
            }
            after_index = self.index();
            if self.peek() == Some(b'*') {
                self.at += 1;
                match self.int_arg() {
                    Some(precision) if precision >= 0 => printer.flags.precision = Some(precision as usize),
                    _ => printer.out.extend_from_slice(b"%!(BADPREC)"),
                }
                after_index = false;
            } else {
                printer.flags.precision = Some(self.digits().unwrap_or(0));
            }
        }
        if !after_index {
            self.index();
        }
        if self.at >= self.format.len() {
            printer.out.extend_from_slice(b"%!(NOVERB)");
            return;
        }
        let (verb, width) = decode_rune(&self.format[self.at..]);
        let verb = verb.unwrap_or(char::REPLACEMENT_CHARACTER);
        self.at += width;
        if verb == '%' {
            printer.out.push(b'%');
        } else if !self.good_index {
            printer.complain(verb, b"(BADINDEX)");
        } else if self.next_arg >= self.args.len() {
            printer.complain(verb, b"(MISSING)");
        } else {
            if verb == 'v' {
                printer.flags.sharp_v = std::mem::take(&mut printer.flags.sharp);
                printer.flags.plus_v = std::mem::take(&mut printer.flags.plus);
            }
            let arg = &self.args[self.next_arg];
            self.next_arg += 1;
            printer.arg(arg, verb);
        }
    }

    /// An explicit argument index, `[n]`; whether there was one.
    fn index(&mut self) -> bool {
        if self.peek() != Some(b'[') {
            return false;
        }
        self.reordered = true;
        let Some(end) = self.format[self.at..].iter().position(|b| *b == b']') else {
            self.good_index = false;
            self.at += 1;
            return false;
        };
        let inner = &self.format[self.at + 1..self.at + end];
        self.at += end + 1;
        match std::str::from_utf8(inner).ok().and_then(|text| text.parse::<usize>().ok()) {
            Some(n) if n >= 1 && n <= self.args.len() => {
                self.next_arg = n - 1;
                true
            }
            _ => {
                self.good_index = false;
                true
            }
        }
    }

    fn digits(&mut self) -> Option<usize> {
        let start = self.at;
        let mut value = 0usize;
        while let Some(c @ b'0'..=b'9') = self.peek() {
            value = value * 10 + usize::from(c - b'0');
            self.at += 1;
            if value > TOO_LARGE {
                return None;
            }
        }
        (self.at > start).then_some(value)
    }

    fn int_arg(&mut self) -> Option<i64> {
        let arg = self.args.get(self.next_arg)?;
        self.next_arg += 1;
        match arg {
            Value::Int(i, _) if i.unsigned_abs() as usize <= TOO_LARGE => Some(*i),
            Value::Uint(u, _) if *u as usize <= TOO_LARGE => Some(*u as i64),
            _ => None,
        }
    }

    fn extra(&mut self, printer: &mut Printer) {
        if self.reordered || self.next_arg >= self.args.len() {
            return;
        }
        printer.flags = Flags::default();
        printer.out.extend_from_slice(b"%!(EXTRA ");
        for (i, arg) in self.args[self.next_arg..].iter().enumerate() {
            if i > 0 {
                printer.out.extend_from_slice(b", ");
            }
            printer.typed(arg);
        }
        printer.out.push(b')');
    }
}
