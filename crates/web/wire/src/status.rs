//! How a failure is told: gRPC's codes, HTTP's statuses and Kubernetes' reasons.

use http::StatusCode;
use serde::Serialize;
use tonic::{Code, Status};

/// The HTTP status for a code of gRPC.
pub fn http_status(code: Code) -> StatusCode {
    match code {
        Code::Ok => StatusCode::OK,
        Code::Cancelled => StatusCode::REQUEST_TIMEOUT,
        Code::InvalidArgument | Code::FailedPrecondition | Code::OutOfRange => StatusCode::BAD_REQUEST,
        Code::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::AlreadyExists | Code::Aborted => StatusCode::CONFLICT,
        Code::PermissionDenied => StatusCode::FORBIDDEN,
        Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
        Code::Unimplemented => StatusCode::NOT_IMPLEMENTED,
        Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Unauthenticated => StatusCode::UNAUTHORIZED,
        Code::Unknown | Code::Internal | Code::DataLoss => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The code of gRPC for an HTTP status that came without one, as from a proxy in between.
pub fn code_of_http(status: StatusCode) -> Code {
    match status.as_u16() {
        200..300 => Code::Ok,
        400 => Code::InvalidArgument,
        401 => Code::Unauthenticated,
        403 => Code::PermissionDenied,
        404 => Code::NotFound,
        408 => Code::Cancelled,
        409 => Code::Aborted,
        429 => Code::ResourceExhausted,
        501 => Code::Unimplemented,
        502 | 503 => Code::Unavailable,
        504 => Code::DeadlineExceeded,
        _ => Code::Unknown,
    }
}

/// The code of gRPC for a refusal of the Kubernetes API, by the `reason` of its `Status`.
pub fn code_of_kubernetes(reason: &str) -> Code {
    match reason {
        "NotFound" => Code::NotFound,
        "AlreadyExists" => Code::AlreadyExists,
        "Invalid" => Code::InvalidArgument,
        "MethodNotAllowed" => Code::Unimplemented,
        "ServiceUnavailable" | "ServerTimeout" => Code::Unavailable,
        "BadRequest" => Code::FailedPrecondition,
        "Unauthorized" => Code::Unauthenticated,
        "Forbidden" => Code::PermissionDenied,
        "Timeout" => Code::DeadlineExceeded,
        "Conflict" => Code::Aborted,
        "TooManyRequests" => Code::ResourceExhausted,
        "InternalError" => Code::Internal,
        _ => Code::Unknown,
    }
}

/// The body of an error over REST.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorBody {
    /// What is wrong.
    pub error: String,
    /// The code of gRPC.
    pub code: i32,
    /// What is wrong, again.
    pub message: String,
}

impl From<&Status> for ErrorBody {
    fn from(status: &Status) -> ErrorBody {
        ErrorBody {
            error: status.message().to_owned(),
            code: status.code().into(),
            message: status.message().to_owned(),
        }
    }
}

/// The last piece of a stream over REST that fails: `{"error": …}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamError {
    /// What is wrong.
    pub error: StreamErrorBody,
}

/// What is wrong with a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreamErrorBody {
    /// The code of gRPC.
    pub grpc_code: i32,
    /// The status of HTTP.
    pub http_code: u16,
    /// What is wrong.
    pub message: String,
    /// The words of the status of HTTP.
    pub http_status: &'static str,
}

impl From<&Status> for StreamError {
    fn from(status: &Status) -> StreamError {
        let http = http_status(status.code());
        StreamError {
            error: StreamErrorBody {
                grpc_code: status.code().into(),
                http_code: http.as_u16(),
                message: status.message().to_owned(),
                http_status: http.canonical_reason().unwrap_or_default(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code with its HTTP status, as the contract lists them.
    const TABLE: [(i32, u16); 17] = [
        (0, 200),
        (1, 408),
        (2, 500),
        (3, 400),
        (4, 504),
        (5, 404),
        (6, 409),
        (7, 403),
        (8, 429),
        (9, 400),
        (10, 409),
        (11, 400),
        (12, 501),
        (13, 500),
        (14, 503),
        (15, 500),
        (16, 401),
    ];

    #[test]
    fn every_code_has_its_status() {
        for (code, status) in TABLE {
            assert_eq!(http_status(Code::from(code)).as_u16(), status, "{code}");
            let back = code_of_http(StatusCode::from_u16(status).unwrap());
            assert_eq!(http_status(back).as_u16(), status, "{status} leads back to itself");
        }
    }

    #[test]
    fn refusals_of_kubernetes() {
        assert_eq!(code_of_kubernetes("Conflict"), Code::Aborted);
        assert_eq!(code_of_kubernetes("BadRequest"), Code::FailedPrecondition);
        assert_eq!(code_of_kubernetes("NewReason"), Code::Unknown);
    }

    #[test]
    fn bodies() {
        let status = Status::permission_denied("permission denied");
        let body = serde_json::to_string(&ErrorBody::from(&status)).unwrap();
        assert_eq!(body, r#"{"error":"permission denied","code":7,"message":"permission denied"}"#);
        let piece = serde_json::to_string(&StreamError::from(&status)).unwrap();
        let wanted =
            r#"{"error":{"grpc_code":7,"http_code":403,"message":"permission denied","http_status":"Forbidden"}}"#;
        assert_eq!(piece, wanted);
    }
}
