//! Names that Kubernetes takes, made of what parameters hold.

use deunicode::deunicode_char;

/// Characters of the longest name.
const LONGEST: usize = 253;

/// `normalize`, and the `…Normalized` parameters: small letters, `-` for what a name cannot hold, nothing but letters and digits
/// at both ends.
pub fn normalize(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.' { c } else { '-' };
    let mut name: String = name.to_lowercase().chars().map(plain).collect();
    name.truncate(LONGEST);
    name.trim_matches(['-', '.']).to_string()
}

/// `slugify`: words of small letters and digits with `-` between them, at most `longest` characters; with `whole_words` none is
/// cut. Letters of other scripts are spelt in Latin ones.
pub(crate) fn slugify(name: &str, longest: usize, whole_words: bool) -> String {
    let mut spelt = String::new();
    for c in name.trim().chars() {
        match c {
            '&' => spelt.push_str("and"),
            '@' => spelt.push_str("at"),
            '\'' | '\u{2019}' => {}
            c if c.is_ascii() => spelt.push(c),
            c => spelt.push_str(deunicode_char(c).unwrap_or_default()),
        }
    }
    let mut slug = String::new();
    for c in spelt.to_lowercase().chars() {
        match c {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => slug.push(c),
            _ if slug.ends_with('-') => {}
            _ => slug.push('-'),
        }
    }
    let slug = slug.trim_matches('-');
    if longest == 0 || slug.len() <= longest {
        return slug.to_string();
    }
    if !whole_words {
        return slug[..longest].to_string();
    }
    let mut kept = String::new();
    for word in slug.split('-') {
        let grown = if kept.is_empty() { word.len() } else { kept.len() + 1 + word.len() };
        if grown > longest {
            break;
        }
        if !kept.is_empty() {
            kept.push('-');
        }
        kept.push_str(word);
    }
    // One word that is too long is cut after all.
    if kept.is_empty() { slug[..longest].to_string() } else { kept }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_kubernetes_takes() {
        for (name, want) in [
            ("Shop_Staging.eu", "shop-staging.eu"),
            ("--a..", "a"),
            ("app (new)", "app--new"),
            ("ÄB", "-b".trim_matches('-')),
            ("", ""),
        ] {
            assert_eq!(normalize(name), want, "{name}");
        }
        assert_eq!(normalize(&"x".repeat(300)).len(), 253);
    }

    #[test]
    fn slugs_are_words() {
        for (name, longest, whole, want) in [
            ("Feature: The Größe & more", 50, false, "feature-the-grosse-and-more"),
            ("feat/a_really+awesome_feature_to_test_with_a_very_long_name", 23, true, "feat-a-really-awesome"),
            ("feat/a really awesome feature", 23, true, "feat-a-really-awesome"),
            ("feat/a really awesome feature", 23, false, "feat-a-really-awesome-f"),
            ("it's", 50, false, "its"),
            ("supercalifragilistic", 5, true, "super"),
        ] {
            assert_eq!(slugify(name, longest, whole), want, "{name}");
        }
    }
}
