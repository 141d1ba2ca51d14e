//! Windows in time zones, and syncs that are under way when one closes.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::hooks::{end, hook, lab, message};
use crate::lab::{Lab, config_map};

fn set(lab: &Lab, project: &str, window: &Value) {
    let patch = json!({"spec": {"syncWindows": [window]}}).to_string();
    lab.kubectl(&["-n", &lab.control, "patch", "appproject", project, "--type=merge", "-p", &patch]);
}

#[test]
fn the_zone_of_a_window_decides_when_it_is_open() {
    let lab = Lab::new("zone");
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "1")))]);
    lab.cli(&["proj", "create", "zoned", "--dest", "*,*", "--src", "*"]);
    // Half an hour ago by the clocks of Tokyo, which is nine hours off everywhere in the year.
    let tokyo = TimeZone::get("Asia/Tokyo").expect("because jiff has zones");
    let begun = Timestamp::now().checked_sub(SignedDuration::from_mins(30)).expect("because it is later than 1970");
    let begun = tokyo.to_datetime(begun);
    let schedule = format!("{} {} * * *", begun.minute(), begun.hour());
    let window = |zone: &str| json!({"kind": "allow", "schedule": schedule, "duration": "4h", "timeZone": zone, "applications": ["*"]});
    set(&lab, "zoned", &window(""));
    lab.create("app", "app", &["--sync-policy", "automated", "--project", "zoned"]);
    let utc = format!("allow window \"{schedule}\" (UTC) for 4h is not open: until 20");
    lab.wait_condition("app", "SyncWaiting", &utc);
    assert!(lab.object("configmap", "a").is_null());
    set(&lab, "zoned", &window("Asia/Tokyo"));
    lab.wait_synced("app", None);

    // No such zone: nobody knows when it was meant, so it is closed.
    lab.repo.commit(&[("app/a.yaml", Some(&config_map("a", "2")))]);
    set(&lab, "zoned", &window("Asia/Atlantis"));
    lab.refresh("app");
    lab.wait_condition("app", "SyncWaiting", "unknown time zone \"Asia/Atlantis\": use a name such as Europe/Berlin");
}

#[test]
fn a_sync_that_a_closing_window_finds_under_way_goes_on_where_it_may_overrun() {
    let lab = lab("overrun");
    for name in ["stops", "overruns"] {
        lab.repo.commit(&[
            (&format!("{name}/hook.yaml"), Some(&hook(&format!("{name}-hook"), "PreSync", "HookSucceeded", "running"))),
            (&format!("{name}/one.yaml"), Some(&config_map(&format!("{name}-one"), "1"))),
        ]);
        lab.cli(&["proj", "create", name, "--dest", "*,*", "--src", "*"]);
        // Open in the first third of every minute.
        let window = json!({"kind": "allow", "schedule": "* * * * *", "duration": "20s", "applications": ["*"]});
        let mut window = window;
        window["syncOverrun"] = (name == "overruns").into();
        set(&lab, name, &window);
    }
    for name in ["stops", "overruns"] {
        lab.create(name, name, &["--sync-policy", "automated", "--project", name]);
    }
    // Both may have to wait for the next minute.
    let running = |name: &str| {
        let hook = format!("/ConfigMap/{name}-hook");
        let start = Timestamp::now();
        while !message(&lab.app(name)).contains(&hook) {
            assert!(Timestamp::now().duration_since(start) < SignedDuration::from_mins(3), "{:#}", lab.app(name));
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
    };
    running("stops");
    running("overruns");
    // A look while the window is closed holds the one and not the other.
    let start = Timestamp::now();
    let blocked = loop {
        lab.refresh("stops");
        lab.refresh("overruns");
        let (stops, overruns) = (lab.app("stops"), lab.app("overruns"));
        assert!(message(&overruns).contains("/ConfigMap/overruns-hook"), "{}", message(&overruns));
        if message(&stops).contains("blocked") {
            break stops;
        }
        assert!(Timestamp::now().duration_since(start) < SignedDuration::from_mins(3), "{stops:#}");
        std::thread::sleep(std::time::Duration::from_millis(200));
    };
    let told = message(&blocked);
    assert!(
        told.starts_with(
            "Sync operation blocked by sync window: allow window \"* * * * *\" (UTC) for 20s is not open: until 20"
        ),
        "{told}"
    );
    assert_eq!(blocked["status"]["operationState"]["phase"], "Running");
    // The hook ends at once where the sync may overrun; where it may not, when the window opens again.
    end(&lab, "overruns-hook", "done");
    lab.wait_object("configmap", "overruns-one", "applied", |one| !one.is_null());
    end(&lab, "stops-hook", "done");
    let start = Timestamp::now();
    while lab.object("configmap", "stops-one").is_null() {
        assert!(Timestamp::now().duration_since(start) < SignedDuration::from_mins(3), "{:#}", lab.app("stops"));
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}
