//! [`Pointer`]: an RFC 6901 JSON pointer.

use bowline_base_value::Value;

/// A JSON pointer that names at least one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pointer(Vec<String>);

// === impl Pointer ===

impl Pointer {
    /// Reads a pointer; the reason where it is none.
    pub fn new(text: &str) -> Result<Pointer, &'static str> {
        let rest = text.strip_prefix('/').ok_or("a JSON pointer begins with a slash")?;
        Ok(Pointer(rest.split('/').map(|token| token.replace("~1", "/").replace("~0", "~")).collect()))
    }

    /// Removes what it names; nothing where that is not there.
    pub fn remove(&self, value: &mut Value) {
        let (last, way) = self.0.split_last().expect("because a pointer has at least one token");
        let mut at = value;
        for token in way {
            let next = match at {
                Value::Object(_) => at.as_object_mut().and_then(|fields| fields.get_mut(token)),
                Value::Array(_) => at.as_array_mut().and_then(|items| items.get_mut(token.parse::<usize>().ok()?)),
                _ => None,
            };
            match next {
                Some(next) => at = next,
                None => return,
            }
        }
        match at {
            Value::Object(_) => {
                at.as_object_mut().map(|fields| fields.remove(last));
            }
            Value::Array(_) => {
                if let (Ok(i), Some(items)) = (last.parse::<usize>(), at.as_array_mut())
                    && i < items.len()
                {
                    items.remove(i);
                }
            }
            _ => {}
        }
    }
}
