//! Filling texts in: `{{words}}` replaced by parameters, or Go templates run over them.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_base_gotmpl::{
    Functions, Host, Limits, MissingKey, Numbers, Runtime, Templates, Text, Value as Dot, from_base,
};
use bowline_base_value::{Map, Value};
use bowline_core_crd::ApplicationSetSpec;

use crate::functions::functions;
use crate::{GenerateError, Params};

/// What all templates of one ApplicationSet may use together: about a second.
const STEPS: u64 = 10_000_000;
/// Bytes that they may make together.
const BYTES: u64 = 256 << 20;

/// Fills texts in, with what the ApplicationSet says about templates.
pub(crate) struct Filler<'h> {
    go: bool,
    missing: MissingKey,
    functions: Arc<Functions>,
    parsed: HashMap<String, Arc<Templates>>,
    left: Limits,
    host: &'h mut dyn Host,
}

// === impl Filler ===

impl<'h> Filler<'h> {
    /// As `spec` says.
    pub(crate) fn new(spec: &ApplicationSetSpec, host: &'h mut dyn Host) -> Result<Filler<'h>, GenerateError> {
        let mut missing = MissingKey::Default;
        for option in spec.go_template_options.iter().filter(|_| spec.go_template) {
            missing = match option.as_str() {
                "missingkey=default" | "missingkey=invalid" => MissingKey::Default,
                "missingkey=zero" => MissingKey::Zero,
                "missingkey=error" => MissingKey::Error,
                other => {
                    return Err(GenerateError::template(format!(
                        "goTemplateOptions: unrecognized option {other:?}; there are missingkey=default, \
                         missingkey=zero and missingkey=error"
                    )));
                }
            };
        }
        Ok(Filler {
            go: spec.go_template,
            missing,
            functions: if spec.go_template { functions() } else { Arc::default() },
            parsed: HashMap::new(),
            left: Limits { steps: STEPS, bytes: BYTES, ..Limits::default() },
            host,
        })
    }

    /// Whether texts are Go templates.
    pub(crate) fn is_go(&self) -> bool {
        self.go
    }

    /// A text, filled in. The error names the text.
    pub(crate) fn text(&mut self, text: &str, params: &Params) -> Result<String, String> {
        if !text.contains("{{") {
            return Ok(text.to_string());
        }
        if self.go { self.run(text, params) } else { replace(text, params) }
    }

    /// A value with all texts in it filled in, keys too.
    pub(crate) fn value(&mut self, value: &Value, params: &Params) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => self.text(text, params)?.into(),
            Value::Array(items) => {
                items.iter().map(|item| self.value(item, params)).collect::<Result<Value, String>>()?
            }
            Value::Object(map) => {
                let mut filled = Map::new();
                for (key, value) in map.iter() {
                    filled.insert(self.text(key, params)?, self.value(value, params)?);
                }
                Value::from(filled)
            }
            other => other.clone(),
        })
    }

    fn run(&mut self, text: &str, params: &Params) -> Result<String, String> {
        let templates = match self.parsed.get(text) {
            Some(parsed) => parsed.clone(),
            None => {
                let mut templates = Templates::new();
                templates
                    .add("", &Text::from(text), &self.functions)
                    .map_err(|error| format!("failed to parse template {text}: {}", error.message))?;
                let templates = Arc::new(templates);
                self.parsed.insert(text.to_string(), templates.clone());
                templates
            }
        };
        // Made anew each time: a template may change the maps that it is given.
        let fields = params.iter().map(|(key, value)| (Text::from(key.clone()), from_base(value, Numbers::Floats)));
        let dot = Dot::map(fields);
        let mut run = Runtime::new("", templates, self.functions.clone(), self.missing, self.left, self.host);
        let filled = run.execute(&Text::default(), &dot);
        let used = run.used();
        drop(run);
        self.left.steps = self.left.steps.saturating_sub(used.steps);
        self.left.bytes = self.left.bytes.saturating_sub(used.bytes);
        let filled = filled.map_err(|error| format!("failed to execute go template {text}: {error}"))?;
        String::from_utf8(filled).map_err(|_| format!("the template {text} makes what is no UTF-8"))
    }
}

/// Replaces each `{{word}}` by the parameter of that name; what is no parameter stays.
fn replace(text: &str, params: &Params) -> Result<String, String> {
    // A pair of braces that no line holds is no tag, and then none is looked for.
    if !text.lines().any(|line| line.find("{{").is_some_and(|at| line[at + 2..].contains("}}"))) {
        return Ok(text.to_string());
    }
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((tag, behind)) = after.split_once("}}") else {
            return Err(format!("invalid template: {{{{ without }}}} in {text:?}"));
        };
        filled.push_str(before);
        match params.get(tag.trim()).and_then(Value::as_str).filter(|_| !tag.trim().is_empty()) {
            Some(value) => filled.push_str(value),
            None => {
                filled.push_str("{{");
                filled.push_str(tag);
                filled.push_str("}}");
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}
