//! [`Discovery`]: what a cluster serves.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::{ApiResource, Client, Error};

/// Asks for everything at once; servers before Kubernetes 1.26 answer in the old form.
const AGGREGATED: &str = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                          application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,\
                          application/json";

/// What a cluster serves: kinds with their versions, the preferred one first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    kinds: BTreeMap<(Arc<str>, Arc<str>), Vec<ApiResource>>,
    /// `group/version`s that are there and could not be read, with the reason: what they serve is not known.
    unknown: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Root {
    kind: String,
    /// Aggregated.
    #[serde(default)]
    items: Vec<Group>,
    /// Legacy `/api`.
    #[serde(default)]
    versions: Vec<String>,
    /// Legacy `/apis`.
    #[serde(default)]
    groups: Vec<LegacyGroup>,
}

#[derive(Deserialize)]
struct Group {
    metadata: Metadata,
    #[serde(default)]
    versions: Vec<Version>,
}

#[derive(Deserialize)]
struct Metadata {
    /// The core group has no name.
    #[serde(default)]
    name: String,
}

#[derive(Deserialize)]
struct Version {
    version: String,
    #[serde(default)]
    resources: Vec<Resource>,
    #[serde(default)]
    freshness: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Resource {
    resource: String,
    #[serde(default)]
    response_kind: Option<Kind>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    verbs: Vec<String>,
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyGroup {
    name: String,
    versions: Vec<LegacyVersion>,
    preferred_version: Option<LegacyVersion>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegacyVersion {
    group_version: String,
    version: String,
}

#[derive(Deserialize)]
struct LegacyResources {
    resources: Vec<LegacyResource>,
}

#[derive(Deserialize)]
struct LegacyResource {
    name: String,
    kind: String,
    namespaced: bool,
    #[serde(default)]
    verbs: Vec<String>,
}

// === impl Discovery ===

impl Discovery {
    /// Asks the cluster: two requests, or some more where it is old.
    pub async fn fetch(client: &Client) -> Result<Discovery, Error> {
        let (core, named) = tokio::join!(
            client.get_accepting::<Root>("/api", AGGREGATED),
            client.get_accepting::<Root>("/apis", AGGREGATED)
        );
        let mut discovery = Discovery::default();
        for root in [core?, named?] {
            if root.kind == "APIGroupDiscoveryList" {
                root.items.into_iter().for_each(|group| discovery.add_group(group));
            } else {
                discovery.add_legacy(client, root).await?;
            }
        }
        Ok(discovery)
    }

    fn add_group(&mut self, group: Group) {
        for version in group.versions {
            if version.freshness == "Stale" {
                let title = group_version(&group.metadata.name, &version.version);
                self.unknown.insert(title, "the API server could not reach the server that serves it".into());
            }
            for resource in version.resources {
                // An aggregated server may name a resource before it says what kind it is of.
                let Some(kind) = resource.response_kind.map(|k| k.kind).filter(|kind| !kind.is_empty()) else {
                    continue;
                };
                let namespaced = resource.scope == "Namespaced";
                self.add(
                    &group.metadata.name,
                    &version.version,
                    &kind,
                    &resource.resource,
                    namespaced,
                    &resource.verbs,
                );
            }
        }
    }

    async fn add_legacy(&mut self, client: &Client, root: Root) -> Result<(), Error> {
        let core = root.versions.into_iter().map(|version| ("/api/".to_string() + &version, String::new(), version));
        let named = root.groups.into_iter().flat_map(|group| {
            let preferred = group.preferred_version.map(|v| v.version);
            let mut versions = group.versions;
            versions.sort_by_key(|v| Some(&v.version) != preferred.as_ref());
            let name = group.name;
            versions.into_iter().map(move |v| (format!("/apis/{}", v.group_version), name.clone(), v.version))
        });
        for (path, group, version) in core.chain(named).collect::<Vec<_>>() {
            match client.get_path::<LegacyResources>(&path).await {
                Ok(list) => {
                    for resource in list.resources.iter().filter(|r| !r.name.contains('/')) {
                        self.add(
                            &group,
                            &version,
                            &resource.kind,
                            &resource.name,
                            resource.namespaced,
                            &resource.verbs,
                        );
                    }
                }
                // One broken aggregated server must not hide all the others.
                Err(error @ Error::Status(_)) => {
                    self.unknown.insert(group_version(&group, &version), error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn add(&mut self, group: &str, version: &str, kind: &str, plural: &str, namespaced: bool, verbs: &[String]) {
        let resource = ApiResource {
            group: group.into(),
            version: version.into(),
            kind: kind.into(),
            plural: plural.into(),
            namespaced,
            verbs: verbs.iter().map(|verb| verb.as_str().into()).collect(),
        };
        let versions = self.kinds.entry((resource.group.clone(), resource.kind.clone())).or_default();
        // Of several resources of one kind (such as `pods` and `pods/binding` in old servers) the first is the kind's own.
        if versions.iter().all(|known| known.version != resource.version) {
            versions.push(resource);
        }
    }

    /// The kind at `version`; `None` where it is not served.
    pub fn resource(&self, group: &str, version: &str, kind: &str) -> Option<&ApiResource> {
        self.versions(group, kind).iter().find(|resource| resource.version.as_ref() == version)
    }

    /// The kind at the version that the server prefers.
    pub fn preferred(&self, group: &str, kind: &str) -> Option<&ApiResource> {
        self.versions(group, kind).first()
    }

    /// The kind at all its versions, the preferred one first.
    pub fn versions(&self, group: &str, kind: &str) -> &[ApiResource] {
        self.kinds.get(&(group.into(), kind.into())).map(Vec::as_slice).unwrap_or_default()
    }

    /// The resource `plural`, as people write it, at its preferred version.
    pub fn plural(&self, group: &str, plural: &str) -> Option<&ApiResource> {
        self.all().find(|resource| resource.plural.as_ref() == plural && resource.group.as_ref() == group)
    }

    /// Every kind at its preferred version.
    pub fn all(&self) -> impl Iterator<Item = &ApiResource> {
        self.kinds.values().filter_map(|versions| versions.first())
    }

    /// `group/version`s that are there and could not be read, with the reason: what they serve is not known.
    pub fn unknown(&self) -> &BTreeMap<String, String> {
        &self.unknown
    }

    /// Every `group/version` and `group/version/Kind`, as Helm's `.Capabilities.APIVersions` has them.
    pub fn api_versions(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .kinds
            .values()
            .flatten()
            .flat_map(|resource| {
                let version = resource.api_version();
                let kind = format!("{version}/{}", resource.kind);
                [version, kind]
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn group_version(group: &str, version: &str) -> String {
    if group.is_empty() { version.to_string() } else { format!("{group}/{version}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fake::{Fake, Reply};

    #[tokio::test]
    async fn old_servers_are_asked_version_by_version_and_a_broken_one_hides_no_other() {
        let list = |name: &str, kind: &str| {
            Reply::ok(&format!(
                r#"{{"resources":[{{"name":"{name}","kind":"{kind}","namespaced":true,"verbs":["list"]}},
                {{"name":"{name}/status","kind":"{kind}","namespaced":true}}]}}"#
            ))
        };
        let groups = r#"{"kind":"APIGroupList","groups":[{"name":"g","preferredVersion":{"groupVersion":"g/v1","version":"v1"},
            "versions":[{"groupVersion":"g/v2","version":"v2"},{"groupVersion":"g/v1","version":"v1"}]},
            {"name":"metrics","versions":[{"groupVersion":"metrics/v1","version":"v1"}]}]}"#;
        let fake = Fake::start(vec![
            Reply::ok(r#"{"kind":"APIVersions","versions":["v1"]}"#).to("GET /api"),
            Reply::ok(groups).to("GET /apis"),
            list("pods", "Pod").to("GET /api/v1"),
            list("things", "Thing").to("GET /apis/g/v1"),
            list("things", "Thing").to("GET /apis/g/v2"),
            Reply::status("503 Service Unavailable", r#"{"message":"broken"}"#).to("GET /apis/metrics/v1"),
        ])
        .await;
        let discovery = Discovery::fetch(&fake.client).await.unwrap();
        assert_eq!(discovery.api_versions(), ["g/v1", "g/v1/Thing", "g/v2", "g/v2/Thing", "v1", "v1/Pod"]);
        assert_eq!(discovery.preferred("g", "Thing").unwrap().version.as_ref(), "v1");
        assert_eq!(discovery.unknown().get("metrics/v1").map(String::as_str), Some("broken"));
    }

    #[tokio::test]
    async fn what_an_unreachable_server_serves_is_not_known() {
        let resource = |kind: &str| {
            format!(r#"{{"resource":"{kind}","responseKind":{{"kind":"{kind}"}},"scope":"Cluster","verbs":["list"]}}"#)
        };
        let group = |freshness: &str| {
            format!(
                r#"{{"kind":"APIGroupDiscoveryList","items":[{{"metadata":{{"name":"g"}},"versions":[
                {{"version":"v1","freshness":"{freshness}","resources":[{},{{"resource":"x","responseKind":null}}]}}]}}]}}"#,
                resource("A")
            )
        };
        let core = r#"{"kind":"APIGroupDiscoveryList","items":[]}"#;
        for (freshness, unknown) in [("Current", 0), ("Stale", 1)] {
            let apis = Reply::ok(&group(freshness)).to("GET /apis");
            let fake = Fake::start(vec![Reply::ok(core).to("GET /api"), apis]).await;
            let discovery = Discovery::fetch(&fake.client).await.unwrap();
            assert_eq!((discovery.all().count(), discovery.unknown().len()), (1, unknown));
        }
    }
}
