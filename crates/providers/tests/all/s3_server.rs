//! A bucket on this machine: it speaks S3's protocol as far as files need it, and checks every signature.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

pub(crate) const KEY_ID: &str = "AKIDEXAMPLE";
pub(crate) const SECRET: &str = "hush-wJalrXUtnFEMI";
pub(crate) const REGION: &str = "eu-south-2";

/// How it behaves before it does what was asked for: an answer instead, or nothing.
pub(crate) type Mood = dyn Fn(usize, &Asked) -> Option<Response> + Send + Sync;

/// What was asked.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) bytes: usize,
    pub(crate) range: Option<String>,
    pub(crate) media_type: Option<String>,
}

#[derive(Default)]
struct Kept {
    files: BTreeMap<String, Bytes>,
    /// Of uploads in parts: the parts by their numbers.
    parts: BTreeMap<String, BTreeMap<u32, Bytes>>,
    asked: Vec<Asked>,
}

/// A running bucket.
#[derive(Clone)]
pub(crate) struct S3Server {
    pub(crate) url: String,
    kept: Arc<Mutex<Kept>>,
}

/// Marks an answer that never comes.
#[derive(Clone)]
struct Never;

pub(crate) fn never() -> Response {
    let mut response = Response::default();
    response.extensions_mut().insert(Never);
    response
}

pub(crate) fn refusal(status: u16, code: &str) -> Response {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>as it is</Message></Error>");
    (StatusCode::from_u16(status).unwrap(), [("content-type", "application/xml")], body).into_response()
}

impl S3Server {
    pub(crate) async fn start(mood: impl Fn(usize, &Asked) -> Option<Response> + Send + Sync + 'static) -> Self {
        let kept: Arc<Mutex<Kept>> = Arc::default();
        let (own, mood): (_, Arc<Mood>) = (Arc::clone(&kept), Arc::new(mood));
        let handler = move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| {
            let (own, mood) = (Arc::clone(&own), Arc::clone(&mood));
            async move {
                let said = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
                let (range, media_type) = (said("range"), said("content-type"));
                let (path, query) = (uri.path().to_owned(), uri.query().unwrap_or_default().to_owned());
                let asked = Asked { method, path, query, bytes: body.len(), range, media_type };
                let response = {
                    let mut kept = own.lock().unwrap();
                    let number = kept.asked.len();
                    kept.asked.push(asked.clone());
                    match mood(number, &asked) {
                        Some(response) => response,
                        None if !is_signed(&asked, &headers, &body) => refusal(403, "SignatureDoesNotMatch"),
                        None => kept.answer(&asked, body),
                    }
                };
                if response.extensions().get::<Never>().is_some() {
                    std::future::pending::<()>().await;
                }
                response
            }
        };
        let app = Router::new().fallback(handler).layer(axum::extract::DefaultBodyLimit::disable());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, kept }
    }

    /// Takes what it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.kept.lock().unwrap().asked)
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.kept.lock().unwrap().files.keys().cloned().collect()
    }

    /// Uploads in parts that are neither whole nor given up.
    pub(crate) fn unfinished(&self) -> usize {
        self.kept.lock().unwrap().parts.len()
    }
}

impl Kept {
    fn answer(&mut self, asked: &Asked, body: Bytes) -> Response {
        let value = |name: &str| {
            let found = asked.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            found.map(str::to_owned)
        };
        let name = asked.path.clone();
        match (asked.method.as_str(), value("uploadId")) {
            ("POST", None) if asked.query.starts_with("uploads") => {
                let id = format!("upload-{}", self.asked.len());
                self.parts.insert(id.clone(), BTreeMap::new());
                let xml =
                    format!("<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>");
                xml.into_response()
            }
            ("PUT", Some(id)) => {
                let Some(parts) = self.parts.get_mut(&id) else { return refusal(404, "NoSuchUpload") };
                let tag = tag(&body);
                parts.insert(value("partNumber").unwrap().parse().unwrap(), body);
                [("etag", tag)].into_response()
            }
            ("POST", Some(id)) => {
                let Some(parts) = self.parts.remove(&id) else { return refusal(404, "NoSuchUpload") };
                let whole: Bytes = parts.into_values().collect::<Vec<_>>().concat().into();
                let xml = format!(
                    "<CompleteMultipartUploadResult><ETag>{}</ETag></CompleteMultipartUploadResult>",
                    tag(&whole)
                );
                self.files.insert(name, whole);
                xml.into_response()
            }
            ("DELETE", Some(id)) => {
                self.parts.remove(&id);
                StatusCode::NO_CONTENT.into_response()
            }
            ("PUT", None) => {
                let tag = tag(&body);
                self.files.insert(name, body);
                [("etag", tag)].into_response()
            }
            ("DELETE", None) => {
                self.files.remove(&name);
                StatusCode::NO_CONTENT.into_response()
            }
            ("GET" | "HEAD", None) => match self.files.get(&name) {
                Some(file) => told(file, asked),
                None => refusal(404, "NoSuchKey"),
            },
            _ => refusal(405, "MethodNotAllowed"),
        }
    }
}

fn tag(bytes: &[u8]) -> String {
    format!("\"{}\"", &hex::encode(Sha256::digest(bytes))[..32])
}

fn told(file: &Bytes, asked: &Asked) -> Response {
    let headers = [("etag", tag(file)), ("last-modified", "Thu, 15 Jan 2026 11:00:01 GMT".to_owned())];
    let part = asked.range.as_deref().and_then(|range| range.strip_prefix("bytes="));
    let Some((first, last)) = part.and_then(|part| part.split_once('-')) else {
        return (headers, [("content-length", file.len().to_string())], Body::from(file.clone())).into_response();
    };
    let (first, last): (usize, usize) = (first.parse().unwrap(), last.parse().unwrap());
    let range = [("content-range", format!("bytes {first}-{last}/{}", file.len()))];
    (StatusCode::PARTIAL_CONTENT, headers, range, file.slice(first..=last)).into_response()
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Computes the signature anew (AWS Signature Version 4) and compares.
fn is_signed(asked: &Asked, headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let part = |name: &str| {
        let all = header("authorization").strip_prefix("AWS4-HMAC-SHA256 ").unwrap_or_default();
        all.split(", ").find_map(|part| part.strip_prefix(name)?.strip_prefix('=')).unwrap_or_default().to_owned()
    };
    let (hash, moment) = (header("x-amz-content-sha256"), header("x-amz-date"));
    if hash != hex::encode(Sha256::digest(body)) || moment.len() != 16 {
        return false;
    }
    let mut pairs: Vec<String> = asked
        .query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| if pair.contains('=') { pair.to_owned() } else { format!("{pair}=") })
        .collect();
    pairs.sort();
    let signed = part("SignedHeaders");
    let listed: Vec<String> = signed.split(';').map(|name| format!("{name}:{}\n", header(name).trim())).collect();
    let canonical =
        format!("{}\n{}\n{}\n{}\n{signed}\n{hash}", asked.method, asked.path, pairs.join("&"), listed.concat());
    let day = &moment[..8];
    let scope = format!("{day}/{REGION}/s3/aws4_request");
    let to_sign = format!("AWS4-HMAC-SHA256\n{moment}\n{scope}\n{}", hex::encode(Sha256::digest(canonical)));
    let key = [REGION, "s3", "aws4_request"]
        .iter()
        .fold(hmac(format!("AWS4{SECRET}").as_bytes(), day), |key, text| hmac(&key, text));
    part("Credential") == format!("{KEY_ID}/{scope}") && part("Signature") == hex::encode(hmac(&key, &to_sign))
}

/// The example of Amazon's documentation ("GET Object"): the check itself is checked.
#[test]
fn the_check_computes_what_amazon_documents() {
    let key = ["us-east-1", "s3", "aws4_request"]
        .iter()
        .fold(hmac(b"AWS4wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "20130524"), |key, text| hmac(&key, text));
    let to_sign = "AWS4-HMAC-SHA256\n20130524T000000Z\n20130524/us-east-1/s3/aws4_request\n\
                   7344ae5b7ee6c3e7e6b0fe0640412a37625d1fbfff95c48bbb2dc43964946972";
    assert_eq!(hex::encode(hmac(&key, to_sign)), "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}
