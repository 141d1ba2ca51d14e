//! Schedules and windows as tables.

use bowline_core_crd::SyncWindow;
use jiff::Timestamp;
use jiff::civil::DateTime;

use super::*;

#[test]
fn schedules_know_what_comes_and_what_was() {
    for (schedule, time, next, last) in [
        ("* * * * *", "2026-01-01T00:00:30", "2026-01-01T00:01:00", "2026-01-01T00:00:00"),
        ("30 22 * * *", "2026-01-01T22:30:00", "2026-01-02T22:30:00", "2026-01-01T22:30:00"),
        ("*/15 9-17 * * MON-FRI", "2026-01-02T17:50:00", "2026-01-05T09:00:00", "2026-01-02T17:45:00"),
        ("0 0 1 * *", "2026-02-10T05:00:00", "2026-03-01T00:00:00", "2026-02-01T00:00:00"),
        // Either day field will do where both are given.
        ("0 0 13 * 5", "2026-02-11T00:00:00", "2026-02-13T00:00:00", "2026-02-06T00:00:00"),
        ("0 0 29 2 *", "2026-01-01T00:00:00", "2028-02-29T00:00:00", "2024-02-29T00:00:00"),
        ("5/20 3 * jan ?", "2026-01-31T03:46:00", "2027-01-01T03:05:00", "2026-01-31T03:45:00"),
    ] {
        let parsed = Schedule::new(schedule).unwrap();
        let time: DateTime = time.parse().unwrap();
        assert_eq!(parsed.next(time).unwrap(), next.parse::<DateTime>().unwrap(), "{schedule} after {time}");
        assert_eq!(parsed.last(time).unwrap(), last.parse::<DateTime>().unwrap(), "{schedule} before {time}");
    }
    assert_eq!(Schedule::new("0 0 30 2 *").unwrap().next("2026-01-01T00:00:00".parse().unwrap()), None);
}

#[test]
fn what_is_no_schedule_says_why() {
    for (schedule, want) in [
        ("* * * *", "expected exactly 5 fields, found 4"),
        ("60 * * * *", "60 is not within 0 to 59"),
        ("* * * * 7", "7 is not within 0 to 6"),
        ("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"),
        ("*/0 * * * *", "step of range should be a positive number: */0"),
        ("x * * * *", r#"no number: "x""#),
        ("1-2-3 * * * *", "too many hyphens: 1-2-3"),
    ] {
        let error = Schedule::new(schedule).unwrap_err().to_string();
        assert_eq!(error, format!("cannot parse schedule {schedule:?}: {want}"));
    }
}

/// `kind schedule for duration` with flags, one window; it is for every application.
fn window(kind: &str, schedule: &str, duration: &str, flags: &str) -> SyncWindow {
    SyncWindow {
        kind: kind.into(),
        schedule: schedule.into(),
        duration: duration.into(),
        applications: vec!["*".into()],
        manual_sync: flags.contains("manual"),
        sync_overrun: flags.contains("overrun"),
        time_zone: flags.split(' ').find(|f| f.contains('/')).unwrap_or_default().into(),
        ..SyncWindow::default()
    }
}

fn decide(windows: &[SyncWindow], now: &str, manual: bool, started: Option<&str>) -> String {
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let asked = Asked { now: time(now), manual, started: started.map(time) };
    match Windows::new(windows).decide(asked) {
        Decision::Allowed => "allowed".into(),
        Decision::Blocked { reason, until } => {
            format!("{reason} until {}", until.map_or("?".into(), |t| t.to_string()))
        }
    }
}

#[test]
fn windows_allow_and_deny() {
    let night = window("allow", "0 22 * * *", "8h", "");
    let freeze = window("deny", "0 0 24 12 *", "72h", "");
    let (day, dark) = ("2026-06-01T12:00:00Z", "2026-06-02T01:00:00Z");
    let check = |windows: &[SyncWindow], now: &str, want: &str| assert_eq!(decide(windows, now, false, None), want);
    check(&[], day, "allowed");
    check(std::slice::from_ref(&night), dark, "allowed");
    check(
        std::slice::from_ref(&night),
        day,
        r#"blocked by sync window: allow window "0 22 * * *" (UTC) for 8h is not open until 2026-06-01T22:00:00Z"#,
    );
    check(std::slice::from_ref(&freeze), day, "allowed");
    check(
        &[night.clone(), freeze.clone()],
        "2026-12-25T23:00:00Z",
        r#"blocked by sync window: deny window "0 0 24 12 *" (UTC) for 72h is open until 2026-12-27T00:00:00Z"#,
    );
    check(
        &[window("maybe", "* * * * *", "1h", "")],
        day,
        r#"invalid sync windows: kind "maybe" mismatch: can only be allow or deny until ?"#,
    );
}

#[test]
fn people_may_where_every_blocking_window_says_so() {
    let (open, shut) = (window("deny", "0 12 * * *", "1h", "manual"), window("deny", "0 12 * * *", "2h", ""));
    let noon = "2026-06-01T12:30:00Z";
    assert_eq!(decide(std::slice::from_ref(&open), noon, true, None), "allowed");
    assert!(decide(std::slice::from_ref(&open), noon, false, None).starts_with("blocked"));
    assert!(decide(&[open, shut], noon, true, None).starts_with("blocked"));
    let closed = window("allow", "0 22 * * *", "1h", "manual");
    assert_eq!(decide(&[closed], noon, true, None), "allowed");
}

#[test]
fn a_sync_that_began_in_time_may_overrun() {
    let deny = |flags: &str| window("deny", "0 12 * * *", "1h", flags);
    let (before, during) = (Some("2026-06-01T11:59:00Z"), "2026-06-01T12:01:00Z");
    assert_eq!(decide(&[deny("overrun")], during, false, before), "allowed");
    assert!(decide(&[deny("")], during, false, before).starts_with("blocked"));
    assert!(decide(&[deny("overrun"), deny("")], during, false, before).starts_with("blocked"));
    assert!(
        decide(&[deny("overrun")], "2026-06-01T12:30:00Z", false, Some("2026-06-01T12:10:00Z")).starts_with("blocked")
    );
    let allow = window("allow", "0 11 * * *", "1h", "overrun");
    assert_eq!(decide(&[allow], during, false, before), "allowed");
}

#[test]
fn schedules_are_in_their_zone() {
    let berlin = window("deny", "0 9 * * *", "1h", "Europe/Berlin");
    let windows = [berlin];
    assert!(decide(&windows, "2026-01-15T08:30:00Z", false, None).starts_with("blocked"), "winter");
    assert!(decide(&windows, "2026-07-15T07:30:00Z", false, None).starts_with("blocked"), "summer");
    assert_eq!(decide(&windows, "2026-07-15T08:30:00Z", false, None), "allowed");
    let nowhere = window("deny", "0 9 * * *", "1h", "Nowhere/Land");
    assert!(decide(&[nowhere], "2026-01-15T08:30:00Z", false, None).contains("unknown time zone"));
}

#[test]
fn windows_select_applications() {
    let app = App { name: "web-prod", namespace: "prod", server: "https://10.0.0.1", cluster: "" };
    let check = |applications: &[&str], namespaces: &[&str], clusters: &[&str], all: bool, want: bool| {
        let list = |texts: &[&str]| texts.iter().map(ToString::to_string).collect();
        let window = SyncWindow {
            applications: list(applications),
            namespaces: list(namespaces),
            clusters: list(clusters),
            and_operator: all,
            ..window("deny", "* * * * *", "1h", "")
        };
        assert_eq!(!Windows::new([&window]).matching(app).is_empty(), want, "{window:?}");
    };
    check(&[], &[], &[], false, false);
    check(&["web-*"], &[], &[], false, true);
    check(&["x"], &["prod"], &[], false, true);
    check(&["x"], &["prod"], &[], true, false);
    check(&["*"], &["prod"], &["https://10.*"], true, true);
    check(&["*"], &[], &["in-cluster"], true, false);
}
