//! Conversations: members write as providers and the website tell it, and the coach works with the inbox.

use audience::MemberId;
use axum::http::Method;
use kernel::{Error, Id, Result, time};
use ports::messaging::standin::bodies;
use ports::messaging::{IdentityKind, Media};
use samples::coach::{Coach, Member, Step, What};
use serde_json::{Value, json};

use super::channel_of;
use super::past::{BUSINESS, Channel, NUMBER, Past, text};
use crate::demo_told::Person;

/// The assistant takes so long to answer.
const ANSWERED: i64 = 2 * time::SECOND;
/// A picture that somebody sends.
const PHOTO: &[u8] = include_bytes!("photo.png");

/// What a member tells.
#[derive(Clone, Copy)]
enum Says {
    Words(&'static str),
    Photo(&'static str),
    Edited(&'static str),
}

impl Past {
    /// Takes a step of a conversation, and whatever comes of it.
    pub(super) async fn step(&mut self, world: &Coach, step: &Step, member: MemberId) -> Result<()> {
        let sample = (step.member, &world.members[step.member]);
        match step.what {
            What::Writes(words) => self.says(sample, Says::Words(words)).await?,
            What::Photo(words) => self.says(sample, Says::Photo(words)).await?,
            What::Edits(words) => self.says(sample, Says::Edited(words)).await?,
            What::Answers(words) => self.acts(member, "messages", &json!({"text": words})).await?,
            What::Notes(words) => self.acts(member, "notes", &json!({"text": words})).await?,
            What::HandsBack(words) => self.acts(member, "hand-back", &json!({"note": words})).await?,
            What::Closes => self.acts(member, "close", &json!({})).await?,
            What::FillsGap(words) => self.fills_gap(step.member, words).await?,
        }
        self.wait(ANSWERED);
        self.work().await?;
        self.arrives().await
    }

    /// The coach does something with a member's conversation.
    async fn acts(&self, member: MemberId, what: &str, body: &Value) -> Result<()> {
        let found = self.told.get(&self.coach, &format!("/api/v1/conversations?user_id={member}")).await?;
        let id = text(&found["conversations"][0], "id")?;
        self.post(&format!("/api/v1/conversations/{id}/{what}"), body).await.map(drop)
    }

    /// The coach answers what the assistant could not, in the base where it is kept.
    async fn fills_gap(&self, member: usize, words: &str) -> Result<()> {
        let asked = self.last.get(&member).map_or("", |(_, words)| words);
        for base in &self.bases {
            let list = self.told.get(&self.coach, &format!("{base}/gaps?limit=100")).await?;
            let gaps = list["gaps"].as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(gap) = gaps.iter().find(|gap| gap["question"] == asked) {
                let path = format!("{base}/gaps/{}/answer", text(gap, "id")?);
                return self.post(&path, &json!({"answer": words})).await.map(drop);
            }
        }
        // The assistant knew something after all.
        Ok(())
    }

    /// A member writes something, over the channel on which they are.
    pub(super) async fn writes(&mut self, who: (usize, &Member), words: &'static str) -> Result<()> {
        self.says(who, Says::Words(words)).await
    }

    /// A member says something, over the channel on which they are.
    async fn says(&mut self, (index, member): (usize, &Member), says: Says) -> Result<()> {
        self.count += 1;
        // An edit is of the message before it.
        let number = match says {
            Says::Edited(_) => self.last.get(&index).map_or(self.count, |(number, _)| *number),
            _ => self.count,
        };
        let words = match says {
            Says::Words(words) | Says::Photo(words) | Says::Edited(words) => words,
        };
        self.last.insert(index, (number, words));
        match channel_of(member)? {
            audience::Channel::Web | audience::Channel::Mobile => self.chats(index, member, words).await,
            audience::Channel::Whatsapp => self.by_whatsapp(member, number, says).await,
            audience::Channel::Telegram => self.by_telegram(member, number, says).await,
        }
    }

    async fn chats(&mut self, index: usize, member: &Member, words: &str) -> Result<()> {
        let channels = self.channels()?;
        let channel = if member.channel == "web" { &channels.web } else { &channels.mobile };
        let path = format!("/api/v1/widget/{}", channel.id);
        let visitor = match self.visitors.get(&index) {
            Some(token) => token.clone(),
            None => self.enters(channel, &path, member).await?,
        };
        let visitor = Person { id: String::new(), token: visitor };
        let id: Id<()> = self.clock.new_id();
        let body = json!({"client_id": id.to_string(), "text": words});
        self.told.post(&visitor, &format!("{path}/messages"), &body).await?;
        self.visitors.insert(index, visitor.token);
        Ok(())
    }

    /// Begins a member's chat: the website says who they are.
    async fn enters(&self, channel: &Channel, path: &str, member: &Member) -> Result<String> {
        let signed = bodies::hub_signature(&channel.secret, member.external_id.as_bytes());
        let hash = signed.trim_start_matches("sha256=");
        let body = json!({"identity": {"external_id": member.external_id, "user_hash": hash}, "language": member.language,
            "time_zone": member.timezone, "page": "https://anamoreno.example/"});
        let answer = self.told.ask(Method::POST, &format!("{path}/session"), None, &body).await?;
        text(&answer, "token")
    }

    async fn by_whatsapp(&self, member: &Member, number: u32, says: Says) -> Result<()> {
        let holds = match says {
            Says::Words(words) | Says::Edited(words) => json!({"type": "text", "text": {"body": words}}),
            Says::Photo(words) => {
                let id = format!("media-{number}");
                let (mime, bytes) = (Some("image/png".to_owned()), axum::body::Bytes::from_static(PHOTO));
                self.whatsapp.put_file(&id, Media { bytes, mime, file_name: None });
                json!({"type": "image", "image": {"id": id, "mime_type": "image/png", "caption": words}})
            }
        };
        let digits = member.external_id.trim_start_matches('+');
        let from = bodies::Person { wa_id: Some(digits), user_id: None, name: &member.name };
        let id = format!("wamid.demo{number}");
        self.tell_whatsapp(&bodies::whatsapp_message(from, &id, self.clock.now(), &holds)).await
    }

    async fn tell_whatsapp(&self, change: &Value) -> Result<()> {
        let channel = &self.channels()?.whatsapp;
        let body = bodies::whatsapp(BUSINESS, NUMBER, change).to_string();
        let signature = bodies::hub_signature(&channel.secret, body.as_bytes());
        let path = format!("/webhooks/whatsapp/{}", channel.id);
        self.told.tell(&path, ("x-hub-signature-256", &signature), body).await
    }

    async fn by_telegram(&self, member: &Member, number: u32, says: Says) -> Result<()> {
        let chat = member.external_id.parse().map_err(Error::internal)?;
        let (Says::Words(words) | Says::Photo(words) | Says::Edited(words)) = says;
        let (update, now) = (i64::from(self.count), self.clock.now());
        let holds = json!({"text": words});
        let mut body = bodies::telegram_message(update, chat, i64::from(number), &member.name, now, &holds);
        if let (Says::Edited(_), Some(update)) = (says, body.as_object_mut())
            && let Some(mut message) = update.remove("message")
        {
            message["edit_date"] = json!(now.micros() / time::SECOND);
            update.insert("edited_message".to_owned(), message);
        }
        let channel = &self.channels()?.telegram;
        let path = format!("/webhooks/telegram/{}", channel.id);
        self.told.tell(&path, ("x-telegram-bot-api-secret-token", &channel.secret), body.to_string()).await
    }

    /// WhatsApp tells that what was sent has arrived, and was read.
    pub(super) async fn arrives(&mut self) -> Result<()> {
        let given = self.whatsapp.given();
        if given.len() == self.arrived {
            return Ok(());
        }
        for one in &given[self.arrived..] {
            let Some(phone) = one.message.to.find(IdentityKind::Phone) else { continue };
            let digits = phone.trim_start_matches('+');
            for (word, after) in [("delivered", 1), ("read", 4)] {
                self.wait(after * time::SECOND);
                let status = bodies::whatsapp_status(&one.id, &one.message.key, digits, word, self.clock.now(), None);
                self.tell_whatsapp(&status).await?;
            }
        }
        self.arrived = given.len();
        self.work().await
    }
}
