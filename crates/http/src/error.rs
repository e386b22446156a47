//! The one error body, for the clients of all five documents.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use kernel::{Error, Fault, Kind, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::telemetry;

/// An error on its way to the caller.
#[derive(Debug)]
pub struct ApiError(pub Error);

impl<E: Into<Error>> From<E> for ApiError {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

/// The body of every error.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// A sentence; on 422 the list of every fault.
    detail: Detail,
    /// The status, again.
    #[schema(example = 404)]
    status_code: u16,
    /// The same, with a code for programs and the id of the request.
    error: ErrorObject,
}

/// A sentence, or on 422 the list of every fault.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Detail {
    /// What went wrong.
    Message(String),
    /// Every field that is not as it should be.
    Faults(Vec<DetailFault>),
}

/// A field that is not as it should be, as A shows it.
#[derive(Serialize, ToSchema)]
struct DetailFault {
    /// Where it stands.
    #[schema(example = json!(["body", "email"]))]
    loc: Vec<String>,
    /// What is wrong and what would be right.
    msg: String,
    /// A word for programs.
    #[serde(rename = "type")]
    kind: &'static str,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct ErrorObject {
    /// A word for programs: `RESOURCE_NOT_FOUND`, `VALIDATION_ERROR`, …
    #[schema(example = "RESOURCE_NOT_FOUND")]
    code: &'static str,
    /// A sentence for people that says what to do.
    message: String,
    /// Every field that is not as it should be.
    details: Vec<FieldFault>,
    /// Quote this when asking for help: the log has it beside what happened.
    request_id: String,
    /// When it happened.
    timestamp: Timestamp,
}

/// A field that is not as it should be.
#[derive(Serialize, ToSchema)]
struct FieldFault {
    /// The field, with dots between its parts.
    field: String,
    /// What is wrong and what would be right.
    message: String,
}

/// The status and the code of a kind of error.
pub fn status_and_code(kind: Kind) -> (StatusCode, &'static str) {
    match kind {
        Kind::BadRequest => (StatusCode::BAD_REQUEST, "BAD_REQUEST"),
        Kind::Unauthenticated => (StatusCode::UNAUTHORIZED, "AUTHENTICATION_REQUIRED"),
        Kind::Forbidden => (StatusCode::FORBIDDEN, "INSUFFICIENT_PERMISSIONS"),
        Kind::NotFound => (StatusCode::NOT_FOUND, "RESOURCE_NOT_FOUND"),
        Kind::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED"),
        Kind::Conflict => (StatusCode::CONFLICT, "CONFLICT"),
        Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "PAYLOAD_TOO_LARGE"),
        Kind::UnsupportedMediaType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE"),
        Kind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "VALIDATION_ERROR"),
        Kind::RateLimited(_) => (StatusCode::TOO_MANY_REQUESTS, "RATE_LIMIT_EXCEEDED"),
        Kind::Provider => (StatusCode::BAD_GATEWAY, "PROVIDER_ERROR"),
        Kind::Unavailable => (StatusCode::SERVICE_UNAVAILABLE, "SERVICE_UNAVAILABLE"),
        Kind::TimedOut => (StatusCode::GATEWAY_TIMEOUT, "TIMEOUT"),
        Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL_ERROR"),
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let error = self.0;
        let (status, code) = status_and_code(error.kind());
        telemetry::log_error(&error, status);
        let (request_id, timestamp) = telemetry::current_request();
        let detail = if error.faults().is_empty() || error.kind() != Kind::Invalid {
            Detail::Message(error.message().to_owned())
        } else {
            Detail::Faults(error.faults().iter().map(detail_fault).collect())
        };
        let body = ErrorBody {
            detail,
            status_code: status.as_u16(),
            error: ErrorObject {
                code,
                message: error.message().to_owned(),
                details: error.faults().iter().map(field_fault).collect(),
                request_id,
                timestamp,
            },
        };
        let mut response = (status, axum::Json(body)).into_response();
        match error.kind() {
            Kind::Unauthenticated => {
                response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            }
            Kind::RateLimited(seconds) => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
            }
            Kind::Unavailable => {
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            }
            _ => {}
        }
        response
    }
}

fn detail_fault(fault: &Fault) -> DetailFault {
    DetailFault { loc: fault.loc.clone(), msg: fault.message.clone(), kind: fault.kind }
}

fn field_fault(fault: &Fault) -> FieldFault {
    // The first part says body or query, which E leaves out.
    let field = if fault.loc.len() > 1 { fault.loc[1..].join(".") } else { fault.loc.join(".") };
    FieldFault { field, message: fault.message.clone() }
}
