//! Templates that nobody would write: every construct of the language, put together at random.

use crate::Repeating;
use crate::values::pick;

/// Operands by what they are: text, number, list, mapping, anything. Of the last some are errors to look into.
const TEXTS: &[&str] = &[
    "$.Values.str",
    "$.Values.multi",
    "$.Values.uni",
    "$.Values.long",
    "$.Values.map.k",
    "$.Values.nested.s",
    "$.Release.Name",
    "$.Chart.Version",
    "\"\"",
    "\"a\"",
    "\"a b,c\"",
    "`raw`",
    "\"1.2.3\"",
    "\"\u{e9}\\n\"",
    "\"12abc\"",
    "\"<a&b>\"",
];
const NUMBERS: &[&str] =
    &["1", "0", "-3", "7", "0x1F", "1e3", "'a'", "(int $.Values.int)", "(len \"abc\")", "(int64 $.Values.big)"];
const LISTS: &[&str] = &[
    "$.Values.list",
    "$.Values.nested.a.b",
    "(list 1 \"a\" nil)",
    "(list)",
    "(until 3)",
    "(splitList \",\" \"b,a,b\")",
    "$.Chart.Keywords",
    "(list (dict \"k\" 1) (list 2 3))",
];
const MAPPINGS: &[&str] = &[
    "$.Values.map",
    "$.Values.nested",
    "$.Values.html",
    "(dict \"k\" 1 \"a\" (list 1 2.5))",
    "(dict)",
    "(dict \"b\" (dict \"d\" nil))",
];
const ANYTHING: &[&str] = &[
    "$.Values.int",
    "$.Values.float",
    "$.Values.bool",
    "$.Values.nil",
    "$.Values.none",
    "($.Values.none).x",
    "(($.Values.nested).zz).y",
    "true",
    "false",
    "nil",
    "2.5",
    "$.Values.exp",
    "$.Values.tiny",
    "$.Release.IsInstall",
    "$.Values.neg",
    "$.Release.Revision",
];
const FAULTS: &[&str] =
    &["$.Values.nested.none.x", "$.Values.str.x", ".nope.x", "(index $.Values.list 99)", "(fail \"no\")", "$.Nope.x"];

/// Functions: the name with what stands before its operands, the kinds of those, and the kind of the result. `t` is a text, `n` a
/// number, `l` a list, `m` a mapping, `a` anything.
const FUNCTIONS: &[(&str, &str, char)] = &[
    ("default", "aa", 'a'),
    ("quote", "aa", 't'),
    ("squote", "a", 't'),
    ("printf \"%v|%5v|%-5v|\"", "aaa", 't'),
    ("printf \"%s %d %q\"", "tnt", 't'),
    ("printf \"%T %t\"", "aa", 't'),
    ("printf \"%x %05.1f %+v\"", "naa", 't'),
    ("print", "aaa", 't'),
    ("println", "aa", 't'),
    ("add", "nn", 'n'),
    ("sub", "nn", 'n'),
    ("mul", "nn", 'n'),
    ("div 7", "n", 'n'),
    ("mod 7", "n", 'n'),
    ("len", "t", 'n'),
    ("len", "l", 'n'),
    ("len", "m", 'n'),
    ("index (list 1 2 3)", "n", 'a'),
    ("dict \"k\"", "a", 'm'),
    ("list", "aa", 'l'),
    ("toJson", "a", 't'),
    ("toYaml", "a", 't'),
    ("toPrettyJson", "a", 't'),
    ("kindOf", "a", 't'),
    ("typeOf", "a", 't'),
    ("empty", "a", 'a'),
    ("not", "a", 'a'),
    ("and", "aa", 'a'),
    ("or", "aaa", 'a'),
    ("eq", "tt", 'a'),
    ("eq", "nnn", 'a'),
    ("ne", "tt", 'a'),
    ("lt", "nn", 'a'),
    ("ge", "tt", 'a'),
    ("trunc 3", "t", 't'),
    ("trunc -2", "t", 't'),
    ("upper", "t", 't'),
    ("hasKey", "mt", 'a'),
    ("get", "mt", 'a'),
    ("coalesce", "aaa", 'a'),
    ("int", "a", 'n'),
    ("int64", "a", 'n'),
    ("float64", "a", 'a'),
    ("toString", "a", 't'),
    ("join \",\"", "l", 't'),
    ("first", "l", 'a'),
    ("last", "l", 'a'),
    ("rest", "l", 'l'),
    ("has", "al", 'a'),
    ("trim", "t", 't'),
    ("indent 2", "t", 't'),
    ("nindent 2", "t", 't'),
    ("b64enc", "t", 't'),
    ("replace \"a\" \"b\"", "t", 't'),
    ("regexMatch \"^a\"", "t", 'a'),
    ("regexReplaceAll \"[a-c]+\"", "tt", 't'),
    ("untilStep 0 5", "n", 'l'),
    ("dig \"a\" \"b\" \"d\"", "m", 'a'),
    ("omit", "mt", 'm'),
    ("pick", "mt", 'm'),
    ("merge (dict \"k\" 1)", "m", 'm'),
    ("html", "a", 't'),
    ("js", "t", 't'),
    ("urlquery", "a", 't'),
    ("sha256sum", "t", 't'),
    ("cat", "aa", 't'),
    ("append", "la", 'l'),
    ("concat", "ll", 'l'),
    ("uniq", "l", 'l'),
    ("without", "la", 'l'),
    ("reverse", "l", 'l'),
    ("sortAlpha", "l", 'l'),
    ("keys", "m", 'l'),
    ("splitList \",\"", "t", 'l'),
    ("split \",\"", "t", 'm'),
    ("contains", "tt", 'a'),
    ("hasPrefix \"a\"", "t", 'a'),
    ("fromJson", "t", 'm'),
    ("toToml", "m", 't'),
    ("title", "t", 't'),
    ("plural \"one\" \"many\"", "n", 't'),
    ("max", "nn", 'n'),
    ("round", "an", 'a'),
    ("tpl \"{{ .k }}\"", "m", 't'),
    ("include \"helper\"", "a", 't'),
    ("compact", "l", 'l'),
    ("set (dict)", "ta", 'm'),
    ("tuple", "aa", 'l'),
    ("any", "aa", 'a'),
    ("all", "aa", 'a'),
    ("typeIs \"string\"", "a", 'a'),
    ("kindIs \"map\"", "a", 'a'),
    ("ternary 1 \"b\"", "b", 'a'),
    ("snakecase", "t", 't'),
    ("camelcase", "t", 't'),
    ("abbrev 5", "t", 't'),
    ("wrap 10", "t", 't'),
    ("slice (list 1 2 3) 1", "", 'l'),
    ("substr 0 2", "t", 't'),
    ("adler32sum", "t", 't'),
    ("ceil", "a", 'a'),
    ("mustToJson", "a", 't'),
    ("toRawJson", "a", 't'),
    ("chunk 2", "l", 'l'),
    ("deepCopy", "m", 'm'),
];

const NAMES: &[&str] = &["$a", "$b", "$c"];

/// A piece of a template, blocks in it `depth` deep.
pub fn block(random: &mut Repeating, depth: u64) -> String {
    let mut out = String::new();
    let mut known: Vec<&str> = Vec::new();
    statements(random, depth, &mut known, false, &mut out);
    out
}

fn statements(random: &mut Repeating, depth: u64, known: &mut Vec<&'static str>, looping: bool, out: &mut String) {
    for _ in 0..1 + random.below(3) {
        out.push_str(pick(random, &["", " ", "\n", "x\n  ", "text ", "\n\n  - "]));
        statement(random, depth, known, looping, out);
    }
}

/// An action's braces, with or without trimming.
fn action(random: &mut Repeating, inner: &str) -> String {
    let (open, close) = (pick(random, &["{{ ", "{{- ", "{{"]), pick(random, &[" }}", " -}}", "}}"]));
    format!("{open}{inner}{close}")
}

fn statement(random: &mut Repeating, depth: u64, known: &mut Vec<&'static str>, looping: bool, out: &mut String) {
    let choice = if depth == 0 { random.below(5) } else { random.below(12) };
    match choice {
        0..=2 => {
            let value = pipeline(random, 2, known);
            out.push_str(&action(random, &value));
        }
        3 => {
            let name = pick(random, NAMES);
            let assign = if known.contains(&name) && random.below(2) == 0 { "=" } else { ":=" };
            let value = pipeline(random, 2, known);
            out.push_str(&action(random, &format!("{name} {assign} {value}")));
            known.push(name);
        }
        4 if looping => {
            let condition = pipeline(random, 1, known);
            let word = pick(random, &["break", "continue"]);
            out.push_str(&format!("{{{{ if {condition} }}}}{{{{ {word} }}}}{{{{ end }}}}"));
        }
        4 => out.push_str(&action(random, "/* nothing */")),
        5 | 6 => {
            let condition = pipeline(random, 2, known);
            branch(random, depth, known, looping, &format!("if {condition}"), out);
        }
        7 | 8 => {
            let value = pipeline(random, 1, known);
            let mut scope = known.clone();
            let head = if random.below(3) == 0 {
                let name = pick(random, NAMES);
                scope.push(name);
                format!("with {name} := {value}")
            } else {
                format!("with {value}")
            };
            branch(random, depth, &mut scope, looping, &head, out);
        }
        9 | 10 => {
            let over = pick(
                random,
                &[
                    "$.Values.list",
                    "$.Values.map",
                    "$.Values.nested",
                    "until 3",
                    "3",
                    "$.Values.none",
                    "list 1 \"a\" nil",
                    "$.Values.int",
                ],
            );
            let mut scope = known.clone();
            let head = match random.below(3) {
                0 => format!("range {over}"),
                1 => {
                    scope.push("$a");
                    format!("range $a := {over}")
                }
                _ => {
                    scope.extend(["$a", "$b"]);
                    format!("range $a, $b := {over}")
                }
            };
            branch(random, depth, &mut scope, true, &head, out);
        }
        _ => {
            let dot = pipeline(random, 1, known);
            out.push_str(&action(random, &format!("template \"helper\" {dot}")));
        }
    }
}

fn branch(
    random: &mut Repeating,
    depth: u64,
    known: &mut Vec<&'static str>,
    looping: bool,
    head: &str,
    out: &mut String,
) {
    out.push_str(&action(random, head));
    let mut scope = known.clone();
    statements(random, depth - 1, &mut scope, looping, out);
    if random.below(2) == 0 {
        let chained = head.split(' ').next().filter(|word| *word != "range" && random.below(3) == 0);
        let otherwise = match chained {
            Some(word) => format!("else {word} {}", pipeline(random, 1, known)),
            None => "else".to_string(),
        };
        out.push_str(&action(random, &otherwise));
        let mut scope = known.clone();
        // What breaks a loop stands outside of its last part.
        statements(random, depth - 1, &mut scope, looping && !head.starts_with("range"), out);
    }
    out.push_str(&action(random, "end"));
}

fn pipeline(random: &mut Repeating, depth: u64, known: &[&str]) -> String {
    let mut kind = pick(random, &["t", "n", "l", "m", "a"]).chars().next().unwrap_or('a');
    let mut out = operand(random, kind, depth, known);
    for _ in 0..random.below(3) {
        let fits: Vec<_> = FUNCTIONS.iter().filter(|(_, kinds, _)| kinds.ends_with([kind, 'a'])).collect();
        let (name, kinds, result) = fits[random.below(fits.len() as u64) as usize];
        out.push_str(&format!(" | {name}"));
        for kind in kinds[..kinds.len() - 1].chars() {
            out.push(' ');
            out.push_str(&operand(random, kind, 0, known));
        }
        kind = *result;
    }
    out
}

/// Something of a kind; now and then something else.
fn operand(random: &mut Repeating, kind: char, depth: u64, known: &[&str]) -> String {
    let kind = match random.below(24) {
        0 => 'a',
        1 if random.below(4) == 0 => return pick(random, FAULTS).to_string(),
        _ => kind,
    };
    // No function is sure to give a condition.
    if depth > 0 && kind != 'b' && random.below(2) == 0 {
        let fits: Vec<_> = FUNCTIONS.iter().filter(|(_, _, result)| *result == kind || kind == 'a').collect();
        let (name, kinds, _) = fits[random.below(fits.len() as u64) as usize];
        let operands: String =
            kinds.chars().map(|kind| format!(" {}", operand(random, kind, depth - 1, known))).collect();
        return format!("({name}{operands})");
    }
    let all = match kind {
        't' => TEXTS,
        'n' => NUMBERS,
        'l' => LISTS,
        'm' => MAPPINGS,
        'b' => &["true", "false", "$.Values.bool", "(empty .)"],
        _ => match random.below(8) {
            0 => TEXTS,
            1 => NUMBERS,
            2 => LISTS,
            3 => MAPPINGS,
            4 if !known.is_empty() => known,
            5 => &["."],
            _ => ANYTHING,
        },
    };
    pick(random, all).to_string()
}
