//! Go's `strconv.FormatFloat`.

/// Formats a float: `verb` is one of `e E f F g G`; `precision` is `None` for the shortest digits that read back the same.
pub fn format_float(f: f64, verb: char, precision: Option<usize>) -> String {
    if f.is_nan() {
        return "NaN".to_string();
    }
    if f.is_infinite() {
        return if f > 0.0 { "+Inf" } else { "-Inf" }.to_string();
    }
    let upper = verb.is_ascii_uppercase();
    let text = match verb.to_ascii_lowercase() {
        'e' => exponent(f, precision),
        'f' => precision.map_or_else(|| format!("{f}"), |p| format!("{f:.p$}")),
        _ => general(f, precision),
    };
    if upper { text.to_ascii_uppercase() } else { text }
}

fn exponent(f: f64, precision: Option<usize>) -> String {
    let text = precision.map_or_else(|| format!("{f:e}"), |p| format!("{f:.p$e}"));
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    go_exponent(mantissa, exp.parse().unwrap_or(0))
}

/// At least two digits, and always a sign.
fn go_exponent(mantissa: &str, exp: i32) -> String {
    let sign = if exp < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exp.abs())
}

fn general(f: f64, precision: Option<usize>) -> String {
    let wanted = precision.map(|p| p.max(1));
    let text = wanted.map_or_else(|| format!("{f:e}"), |p| format!("{f:.*e}", p - 1));
    let (mantissa, exp) = text.split_once('e').unwrap_or((&text, "0"));
    let exp: i32 = exp.parse().unwrap_or(0);
    let negative = mantissa.starts_with('-');
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.trim_end_matches('0') {
        "" => "0",
        trimmed => trimmed,
    };
    // %e is used from the exponent that reaches the precision; for the shortest form that is 6, whatever the digits...
    let shortest = wanted.is_none();
    let count = digits.len() as i32;
    let mut limit = wanted.map_or(6, |p| p as i32);
    if !shortest && limit > count && count > exp {
        limit = count;
    }
    // ...except that %v of Go's fmt moves it to 21, which its caller asks for.
    let sign = if negative { "-" } else { "" };
    if exp < -4 || exp >= limit {
        let (first, rest) = digits.split_at(1);
        let mantissa = if rest.is_empty() { first.to_string() } else { format!("{first}.{rest}") };
        return format!("{sign}{}", go_exponent(&mantissa, exp));
    }
    format!("{sign}{}", plain(digits, exp))
}

/// Digits with the decimal point after the first `exp + 1` of them.
fn plain(digits: &str, exp: i32) -> String {
    if exp < 0 {
        return format!("0.{}{digits}", "0".repeat((-exp - 1) as usize));
    }
    let whole = exp as usize + 1;
    if digits.len() <= whole {
        return format!("{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{}.{}", &digits[..whole], &digits[whole..])
}

#[cfg(test)]
mod tests {
    use super::format_float;

    #[test]
    fn as_strconv_formats_them() {
        // Printed by Go 1.26.
        for (f, verb, precision, want) in [
            (8080.0, 'g', None, "8080"),
            (1e6, 'g', None, "1e+06"),
            (123456.0, 'g', None, "123456"),
            (123456789.0, 'g', None, "1.23456789e+08"),
            (0.00001, 'g', None, "1e-05"),
            (0.1, 'g', None, "0.1"),
            (-0.0, 'g', None, "-0"),
            (100.0, 'g', Some(3), "100"),
            (1234.5678, 'g', Some(2), "1.2e+03"),
            (1234.5678, 'e', Some(6), "1.234568e+03"),
            (12.345, 'f', Some(2), "12.35"),
            (1e21, 'g', None, "1e+21"),
            (2.5, 'f', Some(0), "2"),
        ] {
            assert_eq!(format_float(f, verb, precision), want, "{f} %{verb}");
        }
    }
}
