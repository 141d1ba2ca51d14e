//! What a schema says of objects, lists, texts and numbers.

use std::rc::Rc;

use referencing::Draft;
use regex::bytes::Regex;
use serde_json::{Map, Value as Json};

use super::{Check, Place, Seen, equal, limit, note, objects, since, texts};
use crate::schema::fault::{Fault, Kind, all_quoted, count, number, quoted};
use crate::schema::number::Decimal;

// === impl Check ===

impl Check {
    pub(super) fn object<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        fields: &Map<String, Json>,
        value: &Json,
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        let bounds = [("minProperties", true), ("maxProperties", false)];
        self.bounds(schema, &bounds, fields.len(), faults);
        let missing = |required: &Json| -> Vec<String> {
            texts(required).into_iter().filter(|name| !fields.contains_key(*name)).map(String::from).collect()
        };
        if let Some(required) = schema.get("required") {
            let missing = missing(required);
            match missing.as_slice() {
                [] => {}
                [one] => faults.push(self.words(format!("missing property {}", quoted(one)))),
                all => faults.push(self.words(format!("missing properties {}", all_quoted(all)))),
            }
        }
        let needs = |this: &Check, name: &str, missing: Vec<String>, faults: &mut Vec<Fault>| {
            if !missing.is_empty() {
                let missing = all_quoted(missing);
                faults.push(this.words(format!("properties {missing} required, if {} exists", quoted(name))));
            }
        };
        for (name, dependency) in objects(schema, "dependencies").filter(|(name, _)| fields.contains_key(*name)) {
            if dependency.is_array() {
                needs(self, name, missing(dependency), faults);
            } else {
                note(self.same(place, dependency, value), faults, seen);
            }
        }
        self.properties(place, schema, fields, faults, seen);
        if !since(place.draft, Draft::Draft6) {
            return;
        }
        if let Some(names) = schema.get("propertyNames") {
            for name in fields.keys() {
                // Names are values of their own: their place is the root.
                let outside = std::mem::take(&mut self.at);
                let outcome = self.same(place, names, &Json::String(name.clone()));
                if let Err(fault) = outcome {
                    let kind = Kind::Words(format!("invalid propertyName {}", quoted(name)));
                    faults.push(self.with(kind, fault.members()));
                }
                self.at = outside;
            }
        }
        if !since(place.draft, Draft::Draft201909) {
            return;
        }
        for (_, dependent) in objects(schema, "dependentSchemas").filter(|(name, _)| fields.contains_key(*name)) {
            note(self.same(place, dependent, value), faults, seen);
        }
        for (name, required) in objects(schema, "dependentRequired").filter(|(name, _)| fields.contains_key(*name)) {
            needs(self, name, missing(required), faults);
        }
    }

    fn properties<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        fields: &Map<String, Json>,
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        let properties = schema.get("properties").and_then(Json::as_object);
        let patterns: Vec<(Option<Rc<Regex>>, &Json)> =
            objects(schema, "patternProperties").map(|(pattern, schema)| (self.pattern(pattern), schema)).collect();
        let additional = schema.get("additionalProperties");
        let mut unwanted = Vec::new();
        for (name, field) in fields {
            let mut evaluated = false;
            if let Some(schema) = properties.and_then(|properties| properties.get(name)) {
                evaluated = true;
                faults.extend(self.part(place, schema, field, name.clone()).err());
            }
            for (pattern, schema) in &patterns {
                if pattern.as_ref().is_some_and(|pattern| pattern.is_match(name.as_bytes())) {
                    evaluated = true;
                    faults.extend(self.part(place, schema, field, name.clone()).err());
                }
            }
            match additional {
                Some(additional) if !evaluated => {
                    evaluated = true;
                    match additional {
                        Json::Bool(false) => unwanted.push(name.as_str()),
                        schema => faults.extend(self.part(place, schema, field, name.clone()).err()),
                    }
                }
                _ => {}
            }
            if evaluated {
                seen.properties.insert(name.clone());
            }
        }
        if !unwanted.is_empty() {
            faults.push(self.words(format!("additional properties {} not allowed", all_quoted(unwanted))));
        }
    }

    pub(super) fn array<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        items: &[Json],
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        let bounds = [("minItems", true), ("maxItems", false)];
        self.bounds(schema, &bounds, items.len(), faults);
        if schema.get("uniqueItems") == Some(&Json::Bool(true)) {
            let twice = (1..items.len()).find_map(|i| (0..i).find(|j| equal(&items[i], &items[*j])).map(|j| (j, i)));
            if let Some((first, second)) = twice {
                faults.push(self.words(format!("items at {} and {} are equal", count(first), count(second))));
            }
        }
        let (listed, rest) = match (schema.get("items"), since(place.draft, Draft::Draft202012)) {
            (rest, true) => (schema.get("prefixItems"), rest),
            (Some(listed @ Json::Array(_)), false) => (Some(listed), schema.get("additionalItems")),
            (rest, false) => (None, rest),
        };
        let listed = listed.and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
        for (i, (item, schema)) in items.iter().zip(listed).enumerate() {
            faults.extend(self.part(place, schema, item, i.to_string()).err());
            seen.items.insert(i);
        }
        let evaluated = listed.len().min(items.len());
        match rest {
            Some(Json::Bool(false)) if !since(place.draft, Draft::Draft202012) && !listed.is_empty() => {
                let left = items.len() - evaluated;
                let what = (left > 0).then(|| format!("last {} additionalItem(s) not allowed", count(left)));
                faults.extend(what.map(|what| self.words(what)));
            }
            Some(schema) => {
                for (i, item) in items.iter().enumerate().skip(evaluated) {
                    // Helm counts from the first of these.
                    faults.extend(self.part(place, schema, item, (i - evaluated).to_string()).err());
                    seen.items.insert(i);
                }
            }
            None => {}
        }
        if since(place.draft, Draft::Draft6) {
            self.contains(place, schema, items, faults, seen);
        }
    }

    fn contains<'r>(
        &mut self,
        place: &Place<'r>,
        schema: &'r Map<String, Json>,
        items: &[Json],
        faults: &mut Vec<Fault>,
        seen: &mut Seen,
    ) {
        let Some(contains) = schema.get("contains") else { return };
        let (mut others, mut matched) = (Vec::new(), Vec::new());
        for (i, item) in items.iter().enumerate() {
            match self.part(place, contains, item, i.to_string()) {
                Ok(()) => matched.push(i),
                Err(fault) => others.push(fault),
            }
        }
        if since(place.draft, Draft::Draft202012) {
            seen.items.extend(&matched);
        }
        let counts = since(place.draft, Draft::Draft201909);
        let at = matched.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        match limit(schema, "minContains").filter(|_| counts) {
            Some(least) if matched.len() < least => {
                let least = count(least);
                let what = match matched.len() {
                    0 => format!("min {least} items required to match contains schema, but none matched"),
                    n => format!(
                        "min {least} items required to match contains schema, but matched {} items at {at}",
                        count(n)
                    ),
                };
                faults.push(self.with(Kind::Words(what), others));
            }
            None if matched.is_empty() => {
                faults.push(self.with(Kind::Words("no items match contains schema".to_string()), others));
            }
            _ => {}
        }
        if let Some(most) = limit(schema, "maxContains").filter(|most| counts && matched.len() > *most) {
            faults.push(self.words(format!(
                "max {} items required to match contains schema, but matched {} items at {at}",
                count(most),
                count(matched.len())
            )));
        }
    }

    pub(super) fn text(&mut self, schema: &Map<String, Json>, text: &str, faults: &mut Vec<Fault>) {
        self.bounds(schema, &[("minLength", true), ("maxLength", false)], text.chars().count(), faults);
        if let Some(pattern) = schema.get("pattern").and_then(Json::as_str)
            && let Some(compiled) = self.pattern(pattern)
            && !compiled.is_match(text.as_bytes())
        {
            faults.push(self.words(format!("{} does not match pattern {}", quoted(text), quoted(pattern))));
        }
    }

    pub(super) fn number(&mut self, schema: &Map<String, Json>, value: &serde_json::Number, faults: &mut Vec<Fault>) {
        let Some(got) = value.as_f64() else { return };
        let bound = |keyword: &str| schema.get(keyword).and_then(Json::as_f64);
        let exclusive = |keyword: &str| schema.get(keyword) == Some(&Json::Bool(true));
        // The oldest draft has switches that make limits exclusive.
        let (least, above) = match exclusive("exclusiveMinimum") {
            true => (None, bound("minimum")),
            false => (bound("minimum"), bound("exclusiveMinimum")),
        };
        let (most, under) = match exclusive("exclusiveMaximum") {
            true => (None, bound("maximum")),
            false => (bound("maximum"), bound("exclusiveMaximum")),
        };
        let checks = [
            ("minimum", least.filter(|want| got < *want)),
            ("maximum", most.filter(|want| got > *want)),
            ("exclusiveMinimum", above.filter(|want| got <= *want)),
            ("exclusiveMaximum", under.filter(|want| got >= *want)),
            ("multipleOf", bound("multipleOf").filter(|of| !is_multiple(value, schema, *of))),
        ];
        for (keyword, failed) in checks {
            if let Some(want) = failed {
                faults.push(self.words(format!("{keyword}: got {}, want {}", number(got), number(want))));
            }
        }
    }

    /// Limits of a size, `(keyword, whether it is the least)`.
    fn bounds(&self, schema: &Map<String, Json>, bounds: &[(&str, bool)], got: usize, faults: &mut Vec<Fault>) {
        for (keyword, least) in bounds {
            let Some(want) = limit(schema, keyword) else { continue };
            if (*least && got < want) || (!*least && got > want) {
                faults.push(self.words(format!("{keyword}: got {}, want {}", count(got), count(want))));
            }
        }
    }
}

fn is_multiple(value: &serde_json::Number, schema: &Map<String, Json>, of: f64) -> bool {
    let exact = match schema.get("multipleOf") {
        Some(Json::Number(of)) => Decimal::of(value).zip(Decimal::of(of)),
        _ => None,
    };
    exact
        .and_then(|(value, of)| value.is_multiple_of(of))
        .unwrap_or_else(|| value.as_f64().is_some_and(|value| (value / of).fract() == 0.0))
}
