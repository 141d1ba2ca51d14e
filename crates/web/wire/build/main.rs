//! Makes the Rust of the API from the definitions in `proto`: the messages, the traits of the services, their clients,
//! the table of all RPCs with their HTTP routes, and the descriptors for reflection.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script talks to cargo on standard output and writes the files it makes"
)]

mod messages;
mod names;
mod services;

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write;
use std::path::PathBuf;

use prost_reflect::{DescriptorPool, FileDescriptor};

/// The definitions of the services; what they import is found from there.
const FILES: [&str; 16] = [
    "application.proto",
    "applicationset.proto",
    "project.proto",
    "cluster.proto",
    "repository.proto",
    "repocreds.proto",
    "certificate.proto",
    "gpgkey.proto",
    "account.proto",
    "session.proto",
    "settings.proto",
    "version.proto",
    "notification.proto",
    "grpc/health/v1/health.proto",
    "grpc/reflection/v1/reflection.proto",
    "grpc/reflection/v1alpha/reflection.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    println!("cargo::rerun-if-changed=build");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR for build scripts")?);
    let pool = compile(true)?;
    std::fs::write(out.join("api.rs"), api(&pool)?)?;
    std::fs::write(out.join("files.rs"), files(&compile(false)?))?;
    Ok(())
}

fn compile(comments: bool) -> Result<DescriptorPool, Box<dyn Error>> {
    let mut compiler = protox::Compiler::new(["proto"])?;
    compiler.include_imports(true).include_source_info(comments);
    compiler.open_files(FILES)?;
    Ok(compiler.descriptor_pool())
}

/// Whether the Rust of the file's messages is made here. Those of Kubernetes and of the resources are in core/crd.
fn is_ours(file: &FileDescriptor) -> bool {
    let foreign = ["google/", "k8s.io/", "github.com/", "bowline/"];
    !foreign.iter().any(|folder| file.name().starts_with(folder))
}

fn api(pool: &DescriptorPool) -> Result<String, Box<dyn Error>> {
    let mut modules: BTreeMap<String, String> = BTreeMap::new();
    for file in pool.files().filter(is_ours) {
        let module = modules.entry(names::module(file.package_name())).or_default();
        for message in file.messages() {
            module.push_str(&messages::message(&message)?);
        }
        for service in file.services() {
            module.push_str(&services::service(&service)?);
        }
    }
    let mut text = String::new();
    for (name, body) in &modules {
        writeln!(text, "/// The messages and services of the package `{name}`.\npub mod {name} {{\n{body}}}\n")?;
    }
    let services = pool.files().filter(is_ours).flat_map(|file| file.services().collect::<Vec<_>>());
    let services: String = services
        .map(|service| {
            format!("    &{}::{},\n", names::module(service.package_name()), names::constant(service.name()))
        })
        .collect();
    writeln!(text, "/// Every service there is.\npub static SERVICES: &[&crate::Service] = &[\n{services}];")?;
    let trips =
        pool.files().filter(|file| !["google/", "bowline/"].iter().any(|folder| file.name().starts_with(folder)));
    let messages = trips.flat_map(|file| file.messages().collect::<Vec<_>>());
    let trips = messages.filter(|message| !messages::is_spoken(message)).map(|message| {
        format!("    ({:?}, crate::tests::trip::<{}>),\n", message.full_name(), messages::path(&message))
    });
    let trips = trips.collect::<String>();
    writeln!(text, "#[cfg(test)]\npub(crate) static TRIPS: &[(&str, crate::tests::Trip)] = &[\n{trips}];")?;
    for name in services::foreign_messages(pool) {
        writeln!(text, "impl crate::Complete for {name} {{}}")?;
    }
    Ok(text)
}

/// Each file's name, bytes and the symbols that it defines, in an order in which a file comes after what it imports.
fn files(pool: &DescriptorPool) -> String {
    let entries = pool.files().map(|file| {
        let messages = file.messages().map(|message| message.full_name().to_owned());
        let services = file.services().flat_map(|service| {
            let methods = service.methods().map(|method| method.full_name().to_owned()).collect::<Vec<_>>();
            std::iter::once(service.full_name().to_owned()).chain(methods)
        });
        let symbols: Vec<String> = messages.chain(services).collect();
        let imports: Vec<String> = file.dependencies().map(|file| file.name().to_owned()).collect();
        let bytes: String = file.encode_to_vec().iter().map(|byte| byte.escape_ascii().to_string()).collect();
        format!(
            "    ProtoFile {{ name: {:?}, imports: &{imports:?}, symbols: &{symbols:?}, bytes: b\"{bytes}\" }},\n",
            file.name()
        )
    });
    format!("&[\n{}]\n", entries.collect::<String>())
}
