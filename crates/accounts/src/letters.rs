//! The mails of accounts, from the templates beside this folder.

use db::Tx;
use http_base::{App, page};
use kernel::{Result, Scope};
use mail::NewMail;
use maud::{Markup, PreEscaped, html};

use crate::model::email_key;
use crate::store::{self, Purpose};
use crate::{AccountRow, Accounts, secrets};

const BUTTON: &str =
    "display:inline-block;padding:.7rem 1.2rem;background:#18181b;color:#ffffff;border-radius:6px;text-decoration:none";

/// What a letter is told.
struct Words<'a> {
    /// Whom it is for.
    name: &'a str,
    /// Where its button leads.
    link: &'a str,
    /// What the link proves; nothing where it proves nothing.
    token: &'a str,
    /// For how long it is good, or when it happened.
    when: &'a str,
}

struct Letter {
    subject: &'static str,
    text: &'static str,
    html: fn(&Words<'_>) -> Markup,
}

const VERIFY: Letter = Letter {
    subject: "Confirm your e-mail address",
    text: include_str!("../templates/verify.txt"),
    html: |words| {
        html! {
            p { "Hello " (words.name) "," }
            p { "please confirm that this address is yours." }
            (way_in(words.link, "Confirm the address"))
            p { "It is good once, for " (words.when) ". If you did not sign up, do not confirm: without it the \
                 account can do nothing in your name." }
        }
    },
};
const RESET: Letter = Letter {
    subject: "Choose a new password",
    text: include_str!("../templates/reset.txt"),
    html: |words| {
        html! {
            p { "Hello " (words.name) "," }
            p { "somebody, we hope you, asked for a new password for your account." }
            (way_in(words.link, "Choose a new password"))
            p {
                "It is good once, for " (words.when) ". If it was not you, you need do nothing: your password stays as it is."
            }
        }
    },
};
const CHANGED: Letter = Letter {
    subject: "Your password was changed",
    text: include_str!("../templates/changed.txt"),
    html: |words| {
        html! {
            p { "Hello " (words.name) "," }
            p {
                "the password of your account was changed just now (" (words.when) "). Everyone else who was logged in to it has been \
                 logged out; keys, linked providers, mailed links and open invitations have ended, too."
            }
            p { "If it was not you, ask for a new password at once: " (link(words.link)) }
        }
    },
};

const CONFIRMED: Letter = Letter {
    subject: "Your e-mail address was confirmed",
    text: include_str!("../templates/confirmed.txt"),
    html: |words| {
        html! {
            p { "Hello " (words.name) "," }
            p {
                "the address of your account was confirmed just now (" (words.when) "). Whatever was open or linked before is not any \
                 more: log-ins, keys, linked providers, mailed links. Log in again."
            }
            p {
                "If you never signed up, somebody else did it with your address: " a href=(words.link) { "choose a password of your own" }
                " at once, and they have nothing left."
            }
        }
    },
};
const EXISTS: Letter = Letter {
    subject: "You have an account already",
    text: include_str!("../templates/exists.txt"),
    html: |words| {
        html! {
            p { "Hello " (words.name) "," }
            p {
                "somebody, probably you, wanted to sign up with this address just now (" (words.when) "). It has an account already: log \
                 in to that. If you do not remember its password, " a href=(words.link) { "choose a new one" } "."
            }
            p { "If it was not you, you need do nothing." }
        }
    },
};

/// A link that shows where it leads.
pub(crate) fn link(to: &str) -> Markup {
    html! { a href=(to) { (to) } }
}

fn way_in(to: &str, button: &str) -> Markup {
    html! {
        p { a href=(to) style=(BUTTON) { (button) } }
        p { "Or open this link: " (link(to)) }
    }
}

/// A mail's HTML: mail programs know no style sheets, so each part says how it looks.
pub(crate) fn framed(subject: &str, content: &Markup) -> String {
    page::text_of(&html! {
        (PreEscaped("<!doctype html>\n"))
        html lang="en" {
            head { meta charset="utf-8"; meta name="viewport" content="width=device-width"; title { (subject) } }
            body style="margin:0;background:#f4f4f5;font-family:system-ui,sans-serif;color:#18181b" {
                div style="max-width:34rem;margin:2rem auto;padding:2rem;background:#ffffff;border-radius:8px" {
                    (content)
                    p style="color:#71717a;font-size:.85rem" { "InfluencerFlow" }
                }
            }
        }
    })
}

impl Letter {
    async fn queue(&self, tx: &mut Tx, app: &App, to: &str, words: &Words<'_>) -> Result<()> {
        let Words { name, link, token, when } = *words;
        let in_text = [("name", name), ("link", link), ("token", token), ("time", when), ("when", when)];
        let mail = NewMail {
            to: to.to_owned(),
            subject: self.subject.to_owned(),
            text: filled(self.text, &in_text),
            html: Some(framed(self.subject, &(self.html)(words))),
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
    let words = Words { name: &account.username, link: &link, token: &token, when: &span(minutes) };
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

/// Tells the owner of an address what happened just now, and where a new password is to be had.
async fn tell(letter: &Letter, tx: &mut Tx, app: &App, account: &AccountRow) -> Result<()> {
    let Some(email) = &account.email else { return Ok(()) };
    let link = format!("{}/forgot-password", app.public_url());
    let when = format!("{} UTC", app.clock().now().to_string()[..16].replace('T', " "));
    let words = Words { name: &account.username, link: &link, token: "", when: &when };
    letter.queue(tx, app, email, &words).await
}

/// Tells that the password was changed, in case it was somebody else.
pub(crate) async fn changed(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<()> {
    tell(&CHANGED, tx, accounts.app(), account).await
}

/// Tells that the address was confirmed, and that whatever was there before has ended.
pub(crate) async fn confirmed(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<()> {
    tell(&CONFIRMED, tx, accounts.app(), account).await
}

/// Tells that somebody wanted to sign up with an address that has an account.
pub(crate) async fn exists(accounts: &Accounts, tx: &mut Tx, account: &AccountRow) -> Result<()> {
    tell(&EXISTS, tx, accounts.app(), account).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_text() {
        let words = Words { name: "<b>{{link}}</b>", link: "https://x/?a=1&b=\"2\"", token: "t", when: "an hour" };
        for letter in [&VERIFY, &RESET, &CHANGED, &CONFIRMED, &EXISTS] {
            let html = framed(letter.subject, &(letter.html)(&words));
            assert!(html.contains("<p>Hello &lt;b&gt;{{link}}&lt;/b&gt;,</p>"), "{html}");
            assert!(html.contains("<a href=\"https://x/?a=1&amp;b=&quot;2&quot;\""), "{html}");
        }
        assert_eq!(filled("{{name}}!", &[("name", words.name), ("link", "x")]), "<b>{{link}}</b>!");
    }

    #[test]
    fn every_name_in_the_templates_is_filled_in() {
        let known = ["name", "link", "token", "time", "when"];
        for letter in [&VERIFY, &RESET, &CHANGED, &CONFIRMED, &EXISTS] {
            for part in letter.text.split("{{").skip(1) {
                let name = part.split("}}").next().unwrap();
                assert!(known.contains(&name), "{name}");
            }
        }
        assert_eq!((span(60), span(90), span(24 * 60)), ("an hour".into(), "90 minutes".into(), "24 hours".into()));
    }
}
