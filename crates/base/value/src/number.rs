//! Numbers as Go prints them.

use crate::Value;

/// Formats a float as Go's `encoding/json` does: the shortest digits that read back the same, in plain notation within
/// `1e-6 <= |f| < 1e21`, else with an exponent of at least one digit (`1e+21`, `1e-7`).
pub fn format_float(f: f64) -> String {
    let abs = f.abs();
    if abs != 0.0 && !(1e-6..1e21).contains(&abs) {
        let text = format!("{f:e}");
        // Rust writes `1e21`, Go `1e+21`.
        return match text.split_once('e') {
            Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent}"),
            _ => text,
        };
    }
    format!("{f}")
}

/// Formats a float as Go's `strconv.FormatFloat(f, 'g', -1, 64)` does, which `%v` and go-yaml use: an exponent of two
/// digits or more below `1e-4` and from a million on.
pub fn format_g64(f: f64) -> String {
    general(&format!("{f:e}"))
}

/// As [`format_g64`] for the nearest 32-bit float, which `sigs.k8s.io/yaml` makes of float keys.
pub(crate) fn format_g32(f: f64) -> String {
    let f = f as f32;
    if f.is_infinite() {
        return if f > 0.0 { ".inf" } else { "-.inf" }.to_string();
    }
    if f.is_nan() {
        return ".nan".to_string();
    }
    general(&format!("{f:e}"))
}

/// `%g` from the shortest `%e` as Rust writes it.
fn general(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else {
        return text.replace("inf", "+Inf").replace("-+", "-");
    };
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let exponent: i32 = exponent.parse().expect("because Rust writes the exponent as an integer");
    let digits: String = mantissa.chars().filter(|c| *c != '.').collect();
    if !(-4..6).contains(&exponent) {
        let (mark, size) = if exponent < 0 { ('-', -exponent) } else { ('+', exponent) };
        return format!("{sign}{mantissa}e{mark}{size:02}");
    }
    if exponent < 0 {
        return format!("{sign}0.{}{digits}", "0".repeat((-exponent - 1) as usize));
    }
    let whole = exponent as usize + 1;
    if digits.len() <= whole {
        return format!("{sign}{digits}{}", "0".repeat(whole - digits.len()));
    }
    format!("{sign}{}.{}", &digits[..whole], &digits[whole..])
}

/// A finite float as it comes back from JSON text: an integer where Go prints it as one and that fits. `unsigned` tells
/// whether integers above `i64::MAX` are kept as such.
pub(crate) fn go_json_number(f: f64, unsigned: bool) -> Value {
    if f.fract() != 0.0 || f.abs() >= 1e21 {
        return Value::Float(f);
    }
    if f.abs() < 2f64.powi(53) {
        return Value::Int(f as i64);
    }
    // Beyond 2^53 the printed digits are the shortest ones, padded with zeros, and not the float's exact value.
    let text = format_float(f);
    match (text.parse::<i64>(), text.parse::<u64>()) {
        (Ok(i), _) => Value::Int(i),
        (_, Ok(u)) if unsigned => Value::UInt(u),
        _ => Value::Float(f),
    }
}

#[cfg(test)]
mod tests {
    use super::{format_float, format_g64};

    #[test]
    fn as_encoding_json_prints_them() {
        // Printed by Go 1.26 `json.Marshal`.
        for (f, want) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (0.1, "0.1"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1e-7, "1e-7"),
            (123456789.125, "123456789.125"),
        ] {
            assert_eq!(format_float(f), want);
        }
    }

    #[test]
    fn as_strconv_prints_them() {
        // Printed by Go 1.26 `strconv.FormatFloat(f, 'g', -1, 64)`.
        for (f, want) in [
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (1.5, "1.5"),
            (100000.0, "100000"),
            (123456.5, "123456.5"),
            (1e6, "1e+06"),
            (1234567.0, "1.234567e+06"),
            (123456789.5, "1.234567895e+08"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.5e300, "1.5e+300"),
            (-2.5e-7, "-2.5e-07"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(format_g64(f), want);
        }
    }
}
