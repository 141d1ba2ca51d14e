//! Queries of URLs, read and added.

use bowline_base_egress::form;
use percent_encoding::percent_decode_str;

/// The first value of that name in a query; `None` where it is missing.
pub(crate) fn parameter(query: &str, name: &str) -> Option<String> {
    let decode = |text: &str| percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned();
    query
        .split('&')
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .find(|(key, _)| decode(key) == name)
        .map(|(_, value)| decode(value))
}

/// A URL with parameters added.
pub(crate) fn with_query(url: &str, parameters: &[(&str, &str)]) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{}", form(parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let url = with_query("https://h/a?x=1", &[("b c", "d&e=ü"), ("f", "")]);
        assert_eq!(url, "https://h/a?x=1&b%20c=d%26e%3D%C3%BC&f=");
        let query = url.split_once('?').unwrap().1;
        assert_eq!(parameter(query, "b c").as_deref(), Some("d&e=ü"));
        assert_eq!(parameter(query, "f").as_deref(), Some(""));
        assert_eq!(parameter("a=b+c", "a").as_deref(), Some("b c"));
        assert_eq!(parameter(query, "g"), None);
    }
}
