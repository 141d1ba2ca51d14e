//! Helm's own tests as corpora: `--set`, the engine, whole commands.

use std::collections::BTreeMap;

use bowline_base_gotmpl::{Map as TemplateMap, Numbers, Text, from_base};
use bowline_base_tree::MemoryTree;
use bowline_base_value::{Map, Value, to_json};
use bowline_desired_helm::template::{Flags, Reader, template};
use bowline_desired_helm::values::set::{Style, set, set_json, set_literal};
use bowline_desired_helm::{Chart, Helm, Limits, load};

use crate::charts::Fixed;

#[expect(clippy::print_stdout, reason = "the score is read by people")]
fn score(part: &str, total: usize, left_out: &[&str], failures: &[String]) {
    println!("corpus {part}: {}/{total}, left out {}", total - failures.len(), left_out.len());
    left_out.iter().for_each(|reason| println!("  left out: {reason}"));
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn corpus_helm_strvals() {
    let Some(records) = crate::records("unit/helm_strvals.jsonl.xz") else { return };
    let (mut failures, mut left_out) = (Vec::new(), Vec::new());
    let mut total = 0;
    for record in &records {
        let (name, text) = (record.str_at(&["fn"]).unwrap_or_default(), record.str_at(&["in"]).unwrap_or_default());
        if record.get("dest").is_some_and(Value::is_null) {
            left_out.push("a nil map as destination is Go's own");
            continue;
        }
        total += 1;
        let mut values = record.get("dest").and_then(Value::as_object).cloned().unwrap_or_default();
        let result = match name {
            "ParseLiteral" => set_literal(&mut values, text),
            "ParseString" | "ParseIntoString" => set(&mut values, text, Style::Strings),
            "ParseJSON" => set(&mut values, text, Style::Json),
            _ => set(&mut values, text, Style::Typed),
        };
        let got = (to_json(&values.into(), false), result.err());
        let want =
            (to_json(record.get("out").unwrap_or(&Value::Null), false), record.str_at(&["err"]).map(String::from));
        if got != want {
            failures.push(format!("{name} {text:?}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    score("helm_strvals", total, &left_out, &failures);
}

/// Probes whose results Helm 4.2.4 gave, and a few more of the same kind.
#[test]
fn set_grammar() {
    let check = |text: &str, want: &str, error: Option<&str>| {
        let mut values = Map::new();
        let result = set(&mut values, text, Style::Typed);
        assert_eq!((to_json(&values.into(), false).as_str(), result.err().as_deref()), (want, error), "{text}");
    };
    for (text, want) in [
        ("a={}", r#"{"a":[""]}"#),
        ("a={x,}", r#"{"a":["x",""]}"#),
        ("a={1,b,true,null}", r#"{"a":[1,"b",true,null]}"#),
        ("a=", r#"{"a":""}"#),
        ("a[0]=x,a[2]=y", r#"{"a":["x",null,"y"]}"#),
        ("a[0][1]=z", r#"{"a":[[null,"z"]]}"#),
        (r"a\.b=c", r#"{"a.b":"c"}"#),
        (r"a=b\,c", r#"{"a":"b,c"}"#),
        ("a=1.5", r#"{"a":"1.5"}"#),
        ("a=007", r#"{"a":"007"}"#),
        ("a=-1", r#"{"a":-1}"#),
        (".a=1", "{}"),
        ("a=b=c", r#"{"a":"b=c"}"#),
        ("a.b[0].c=1", r#"{"a":{"b":[{"c":1}]}}"#),
        ("a=9223372036854775808", r#"{"a":"9223372036854775808"}"#),
        ("a[0]=", r#"{"a":[""]}"#),
        ("a[0]", r#"{"a":[]}"#),
    ] {
        check(text, want, None);
    }
    check("a", "{}", Some("key \"a\" has no value"));
    check("a,", r#"{"a":""}"#, Some("key \"a\" has no value (cannot end with ,)"));
    check("a..b=1", "{}", Some("key map \"a\" has no value"));
    check("a[-1]=1", r#"{"a":[]}"#, Some("negative -1 index not allowed"));
    check("a[x]=1", "{}", Some("error parsing index: strconv.Atoi: parsing \"x\": invalid syntax"));
    let mut whole = Value::object();
    set_json(&mut whole, r#"{"a":{"b":1}}"#).unwrap();
    set_json(&mut whole, r#"a.c=[1,"x"],d="#).unwrap();
    assert_eq!(to_json(&whole, false), r#"{"a":{"b":1,"c":[1,"x"]},"d":null}"#);
}

#[test]
fn corpus_helm_engine() {
    let Some(records) = crate::records("unit/helm_engine.jsonl.xz") else { return };
    crate::on_a_large_stack(move || {
        let (mut failures, mut left_out) = (Vec::new(), Vec::new());
        let mut total = 0;
        for record in &records {
            if record.get("lint").and_then(Value::as_bool) == Some(true) {
                left_out.push("linting is another command");
                continue;
            }
            if record.str_at(&["test"]) == Some("TestRenderWithDNS") {
                left_out.push("names are never resolved while rendering");
                continue;
            }
            if record.str_at(&["test"]) == Some("TestRenderBuiltinValues") {
                left_out.push("its .Files were captured as plain data, without methods");
                continue;
            }
            total += 1;
            let got = engine(record);
            let want = match record.str_at(&["err"]) {
                Some(error) => Err(error.to_string()),
                None => Ok(to_json(record.get("out").unwrap_or(&Value::Null), false)),
            };
            if got != want {
                let cut = |text: &Result<String, String>| format!("{text:?}").chars().take(600).collect::<String>();
                failures.push(format!("{:?}\n  want {}\n  got  {}", record.str_at(&["test"]), cut(&want), cut(&got)));
            }
        }
        score("helm_engine", total, &left_out, &failures);
    });
}

fn engine(record: &Value) -> Result<String, String> {
    let templates = record.get("templates").and_then(Value::as_object).expect("a record has templates");
    let texts = templates.iter().map(|(path, template)| {
        let context = match from_base(template.get("vals").unwrap_or(&Value::Null), Numbers::Exact) {
            bowline_base_gotmpl::Value::Map(map) => map,
            _ => TemplateMap::new(bowline_base_gotmpl::MapKind::Any, std::iter::empty::<(Text, _)>()),
        };
        (path.to_string(), Text::from(template.str_at(&["tpl"]).unwrap_or_default()), context)
    });
    let strict = record.get("strict").and_then(Value::as_bool).unwrap_or_default();
    let limits = Limits { stack: 500 << 20, ..Limits::default() };
    let files = Helm::new().execute_texts(texts.collect(), strict, limits, &mut Fixed(1)).map_err(|e| e.to_string())?;
    let map: Map = files.into_iter().map(|(path, text)| (path, Value::from(text))).collect();
    Ok(to_json(&map.into(), false))
}

struct TestCharts(BTreeMap<String, Vec<u8>>);

impl TestCharts {
    /// Paths of the tests lead to `testdata/testcharts` from other places.
    fn local(path: &str) -> String {
        path.trim_matches('\'').split("testcharts/").last().unwrap_or(path).replace("//", "/")
    }
}

impl Reader for TestCharts {
    fn read(&self, name: &str) -> Result<Vec<u8>, String> {
        let local = Self::local(name);
        self.0.get(&local).cloned().ok_or_else(|| format!("open {name}: no such file or directory"))
    }

    fn chart(&self, reference: &str) -> Result<Chart, String> {
        let prefix = format!("{}/", Self::local(reference));
        let files = self.0.iter().filter_map(|(path, data)| Some((path.strip_prefix(&prefix)?, data)));
        load(&MemoryTree::from_files(files), "").map_err(|error| error.to_string())
    }
}

/// The arguments of a captured command: it was captured as Go source.
fn arguments(record: &Value) -> Option<(Vec<String>, Flags)> {
    let source = record.str_at(&["cmd_go"])?;
    let chart = "testdata/testcharts/subchart";
    let (format, rest) = match source.strip_prefix("fmt.Sprintf(") {
        Some(call) => {
            let mark = call.chars().next()?;
            let (format, rest) = call[1..].split_once(mark)?;
            (format.to_string(), rest.trim_end_matches(')').to_string())
        }
        None => (source.trim_matches('"').to_string(), String::new()),
    };
    let mut line = format;
    for operand in rest.split(", ").filter(|o| !o.trim().is_empty()).map(str::trim) {
        let operand = operand.trim_start_matches(", ");
        let text = match operand {
            "chartPath" => chart.to_string(),
            "filepath.Join(chartPath" => continue,
            o if o.contains("charts/subchartA/values.yaml") => format!("{chart}/charts/subchartA/values.yaml"),
            o => o.trim_matches('"').to_string(),
        };
        line = line.replacen("%s", &text, 1);
    }
    let mut words = line.split_whitespace().map(|word| word.trim_matches('\'').to_string());
    if words.next()? != "template" {
        return None;
    }
    let (mut args, mut flags) = (Vec::new(), Flags::default());
    while let Some(word) = words.next() {
        match word.as_str() {
            "--values" => flags.values.push(words.next()?),
            "--set" => flags.set.push(words.next()?),
            "--kube-version" => flags.kube_version = words.next()?,
            "--api-versions" => flags.api_versions.push(words.next()?),
            "--name-template" => flags.name_template = words.next()?,
            "--show-only" => flags.show_only.push(words.next()?),
            "--include-crds" => flags.include_crds = true,
            "--skip-tests" => flags.skip_tests = true,
            "--is-upgrade" => flags.is_upgrade = true,
            "--debug" => flags.debug = true,
            _ => args.push(word),
        }
    }
    Some((args, flags))
}

#[test]
fn corpus_helm_cmd_template() {
    let Some(records) = crate::records("unit/helm_cmd_template.jsonl.xz") else { return };
    let Some(charts) = crate::unpacked("unit/helm_testcharts.tar.xz") else { return };
    crate::on_a_large_stack(move || {
        let files = crate::tar_files(&charts);
        let charts = TestCharts(files.into_iter().map(|(path, data)| (TestCharts::local(&path), data)).collect());
        let (mut failures, mut left_out) = (Vec::new(), Vec::new());
        let mut total = 0;
        for record in &records {
            let Some((args, mut flags)) = arguments(record) else {
                left_out.push("completion of a shell's line is another command");
                continue;
            };
            total += 1;
            // The test build of Helm assumes another cluster.
            if flags.kube_version.is_empty() {
                flags.kube_version = "v1.20.0".to_string();
            }
            let output = template(&Helm::new(), &args, &flags, &charts, &mut Fixed(1));
            let error = output.error.map(|error| format!("Error: {error}\n")).unwrap_or_default();
            let got = format!("{}{error}", output.stdout);
            let want = record.str_at(&["output"]).unwrap_or_default();
            if got != want {
                let place = want.split('\n').zip(got.split('\n')).position(|(a, b)| a != b);
                failures.push(format!(
                    "{:?} {:?}: line {place:?}\n  want {want:?}\n  got  {got:?}",
                    record.str_at(&["name"]),
                    record.str_at(&["cmd_go"])
                ));
            }
        }
        score("helm_cmd_template", total, &left_out, &failures);
    });
}
