//! `Idempotency-Key`: a request that is sent twice does what it does once, and is answered the same.
//!
//! A handler takes [`Once`], begins with it in the transaction of its effect, and has the answer kept in that same transaction:
//!
//! ```ignore
//! let mut tx = app.write().await?;
//! let ticket = match once.begin(&mut tx, &caller, &sent, now).await? {
//!     Begun::Answered(answer) => return Ok(answer),
//!     Begun::Go(ticket) => ticket,
//! };
//! // … the effect, in tx …
//! let answer = ticket.keep(&mut tx, StatusCode::OK, &body).await?;
//! tx.commit().await?;
//! Ok(answer)
//! ```
//!
//! What fails is not kept: nothing has happened, and the same request may be sent again. Where an outside call stands in the middle,
//! the ticket is opened in one transaction and its answer kept in another; what a crash left open is [resumed](Ticket::resumed) by the next
//! request with the key. Without the header nothing is kept.

use axum::extract::FromRequestParts;
use axum::http::header::{CONTENT_TYPE, HeaderName};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use db::{Migration, Tx, args};
use futures::future::BoxFuture;
use kernel::{Error, Fault, Result, Timestamp, time};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use utoipa::IntoParams;

use crate::ApiError;

/// The header that names a request, so that it may be sent twice.
pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// The header of an answer that was given before.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// For so long the same key has the same answer.
const KEPT: i64 = time::DAY;
/// After so long whoever opened a ticket is gone: no request takes that long.
const LEASE: i64 = 2 * time::MINUTE;

/// What is kept of keys.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0003_idempotency",
    sql: "
CREATE TABLE idempotency_keys (
    caller TEXT NOT NULL,
    name TEXT NOT NULL,
    fingerprint {bytes} NOT NULL,
    status BIGINT,
    body TEXT,
    opened_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (caller, name)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
",
}];

/// The header, for the parameters of a `#[utoipa::path]`.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
pub struct IdempotencyKey {
    /// A name of your own for this request (a UUID, say). Sent again with the same body within 24 hours it is answered as the first
    /// time and does nothing more; with another body it is 409.
    #[param(rename = "Idempotency-Key", required = false, max_length = 255)]
    #[expect(dead_code, reason = "read by the documentation alone")]
    idempotency_key: Option<String>,
}

/// The key of a request, if it has one.
#[derive(Clone, Debug)]
pub struct Once {
    key: Option<String>,
    asked: String,
}

/// Is this request to be done?
pub enum Begun {
    /// No: it has been, and this is the answer.
    Answered(Response),
    /// Yes.
    Go(Ticket),
}

/// The right to do what a request asks. Without a key it keeps nothing.
#[derive(Clone, Debug)]
#[must_use]
pub struct Ticket {
    row: Option<(String, String)>,
    resumed: bool,
}

impl Once {
    /// Begins what this caller asks, whose body is `sent`. [`kernel::Kind::Conflict`] if the key stands for another request, or for one that is
    /// still under way; where that one is only waiting for its commit, this waits for it.
    pub fn begin<'a>(
        &'a self,
        tx: &'a mut Tx,
        caller: &'a kernel::Caller,
        sent: &'a Map<String, Value>,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<Begun>> {
        Box::pin(self.begin_inline(tx, caller, sent, now))
    }

    async fn begin_inline(
        &self,
        tx: &mut Tx,
        caller: &kernel::Caller,
        sent: &Map<String, Value>,
        now: Timestamp,
    ) -> Result<Begun> {
        let Some(key) = &self.key else { return Ok(Begun::Go(Ticket { row: None, resumed: false })) };
        let who = caller.account().map_or_else(|| "demo".to_owned(), |account| account.id.to_string());
        let fingerprint = fingerprint(&self.asked, sent);
        let ticket = |resumed| Ticket { row: Some((who.clone(), key.clone())), resumed };
        let fresh = tx
            .execute(
                "INSERT INTO idempotency_keys (caller, name, fingerprint, opened_at, created_at) VALUES ($1, $2, $3, $4, $4) \
                 ON CONFLICT (caller, name) DO UPDATE SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, \
                 opened_at = excluded.opened_at, created_at = excluded.created_at WHERE idempotency_keys.created_at <= $5",
                args![&who, key, &fingerprint, now, now.plus(-KEPT)],
            )
            .await?;
        if fresh == 1 {
            return Ok(Begun::Go(ticket(false)));
        }
        let sql = "SELECT fingerprint, status, body, opened_at FROM idempotency_keys WHERE caller = $1 AND name = $2";
        let (known, status, body, opened_at): (Vec<u8>, Option<u16>, Option<String>, Timestamp) =
            tx.fetch_one(sql, args![&who, key]).await?;
        if known != fingerprint {
            return Err(Error::conflict(
                "This Idempotency-Key was used for another request within the last 24 hours; give this one a key of its own",
            ));
        }
        if let Some(status) = status {
            return Ok(Begun::Answered(replay(status, body.unwrap_or_default())?));
        }
        let sql = "UPDATE idempotency_keys SET opened_at = $3 WHERE caller = $1 AND name = $2 AND status IS NULL AND \
                   opened_at = $4";
        let left_behind = opened_at.plus(LEASE) <= now;
        if left_behind && tx.execute(sql, args![&who, key, now, opened_at]).await? == 1 {
            return Ok(Begun::Go(ticket(true)));
        }
        Err(Error::conflict("A request with this Idempotency-Key is still under way; send it again in a moment"))
    }
}

impl Ticket {
    /// Was the same request begun before, by somebody who did not come to an end? What it did then is done.
    pub fn resumed(&self) -> bool {
        self.resumed
    }

    /// Caller and key in one text, to write down beside what is begun; nothing without a key.
    pub fn name(&self) -> Option<String> {
        self.row.as_ref().map(|(who, key)| format!("{who} {key}"))
    }

    /// Makes the answer and keeps it, in the transaction of what it tells of.
    pub async fn keep(self, tx: &mut Tx, status: StatusCode, body: &(impl Serialize + Sync)) -> Result<Response> {
        let text = serde_json::to_string(body).map_err(Error::internal)?;
        if let Some((who, key)) = self.row {
            let sql = "UPDATE idempotency_keys SET status = $3, body = $4 WHERE caller = $1 AND name = $2";
            tx.execute(sql, args![who, key, status.as_u16(), &text]).await?;
        }
        Ok(json(status, text))
    }

    /// Makes an answer that must not be stored (it holds a secret), and leaves the request open: sent again it is
    /// [resumed](Ticket::resumed), and answered anew.
    pub async fn tell(self, tx: &mut Tx, status: StatusCode, body: &(impl Serialize + Sync)) -> Result<Response> {
        let text = serde_json::to_string(body).map_err(Error::internal)?;
        self.release(tx).await?;
        Ok(json(status, text))
    }

    /// Leaves it without an answer: the next request with the key may [resume](Ticket::resumed) at once.
    pub async fn release(self, tx: &mut Tx) -> Result<()> {
        if let Some((who, key)) = self.row {
            let sql = "UPDATE idempotency_keys SET opened_at = 0 WHERE caller = $1 AND name = $2 AND status IS NULL";
            tx.execute(sql, args![who, key]).await?;
        }
        Ok(())
    }
}

/// Forgets keys that are older than a day, at most a thousand. Tells how many.
pub async fn purge(tx: &mut Tx, now: Timestamp) -> Result<u64> {
    let sql = "DELETE FROM idempotency_keys WHERE (caller, name) IN \
               (SELECT caller, name FROM idempotency_keys WHERE created_at <= $1 ORDER BY created_at LIMIT 1000)";
    tx.execute(sql, args![now.plus(-KEPT)]).await
}

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let asked = format!("{} {}", parts.method, parts.uri.path());
        let Some(value) = parts.headers.get(HEADER) else { return Ok(Self { key: None, asked }) };
        let key = value.to_str().map(str::trim).unwrap_or_default();
        if key.is_empty() || key.len() > 255 {
            return Err(Error::invalid(vec![Fault {
                loc: vec!["header".into(), "Idempotency-Key".into()],
                message: "must be 1 to 255 printable characters of ASCII".into(),
                kind: "wrong_format",
            }])
            .into());
        }
        Ok(Self { key: Some(key.to_owned()), asked })
    }
}

fn json(status: StatusCode, text: String) -> Response {
    let media_type = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    (status, media_type, text).into_response()
}

fn replay(status: u16, body: String) -> Result<Response> {
    let mut response = json(StatusCode::from_u16(status).map_err(Error::internal)?, body);
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(response)
}

/// What is asked, in 32 bytes: the order and the spacing of a body's fields do not matter.
fn fingerprint(asked: &str, sent: &Map<String, Value>) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(asked.as_bytes());
    feed_object(&mut hash, sent);
    hash.finalize().to_vec()
}

fn feed_object(hash: &mut Sha256, object: &Map<String, Value>) {
    let mut names: Vec<&String> = object.keys().collect();
    names.sort();
    hash.update(b"{");
    for name in names {
        hash.update(Value::from(name.as_str()).to_string().as_bytes());
        feed(hash, &object[name]);
    }
    hash.update(b"}");
}

fn feed(hash: &mut Sha256, value: &Value) {
    match value {
        Value::Object(object) => feed_object(hash, object),
        Value::Array(items) => {
            hash.update(b"[");
            for item in items {
                feed(hash, item);
                hash.update(b",");
            }
            hash.update(b"]");
        }
        plain => hash.update(plain.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(asked: &str, body: &Value) -> Vec<u8> {
        fingerprint(asked, body.as_object().unwrap())
    }

    #[test]
    fn only_what_is_asked_counts() {
        let one: Value = serde_json::from_str(r#"{"a": [1, {"b": 2, "c": null}], "d": "x"}"#).unwrap();
        let same: Value = serde_json::from_str(r#" {"d":"x","a":[1,{"c":null,"b":2}]} "#).unwrap();
        assert_eq!(of("POST /a", &one), of("POST /a", &same));
        assert_ne!(of("POST /a", &one), of("POST /b", &one));
        for other in [
            json!({"a": [1, {"b": 2}], "d": "x"}),
            json!({"a": [1, {"b": 2, "c": null}], "d": "y"}),
            json!({"a": [[1], {"b": 2, "c": null}], "d": "x"}),
            json!({"a": ["1", {"b": 2, "c": null}], "d": "x"}),
        ] {
            assert_ne!(of("POST /a", &one), of("POST /a", &other), "{other}");
        }
    }
}
