//! `cluster.SettingsService`: what the web UI and the command line need of `argocd-cm`.

use std::collections::BTreeMap;

use bowline_base_value::yaml::from_yaml;
use bowline_core_crd::{KustomizeOptions, ResourceOverride};
use bowline_core_settings::Map;
use bowline_core_types::TrackingMethod;
use bowline_web_auth::{Capability, Sso};
use bowline_web_wire::cluster::{
    Connector, DexConfig, GoogleAnalyticsConfig, Help, OIDCConfig, Settings, SettingsPluginsResponse, SettingsQuery,
    SettingsService,
};
use bowline_web_wire::oidc::Claim;
use bowline_web_wire::tonic::{self, Request, Response, Status};
use serde_json::{Map as JsonMap, Value as Json, json};

use crate::caller::Caller;
use crate::context::Context;

/// What a customization's key begins with, before its type and kind.
const CUSTOMIZATIONS: &str = "resource.customizations";
/// The kind whose status and one old field nobody means to compare.
const CRD: &str = "apiextensions.k8s.io/CustomResourceDefinition";

/// Reads settings.
#[derive(Clone)]
pub struct SettingsReader(pub Context);

// === impl SettingsReader ===

impl SettingsReader {
    fn settings(&self, session: bool) -> Settings {
        let Context { world, auth, .. } = &self.0;
        let typed = world.settings();
        let map = world.config_map("argocd-cm").unwrap_or_default();
        let params = world.config_map("argocd-cmd-params-cm").unwrap_or_default();
        let text = |key: &str| map.get(key).map(|value| value.trim().to_string()).unwrap_or_default();
        let flag = |key: &str| text(key) == "true";
        let login = auth.config();
        let accounts = auth.accounts();
        let logins = accounts.values().any(|account| account.enabled && account.has(Capability::Login));
        let mut settings = Settings {
            url: login.url.clone(),
            additional_urls: login.additional_urls.clone(),
            app_label_key: typed.instance_label_key.clone(),
            status_badge_enabled: flag("statusbadge.enabled"),
            status_badge_root_url: text("statusbadge.url"),
            google_analytics: Some(GoogleAnalyticsConfig {
                tracking_id: text("ga.trackingid"),
                anonymize_users: text("ga.anonymizeusers") != "false",
            }),
            kustomize_options: Some(KustomizeOptions {
                build_options: typed.kustomize_build_options.clone(),
                ..KustomizeOptions::default()
            }),
            help: Some(help(&map)),
            user_logins_disabled: !logins,
            kustomize_versions: kustomize_versions(&map),
            ui_css_url: text("ui.cssurl"),
            tracking_method: match typed.tracking_method {
                TrackingMethod::Annotation => "annotation",
                TrackingMethod::Label => "label",
                TrackingMethod::AnnotationAndLabel => "annotation+label",
            }
            .to_string(),
            exec_enabled: flag("exec.enabled"),
            apps_in_any_namespace_enabled: !typed.application_namespaces.is_empty(),
            impersonation_enabled: typed.impersonation,
            installation_id: typed.installation_id.clone(),
            hydrator_enabled: params.get("hydrator.enabled").is_some_and(|value| value.trim() == "true"),
            sync_with_replace_allowed: params
                .get("server.sync.replace.allowed")
                .is_none_or(|value| value.trim() != "false"),
            ui_login_button_text: text("ui.loginButtonText"),
            resource_view_enabled: !flag("ui.view.resources.disabled"),
            ..Settings::default()
        };
        match &login.sso {
            Sso::Oidc(oidc) => {
                let claim = |(name, claim): (&String, &Option<bowline_web_auth::ClaimRequest>)| {
                    let claim = claim.clone().unwrap_or_default();
                    (name.clone(), Claim { essential: claim.essential, value: claim.value, values: claim.values })
                };
                settings.oidc_config = Some(OIDCConfig {
                    name: oidc.name.clone(),
                    issuer: oidc.issuer.clone(),
                    client_id: oidc.client_id.clone(),
                    cli_client_id: oidc.cli_client_id.clone(),
                    scopes: oidc.requested_scopes.clone(),
                    id_token_claims: oidc.requested_id_token_claims.iter().map(claim).collect(),
                    enable_pkce_authentication: oidc.enable_pkce_authentication,
                });
            }
            Sso::Dex(dex) => {
                let connector = |c: bowline_web_auth::Connector| Connector { name: c.name, type_: c.kind, id: c.id };
                settings.dex_config = Some(DexConfig {
                    connectors: dex.connectors().into_iter().map(connector).collect(),
                    dex_auth_connector_id: dex.connector_id.clone(),
                });
            }
            Sso::None | Sso::Broken(_) => {}
        }
        if session {
            let ignored = typed.compare_options.str_at(&["ignoreResourceStatusField"]).unwrap_or_default();
            settings.ui_banner_content = text("ui.bannercontent");
            settings.ui_banner_url = text("ui.bannerurl");
            settings.ui_banner_permanent = flag("ui.bannerpermanent");
            settings.ui_banner_position = text("ui.bannerposition");
            settings.controller_namespace = world.namespace().to_string();
            settings.password_pattern = login.password_pattern.clone();
            settings.resource_overrides = overrides(&map, ignored);
        }
        settings
    }
}

#[tonic::async_trait]
impl SettingsService for SettingsReader {
    async fn get(&self, request: Request<SettingsQuery>) -> Result<Response<Settings>, Status> {
        Ok(Response::new(self.settings(Caller::maybe(&request).is_some())))
    }

    async fn get_plugins(&self, request: Request<SettingsQuery>) -> Result<Response<SettingsPluginsResponse>, Status> {
        Caller::of(&request)?;
        // Plugins are not run here, so there are none to choose from.
        Ok(Response::new(SettingsPluginsResponse::default()))
    }
}

fn help(map: &Map) -> Help {
    let text = |key: &str| map.get(key).cloned().unwrap_or_default();
    let chat_url = text("help.chatUrl");
    let chat_text = text("help.chatText");
    let chat_text = if chat_text.is_empty() && !chat_url.is_empty() { "Chat now!".to_string() } else { chat_text };
    let binary_urls = map
        .iter()
        .filter_map(|(key, url)| Some((key.strip_prefix("help.download.")?.to_string(), url.clone())))
        .filter(|(_, url)| !url.is_empty())
        .collect();
    Help { chat_url, chat_text, binary_urls }
}

fn kustomize_versions(map: &Map) -> Vec<String> {
    let name = |key: &str| {
        let prefixes = ["kustomize.path.", "kustomize.version."];
        prefixes.iter().find_map(|prefix| key.strip_prefix(prefix)).map(str::to_string)
    };
    let mut versions: Vec<String> = map.keys().filter_map(|key| name(key)).collect();
    versions.sort();
    versions.dedup();
    versions
}

/// What is customized about kinds, by `group/kind`. What cannot be read is left out; the controller says so.
fn overrides(map: &Map, ignored_status: &str) -> BTreeMap<String, ResourceOverride> {
    let mut by_kind: BTreeMap<String, JsonMap<String, Json>> = BTreeMap::new();
    if let Some(Json::Object(legacy)) =
        map.get(CUSTOMIZATIONS).and_then(|text| from_yaml(text).ok()).map(|v| Json::from(&v))
    {
        for (kind, fields) in legacy {
            if let Json::Object(fields) = fields {
                by_kind.insert(kind, fields);
            }
        }
    }
    for (key, text) in map {
        let Some((what, kind)) =
            key.strip_prefix(CUSTOMIZATIONS).and_then(|rest| rest.strip_prefix('.')?.split_once('.'))
        else {
            continue;
        };
        let kind = if kind == "all" { "*/*".to_string() } else { kind.replacen('_', "/", 1) };
        let (field, value) = match what {
            "health" => ("health.lua", Json::from(text.as_str())),
            "useOpenLibs" => ("health.lua.useOpenLibs", Json::from(text.trim() == "true")),
            "actions" | "ignoreDifferences" | "ignoreResourceUpdates" => (what, Json::from(text.as_str())),
            "knownTypeFields" => match from_yaml(text) {
                Ok(fields) => (what, Json::from(&fields)),
                Err(_) => continue,
            },
            _ => continue,
        };
        by_kind.entry(kind).or_default().insert(field.to_string(), value);
    }
    let mut overrides: BTreeMap<String, ResourceOverride> = by_kind
        .into_iter()
        .filter_map(|(kind, fields)| Some((kind, serde_json::from_value(Json::Object(fields)).ok()?)))
        .collect();
    // What the contract ignores unasked: clients that compare for themselves must know it.
    let (kind, fields) = match ignored_status {
        "none" | "off" | "false" => return overrides,
        "all" => ("*/*", json!(["/status"])),
        _ => (CRD, json!(["/status", "/spec/preserveUnknownFields"])),
    };
    let ignored = &mut overrides.entry(kind.to_string()).or_default().ignore_differences.0;
    let more = fields.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_string);
    for pointer in more {
        if !ignored.json_pointers.contains(&pointer) {
            ignored.json_pointers.push(pointer);
        }
    }
    overrides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customizations_are_told_by_kind_as_the_contract_writes_them() {
        let map = Map::from(
            [
                ("resource.customizations", "batch/Job:\n  health.lua: return 1\n"),
                ("resource.customizations.health.cert-manager.io_Certificate", "return 2"),
                ("resource.customizations.useOpenLibs.cert-manager.io_Certificate", "true"),
                ("resource.customizations.ignoreDifferences.all", "jsonPointers:\n- /a\n"),
                ("resource.customizations.knownTypeFields.x_Y", "- field: f\n  type: core/v1/PodSpec\n"),
                ("resource.customizations.actions.ConfigMap", "definitions: []"),
                ("resource.customizations.unknown.x_Y", "?"),
                ("url", "https://x"),
            ]
            .map(|(key, value)| (key.to_string(), value.to_string())),
        );
        let told = serde_json::to_value(overrides(&map, "")).unwrap();
        assert_eq!(told["batch/Job"]["health.lua"], "return 1");
        assert_eq!(told["cert-manager.io/Certificate"]["health.lua"], "return 2");
        assert_eq!(told["cert-manager.io/Certificate"]["health.lua.useOpenLibs"], true);
        assert_eq!(told["x/Y"]["knownTypeFields"][0]["type"], "core/v1/PodSpec");
        assert_eq!(told["ConfigMap"]["actions"], "definitions: []");
        let ignored =
            |told: &Json, kind: &str| told[kind]["ignoreDifferences"].as_str().unwrap_or_default().to_string();
        assert!(ignored(&told, "*/*").contains("/a"));
        assert!(ignored(&told, CRD).contains("/spec/preserveUnknownFields"));
        let all = serde_json::to_value(overrides(&map, "all")).unwrap();
        assert!(ignored(&all, "*/*").contains("/status") && ignored(&all, "*/*").contains("/a"));
        assert_eq!(serde_json::to_value(overrides(&map, "none")).unwrap().get(CRD), None);
    }
}
