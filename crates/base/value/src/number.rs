//! Numbers as Go prints them.

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

#[cfg(test)]
mod tests {
    use super::format_float;

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
}
