//! [`Parameters`]: the query of a request.

use bowline_web_wire::tonic::Status;
use percent_encoding::percent_decode_str;

/// Names and values in the order in which they came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parameters(Vec<(String, String)>);

// === impl Parameters ===

impl Parameters {
    /// Reads a query as forms write it.
    pub(crate) fn parse(query: &str) -> Result<Parameters, Status> {
        let word = |text: &str| {
            let text = text.replace('+', " ");
            percent_decode_str(&text).decode_utf8().map(String::from).map_err(|_| {
                Status::invalid_argument(format!("the query is no UTF-8 at {text:?}: write it with percent signs"))
            })
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((word(name)?, word(value)?))
        });
        pairs.collect::<Result<_, Status>>().map(Parameters)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_read_as_forms_write_them() {
        let read = Parameters::parse("a=b%2Fc&a=d+e&&f&g=h=i").unwrap();
        assert_eq!(read.iter().collect::<Vec<_>>(), [("a", "b/c"), ("a", "d e"), ("f", ""), ("g", "h=i")]);
        assert!(Parameters::parse("a=%FF").unwrap_err().message().contains("no UTF-8"));
    }
}
