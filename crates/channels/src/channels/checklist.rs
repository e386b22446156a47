//! What a channel still lacks, and where to get it: in the words that its provider's screens have.

use serde::Serialize;
use utoipa::ToSchema;

use super::configuration::{ACCESS_TOKEN, APP_SECRET, BOT_TOKEN, SERVICE_ACCOUNT, VERIFY_TOKEN};
use super::model::{Channel, Status};
use crate::members::Medium;

/// A step on the way to a channel that works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ChannelStep)]
pub(crate) struct Step {
    /// The field of the configuration that it is about, or what is to be done.
    #[schema(example = "phone_number_id")]
    pub(crate) key: &'static str,
    /// In a line.
    pub(crate) title: &'static str,
    /// Where to find it, or how to do it: by the names that stand on the provider's screens.
    pub(crate) how: String,
    /// Is it done?
    pub(crate) done: bool,
    /// Does the channel do without it?
    pub(crate) optional: bool,
}

fn step(key: &'static str, title: &'static str, done: bool, how: impl Into<String>) -> Step {
    Step { key, title, how: how.into(), done, optional: false }
}

fn optional(key: &'static str, title: &'static str, done: bool, how: impl Into<String>) -> Step {
    Step { optional: true, ..step(key, title, done, how) }
}

/// The steps of a channel, in their order.
pub(crate) fn steps(channel: &Channel, base: &str) -> Vec<Step> {
    let works = channel.status == Status::Active;
    let url = channel.webhook_url(base).unwrap_or_default();
    match channel.kind {
        Medium::Whatsapp => whatsapp(channel, works, &url),
        Medium::Telegram => telegram(channel, works, &url),
        Medium::Web => web(channel, works, base),
        Medium::Mobile => mobile(channel, works),
    }
}

fn whatsapp(channel: &Channel, works: bool, url: &str) -> Vec<Step> {
    let (set, has) = (channel.set(), |name: &str| channel.secrets.0.has(name));
    vec![
        step(
            "phone_number",
            "The number that people write to",
            set.phone_number.is_some(),
            "The number of your WhatsApp Business account, with its country code. It must not be in use in the WhatsApp app on a phone, unless it is connected by Coexistence.",
        ),
        step(
            ACCESS_TOKEN,
            "A permanent access token",
            has(ACCESS_TOKEN),
            "Meta Business Settings > Users > System users: add one with the role Admin, Assign assets (your app and your WhatsApp account, Full control), then Generate token with whatsapp_business_messaging and whatsapp_business_management, Token expiration: Never. The token of the page API Setup ends after 24 hours.",
        ),
        step(
            "phone_number_id",
            "The id of the number",
            set.phone_number_id.is_some(),
            "Meta for Developers > your app > WhatsApp > API Setup: the number below From is shown with Phone number ID. It is not the phone number itself.",
        ),
        optional(
            "business_account_id",
            "The id of the account",
            set.business_account_id.is_some(),
            "The same page, API Setup: WhatsApp Business Account ID.",
        ),
        step(
            APP_SECRET,
            "The secret of the app",
            has(APP_SECRET),
            "Meta for Developers > your app > App settings > Basic: App secret, Show. What comes in is signed with it; without it nothing is let in.",
        ),
        step(
            VERIFY_TOKEN,
            "A word for the handshake",
            has(VERIFY_TOKEN),
            "Any text of your own; Meta sends it once when the webhook is set up.",
        ),
        step(
            "webhook",
            "The webhook",
            works,
            format!(
                "Meta for Developers > your app > WhatsApp > Configuration > Webhook > Edit: Callback URL {url}, Verify token the word above, Verify and save. Then Webhook fields > Manage: subscribe to messages."
            ),
        ),
        step("verify", "The check", works, "POST …/verify asks Meta how the number stands, and tells its answer."),
        optional(
            "reopening_template",
            "A template for late answers",
            set.reopening_template.is_some(),
            "WhatsApp Manager > Message templates > Create template, category Utility, such as we_have_an_answer with the text \"We have an answer to your question; reply to read it.\" Once 24 hours have passed since somebody wrote, only a template reaches them.",
        ),
    ]
}

fn telegram(channel: &Channel, works: bool, url: &str) -> Vec<Step> {
    let has = |name: &str| channel.secrets.0.has(name);
    vec![
        step(
            BOT_TOKEN,
            "The token of a bot",
            has(BOT_TOKEN),
            "In Telegram, write /newbot to @BotFather, give the bot a name and a username that ends in bot, and copy the token from its answer: \"Use this token to access the HTTP API\".",
        ),
        step(
            "verify",
            "The check, and the webhook",
            works,
            format!(
                "POST …/verify asks Telegram who the bot is, and has it tell us what comes in at {url}: there is nothing to set up by hand."
            ),
        ),
        optional(
            "privacy",
            "Only direct chats",
            true,
            "@BotFather > /setjoingroups > your bot > Disable: the assistant answers people, not groups.",
        ),
    ]
}

fn web(channel: &Channel, works: bool, base: &str) -> Vec<Step> {
    let set = channel.set();
    vec![
        step(
            "allowed_origins",
            "The addresses of your website",
            set.allowed_origins.as_ref().is_some_and(|all| !all.is_empty()),
            "Add the addresses of your website to allowed_origins, such as https://www.example.com: on other pages the chat stays closed.",
        ),
        step(
            "snippet",
            "The line on your pages",
            works && channel.user_count > 0,
            format!(
                "Paste this before </body> on every page: <script src=\"{base}/widget.js\" data-channel=\"{}\" async></script>",
                channel.id
            ),
        ),
        optional(
            "wildcard",
            "Not on every page of the world",
            !set.allowed_origins.as_ref().is_some_and(|all| all.iter().any(|one| one == "*")),
            "allowed_origins has *: any website may show your chat under its own name. Name your own instead.",
        ),
        optional(
            "privacy_url",
            "Your privacy notice",
            set.privacy_url.is_some(),
            "privacy_url: where your website says what you do with what people write. It is shown below the chat.",
        ),
        optional(
            "identity_mode",
            "Who is logged in on your website",
            set.identity_mode.is_some(),
            "Sign a JWT (HS256) with the channel's identity_secret, with user_id and exp, and hand it to the chat: then people find their conversation on every device. identity_mode required keeps everybody else out.",
        ),
    ]
}

fn mobile(channel: &Channel, works: bool) -> Vec<Step> {
    let has = |name: &str| channel.secrets.0.has(name);
    vec![
        optional(
            SERVICE_ACCOUNT,
            "A key of Firebase",
            has(SERVICE_ACCOUNT),
            "Firebase console > Project settings > Service accounts > Firebase Admin SDK > Generate new private key: the JSON file. Without it the app asks for new messages by itself.",
        ),
        step("verify", "The check", works, "POST …/verify asks Firebase whether the key is good."),
    ]
}

#[cfg(test)]
mod tests {
    use kernel::{Clock, WorkspaceId};

    use super::*;
    use crate::channels::configuration::Configuration;

    fn channel(kind: Medium) -> Channel {
        let clock = Clock::mock("2026-01-15T10:30:00Z".parse().unwrap(), 1);
        let workspace: WorkspaceId = clock.new_id();
        Channel {
            id: clock.new_id(),
            workspace_id: workspace,
            kind,
            name: "A channel".into(),
            status: Status::PendingVerification,
            reason: None,
            configuration: db::Json(Configuration::default()),
            secrets: db::Json(crate::channels::secrets::Sealed::default()),
            revision: 1,
            user_count: 0,
            verified_at: None,
            created_at: clock.now(),
            updated_at: clock.now(),
            deleted_at: None,
        }
    }

    #[test]
    fn what_is_missing_is_said_and_what_is_there_is_done() {
        let mut whatsapp = channel(Medium::Whatsapp);
        let open = |channel: &Channel| {
            let steps = steps(channel, "https://api.example");
            steps.into_iter().filter(|one| !one.done && !one.optional).map(|one| one.key).collect::<Vec<_>>()
        };
        assert_eq!(
            open(&whatsapp),
            ["phone_number", ACCESS_TOKEN, "phone_number_id", APP_SECRET, VERIFY_TOKEN, "webhook", "verify"]
        );
        whatsapp.configuration.0.phone_number = Some("+1234567890".into());
        whatsapp.status = Status::Active;
        assert_eq!(open(&whatsapp), [ACCESS_TOKEN, "phone_number_id", APP_SECRET, VERIFY_TOKEN]);
        let told = steps(&whatsapp, "https://api.example");
        assert!(
            told.iter().any(|one| one.how.contains(&format!("https://api.example/webhooks/whatsapp/{}", whatsapp.id)))
        );
        assert_eq!(open(&channel(Medium::Telegram)), [BOT_TOKEN, "verify"]);
        assert_eq!(open(&channel(Medium::Web)), ["allowed_origins", "snippet"]);
        assert_eq!(open(&channel(Medium::Mobile)), ["verify"]);
    }
}
