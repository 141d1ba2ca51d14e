//! Fields that the API server does not know: with `Validate=false` they are left out.
//!
//! Server-side apply refuses an object with a field that its schema does not declare, whatever `fieldValidation` says. What
//! it says names the fields, and that is what is taken out.

use bowline_base_value::Value;

/// What the API server says after the path of a field that it does not know.
const NOT_DECLARED: &str = ": field not declared in schema";

/// One step of a path in the API server's words.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    /// `.name`
    Field(String),
    /// `[3]`
    Index(usize),
    /// `[name="a",port=80]`: the item whose fields are these, as JSON writes them.
    Item(Vec<(String, String)>),
}

/// Takes the fields out that a refusal names; `false` where it names none that are there.
pub(crate) fn remove(value: &mut Value, refusal: &str) -> bool {
    let mut removed = false;
    let mut rest = refusal;
    while let Some(end) = rest.find(NOT_DECLARED) {
        let told = &rest[..end];
        // A path begins after the last blank that is not within quotes; it begins with a dot.
        let start = told.rfind([' ', '\n', '\t']).map_or(0, |i| i + 1);
        removed |= path(&told[start..]).is_some_and(|steps| take(value, &steps));
        rest = &rest[end + NOT_DECLARED.len()..];
    }
    removed
}

fn path(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(field) = rest.strip_prefix('.') {
            let end = field.find(['.', '[']).unwrap_or(field.len());
            steps.push(Step::Field(field[..end].to_string()));
            rest = &field[end..];
        } else {
            let inside = rest.strip_prefix('[')?;
            let end = inside.find(']')?;
            let keys = &inside[..end];
            steps.push(match keys.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Item(
                    keys.split(',')
                        .map(|pair| pair.split_once('=').map(|(key, value)| (key.to_string(), value.to_string())))
                        .collect::<Option<_>>()?,
                ),
            });
            rest = &inside[end + 1..];
        }
    }
    (!steps.is_empty()).then_some(steps)
}

fn take(value: &mut Value, steps: &[Step]) -> bool {
    match steps {
        [Step::Field(name)] => {
            let fields = value.as_object_mut();
            fields.is_some_and(|fields| fields.remove(name.as_str()).is_some())
        }
        [Step::Field(name), rest @ ..] => {
            let next = value.as_object_mut().and_then(|fields| fields.get_mut(name.as_str()));
            next.is_some_and(|next| take(next, rest))
        }
        [Step::Index(i), rest @ ..] => {
            value.as_array_mut().and_then(|items| items.get_mut(*i)).is_some_and(|item| take(item, rest))
        }
        [Step::Item(keys), rest @ ..] => {
            // A key that the schema fills in (a protocol) need not be written down.
            let is = |item: &Value| {
                keys.iter().all(|(key, wanted)| {
                    item.get(key).is_none_or(|given| bowline_base_value::to_json(given, false) == *wanted)
                })
            };
            let items = value.as_array_mut().map(Vec::as_mut_slice).unwrap_or_default();
            // Of several that may be meant, all lose the field: none of them may have it.
            let mut taken = false;
            for item in items.iter_mut().filter(|item| is(item)) {
                taken |= take(item, rest);
            }
            taken
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use bowline_base_value::{from_json, to_json};

    use super::*;

    fn check(object: &str, refusal: &str, want: Option<&str>) {
        let mut value = from_json(object.as_bytes()).unwrap();
        let removed = remove(&mut value, refusal);
        assert_eq!(removed.then(|| to_json(&value, false)).as_deref(), want, "{refusal}");
    }

    #[test]
    fn what_a_refusal_names_is_taken_out() {
        let service = r#"{"spec":{"colour":"red","ports":[{"colour":"red","port":80},{"colour":"blue","port":81}]}}"#;
        check(
            service,
            r#"failed to create typed patch object (n/s; /v1, Kind=Service): .spec.ports[port=80,protocol="TCP"].colour: field not declared in schema"#,
            Some(r#"{"spec":{"colour":"red","ports":[{"port":80},{"colour":"blue","port":81}]}}"#),
        );
        check(
            service,
            "failed to create typed patch object (n/s; /v1, Kind=Service): errors:\n  .spec.ports[1].colour: field not declared in schema\n  .spec.colour: field not declared in schema",
            Some(r#"{"spec":{"ports":[{"colour":"red","port":80},{"port":81}]}}"#),
        );
        check(service, ".spec.size: field not declared in schema", None);
        check(service, "spec.ports: Required value", None);
    }
}
