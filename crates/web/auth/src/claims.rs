//! [`Claims`]: what a token says.

use jiff::Timestamp;
use serde_json::{Map, Value};

/// What a token says, as it says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

// === impl Claims ===

impl Claims {
    /// The claims of a token's body.
    pub fn new(claims: Map<String, Value>) -> Claims {
        Claims(claims)
    }

    /// All of them.
    pub fn as_map(&self) -> &Map<String, Value> {
        &self.0
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Says something else.
    pub fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_string(), value);
    }

    /// A claim that is a text; empty where it is not.
    pub fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    /// A claim that is a time in seconds since 1970, with or without a fraction. `None` where there is none; an error where there is
    /// something else.
    pub fn time(&self, name: &str) -> Result<Option<Timestamp>, String> {
        let wrong = |value: &Value| format!("{name} '{value}' is not a number");
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                let seconds = value.as_f64().ok_or_else(|| wrong(value))?;
                Timestamp::from_second(seconds as i64).map(Some).map_err(|_| wrong(value))
            }
        }
    }

    /// Who it is: the user's ID at the provider behind Dex where it names one, else the subject.
    pub fn user_id(&self) -> &str {
        let federated = self.0.get("federated_claims").and_then(|claims| claims.get("user_id")).and_then(Value::as_str);
        federated.filter(|id| !id.is_empty()).unwrap_or_else(|| self.text("sub"))
    }

    /// The texts that these claims hold, alone or in lists.
    pub fn scope_values(&self, scopes: &[String]) -> Vec<String> {
        let mut values = Vec::new();
        for value in scopes.iter().filter_map(|scope| self.0.get(scope)) {
            match value {
                Value::String(text) => values.push(text.clone()),
                Value::Array(items) => values.extend(items.iter().filter_map(Value::as_str).map(String::from)),
                _ => {}
            }
        }
        values
    }

    /// Whom the token is for: `aud`, a text or a list.
    pub fn audiences(&self) -> Vec<&str> {
        match self.0.get("aud") {
            Some(Value::String(text)) => vec![text],
            Some(Value::Array(items)) => items.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What a token of an identity provider is revoked by: `jti`, else `uti` (Entra ID), else `at_hash` (Dex).
    pub fn external_id(&self) -> Option<&str> {
        ["jti", "uti", "at_hash"].into_iter().map(|name| self.text(name)).find(|id| !id.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(json: &str) -> Claims {
        Claims::new(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn who_it_is() {
        for (json, want) in [
            (r#"{"sub":"a"}"#, "a"),
            (r#"{"sub":"a","federated_claims":{"user_id":"b"}}"#, "b"),
            (r#"{"sub":"a","federated_claims":{"user_id":""}}"#, "a"),
            (r#"{"sub":"a","federated_claims":"x"}"#, "a"),
            (r#"{"sub":7}"#, ""),
        ] {
            assert_eq!(claims(json).user_id(), want, "{json}");
        }
    }

    #[test]
    fn groups_times_and_audiences() {
        let all = claims(r#"{"groups":["a",1,"b"],"email":"e","exp":12.9,"iat":"x","aud":["p","q"]}"#);
        let scopes: Vec<String> = ["groups", "email", "none"].map(String::from).into();
        assert_eq!(all.scope_values(&scopes), ["a", "b", "e"]);
        assert_eq!(all.time("exp"), Ok(Some(Timestamp::from_second(12).unwrap())));
        assert_eq!(all.time("nbf"), Ok(None));
        assert_eq!(all.time("iat").unwrap_err(), "iat '\"x\"' is not a number");
        assert_eq!(all.audiences(), ["p", "q"]);
        assert_eq!(claims(r#"{"at_hash":"h","uti":"u"}"#).external_id(), Some("u"));
    }
}
