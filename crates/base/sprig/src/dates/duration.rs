//! Go's `time.Duration`.

use bowline_base_gotmpl::{CallError, quote};

const UNITS: &[(&str, i64)] = &[
    ("ns", 1),
    ("us", 1_000),
    ("µs", 1_000),
    ("μs", 1_000),
    ("ms", 1_000_000),
    ("s", 1_000_000_000),
    ("m", 60_000_000_000),
    ("h", 3_600_000_000_000),
];

/// Go's `time.ParseDuration`: nanoseconds.
pub(super) fn parse(text: &str) -> Result<i64, CallError> {
    let invalid = || CallError::new(format!("time: invalid duration {}", quote(text.as_bytes())));
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(number_end);
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return Err(invalid());
        }
        let unit_end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        if unit.is_empty() {
            return Err(CallError::new(format!("time: missing unit in duration {}", quote(text.as_bytes()))));
        }
        let Some((_, size)) = UNITS.iter().find(|(name, _)| *name == unit) else {
            return Err(CallError::new(format!(
                "time: unknown unit {} in duration {}",
                quote(unit.as_bytes()),
                quote(text.as_bytes())
            )));
        };
        if !whole.is_empty() {
            total += whole.parse::<i64>().map_err(|_| invalid())? as i128 * i128::from(*size);
        }
        if !fraction.is_empty() {
            let part: f64 = format!("0.{fraction}").parse().map_err(|_| invalid())?;
            total += (part * *size as f64) as i128;
        }
        rest = after;
    }
    i64::try_from(if negative { -total } else { total }).map_err(|_| invalid())
}

/// Go's `Duration.String`: `1h1m1s`, `1.5s`, `100ms`.
pub(super) fn format(nanos: i64) -> String {
    let magnitude = nanos.unsigned_abs();
    let sign = if nanos < 0 { "-" } else { "" };
    if magnitude == 0 {
        return "0s".to_string();
    }
    if magnitude < 1_000_000_000 {
        let (size, unit) = match magnitude {
            0..1_000 => return format!("{sign}{magnitude}ns"),
            1_000..1_000_000 => (1_000, "µs"),
            _ => (1_000_000, "ms"),
        };
        return format!("{sign}{}{unit}", fraction(magnitude, size));
    }
    let seconds = magnitude / 1_000_000_000;
    let last = fraction(magnitude % 60_000_000_000, 1_000_000_000);
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60);
    match (hours, minutes) {
        (0, 0) => format!("{sign}{last}s"),
        (0, m) => format!("{sign}{m}m{last}s"),
        (h, m) => format!("{sign}{h}h{m}m{last}s"),
    }
}

fn fraction(value: u64, size: u64) -> String {
    let digits = size.ilog10() as usize;
    let text = format!("{}.{:0digits$}", value / size, value % size);
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// sprig's rounding to the largest unit.
pub(super) fn rounded(nanos: i64) -> String {
    let magnitude = nanos.unsigned_abs();
    const HOUR: u64 = 3_600_000_000_000;
    let units = [
        ("y", HOUR * 24 * 365),
        ("mo", HOUR * 24 * 30),
        ("d", HOUR * 24),
        ("h", HOUR),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
    ];
    units
        .iter()
        .find(|(_, size)| magnitude > *size)
        .map_or_else(|| "0s".to_string(), |(unit, size)| format!("{}{unit}", magnitude / size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_and_print_as_in_go() {
        for (text, want) in [
            ("1h", "1h0m0s"),
            ("1h15m30.918s", "1h15m30.918s"),
            ("-1.5h", "-1h30m0s"),
            ("100ms", "100ms"),
            ("1.5us", "1.5µs"),
        ] {
            assert_eq!(format(parse(text).unwrap()), want);
        }
        assert_eq!(parse("3").unwrap_err().text(), "time: missing unit in duration \"3\"");
        assert_eq!(parse("x").unwrap_err().text(), "time: invalid duration \"x\"");
    }
}
