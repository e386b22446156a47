//! What is sent, and what is told of it.

use std::collections::BTreeMap;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{MediaKind, Pricing, SendFault};

/// How a person is known on a channel.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, kernel::Words)]
#[words(no_column, name = "IdentityOfMessage")]
pub enum IdentityKind {
    /// A phone number in E.164, with its plus: `+34600000000`.
    Phone,
    /// WhatsApp's business-scoped user id: `ES.1349…`. A new phone number makes a new one.
    Bsuid,
    /// The same for all businesses of one parent.
    ParentBsuid,
    /// Telegram's chat.
    ChatId,
    /// A visitor of the web widget.
    Widget,
    /// A phone with our app: Firebase's registration token.
    Device,
    /// The id that the coach's own system has for them.
    External,
}

/// One way in which a person is known on a channel.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Identity {
    /// What the value is.
    pub kind: IdentityKind,
    /// The value itself.
    pub value: String,
}

impl Identity {
    /// An identity.
    pub fn new(kind: IdentityKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }
}

/// Whom a message is for: everything the person is known by on the channel. Each provider takes what it can use.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct To(pub Vec<Identity>);

impl To {
    /// What they are known by of one kind; the last one, if there are several.
    pub fn find(&self, kind: IdentityKind) -> Option<&str> {
        self.0.iter().rev().find(|one| one.kind == kind).map(|one| one.value.as_str())
    }
}

impl FromIterator<Identity> for To {
    fn from_iter<I: IntoIterator<Item = Identity>>(identities: I) -> Self {
        Self(identities.into_iter().collect())
    }
}

/// A message to be sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outgoing {
    /// Our name for it, at most 512 characters. WhatsApp tells it with every status, so that a message whose answer was lost is found again.
    pub key: String,
    /// Whom it is for.
    pub to: To,
    /// The provider's id of the message that it answers.
    pub reply_to: Option<String>,
    /// What it holds.
    pub content: Content,
}

/// What a message holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Content {
    /// Words.
    Text {
        /// The words, plain: whatever looks like markup is shown as it is.
        text: String,
        /// May a link be shown with a picture of where it leads?
        preview: bool,
    },
    /// Words with buttons below: answers to choose from.
    Buttons {
        /// The words.
        text: String,
        /// The buttons. More than [`Bounds::buttons`] become a list, up to [`Bounds::rows`].
        buttons: Vec<Button>,
        /// What stands on the button that opens the list, where there are so many: `Choose`, `Elegir`.
        list: String,
    },
    /// A message that the provider has approved beforehand.
    Template(Template),
    /// A file.
    Media(Attachment),
    /// A line on a phone's screen that leads into the app.
    Notice {
        /// Its first line.
        title: String,
        /// What it says: that there is a message, not the message.
        body: String,
        /// What the app finds it by. Values only, no personal text.
        data: BTreeMap<String, String>,
    },
}

/// A button that answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Button {
    /// What comes back when it is pressed, at most 64 bytes.
    pub id: String,
    /// What stands on it.
    pub title: String,
}

/// A message that the provider has approved beforehand, with what fills its gaps.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Template {
    /// Its name.
    pub name: String,
    /// Its language: `en_US`, `es`.
    pub language: String,
    /// What fills the gap of its header, if it has one.
    pub header: Option<String>,
    /// What fills the gaps of its body, in order.
    pub body: Vec<Parameter>,
    /// What comes back of its quick replies, by their place from 0.
    pub replies: Vec<(u8, String)>,
    /// The whole in words, for providers that have no templates.
    pub text: String,
}

/// What fills a gap of a template.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parameter {
    /// The gap's name, if it has a name and no number.
    pub name: Option<String>,
    /// What stands in it.
    pub text: String,
}

/// A file that is sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Attachment {
    /// As what it is shown.
    pub kind: MediaKind,
    /// Where it is.
    pub source: Source,
    /// What is written below it.
    pub caption: Option<String>,
}

/// Where a file that is sent comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Source {
    /// From us.
    Bytes {
        /// What it holds.
        bytes: Bytes,
        /// Its media type.
        mime: String,
        /// What it is called.
        file_name: String,
    },
    /// The provider has it already, by this id of its own ([`Sent::media`]).
    Known(String),
}

/// What one message may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// The longest text, in [`super::units`]. Longer ones: [`super::split`] says where to cut.
    pub text: usize,
    /// The longest text with buttons below.
    pub text_with_buttons: usize,
    /// The longest text below a file.
    pub caption: usize,
    /// The most buttons.
    pub buttons: usize,
    /// The longest words on a button, in characters.
    pub button_title: usize,
    /// The most choices in a list, where there are more than buttons.
    pub rows: usize,
    /// The largest file, in bytes.
    pub file: usize,
    /// Does the provider charge for each message? Then an answer is one message, not a burst.
    pub is_charged: bool,
    /// Does the messenger itself cut a long text into several messages? Else it refuses one that is too long (`too_long`).
    pub splits: bool,
    /// Must the person have written within 24 hours for anything but a template?
    pub has_window: bool,
}

/// What is told of a message that went out.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Sent {
    /// The provider's name for it, by which statuses and replies refer to it; of several parts, the last one's.
    pub id: String,
    /// Those of the parts before, where it went out in several.
    pub before: Vec<String>,
    /// The provider's id of the file that was sent, for the next time.
    pub media: Option<String>,
    /// Who it went to, as the provider knows them by now.
    pub identities: Vec<Identity>,
    /// What it costs, where that is told at once.
    pub pricing: Option<Pricing>,
    /// Is it held by the provider for now, to see how others take it?
    pub is_held: bool,
    /// What of a text in several parts did not go out.
    pub unsent: Option<Box<Unsent>>,
}

/// The rest of a text whose first parts went out.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Unsent {
    /// What is missing: to be sent as a message of its own.
    pub text: String,
    /// Why it did not go out.
    pub fault: SendFault,
}
