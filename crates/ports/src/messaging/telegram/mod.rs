//! What Telegram's Bot API says: its updates, and its faults.

mod content;
mod faults;
#[cfg(test)]
mod tests;
mod update;

pub use faults::fault;
pub use update::parse;

/// The longest text of a message, after what marks it up was taken out.
pub const TEXT: usize = 4096;
/// The longest text below a file.
pub const CAPTION: usize = 1024;
/// The longest that a button gives back, in bytes.
pub const BUTTON_DATA: usize = 64;
/// Which updates are asked for.
pub const ALLOWED_UPDATES: [&str; 4] = ["message", "edited_message", "callback_query", "my_chat_member"];

/// How a message is called beyond its chat: messages of a chat are counted for that chat alone.
pub fn message_id(chat: i64, message: i64) -> String {
    format!("{chat}:{message}")
}

/// The chat and the number in it of such a name.
pub fn of_message_id(id: &str) -> Option<(i64, i64)> {
    let (chat, message) = id.rsplit_once(':')?;
    Some((chat.parse().ok()?, message.parse().ok()?))
}

/// A text as `parse_mode: HTML` takes it: shown as it is.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for letter in text.chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}
