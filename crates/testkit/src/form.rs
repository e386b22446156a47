//! Forms with files, as browsers send them (RFC 7578).

const BOUNDARY: &str = "a-boundary-that-stands-in-no-test-file";

/// A form of type `multipart/form-data`.
#[derive(Clone, Default)]
pub struct Form(Vec<u8>);

impl Form {
    /// A form without a field.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a file under this field.
    #[must_use]
    pub fn file(mut self, field: &str, name: &str, bytes: impl AsRef<[u8]>) -> Self {
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes.as_ref());
        self.0.extend_from_slice(b"\r\n");
        self
    }

    /// With a text under this field.
    #[must_use]
    pub fn text(mut self, field: &str, text: &str) -> Self {
        let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{text}\r\n");
        self.0.extend_from_slice(part.as_bytes());
        self
    }

    /// What `Content-Type` says of it.
    pub fn media_type(&self) -> String {
        format!("multipart/form-data; boundary={BOUNDARY}")
    }

    /// The body.
    pub fn bytes(&self) -> Vec<u8> {
        [&self.0, format!("--{BOUNDARY}--\r\n").as_bytes()].concat()
    }
}
