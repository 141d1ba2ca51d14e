//! `version.VersionService`.

use bowline_web_wire::Empty;
use bowline_web_wire::tonic::{self, Request, Response, Status};
use bowline_web_wire::version::{VersionMessage, VersionService};

use crate::caller::Caller;

/// The version of the contract: clients switch features on by it.
const CONTRACT: &str = "v3.6.0";

/// Tells versions.
#[derive(Clone, Copy, Debug, Default)]
pub struct Versions;

#[tonic::async_trait]
impl VersionService for Versions {
    async fn version(&self, request: Request<Empty>) -> Result<Response<VersionMessage>, Status> {
        let version = format!("{CONTRACT}+bowline.{}", env!("CARGO_PKG_VERSION"));
        if Caller::maybe(&request).is_none() {
            return Ok(Response::new(VersionMessage { version, ..VersionMessage::default() }));
        }
        let architecture = match std::env::consts::ARCH {
            "x86_64" => "amd64",
            "aarch64" => "arm64",
            other => other,
        };
        Ok(Response::new(VersionMessage {
            version,
            compiler: "rustc".to_string(),
            platform: format!("{}/{architecture}", std::env::consts::OS),
            // The versions whose results the renderers here are held to.
            kustomize_version: "v5.8.1".to_string(),
            helm_version: "v4.2.4".to_string(),
            jsonnet_version: "v0.21.0".to_string(),
            extra_build_info: format!("bowline {}", env!("CARGO_PKG_VERSION")),
            ..VersionMessage::default()
        }))
    }
}
