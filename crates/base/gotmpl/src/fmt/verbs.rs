//! Printing one operand with one verb.

use crate::float::format_float;
use crate::quote::{is_print, quote_with};
use crate::{Kind, List, Map, Object, Value};

/// How deep values are followed. Values that hold themselves would never end; Go's own printer overflows its stack there.
const MAX_DEPTH: usize = 200;

#[derive(Clone, Copy, Default)]
pub(super) struct Flags {
    pub(super) sharp: bool,
    pub(super) zero: bool,
    pub(super) plus: bool,
    pub(super) minus: bool,
    pub(super) space: bool,
    pub(super) sharp_v: bool,
    pub(super) plus_v: bool,
    pub(super) width: Option<usize>,
    pub(super) precision: Option<usize>,
}

#[derive(Default)]
pub(super) struct Printer {
    pub(super) out: Vec<u8>,
    pub(super) flags: Flags,
    depth: usize,
}

// === impl Printer ===

impl Printer {
    pub(super) fn arg(&mut self, value: &Value, verb: char) {
        if verb == 'T' {
            self.string(value.type_name().as_bytes(), 's');
            return;
        }
        if self.depth > MAX_DEPTH {
            self.out.extend_from_slice(b"...");
            return;
        }
        self.depth += 1;
        self.value(value, verb);
        self.depth -= 1;
    }

    fn value(&mut self, value: &Value, verb: char) {
        match value {
            Value::Nil => match verb {
                'v' if self.flags.sharp_v && self.depth > 1 => self.out.extend_from_slice(b"interface {}(nil)"),
                'v' if self.depth > 1 => self.out.extend_from_slice(b"<nil>"),
                'v' => self.pad(b"<nil>"),
                _ if self.depth > 1 => self.out.extend_from_slice(b"<nil>"),
                _ => self.bad(value, verb),
            },
            Value::Bool(b) if matches!(verb, 't' | 'v') => self.pad(if *b { b"true" } else { b"false" }),
            Value::Int(i, _) => self.integer(i128::from(*i), true, value, verb),
            Value::Uint(u, _) => self.integer(i128::from(*u), false, value, verb),
            Value::Float(f) => self.float(*f, value, verb),
            Value::Complex(re, im) => self.complex(*re, *im, value, verb),
            Value::String(text) if matches!(verb, 'v' | 's' | 'q' | 'x' | 'X') => self.string(text.as_bytes(), verb),
            Value::Bytes(bytes) => self.bytes(bytes, value, verb),
            Value::List(list) => self.list(list, verb),
            Value::Map(map) => self.map(map, verb),
            Value::Object(object) => self.object(&**object, verb),
            _ => self.bad(value, verb),
        }
    }

    /// `type=value`, as complaints show operands.
    pub(super) fn typed(&mut self, value: &Value) {
        if let Value::Nil = value {
            self.out.extend_from_slice(b"<nil>");
            return;
        }
        self.out.extend_from_slice(value.type_name().as_bytes());
        self.out.push(b'=');
        self.arg(value, 'v');
    }

    fn bad(&mut self, value: &Value, verb: char) {
        self.complain(verb, b"(");
        self.typed(value);
        self.out.push(b')');
    }

    pub(super) fn complain(&mut self, verb: char, what: &[u8]) {
        self.out.extend_from_slice(b"%!");
        self.out.extend_from_slice(verb.encode_utf8(&mut [0; 4]).as_bytes());
        self.out.extend_from_slice(what);
    }

    fn pad(&mut self, text: &[u8]) {
        let Some(width) = self.flags.width else {
            self.out.extend_from_slice(text);
            return;
        };
        // Runes count, and each byte that is none.
        let mut count = 0;
        let mut rest = text;
        while !rest.is_empty() {
            rest = &rest[crate::text::decode_rune(rest).1..];
            count += 1;
        }
        let fill = width.saturating_sub(count);
        if self.flags.minus {
            self.out.extend_from_slice(text);
            self.out.extend(std::iter::repeat_n(b' ', fill));
        } else {
            let byte = if self.flags.zero { b'0' } else { b' ' };
            self.out.extend(std::iter::repeat_n(byte, fill));
            self.out.extend_from_slice(text);
        }
    }

    fn pad_without_zeros(&mut self, text: &[u8]) {
        let zero = std::mem::take(&mut self.flags.zero);
        self.pad(text);
        self.flags.zero = zero;
    }

    fn string(&mut self, bytes: &[u8], verb: char) {
        match verb {
            'v' if self.flags.sharp_v => self.quoted(bytes),
            'q' => self.quoted(bytes),
            'x' | 'X' => self.hex(bytes, verb),
            _ => {
                let cut = truncate(bytes, self.flags.precision);
                self.pad(cut);
            }
        }
    }

    fn quoted(&mut self, bytes: &[u8]) {
        let cut = truncate(bytes, self.flags.precision);
        let text = match std::str::from_utf8(cut) {
            Ok(s) if self.flags.sharp && can_backquote(s) => format!("`{s}`"),
            _ => quote_with(cut, '"', self.flags.plus),
        };
        self.pad(text.as_bytes());
    }

    fn hex(&mut self, bytes: &[u8], verb: char) {
        let bytes = &bytes[..self.flags.precision.map_or(bytes.len(), |p| p.min(bytes.len()))];
        let mut text = String::with_capacity(bytes.len() * 2);
        let prefix = if verb == 'x' { "0x" } else { "0X" };
        for (i, byte) in bytes.iter().enumerate() {
            if i > 0 && self.flags.space {
                text.push(' ');
            }
            if self.flags.sharp && (i == 0 || self.flags.space) {
                text.push_str(prefix);
            }
            text.push_str(&if verb == 'x' { format!("{byte:02x}") } else { format!("{byte:02X}") });
        }
        self.pad(text.as_bytes());
    }

    fn integer(&mut self, i: i128, signed: bool, value: &Value, verb: char) {
        match verb {
            'v' if self.flags.sharp_v && !signed => {
                self.flags.sharp = true;
                self.digits(i, 16, verb);
                self.flags.sharp = false;
            }
            'v' | 'd' => self.digits(i, 10, verb),
            'b' => self.digits(i, 2, verb),
            'o' | 'O' => self.digits(i, 8, verb),
            'x' | 'X' => self.digits(i, 16, verb),
            'c' => self.pad(rune(i).encode_utf8(&mut [0; 4]).as_bytes()),
            'q' => {
                let text = quote_with(rune(i).encode_utf8(&mut [0; 4]).as_bytes(), '\'', self.flags.plus);
                self.pad(text.as_bytes());
            }
            'U' => {
                let mut text = format!("U+{:0width$X}", i, width = self.flags.precision.unwrap_or(4).max(4));
                if self.flags.sharp && is_print(rune(i)) {
                    text.push_str(&format!(" '{}'", rune(i)));
                }
                self.pad_without_zeros(text.as_bytes());
            }
            _ => self.bad(value, verb),
        }
    }

    fn digits(&mut self, i: i128, base: u32, verb: char) {
        let magnitude = i.unsigned_abs();
        let mut least = self.flags.precision.unwrap_or(0);
        if self.flags.precision == Some(0) && magnitude == 0 {
            self.pad_without_zeros(b"");
            return;
        }
        if self.flags.precision.is_none()
            && self.flags.zero
            && !self.flags.minus
            && let Some(width) = self.flags.width
        {
            let sign = i < 0 || self.flags.plus || self.flags.space;
            least = width.saturating_sub(usize::from(sign));
        }
        let mut text = match base {
            2 => format!("{magnitude:b}"),
            8 => format!("{magnitude:o}"),
            16 if verb == 'X' => format!("{magnitude:X}"),
            16 => format!("{magnitude:x}"),
            _ => format!("{magnitude}"),
        };
        if text.len() < least {
            text.insert_str(0, &"0".repeat(least - text.len()));
        }
        if self.flags.sharp {
            match base {
                2 => text.insert_str(0, "0b"),
                8 if !text.starts_with('0') => text.insert(0, '0'),
                16 => text.insert_str(0, if verb == 'X' { "0X" } else { "0x" }),
                _ => {}
            }
        }
        if verb == 'O' {
            text.insert_str(0, "0o");
        }
        if i < 0 {
            text.insert(0, '-');
        } else if self.flags.plus {
            text.insert(0, '+');
        } else if self.flags.space {
            text.insert(0, ' ');
        }
        self.pad_without_zeros(text.as_bytes());
    }

    fn float(&mut self, f: f64, value: &Value, verb: char) {
        let (form, precision) = match verb {
            'v' => ('g', None),
            'e' | 'E' | 'f' | 'F' => (verb, Some(6)),
            'g' | 'G' => (verb, None),
            _ => return self.bad(value, verb),
        };
        let mut text = format_float(f, form, self.flags.precision.or(precision));
        if self.flags.sharp_v && f.is_finite() && self.flags.precision.is_none() {
            // %#v goes over to exponents at 21.
            let exp = if f == 0.0 { 0 } else { f.abs().log10().floor() as i32 };
            if (6..21).contains(&exp) {
                text = format_float(f, 'f', None);
            }
        }
        if !text.starts_with(['-', '+']) {
            text.insert(0, '+');
        }
        if self.flags.space && text.starts_with('+') && !self.flags.plus {
            text.replace_range(..1, " ");
        }
        if !f.is_finite() {
            let shown = if f.is_nan() && !self.flags.space && !self.flags.plus { &text[1..] } else { &text };
            return self.pad_without_zeros(shown.as_bytes());
        }
        if self.flags.sharp {
            text = with_point(&text, verb, self.flags.precision);
        }
        if self.flags.plus || !text.starts_with('+') {
            if self.flags.zero
                && !self.flags.minus
                && let Some(width) = self.flags.width
                && width > text.len()
            {
                // The sign stands before the zeros.
                self.out.push(text.as_bytes()[0]);
                self.out.extend(std::iter::repeat_n(b'0', width - text.len()));
                self.out.extend_from_slice(&text.as_bytes()[1..]);
                return;
            }
            return self.pad(text.as_bytes());
        }
        self.pad(&text.as_bytes()[1..]);
    }

    fn complex(&mut self, re: f64, im: f64, value: &Value, verb: char) {
        if !matches!(verb, 'v' | 'b' | 'g' | 'G' | 'x' | 'X' | 'f' | 'F' | 'e' | 'E') {
            return self.bad(value, verb);
        }
        let plus = self.flags.plus;
        self.out.push(b'(');
        self.float(re, &Value::Float(re), verb);
        self.flags.plus = true; // The imaginary part always has a sign.
        self.float(im, &Value::Float(im), verb);
        self.out.extend_from_slice(b"i)");
        self.flags.plus = plus;
    }

    fn bytes(&mut self, bytes: &[u8], value: &Value, verb: char) {
        match verb {
            's' | 'q' | 'x' | 'X' => self.string(bytes, verb),
            'v' if self.flags.sharp_v => {
                let items: Vec<String> = bytes.iter().map(|b| format!("{b:#x}")).collect();
                self.out.extend_from_slice(format!("[]byte{{{}}}", items.join(", ")).as_bytes());
            }
            'v' | 'd' => {
                self.out.push(b'[');
                for (i, byte) in bytes.iter().enumerate() {
                    if i > 0 {
                        self.out.push(b' ');
                    }
                    self.digits(i128::from(*byte), 10, 'd');
                }
                self.out.push(b']');
            }
            _ => match value.as_items() {
                Some(items) => self.list(&List { kind: crate::ListKind::Named("[]uint8"), nil: false, items }, verb),
                None => self.bad(value, verb),
            },
        }
    }

    fn list(&mut self, list: &List, verb: char) {
        if self.flags.sharp_v {
            self.out.extend_from_slice(list.kind.name().as_bytes());
            if list.nil {
                self.out.extend_from_slice(b"(nil)");
                return;
            }
        }
        self.out.push(if self.flags.sharp_v { b'{' } else { b'[' });
        for (i, item) in list.items.iter().enumerate() {
            if i > 0 {
                self.out.extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
            }
            self.arg(item, verb);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn map(&mut self, map: &Map, verb: char) {
        if self.flags.sharp_v {
            self.out.extend_from_slice(map.kind().name().as_bytes());
            if map.is_nil() {
                self.out.extend_from_slice(b"(nil)");
                return;
            }
            self.out.push(b'{');
        } else {
            self.out.extend_from_slice(b"map[");
        }
        for (i, (key, value)) in map.entries().iter().enumerate() {
            if i > 0 {
                self.out.extend_from_slice(if self.flags.sharp_v { b", " } else { b" " });
            }
            self.arg(&Value::String(key.clone()), verb);
            self.out.push(b':');
            self.arg(value, verb);
        }
        self.out.push(if self.flags.sharp_v { b'}' } else { b']' });
    }

    fn object(&mut self, object: &dyn Object, verb: char) {
        if matches!(verb, 'v' | 's' | 'x' | 'X' | 'q')
            && !self.flags.sharp_v
            && let Some(text) = object.string()
        {
            return self.string(text.as_bytes(), verb);
        }
        match (object.kind(), object.underlying()) {
            (Kind::Map | Kind::Slice | Kind::String, inner) => self.arg(&inner, verb),
            (kind, inner) => {
                if kind == Kind::Ptr {
                    self.out.push(b'&');
                }
                self.out.push(b'{');
                for (i, item) in inner.as_items().unwrap_or_default().iter().enumerate() {
                    if i > 0 {
                        self.out.push(b' ');
                    }
                    self.arg(item, verb);
                }
                self.out.push(b'}');
            }
        }
    }
}

fn rune(i: i128) -> char {
    u32::try_from(i).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// The first `precision` runes.
fn truncate(bytes: &[u8], precision: Option<usize>) -> &[u8] {
    let Some(precision) = precision else { return bytes };
    let mut at = 0;
    for _ in 0..precision {
        if at >= bytes.len() {
            break;
        }
        at += crate::text::decode_rune(&bytes[at..]).1;
    }
    &bytes[..at]
}

fn can_backquote(text: &str) -> bool {
    text.chars().all(|c| c != '`' && c != '\u{7f}' && c != '\u{feff}' && (c >= ' ' || c == '\t'))
}

/// `#` keeps a decimal point, and the trailing zeros of `%g`.
fn with_point(text: &str, verb: char, precision: Option<usize>) -> String {
    let (mantissa, exponent) = match text.find(['e', 'E']) {
        Some(i) => text.split_at(i),
        None => (text, ""),
    };
    let mut mantissa = mantissa.to_string();
    if !mantissa.contains('.') {
        mantissa.push('.');
    }
    if matches!(verb, 'g' | 'G' | 'v') {
        let wanted = precision.unwrap_or(6);
        let digits = mantissa.chars().filter(char::is_ascii_digit).collect::<String>();
        let significant = digits.trim_start_matches('0').len();
        mantissa.push_str(&"0".repeat(wanted.saturating_sub(significant)));
    }
    format!("{mantissa}{exponent}")
}
