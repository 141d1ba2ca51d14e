//! A message of a client: the first byte chooses its type, the rest is protobuf or JSON. It is read or refused, and what was read
//! survives being written in both forms.
#![no_main]

use bowline_core_crd as crd;
use bowline_web_wire::{Payload, account, application, applicationset, cluster, json, repository, session};
use libfuzzer_sys::fuzz_target;

/// Reads, writes and reads again.
fn check<M: Payload + PartialEq>(bytes: &[u8]) {
    if let Ok(message) = M::decode(bytes) {
        assert!(M::decode(message.encode_to_vec().as_slice()).is_ok(), "what is written can be read");
        let mut text = Vec::new();
        json::write(&message, &mut text);
        json::parse(&text).expect("because it was written as JSON just now");
        let _ = message.missing();
    }
    let Ok(value) = json::parse(bytes) else { return };
    let Ok(message) = M::read(value) else { return };
    assert!(M::decode(message.encode_to_vec().as_slice()).is_ok(), "what is written can be read");
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    const TYPES: [fn(&[u8]); 10] = [
        check::<application::ApplicationCreateRequest>,
        check::<application::ApplicationSyncRequest>,
        check::<application::ApplicationPatchRequest>,
        check::<application::ApplicationManifestQueryWithFilesWrapper>,
        check::<applicationset::ApplicationSetCreateRequest>,
        check::<crd::AppProject>,
        check::<cluster::ClusterCreateRequest>,
        check::<repository::RepoCreateRequest>,
        check::<session::SessionCreateRequest>,
        check::<account::CanIRequest>,
    ];
    TYPES[usize::from(*first) % TYPES.len()](bytes);
});
