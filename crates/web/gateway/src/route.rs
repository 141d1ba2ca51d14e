//! Which RPC a path means.

use bowline_web_wire::{Api, Binding, Body, Method, SERVICES};

/// A route of REST with what answers it.
#[derive(Debug)]
pub(crate) struct Route {
    verb: &'static str,
    segments: Vec<Segment>,
    /// What the body holds.
    pub(crate) body: Body,
    /// What answers.
    pub(crate) method: Method,
}

#[derive(Debug, PartialEq, Eq)]
enum Segment {
    Literal(&'static str),
    /// One segment is the value of this field.
    Field(&'static str),
    /// All that follows is the value of this field.
    Rest(&'static str),
}

/// What the path says of the request: field and value.
pub(crate) type Parameters = Vec<(&'static str, String)>;

/// What a path means.
#[derive(Debug)]
pub(crate) enum Found<'a> {
    Route(&'a Route, Parameters),
    /// There is such a path, for other verbs.
    WrongVerb,
    Nothing,
}

/// The routes, in the order of their definition: of two that fit the first counts.
#[derive(Debug)]
pub(crate) struct Routes(Vec<Route>);

impl Routes {
    pub(crate) fn of(api: &Api) -> Routes {
        let rpcs = SERVICES.iter().flat_map(|service| service.rpcs);
        let methods = rpcs.filter_map(|rpc| api.method(rpc.path));
        let routes = methods.flat_map(|method| method.rpc().bindings.iter().map(|binding| Route::new(binding, method)));
        Routes(routes.collect())
    }

    /// `path` as it came: a slash that belongs to a value is still escaped in it.
    pub(crate) fn find(&self, verb: &str, path: &str) -> Found<'_> {
        let Some(path) = path.strip_prefix('/') else { return Found::Nothing };
        let segments: Option<Vec<String>> = path.split('/').map(|segment| unescape(segment, false)).collect();
        let Some(segments) = segments else { return Found::Nothing };
        let mut found = Found::Nothing;
        for route in &self.0 {
            match route.fit(&segments) {
                Some(parameters) if route.verb == verb => return Found::Route(route, parameters),
                Some(_) => found = Found::WrongVerb,
                None => {}
            }
        }
        found
    }
}

impl Route {
    fn new(binding: &Binding, method: &Method) -> Route {
        let segments = binding.path.trim_start_matches('/').split('/').map(|segment| {
            match segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}')) {
                Some(field) => field.strip_suffix("=**").map_or(Segment::Field(field), Segment::Rest),
                None => Segment::Literal(segment),
            }
        });
        Route { verb: binding.verb, segments: segments.collect(), body: binding.body, method: method.clone() }
    }

    fn fit(&self, path: &[String]) -> Option<Parameters> {
        let mut parameters = Parameters::new();
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Literal(word) => (path.get(at)? == word).then_some(())?,
                Segment::Field(field) => parameters.push((field, path.get(at)?.clone())),
                Segment::Rest(field) => {
                    parameters.push((field, path.get(at..)?.join("/")));
                    return Some(parameters);
                }
            }
        }
        (path.len() == self.segments.len()).then_some(parameters)
    }
}

/// Takes the `%41` out of a text; `plus` makes spaces of `+`, as in queries. `None` if a `%` stands without its digits.
/// Bytes that are no UTF-8 become U+FFFD.
pub(crate) fn unescape(text: &str, plus: bool) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'%' => {
                let [high, low, after @ ..] = rest else { return None };
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push(u8::try_from(digit(high)? * 16 + digit(low)?).ok()?);
                rest = after;
            }
            b'+' if plus => bytes.push(b' '),
            other => bytes.push(*other),
        }
    }
    Some(String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
