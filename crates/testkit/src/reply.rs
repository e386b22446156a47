//! Answers, and what every one of them owes.

use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use bytes::Bytes;
use futures::StreamExt as _;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub bytes: Bytes,
    asked: String,
}

impl Reply {
    pub(crate) async fn read(asked: String, response: Response) -> Self {
        let (head, body) = response.into_parts();
        let is_live = head.headers.get(CONTENT_TYPE).is_some_and(|media_type| media_type == "text/event-stream");
        let bytes = if is_live {
            // A live stream has no end: what comes first is judged.
            body.into_data_stream().next().await.transpose().expect("a stream begins").unwrap_or_default()
        } else {
            axum::body::to_bytes(body, usize::MAX).await.expect("the body comes to its end")
        };
        Self { status: head.status.as_u16(), headers: head.headers, bytes, asked }
    }

    /// A header; empty if it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.bytes) {
            Ok(value) => value,
            Err(error) => {
                panic!("{}: {} with a body that is no JSON ({error}): {}", self.asked, self.status, self.brief())
            }
        }
    }

    /// The JSON of an answer that must be 200.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}: {}", self.asked, self.brief());
        self.json()
    }

    /// The one error body of an answer that must have this status.
    #[track_caller]
    pub fn refused(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}: {}", self.asked, self.brief());
        self.error()
    }

    /// The one error body of an answer that must be an error.
    #[track_caller]
    pub fn error(&self) -> Value {
        assert!(self.status >= 400, "{}: {} is no error: {}", self.asked, self.status, self.brief());
        let body = self.json();
        if let Err(fault) = check_error_body(&body, self.status) {
            panic!(
                "{}: {} with another body than the one of errors: {fault}: {}",
                self.asked,
                self.status,
                self.brief()
            );
        }
        assert_eq!(self.header("x-request-id"), body["error"]["request_id"], "{}: the id of the request", self.asked);
        body
    }

    /// The names of the fields that a 422 finds fault with, in its order.
    #[track_caller]
    pub fn faults(&self) -> Vec<String> {
        let body = self.refused(422);
        let details = body["error"]["details"].as_array().cloned().unwrap_or_default();
        details.iter().map(|fault| fault["field"].as_str().unwrap_or_default().to_owned()).collect()
    }

    /// The sentence of an error.
    #[track_caller]
    pub fn message(&self) -> String {
        self.error()["error"]["message"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn brief(&self) -> String {
        self.text().chars().take(600).collect()
    }
}

/// Is this the one error body, as the specification shows it, with this status?
pub fn check_error_body(body: &Value, status: u16) -> Result<(), String> {
    let code = match status {
        400 => "BAD_REQUEST",
        401 => "AUTHENTICATION_REQUIRED",
        403 => "INSUFFICIENT_PERMISSIONS",
        404 => "RESOURCE_NOT_FOUND",
        405 => "METHOD_NOT_ALLOWED",
        409 => "CONFLICT",
        413 => "PAYLOAD_TOO_LARGE",
        415 => "UNSUPPORTED_MEDIA_TYPE",
        422 => "VALIDATION_ERROR",
        429 => "RATE_LIMIT_EXCEEDED",
        500 => "INTERNAL_ERROR",
        502 => "PROVIDER_ERROR",
        503 => "SERVICE_UNAVAILABLE",
        504 => "TIMEOUT",
        _ => return Err(format!("{status} is no status of an error here")),
    };
    let error = &body["error"];
    let says = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    let list = |value: &Value| value.as_array().cloned();
    let details = list(&error["details"]).ok_or("error.details is no list")?;
    let wanted = |holds: bool, what: &str| if holds { Ok(()) } else { Err(what.to_owned()) };
    wanted(body["status_code"] == status, "status_code is another status")?;
    wanted(error["code"] == code, "error.code is not that of the status")?;
    wanted(says(&error["message"]), "error.message says nothing")?;
    wanted(says(&error["request_id"]), "error.request_id is empty")?;
    let timestamp = error["timestamp"].as_str().unwrap_or_default();
    wanted(timestamp.ends_with('Z') && timestamp.parse::<kernel::Timestamp>().is_ok(), "error.timestamp is no time")?;
    if status != 422 {
        return wanted(says(&body["detail"]), "detail says nothing");
    }
    let faults = list(&body["detail"]).ok_or("detail is no list of faults")?;
    wanted(
        !faults.is_empty() && faults.len() == details.len(),
        "detail and error.details do not tell the same faults",
    )?;
    for (fault, detail) in faults.iter().zip(&details) {
        let loc = list(&fault["loc"]).unwrap_or_default();
        wanted(!loc.is_empty() && loc.iter().all(says), "a loc of detail is empty")?;
        wanted(says(&fault["msg"]) && says(&fault["type"]), "a fault of detail says nothing")?;
        wanted(says(&detail["field"]), "a detail has no field")?;
        wanted(detail["message"] == fault["msg"], "detail and error.details do not say the same")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_the_one_error_body_will_do() {
        let error = json!({"code": "RESOURCE_NOT_FOUND", "message": "Campaign not found", "details": [],
            "request_id": "0190", "timestamp": "2026-01-15T10:30:00Z"});
        let body = json!({"detail": "Campaign not found", "status_code": 404, "error": error});
        assert_eq!(check_error_body(&body, 404), Ok(()));
        assert!(check_error_body(&body, 409).is_err(), "another status");
        for (pointer, value) in [
            ("/detail", json!("")),
            ("/status_code", json!(400)),
            ("/error/code", json!("NOT_FOUND")),
            ("/error/message", json!(null)),
            ("/error/details", json!({})),
            ("/error/request_id", json!("")),
            ("/error/timestamp", json!("yesterday")),
        ] {
            let mut wrong = body.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(check_error_body(&wrong, 404).is_err(), "{pointer}");
        }
    }

    #[test]
    fn faults_are_told_in_both_ways() {
        let error = json!({"code": "VALIDATION_ERROR", "message": "1 field is wrong", "request_id": "0190",
            "details": [{"field": "email", "message": "is missing"}], "timestamp": "2026-01-15T10:30:00Z"});
        let detail = json!([{"loc": ["body", "email"], "msg": "is missing", "type": "missing"}]);
        let body = json!({"detail": detail, "status_code": 422, "error": error});
        assert_eq!(check_error_body(&body, 422), Ok(()));
        for (pointer, value) in
            [("/detail", json!([])), ("/detail/0/loc", json!([])), ("/error/details/0/message", json!("other"))]
        {
            let mut wrong = body.clone();
            *wrong.pointer_mut(pointer).unwrap() = value;
            assert!(check_error_body(&wrong, 422).is_err(), "{pointer}");
        }
    }
}
