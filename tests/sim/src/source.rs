//! [`Source`]: what people commit, and what is read of it.

use bowline_base_value::from_json;
use bowline_core_types::{Object, ResourceKey, annotation, is_hook};

use crate::chance::Chance;

/// A commit.
#[derive(Clone, Debug)]
pub(crate) struct Commit {
    pub revision: String,
    pub objects: Vec<Object>,
    /// Whether anyone meant it: a generator that wrote nothing, a merge that lost half of the files, is not meant.
    pub meant: bool,
}

/// A repository.
#[derive(Debug)]
pub(crate) struct Source {
    pub head: Commit,
    /// The last commit that was meant.
    good: Commit,
    count: usize,
}

const NAMESPACE: &str = "web";

/// An object as Git has it, with the application's mark.
fn object(kind: &str, group: &str, name: &str, round: usize) -> Object {
    let api = if group.is_empty() { "v1".to_string() } else { format!("{group}/v1") };
    let json =
        format!(r#"{{"apiVersion":"{api}","kind":"{kind}","metadata":{{"name":"{name}"}},"data":{{"r":"{round}"}}}}"#);
    let mut object = Object::new(from_json(json.as_bytes()).expect("because it is JSON")).expect("because it is whole");
    if !matches!(kind, "Namespace" | "CustomResourceDefinition") {
        object.set_namespace(NAMESPACE);
    }
    let mark = format!("app:{group}/{kind}:{NAMESPACE}/{name}");
    object.set_annotation(annotation::TRACKING_ID, &mark);
    object
}

// === impl Source ===

impl Source {
    pub(crate) fn new(chance: &Chance) -> Source {
        let empty = Commit { revision: String::new(), objects: Vec::new(), meant: true };
        let mut source = Source { head: empty.clone(), good: empty, count: 0 };
        source.commit(chance);
        source
    }

    /// People change what they mean.
    pub(crate) fn commit(&mut self, chance: &Chance) {
        self.count += 1;
        let mut objects = Vec::new();
        let total = 4 + chance.below(16);
        let crd = chance.once_in(2);
        if crd {
            objects.push(object("CustomResourceDefinition", "apiextensions.k8s.io", "widgets.example.com", 0));
            let definition = from_json(br#"{"group":"example.com","scope":"Namespaced","names":{"kind":"Widget"}}"#);
            objects[0].fields_mut().insert("spec", definition.expect("because it is JSON"));
        }
        for i in 0..total {
            let (kind, group) = match chance.below(6) {
                0 => ("Deployment", "apps"),
                1 => ("PersistentVolumeClaim", ""),
                2 if crd => ("Widget", "example.com"),
                3 => ("Secret", ""),
                _ => ("ConfigMap", ""),
            };
            let mut object = object(kind, group, &format!("o{i}"), if chance.once_in(2) { self.count } else { 0 });
            if chance.once_in(3) {
                object.set_annotation(annotation::SYNC_WAVE, ["-1", "1", "2"][chance.below(3)]);
            }
            match chance.below(12) {
                0 => object.set_annotation(annotation::SYNC_OPTIONS, "PruneLast=true"),
                1 => object.set_annotation(annotation::SYNC_OPTIONS, "Replace=true"),
                2 => object.set_annotation(annotation::HOOK, ["PreSync", "PostSync", "Sync"][chance.below(3)]),
                _ => {}
            }
            if is_hook(&object) {
                object.set_annotation(annotation::HOOK_DELETE_POLICY, ["HookSucceeded", "BeforeHookCreation"][i % 2]);
            }
            objects.push(object);
        }
        self.head = Commit { revision: format!("{:040x}", self.count), objects, meant: true };
        self.good = self.head.clone();
    }

    /// A commit that nobody meant: empty, or with only so few objects that more than ten, which are more than half, of those in the
    /// cluster would go.
    pub(crate) fn mistake(&mut self, live: &[ResourceKey], chance: &Chance) {
        self.count += 1;
        let objects: Vec<Object> = self.good.objects.iter().rev().take(1 + chance.below(4)).cloned().collect();
        let gone = live.iter().filter(|key| !objects.iter().any(|o| o.key() == **key)).count();
        let objects = if gone > 10 && gone * 2 > live.len() { objects } else { Vec::new() };
        self.head = Commit { revision: format!("{:040x}", self.count), objects, meant: false };
    }

    /// The mistake is taken back.
    pub(crate) fn mend(&mut self) {
        self.count += 1;
        self.head = Commit { revision: format!("{:040x}", self.count), ..self.good.clone() };
    }
}
