//! Badges, and the page that describes the API.

use super::*;

fn settings(lab: &Lab, pairs: &[(&str, &str)]) {
    let map = pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    lab.world.put_config_map("argocd-cm", Some(map));
}

#[tokio::test]
async fn a_badge_tells_a_state_to_everybody_where_that_is_wanted() {
    let lab = with_auth(false, false);
    let mut app = Application::new("argocd", "cart");
    app.metadata.resource_version = "1".into();
    app.spec.project = "shop".into();
    app.status.health.status = HealthStatusCode::Healthy;
    app.status.sync.status = "Synced".into();
    let revision = "0123456789abcdef0123456789abcdef01234567";
    let state = serde_json::json!({"operation": {}, "phase": "Succeeded", "startedAt": "2026-01-01T00:00:00Z", "syncResult": {"revision": revision}});
    app.status.operation_state = Some(serde_json::from_value(state).unwrap());
    lab.world.put_app(app);
    let words = async |query: &str| {
        let (status, svg, headers) = lab.send(&format!("GET /api/badge?{query}"), &[], "").await;
        assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "image/svg+xml"), "{query}: {svg}");
        assert_eq!(headers["cache-control"], "private, no-store");
        assert_eq!(headers["access-control-allow-origin"], "*");
        let texts = svg
            .split("<text ")
            .skip(1)
            .map(|rest| rest[rest.find('>').unwrap() + 1..rest.find("</").unwrap()].to_string());
        texts.collect::<Vec<_>>().join("|")
    };
    // Who may not know whether there is an application is told nothing.
    assert_eq!(words("name=cart").await, "Unknown|Unknown");
    assert_eq!(words("name=none").await, "Unknown|Unknown");
    settings(&lab, &[("statusbadge.enabled", "true")]);
    for (query, want) in [
        ("name=cart", "Healthy|Synced"),
        ("name=none", "Not Found|"),
        ("name=cart&namespace=elsewhere", "Not Found|"),
        ("name=cart&revision=true", "Healthy|Synced|(0123456)"),
        ("name=cart&revision=TRUE&keepFullRevision=true", "Healthy|Synced|(0123456789abcdef0123456789abcdef01234567)"),
        ("name=cart&showAppName=true", "Healthy|Synced|cart"),
        ("project=shop", "Healthy|Synced"),
        ("project=none", "Unknown|Unknown"),
        ("", "Unknown|Unknown"),
    ] {
        assert_eq!(words(query).await, want, "{query}");
    }
    put(&lab, "pay", 2, "Progressing");
    assert_eq!(words("project=shop&project=default").await, "Degraded|OutOfSync");
    for query in ["name=A%3Cscript%3E", "namespace=..&name=cart", "project=a%2Fb"] {
        assert_eq!(lab.send(&format!("GET /api/badge?{query}"), &[], "").await.0, 400, "{query}");
    }
    assert_eq!(lab.send("POST /api/badge?name=cart", &[], "").await.0, 405);
}

#[tokio::test]
async fn the_api_describes_itself_unless_it_is_told_not_to() {
    let lab = lab(false);
    let (status, page, headers) = lab.send("GET /swagger-ui", &[], "").await;
    assert_eq!((status, headers["content-type"].to_str().unwrap()), (200, "text/html; charset=utf-8"));
    assert!(page.contains("<code>/api/v1/session</code>") && page.contains("href=\"swagger.json\""), "{page}");
    let params = Map::from([("server.disable.swagger.ui".to_string(), "true".to_string())]);
    lab.world.put_config_map("argocd-cmd-params-cm", Some(params));
    lab.options(Flags::default());
    for path in ["/swagger-ui", "/swagger.json"] {
        lab.check(&format!("GET {path}"), &[], "", (404, "Not Found\n")).await;
    }
}
