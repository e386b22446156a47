//! The mail that asks someone in.

use kernel::Timestamp;
use mail::NewMail;
use maud::html;

use super::model::Invitation;
use crate::letters::{filled, framed, link as link_to};

const TEXT: &str = include_str!("../../templates/invitation.txt");

/// What the mail tells.
pub(super) struct Letter<'a> {
    /// Who invites.
    pub(super) inviter: &'a str,
    /// Into what.
    pub(super) workspace: &'a str,
    /// Where the server is reached.
    pub(super) public_url: &'a str,
    /// The token that lets them in.
    pub(super) token: &'a str,
}

/// The mail of an invitation. It is the server's own mail, not the workspace's: nobody but whom it is for reads the token.
pub(super) fn letter(invitation: &Invitation, told: &Letter<'_>) -> NewMail {
    let link = format!("{}/invitations/accept?token={}", told.public_url, told.token);
    let until = until(invitation.expires_at);
    let role = article(invitation.role);
    // Names are what people chose: no mail of ours carries their line breaks or their markup.
    let (inviter, workspace) = (one_line(told.inviter), one_line(told.workspace));
    let values =
        [("inviter", &*inviter), ("workspace", &*workspace), ("role", role), ("link", &*link), ("until", &*until)];
    let subject = format!("{inviter} invites you to {workspace}");
    let content = html! {
        p { "Hello," }
        p { (inviter) " invites you to the workspace “" (workspace) "” on InfluencerFlow, as " (role) "." }
        p { "To accept, open this link; it logs you in, or makes an account for this address:" }
        p { (link_to(&link)) }
        p {
            "The invitation is good until " (until) ", once. If you do not know what this is about, leave this mail alone: nothing \
             happens then."
        }
    };
    let html = framed(&subject, &content);
    NewMail {
        to: invitation.email.clone(),
        subject,
        text: filled(TEXT, &values),
        html: Some(html),
        ..NewMail::default()
    }
}

const fn article(role: kernel::WorkspaceRole) -> &'static str {
    match role {
        kernel::WorkspaceRole::Owner => "an owner",
        kernel::WorkspaceRole::Manager => "a manager",
        kernel::WorkspaceRole::Viewer => "a viewer",
    }
}

fn until(moment: Timestamp) -> String {
    let text = moment.to_string();
    format!("{} {} UTC", &text[..10], &text[11..16])
}

fn one_line(text: &str) -> String {
    text.split(|letter: char| letter.is_control()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use kernel::{Clock, WorkspaceRole};

    use super::*;

    #[test]
    fn names_cannot_write_the_mail() {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let now = clock.now();
        let invitation = Invitation {
            id: clock.new_id(),
            workspace_id: clock.new_id(),
            email: "bo@example.com".into(),
            email_key: "bo@example.com".into(),
            role: WorkspaceRole::Manager,
            hash: String::new(),
            invited_by: clock.new_id(),
            created_at: now,
            mailed_at: now,
            expires_at: now.plus(kernel::time::DAY),
            accepted_at: None,
            revoked_at: None,
        };
        let told = Letter {
            inviter: "ana",
            workspace: "<b>Win</b>\r\nBcc: x@y.z {{link}}",
            public_url: "https://flow.example",
            token: "ifi_abc",
        };
        let mail = letter(&invitation, &told);
        let html = mail.html.unwrap();
        assert!(!mail.subject.contains(['\r', '\n']) && !html.contains("<b>") && html.contains("&lt;b&gt;Win"));
        assert_eq!(mail.text.matches("https://flow.example/invitations/accept?token=ifi_abc").count(), 1);
        assert!(mail.text.contains("as a manager") && mail.text.contains("2026-01-16 10:30 UTC"), "{}", mail.text);
        assert!(
            !mail.text.contains("{{inviter}}") && mail.text.contains("{{link}}"),
            "a value is not read as a template"
        );
    }
}
