//! What kind of request it is: each kind is counted apart.

use axum::http::Method;

use super::settings::{Bucket, Who};

/// A kind of request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    General,
    /// What a model is asked for.
    Ai,
    Upload,
    /// Signing up, logging in, resetting a password.
    Auth,
    /// What providers call us with, and who follows a tracked link: many come from one address.
    Webhook,
}

impl Class {
    /// Where it is counted.
    pub(super) const fn bucket(self, who: Who) -> Bucket {
        match (who, self) {
            (Who::Address, Self::General) => Bucket::AddressGeneral,
            (Who::Address, Self::Ai) => Bucket::AddressAi,
            (Who::Address, Self::Upload) => Bucket::AddressUploads,
            (Who::Address, Self::Auth) => Bucket::AddressAuth,
            (Who::Address, Self::Webhook) => Bucket::AddressWebhooks,
            (Who::Creator, Self::Ai) => Bucket::CreatorAi,
            (Who::Creator, Self::Upload) => Bucket::CreatorUploads,
            (Who::Creator, _) => Bucket::CreatorGeneral,
            (Who::Account, Self::Ai) => Bucket::AccountAi,
            (Who::Account, Self::Upload) => Bucket::AccountUploads,
            (Who::Account, _) => Bucket::AccountGeneral,
        }
    }
}

/// What pages send that do the same as routes under `/api/v1/auth`.
const FORMS: [&str; 3] = ["/verify-email", "/reset-password", "/forgot-password"];

/// Is this route never counted? Who watches over the server must not be turned away by its load.
pub fn is_free(path: &str) -> bool {
    const FREE: [&str; 6] = ["/", "/health", "/api/v1/health", "/api/v1/info", "/metrics", "/openapi.json"];
    FREE.contains(&path) || path.starts_with("/docs") || path.starts_with("/redoc")
}

/// The kind of a request to this route; none if it is not counted.
pub(super) fn class_of(method: &Method, path: &str, is_upload: bool) -> Option<Class> {
    if is_free(path) {
        return None;
    }
    let reads = method.is_safe();
    Some(match () {
        () if !reads && is_webhook(path) => Class::Webhook,
        () if path.starts_with("/t/") => Class::Webhook,
        () if !reads && (path.starts_with("/api/v1/auth/") || FORMS.contains(&path)) => Class::Auth,
        () if !reads && is_upload => Class::Upload,
        () if path.split('/').any(asks_a_model) => Class::Ai,
        () => Class::General,
    })
}

/// Twilio's voice routes, mail that comes in, and whatever calls itself a webhook; but not our own list of subscriptions.
fn is_webhook(path: &str) -> bool {
    const CALLED: [&str; 3] = ["/api/v1/outreach/inbound", "/api/v1/voice-call/status", "/api/v1/voice-call/recording"];
    const TALK: [&str; 3] = ["/api/v1/voice-call/voice", "/api/v1/voice-call/gather", "/api/v1/voice-call/partial"];
    if CALLED.contains(&path) || TALK.contains(&path) {
        return true;
    }
    let mut parts = path.split('/').skip_while(|part| !part.starts_with("webhook"));
    match (parts.next(), parts.next()) {
        (Some("webhook"), _) => true,
        (Some(_), Some(provider)) => !provider.starts_with('{'),
        _ => false,
    }
}

fn asks_a_model(part: &str) -> bool {
    part == "ai" || part == "search" || part.starts_with("ai-") || part.ends_with("-ai") || part.starts_with("similar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_known_by_its_route() {
        let class = |method: Method, path: &str| class_of(&method, path, false);
        for (path, kind) in [
            ("/api/v1/creators", Class::General),
            ("/api/v1/creators/search", Class::Ai),
            ("/api/v1/creators/{creator_id}/similar", Class::Ai),
            ("/api/ai/matches", Class::Ai),
            ("/api/v1/ai/similaritysearch", Class::Ai),
            ("/api/v1/campaigns/{campaign_id}/ai-match-analysis", Class::Ai),
            ("/api/v1/submissions/{id}/analyze-ai", Class::Ai),
            ("/api/v1/auth/login", Class::Auth),
            ("/reset-password", Class::Auth),
            ("/api/v1/voice-call/gather", Class::Webhook),
            ("/api/v1/outreach/inbound", Class::Webhook),
            ("/api/v1/webhooks/stripe", Class::Webhook),
            ("/api/v1/payments/webhook", Class::Webhook),
            ("/api/v1/webhooks", Class::General),
            ("/api/v1/webhooks/{webhook_id}", Class::General),
            ("/api/v1/email", Class::General),
        ] {
            assert_eq!(class(Method::POST, path), Some(kind), "{path}");
        }
        assert_eq!(class(Method::GET, "/api/v1/auth/me"), Some(Class::General));
        assert_eq!(class(Method::GET, "/t/{code}"), Some(Class::Webhook));
        assert_eq!(class_of(&Method::POST, "/api/v1/creators/import", true), Some(Class::Upload));
        assert_eq!(class_of(&Method::POST, "/api/v1/voice-call/voice", true), Some(Class::Webhook));
        for path in ["/", "/health", "/api/v1/health", "/metrics", "/docs/index.html", "/redoc", "/openapi.json"] {
            assert_eq!(class(Method::GET, path), None, "{path}");
        }
    }
}
