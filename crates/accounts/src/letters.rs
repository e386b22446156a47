//! The mails of accounts, from the templates beside this folder.

use db::Tx;
use http_base::App;
use http_base::page::escape;
use kernel::{Result, Scope};
use mail::NewMail;

use crate::model::email_key;
use crate::store::{self, Purpose};
use crate::{AccountRow, Accounts, secrets};

pub(crate) const FRAME: &str = include_str!("../templates/frame.html");

struct Letter {
    subject: &'static str,
    text: &'static str,
    html: &'static str,
}

const VERIFY: Letter = Letter {
    subject: "Confirm your e-mail address",
    text: include_str!("../templates/verify.txt"),
    html: include_str!("../templates/verify.html"),
};
const RESET: Letter = Letter {
    subject: "Choose a new password",
    text: include_str!("../templates/reset.txt"),
    html: include_str!("../templates/reset.html"),
};
const CHANGED: Letter = Letter {
    subject: "Your password was changed",
    text: include_str!("../templates/changed.txt"),
    html: include_str!("../templates/changed.html"),
};

impl Letter {
    async fn queue(&self, tx: &mut Tx, app: &App, to: &str, words: &[(&str, &str)]) -> Result<()> {
        let escaped: Vec<(&str, String)> = words.iter().map(|(name, word)| (*name, escape(word))).collect();
        let escaped: Vec<(&str, &str)> = escaped.iter().map(|(name, word)| (*name, word.as_str())).collect();
        let content = filled(self.html, &escaped);
        let html = filled(FRAME, &[("subject", self.subject), ("content", &content)]);
        let mail = NewMail {
            to: to.to_owned(),
            subject: self.subject.to_owned(),
            text: filled(self.text, words),
            html: Some(html),
            ..NewMail::default()
        };
        mail::queue(tx, app, mail).await.map(drop)
    }
}

/// The template with its `{{names}}` filled in, in one pass: what is filled in is not looked at again.
pub(crate) fn filled(template: &str, words: &[(&str, &str)]) -> String {
    let mut text = String::with_capacity(template.len() + 200);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let Some((name, after)) = after.split_once("}}") else { break };
        let word = words.iter().find(|(known, _)| *known == name).map_or("", |(_, word)| word);
        text.push_str(word);
        rest = after;
    }
    text + rest
}

fn span(minutes: u32) -> String {
    match minutes {
        60 => "an hour".into(),
        minutes if minutes % 60 == 0 => format!("{} hours", minutes / 60),
        minutes => format!("{minutes} minutes"),
    }
}

async fn with_token(accounts: &Accounts, tx: &mut Tx, account: &AccountRow, purpose: Purpose) -> Result<bool> {
    let Some(email) = &account.email else { return Ok(false) };
    let (clock, now, settings) = (accounts.clock(), accounts.clock().now(), accounts.settings());
    let (letter, path, minutes) = match purpose {
        Purpose::Verify => (&VERIFY, "verify-email", settings.verify_hours * 60),
        Purpose::Reset => (&RESET, "reset-password", settings.reset_minutes),
    };
    let token = secrets::random(clock, "");
    let until = now.plus(i64::from(minutes) * kernel::time::MINUTE);
    let (hash, key) = (secrets::hash(&token), email_key(email));
    store::insert_mail_token(Scope::system(), tx, purpose, account.id, &key, &hash, (now, until)).await?;
    let link = format!("{}/{path}?token={token}", accounts.app().public_url());
    let time = span(minutes);
    let words = [("name", account.username.as_str()), ("link", &link), ("token", &token), ("time", &time)];
    letter.queue(tx, accounts.app(), email, &words).await?;
    Ok(true)
}

/// Queues the mail by which an account shows that its address is its own; false if it has none.
pub(crate) async fn verify(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<bool> {
    with_token(accounts, tx, account, Purpose::Verify).await
}

/// Queues the mail by which a new password may be set.
pub(crate) async fn reset(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<bool> {
    with_token(accounts, tx, account, Purpose::Reset).await
}

/// Tells that the password was changed, in case it was somebody else.
pub(crate) async fn changed(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<()> {
    let Some(email) = &account.email else { return Ok(()) };
    let link = format!("{}/forgot-password", accounts.app().public_url());
    let when = format!("{} UTC", accounts.clock().now().to_string()[..16].replace('T', " "));
    let words = [("name", account.username.as_str()), ("link", &link), ("when", &when)];
    CHANGED.queue(tx, accounts.app(), email, &words).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_text() {
        let words = [("name", "<b>{{link}}</b>"), ("link", "https://x/?a=1&b=\"2\"")];
        let escaped: Vec<(&str, String)> = words.iter().map(|(name, word)| (*name, escape(word))).collect();
        let escaped: Vec<(&str, &str)> = escaped.iter().map(|(name, word)| (*name, word.as_str())).collect();
        let html = filled("<p>{{name}}</p><a href=\"{{link}}\">", &escaped);
        assert_eq!(html, "<p>&lt;b&gt;{{link}}&lt;/b&gt;</p><a href=\"https://x/?a=1&amp;b=&quot;2&quot;\">");
    }

    #[test]
    fn every_name_in_the_templates_is_filled_in() {
        let known = ["name", "link", "token", "time", "when"];
        for letter in [&VERIFY, &RESET, &CHANGED] {
            for part in letter.text.split("{{").skip(1).chain(letter.html.split("{{").skip(1)) {
                let name = part.split("}}").next().unwrap();
                assert!(known.contains(&name), "{name}");
            }
        }
        assert_eq!((span(60), span(90), span(24 * 60)), ("an hour".into(), "90 minutes".into(), "24 hours".into()));
    }
}
