//! What is asked of WhatsApp to send.

use ports::messaging::whatsapp::{BUTTON_TITLE, BUTTONS, CAPTION, ROWS, TEXT, TEXT_WITH_BUTTONS};
use ports::messaging::{
    Attachment, Button, Content, Decision, IdentityKind, MediaKind, Outgoing, SendFault, Source, Template, units,
};
use serde_json::{Value, json};

/// The longest words of a choice in a list.
const ROW_TITLE: usize = 24;
/// The longest id of a button, and of a choice in a list.
const BUTTON_ID: usize = 200;
/// The longest key that comes back with statuses.
const KEY: usize = 512;

fn rejected<T>(code: &str, says: impl Into<String>) -> Result<T, SendFault> {
    Err(SendFault::ours(Decision::Rejected, code, says))
}

/// The body, and by what the person is named in it. A file is named by the id that it was uploaded as.
pub(super) fn of(message: &Outgoing, file: Option<&str>) -> Result<(Value, IdentityKind), SendFault> {
    let kinds =
        [(IdentityKind::Phone, "to"), (IdentityKind::Bsuid, "recipient"), (IdentityKind::ParentBsuid, "recipient")];
    let named = kinds.into_iter().find_map(|(kind, field)| Some((kind, field, message.to.find(kind)?)));
    let Some((kind, field, value)) = named else {
        return rejected("131008", "There is neither a phone number nor a user id to send to");
    };
    let mut body = json!({"messaging_product": "whatsapp", "recipient_type": "individual", field: value});
    if !message.key.is_empty() && message.key.len() <= KEY {
        body["biz_opaque_callback_data"] = json!(message.key);
    }
    if let Some(answered) = &message.reply_to {
        body["context"] = json!({"message_id": answered});
    }
    let (name, holds) = content(&message.content, file)?;
    body["type"] = json!(name);
    body[name] = holds;
    Ok((body, kind))
}

fn content(content: &Content, file: Option<&str>) -> Result<(&'static str, Value), SendFault> {
    Ok(match content {
        Content::Text { text, preview } => {
            within(text, TEXT, "text")?;
            ("text", json!({"body": text, "preview_url": preview}))
        }
        Content::Buttons { text, buttons, list } => ("interactive", interactive(text, buttons, list)?),
        Content::Template(template) => ("template", of_template(template)),
        Content::Media(attachment) => of_file(attachment, file)?,
        Content::Notice { .. } => return rejected("unsupported", "WhatsApp sends messages, and no notices"),
    })
}

fn within(text: &str, most: usize, what: &str) -> Result<(), SendFault> {
    match units(text) {
        0 => rejected("empty", format!("There are no words in the {what}")),
        _ if text.trim().is_empty() => rejected("empty", format!("There are no words in the {what}")),
        length if length > most => {
            rejected("too_long", format!("The {what} has {length} characters, and {most} are allowed"))
        }
        _ => Ok(()),
    }
}

/// Words that fit on a button: cut, for the id decides what is pressed.
fn title(text: &str, most: usize) -> String {
    let text = text.trim();
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most - 1).collect();
    format!("{}…", kept.trim_end())
}

fn interactive(text: &str, buttons: &[Button], list: &str) -> Result<Value, SendFault> {
    within(text, TEXT_WITH_BUTTONS, "text with buttons")?;
    if buttons.is_empty() || buttons.len() > ROWS {
        return rejected("buttons", format!("There are {} buttons, and 1 to {ROWS} are allowed", buttons.len()));
    }
    if let Some(wrong) =
        buttons.iter().find(|one| one.id.is_empty() || one.id.len() > BUTTON_ID || one.title.trim().is_empty())
    {
        return rejected(
            "buttons",
            format!("The button {:?} has no words, or no id of 1 to {BUTTON_ID} bytes", wrong.title),
        );
    }
    if buttons.len() <= BUTTONS {
        let reply =
            |one: &Button| json!({"type": "reply", "reply": {"id": one.id, "title": title(&one.title, BUTTON_TITLE)}});
        let replies: Vec<Value> = buttons.iter().map(reply).collect();
        return Ok(json!({"type": "button", "body": {"text": text}, "action": {"buttons": replies}}));
    }
    let rows: Vec<Value> =
        buttons.iter().map(|one| json!({"id": one.id, "title": title(&one.title, ROW_TITLE)})).collect();
    let opens = title(if list.trim().is_empty() { "…" } else { list }, BUTTON_TITLE);
    Ok(json!({"type": "list", "body": {"text": text}, "action": {"button": opens, "sections": [{"rows": rows}]}}))
}

fn of_template(template: &Template) -> Value {
    let mut components = Vec::new();
    if let Some(header) = &template.header {
        components.push(json!({"type": "header", "parameters": [{"type": "text", "text": header}]}));
    }
    if !template.body.is_empty() {
        let parameters: Vec<Value> = template
            .body
            .iter()
            .map(|one| match &one.name {
                Some(name) => json!({"type": "text", "parameter_name": name, "text": one.text}),
                None => json!({"type": "text", "text": one.text}),
            })
            .collect();
        components.push(json!({"type": "body", "parameters": parameters}));
    }
    for (place, payload) in &template.replies {
        components.push(json!({"type": "button", "sub_type": "quick_reply", "index": place.to_string(),
            "parameters": [{"type": "payload", "payload": payload}]}));
    }
    let mut body = json!({"name": template.name, "language": {"code": template.language}});
    if !components.is_empty() {
        body["components"] = json!(components);
    }
    body
}

fn of_file(attachment: &Attachment, file: Option<&str>) -> Result<(&'static str, Value), SendFault> {
    let (name, takes_words) = match attachment.kind {
        MediaKind::Image => ("image", true),
        MediaKind::Video => ("video", true),
        MediaKind::Audio => ("audio", false),
        MediaKind::Document => ("document", true),
        MediaKind::Sticker => ("sticker", false),
    };
    let mut holds = json!({"id": file.unwrap_or_default()});
    if let Some(caption) = attachment.caption.as_deref().filter(|caption| !caption.is_empty()) {
        if !takes_words {
            return rejected("caption", "WhatsApp shows no words below sound and stickers: send them as a text");
        }
        within(caption, CAPTION, "caption")?;
        holds["caption"] = json!(caption);
    }
    if let (MediaKind::Document, Source::Bytes { file_name, .. }) = (attachment.kind, &attachment.source) {
        holds["filename"] = json!(file_name);
    }
    Ok((name, holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_buttons_are_cut_where_they_do_not_fit() {
        assert_eq!(title("Yes, please", 20), "Yes, please");
        assert_eq!(title("A little longer than that", 20), "A little longer tha…");
        assert_eq!(title("Siempre que pueda, sí", 9), "Siempre…");
    }
}
