//! E-mail addresses: what is taken for one, and when two are the same.

use input::rule::{self, Problem, Rule};
use kernel::{Error, Result};
use serde_json::json;

/// What an address looks like, as far as an expression tells it that every language reads alike.
const FORM: &str = concat!(
    r"^[A-Za-z0-9\u0080-\uFFFF!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9\u0080-\uFFFF!#$%&'*+/=?^_`{|}~-]+)*",
    r"@([A-Za-z0-9\u0080-\uFFFF]([A-Za-z0-9\u0080-\uFFFF-]*[A-Za-z0-9\u0080-\uFFFF])?\.)+",
    r"[A-Za-z\u0080-\uFFFF][A-Za-z0-9\u0080-\uFFFF-]*[A-Za-z0-9\u0080-\uFFFF]$",
);

/// An e-mail address as people have them: dot-separated words before the @, a domain with a dot behind it, letters of any
/// script. No quotes, comments or bare hosts: they are allowed by the standard and used by nobody but attackers.
pub fn email() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "format": "email", "maxLength": 254, "pattern": FORM}),
        |value, from_text| {
            let email = rule::text(254).read(value, from_text)?;
            if is_email(&email) {
                Ok(email)
            } else {
                Err(Problem::new("wrong_format", "must be an e-mail address such as ana@example.com"))
            }
        },
    )
}

/// What two spellings of one address have in common.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The address, if it is one; for what does not come in a body (the command line, a provider).
pub fn checked(email: &str) -> Result<String> {
    let email = email.trim();
    if is_email(email) {
        Ok(email.to_owned())
    } else {
        Err(Error::invalid_field("email", "must be an e-mail address such as ana@example.com"))
    }
}

fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.rsplit_once('@') else { return false };
    let word =
        |word: &str| !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c));
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let labels: Vec<&str> = domain.split('.').collect();
    email.len() <= 254
        && local.len() <= 64
        && local.split('.').all(word)
        && labels.len() >= 2
        && labels.iter().all(|part| label(part))
        && labels.last().is_some_and(|last| last.len() >= 2 && !last.chars().all(|c| c.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_have() {
        for good in [
            "ana@example.com",
            "a.b+c_d@mail.example.co.uk",
            "josé@correo.es",
            "o'neil@x-y.ie",
            "1@2.io",
            "用户@例子.公司",
        ] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "no mail",
            "a@b",
            "@example.com",
            "a@",
            "a@@b.com",
            "a b@c.com",
            ".a@b.com",
            "a.@b.com",
            "a..b@c.com",
            "a@-b.com",
            "a@b-.com",
            "a@b..com",
            "a@1.2.3.4",
            "a@b.com\r\nBcc: x@y.z",
            "\"a\"@b.com",
            "a@b.com,c@d.com",
            "<a@b.com>",
            "a\u{0}@b.com",
        ] {
            assert!(!is_email(bad), "{bad}");
        }
        assert!(!is_email(&format!("{}@example.com", "a".repeat(65))));
        assert!(!is_email(&format!("a@{}.com", "b".repeat(64))));
    }

    #[test]
    fn capitals_do_not_matter() {
        assert_eq!(email_key("Ana@Example.COM"), "ana@example.com");
        assert_eq!(email_key("JOSÉ@correo.es"), email_key("josé@CORREO.ES"));
    }
}
