use super::*;

fn check(format: &str, args: &[Value], want: &str) {
    assert_eq!(sprintf(format, args).to_str(), want, "{format}");
}

/// Expectations printed by Go 1.26.
#[test]
fn verbs_flags_and_widths() {
    let s = |text: &str| Value::string(text);
    check(
        "%.2f|%5d|%-5s|%05d|%x",
        &[Value::Float(2.34567), Value::int(42), s("ab"), Value::int(42), Value::int(255)],
        "2.35|   42|ab   |00042|ff",
    );
    check("%6.2f%%", &[Value::Float(12.345)], " 12.35%");
    check(
        "%c|%U|%08b|%o|%e|%g",
        &[Value::int(65), Value::int(65), Value::int(5), Value::int(8), Value::Float(1234.5678), Value::Float(1e21)],
        "A|U+0041|00000101|10|1.234568e+03|1e+21",
    );
    check("%[2]s %[1]s", &[s("a"), s("b")], "b a");
    check("%*d|%-*d|", &[Value::int(5), Value::int(42), Value::int(4), Value::int(7)], "   42|7   |");
    check("%+d % d %+.1f", &[Value::int(1), Value::int(2), Value::Float(0.5)], "+1  2 +0.5");
    check("%q %x %X %.2s", &[s("a\"b"), s("hi"), s("hi"), s("éab")], "\"a\\\"b\" 6869 6869 éa");
    check("%06.2f|%-8.1f|%+06d", &[Value::Float(-1.5), Value::Float(2.25), Value::int(7)], "-01.50|2.2     |+00007");
    check("%v %t %q", &[Value::Nil, Value::Bool(true), Value::int(65)], "<nil> true 'A'");
}

/// Expectations printed by Go 1.26.
#[test]
fn complaints() {
    check("%d", &[Value::Float(8080.0)], "%!d(float64=8080)");
    check("%d", &[Value::string("abc")], "%!d(string=abc)");
    check("%s", &[Value::Nil], "%!s(<nil>)");
    check("%s", &[], "%!s(MISSING)");
    check("%s", &[Value::string("a"), Value::string("b")], "a%!(EXTRA string=b)");
    check("%t %z %", &[Value::string("x"), Value::int(1)], "%!t(string=x) %!z(int=1) %!(NOVERB)");
    check("%[5]d", &[Value::int(1)], "%!d(BADINDEX)");
    let list =
        Value::list(vec![Value::Float(1.0), Value::string("a"), Value::Nil, Value::map([("x", Value::Float(1.0))])]);
    check("%s", &[list], "[%!s(float64=1) a <nil> map[x:%!s(float64=1)]]");
}

/// Expectations printed by Go 1.26.
#[test]
fn go_syntax_and_types() {
    let list = Value::list(vec![Value::int(1), Value::string("a"), Value::Nil, Value::map([("x", Value::int(1))])]);
    check(
        "%#v",
        std::slice::from_ref(&list),
        "[]interface {}{1, \"a\", interface {}(nil), map[string]interface {}{\"x\":1}}",
    );
    check("%T %T %T", &[Value::Float(1.0), list.clone(), Value::Nil], "float64 []interface {} <nil>");
    check("%v %+v", &[list.clone(), list], "[1 a <nil> map[x:1]] [1 a <nil> map[x:1]]");
    assert_eq!(
        sprint(&[
            Value::int(1),
            Value::int(2),
            Value::string("a"),
            Value::string("b"),
            Value::int(3),
            Value::Bool(true),
            Value::Nil
        ])
        .to_str(),
        "1 2ab3 true <nil>"
    );
    assert_eq!(sprintln(&[Value::string("a"), Value::int(1)]).to_str(), "a 1\n");
}
