//! Objects made from a schema, so that no field can be forgotten.

use serde_json::{Map, Value, json};

/// Draws objects. The same seed gives the same objects.
pub struct Generator {
    state: u64,
    /// How likely a field that may be absent is there, in percent.
    density: u64,
    /// The most items that a list or map gets; at least one where the field is there.
    most: u64,
}

impl Generator {
    pub fn new(seed: u64, density: u64, most: u64) -> Generator {
        Generator { state: seed, density, most }
    }

    /// An object of the definition: with metadata that shows all that metadata can hold, and a field it does not know.
    pub fn object(&mut self, crd: &Value) -> Value {
        let mut object = self.value(&crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]);
        object["apiVersion"] = json!("argoproj.io/v1alpha1");
        object["kind"] = crd["spec"]["names"]["kind"].clone();
        object["metadata"] = json!({
            "name": "full", "generateName": "f", "namespace": "default", "uid": "0f0e", "resourceVersion": "7", "generation": 3,
            "selfLink": "/x", "creationTimestamp": self.time(), "deletionTimestamp": self.time(),
            "deletionGracePeriodSeconds": 0, "labels": {"l": self.text(), "empty": ""}, "annotations": {"a": self.text()},
            "finalizers": [self.text()],
            "ownerReferences": [{"apiVersion": "v1", "kind": "Pod", "name": "p", "uid": "1", "controller": false,
                "blockOwnerDeletion": true}],
            "managedFields": [{"manager": "m", "operation": "Apply", "apiVersion": "v1", "time": self.time(),
                "fieldsType": "FieldsV1", "fieldsV1": {"f:spec": {".": {}}}, "subresource": "status"}],
            "somethingNew": {"kept": [1, null]},
        });
        object
    }

    /// A value that the schema allows and that JSON shows: no empty text, list or map, no zero, no false.
    pub fn value(&mut self, schema: &Value) -> Value {
        if let Some(words) = schema["enum"].as_array() {
            let word = self.below(words.len() as u64) as usize;
            return words[word].clone();
        }
        if schema["x-kubernetes-int-or-string"] == true {
            return if self.below(2) == 0 { json!(self.below(100)) } else { json!(format!("{}%", self.below(100))) };
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), Some("date-time")) => self.time(),
            (Some("string"), _) => self.text().into(),
            (Some("boolean"), _) => true.into(),
            (Some("integer"), _) => ((self.next() >> 12) as i64 + 1).into(),
            (Some("array"), _) => (0..=self.below(self.most)).map(|_| self.value(&schema["items"])).collect(),
            (Some("object"), _) if schema.get("properties").is_some() => self.properties(schema),
            (Some("object"), _) if schema.get("additionalProperties").is_some() => {
                let items =
                    (0..=self.below(self.most)).map(|i| (format!("k{i}"), self.value(&schema["additionalProperties"])));
                items.collect::<Map<_, _>>().into()
            }
            _ => json!({"free": [self.text(), null, {"deep": self.below(9), "fraction": 0.5, "empty": {}}], "": false}),
        }
    }

    fn properties(&mut self, schema: &Value) -> Value {
        // What a rendering to a branch says of itself is plain structs: always written, and then they must hold something.
        let hydration = schema["properties"].get("hydratedSHA").is_some();
        let required = |name: &str| {
            schema["required"].as_array().is_some_and(|list| list.contains(&json!(name)))
                || hydration && matches!(name, "startedAt" | "sourceHydrator")
        };
        let mut object = Map::new();
        for (name, property) in schema["properties"].as_object().expect("because an object schema lists its properties")
        {
            if required(name) || self.below(100) < self.density {
                object.insert(name.clone(), self.value(property));
            }
        }
        object.into()
    }

    fn text(&mut self) -> String {
        const LETTERS: [char; 8] = ['a', 'Z', '0', '/', ' ', '"', 'é', '<'];
        (0..2 + self.below(5)).map(|_| LETTERS[self.below(8) as usize]).collect::<String>() + "x"
    }

    fn time(&mut self) -> Value {
        let (month, day, hour, second) = (1 + self.below(12), 1 + self.below(28), self.below(24), self.below(60));
        format!("2026-{month:02}-{day:02}T{hour:02}:00:{second:02}Z").into()
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// SplitMix64: small, and good enough to draw test objects.
    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}
