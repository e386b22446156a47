//! What Supabase refuses, in whichever of its spellings: `error_code`, `code`, `msg`, `error_description` and what came before
//! and after them.

use kernel::{Error, Kind};
use serde_json::Value;

use crate::web::{Reply, Web};

/// A refusal, as far as it is understood.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    /// Its word for programs: `invalid_credentials`.
    code: String,
    /// What it says to people.
    message: String,
}

/// A token is no good any more.
pub(super) fn over() -> Error {
    Error::new(Kind::Unauthenticated, "The token is not valid; log in again for a new one")
}

impl Refused {
    pub(super) fn read(reply: &Reply) -> Self {
        Self::of(&reply.value())
    }

    fn of(body: &Value) -> Self {
        let text =
            |names: &[&str]| names.iter().find_map(|name| body[name].as_str()).unwrap_or_default().trim().to_owned();
        let message = text(&["msg", "error_description", "message"]);
        let code = text(&["error_code", "code", "error"]);
        // The older ones have a sentence alone.
        let code = match (code.as_str(), message.to_ascii_lowercase().as_str()) {
            ("" | "invalid_grant", "invalid login credentials") => "invalid_credentials".to_owned(),
            ("" | "invalid_grant", "email not confirmed") => "email_not_confirmed".to_owned(),
            ("", told) if told.contains("already registered") => "user_already_exists".to_owned(),
            ("", told) if told.starts_with("password should") => "weak_password".to_owned(),
            ("", told) if told.starts_with("signups not allowed") => "signup_disabled".to_owned(),
            _ => code,
        };
        Self { code, message }
    }

    fn is(&self, codes: &[&str]) -> bool {
        codes.contains(&self.code.as_str())
    }

    /// Somebody has the address.
    pub(super) fn is_taken(&self) -> bool {
        self.is(&["user_already_exists", "email_exists", "identity_already_exists"])
    }

    /// The log-in of the token is not there any more. Not so when it is our key that is refused.
    pub(super) fn is_over(&self, reply: &Reply) -> bool {
        matches!(reply.status, 400 | 401 | 403 | 404) && !self.is_about_our_key()
    }

    /// What stands before Auth says so, in words of its own.
    fn is_about_our_key(&self) -> bool {
        let told = self.message.to_ascii_lowercase();
        told.contains("api key") || told.contains("apikey")
    }

    /// Tells a refusal of a log-in.
    pub(super) fn tell_log_in(&self, web: &Web, reply: &Reply) -> Error {
        let message = match self.code.as_str() {
            "email_not_confirmed" => "This address has not been confirmed yet: answer the mail that was sent to it",
            "user_banned" => "This account has been closed; ask whoever runs this server",
            "invalid_credentials" | "invalid_grant" | "user_not_found" => "Wrong email or password",
            _ => return self.tell(web, reply),
        };
        Error::new(Kind::Unauthenticated, message).because(reply.for_log())
    }

    /// Tells a refusal of a token.
    pub(super) fn tell_token(&self, web: &Web, reply: &Reply) -> Error {
        let understood = [
            "refresh_token_not_found",
            "refresh_token_already_used",
            "session_not_found",
            "session_expired",
            "bad_jwt",
            "no_authorization",
            "user_not_found",
            "user_banned",
            "invalid_grant",
            "validation_failed",
        ];
        let is_so = self.is(&understood) || (self.code.is_empty() && matches!(reply.status, 400 | 401 | 403));
        if is_so && !self.is_about_our_key() { over().because(reply.for_log()) } else { self.tell(web, reply) }
    }

    /// Tells any refusal, and any failure.
    pub(super) fn tell(&self, web: &Web, reply: &Reply) -> Error {
        let said = |usual: &str| if self.message.is_empty() { usual.to_owned() } else { self.message.clone() };
        let error = match self.code.as_str() {
            _ if reply.status >= 500 || reply.status < 400 => return web.failed(reply),
            _ if reply.status == 429 || self.code.starts_with("over_") => {
                let wait = reply.retry_after.map_or(60, |wait| wait.as_secs().clamp(1, 86_400));
                Error::new(Kind::RateLimited(wait as u32), format!("Too many attempts: try again in {wait} s"))
            }
            _ if self.is_about_our_key() => return web.refuses_us("SUPABASE_ANON_KEY", reply),
            "weak_password" => Error::invalid_field("password", said("This password is too weak")),
            "email_address_invalid" | "email_address_not_authorized" => {
                Error::invalid_field("email", said("This address cannot be used"))
            }
            "validation_failed" | "bad_json" => {
                Error::new(Kind::BadRequest, said("Supabase Auth could not read this; check email and password"))
            }
            "signup_disabled" | "email_provider_disabled" => {
                Error::new(Kind::Forbidden, "Nobody can sign up here; ask whoever runs this server")
            }
            "captcha_failed" => Error::new(Kind::Forbidden, said("The captcha was not solved")),
            _ => return web.failed(reply),
        };
        error.because(reply.for_log())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_spelling_is_understood() {
        let code = |body: Value| Refused::of(&body).code;
        for body in [
            json!({"code": 400, "error_code": "invalid_credentials", "msg": "Invalid login credentials"}),
            json!({"code": "invalid_credentials", "message": "Invalid login credentials"}),
            json!({"error": "invalid_grant", "error_description": "Invalid login credentials"}),
            json!({"code": 400, "msg": "Invalid login credentials"}),
        ] {
            assert_eq!(code(body), "invalid_credentials");
        }
        assert_eq!(code(json!({"code": 422, "msg": "User already registered"})), "user_already_exists");
        assert_eq!(code(json!({"msg": "Password should be at least 6 characters"})), "weak_password");
        assert_eq!(
            code(json!({"error": "invalid_grant", "error_description": "Email not confirmed"})),
            "email_not_confirmed"
        );
        for none in [json!(null), json!([]), json!("x"), json!({"code": 7})] {
            assert_eq!(code(none), "");
        }
    }
}
