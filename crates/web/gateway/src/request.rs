//! A request from what a path, a query and a body say.

use bowline_web_wire::json::{JsonError, Shape, Shapes, parse};
use bowline_web_wire::tonic::Status;
use bowline_web_wire::{Body, Rpc};
use serde_json::{Map, Value};

use crate::route::{Parameters, unescape};

/// Names and values of a query, in their order.
pub(crate) type Query = Vec<(String, String)>;

/// Reads a query.
pub(crate) fn query(text: &str) -> Result<Query, Status> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let unescaped = unescape(name, true).zip(unescape(value, true));
        unescaped.ok_or_else(|| Status::invalid_argument(format!("invalid URL escape in {pair:?}")))
    });
    pairs.collect()
}

/// The first value of a name.
pub(crate) fn first<'a>(query: &'a Query, name: &str) -> Option<&'a str> {
    query.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

/// The whole request as the object that JSON would show: the body first, then what the path says, then what the query says of
/// the rest.
pub(crate) fn assemble(
    rpc: &Rpc,
    shapes: &Shapes,
    holds: Body,
    body: &[u8],
    parameters: &Parameters,
    query: &Query,
) -> Result<Value, Status> {
    let refuse = |error: JsonError| Status::invalid_argument(error.to_string());
    let whole = Shape::Message(rpc.input.to_owned());
    let empty = body.iter().all(u8::is_ascii_whitespace);
    let mut object = match holds {
        Body::Whole if !empty => match shapes.fit(parse(body).map_err(refuse)?, &whole).map_err(refuse)? {
            Value::Object(object) => object,
            _ => Map::new(),
        },
        Body::Field(field) if !empty => {
            let shape = shapes.shape_of(rpc.input, field).unwrap_or(Shape::Any);
            let value = shapes.fit(parse(body).map_err(refuse)?, &shape).map_err(refuse)?;
            Map::from_iter([(field.to_owned(), value)])
        }
        _ => Map::new(),
    };
    for (field, text) in parameters {
        let set = shapes.set(&mut object, rpc.input, field, std::slice::from_ref(text));
        set.map_err(|error| Status::invalid_argument(format!("type mismatch, parameter: {field}, error: {error}")))?;
    }
    if holds == Body::Whole {
        return Ok(object.into());
    }
    let taken = |name: &str| {
        let fields = parameters.iter().map(|(field, _)| *field);
        let body = if let Body::Field(field) = holds { Some(field) } else { None };
        fields
            .chain(body)
            .any(|field| name == field || name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.')))
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in query {
        if !names.contains(&name.as_str()) && !taken(name) {
            names.push(name);
        }
    }
    for name in names {
        let texts: Vec<String> =
            query.iter().filter(|(known, _)| known == name).map(|(_, text)| text.clone()).collect();
        shapes.set(&mut object, rpc.input, name, &texts).map_err(refuse)?;
    }
    Ok(object.into())
}

/// The messages of a client that sends several: JSON objects one after the other.
pub(crate) fn messages(rpc: &Rpc, shapes: &Shapes, body: &[u8]) -> Result<Value, Status> {
    let shape = Shape::Message(rpc.input.to_owned());
    let objects = serde_json::Deserializer::from_slice(body).into_iter::<Value>();
    let fitted = objects.map(|object| {
        let object = object.map_err(|error| Status::invalid_argument(error.to_string()))?;
        shapes.fit(object, &shape).map_err(|error| Status::invalid_argument(error.to_string()))
    });
    fitted.collect()
}
