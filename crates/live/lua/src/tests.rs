//! Scripts on objects, and scripts that misbehave.

use bowline_base_value::from_json;
use bowline_core_types::Object;
use bowline_live_health::Health;
use jiff::Timestamp;

use super::*;

fn object(json: &str) -> Object {
    Object::new(from_json(json.as_bytes()).unwrap()).unwrap()
}

fn told(health: Option<Health>) -> String {
    health.map_or("none".into(), |h| format!("{}|{}", h.status, h.message))
}

const WIDGET: &str = r#"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"},"spec":{"size":3,"off":null},
    "status":{"conditions":[{"type":"Ready","status":"True","message":"all well"}]}}"#;

fn check(source: &str, open_libs: bool, want: &str) {
    let scripts = Scripts::new([HealthScript { kind: "example.com/Widget".into(), source: source.into(), open_libs }]);
    let now = Timestamp::from_second(1_767_225_600).unwrap();
    // Twice: what one run leaves behind does not change the next.
    for _ in 0..2 {
        assert_eq!(told(scripts.assess(&object(WIDGET), now)), want, "{source}");
    }
}

#[test]
fn a_script_reads_its_object_and_says_how_it_does() {
    check(
        r#"hs = {}
           for i, c in ipairs(obj.status.conditions) do
             if c.type == "Ready" and c.status == "True" then
               hs.status = "Healthy"
               hs.message = c.message
               return hs
             end
           end"#,
        false,
        "Healthy|all well",
    );
    check(r#"return {status = "Degraded", message = "size " .. obj.spec.size}"#, false, "Degraded|size 3");
    check(r#"if obj.spec.off == nil then return {status="Suspended"} end"#, false, "Suspended|");
    check("count = (count or 0) + 1; return {status='Healthy', message=tostring(count)}", false, "Healthy|1");
    check("return {status='Great'}", false, "Unknown|Lua returned an invalid health status");
    check("return {}", false, "Healthy|");
    check("return nil", false, "Healthy|");
    check("return 'Healthy'", false, "Unknown|expect table output from Lua script, not string");
    check(
        "return {status='Healthy', message={}}",
        false,
        "Unknown|message must be a string, the Lua script returned table",
    );
}

#[test]
fn the_dialect_is_what_scripts_expect() {
    check(
        "for i=1,3 do if i == 2 then goto continue end ::continue:: end return {status='Healthy', message=tostring(table.getn({1,2}))}",
        false,
        "Healthy|2",
    );
    check(
        "local os = require('os') return {status='Healthy', message=tostring(os.time())}",
        false,
        "Healthy|1767225600",
    );
    check("return {status='Healthy', message=os.date('!%Y-%m-%dT%H:%M:%S')}", false, "Healthy|2026-01-01T00:00:00");
    check(
        "return {status='Healthy', message=tostring(os.time({year=2026,month=1,day=1,hour=0}))}",
        false,
        "Healthy|1767225600",
    );
    check("return {status='Healthy', message=('a,b'):gsub(',', ';')}", true, "Healthy|a;b");
    check("return {status='Healthy', message=string.format('%d', math.pow(2, 3))}", true, "Healthy|8");
    check("print('x') return {status='Healthy'}", false, "Healthy|");
}

#[test]
fn nothing_leads_outside() {
    for name in ["io", "debug", "dofile", "loadfile", "load", "loadstring", "coroutine", "package", "collectgarbage"] {
        check(&format!("return {{status='Healthy', message=tostring({name})}}"), true, "Healthy|nil");
    }
    check("return {status='Healthy', message=tostring(os.execute)}", true, "Healthy|nil");
    check("return {status='Healthy', message=tostring(string)}", false, "Healthy|nil");
    check("require('io')", true, "Unknown|module io not found");
}

#[test]
fn a_script_that_misbehaves_costs_its_own_object() {
    check("return {", false, "Unknown|<script>:1: unexpected symbol near <eof>");
    check("return obj.nothing.there", false, "Unknown|<script>:1: attempt to index field 'nothing' (a nil value)");
    check("error('no way')", false, "Unknown|<script>:1: no way");
    let budget = "Unknown|the script used up its budget of instructions";
    check("while true do end", false, budget);
    check("while true do pcall(function() while true do end end) end", false, budget);
    check("local t = {} while true do t[#t+1] = {} end", false, "Unknown|not enough memory");
    check(
        "string.find(string.rep('a', 10000), 'a*a*a*a*b')",
        true,
        "Unknown|<script>:1: a pattern of 4 repeated parts takes too long on a text of 10000 bytes",
    );
    check("return {status='Healthy', message=('v1.2.3'):match('^v(%d+)%.(%d+)')}", true, "Healthy|1");
    check("string.rep('x', 1e9)", true, "Unknown|<script>:1: string.rep: the result is longer than 1 MiB");
}

#[test]
fn the_own_kind_comes_before_patterns_and_scripts_before_rules() {
    let script = |kind: &str, message: &str| HealthScript {
        kind: kind.into(),
        source: format!("return {{status='Healthy', message='{message}'}}"),
        open_libs: false,
    };
    let scripts = Scripts::new([script("*.io/*", "pattern"), script("a.io/A", "own"), script("Service", "core")]);
    let now = Timestamp::UNIX_EPOCH;
    let check = |api_version: &str, kind: &str, want: &str| {
        let json = format!(r#"{{"apiVersion":"{api_version}","kind":"{kind}"}}"#);
        assert_eq!(told(scripts.assess(&object(&json), now)), want);
    };
    check("a.io/v1", "A", "Healthy|own");
    check("a.io/v1", "B", "Healthy|pattern");
    check("v1", "Service", "Healthy|core");
    check("v1", "PersistentVolumeClaim", "Unknown|");
    check("v1", "ConfigMap", "none");
    let deleted = r#"{"apiVersion":"a.io/v1","kind":"A","metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}"#;
    assert_eq!(told(scripts.assess(&object(deleted), now)), "Progressing|Pending deletion");
}

#[test]
fn scripts_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Scripts>();
}
