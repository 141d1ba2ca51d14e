//! Durations as Go writes them.

use std::time::Duration;

/// Reads a Go duration (`1h30m`, `120s`, `1.5m`, `100ms`, `0`), or whole seconds where there is no unit, as the contract's
/// settings allow.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let bad = || format!("{text:?} is not a duration (such as 120s, 3m or 1h30m)");
    let trimmed = text.trim();
    if let Ok(seconds) = trimmed.parse::<u32>() {
        return Ok(Duration::from_secs(seconds.into()));
    }
    let mut rest = trimmed;
    let mut nanos = 0.0_f64;
    if rest.is_empty() {
        return Err(bad());
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(bad)?;
        let number: f64 = rest[..end].parse().map_err(|_| bad())?;
        rest = &rest[end..];
        let end = rest.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(rest.len());
        nanos += number
            * match &rest[..end] {
                "ns" => 1.0,
                "us" | "µs" | "μs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                _ => return Err(bad()),
            };
        rest = &rest[end..];
    }
    // Go holds durations in 63 bits of nanoseconds.
    if nanos < 9.2e18 { Ok(Duration::from_nanos(nanos as u64)) } else { Err(bad()) }
}

/// Writes a duration as Go prints it: `2m0s`, `1h30m0s`, `1.5s`, `100ms`.
pub fn format_duration(d: Duration) -> String {
    let nanos = d.as_nanos();
    if nanos == 0 {
        return "0s".to_string();
    }
    let fraction = |unit: u128| {
        let (whole, rest) = (nanos / unit, nanos % unit);
        let digits = format!("{rest:0width$}", width = unit.ilog10() as usize);
        let digits = digits.trim_end_matches('0');
        if digits.is_empty() { whole.to_string() } else { format!("{whole}.{digits}") }
    };
    match nanos {
        0..1_000 => return format!("{nanos}ns"),
        1_000..1_000_000 => return format!("{}µs", fraction(1_000)),
        1_000_000..1_000_000_000 => return format!("{}ms", fraction(1_000_000)),
        _ => {}
    }
    let (hours, minutes) = (d.as_secs() / 3600, d.as_secs() / 60 % 60);
    let seconds = Duration::new(d.as_secs() % 60, d.subsec_nanos());
    let seconds = format!("{}", seconds.as_secs_f64());
    match (hours, minutes) {
        (0, 0) => format!("{seconds}s"),
        (0, m) => format!("{m}m{seconds}s"),
        (h, m) => format!("{h}h{m}m{seconds}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        for (text, millis) in
            [("120s", 120_000), ("1h30m", 5_400_000), ("1.5m", 90_000), ("100ms", 100), ("0", 0), ("180", 180_000)]
        {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "1", "5x", "1h-3m", "999999999h"].into_iter().filter(|t| *t != "1") {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn prints_as_go_prints() {
        for (millis, want) in [
            (0, "0s"),
            (100, "100ms"),
            (1_500, "1.5s"),
            (120_000, "2m0s"),
            (5_400_000, "1h30m0s"),
            (61_001, "1m1.001s"),
        ] {
            assert_eq!(format_duration(Duration::from_millis(millis)), want);
        }
        assert_eq!(format_duration(Duration::from_nanos(1_500)), "1.5µs");
    }
}
