//! The cases of kustomize's own tests of single filters, and of kyaml's of merging.

use bowline_base_value::{Value, to_json};

use crate::corpus_files::{records, text};
use crate::decode::{Fields, Mode};
use crate::error::Result;
use crate::fieldspec::FieldSpecs;
use crate::kustomization::{Image, Replacement, Replica, read_field_spec};
use crate::merge::Merge;
use crate::node::{Node, read_documents, read_one, write};
use crate::resmap::ResMap;
use crate::resource::Resource;
use crate::schema::{Graph, Schema};
use crate::transform::namespace::{Namespace, Subjects};
use crate::transform::{affix, annotations, images, json_patch, labels, replacement, replicas, value_add};
use crate::work::Work;

struct Tally {
    part: &'static str,
    cases: usize,
    objects: usize,
    bytes: usize,
    failures: Vec<String>,
}

// === impl Tally ===

impl Tally {
    fn new(part: &'static str) -> Tally {
        Tally { part, cases: 0, objects: 0, bytes: 0, failures: Vec::new() }
    }

    fn check(&mut self, name: &str, expected: Result<&str, &str>, got: Result<String>) {
        self.cases += 1;
        let same =
            |a: &str, b: &str| read_documents(a.as_bytes()).map(values) == read_documents(b.as_bytes()).map(values);
        match (expected, got) {
            (Ok(want), Ok(got)) => {
                let bytes = want.trim() == got.trim();
                let objects = bytes || same(want, &got);
                self.bytes += usize::from(bytes);
                self.objects += usize::from(objects);
                if !bytes {
                    self.failures.push(format!("{name}\n--- want\n{want}\n--- got\n{got}"));
                }
            }
            (Err(_), Err(_)) => {
                self.objects += 1;
                self.bytes += 1;
            }
            (Ok(_), Err(error)) => self.failures.push(format!("{name}: error: {}", error.chain())),
            (Err(error), Ok(got)) => self.failures.push(format!("{name}: should fail: {error}\n--- got\n{got}")),
        }
    }

    #[expect(clippy::print_stdout, reason = "the corpus tests print their figures")]
    fn finish(self) {
        if self.cases == 0 {
            return;
        }
        println!("corpus {}: objects {}/{}, bytes {}/{}", self.part, self.objects, self.cases, self.bytes, self.cases);
        self.failures.iter().for_each(|failure| println!("=== {failure}"));
        assert_eq!(self.objects, self.cases, "{}: objects", self.part);
    }
}

fn values(nodes: Vec<Node>) -> Vec<Value> {
    nodes.iter().map(|node| crate::node::to_value(node).unwrap_or_default()).collect()
}

fn schema() -> Schema {
    Schema::new(std::sync::Arc::new(Graph::kubernetes()))
}

#[test]
fn corpus_merge2() {
    let mut tally = Tally::new("merge2");
    for record in records("unit/kyaml_merge2.jsonl.xz") {
        // Schemas in comments are not read: see DEVIATIONS.md.
        if to_json(&record, false).contains("# {") {
            continue;
        }
        let node = |field: &str| read_one(text(&record, field)).unwrap();
        let schema = schema();
        let merge = Merge {
            schema: &schema,
            prepend: record.get_path(&["opts", "ListIncreaseDirection"]) == Some(&Value::Int(1)),
            infer: record.get("infer") == Some(&Value::Bool(true)),
            work: &Work::default(),
        };
        let null = || Node::scalar("null").with_tag(crate::node::Tag::Null);
        let got = merge.apply(node("dest").unwrap_or_else(null), node("src").unwrap_or_else(null));
        let got = got.map(|node| node.map(|node| write(&node)).unwrap_or_default());
        let expected = record.get("err").and_then(Value::as_str).map_or(Ok(text(&record, "out")), Err);
        tally.check(&to_json(&record, false), expected, got);
    }
    tally.finish();
}

#[test]
fn corpus_filters() {
    let mut tally = Tally::new("filters");
    for record in records("unit/kustomize_filters.jsonl.xz") {
        // Some filters have parts that the capture could not write down: functions, and candidates for references.
        let kind = text(&record, "filterType");
        if kind.is_empty() || kind == "nameref.Filter" {
            continue;
        }
        let expected = record.get("err").and_then(Value::as_str).map_or(Ok(text(&record, "out")), Err);
        // The capture wrote patches down after they ran, when their `$patch` was gone: two of them deleted everything.
        let deletes = expected.is_ok_and(|out| out.contains("containers: []") || out.contains("spec: {}"));
        if kind == "patchstrategicmerge.Filter" && deletes {
            continue;
        }
        let got = filter(kind, record.get("filter").unwrap_or(&Value::Null), text(&record, "input"));
        tally.check(
            &format!("{} {}", text(&record, "test"), to_json(record.get("filter").unwrap(), false)),
            expected,
            got,
        );
    }
    // The capture wrote patches down as JSON: the order and the quotes of their text are lost (see DEVIATIONS.md).
    let known = |failure: &String| failure.contains("filters/patchstrategicmerge.TestFilter");
    assert!(tally.failures.iter().all(known), "{}", tally.failures.join("\n"));
    tally.finish();
}

fn filter(kind: &str, filter: &Value, input: &str) -> Result<String> {
    let schema = schema();
    let list = read_documents(input.as_bytes())?.into_iter().map(Resource::new).collect();
    let mut resources = ResMap { list };
    let mut f = Fields::new(filter, "", Mode::Lenient)?;
    let f = &mut f;
    let specs = |f: &mut Fields<'_>, name: &str| -> Result<FieldSpecs> { f.list(name, read_field_spec) };
    let one = |f: &mut Fields<'_>| f.object("fieldSpec", read_field_spec).map(Vec::from_iter);
    match kind {
        "annotations.Filter" => annotations::run(&f.text_map("Annotations")?, &specs(f, "FsSlice")?, &mut resources)?,
        "labels.Filter" => labels::run(&f.text_map("Labels")?, &specs(f, "FsSlice")?, &mut resources)?,
        "imagetag.Filter" => {
            let image = f.object("imageTag", Image::read)?.unwrap_or_default();
            images::at_fields(&image, &specs(f, "fieldSpecs")?, &mut resources)?;
        }
        "imagetag.LegacyFilter" => {
            images::run(&f.object("imageTag", Image::read)?.unwrap_or_default(), &[], &mut resources)?;
        }
        "namespace.Filter" => {
            let namespace = Namespace {
                namespace: f.text("Namespace")?,
                specs: specs(f, "fieldSpecs")?,
                unset_only: f.bool("unsetOnly")?,
                subjects: Subjects::parse(&f.text("setRoleBindingSubjects")?)?,
            };
            resources.list.iter_mut().try_for_each(|resource| namespace.set(resource, &schema))?;
        }
        "prefix.Filter" => affix::set(true, &f.text("prefix")?, &one(f)?, &mut resources)?,
        "suffix.Filter" => affix::set(false, &f.text("suffix")?, &one(f)?, &mut resources)?,
        "replicacount.Filter" => {
            let replica = f.object("replica", Replica::read)?.unwrap_or_default();
            replicas::set(&replica, &one(f)?[0], &mut resources.list)?;
        }
        "replacement.Filter" => {
            replacement::run(&f.list("replacements", Replacement::read)?, &mut resources, &Work::default())?;
        }
        "valueadd.Filter" => {
            let target = value_add::Target {
                selector: None,
                field_path: f.text("FieldPath")?,
                position: f.int("filePathPosition")?,
            };
            value_add::run(&f.text("Value")?, &[target], &mut resources, &schema)?;
        }
        "patchjson6902.Filter" => {
            let patch = bowline_base_value::yaml::from_yaml(f.text("Patch")?).unwrap();
            let operations = json_patch::parse(&patch)?;
            for resource in &mut resources.list {
                let value = json_patch::apply(crate::node::to_value(&resource.node)?, &operations, &Work::default())?;
                resource.node = crate::node::from_value(&value);
            }
        }
        "patchstrategicmerge.Filter" => {
            let patch = crate::node::from_value(f.value("Patch").unwrap_or(&Value::Null));
            let merge = Merge { schema: &schema, prepend: true, infer: false, work: &Work::default() };
            let mut kept = Vec::new();
            for resource in resources.list {
                if let Some(node) = merge.apply(resource.node.clone(), patch.clone())? {
                    kept.push(Resource::new(node));
                }
            }
            resources.list = kept;
        }
        other => panic!("no filter {other}"),
    }
    let texts: Vec<String> = resources.list.iter().map(|resource| write(&resource.node)).collect();
    Ok(texts.join("---\n"))
}
