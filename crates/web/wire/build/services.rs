//! Services: the trait to implement, what serves an implementation, a client, and the table of the RPCs.

use std::collections::BTreeSet;
use std::fmt::Write;

use prost_reflect::{DescriptorPool, DynamicMessage, MethodDescriptor, ServiceDescriptor};

use crate::messages::{path, text};
use crate::names::{comment, constant, snake};

/// The Rust of a service.
pub fn service(service: &ServiceDescriptor) -> Result<String, String> {
    let doc = comment(&service.parent_file(), service.path())?;
    let (name, table) = (service.name(), constant(service.name()));
    let function = snake(name);
    let (mut rpcs, mut declarations, mut methods, mut calls) =
        (String::new(), String::new(), String::new(), String::new());
    for (index, method) in service.methods().enumerate() {
        rpcs.push_str(&rpc(&method)?);
        declarations.push_str(&declaration(&method)?);
        methods.push_str(&served(&method, index, &table));
        calls.push_str(&call(&method, index, &table)?);
    }
    Ok(format!(
        "/// What is known of the RPCs of [`{name}`].\n\
         pub static {table}: crate::Service = crate::Service {{ name: {full:?}, rpcs: &[\n{rpcs}] }};\n\n\
         #[doc = {doc:?}]\n#[tonic::async_trait]\npub trait {name}: Send + Sync + 'static {{\n{declarations}}}\n\n\
         /// The methods of an implementation of [`{name}`], to be served.\n\
         pub fn {function}(service: std::sync::Arc<dyn {name}>) -> Vec<crate::Method> {{\nvec![\n{methods}]\n}}\n\n\
         #[doc = {client_doc:?}]\n#[derive(Debug, Clone)]\npub struct {name}Client<T>(crate::Client<T>);\n\n\
         impl<T> {name}Client<T>\nwhere\n    T: tonic::client::GrpcService<tonic::body::Body>,\n    \
         T::ResponseBody: http_body::Body<Data = bytes::Bytes> + Send + 'static,\n    \
         <T::ResponseBody as http_body::Body>::Error: Into<crate::BoxError> + Send,\n{{\n\
         /// A client that speaks through a channel.\npub fn new(channel: crate::Client<T>) -> Self {{ Self(channel) }}\n{calls}}}\n",
        full = service.full_name(),
        client_doc = format!("A client of `{}`.", service.full_name()),
    ))
}

/// The types outside this crate that an RPC takes or gives.
pub fn foreign_messages(pool: &DescriptorPool) -> BTreeSet<String> {
    let methods = pool.services().flat_map(|service| service.methods().collect::<Vec<_>>());
    let types = methods.flat_map(|method| [method.input(), method.output()]);
    types.filter(|message| !crate::is_ours(&message.parent_file())).map(|message| path(&message)).collect()
}

fn kind(method: &MethodDescriptor) -> &'static str {
    match (method.is_client_streaming(), method.is_server_streaming()) {
        (false, false) => "Unary",
        (false, true) => "ServerStream",
        (true, false) => "ClientStream",
        (true, true) => "BothStream",
    }
}

fn rpc(method: &MethodDescriptor) -> Result<String, String> {
    let doc = comment(&method.parent_file(), method.path())?;
    let service = method.parent_service().full_name().to_owned();
    let (name, bindings) = (method.name(), bindings(method).concat());
    let (input, output) = (method.input(), method.output());
    Ok(format!(
        "crate::Rpc {{ service: {service:?}, name: {name:?}, path: \"/{service}/{name}\", kind: crate::Kind::{}, \
         input: {:?}, output: {:?}, bindings: &[{bindings}], doc: {doc:?} }},\n",
        kind(method),
        input.full_name(),
        output.full_name(),
    ))
}

/// The HTTP routes of an RPC, in the order of their definition.
fn bindings(method: &MethodDescriptor) -> Vec<String> {
    let options = method.options();
    let Some(extension) = method.parent_pool().get_extension_by_name("google.api.http") else { return Vec::new() };
    if !options.has_extension(&extension) {
        return Vec::new();
    }
    let rule = options.get_extension(&extension);
    let Some(rule) = rule.as_message() else { return Vec::new() };
    let more = rule.get_field_by_name("additional_bindings");
    let more = more.iter().flat_map(|rules| rules.as_list().unwrap_or_default()).filter_map(|rule| rule.as_message());
    std::iter::once(rule).chain(more).filter_map(binding).collect()
}

fn binding(rule: &DynamicMessage) -> Option<String> {
    let verb = ["get", "put", "post", "delete", "patch"].into_iter().find(|verb| rule.has_field_by_name(verb))?;
    let path = text(&*rule.get_field_by_name(verb)?);
    let body = rule.get_field_by_name("body").map(|body| text(&body)).unwrap_or_default();
    let body = match body.as_str() {
        "" => "crate::Body::Nothing".to_owned(),
        "*" => "crate::Body::Whole".to_owned(),
        field => format!("crate::Body::Field({field:?})"),
    };
    Some(format!("crate::Binding {{ verb: {:?}, path: {path:?}, body: {body} }}, ", verb.to_uppercase()))
}

fn question(method: &MethodDescriptor) -> String {
    let input = path(&method.input());
    if method.is_client_streaming() { format!("crate::Messages<{input}>") } else { input }
}

fn answer(method: &MethodDescriptor) -> String {
    let output = path(&method.output());
    if method.is_server_streaming() { format!("crate::Messages<{output}>") } else { output }
}

fn declaration(method: &MethodDescriptor) -> Result<String, String> {
    let doc = comment(&method.parent_file(), method.path())?;
    Ok(format!(
        "#[doc = {doc:?}]\nasync fn {}(&self, request: tonic::Request<{}>) -> Result<tonic::Response<{}>, tonic::Status>;\n",
        snake(method.name()),
        question(method),
        answer(method),
    ))
}

fn served(method: &MethodDescriptor, index: usize, table: &str) -> String {
    let make = match kind(method) {
        "Unary" => "unary",
        "ServerStream" => "server_stream",
        "ClientStream" => "client_stream",
        _ => "both_stream",
    };
    format!(
        "crate::Method::{make}(&{table}.rpcs[{index}], service.clone(), |service, request| Box::pin(async move {{ service.{}(request).await }})),\n",
        snake(method.name())
    )
}

fn call(method: &MethodDescriptor, index: usize, table: &str) -> Result<String, String> {
    let doc = comment(&method.parent_file(), method.path())?;
    let (input, output) = (path(&method.input()), path(&method.output()));
    let request = if method.is_client_streaming() {
        format!("impl tonic::IntoStreamingRequest<Message = {input}>")
    } else {
        format!("impl tonic::IntoRequest<{input}>")
    };
    let answer = if method.is_server_streaming() { format!("tonic::Streaming<{output}>") } else { output };
    let (into, make) = match kind(method) {
        "Unary" => ("into_request", "unary"),
        "ServerStream" => ("into_request", "server_stream"),
        "ClientStream" => ("into_streaming_request", "client_stream"),
        _ => ("into_streaming_request", "both_stream"),
    };
    let mut text = String::new();
    let _ = write!(
        text,
        "#[doc = {doc:?}]\npub async fn {}(&mut self, request: {request}) -> Result<tonic::Response<{answer}>, tonic::Status> {{\n\
         self.0.{make}(request.{into}(), &{table}.rpcs[{index}]).await\n}}\n",
        snake(method.name())
    );
    Ok(text)
}
