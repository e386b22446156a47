//! The bot's webhook, and how the bot stands.

use kernel::{Timestamp, time};
use ports::messaging::telegram::ALLOWED_UPDATES;
use ports::messaging::{Account, Decision, Hook, HookStanding, SendFault, Standing, State};
use reqwest::Url;
use serde_json::{Value, json};

use super::Telegram;

/// How many updates Telegram tells at once.
const CONNECTIONS: u32 = 40;
/// Where Telegram calls.
const PORTS: [u16; 4] = [443, 80, 88, 8443];

impl Telegram {
    pub(super) async fn set_hook(&self, account: &Account, hook: &Hook) -> Result<(), SendFault> {
        let broken = |code: &str, says: String| Err(SendFault::ours(Decision::ChannelBroken, code, says));
        let secret = hook.secret.reveal();
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if !(1..=256).contains(&secret.len()) || !secret.bytes().all(fits) {
            return broken("bad_secret", "The webhook's secret must be 1 to 256 of A–Z, a–z, 0–9, _ and -".into());
        }
        // A Bot API server of one's own calls wherever it is told to.
        let url = Url::parse(&hook.url).ok();
        let reached = url.as_ref().is_some_and(|url| {
            url.scheme() == "https" && url.port_or_known_default().is_some_and(|port| PORTS.contains(&port))
        });
        if self.wire.base().host_str() == Some("api.telegram.org") && !reached {
            let says = format!(
                "Telegram calls https addresses on the ports 443, 80, 88 and 8443 alone, and this server's is {}: set PUBLIC_BASE_URL",
                hook.url
            );
            return broken("bad_address", says);
        }
        let body = json!({"url": hook.url, "secret_token": secret, "allowed_updates": ALLOWED_UPDATES, "max_connections": CONNECTIONS});
        self.ask(account, "setWebhook", &body).await.map(|_| ())
    }

    /// Whose token is it, and are updates told?
    pub(super) async fn look(&self, account: &Account) -> Standing {
        let none = json!({});
        let (me, hook) = match self.ask(account, "getMe", &none).await {
            Ok(me) => (me, self.ask(account, "getWebhookInfo", &none).await),
            Err(fault) => {
                let state = if fault.decision.may_pass() { State::Unknown } else { State::Faulty };
                return Standing { code: fault.code, ..Standing::of(state, fault.says) };
            }
        };
        let username = me["username"].as_str().unwrap_or_default();
        let mut standing = Standing {
            name: Some(format!("@{username}")),
            sender: me["id"].as_i64().map(|id| id.to_string()),
            ..Standing::of(State::Works, format!("Telegram knows the bot as @{username}"))
        };
        match hook {
            Ok(told) => {
                let hook = hook_of(&told);
                standing.notes.extend(notes(&hook, &told));
                standing.webhook = Some(hook);
            }
            Err(fault) => standing.notes.push(format!("Telegram does not say how the webhook stands: {fault}")),
        }
        standing
    }
}

fn hook_of(told: &Value) -> HookStanding {
    let text = |name: &str| told[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    HookStanding {
        url: text("url"),
        pending: told["pending_update_count"].as_u64().unwrap_or_default(),
        last_error: text("last_error_message"),
        last_error_at: told["last_error_date"]
            .as_i64()
            .map(|at| Timestamp::from_micros(at.saturating_mul(time::SECOND))),
    }
}

fn notes(hook: &HookStanding, told: &Value) -> Vec<String> {
    let mut notes = Vec::new();
    if hook.url.is_none() {
        notes.push("Telegram tells nobody what comes in: connect the webhook".into());
    }
    if let Some(error) = &hook.last_error {
        notes.push(format!("The last update could not be told: {error}"));
    }
    let asked = told["allowed_updates"].as_array();
    let missing = asked
        .filter(|asked| !asked.is_empty() && ALLOWED_UPDATES.iter().any(|one| !asked.iter().any(|told| told == one)));
    if missing.is_some() {
        notes.push("Not all that is needed is told: connect the webhook once more".into());
    }
    notes
}
