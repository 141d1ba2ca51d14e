//! Formats of texts, and what is wrong with one, in the words of Helm's validator.

use bowline_base_gotmpl::quote;

type Check = fn(&str) -> Result<(), String>;

/// The check for a format; `None` for one that says nothing.
pub(super) fn check(name: &str) -> Option<Check> {
    Some(match name {
        "regex" => |text| bowline_base_sprig::go_regex(text).map(drop),
        "json-pointer" => json_pointer,
        "relative-json-pointer" => relative_json_pointer,
        "uuid" => uuid,
        "duration" => duration,
        "period" => period,
        "ipv4" => ipv4,
        "ipv6" => ipv6,
        "hostname" => hostname,
        "email" => email,
        "date" => date,
        "time" => time,
        "date-time" => date_time,
        "uri" | "iri" => |text| match bowline_base_sprig::parse_url(text)?.is_empty() {
            true => Err("relative url".to_string()),
            false => Ok(()),
        },
        "uri-reference" | "iri-reference" => |text| match text.contains('\\') {
            true => Err("contains \\".to_string()),
            false => bowline_base_sprig::parse_url(text).map(drop),
        },
        "uri-template" => |text| bowline_base_sprig::parse_url(text).map(drop),
        "semver" => |text| bowline_base_semver::Version::parse_strict(text).map(drop).map_err(|e| e.to_string()),
        _ => return None,
    })
}

fn fail(what: impl Into<String>) -> Result<(), String> {
    Err(what.into())
}

/// `invalid character 'x'`, as Go quotes a character.
fn invalid_character(c: char) -> String {
    let quoted = quote(c.to_string().as_bytes());
    format!("invalid character '{}'", &quoted[1..quoted.len() - 1])
}

fn json_pointer(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let Some(rest) = text.strip_prefix('/') else { return fail("not starting with /") };
    for name in rest.split('/') {
        let mut chars = name.chars();
        while let Some(c) = chars.next() {
            if c == '~' && !matches!(chars.next(), Some('0' | '1')) {
                return fail("~ must be followed by 0 or 1");
            }
        }
    }
    Ok(())
}

fn relative_json_pointer(text: &str) -> Result<(), String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match digits {
        0 => fail("must start with non-negative integer"),
        2.. if text.starts_with('0') => fail("starts with zero"),
        _ if &text[digits..] == "#" => Ok(()),
        _ => json_pointer(&text[digits..]),
    }
}

fn uuid(text: &str) -> Result<(), String> {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let groups: Vec<&str> = text.split('-').collect();
    if groups.len() != GROUPS.len() {
        return fail("must have 5 elements");
    }
    for (i, (group, length)) in groups.iter().zip(GROUPS).enumerate() {
        if group.len() != length {
            return fail(format!("element {} must be {length} characters long", i + 1));
        }
        if let Some(c) = group.chars().find(|c| !c.is_ascii_hexdigit()) {
            return fail(invalid_character(c).replace("invalid character", "non-hex character"));
        }
    }
    Ok(())
}

fn duration(text: &str) -> Result<(), String> {
    const UNITS: [&str; 2] = ["YMD", "HMS"];
    let Some(text) = text.strip_prefix('P') else { return fail("must start with P") };
    if text.is_empty() {
        return fail("nothing after P");
    }
    if let Some(week) = text.strip_suffix('W') {
        return match week {
            "" => fail("no number in week"),
            week if week.bytes().all(|b| b.is_ascii_digit()) => Ok(()),
            _ => fail("invalid week"),
        };
    }
    for (i, mut part) in text.split('T').enumerate() {
        if i != 0 && part.is_empty() {
            return fail("no time elements");
        }
        let Some(mut units) = UNITS.get(i).copied() else { return fail("more than one T") };
        while !part.is_empty() {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            if digits == 0 {
                return fail("missing number");
            }
            let Some(unit) = part[digits..].chars().next() else { return fail("missing unit") };
            match units.find(unit) {
                Some(at) => units = &units[at + 1..],
                None if UNITS[i].contains(unit) => return fail(format!("unit '{unit}' out of order")),
                None => return fail(format!("invalid unit '{unit}'")),
            }
            part = &part[digits + unit.len_utf8()..];
        }
    }
    Ok(())
}

fn period(text: &str) -> Result<(), String> {
    let Some((start, end)) = text.split_once('/') else { return fail("missing slash") };
    let told = |what: &str, result: Result<(), String>| result.map_err(|error| format!("invalid {what}: {error}"));
    if start.starts_with('P') {
        told("start duration", duration(start))?;
        return told("end date-time", date_time(end));
    }
    told("start date-time", date_time(start))?;
    if end.starts_with('P') { told("end duration", duration(end)) } else { told("end date-time", date_time(end)) }
}

fn ipv4(text: &str) -> Result<(), String> {
    let groups: Vec<&str> = text.split('.').collect();
    if groups.len() != 4 {
        return fail("expected four decimals");
    }
    for group in groups {
        if group.len() > 1 && group.starts_with('0') {
            return fail("leading zeros");
        }
        let Ok(n) = group.parse::<i64>() else {
            return fail(format!("strconv.Atoi: parsing {}: invalid syntax", quote(group.as_bytes())));
        };
        if !(0..=255).contains(&n) {
            return fail("decimal must be between 0 and 255");
        }
    }
    Ok(())
}

fn ipv6(text: &str) -> Result<(), String> {
    if !text.contains(':') {
        return fail("missing colon");
    }
    match text.split_once('%') {
        Some((address, zone)) if !zone.is_empty() && address.parse::<std::net::Ipv6Addr>().is_ok() => {
            fail("zone id is not a part of ipv6 address")
        }
        None if text.parse::<std::net::Ipv6Addr>().is_ok() => Ok(()),
        _ => fail(format!("ParseAddr({}): unable to parse IP", quote(text.as_bytes()))),
    }
}

fn hostname(text: &str) -> Result<(), String> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.len() > 253 {
        return fail("more than 253 characters long");
    }
    for label in text.split('.') {
        if label.is_empty() || label.len() > 63 {
            return fail("label must be 1 to 63 characters long");
        }
        if label.starts_with('-') {
            return fail("label starts with hyphen");
        }
        if label.ends_with('-') {
            return fail("label ends with hyphen");
        }
        if let Some(c) = label.chars().find(|c| !c.is_ascii_alphanumeric() && *c != '-') {
            return fail(invalid_character(c));
        }
    }
    Ok(())
}

fn email(text: &str) -> Result<(), String> {
    if text.len() > 254 {
        return fail("more than 255 characters long");
    }
    let Some((local, domain)) = text.rsplit_once('@') else { return fail("missing @") };
    if local.len() > 64 {
        return fail("local part more than 64 characters long");
    }
    if local.len() > 1 && local.starts_with('"') {
        let inner: String = local.chars().skip(1).take(local.chars().count().saturating_sub(2)).collect();
        if inner.contains(['\\', '"']) {
            return fail("backslash and quote are not allowed within quoted local part");
        }
    } else if local.starts_with('.') {
        return fail("starts with dot");
    } else if local.ends_with('.') {
        return fail("ends with dot");
    } else if local.contains("..") {
        return fail("consecutive dots");
    } else if let Some(c) = local.chars().find(|c| !c.is_ascii_alphanumeric() && !".!#$%&'*+-/=?^_`{|}~".contains(*c)) {
        return fail(invalid_character(c));
    }
    if let Some(address) = domain.strip_prefix('[').and_then(|domain| domain.strip_suffix(']')) {
        return match address.strip_prefix("IPv6:") {
            Some(address) => ipv6(address).map_err(|error| format!("invalid ipv6 address: {error}")),
            None => ipv4(address).map_err(|error| format!("invalid ipv4 address: {error}")),
        };
    }
    hostname(domain).map_err(|error| format!("invalid domain: {error}"))
}

fn date(text: &str) -> Result<(), String> {
    bowline_base_sprig::parse_time("2006-01-02", text).map(drop)
}

fn time(text: &str) -> Result<(), String> {
    if text.len() < 9 {
        return fail("less than 9 characters long");
    }
    let bytes = text.as_bytes();
    if bytes[2] != b':' || bytes[5] != b':' {
        return fail("missing colon in correct place");
    }
    let two = |at: usize| text.get(at..at + 2).and_then(|digits| digits.parse::<i32>().ok());
    let (Some(mut hour), Some(mut minute), Some(second)) = (two(0), two(3), two(6)) else {
        return fail("invalid hour/min/sec");
    };
    if hour < 0 || minute < 0 || second < 0 {
        return fail("non-positive hour/min/sec");
    }
    if hour > 23 || minute > 59 || second > 60 {
        return fail("hour/min/sec out of range");
    }
    let mut rest = text.get(8..).unwrap_or_default();
    if let Some(fraction) = rest.strip_prefix('.') {
        let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            return fail("no digits in second fraction");
        }
        rest = &fraction[digits..];
    }
    if !matches!(rest, "z" | "Z") {
        if rest.len() != 6 {
            return fail("offset must be 6 characters long");
        }
        let sign = match rest.as_bytes()[0] {
            b'+' => -1,
            b'-' => 1,
            _ => return fail("offset must begin with plus/minus"),
        };
        if rest.as_bytes()[3] != b':' {
            return fail("missing colon in offset in correct place");
        }
        let two = |at: usize| rest.get(at..at + 2).and_then(|digits| digits.parse::<i32>().ok());
        let (Some(zone_hour), Some(zone_minute)) = (two(1), two(4)) else {
            return fail("invalid hour/min in offset");
        };
        if zone_hour < 0 || zone_minute < 0 {
            return fail("non-positive hour/min in offset");
        }
        if zone_hour > 23 || zone_minute > 59 {
            return fail("hour/min in offset out of range");
        }
        let mut minutes = hour * 60 + minute + sign * (zone_hour * 60 + zone_minute);
        if minutes < 0 {
            minutes += 24 * 60;
        }
        (hour, minute) = (minutes / 60, minutes % 60);
    }
    if second >= 60 && (hour != 23 || minute != 59) {
        return fail("invalid leap second");
    }
    Ok(())
}

fn date_time(text: &str) -> Result<(), String> {
    if text.len() < 20 {
        return fail("less than 20 characters long");
    }
    if !matches!(text.as_bytes()[10], b't' | b'T') {
        return fail("11th character must be t or T");
    }
    let (Some(day), Some(rest)) = (text.get(..10), text.get(11..)) else { return fail("invalid date element") };
    date(day).map_err(|error| format!("invalid date element: {error}"))?;
    time(rest).map_err(|error| format!("invalid time element: {error}"))
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn faults_have_their_words() {
        for (format, text, want) in [
            ("ipv4", "1.2.3.4", ""),
            ("ipv4", "b", "expected four decimals"),
            ("ipv6", "::1", ""),
            ("ipv6", "x", "missing colon"),
            ("email", "a@b.c", ""),
            ("email", "x", "missing @"),
            ("hostname", "a_b", "invalid character '_'"),
            ("duration", "P1DT2H", ""),
            ("duration", "P1H", "invalid unit 'H'"),
            ("uuid", "x", "must have 5 elements"),
            ("date", "2020-02-30", "parsing time \"2020-02-30\": day out of range"),
            ("date", "x", "parsing time \"x\" as \"2006-01-02\": cannot parse \"x\" as \"2006\""),
            ("time", "10:00:00Z", ""),
            ("time", "x", "less than 9 characters long"),
            ("date-time", "2020-01-01T00:00:60Z", "invalid time element: invalid leap second"),
            ("uri", "https://a/b", ""),
            ("uri", "a b", "relative url"),
            ("json-pointer", "/a~1b", ""),
            ("json-pointer", "x", "not starting with /"),
            ("regex", "[", "error parsing regexp: missing closing ]: `[`"),
        ] {
            let got = check(format).unwrap()(text).err().unwrap_or_default();
            assert_eq!(got, want, "{format} {text}");
        }
        assert!(check("unknown").is_none());
    }
}
