//! Number literals: `strconv.ParseInt` and `ParseFloat` with Go's prefixes and underscores.

/// A number in a template. Go gives a literal every type that can hold it, and the place where it stands picks one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Number {
    /// As a signed integer.
    pub int: Option<i64>,
    /// As an unsigned integer.
    pub uint: Option<u64>,
    /// As a float.
    pub float: Option<f64>,
    /// As a complex number; set only for literals with an imaginary part.
    pub complex: Option<(f64, f64)>,
}

// === impl Number ===

impl Number {
    /// The value of a rune constant.
    pub fn rune(rune: i64) -> Number {
        Number { int: Some(rune), uint: u64::try_from(rune).ok(), float: Some(rune as f64), complex: None }
    }

    /// Reads a number; the error is Go's text.
    pub fn parse(text: &str) -> Result<Number, String> {
        if let Some(f) = text.strip_suffix('i').and_then(parse_float) {
            return Ok(Number::complex(0.0, f));
        }
        let mut number = Number { uint: parse_uint(text, 0), int: parse_int(text, 0), ..Number::default() };
        if number.int == Some(0) {
            number.uint = Some(0); // "-0" is unsigned too.
        }
        if let Some(i) = number.int {
            number.float = Some(i as f64);
        } else if let Some(u) = number.uint {
            number.float = Some(u as f64);
        } else if let Some(f) = parse_float(text) {
            if !text.contains(['.', 'e', 'E', 'p', 'P']) {
                return Err(format!("integer overflow: {}", crate::quote::quote(text.as_bytes())));
            }
            number.set_float(f);
        } else {
            return Err(format!("illegal number syntax: {}", crate::quote::quote(text.as_bytes())));
        }
        Ok(number)
    }

    /// Reads a complex number such as `1+2i`.
    pub fn parse_complex(text: &str) -> Option<Number> {
        let body = text.strip_suffix('i')?;
        // The sign between the parts: not the first character, not one after an exponent mark.
        let split = body
            .char_indices()
            .skip(1)
            .filter(|(i, c)| matches!(c, '+' | '-') && !matches!(body.as_bytes()[i - 1], b'e' | b'E' | b'p' | b'P'))
            .map(|(i, _)| i)
            .next()?;
        Some(Number::complex(parse_float(&body[..split])?, parse_float(&body[split..])?))
    }

    fn complex(re: f64, im: f64) -> Number {
        let mut number = Number { complex: Some((re, im)), ..Number::default() };
        if im == 0.0 {
            number.set_float(re);
        }
        number
    }

    fn set_float(&mut self, f: f64) {
        self.float = Some(f);
        // The casts saturate, and then the comparison fails, as it does for Go's out of range conversions.
        if (f as i64) as f64 == f && f < 9.3e18 {
            self.int = Some(f as i64);
        }
        if f >= 0.0 && (f as u64) as f64 == f && f < 1.85e19 {
            self.uint = Some(f as u64);
        }
    }
}

/// `strconv.ParseUint(text, base, 64)`; base 0 takes prefixes and underscores.
pub fn parse_uint(text: &str, base: u32) -> Option<u64> {
    let (digits, base) = if base == 0 { prefixed(text)? } else { (text.to_string(), base) };
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    u64::from_str_radix(&digits, base).ok()
}

/// `strconv.ParseInt(text, base, 64)`; base 0 takes prefixes and underscores.
pub fn parse_int(text: &str, base: u32) -> Option<i64> {
    let (negative, rest) = match text.as_bytes().first()? {
        b'+' => (false, &text[1..]),
        b'-' => (true, &text[1..]),
        _ => (false, text),
    };
    let magnitude = i128::from(parse_uint(rest, base)?);
    i64::try_from(if negative { -magnitude } else { magnitude }).ok()
}

/// The digits without prefix and underscores, and the base that the prefix names.
fn prefixed(text: &str) -> Option<(String, u32)> {
    let lower = text.to_ascii_lowercase();
    let (base, digits) = match lower.as_bytes() {
        [b'0', b'x', ..] => (16, &lower[2..]),
        [b'0', b'b', ..] => (2, &lower[2..]),
        [b'0', b'o', ..] => (8, &lower[2..]),
        [b'0', _, ..] => (8, &lower[1..]),
        _ => (10, lower.as_str()),
    };
    if digits.contains('_') && !underscores_ok(&lower) {
        return None;
    }
    Some((digits.replace('_', ""), base))
}

/// Underscores may stand only between digits, or between a base prefix and a digit.
fn underscores_ok(text: &str) -> bool {
    let text = text.strip_prefix(['+', '-']).unwrap_or(text);
    let bytes = text.as_bytes();
    let mut before = b'^'; // '0' digit, '_' underscore, '!' other, '^' begin
    let mut i = 0;
    let mut hex = false;
    if bytes.len() >= 2 && bytes[0] == b'0' && matches!(bytes[1] | 0x20, b'b' | b'o' | b'x') {
        before = b'0'; // A prefix counts as a digit.
        hex = bytes[1] | 0x20 == b'x';
        i = 2;
    }
    for &b in &bytes[i..] {
        if b.is_ascii_digit() || (hex && b.is_ascii_hexdigit()) {
            before = b'0';
        } else if b == b'_' {
            if before != b'0' {
                return false;
            }
            before = b'_';
        } else {
            if before == b'_' {
                return false;
            }
            before = b'!';
        }
    }
    before != b'_'
}

/// `strconv.ParseFloat(text, 64)`: decimal and hexadecimal, underscores as in Go literals, infinities and NaN; out of range is `None`.
pub fn parse_float(text: &str) -> Option<f64> {
    let (sign, body) = match text.as_bytes().first()? {
        b'+' => (1.0, &text[1..]),
        b'-' => (-1.0, &text[1..]),
        _ => (1.0, text),
    };
    match body.to_ascii_lowercase().as_str() {
        "inf" | "infinity" => return Some(sign * f64::INFINITY),
        "nan" => return Some(f64::NAN),
        _ => {}
    }
    let is_hex = body.len() > 2 && body.as_bytes()[0] == b'0' && body.as_bytes()[1] | 0x20 == b'x';
    if body.contains('_') {
        // Go takes underscores only in literals with a base prefix, but template numbers of base 10 pass ParseFloat
        // through the same check.
        if !underscores_ok(body) {
            return None;
        }
        let plain = body.replace('_', "");
        return if is_hex { hex_float(&plain) } else { decimal_float(&plain) }.map(|f| sign * f);
    }
    if is_hex { hex_float(body) } else { decimal_float(body) }.map(|f| sign * f)
}

fn decimal_float(text: &str) -> Option<f64> {
    if !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'+' | b'-'))
        || text.starts_with(['+', '-'])
    {
        return None;
    }
    text.parse::<f64>().ok().filter(|f| f.is_finite())
}

fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text[2..].split_once(['p', 'P'])?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut value = 0f64;
    for c in whole.chars() {
        value = value * 16.0 + f64::from(c.to_digit(16)?);
    }
    let mut scale = 1.0 / 16.0;
    for c in fraction.chars() {
        value += f64::from(c.to_digit(16)?) * scale;
        scale /= 16.0;
    }
    let exponent: i32 = exponent.strip_prefix('+').unwrap_or(exponent).parse().ok()?;
    let value = value * 2f64.powi(exponent);
    value.is_finite().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_with_prefixes() {
        for (text, want) in [
            ("0x1F", Some(31)),
            ("017", Some(15)),
            ("0o17", Some(15)),
            ("0b11", Some(3)),
            ("1_000", Some(1000)),
            ("1__0", None),
            ("_1", None),
            ("08", None),
            ("-3", Some(-3)),
            ("0b_1_0_1", Some(5)),
            ("0", Some(0)),
        ] {
            assert_eq!(parse_int(text, 0), want, "{text}");
        }
    }

    #[test]
    fn floats() {
        for (text, want) in [
            ("0x_1.e_0p+0_2", Some(7.5)),
            ("1e3", Some(1000.0)),
            ("7.5_00", Some(7.5)),
            ("1.", Some(1.0)),
            ("x", None),
            ("1e999", None),
        ] {
            assert_eq!(parse_float(text), want, "{text}");
        }
    }
}
