//! What a policy guards, as types of [`Allowed`](crate::Allowed).

use std::borrow::Cow;

use crate::proof::Object;
use crate::words::Resource;

/// The name of something of a project in a policy: with its namespace where that is not the server's own.
pub fn app_name(project: &str, namespace: &str, name: &str, control_plane: &str) -> String {
    if namespace.is_empty() || control_plane.is_empty() || namespace == control_plane {
        format!("{project}/{name}")
    } else {
        format!("{project}/{namespace}/{name}")
    }
}

macro_rules! applications {
    ($($(#[doc = $doc:literal])+ $name:ident $resource:ident;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Its name in a policy.
            rbac_name: String,
            /// The project.
            pub project: String,
            /// The namespace it lives in.
            pub namespace: String,
            /// Its name.
            pub name: String,
        }

        impl $name {
            /// `control_plane` is the server's own namespace, whose name a policy leaves out.
            pub fn new(project: &str, namespace: &str, name: &str, control_plane: &str) -> $name {
                $name {
                    rbac_name: app_name(project, namespace, name, control_plane),
                    project: project.to_string(),
                    namespace: namespace.to_string(),
                    name: name.to_string(),
                }
            }
        }

        impl Object for $name {
            fn resource(&self) -> Resource {
                Resource::$resource
            }

            fn name(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.rbac_name)
            }
        }
    )*};
}

applications! {
    /// An application.
    Application Applications;
    /// An ApplicationSet.
    ApplicationSet ApplicationSets;
    /// The logs of an application's pods.
    Logs Logs;
    /// Terminals in an application's pods.
    Exec Exec;
}

macro_rules! named {
    ($($(#[doc = $doc:literal])+ $name:ident $resource:ident;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// Its name in a policy.
            pub name: String,
        }

        impl Object for $name {
            fn resource(&self) -> Resource {
                Resource::$resource
            }

            fn name(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.name)
            }
        }
    )*};
}

named! {
    /// A project.
    Project Projects;
    /// A local account.
    Account Accounts;
    /// The certificates of a host.
    Certificate Certificates;
    /// A key that signs commits.
    GpgKey GpgKeys;
    /// An extension of the server.
    Extension Extensions;
}

macro_rules! scoped {
    ($($(#[doc = $doc:literal])+ $name:ident $resource:ident;)*) => {$(
        $(#[doc = $doc])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            /// The project that it belongs to; empty where it belongs to none.
            pub project: String,
            /// Its URL.
            pub url: String,
        }

        impl Object for $name {
            fn resource(&self) -> Resource {
                Resource::$resource
            }

            fn name(&self) -> Cow<'_, str> {
                if self.project.is_empty() {
                    Cow::Borrowed(&self.url)
                } else {
                    format!("{}/{}", self.project, self.url).into()
                }
            }
        }
    )*};
}

scoped! {
    /// A cluster.
    Cluster Clusters;
    /// A repository.
    Repository Repositories;
    /// A repository that is written to.
    WriteRepository WriteRepositories;
}
