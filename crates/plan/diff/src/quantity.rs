//! Quantities and durations as Kubernetes writes them.

/// Suffixes of decimal quantities, by their power of ten.
const DECIMAL: [(&str, i32); 10] =
    [("n", -9), ("u", -6), ("m", -3), ("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12), ("P", 15), ("E", 18)];
/// Suffixes of binary quantities, by their power of two.
const BINARY: [(&str, u32); 6] = [("Ki", 10), ("Mi", 20), ("Gi", 30), ("Ti", 40), ("Pi", 50), ("Ei", 60)];
/// Quantities are whole numbers of this part.
const NANO: i128 = 1_000_000_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Decimal,
    Exponent,
    Binary,
}

/// A quantity in its canonical form, as `resource.Quantity` has it: no fraction, the largest suffix that loses nothing, the kind of suffix
/// as it was. `None` where the text is no quantity, or one beyond the numbers that we count with.
pub(crate) fn canonical(text: &str) -> Option<String> {
    let (nanos, format) = parse(text)?;
    let small = nanos > -1024 * NANO && nanos < 1024 * NANO;
    if format == Format::Binary && !small && nanos % NANO == 0 {
        let (mut mantissa, mut power) = (nanos / NANO, 0);
        while mantissa % 1024 == 0 && power < 60 {
            (mantissa, power) = (mantissa / 1024, power + 10);
        }
        let suffix = BINARY.iter().find(|(_, of)| *of == power).map_or("", |(suffix, _)| *suffix);
        return Some(format!("{mantissa}{suffix}"));
    }
    if nanos == 0 {
        return Some("0".to_string());
    }
    let (mut mantissa, mut power) = (nanos, -9);
    while mantissa % 1000 == 0 && power < 18 {
        (mantissa, power) = (mantissa / 1000, power + 3);
    }
    let suffix = DECIMAL.iter().find(|(_, of)| *of == power).map_or("", |(suffix, _)| *suffix);
    match format {
        Format::Exponent if power != 0 => Some(format!("{mantissa}e{power}")),
        _ => Some(format!("{mantissa}{suffix}")),
    }
}

fn parse(text: &str) -> Option<(i128, Format)> {
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
    let (number, suffix) = rest.split_at(end);
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') || whole.len() + fraction.len() > 30 {
        return None;
    }
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?;
    let (nanos, format) = if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        (scaled(digits.checked_mul(1i128.checked_shl(*power)?)?, 9 - places)?, Format::Binary)
    } else if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        (scaled(digits, power + 9 - places)?, Format::Decimal)
    } else {
        let power: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
        (scaled(digits, power.checked_add(9)?.checked_sub(places)?)?, Format::Exponent)
    };
    Some((if negative { -nanos } else { nanos }, format))
}

/// `number` times a power of ten; what is less than one part is rounded up, as Kubernetes does.
fn scaled(number: i128, power: i32) -> Option<i128> {
    let factor = 10i128.checked_pow(power.unsigned_abs())?;
    match power {
        0.. => number.checked_mul(factor),
        _ => Some(number / factor + i128::from(number % factor != 0)),
    }
}

/// A duration in its canonical form, as Go writes it (`1h0m0s`). `None` where the text is no duration.
pub(crate) fn canonical_duration(text: &str) -> Option<String> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some("0s".to_string());
    }
    let mut nanos: i128 = 0;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let of: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANO,
            "m" => 60 * NANO,
            "h" => 3_600 * NANO,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if whole.is_empty() && fraction.is_empty() || whole.len() > 18 || fraction.len() > 18 {
            return None;
        }
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        nanos += digits.checked_mul(of)? / 10i128.pow(u32::try_from(fraction.len()).ok()?);
        rest = tail;
    }
    let sign = if negative && nanos != 0 { "-" } else { "" };
    Some(format!("{sign}{}", duration(nanos)))
}

/// A duration of at least 0 ns.
fn duration(nanos: i128) -> String {
    let decimal = |nanos: i128, unit: i128| {
        let (whole, part) = (nanos / unit, nanos % unit);
        let places = unit.ilog10() as usize;
        let fraction = if places == 0 { String::new() } else { format!("{part:0places$}") };
        match fraction.trim_end_matches('0') {
            "" => whole.to_string(),
            fraction => format!("{whole}.{fraction}"),
        }
    };
    match nanos {
        0 => "0s".to_string(),
        1..1_000 => format!("{nanos}ns"),
        1_000..1_000_000 => format!("{}µs", decimal(nanos, 1_000)),
        1_000_000..NANO => format!("{}ms", decimal(nanos, 1_000_000)),
        _ => {
            let (minutes, seconds) = (nanos / (60 * NANO), decimal(nanos % (60 * NANO), NANO));
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_have_one_form() {
        for (text, want) in [
            ("0.1", Some("100m")),
            ("1000m", Some("1")),
            ("1024Mi", Some("1Gi")),
            ("1Gi", Some("1Gi")),
            ("1073741824", Some("1073741824")),
            ("0.5Gi", Some("512Mi")),
            ("1000Ki", Some("1000Ki")),
            ("0.5Ki", Some("512")),
            ("1500M", Some("1500M")),
            ("2000M", Some("2G")),
            ("1e3", Some("1e3")),
            ("1E", Some("1E")),
            ("-0.5", Some("-500m")),
            ("0", Some("0")),
            ("0.0000000001", Some("1n")),
            (".5", Some("500m")),
            ("", None),
            ("1.2.3", None),
            ("a", None),
            ("10x", None),
            ("99999999999999999999999999999999", None),
        ] {
            assert_eq!(canonical(text).as_deref(), want, "{text}");
        }
    }

    #[test]
    fn durations_have_one_form() {
        for (text, want) in [
            ("1h", Some("1h0m0s")),
            ("90m", Some("1h30m0s")),
            ("1.5s", Some("1.5s")),
            ("1500ms", Some("1.5s")),
            ("2m", Some("2m0s")),
            ("-1m5s", Some("-1m5s")),
            ("15us", Some("15µs")),
            ("0", Some("0s")),
            ("5", None),
            ("", None),
            ("soon", None),
        ] {
            assert_eq!(canonical_duration(text).as_deref(), want, "{text}");
        }
    }
}
