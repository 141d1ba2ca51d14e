//! An index of 20 MB and a chart, for the first time and again; one JSON line per figure. The server is on loopback, so what is measured
//! is our own work.

#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a bench fails loudly and prints its figures")]

use std::time::{Duration, Instant};

use bowline_base_egress::{Egress, Proxies, Reach};
use bowline_base_task::Tasks;
use bowline_core_ports::{Charts, Freshness, Place, SourceError};
use bowline_desired_registry::{Access, Dependency, Registries, Repositories, Settings};
use bowline_tests_registry::{HelmServer, chart};

const ROUNDS: usize = 15;
/// Charts and versions of each: with what an entry holds, 20 MB.
const CHARTS: usize = 150;
const VERSIONS: usize = 150;

struct Nobody;

impl Repositories for Nobody {
    fn access(&self, _: &str, _: &str) -> Result<Access, SourceError> {
        Ok(Access::default())
    }

    fn trust(&self, _: &str) -> Option<String> {
        None
    }

    fn dependency(&self, repository: &str, _: &str) -> Result<Dependency, SourceError> {
        Ok(Dependency { url: repository.to_string(), access: Access::default(), permitted: true })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = HelmServer::new();
    let index = index();
    println!(
        r#"{{"bench":"registry: size of the index","value":{:.1},"unit":"MB","target":null,"better":"less"}}"#,
        index.len() as f64 / 1e6
    );
    server.put("/index.yaml", index);
    let templates: Vec<(String, String)> = (0..40)
        .map(|i| (format!("templates/{i}.yaml"), format!("# {i}\n{}", "key: {{ .Values.x }}\n".repeat(200))))
        .collect();
    let files: Vec<(&str, &str)> = templates.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    server.put("/chart-7/1.149.0.tgz", chart("chart-7", "1.149.0", &files));
    let url = server.url();
    let place = Place { url: &url, chart: "chart-7", project: "", pass_credentials: false };

    let (mut cold, mut again, mut known) = (Vec::new(), Vec::new(), Vec::new());
    let (mut pull, mut pulled, mut opened) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().unwrap();
        let registries = registries(folder.path());
        let time = Instant::now();
        let resolved = registries.resolve(place, "1.x", Freshness::Now).await.unwrap();
        cold.push(time.elapsed());
        assert_eq!(resolved.revision, "1.149.0");
        let time = Instant::now();
        registries.resolve(place, "1.x", Freshness::Now).await.unwrap();
        again.push(time.elapsed());
        let time = Instant::now();
        registries.resolve(place, "1.x", Freshness::Known).await.unwrap();
        known.push(time.elapsed());
        let time = Instant::now();
        let tree = registries.tree(place, &resolved).await.unwrap();
        pull.push(time.elapsed());
        let time = Instant::now();
        let same = registries.tree(place, &resolved).await.unwrap();
        pulled.push(time.elapsed());
        assert_eq!(tree.root(), same.root());
        drop(registries);
        let registries = self::registries(folder.path());
        let time = Instant::now();
        registries.tree(place, &resolved).await.unwrap();
        opened.push(time.elapsed());
    }
    line("registry: version of a range, index of 20 MB, first time", cold, None);
    line("registry: the same, index unchanged (304)", again, None);
    line("registry: the same, index known", known, None);
    line("registry: chart of 41 files fetched and unpacked", pull, None);
    line("registry: the same chart again", pulled, None);
    line("registry: the same chart after a restart", opened, None);
}

fn registries(folder: &std::path::Path) -> Registries {
    let egress = Egress::new(Tasks::new(), "bowline/bench", |_| Reach::Anywhere);
    Registries::new(Settings::new(folder), egress, Proxies::default(), Nobody).unwrap()
}

fn index() -> String {
    let mut text = "apiVersion: v1\nentries:\n".to_string();
    for c in 0..CHARTS {
        text.push_str(&format!("  chart-{c}:\n"));
        for v in (0..VERSIONS).rev() {
            text.push_str(&format!(
                "  - annotations:\n      category: Database\n      images: |\n        - image: registry.example.com/chart-{c}:{v}\n          name: chart-{c}\n        - image: registry.example.com/metrics:{v}\n          name: metrics\n    apiVersion: v2\n    appVersion: {v}.0.1\n    created: \"2026-01-01T00:00:00.123456789Z\"\n    dependencies:\n    - name: common\n      repository: oci://registry.example.com/charts\n      tags:\n      - common\n      version: 2.x.x\n    description: A chart that stands for the charts of a large repository, with a line of text\n      that goes on.\n    home: https://example.com\n    keywords:\n    - database\n    - sql\n    maintainers:\n    - name: Example\n      url: https://example.com/charts\n    name: chart-{c}\n    sources:\n    - https://git.example.com/charts/tree/main/chart-{c}\n    urls:\n    - chart-{c}/1.{v}.0.tgz\n    version: 1.{v}.0\n"
            ));
        }
    }
    text
}

fn line(name: &str, mut times: Vec<Duration>, target: Option<f64>) {
    times.sort();
    let value = times[times.len() / 2].as_nanos() as f64 / 1000.0;
    let target = target.map_or("null".to_string(), |t| t.to_string());
    println!(r#"{{"bench":"{name}","value":{value:.1},"unit":"µs","target":{target},"better":"less"}}"#);
}
