//! Durations of tokens: what the contract's flags take.

use bowline_core_settings::parse_duration;

use crate::error::CliError;

/// Seconds of a duration such as `90m`, `10d` or `1h30m`.
pub fn seconds(text: &str, flag: &str) -> Result<i64, CliError> {
    let bad = || CliError::usage(format!("{flag} {text}: write a duration such as 90m, 24h or 10d"));
    if let Some(days) = text.strip_suffix('d') {
        let days: i64 = days.parse().map_err(|_| bad())?;
        return days.checked_mul(24 * 60 * 60).filter(|seconds| *seconds >= 0).ok_or_else(bad);
    }
    if text == "0" {
        return Ok(0);
    }
    let duration = parse_duration(text).map_err(|_| bad())?;
    i64::try_from(duration.as_secs()).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations() {
        for (text, want) in
            [("0s", Some(0)), ("0", Some(0)), ("90m", Some(5400)), ("10d", Some(864_000)), ("x", None), ("-1d", None)]
        {
            assert_eq!(seconds(text, "--expires-in").ok(), want, "{text}");
        }
    }
}
