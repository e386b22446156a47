//! What the routes of accounts read.

use input::{Fields, Input};
use kernel::{Error, Fault, UserType};

use crate::{model, passwords};

/// The longest token that is looked at.
const TOKEN: usize = 4096;

/// What everybody who signs up tells.
#[derive(Input)]
#[input(no_schema)]
pub(super) struct NewPerson {
    /// The e-mail address of the account. A mail is sent there to confirm it.
    #[input(model::email(), example = "creator@example.com")]
    pub(super) email: String,
    /// At least 8 characters, and not one of the passwords that are guessed first.
    #[input(model::new_password(), example = "SecurePass123!")]
    pub(super) password: String,
    /// The country: two letters, ISO 3166.
    #[input(model::country(), example = "ES")]
    pub(super) country: Option<String>,
}

impl NewPerson {
    fn check(&self, username: Option<&str>, fields: &mut Fields) {
        let names: Vec<&str> = [Some(self.email.as_str()), username].into_iter().flatten().collect();
        weak("password", &self.password, &names, fields);
    }
}

/// Tells what is wrong with a new password, if anything.
fn weak(field: &str, password: &str, names: &[&str], fields: &mut Fields) {
    if let Some((kind, message)) = passwords::fault(password, names) {
        fields.fault(field, kind, message);
    }
}

/// An account to be made by signing up.
#[derive(Input)]
#[input(name = "SignUp", check = SignUp::check)]
pub(super) struct SignUp {
    #[input(flatten)]
    pub(super) person: NewPerson,
    /// What the account is for: `INFLUENCER` (or `CREATOR`) is paid for content, `BRAND` (or `BUSINESS`) books creators.
    #[input(model::user_type(), alias = "user_type", example = "INFLUENCER")]
    pub(super) role: UserType,
    /// The name of the account; made from the e-mail address if it is left out.
    #[input(model::username())]
    pub(super) username: Option<String>,
}

impl SignUp {
    fn check(&self, fields: &mut Fields) {
        self.person.check(self.username.as_deref(), fields);
    }
}

/// An account to be made by registering.
#[derive(Input)]
#[input(name = "Registration", check = Register::check)]
pub(super) struct Register {
    #[input(flatten)]
    pub(super) person: NewPerson,
    /// The name of the account.
    #[input(model::username(), example = "my_username")]
    pub(super) username: String,
    /// What the account is for: `CREATOR` (or `INFLUENCER`) is paid for content, `BUSINESS` (or `BRAND`) books creators.
    #[input(model::user_type(), alias = "role", example = "CREATOR")]
    pub(super) user_type: UserType,
}

impl Register {
    fn check(&self, fields: &mut Fields) {
        self.person.check(Some(&self.username), fields);
    }
}

/// What is wrong with a new password of someone of these names.
pub(super) fn judge(field: &'static str, password: &str, names: &[&str]) -> kernel::Result<()> {
    match passwords::fault(password, names) {
        None => Ok(()),
        Some((kind, message)) => {
            Err(Error::invalid(vec![Fault { loc: vec!["body".into(), field.into()], message, kind }]))
        }
    }
}

/// Who logs in.
#[derive(Input)]
pub(super) struct Credentials {
    /// The e-mail address of the account.
    #[input(model::email(), example = "creator@example.com")]
    pub(super) email: String,
    /// The password of the account.
    #[input(model::password(), example = "SecurePass123!")]
    pub(super) password: String,
}

/// A refresh token, where it is not in the `Authorization` header.
#[derive(Input)]
#[input(name = "RefreshInput")]
pub(super) struct Refresh {
    /// The refresh token.
    #[input(text(TOKEN))]
    pub(super) refresh_token: String,
}

/// A token that was mailed.
#[derive(Input)]
#[input(name = "MailedToken")]
pub(super) struct Mailed {
    /// The token, as it stands in the link of the mail.
    #[input(text(TOKEN))]
    pub(super) token: String,
    /// The password that you chose when you signed up. Without it, a password that was chosen elsewhere than where the link is opened does
    /// not count any more, and a mail brings the link to choose another (`CONFIRM_WANTS_PASSWORD`).
    #[input(model::password_or_nothing(), blank)]
    pub(super) password: Option<String>,
}

/// An e-mail address.
#[derive(Input)]
#[input(name = "ForgottenPassword")]
pub(super) struct Address {
    /// The e-mail address of the account.
    #[input(model::email(), example = "creator@example.com")]
    pub(super) email: String,
}

/// A new password, by a token that was mailed.
#[derive(Input)]
#[input(name = "PasswordReset", check = Reset::check)]
pub(super) struct Reset {
    /// The token, as it stands in the link of the mail.
    #[input(text(TOKEN))]
    pub(super) token: String,
    /// At least 8 characters, and not one of the passwords that are guessed first.
    #[input(model::new_password(), example = "NewPassword123!")]
    pub(super) password: String,
}

impl Reset {
    fn check(&self, fields: &mut Fields) {
        weak("password", &self.password, &[], fields);
    }
}

/// A new password, by the old one.
#[derive(Input)]
#[input(name = "PasswordChange", check = Change::check)]
pub(super) struct Change {
    /// The password as it is.
    #[input(model::password(), example = "OldPassword123!")]
    pub(super) current_password: String,
    /// At least 8 characters, and not one of the passwords that are guessed first.
    #[input(model::new_password(), example = "NewPassword456!")]
    pub(super) new_password: String,
}

impl Change {
    fn check(&self, fields: &mut Fields) {
        if self.current_password == self.new_password {
            fields.fault("new_password", "too_weak", "is the password that you have; choose another");
        } else {
            weak("new_password", &self.new_password, &[], fields);
        }
    }
}
