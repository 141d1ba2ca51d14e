//! Checks a value against a schema: drafts 4 to 2020-12, keyword by keyword in the order of Helm's validator, which decides
//! how faults are grouped.

mod types;

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use referencing::{Draft, Resolved, Resolver};
use regex::bytes::Regex;
use serde_json::{Map, Value as Json};

use super::fault::{Fault, Kind, quoted, shown};
use super::format;
use super::number::Decimal;

/// Schemas in each other, references included.
const MAX_DEPTH: usize = 300;
/// Schemas that are applied for one chart.
const MAX_STEPS: u64 = 2_000_000;

/// A schema in its document.
#[derive(Clone)]
pub(super) struct Place<'r> {
    pub(super) schema: &'r Json,
    pub(super) resolver: Resolver<'r>,
    pub(super) draft: Draft,
}

/// What of a value was looked at, for `unevaluatedProperties` and `unevaluatedItems`.
#[derive(Default)]
struct Seen {
    properties: BTreeSet<String>,
    items: BTreeSet<usize>,
}

type Outcome = Result<Seen, Fault>;

/// One check, with the patterns that it compiled.
#[derive(Default)]
pub(super) struct Check {
    steps: u64,
    depth: usize,
    at: Vec<String>,
    patterns: HashMap<String, Option<Rc<Regex>>>,
    /// Schemas that are being applied to the same value.
    applied: Vec<(*const Json, usize)>,
    /// Whether the value is a schema itself: then `regex` is checked whatever the draft.
    is_schema: bool,
}

const TYPES: [&str; 7] = ["null", "boolean", "number", "integer", "string", "array", "object"];

fn type_of(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "boolean",
        Json::Number(_) => "number",
        Json::String(_) => "string",
        Json::Array(_) => "array",
        Json::Object(_) => "object",
    }
}

fn is_integer(value: &Json) -> bool {
    value.as_f64().is_some_and(|f| f.fract() == 0.0)
}

/// Whether two values are one: `1` and `1.0` are.
fn equal(a: &Json, b: &Json) -> bool {
    match (a, b) {
        (Json::Number(a), Json::Number(b)) => match (Decimal::of(a), Decimal::of(b)) {
            (Some(_), Some(_)) if a.as_i64().is_some() && b.as_i64().is_some() => a.as_i64() == b.as_i64(),
            _ => a.as_f64() == b.as_f64(),
        },
        (Json::Array(a), Json::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| equal(a, b)),
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| equal(a, b)))
        }
        _ => a == b,
    }
}

/// A number that counts something.
fn limit(schema: &Map<String, Json>, keyword: &str) -> Option<usize> {
    let value = schema.get(keyword).filter(|value| is_integer(value))?;
    Some(value.as_f64()?.max(0.0) as usize)
}

fn texts(value: &Json) -> Vec<&str> {
    value.as_array().map(|items| items.iter().filter_map(Json::as_str).collect()).unwrap_or_default()
}

fn since(draft: Draft, first: Draft) -> bool {
    draft >= first
}

// === impl Check ===

impl Check {
    /// A check of schemas against a schema for such.
    pub(super) fn of_schemas() -> Check {
        Check { is_schema: true, ..Check::default() }
    }

    /// The faults of a value; none where it is as the schema wants it.
    pub(super) fn faults(&mut self, place: &Place<'_>, value: &Json) -> Vec<Fault> {
        match self.apply(place, value) {
            Ok(_) => Vec::new(),
            Err(fault) => fault.members(),
        }
    }

    fn fault<T>(&self, what: impl Into<String>) -> Result<T, Fault> {
        Err(self.words(what))
    }

    fn words(&self, what: impl Into<String>) -> Fault {
        self.with(Kind::Words(what.into()), Vec::new())
    }

    fn with(&self, kind: Kind, causes: Vec<Fault>) -> Fault {
        Fault { at: self.at.clone(), kind, causes }
    }

    fn apply(&mut self, place: &Place<'_>, value: &Json) -> Outcome {
        self.steps += 1;
        if self.depth > MAX_DEPTH || self.steps > MAX_STEPS {
            return self.fault("the schema takes too long to be checked");
        }
        let here = (std::ptr::from_ref(place.schema), self.at.len());
        if self.applied.iter().rev().take_while(|(_, level)| *level == here.1).any(|known| *known == here) {
            return self.fault("the schema refers to itself");
        }
        self.applied.push(here);
        self.depth += 1;
        let outcome = self.keywords(place, value);
        self.depth -= 1;
        self.applied.pop();
        outcome
    }

    fn keywords(&mut self, place: &Place<'_>, value: &Json) -> Outcome {
        let schema = match place.schema {
            Json::Bool(true) => return Ok(Seen::default()),
            Json::Bool(false) => return self.fault("false schema"),
            Json::Object(schema) => schema,
            _ => return Ok(Seen::default()),
        };
        let draft = place.draft;
        if let Some(reference) = schema.get("$ref").and_then(Json::as_str)
            && !since(draft, Draft::Draft201909)
        {
            // Nothing beside a reference counts in the older drafts.
            return self.reference(place, reference, value);
        }
        self.simple(schema, draft, value)?;
        let (mut faults, mut seen) = (Vec::new(), Seen::default());
        if let Some(reference) = schema.get("$ref").and_then(Json::as_str) {
            let outcome = self.reference(place, reference, value);
            note(outcome, &mut faults, &mut seen);
        }
        match value {
            Json::Object(fields) => self.object(place, schema, fields, value, &mut faults, &mut seen),
            Json::Array(items) => self.array(place, schema, items, &mut faults, &mut seen),
            Json::String(text) => self.text(schema, text, &mut faults),
            Json::Number(number) => self.number(schema, number, &mut faults),
            _ => {}
        }
        if since(draft, Draft::Draft201909) {
            if schema.contains_key("$recursiveRef")
                && let Ok(target) = place.resolver.lookup_recursive_ref()
            {
                let outcome = self.referred(target, value);
                note(outcome, &mut faults, &mut seen);
            }
            if let Some(reference) = schema.get("$dynamicRef").and_then(Json::as_str) {
                let outcome = self.reference(place, reference, value);
                note(outcome, &mut faults, &mut seen);
            }
        }
        self.combined(place, schema, value, &mut faults, &mut seen);
        if since(draft, Draft::Draft201909) {
            self.unevaluated(place, schema, value, &mut faults, &mut seen);
        }
        match faults.len() {
            0 => Ok(seen),
            1 => Err(faults.remove(0)),
            _ => Err(self.with(Kind::Group, faults)),
        }
    }

    /// Keywords that end the check where they fail.
    fn simple(&mut self, schema: &Map<String, Json>, draft: Draft, value: &Json) -> Result<(), Fault> {
        if let Some(types) = schema.get("type") {
            let named: Vec<&str> = types.as_str().map_or_else(|| texts(types), |one| vec![one]);
            let wanted: Vec<&str> = TYPES.into_iter().filter(|name| named.contains(name)).collect();
            let got = type_of(value);
            let fits = wanted.contains(&got) || (wanted.contains(&"integer") && is_integer(value));
            if !wanted.is_empty() && !fits {
                return self.fault(format!("got {got}, want {}", wanted.join(" or ")));
            }
        }
        if let Some(wanted) = schema.get("const")
            && since(draft, Draft::Draft6)
            && !equal(value, wanted)
        {
            return match wanted {
                Json::Array(_) | Json::Object(_) => self.fault("'const' failed"),
                _ => self.fault(format!("value must be {}", shown(wanted))),
            };
        }
        if let Some(Json::Array(wanted)) = schema.get("enum")
            && !wanted.iter().any(|wanted| equal(value, wanted))
        {
            if wanted.iter().any(|wanted| wanted.is_array() || wanted.is_object()) {
                return self.fault("'enum' failed");
            }
            let all: Vec<String> = wanted.iter().map(shown).collect();
            return match all.as_slice() {
                [one] => self.fault(format!("value must be {one}")),
                all => self.fault(format!("value must be one of {}", all.join(", "))),
            };
        }
        if let (Some(Json::String(name)), Json::String(text)) = (schema.get("format"), value)
            && (!since(draft, Draft::Draft201909) || (self.is_schema && name == "regex"))
            && let Some(check) = format::check(name)
            && let Err(why) = check(text)
        {
            return self.fault(format!("{} is not valid {name}: {why}", quoted(text)));
        }
        Ok(())
    }

    fn reference(&mut self, place: &Place<'_>, reference: &str, value: &Json) -> Outcome {
        match super::lookup(&place.resolver, reference) {
            Ok(Some(target)) => self.referred(target, value),
            Ok(None) => Ok(Seen::default()),
            Err(why) => self.fault(why),
        }
    }

    fn referred(&mut self, target: Resolved<'_>, value: &Json) -> Outcome {
        let (schema, resolver, draft) = target.into_inner();
        let outcome = self.apply(&Place { schema, resolver, draft }, value);
        outcome.map_err(|fault| self.with(Kind::Reference, fault.members()))
    }

    /// A schema within this one.
    fn below<'r>(&self, place: &Place<'r>, schema: &'r Json) -> Place<'r> {
        let resource = place.draft.create_resource_ref(schema);
        let resolver = place.resolver.in_subresource(resource).unwrap_or_else(|_| place.resolver.clone());
        Place { schema, resolver, draft: place.draft }
    }

    /// Applies a schema within this one to the same value.
    fn same<'r>(&mut self, place: &Place<'r>, schema: &'r Json, value: &Json) -> Outcome {
        let place = self.below(place, schema);
        self.apply(&place, value)
    }

    /// Applies a schema within this one to a part of the value.
    fn part<'r>(&mut self, place: &Place<'r>, schema: &'r Json, value: &Json, name: String) -> Result<(), Fault> {
        let place = self.below(place, schema);
        self.at.push(name);
        let outcome = self.apply(&place, value);
        self.at.pop();
        outcome.map(drop)
    }

    fn pattern(&mut self, pattern: &str) -> Option<Rc<Regex>> {
        if let Some(known) = self.patterns.get(pattern) {
            return known.clone();
        }
        let compiled = bowline_base_sprig::go_regex(pattern).ok().map(Rc::new);
        self.patterns.insert(pattern.to_string(), compiled.clone());
        compiled
    }

    fn combined<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        value: &Json,
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        if let Some(not) = schema.get("not")
            && self.same(place, not, value).is_ok()
        {
            faults.push(self.words("'not' failed"));
        }
        let list = |keyword: &str| schema.get(keyword).and_then(Json::as_array).filter(|all| !all.is_empty());
        if let Some(all) = list("allOf") {
            let mut failed = Vec::new();
            for schema in all {
                note(self.same(place, schema, value), &mut failed, seen);
            }
            if !failed.is_empty() {
                faults.push(self.with(Kind::Words("'allOf' failed".to_string()), failed));
            }
        }
        if let Some(any) = list("anyOf") {
            let (mut failed, mut matched) = (Vec::new(), false);
            for schema in any {
                matched |= note(self.same(place, schema, value), &mut failed, seen);
                // What else matches says only what was looked at.
                if matched && !since(place.draft, Draft::Draft201909) {
                    break;
                }
            }
            if !matched {
                faults.push(self.with(Kind::Words("'anyOf' failed".to_string()), failed));
            }
        }
        if let Some(one) = list("oneOf") {
            let (mut failed, mut matched) = (Vec::new(), None);
            for (i, schema) in one.iter().enumerate() {
                if !note(self.same(place, schema, value), &mut failed, seen) {
                    continue;
                }
                match matched {
                    None => matched = Some(i),
                    Some(first) => {
                        faults.push(self.words(format!("'oneOf' failed, subschemas {first}, {i} matched")));
                        break;
                    }
                }
            }
            if matched.is_none() {
                faults.push(self.with(Kind::Words("'oneOf' failed, none matched".to_string()), failed));
            }
        }
        if let Some(condition) = schema.get("if").filter(|_| since(place.draft, Draft::Draft7)) {
            let holds = note(self.same(place, condition, value), &mut Vec::new(), seen);
            if let Some(schema) = schema.get(if holds { "then" } else { "else" }) {
                note(self.same(place, schema, value), faults, seen);
            }
        }
    }

    fn unevaluated<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        value: &Json,
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        if let (Json::Object(fields), Some(schema)) = (value, schema.get("unevaluatedProperties")) {
            for (name, field) in fields.iter().filter(|(name, _)| !seen.properties.contains(*name)) {
                faults.extend(self.part(place, schema, field, name.clone()).err());
            }
            seen.properties.extend(fields.keys().cloned());
        }
        if let (Json::Array(items), Some(schema)) = (value, schema.get("unevaluatedItems")) {
            for (i, item) in items.iter().enumerate().filter(|(i, _)| !seen.items.contains(i)) {
                faults.extend(self.part(place, schema, item, i.to_string()).err());
            }
            seen.items.extend(0..items.len());
        }
    }
}

/// The fields of an object under a keyword, in order.
fn objects<'r>(schema: &'r Map<String, Json>, keyword: &str) -> impl Iterator<Item = (&'r String, &'r Json)> {
    schema.get(keyword).and_then(Json::as_object).into_iter().flatten()
}

/// Notes what an outcome gives; whether it is a good one.
fn note(outcome: Outcome, faults: &mut Vec<Fault>, seen: &mut Seen) -> bool {
    match outcome {
        Ok(more) => {
            seen.properties.extend(more.properties);
            seen.items.extend(more.items);
            true
        }
        Err(fault) => {
            faults.push(fault);
            false
        }
    }
}
