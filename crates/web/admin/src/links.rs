//! Deep links: addresses that settings make of what is shown (`application.links`, `project.links`, `resource.links`).

use std::sync::Arc;

use bowline_base_clock::Clock;
use bowline_base_expr::Expression;
use bowline_base_gotmpl::{Functions, Host, Limits, MissingKey, Numbers, Runtime, Templates, Text, from_base};
use bowline_base_value::{Map, Value, yaml};
use bowline_core_crd::{AppProject, Application};
use bowline_core_types::is_safe_url;
use bowline_web_auth::{Random, SystemRandom};
use bowline_web_wire::application::{LinkInfo, LinksResponse};
use bowline_web_wire::tonic::Status;
use serde_json::json;

use crate::context::Context;

/// What a link's condition and address may cost: some milliseconds.
const LIMITS: Limits = Limits { steps: 200_000, bytes: 1 << 20, stack: 1 << 20 };
/// Links of one setting.
const LINKS: usize = 100;

/// What links are about: the names that conditions and templates know.
#[derive(Clone, Debug, Default)]
pub struct About(Map);

/// A link as a setting has it.
#[derive(Debug)]
struct Link {
    title: String,
    url: String,
    description: Option<String>,
    icon: Option<String>,
    condition: Option<String>,
}

/// Time and randomness for templates.
struct Machine<'c>(&'c dyn Clock);

impl Host for Machine<'_> {
    fn random(&mut self, bytes: &mut [u8]) {
        SystemRandom.fill(bytes);
    }

    fn now(&self) -> (i64, u32) {
        let now = self.0.now();
        (now.as_second(), now.subsec_nanosecond().unsigned_abs())
    }
}

// === impl About ===

impl About {
    /// An application, its cluster and its project, as far as they are known.
    pub fn application(context: &Context, app: &Application) -> About {
        let mut names = Map::new();
        if let Ok(app) = serde_json::to_value(app).map(Value::from) {
            names.insert("application", app.clone());
            names.insert("app", app);
        }
        let to = &app.spec.destination;
        if let Ok(cluster) = context.world.destination(&to.server, &to.name) {
            let (labels, annotations) =
                cluster.secret.as_ref().map(|secret| (&secret.labels, &secret.annotations)).unzip();
            let cluster =
                json!({"server": cluster.server, "name": cluster.name, "labels": labels, "annotations": annotations});
            names.insert("cluster", Value::from(cluster));
        }
        let about = About(names);
        match context.world.project(app.spec.project()) {
            Some(project) => about.with_project(&project),
            None => about,
        }
    }

    /// With a project.
    pub fn with_project(mut self, project: &AppProject) -> About {
        // The tokens of roles are nobody's business.
        let mut shown = project.clone();
        shown.status = Default::default();
        shown.spec.roles.iter_mut().for_each(|role| role.jwt_tokens.clear());
        if let Ok(project) = serde_json::to_value(&shown).map(Value::from) {
            self.0.insert("project", project);
        }
        self
    }

    /// With an object of a cluster, whose secrets are hidden already.
    pub fn with_resource(mut self, object: Value) -> About {
        self.0.insert("resource", object);
        self
    }
}

/// The links that the setting `key` of `argocd-cm` makes of this. One whose condition or address cannot be worked out is left out
/// and told in the log: it is a fault of the setting, not of the caller.
pub fn links(context: &Context, key: &str, about: &About) -> Result<LinksResponse, Status> {
    let Some(text) = context.world.config("argocd-cm", key).filter(|text| !text.trim().is_empty()) else {
        return Ok(LinksResponse::default());
    };
    let links = read(&text)
        .map_err(|reason| Status::failed_precondition(format!("{key} in argocd-cm cannot be read: {reason}")))?;
    let functions = Arc::new(bowline_base_sprig::functions().without(&["env", "expandenv", "getHostByName"]));
    let names = Value::from(about.0.clone());
    let mut items = Vec::new();
    for link in links {
        match made(&link, &names, &functions, &*context.clock) {
            Ok(Some(url)) => items.push(LinkInfo {
                title: Some(link.title),
                url: Some(url),
                description: link.description,
                icon_class: link.icon,
            }),
            Ok(None) => {}
            Err(reason) => tracing::warn!(setting = key, link = link.title, reason, "a link is left out"),
        }
    }
    Ok(LinksResponse { items })
}

fn read(text: &str) -> Result<Vec<Link>, String> {
    let read = yaml::from_yaml(text).map_err(|error| error.to_string())?;
    let items = read.as_array().ok_or("it must be a list")?;
    if items.len() > LINKS {
        return Err(format!("there are more than {LINKS} links"));
    }
    let link = |(i, item): (usize, &Value)| {
        let optional = |key: &str| item.str_at(&[key]).map(str::to_string);
        let wanted = |key: &str| optional(key).ok_or_else(|| format!("link {} has no {key}", i + 1));
        Ok(Link {
            title: wanted("title")?,
            url: wanted("url")?,
            description: optional("description"),
            icon: optional("icon.class"),
            condition: optional("if"),
        })
    };
    items.iter().enumerate().map(link).collect()
}

/// The address; `None` where the condition does not hold.
fn made(link: &Link, names: &Value, functions: &Arc<Functions>, clock: &dyn Clock) -> Result<Option<String>, String> {
    if let Some(condition) = &link.condition {
        let holds = Expression::new(condition).and_then(|condition| condition.holds(names));
        if !holds.map_err(|error| error.to_string())? {
            return Ok(None);
        }
    }
    let mut templates = Templates::new();
    templates.add("deep-link", &Text::from(link.url.as_str()), functions).map_err(|error| error.message)?;
    let mut machine = Machine(clock);
    let dot = from_base(names, Numbers::Floats);
    let mut run =
        Runtime::new("deep-link", Arc::new(templates), functions.clone(), MissingKey::Default, LIMITS, &mut machine);
    let url = run.execute(&Text::from("deep-link"), &dot).map_err(|error| error.to_string())?;
    let url = String::from_utf8(url).map_err(|_| "the address is no UTF-8")?;
    if is_safe_url(&url) { Ok(Some(url)) } else { Err(format!("{url:?} is no http or https address")) }
}

#[cfg(test)]
mod tests {
    use bowline_base_clock::ManualClock;
    use bowline_base_value::from_json;

    use super::*;

    fn check(setting: &str) -> Result<Vec<String>, String> {
        let names = from_json(
            br#"{"app": {"metadata": {"name": "shop"}, "spec": {"project": "web"}}, "cluster": {"name": "eu"}}"#,
        );
        let (names, clock) = (names.unwrap(), ManualClock::new(jiff::Timestamp::UNIX_EPOCH));
        let functions = Arc::new(bowline_base_sprig::functions());
        let mut told = Vec::new();
        for link in read(setting)? {
            match made(&link, &names, &functions, &clock) {
                Ok(Some(url)) => told.push(format!("{} {url}", link.title)),
                Ok(None) => {}
                Err(reason) => told.push(format!("{}: {reason}", link.title)),
            }
        }
        Ok(told)
    }

    #[test]
    fn conditions_decide_and_templates_fill_in() {
        let setting = r#"
- {url: "https://logs/{{.app.metadata.name | upper}}?c={{.cluster.name}}", title: Logs, icon.class: fa-book, description: all}
- {url: https://web, title: Web, if: 'app.spec.project == "web"'}
- {url: https://other, title: Other, if: app.spec.project == "other"}
- {url: /settings, title: Here}
"#;
        assert_eq!(check(setting).unwrap(), ["Logs https://logs/SHOP?c=eu", "Web https://web", "Here /settings"]);
        assert_eq!(read(setting).unwrap()[0].icon.as_deref(), Some("fa-book"));
    }

    #[test]
    fn what_is_wrong_is_left_out_and_told() {
        let setting = r#"
- {url: "javascript:alert(1)", title: a}
- {url: "//evil/x", title: b}
- {url: "https://x/{{.app.metadata.name.deeper}}", title: c}
- {url: https://x, title: d, if: app.spec.project}
- {url: https://x, title: e, if: "1 +"}
- {url: "{{", title: f}
"#;
        let told = check(setting).unwrap();
        for (line, want) in told.iter().zip([
            "a: \"javascript:alert(1)\" is no http or https address",
            "b: \"//evil/x\" is no http or https address",
            "c: template: deep-link:1:",
            "d: the condition is neither true nor false but string",
            "e: a value is missing",
            "f: ",
        ]) {
            assert!(line.starts_with(want), "{line}");
        }
        assert_eq!(told.len(), 6);
        assert_eq!(read("a: b").unwrap_err(), "it must be a list");
        assert_eq!(read("[{title: a}]").unwrap_err(), "link 1 has no url");
    }
}
