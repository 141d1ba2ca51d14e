//! The order in which go-yaml writes the keys of a map.

use std::cmp::Ordering;

use super::Flavour;

/// Sorts by `less`. The order of go-yaml is none for all inputs (its numbers wrap), which the standard library's sorting may
/// answer with a panic; this merge sort does not mind.
pub(crate) fn sort<T: Copy>(items: &mut [T], less: impl Fn(&T, &T) -> bool + Copy) {
    if items.len() <= 8 {
        for i in 1..items.len() {
            let mut at = i;
            while at > 0 && less(&items[at], &items[at - 1]) {
                items.swap(at, at - 1);
                at -= 1;
            }
        }
        return;
    }
    let (left, right) = items.split_at_mut(items.len() / 2);
    sort(left, less);
    sort(right, less);
    let mut merged = Vec::with_capacity(left.len() + right.len());
    let (mut l, mut r) = (left.iter().copied().peekable(), right.iter().copied().peekable());
    while let (Some(a), Some(b)) = (l.peek(), r.peek()) {
        merged.extend(if less(b, a) { r.next() } else { l.next() });
    }
    merged.extend(l.chain(r));
    items.copy_from_slice(&merged);
}

/// Whether `a` comes before `b`: runs of digits by their number, letters behind everything else, all else by code point.
/// In version 3 a letter comes first where it meets something else behind equal digits.
pub(crate) fn natural_less(a: &str, b: &str, flavour: Flavour) -> bool {
    if a.is_ascii() && b.is_ascii() {
        return less(a.as_bytes(), b.as_bytes(), flavour, |c| u32::from(*c));
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    less(&a, &b, flavour, |c| *c as u32)
}

fn less<C: Copy + PartialEq>(a: &[C], b: &[C], flavour: Flavour, code: impl Fn(&C) -> u32) -> bool {
    let is_letter = |c: &C| char::from_u32(code(c)).is_some_and(char::is_alphabetic);
    let is_digit = |c: &C| (0x30..0x3A).contains(&code(c));
    let Some(i) = a.iter().zip(b).position(|(a, b)| a != b) else { return a.len() < b.len() };
    let behind_digit = flavour == Flavour::V3 && i > 0 && is_digit(&a[i - 1]);
    match (is_letter(&a[i]), is_letter(&b[i])) {
        (true, true) => return code(&a[i]) < code(&b[i]),
        (false, false) => {}
        (a_letter, b_letter) => return if behind_digit { a_letter } else { b_letter },
    }
    // Where one of the two is a zero, zeros behind other digits count as digits of a number, leading ones do not.
    let zero = code(&a[i]) == 0x30 || code(&b[i]) == 0x30;
    let inside = zero && a[..i].iter().rev().take_while(|c| is_digit(c)).any(|c| code(c) != 0x30);
    let run = |text: &[C]| {
        let digits = text[i..].iter().take_while(|c| is_digit(c));
        digits.fold((i64::from(inside), i), |(number, end), c| {
            (number.wrapping_mul(10).wrapping_add(i64::from(code(c)) - 0x30), end + 1)
        })
    };
    let order = run(a).cmp(&run(b)).then(code(&a[i]).cmp(&code(&b[i])));
    order == Ordering::Less
}
