//! The standard question which services a server has, in both of its versions. It answers from the definitions that the API
//! was made from. Like every other RPC it passes the gate.

use std::collections::BTreeSet;
use std::sync::Arc;

use bowline_core_crd::Bytes;
use bowline_web_wire::tonic::{self, Code, Request, Response, Status};
use bowline_web_wire::{Api, Messages, PROTO_FILES, ProtoFile};
use futures::StreamExt;

/// Answers from the definitions, for the services of an API.
#[derive(Debug, Clone)]
pub struct Reflection {
    services: Arc<BTreeSet<&'static str>>,
}

impl Reflection {
    /// For the services that `api` has, and for itself.
    pub fn of(api: &Api) -> Reflection {
        let own = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"];
        let services = api.methods().map(|method| method.rpc().service).chain(own);
        Reflection { services: Arc::new(services.collect()) }
    }

    /// The API with both versions of this service in it.
    pub fn join(self, api: Api) -> Api {
        let reflection = Arc::new(self);
        api.with(bowline_web_wire::reflection_v1::server_reflection(reflection.clone()))
            .with(bowline_web_wire::reflection_v1alpha::server_reflection(reflection))
    }
}

/// A file and all that it imports, what is imported last.
fn with_imports(file: &'static ProtoFile) -> Vec<Bytes> {
    let mut names = vec![file.name];
    let mut at = 0;
    while let Some(name) = names.get(at) {
        let imports = PROTO_FILES.iter().find(|file| file.name == *name).map(|file| file.imports).unwrap_or_default();
        let new: Vec<&str> = imports.iter().copied().filter(|import| !names.contains(import)).collect();
        names.extend(new);
        at += 1;
    }
    let files = names.iter().filter_map(|name| PROTO_FILES.iter().find(|file| file.name == *name));
    files.map(|file| Bytes(file.bytes.to_vec())).collect()
}

fn named(name: &str) -> Result<Vec<Bytes>, String> {
    let file = PROTO_FILES.iter().find(|file| file.name == name);
    file.map(with_imports).ok_or_else(|| format!("file not found: {name:?}"))
}

fn defining(symbol: &str) -> Result<Vec<Bytes>, String> {
    let symbol = symbol.trim_start_matches('.');
    let file = PROTO_FILES.iter().find(|file| file.symbols.contains(&symbol));
    file.map(with_imports).ok_or_else(|| format!("symbol not found: {symbol:?}"))
}

macro_rules! versions {
    ($($module:ident),+) => {$(
        mod $module {
            use bowline_web_wire::$module::*;

            use super::*;

            #[tonic::async_trait]
            impl ServerReflection for Reflection {
                async fn server_reflection_info(
                    &self,
                    request: Request<Messages<ServerReflectionRequest>>,
                ) -> Result<Response<Messages<ServerReflectionResponse>>, Status> {
                    let reflection = self.clone();
                    let answers = request.into_inner().map(move |question| Ok(answer(&reflection, question?)));
                    Ok(Response::new(Box::pin(answers)))
                }
            }

            fn answer(reflection: &Reflection, question: ServerReflectionRequest) -> ServerReflectionResponse {
                let mut answer = ServerReflectionResponse {
                    valid_host: question.host.clone(),
                    original_request: Some(question.clone()),
                    ..Default::default()
                };
                let files = match &question {
                    ServerReflectionRequest { list_services: Some(_), .. } => {
                        let names = reflection.services.iter().map(|name| ServiceResponse { name: (*name).to_owned() });
                        answer.list_services_response = Some(ListServiceResponse { service: names.collect() });
                        return answer;
                    }
                    ServerReflectionRequest { file_by_filename: Some(name), .. } => named(name),
                    ServerReflectionRequest { file_containing_symbol: Some(symbol), .. } => defining(symbol),
                    ServerReflectionRequest { all_extension_numbers_of_type: Some(base), .. } => {
                        answer.all_extension_numbers_response = Some(ExtensionNumberResponse {
                            base_type_name: base.clone(),
                            extension_number: Vec::new(),
                        });
                        return answer;
                    }
                    ServerReflectionRequest { file_containing_extension: Some(extension), .. } => Err(format!(
                        "extension not found: {} of {:?}",
                        extension.extension_number, extension.containing_type
                    )),
                    _ => Err("the question asks for nothing".to_owned()),
                };
                match files {
                    Ok(files) => {
                        answer.file_descriptor_response = Some(FileDescriptorResponse { file_descriptor_proto: files });
                    }
                    Err(error_message) => {
                        let error_code = Code::NotFound.into();
                        answer.error_response = Some(ErrorResponse { error_code, error_message });
                    }
                }
                answer
            }
        }
    )+};
}
versions!(reflection_v1, reflection_v1alpha);
