//! Files of Telegram.

use ports::messaging::{
    Account, Attachment, Decision, Media, MediaFault, MediaKind, Outgoing, SendFault, Sent, Source, telegram, units,
};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::{Telegram, method};
use crate::messaging::{Wire, of_file};

/// The largest file that a bot may send, and the largest picture.
const LARGEST: usize = 50 << 20;
const LARGEST_PICTURE: usize = 10 << 20;

/// The method for a kind of file, and the field that the file stands in.
fn how(attachment: &Attachment) -> (&'static str, &'static str) {
    let mime = match &attachment.source {
        Source::Bytes { mime, .. } => mime.as_str(),
        Source::Known(_) => "",
    };
    match attachment.kind {
        // Other pictures are shown smaller than they are, or not at all.
        MediaKind::Image if mime == "image/gif" => ("sendAnimation", "animation"),
        MediaKind::Image => ("sendPhoto", "photo"),
        MediaKind::Video => ("sendVideo", "video"),
        MediaKind::Audio if mime.starts_with("audio/ogg") => ("sendVoice", "voice"),
        MediaKind::Audio => ("sendAudio", "audio"),
        MediaKind::Document => ("sendDocument", "document"),
        MediaKind::Sticker => ("sendSticker", "sticker"),
    }
}

impl Telegram {
    pub(super) async fn send_file(
        &self,
        account: &Account,
        message: &Outgoing,
        attachment: &Attachment,
    ) -> Result<Sent, SendFault> {
        let rejected = |code: &str, says: String| Err(SendFault::ours(Decision::Rejected, code, says));
        let mut body = method::to(message, true)?;
        if let Some(caption) = attachment.caption.as_deref().filter(|caption| !caption.is_empty()) {
            if units(caption) > telegram::CAPTION {
                return rejected(
                    "too_long",
                    format!("The caption has {} characters, and {} are allowed", units(caption), telegram::CAPTION),
                );
            }
            body["caption"] = json!(telegram::escape(caption));
            body["parse_mode"] = json!("HTML");
        }
        let (name, field) = how(attachment);
        let told = match &attachment.source {
            Source::Known(id) => {
                body[field] = json!(id);
                self.send_by(account, name, &body).await?
            }
            Source::Bytes { bytes, mime, file_name } => {
                let most = if field == "photo" { LARGEST_PICTURE } else { LARGEST };
                if bytes.len() > most {
                    return rejected(
                        "too_large",
                        format!("The file has {} bytes, and Telegram takes {most} of its kind", bytes.len()),
                    );
                }
                let url = self.method(account, name)?;
                let make = || {
                    let unfit = |_| SendFault::ours(Decision::Rejected, "bad_type", format!("{mime} is no media type"));
                    let part = Part::stream_with_length(reqwest::Body::from(bytes.clone()), bytes.len() as u64);
                    let part = part.file_name(file_name.clone()).mime_str(mime).map_err(unfit)?;
                    let fields = body.as_object().into_iter().flatten();
                    let form = fields.fold(Form::new(), |form, (name, value)| form.text(name.clone(), in_form(value)));
                    let request = self.wire.client().post(url.clone()).multipart(form.part(field, part)).build();
                    request.map_err(|_| {
                        SendFault::ours(Decision::Rejected, "bad_file", "The file cannot be sent as it is")
                    })
                };
                let told = self.wire.once(make, account).await?;
                self.sent(told, account).await?
            }
        };
        let (id, message) = told;
        Ok(Sent { id, media: known(&message), ..Sent::default() })
    }

    /// A file that somebody sent: its path first, then itself.
    pub(super) async fn fetch(&self, account: &Account, id: &str, most: usize) -> Result<Media, MediaFault> {
        let told = match self.ask(account, "getFile", &json!({"file_id": id})).await {
            Ok(told) => told,
            // More than 20 MB no bot gets.
            Err(fault) if fault.says.contains("file is too big") => return Err(MediaFault::TooLarge(None)),
            Err(fault) => return Err(of_file(fault)),
        };
        if told["file_size"].as_u64().is_some_and(|size| size > most as u64) {
            return Err(MediaFault::TooLarge(told["file_size"].as_u64()));
        }
        // It becomes a part of an address that holds the token.
        let path =
            told["file_path"].as_str().filter(|path| !path.split('/').any(|part| matches!(part, "" | "." | "..")));
        let Some(path) = path else { return Err(MediaFault::Gone("Telegram keeps this file no longer".into())) };
        let bot = format!("bot{}", account.token.reveal());
        let url = self.wire.url(["file", bot.as_str()].into_iter().chain(path.split('/')));
        match self.wire.file(Wire::get(url), most).await? {
            Ok((bytes, mime)) => Ok(Media {
                bytes: bytes.into(),
                // Telegram gives every file as this.
                mime: mime.filter(|mime| mime != "application/octet-stream"),
                file_name: path.rsplit('/').next().map(str::to_owned),
            }),
            Err(refused) if refused.status == 404 => Err(MediaFault::Gone("Telegram keeps this file no longer".into())),
            Err(refused) => Err(of_file(telegram::fault(refused.status, &refused.body, account))),
        }
    }
}

/// A field of a form: objects as JSON.
fn in_form(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The id of the file that was sent, for the next time.
fn known(message: &Value) -> Option<String> {
    let id = |part: &Value| part["file_id"].as_str().map(str::to_owned);
    let photo = message["photo"].as_array().and_then(|sizes| sizes.last()).and_then(id);
    let names = ["animation", "video", "voice", "audio", "document", "sticker"];
    photo.or_else(|| names.into_iter().find_map(|name| id(&message[name])))
}
