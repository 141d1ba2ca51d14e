//! [`Runtime`]: one run of templates, with its templates, limits and outside world.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use bowline_base_value as base;

use crate::exec::Frame;
use crate::node::Tree;
use crate::quote::quote;
use crate::{Error, Function, Functions, Map, ParseError, Text, Value, parse};

/// What templates may ask of the world. Everything that is not a function of its arguments is here.
pub trait Host {
    /// Fills `bytes` with random ones, fit for keys.
    fn random(&mut self, bytes: &mut [u8]);

    /// The time: seconds since the epoch, and nanoseconds.
    fn now(&self) -> (i64, u32);

    /// An object of the cluster, or the list of them where `name` is empty; an empty object where there is none.
    fn lookup(
        &mut self,
        _api_version: &str,
        _kind: &str,
        _namespace: &str,
        _name: &str,
    ) -> Result<base::Value, String> {
        Ok(base::Value::object())
    }
}

/// What a run may use at most. What exceeds it is an error of the template.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Nodes evaluated and functions called; work inside of functions counts by its size. 50 million: some seconds.
    pub steps: u64,
    /// Bytes written by all templates and made by functions together. 512 MiB.
    pub bytes: u64,
    /// Bytes of the thread's stack. 1 MiB, half of what a Rust thread has by default.
    pub stack: usize,
}

/// What a run has used of its [`Limits`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    /// Steps.
    pub steps: u64,
    /// Bytes.
    pub bytes: u64,
}

/// What a missing map key gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MissingKey {
    /// No value, printed as `<no value>`.
    #[default]
    Default,
    /// The zero value of the element type; of `interface {}` that is nil, printed as `<no value>` too.
    Zero,
    /// An error.
    Error,
}

/// Templates by name: the compiled form, made once and shared by all runs.
#[derive(Clone, Debug, Default)]
pub struct Templates {
    trees: HashMap<Text, Arc<Tree>>,
}

/// One run.
pub struct Runtime<'h> {
    pub(crate) layers: Rc<Layer>,
    pub(crate) functions: Arc<Functions>,
    pub(crate) missing_key: MissingKey,
    limits: Limits,
    steps: u64,
    bytes: u64,
    stack_base: usize,
    /// How often each name stands on the stack of `include`s.
    including: HashMap<Text, usize>,
    parsed: HashMap<Text, Result<Vec<Arc<Tree>>, ParseError>>,
    /// Maps that were changed: they may hold themselves, and are emptied at the end so that they are freed.
    changed: Vec<Rc<Map>>,
    host: &'h mut dyn Host,
    root_name: Text,
    slots: HashMap<TypeId, Box<dyn Any>>,
    map_methods: Arc<Functions>,
}

/// Templates that `tpl` defined, on top of those around it.
pub(crate) struct Layer {
    below: Option<Rc<Layer>>,
    base: Option<Arc<Templates>>,
    trees: HashMap<Text, Arc<Tree>>,
}

/// How often one name may stand on the stack of `include`s, as in Helm.
const MAX_INCLUDES: usize = 1000;

// === impl Limits ===

impl Default for Limits {
    fn default() -> Limits {
        Limits { steps: 50_000_000, bytes: 512 << 20, stack: 1 << 20 }
    }
}

// === impl Templates ===

impl Templates {
    /// No templates.
    pub fn new() -> Templates {
        Templates::default()
    }

    /// Parses `text` under `name` and adds what it defines. A later definition replaces an earlier one of the same name,
    /// unless it is blank.
    pub fn add(&mut self, name: &str, text: &Text, functions: &Functions) -> Result<(), ParseError> {
        for tree in parse(name, text, functions)? {
            self.insert(tree);
        }
        Ok(())
    }

    /// Adds a parsed template under the same rule.
    pub fn insert(&mut self, tree: Arc<Tree>) {
        if tree.root.is_blank() && self.trees.contains_key(&tree.name) {
            return;
        }
        self.trees.insert(tree.name.clone(), tree);
    }

    /// The template of that name.
    pub fn get(&self, name: &Text) -> Option<&Arc<Tree>> {
        self.trees.get(name)
    }
}

// === impl Layer ===

impl Layer {
    pub(crate) fn find(&self, name: &Text) -> Option<Arc<Tree>> {
        let mut layer = self;
        loop {
            if let Some(tree) = layer.trees.get(name) {
                return Some(tree.clone());
            }
            if let Some(tree) = layer.base.as_ref().and_then(|base| base.get(name)) {
                return Some(tree.clone());
            }
            layer = layer.below.as_deref()?;
        }
    }
}

// === impl Runtime ===

impl<'h> Runtime<'h> {
    /// A run of `templates`. `root_name` is the name of the whole set, which errors and `tpl` use.
    pub fn new(
        root_name: &str,
        templates: Arc<Templates>,
        functions: Arc<Functions>,
        missing_key: MissingKey,
        limits: Limits,
        host: &'h mut dyn Host,
    ) -> Runtime<'h> {
        Runtime {
            layers: Rc::new(Layer { below: None, base: Some(templates), trees: HashMap::new() }),
            functions,
            missing_key,
            limits,
            steps: 0,
            bytes: 0,
            stack_base: stack_pointer(),
            including: HashMap::new(),
            parsed: HashMap::new(),
            changed: Vec::new(),
            host,
            root_name: root_name.into(),
            slots: HashMap::new(),
            map_methods: Arc::default(),
        }
    }

    /// Executes the template of that name.
    pub fn execute(&mut self, name: &Text, dot: &Value) -> Result<Vec<u8>, Error> {
        let Some(tree) = self.layers.find(name) else {
            return Err(Error::new(format!(
                "template: no template {} associated with template {}",
                quote(name.as_bytes()),
                quote(self.root_name.as_bytes())
            )));
        };
        let mut out = Vec::new();
        Frame::new(&tree, dot.clone()).run(self, &mut out)?;
        Ok(out)
    }

    /// Helm's `include`: executes a template and counts how often it stands on the stack.
    pub fn include(&mut self, name: &Text, dot: &Value) -> Result<Text, Error> {
        let depth = self.including.entry(name.clone()).or_default();
        if *depth > MAX_INCLUDES {
            let text = format!("rendering template has a nested reference name: {name}");
            return Err(Error::wrap(text, Error::new("unable to execute template")));
        }
        *depth += 1;
        let result = self.execute(name, dot);
        if let Some(depth) = self.including.get_mut(name) {
            *depth -= 1;
        }
        result.map(Text::from_vec)
    }

    /// Helm's `tpl`: executes text as a template that sees those around it and whose own definitions only it sees.
    pub fn tpl(&mut self, text: &Text, dot: &Value) -> Result<Text, Error> {
        if crate::lex::find(text.as_bytes(), b"{{").is_none() {
            return Ok(without_no_value(text.clone()));
        }
        let trees = match self.parsed.get(text) {
            Some(known) => known.clone(),
            None => {
                self.spend(text.len() as u64 / 16)?;
                let parsed = parse(&self.root_name.to_str(), text, &self.functions);
                self.parsed.insert(text.clone(), parsed.clone());
                parsed
            }
        };
        let trees = trees.map_err(|error| {
            Error::wrap(format!("cannot parse template {}", quote(text.as_bytes())), Error::new(error.message))
        })?;
        let mut defined = HashMap::new();
        let mut main = None;
        for tree in trees {
            if tree.name == self.root_name {
                // The text itself always runs, blank or not.
                main = Some(tree.clone());
            }
            if !tree.root.is_blank() || self.layers.find(&tree.name).is_none() {
                defined.insert(tree.name.clone(), tree);
            }
        }
        let Some(main) = main else { return Ok(Text::default()) };
        let outer = self.layers.clone();
        self.layers = Rc::new(Layer { below: Some(outer.clone()), base: None, trees: defined });
        let mut out = Vec::new();
        let result = Frame::new(&main, dot.clone()).run(self, &mut out);
        self.layers = outer;
        match result {
            Ok(()) => Ok(without_no_value(Text::from_vec(out))),
            Err(error) => {
                let text = format!("error during tpl function execution for {}", quote(text.as_bytes()));
                Err(Error::wrap(text, error))
            }
        }
    }

    /// The method of that name of named map types.
    pub(crate) fn map_method(&self, name: &Text) -> Option<Arc<Function>> {
        self.map_methods.get(&name.to_str()).cloned()
    }

    /// Gives named map types methods: functions whose first parameter is the map.
    pub fn with_map_methods(mut self, methods: Arc<Functions>) -> Runtime<'h> {
        self.map_methods = methods;
        self
    }

    /// The world outside.
    pub fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    /// What functions keep for the length of a run, one of each type: compiled patterns, say.
    pub fn slot<T: Default + 'static>(&mut self) -> &mut T {
        let slot = self.slots.entry(TypeId::of::<T>()).or_insert_with(|| Box::<T>::default());
        slot.downcast_mut().expect("because it was put in under its own type")
    }

    /// What a missing key gives in this run.
    pub fn missing_key(&self) -> MissingKey {
        self.missing_key
    }

    /// Notes that a map was changed in place. Every function that does so calls this.
    pub fn changed(&mut self, map: &Rc<Map>) {
        self.changed.push(map.clone());
    }

    /// What the run has used so far.
    pub fn used(&self) -> Used {
        Used { steps: self.steps, bytes: self.bytes }
    }

    /// Counts work.
    pub fn spend(&mut self, steps: u64) -> Result<(), Error> {
        self.steps = self.steps.saturating_add(steps);
        if self.steps > self.limits.steps {
            return Err(Error::new(format!("the template takes more than {} steps", self.limits.steps)));
        }
        Ok(())
    }

    /// Counts bytes that are about to be made.
    pub fn produce(&mut self, bytes: usize) -> Result<(), Error> {
        self.bytes = self.bytes.saturating_add(bytes as u64);
        if self.bytes > self.limits.bytes {
            return Err(Error::new(format!("the template makes more than {} bytes", self.limits.bytes)));
        }
        Ok(())
    }

    /// Whether the thread's stack is used up as far as this run may.
    pub(crate) fn stack_is_full(&self) -> bool {
        self.stack_base.abs_diff(stack_pointer()) > self.limits.stack
    }
}

impl Drop for Runtime<'_> {
    fn drop(&mut self) {
        for map in &self.changed {
            map.clear();
        }
    }
}

/// Where the stack is now: the address of something on it.
#[inline(never)]
fn stack_pointer() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)) as usize
}

/// Takes `<no value>` out of a text, as Helm does with all that it renders.
pub fn without_no_value(text: Text) -> Text {
    const NO_VALUE: &[u8] = b"<no value>";
    let bytes = text.as_bytes();
    if crate::lex::find(bytes, NO_VALUE).is_none() {
        return text;
    }
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = crate::lex::find(rest, NO_VALUE) {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + NO_VALUE.len()..];
    }
    out.extend_from_slice(rest);
    Text::from_vec(out)
}
