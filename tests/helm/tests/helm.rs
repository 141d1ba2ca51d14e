//! `helm template` beside ours.

use std::fmt::Write as _;
use std::path::Path;

use bowline_desired_helm::Helm;
use bowline_tests_helm::story::Story;
use bowline_tests_helm::{Outcome, Repeating, helm_template, our_template, peer, templates, values};

const VALUES: &str = r#"
int: 3
big: 12345678
float: 1.5
neg: -0.0
tiny: 0.00001
exp: 1e21
str: "text"
uni: "é😀\u200b\u00a0"
multi: "a\n\tb\\ \"c\""
html: {a: "<b>&'\u2028"}
bool: true
nil: null
list: [1, "a", {x: 1}, null, 2.5]
map: {k: v, l: 1}
nested: {a: {b: [1, {c: "d"}], e: {}}, s: "x", f: 1.0, g: 2.5, t: true}
long: "a very long line of words that goes on and on until it is far beyond the eightieth column, and further"
"#;

/// Writes a chart of these files.
#[expect(clippy::disallowed_methods, reason = "tests write files")]
pub fn chart(directory: &Path, files: &[(&str, &str)]) {
    for (path, text) in files {
        let path = directory.join(path);
        std::fs::create_dir_all(path.parent().expect("because a file is in a directory"))
            .expect("because the disk has room");
        std::fs::write(path, text).expect("because the disk has room");
    }
}

const CHART: &str = "apiVersion: v2\nname: snip\nversion: 1.2.3\nappVersion: \"1.10\"\ndescription: d\nkeywords: [a, b]\n\
                     maintainers:\n- name: m\n  email: m@x\nannotations:\n  k: v\nhome: https://h\nsources: [https://s]\n";

fn files<'a>(extra: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut all = vec![
        ("c/Chart.yaml", CHART),
        ("c/values.yaml", VALUES),
        ("c/files/a.txt", "line one\nline two\n"),
        ("c/files/b.yaml", "k: v"),
        ("c/templates/_helper.tpl", "{{ define \"helper\" }}[{{ .x }}]{{ end }}"),
    ];
    all.extend_from_slice(extra);
    all
}

/// Runs a story's charts through both.
fn same(text: &str) {
    let story = Story::parse(text);
    let dir = tempfile::tempdir().expect("because the disk has room");
    story.write(dir.path());
    let mut different = Vec::new();
    for run in &story.runs {
        let args: Vec<&str> = run.iter().map(String::as_str).collect();
        let (want, got) = both(dir.path(), &args);
        let (want, got) = (want.map_err(schema_lines), got.map_err(schema_lines));
        if want != got {
            different.push(format!("{args:?}\n  want {}\n  got  {}", shown(&want, &got), shown(&got, &want)));
        }
    }
    assert!(!story.runs.is_empty(), "a story without runs says nothing");
    assert!(different.is_empty(), "{} of {} differ:\n{}", different.len(), story.runs.len(), different.join("\n"));
}

macro_rules! stories {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            same(include_str!(concat!("../stories/", stringify!($name), ".txt")));
        }
    )*};
}

mod stories {
    use super::same;

    stories! {
        globals aliases imports metadata hooks library definitions versions files texts types nils faults schemas medium
    }
}

/// How many times random values are tried, unless `BOWLINE_RANDOM_VALUES` says so.
const RANDOM_RUNS: u64 = 60;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test's configuration")]
fn random_values_give_the_same_text() {
    let runs = std::env::var("BOWLINE_RANDOM_VALUES").ok().and_then(|n| n.parse().ok()).unwrap_or(RANDOM_RUNS);
    let story = Story::parse(include_str!("../stories/random.txt"));
    let dir = tempfile::tempdir().expect("because the disk has room");
    story.write(dir.path());
    let (mut different, mut rendered) = (Vec::new(), 0);
    for seed in 1..=runs {
        let mut random = Repeating(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let keys = ["kid", "kid2", "wide", "grand", "probe", "tpl", "nums", "strs", "objs"];
        let text = values::mapping(&mut random, 4, &keys);
        chart(dir.path(), &[("v.yaml", &text)]);
        let mut args = vec!["rel".to_string(), values::pick(&mut random, &["outer", "probe"]).to_string()];
        args.extend(["-f".to_string(), "v.yaml".to_string()]);
        for _ in 0..random.below(3) {
            args.push(values::pick(&mut random, &["--set", "--set-string", "--set-literal"]).to_string());
            args.push(values::assignment(&mut random, &keys));
        }
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        let (want, got) = both(dir.path(), &args);
        rendered += u64::from(want.is_ok());
        if want != got {
            let (want, got) = (shown(&want, &got), shown(&got, &want));
            different.push(format!("seed {seed} {args:?} {text}\n  want {want}\n  got  {got}"));
        }
    }
    assert!(rendered * 5 > runs, "{rendered} of {runs} rendered: too few to say much");
    assert!(different.is_empty(), "{} of {runs} differ:\n{}", different.len(), different.join("\n"));
}

/// How many random templates are tried, unless `BOWLINE_RANDOM_TEMPLATES` says so; `BOWLINE_RANDOM_FIRST` is the first of them.
const RANDOM_TEMPLATES: u64 = 120;

#[test]
#[expect(clippy::disallowed_methods, reason = "a test's configuration")]
fn random_templates_give_the_same_text_or_the_same_error() {
    let number = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let (runs, first) =
        (number("BOWLINE_RANDOM_TEMPLATES").unwrap_or(RANDOM_TEMPLATES), number("BOWLINE_RANDOM_FIRST").unwrap_or(1));
    let dir = tempfile::tempdir().expect("because the disk has room");
    let (mut different, mut rendered) = (Vec::new(), 0);
    for seed in first..first + runs {
        let mut random = Repeating(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let depth = random.below(4);
        let body = templates::block(&mut random, depth);
        let helper = "{{ define \"helper\" }}[{{ kindOf . }}{{ with $x := . }}{{ $x }}{{ end }}]{{ end }}";
        // As a JSON text every result is YAML, and every byte counts.
        let body = format!("{{{{ define \"body\" }}}}{body}{{{{ end }}}}");
        // Where capabilities are printed with all else Go prints their address, another one each time.
        let all = "kind: Random\ntext: {{ include \"body\" (omit . \"Capabilities\") | toJson }}\n";
        chart(
            dir.path(),
            &files(&[
                ("c/templates/_helper.tpl", helper),
                ("c/templates/_body.tpl", &body),
                ("c/templates/all.yaml", all),
            ]),
        );
        let (want, got) = both(dir.path(), &["rel", "c"]);
        rendered += u64::from(want.is_ok());
        if want != got {
            different.push(format!("seed {seed} {body}\n  want {}\n  got  {}", shown(&want, &got), shown(&got, &want)));
        }
    }
    assert!(rendered * 5 > runs, "{rendered} of {runs} rendered: too few to say much");
    assert!(
        different.is_empty(),
        "{} of {runs} differ ({rendered} rendered):\n{}",
        different.len(),
        different.join("\n")
    );
}

fn both(directory: &Path, args: &[&str]) -> (Outcome, Outcome) {
    (helm_template(&peer("helm"), directory, args), our_template(&Helm::new(), directory, args))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn snippets_give_the_same_text() {
    let dir = tempfile::tempdir().expect("because the disk has room");
    let (mut defines, mut all) = (String::new(), String::from("kind: Snippets\n"));
    let snippets: Vec<&str> = lines(include_str!("../snippets/ok.txt")).collect();
    for (i, snippet) in snippets.iter().enumerate() {
        // Definitions cannot stand in definitions, so each snippet is a partial file of its own.
        let _ = writeln!(all, "s{i}: {{{{ include \"snip/templates/_s{i}.tpl\" . | toJson }}}}");
        let _ = write!(defines, "{snippet}\u{0}");
    }
    let names: Vec<String> = (0..snippets.len()).map(|i| format!("c/templates/_s{i}.tpl")).collect();
    let mut extra: Vec<(&str, &str)> = names.iter().map(String::as_str).zip(snippets.iter().copied()).collect();
    extra.push(("c/templates/all.yaml", &all));
    chart(dir.path(), &files(&extra));
    let (want, got) = both(dir.path(), &["rel", "c"]);
    let want = want.expect("because Helm renders every snippet");
    let got = got.expect("because we render every snippet");
    let mut different = Vec::new();
    for (want, got) in want.lines().zip(got.lines()) {
        if want != got {
            let snippet = want.split(':').next().and_then(|name| name[1..].parse::<usize>().ok()).map(|i| snippets[i]);
            let at = want.bytes().zip(got.bytes()).take_while(|(a, b)| a == b).count();
            let near =
                |text: &str| text.get(at.saturating_sub(60)..(at + 60).min(text.len())).unwrap_or(text).to_string();
            different.push(format!("{}\n  want …{}\n  got  …{}", snippet.unwrap_or("?"), near(want), near(got)));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn faults_are_told_in_the_same_words() {
    let mut different = Vec::new();
    for snippet in lines(include_str!("../snippets/errors.txt")) {
        let dir = tempfile::tempdir().expect("because the disk has room");
        let snippet = snippet.replace("\\n", "\n");
        chart(dir.path(), &files(&[("c/templates/a.yaml", &snippet)]));
        let (want, got) = both(dir.path(), &["rel", "c"]);
        if want != got {
            different.push(format!("{snippet}\n  want {want:?}\n  got  {got:?}"));
        }
    }
    assert!(different.is_empty(), "{} differ:\n{}", different.len(), different.join("\n"));
}

/// Charts that use each feature of charts, by their folder and what they are rendered with.
const CASES: &[(&str, &[&str])] = &[
    ("family", &["rel", "family"]),
    ("family", &["rel", "family", "-n", "prod", "--include-crds", "--skip-tests"]),
    ("family", &["family", "--set", "tags.back=false", "--set", "tags.front=true"]),
    ("family", &["rel", "family", "--set", "one.enabled=false,two.enabled=true", "--no-hooks"]),
    ("family", &["rel", "family", "-f", "family/other.yaml", "--is-upgrade", "--set", "global.level=user"]),
    ("family", &["rel", "family", "--set-json", "one={\"list\":[1.5,{\"a\":null}]}", "--set-string", "two.port=80"]),
    ("family", &["rel", "family", "--set", "one.drop=null,alias.text=null", "--set-literal", "lit=a,b{c}"]),
    ("family", &["rel", "family", "--set-file", "note=family/other.yaml", "--kube-version", "1.29.3-gke.1"]),
    ("family", &["rel", "family", "--kube-version", "1.10.0"]),
    ("family", &["rel", "family", "--kube-version", "x"]),
    ("family", &["rel", "family", "--api-versions", "a/v1,b/v1/K", "--show-only", "templates/main.yaml"]),
    ("family", &["rel", "family", "--show-only", "charts/one/templates/*"]),
    ("family", &["rel", "family", "--show-only", "nope.yaml"]),
    ("family", &["Rel", "family"]),
    ("family", &["a", "family", "b"]),
    ("family", &["family", "--name-template", "n-{{ add 1 2 }}"]),
    ("family", &["rel", "family", "--set", "a[0"]),
    ("family", &["rel", "family", "-f", "family/none.yaml"]),
    ("family", &["rel", "family", "--set", "one=5"]),
    ("strict", &["rel", "strict"]),
    ("strict", &["rel", "strict", "--set", "port=0,extra=1,kind=c,name=B"]),
    ("strict", &["rel", "strict", "--set-string", "port=80"]),
    ("strict", &["rel", "strict", "--set", "port=0", "--skip-schema-validation"]),
    ("strict", &["rel", "strict", "--set-json", "list=[1,1]"]),
    ("strict", &["rel", "strict", "--set-json", "list=[]", "--set", "name="]),
    ("lib", &["rel", "lib"]),
    ("missing", &["rel", "missing"]),
];

#[test]
fn charts_are_put_together_in_the_same_way() {
    let charts = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts");
    let mut different = Vec::new();
    for (_, args) in CASES {
        let (want, got) = both(&charts, args);
        let (want, got) = (want.map_err(schema_lines), got.map_err(schema_lines));
        if want != got {
            different.push(format!("{args:?}\n  want {}\n  got  {}", shown(&want, &got), shown(&got, &want)));
        }
    }
    assert!(different.is_empty(), "{} of {} differ:\n{}", different.len(), CASES.len(), different.join("\n"));
}

/// An outcome, from the line on where it differs from the other.
fn shown(one: &Outcome, other: &Outcome) -> String {
    match (one, other) {
        (Ok(one), Ok(other)) => {
            let same = one.lines().zip(other.lines()).take_while(|(a, b)| a == b).count();
            format!("line {same}: {:?}", one.lines().skip(same).take(4).collect::<Vec<_>>())
        }
        _ => format!("{one:?}").chars().take(900).collect(),
    }
}

/// Helm's validator goes over the fields of an object in no order: faults beside each other are sorted here, each with what
/// is below it, and so are names in one line.
fn schema_lines(error: String) -> String {
    if !error.starts_with("values don't meet") {
        return error;
    }
    fn sorted(lines: &[&str]) -> Vec<String> {
        let level = |line: &str| line.len() - line.trim_start().len();
        let mut blocks: Vec<Vec<String>> = Vec::new();
        let mut rest = lines;
        while let Some((first, after)) = rest.split_first() {
            let below = after.iter().take_while(|line| level(line) > level(first)).count();
            let mut block = vec![names_sorted(first)];
            block.extend(sorted(&after[..below]));
            blocks.push(block);
            rest = &after[below..];
        }
        // Faults of one chart come after the line with its name.
        let faults = |block: &Vec<String>| block[0].trim_start().starts_with("- ");
        let mut out = Vec::new();
        for run in blocks.chunk_by_mut(|a, b| faults(a) && faults(b)) {
            run.sort();
            out.extend(run.iter().flatten().cloned());
        }
        out
    }
    sorted(&error.lines().collect::<Vec<_>>()).join("\n")
}

fn names_sorted(line: &str) -> String {
    let Some((before, after)) = line.split_once("additional properties ") else { return line.to_string() };
    let Some((names, after)) = after.split_once(" not allowed") else { return line.to_string() };
    let mut names: Vec<&str> = names.split(", ").collect();
    names.sort_unstable();
    format!("{before}additional properties {} not allowed{after}", names.join(", "))
}

/// Templates that nobody wrote: pieces of the snippets, cut and joined. Each renders or fails; none panics or runs on.
#[test]
fn scrambled_templates_render_or_fail() {
    let all = format!("{}{}", include_str!("../snippets/ok.txt"), include_str!("../snippets/errors.txt"));
    let slow = ["gen", "htpasswd", "derivePassword", "bcrypt"];
    let pieces: Vec<&str> = all
        .split_inclusive(['}', '{', ' ', '|', '('])
        .filter(|piece| !slow.iter().any(|word| piece.contains(word)))
        .collect();
    let mut random = Repeating(42);
    let release = bowline_desired_helm::Release {
        limits: bowline_desired_helm::Limits { steps: 100_000, bytes: 8 << 20, ..Default::default() },
        ..bowline_desired_helm::Release::new("rel", "ns")
    };
    let helm = Helm::new();
    let user = bowline_base_value::Value::object();
    let mut rendered = 0;
    for _ in 0..3000 {
        let count = 3 + random.number() % 12;
        let mut text = String::new();
        for _ in 0..count {
            let from = random.number() as usize % pieces.len();
            let to = (from + 1 + random.number() as usize % 8).min(pieces.len());
            text.extend(pieces[from..to].iter().copied());
        }
        let tree = bowline_base_tree::MemoryTree::from_files(files(&[("c/templates/a.yaml", &text)]));
        let chart = bowline_desired_helm::load(&tree, "c").expect("because only a template is scrambled");
        rendered += usize::from(helm.render(&chart, &user, &release, &mut random).is_ok());
    }
    assert!(rendered > 0, "some must render, else little is tried");
}
