//! Addresses that people follow.

/// Whether a browser that follows the address goes to a page, and runs nothing where it is shown: `http`, `https`, or a path of
/// the server itself. Annotations of objects and settings come from people whom the one who follows need not trust.
pub fn is_safe_url(url: &str) -> bool {
    let url = url.trim().to_ascii_lowercase();
    // Browsers take control characters out before they read an address.
    let plain = !url.chars().any(char::is_control);
    let local = url.starts_with('/') && !url.starts_with("//") && !url.contains('\\');
    plain && (local || url.starts_with("https://") || url.starts_with("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_are_safe() {
        for (url, safe) in [
            ("https://a/b?c=javascript:x", true),
            (" HTTP://a", true),
            ("/path", true),
            ("//evil", false),
            ("/\\evil", false),
            ("javascript:alert(1)", false),
            (" JavaScript:alert(1)", false),
            ("java\nscript:alert(1)", false),
            ("https://a\u{0}", false),
            ("data:text/html,x", false),
            ("vbscript:x", false),
            ("ftp://a", false),
            ("", false),
        ] {
            assert_eq!(is_safe_url(url), safe, "{url:?}");
        }
    }
}
