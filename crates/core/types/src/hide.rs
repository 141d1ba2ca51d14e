//! What Secrets hold is hidden before it is shown: equal values are the same signs, different ones are not.

use std::collections::HashMap;

use bowline_base_value::Value;

use crate::{Object, SECRET_DIGEST_PREFIX, SecretKey, digest_secret, is_secret};

/// The sign that stands for a value.
const SIGN: &str = "+";
/// How many of them stand for the first value; each other value has one more.
const SIGNS: usize = 8;

/// One object: what it holds is hidden where it is a Secret. `key` makes the digests that tell values apart.
pub fn hide_secret(mut object: Object, key: &SecretKey) -> Object {
    if !is_secret(&object) {
        return object;
    }
    digest_secret(&mut object, key);
    let [hidden] = hide_digests([Some(object.value().clone())]);
    hidden.and_then(|value| Object::new(value).ok()).unwrap_or(object)
}

/// States of one object: each digest in them becomes signs, the same ones wherever it stands. What holds no digests stays as it is.
pub fn hide_digests<const N: usize>(states: [Option<Value>; N]) -> [Option<Value>; N] {
    let mut signs: HashMap<String, usize> = HashMap::new();
    states.map(|state| {
        state.map(|mut value| {
            hide(&mut value, &mut signs);
            value
        })
    })
}

fn hide(value: &mut Value, signs: &mut HashMap<String, usize>) {
    match value {
        Value::String(text) if text.starts_with(SECRET_DIGEST_PREFIX) => {
            let next = SIGNS + signs.len();
            let count = *signs.entry(text.to_string()).or_insert(next);
            *value = SIGN.repeat(count).into();
        }
        Value::Object(fields) => {
            for (_, field) in std::sync::Arc::make_mut(fields).iter_mut() {
                hide(field, signs);
            }
        }
        Value::Array(items) => {
            for item in std::sync::Arc::make_mut(items).iter_mut() {
                hide(item, signs);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    #[test]
    fn equal_values_are_the_same_signs() {
        let key = SecretKey::new([7; 32]);
        let secret = |a: &str, b: &str| {
            let text = format!(r#"{{"apiVersion":"v1","kind":"Secret","data":{{"a":"{a}","b":"{b}"}}}}"#);
            let mut object = Object::new(from_json(text.as_bytes()).unwrap()).unwrap();
            digest_secret(&mut object, &key);
            Some(object.value().clone())
        };
        let shown = hide_digests([secret("eA==", "eQ=="), secret("eA==", "eg=="), None]);
        let data = |i: usize| to_json(shown[i].as_ref().unwrap().get("data").unwrap(), false);
        assert_eq!(data(0), r#"{"a":"++++++++","b":"+++++++++"}"#);
        assert_eq!(data(1), r#"{"a":"++++++++","b":"++++++++++"}"#);
    }

    #[test]
    fn what_is_no_secret_stays() {
        let key = SecretKey::new([7; 32]);
        let text = r#"{"apiVersion":"v1","kind":"ConfigMap","data":{"a":"eA=="}}"#;
        let object = Object::new(from_json(text.as_bytes()).unwrap()).unwrap();
        assert_eq!(hide_secret(object.clone(), &key), object);
    }
}
