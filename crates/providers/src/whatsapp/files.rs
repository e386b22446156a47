//! Files of WhatsApp: uploaded before they are sent, fetched from an address that is good for five minutes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ports::messaging::{Account, Attachment, Decision, Media, MediaFault, MediaKind, SendFault, Source};
use reqwest::Url;
use reqwest::multipart::{Form, Part};
use sha2::{Digest as _, Sha256};

use super::{WhatsApp, id};
use crate::messaging::{Wire, of_file};

/// Where Meta keeps files. The key goes there and to the configured address alone.
const HOSTS: [&str; 4] = ["lookaside.fbsbx.com", ".fbsbx.com", ".fbcdn.net", ".whatsapp.net"];

/// The largest file of a kind, in bytes.
fn largest(kind: MediaKind) -> usize {
    match kind {
        MediaKind::Image => 5 << 20,
        MediaKind::Video | MediaKind::Audio => 16 << 20,
        MediaKind::Document => 100 << 20,
        MediaKind::Sticker => 500 << 10,
    }
}

impl WhatsApp {
    /// The id of a file with WhatsApp: uploaded now, if it was not before.
    pub(super) async fn upload(&self, account: &Account, attachment: &Attachment) -> Result<String, SendFault> {
        let (bytes, mime, file_name) = match &attachment.source {
            Source::Known(id) => return Ok(id.clone()),
            Source::Bytes { bytes, mime, file_name } => (bytes, mime, file_name),
        };
        let most = largest(attachment.kind);
        if bytes.len() > most {
            let says = format!("The file has {} bytes, and WhatsApp takes {most} of its kind", bytes.len());
            return Err(SendFault::ours(Decision::Rejected, "too_large", says));
        }
        let url = self.url(&[Self::sender(account)?, "media"]);
        let make = || {
            let unfit = |_| SendFault::ours(Decision::Rejected, "bad_type", format!("{mime} is no media type"));
            // Cheap: the bytes are shared.
            let body = reqwest::Body::from(bytes.clone());
            let part = Part::stream_with_length(body, bytes.len() as u64)
                .file_name(file_name.clone())
                .mime_str(mime)
                .map_err(unfit)?;
            let form = Form::new().text("messaging_product", "whatsapp").text("type", mime.clone()).part("file", part);
            let request = self.wire.client().post(url.clone()).multipart(form).build();
            let request = request
                .map_err(|_| SendFault::ours(Decision::Rejected, "bad_file", "The file cannot be sent as it is"))?;
            Wire::with_key(request, account.token.reveal())
        };
        let told = self.wire.again(make, account).await?;
        let told = self.answer(told, account, ports::messaging::IdentityKind::Phone, false)?;
        let no_id = || SendFault::ours(Decision::Later(None), "no_id", "WhatsApp took the file and gave it no id");
        told["id"].as_str().map(str::to_owned).ok_or_else(no_id)
    }

    /// A file that somebody sent.
    pub(super) async fn fetch(&self, account: &Account, media: &str, most: usize) -> Result<Media, MediaFault> {
        let gone = || MediaFault::Gone("There is no file of this id".into());
        let url = self.url(&[id(media).ok_or_else(gone)?]);
        let told = self.ask(account, || Wire::get(url.clone())).await.map_err(|fault| of_missing(fault, media))?;
        if told["file_size"].as_u64().is_some_and(|size| size > most as u64) {
            return Err(MediaFault::TooLarge(told["file_size"].as_u64()));
        }
        let address = told["url"].as_str().and_then(|url| Url::parse(url).ok()).filter(|url| self.is_meta_s(url));
        let Some(address) = address else {
            return Err(MediaFault::Spoilt("WhatsApp names no address of its own for the file".into()));
        };
        let request = Wire::with_key(Wire::get(address), account.token.reveal()).map_err(of_file)?;
        let (bytes, mime) = match self.wire.file(request, most).await? {
            Ok(file) => file,
            Err(refused) if matches!(refused.status, 404 | 410) => return Err(gone()),
            Err(refused) => {
                let fault = self.answer(refused, account, ports::messaging::IdentityKind::Phone, false);
                return Err(fault.err().map_or_else(gone, of_file));
            }
        };
        if told["sha256"].as_str().is_some_and(|wanted| !is_hash_of(wanted, &bytes)) {
            return Err(MediaFault::Spoilt("The file that came is not the one that WhatsApp told of".into()));
        }
        let mime = told["mime_type"].as_str().map(str::to_owned).or(mime);
        Ok(Media { bytes: bytes.into(), mime, file_name: None })
    }

    /// May the key go there?
    fn is_meta_s(&self, url: &Url) -> bool {
        let base = self.wire.base();
        if url.origin() == base.origin() {
            return true;
        }
        let host = url.host_str().unwrap_or_default();
        url.scheme() == "https"
            && HOSTS.iter().any(|one| if one.starts_with('.') { host.ends_with(one) } else { host == *one })
    }
}

/// An id that is not there any more is refused as one that never was.
fn of_missing(fault: SendFault, media: &str) -> MediaFault {
    // Code 100 with subcode 33, which for a number means that the channel is broken.
    let is_missing = fault.code.as_deref() == Some("100") && fault.says.contains(media);
    if is_missing { MediaFault::Gone(fault.says) } else { of_file(fault) }
}

/// WhatsApp writes it in hex here, and in base64 in webhooks.
fn is_hash_of(wanted: &str, bytes: &[u8]) -> bool {
    let hash = Sha256::digest(bytes);
    wanted.eq_ignore_ascii_case(&hex::encode(hash)) || wanted == STANDARD.encode(hash)
}
