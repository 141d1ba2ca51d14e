//! Numbers as they are written: exact where floats are not.

use serde_json::Number;

/// A decimal number: `digits × 10^exponent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Decimal {
    digits: i128,
    exponent: i32,
}

// === impl Decimal ===

impl Decimal {
    /// The number as its shortest text has it; `None` beyond what is exact here.
    pub(super) fn of(number: &Number) -> Option<Decimal> {
        let text = match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(i), ..) => i.to_string(),
            (_, Some(u), _) => u.to_string(),
            (_, _, Some(f)) => format!("{f:e}"),
            _ => return None,
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let digits = format!("{whole}{fraction}").parse().ok()?;
        Some(Decimal { digits, exponent: exponent.parse::<i32>().ok()? - fraction.len() as i32 })
    }

    /// Whether this is a whole number of times the other.
    pub(super) fn is_multiple_of(self, other: Decimal) -> Option<bool> {
        if other.digits == 0 {
            return None;
        }
        let scale = self.exponent.min(other.exponent);
        let scaled = |number: Decimal| {
            let power = 10i128.checked_pow((number.exponent - scale).try_into().ok()?)?;
            number.digits.checked_mul(power)
        };
        Some(scaled(self)? % scaled(other)? == 0)
    }
}

#[cfg(test)]
mod tests {
    use super::Decimal;

    #[test]
    fn multiples_are_exact() {
        let decimal = |text: &str| Decimal::of(&serde_json::from_str(text).unwrap()).unwrap();
        for (number, of, want) in
            [("0.3", "0.1", true), ("1.5", "0.25", true), ("1", "0.3", false), ("4", "2", true), ("1e3", "1e-2", true)]
        {
            assert_eq!(decimal(number).is_multiple_of(decimal(of)), Some(want), "{number} of {of}");
        }
    }
}
