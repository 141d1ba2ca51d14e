//! What failed, as a status of gRPC.

use bowline_core_ports::{ClusterError, ClusterErrorKind, EngineError, EngineErrorKind, SourceError, SourceErrorKind};
use bowline_web_wire::tonic::{Code, Status};

/// A refusal or failure of an application's cluster.
pub(crate) fn cluster(error: ClusterError) -> Status {
    let code = match error.kind {
        ClusterErrorKind::NotFound | ClusterErrorKind::NoSuchKind => Code::NotFound,
        ClusterErrorKind::AlreadyExists => Code::AlreadyExists,
        ClusterErrorKind::Conflict => Code::Aborted,
        ClusterErrorKind::Invalid => Code::InvalidArgument,
        ClusterErrorKind::Forbidden => Code::PermissionDenied,
        ClusterErrorKind::Unauthorized => Code::Unauthenticated,
        ClusterErrorKind::TooManyRequests => Code::ResourceExhausted,
        ClusterErrorKind::Unreachable => Code::Unavailable,
        ClusterErrorKind::Other => Code::Unknown,
    };
    Status::new(code, error.message)
}

/// What the engine cannot tell.
pub(crate) fn engine(error: EngineError) -> Status {
    let code = match error.kind {
        EngineErrorKind::NotFound => Code::NotFound,
        EngineErrorKind::NotYet => Code::FailedPrecondition,
        EngineErrorKind::Invalid => Code::InvalidArgument,
        EngineErrorKind::Failed => Code::Unknown,
    };
    Status::new(code, error.message)
}

/// A source that cannot be had.
pub(crate) fn source(error: SourceError) -> Status {
    let code = match error.kind {
        SourceErrorKind::Refused | SourceErrorKind::NoSuchRevision => Code::InvalidArgument,
        SourceErrorKind::Unreachable => Code::Unavailable,
        SourceErrorKind::Authentication => Code::NotFound,
        _ => Code::Unknown,
    };
    Status::new(code, error.message)
}
