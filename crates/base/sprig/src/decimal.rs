//! Decimal arithmetic as `shopspring/decimal` does it: exact, but for division, which keeps 16 digits.

use num_bigint::{BigInt, Sign};

/// Digits after the point that a division keeps.
const DIVISION_DIGITS: i64 = 16;

/// `coefficient × 10^exponent`.
pub(crate) struct Decimal {
    coefficient: BigInt,
    exponent: i64,
}

// === impl Decimal ===

impl Decimal {
    /// The shortest decimal that reads back as `f`.
    pub(crate) fn from_f64(f: f64) -> Decimal {
        let text = format!("{f:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let coefficient = format!("{whole}{fraction}").parse().unwrap_or_default();
        let exponent = exponent.parse::<i64>().unwrap_or(0) - fraction.len() as i64;
        Decimal { coefficient, exponent }
    }

    pub(crate) fn to_f64(&self) -> f64 {
        format!("{}e{}", self.coefficient, self.exponent).parse().unwrap_or(0.0)
    }

    pub(crate) fn add(self, other: Decimal) -> Decimal {
        let (a, b, exponent) = aligned(self, other);
        Decimal { coefficient: a + b, exponent }
    }

    pub(crate) fn sub(self, other: Decimal) -> Decimal {
        let (a, b, exponent) = aligned(self, other);
        Decimal { coefficient: a - b, exponent }
    }

    pub(crate) fn mul(self, other: Decimal) -> Decimal {
        Decimal { coefficient: self.coefficient * other.coefficient, exponent: self.exponent + other.exponent }
    }

    /// Rounded half away from zero at 16 digits after the point. The divisor must not be zero.
    pub(crate) fn div(self, other: Decimal) -> Decimal {
        let shift = self.exponent - other.exponent + DIVISION_DIGITS;
        let (dividend, divisor) = if shift >= 0 {
            (self.coefficient * ten_to(shift), other.coefficient)
        } else {
            (self.coefficient, other.coefficient * ten_to(-shift))
        };
        let quotient = &dividend / &divisor;
        let remainder = &dividend - &quotient * &divisor;
        let twice = BigInt::from_biguint(Sign::Plus, remainder.magnitude() * 2u32);
        let away = twice >= BigInt::from_biguint(Sign::Plus, divisor.magnitude().clone());
        let negative = dividend.sign() != divisor.sign();
        let step = if away { if negative { -1 } else { 1 } } else { 0 };
        Decimal { coefficient: quotient + step, exponent: -DIVISION_DIGITS }
    }
}

fn aligned(a: Decimal, b: Decimal) -> (BigInt, BigInt, i64) {
    let exponent = a.exponent.min(b.exponent);
    (a.coefficient * ten_to(a.exponent - exponent), b.coefficient * ten_to(b.exponent - exponent), exponent)
}

fn ten_to(n: i64) -> BigInt {
    BigInt::from(10).pow(u32::try_from(n).unwrap_or(0))
}
