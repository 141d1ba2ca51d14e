use std::collections::BTreeMap;

use crate::application::HealthStatus;
use crate::time::Time;
use crate::wire::messages;

messages! {
    /// The objects of an application and what they own, in no order; parents are named by their children.
    pub struct ApplicationTree {
        /// The managed objects and what they own.
        [1 "nodes"] nodes: Vec<ResourceNode>,
        /// Objects in the destination namespace that belong to no application.
        [2 "orphanedNodes"] orphaned_nodes: Vec<ResourceNode>,
        /// The nodes of the cluster that the application's pods run on.
        [3 "hosts"] hosts: Vec<HostInfo>,
        /// In how many pieces the tree is stored where it is stored; 0 or 1 for in one.
        [4 "shardsCount"] shards_count: i64,
    }

    /// An application set and its applications.
    pub struct ApplicationSetTree {
        /// The application set's applications.
        [1 "nodes"] nodes: Vec<ResourceNode>,
    }

    /// An object in a tree.
    pub struct ResourceNode {
        /// Which object it is.
        [1 "resourceRef" inline] resource_ref: ResourceRef,
        /// Its owners.
        [2 "parentRefs"] parent_refs: Vec<ResourceRef>,
        /// Facts for people.
        [3 "info"] info: Vec<InfoItem>,
        /// How it is reached and what it routes to.
        [4 "networkingInfo"] networking_info: Option<Box<ResourceNetworkingInfo>>,
        /// The version of the stored object, opaque.
        [5 "resourceVersion"] resource_version: String,
        /// The container images in it.
        [6 "images"] images: Vec<String>,
        /// How well it is; absent where that cannot be said.
        [7 "health"] health: Option<HealthStatus>,
        /// When it was created.
        [8 "createdAt"] created_at: Option<Time>,
    }

    /// Names one object of a cluster.
    pub struct ResourceRef {
        /// API group.
        [1 "group"] group: String,
        /// API version.
        [2 "version"] version: String,
        /// Kind.
        [3 "kind"] kind: String,
        /// Namespace.
        [4 "namespace"] namespace: String,
        /// Name.
        [5 "name"] name: String,
        /// UID; empty for an object that is not in the cluster.
        [6 "uid"] uid: String,
    }

    /// A fact about an object, for people.
    pub struct InfoItem {
        /// What it is.
        [1 "name"] name: String,
        /// The text.
        [2 "value"] value: String,
    }

    /// How an object is reached and what it routes to.
    pub struct ResourceNetworkingInfo {
        /// The labels that select what it routes to.
        [1 "targetLabels"] target_labels: BTreeMap<String, String>,
        /// The objects that it routes to.
        [2 "targetRefs"] target_refs: Vec<ResourceRef>,
        /// The object's own labels.
        [3 "labels"] labels: BTreeMap<String, String>,
        /// The addresses of its load balancer.
        [4 "ingress"] ingress: Vec<LoadBalancerIngress>,
        /// Links that it offers.
        [5 "externalURLs"] external_urls: Vec<String>,
    }

    /// An address of a load balancer, as Kubernetes defines it.
    pub struct LoadBalancerIngress {
        /// IP address.
        [1 "ip"] ip: String,
        /// Name in DNS.
        [2 "hostname"] hostname: String,
        /// VIP or Proxy.
        [3 "ipMode"] ip_mode: Option<String>,
        /// The ports and how they are.
        [4 "ports"] ports: Vec<PortStatus>,
    }

    /// A port of a load balancer, as Kubernetes defines it.
    pub struct PortStatus {
        /// The number.
        [1 "port" required] port: i32,
        /// TCP, UDP or SCTP.
        [2 "protocol" required] protocol: String,
        /// Why it is not there.
        [3 "error"] error: Option<String>,
    }

    /// A node of the cluster, as an application sees it.
    pub struct HostInfo {
        /// Name.
        [1 "name"] name: String,
        /// What is asked of it and what it has.
        [2 "resourcesInfo"] resources_info: Vec<HostResourceInfo>,
        /// What it says about itself.
        [3 "systemInfo"] system_info: NodeSystemInfo,
        /// Its labels, those that the settings name.
        [4 "labels"] labels: BTreeMap<String, String>,
    }

    /// How much of something a node has, and who asks for it. Units of CPU are thousandths, of memory bytes times 1000.
    pub struct HostResourceInfo {
        /// cpu, memory or another resource.
        [1 "resourceName"] resource_name: String,
        /// What the application's pods ask for.
        [2 "requestedByApp"] requested_by_app: i64,
        /// What other pods ask for.
        [3 "requestedByNeighbors"] requested_by_neighbors: i64,
        /// What there is.
        [4 "capacity"] capacity: i64,
    }

    /// What a node says about itself, as Kubernetes defines it.
    pub struct NodeSystemInfo {
        /// Identity of the machine.
        [1 "machineID" required] machine_id: String,
        /// Identity of the hardware.
        [2 "systemUUID" required] system_uuid: String,
        /// Identity of this boot.
        [3 "bootID" required] boot_id: String,
        /// Version of the kernel.
        [4 "kernelVersion" required] kernel_version: String,
        /// Operating system with its version.
        [5 "osImage" required] os_image: String,
        /// Container runtime with its version.
        [6 "containerRuntimeVersion" required] container_runtime_version: String,
        /// Version of the kubelet.
        [7 "kubeletVersion" required] kubelet_version: String,
        /// Version of kube-proxy; no longer filled.
        [8 "kubeProxyVersion" required] kube_proxy_version: String,
        /// Operating system: linux or windows.
        [9 "operatingSystem" required] operating_system: String,
        /// Processor architecture.
        [10 "architecture" required] architecture: String,
        /// Swap space.
        [11 "swap"] swap: Option<NodeSwapStatus>,
    }

    /// Swap space of a node, as Kubernetes defines it.
    pub struct NodeSwapStatus {
        /// How much there is, in bytes.
        [1 "capacity"] capacity: Option<i64>,
    }

    /// An object as it is and as it should be. The states are JSON texts; `null` or empty for no such object.
    pub struct ResourceDiff {
        /// API group.
        [1 "group"] group: String,
        /// Kind.
        [2 "kind"] kind: String,
        /// Namespace.
        [3 "namespace"] namespace: String,
        /// Name.
        [4 "name"] name: String,
        /// As the source wants it.
        [5 "targetState"] target_state: String,
        /// As it is in the cluster.
        [6 "liveState"] live_state: String,
        /// A patch from one to the other; no longer filled.
        [7 "diff"] diff: String,
        /// Whether it is a hook.
        [8 "hook"] hook: bool,
        /// As it is in the cluster, without what is ignored.
        [9 "normalizedLiveState"] normalized_live_state: String,
        /// As it would be after a sync, without what is ignored.
        [10 "predictedLiveState"] predicted_live_state: String,
        /// The version of the stored object, opaque.
        [11 "resourceVersion"] resource_version: String,
        /// Whether the two differ.
        [12 "modified"] modified: bool,
    }
}
