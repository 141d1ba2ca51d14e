//! sprig's own tests as a corpus, run where it is present.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bowline_base_gotmpl::{Host, Limits, MissingKey, Numbers, Runtime, Templates, Text, from_base};
use bowline_base_sprig::functions;
use serde_json::Value as Json;

/// A world that repeats itself.
struct Fixed(u64);

impl Host for Fixed {
    fn random(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *byte = (self.0 >> 32) as u8;
        }
    }

    fn now(&self) -> (i64, u32) {
        (1_700_000_000, 0)
    }
}

#[expect(clippy::disallowed_methods, clippy::print_stdout, reason = "tests read the corpus from disk and say so")]
fn records() -> Option<Vec<Json>> {
    let root = std::env::var("BOWLINE_CORPUS")
        .map_or_else(|_| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../../shared/corpus"), PathBuf::from);
    let path = root.join("unit/sprig_funcs.jsonl.xz");
    let Ok(packed) = std::fs::read(&path) else {
        println!("corpus sprig_funcs: absent ({}), nothing was run", path.display());
        return None;
    };
    let mut text = Vec::new();
    lzma_rs::xz_decompress(&mut packed.as_slice(), &mut text).expect("the corpus is readable");
    let text = String::from_utf8(text).expect("the corpus is text");
    Some(text.lines().map(|line| serde_json::from_str(line).expect("the corpus is JSON")).collect())
}

/// Data that only Go has, or the present moment.
fn left_out(record: &Json) -> bool {
    let of_a_struct =
        ["TestTypeOf", "TestKindOf", "TestTypeIs", "TestKindIs"].contains(&record["test"].as_str().unwrap_or_default());
    of_a_struct || record["vars"]["Time"] == ""
}

/// Functions whose result is random, or depends on the time or the machine.
const UNSTABLE: &[&str] = &[
    "bcrypt",
    "htpasswd",
    "rand",
    "uuidv4",
    "shuffle",
    "genPrivateKey",
    "genCA",
    "genSelfSignedCert",
    "genSignedCert",
    "encryptAES",
    "now",
    "ago",
    "getHostByName",
    "env",
    "expandenv",
];

fn render(text: &str, vars: &Json) -> Result<String, String> {
    let functions = Arc::new(functions());
    let mut templates = Templates::new();
    templates.add("test", &Text::from(text), &functions).map_err(|error| error.message)?;
    let mut host = Fixed(0x9e37_79b9_7f4a_7c15);
    let mut rt =
        Runtime::new("test", Arc::new(templates), functions, MissingKey::Default, Limits::default(), &mut host);
    let dot = from_base(&vars.clone().into(), Numbers::Exact);
    rt.execute(&Text::from("test"), &dot)
        .map(|out| String::from_utf8_lossy(&out).into_owned())
        .map_err(|e| e.to_string())
}

#[test]
#[expect(clippy::print_stdout, reason = "the score is read by people")]
fn corpus_sprig_funcs() {
    let Some(records) = records() else { return };
    let (mut total, mut unstable, mut failures) = (0, 0, Vec::new());
    for record in &records {
        let text = record["tpl"].as_str().unwrap();
        // The captured variables hold times as text.
        let with_time = format!("{{{{- $_ := set . \"Time\" (toDate \"2006-01-02T15:04:05Z\" .Time) -}}}}{text}");
        let text = if record["vars"]["Time"].as_str().is_some_and(|time| time.ends_with('Z')) {
            with_time.as_str()
        } else {
            text
        };
        if left_out(record) || UNSTABLE.iter().any(|name| text.contains(name)) {
            unstable += 1;
            continue;
        }
        total += 1;
        let got = render(text, &record["vars"]);
        let want = match record.get("err").and_then(Json::as_str) {
            Some(error) => Err(error.to_string()),
            None => Ok(record["out"].as_str().unwrap().to_string()),
        };
        if got != want {
            failures
                .push(format!("{}: {text} with {}\n  want {want:?}\n  got  {got:?}", record["test"], record["vars"]));
        }
    }
    println!(
        "corpus sprig_funcs: {}/{total}, random, of the moment or of Go's types {unstable}",
        total - failures.len()
    );
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

/// Certificates hold together: what one key signs, its certificate is needed for, and all comes out the same again.
#[test]
fn certificates_are_made_of_the_hosts_randomness_and_time() {
    let text = "{{ $ca := genCA \"ca\" 365 }}{{ $c := genSignedCert \"x.org\" (list \"10.0.0.1\") (list \"a.org\") 30 $ca }}\
                {{ $ca.Cert }}{{ $c.Cert }}{{ $c.Key }}{{ genSelfSignedCertWithKey \"y\" nil nil 1 (genPrivateKey \"ecdsa\") | toJson }}";
    let first = render(text, &Json::Null).unwrap();
    assert_eq!(first.matches("BEGIN CERTIFICATE").count(), 3);
    assert_eq!(first, render(text, &Json::Null).unwrap());
    let wrong = "{{ $ca := genCA \"ca\" 1 }}{{ $other := genCA \"b\" 1 }}\
                 {{ (genSignedCert \"x\" nil nil 1 (buildCustomCert ($ca.Cert | b64enc) ($other.Key | b64enc))).Cert }}";
    assert!(render(wrong, &Json::Null).unwrap_err().ends_with("doesn't match parent's PublicKey"));
    for (text, want) in [
        ("{{ encryptAES \"key\" \"text\" | decryptAES \"key\" }}", "text"),
        ("{{ htpasswd \"a:b\" \"c\" }}", "invalid username: a:b"),
        ("{{ bcrypt \"x\" | len }} {{ bcrypt \"x\" | hasPrefix \"$2a$10$\" }}", "60 true"),
        ("{{ genPrivateKey \"ed25519\" | len }} {{ genPrivateKey \"q\" }}", "119 Unknown type q"),
        ("{{ randAlphaNum 5 | len }}{{ uuidv4 | len }}{{ randBytes 3 | len }}", "5364"),
    ] {
        assert_eq!(render(text, &Json::Null).as_deref(), Ok(want), "{text}");
    }
}
