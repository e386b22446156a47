//! What the routes of accounts read.

use input::rule;
use input::{Fields, Input};
use kernel::{Error, Fault, UserType};

use crate::{model, passwords};

/// The longest token that is looked at.
const TOKEN: usize = 4096;

/// Someone who signs up.
pub(super) struct SignUp {
    pub(super) email: String,
    pub(super) password: String,
    pub(super) username: Option<String>,
    pub(super) user_type: UserType,
    pub(super) country: Option<String>,
}

impl SignUp {
    fn read(fields: &mut Fields, kind: &[&str], username: Option<Option<String>>) -> Option<Self> {
        let email = fields.required("email", model::email());
        let name = username.clone().flatten();
        let names: Vec<&str> = [email.as_deref(), name.as_deref()].into_iter().flatten().collect();
        let password = new_password(fields, "password", &names);
        let word = fields.required_as(kind, rule::one_of(model::NAMES_OF_USER_TYPES));
        let country = fields.optional("country", model::country());
        Some(Self {
            email: email?,
            password: password?,
            username: username?,
            user_type: UserType::parse(word?)?,
            country,
        })
    }
}

/// As C sends it: with a `role`, and without a user name.
pub(super) struct SignUpOfC(pub(super) SignUp);

impl Input for SignUpOfC {
    fn read(fields: &mut Fields) -> Option<Self> {
        let username = fields.optional("username", model::username());
        SignUp::read(fields, &["role", "user_type"], Some(username)).map(Self)
    }
}

/// As D sends it: with a `user_type` and a user name.
pub(super) struct SignUpOfD(pub(super) SignUp);

impl Input for SignUpOfD {
    fn read(fields: &mut Fields) -> Option<Self> {
        let username = fields.required("username", model::username());
        SignUp::read(fields, &["user_type", "role"], username.map(Some)).map(Self)
    }
}

/// A password that is to be new, as good as can be told without knowing whose it is.
fn new_password(fields: &mut Fields, field: &str, names: &[&str]) -> Option<String> {
    let password = fields.required(field, model::password())?;
    match passwords::fault(&password, names) {
        None => Some(password),
        Some((kind, message)) => {
            fields.fault(field, kind, message);
            None
        }
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

/// Someone who logs in.
pub(super) struct Credentials {
    pub(super) email: String,
    pub(super) password: String,
}

impl Input for Credentials {
    fn read(fields: &mut Fields) -> Option<Self> {
        let email = fields.required("email", model::email());
        let password = fields.required("password", model::password());
        Some(Self { email: email?, password: password? })
    }
}

/// A refresh token in a body.
pub(super) struct Refresh(pub(super) String);

impl Input for Refresh {
    fn read(fields: &mut Fields) -> Option<Self> {
        fields.required("refresh_token", rule::text(TOKEN)).map(Self)
    }
}

/// A token that was mailed.
pub(super) struct Mailed(pub(super) String);

impl Input for Mailed {
    fn read(fields: &mut Fields) -> Option<Self> {
        fields.required("token", rule::text(TOKEN)).map(Self)
    }
}

/// An e-mail address alone.
pub(super) struct Address(pub(super) String);

impl Input for Address {
    fn read(fields: &mut Fields) -> Option<Self> {
        fields.required("email", model::email()).map(Self)
    }
}

/// A new password, by a token that was mailed.
pub(super) struct Reset {
    pub(super) token: String,
    pub(super) password: String,
}

impl Input for Reset {
    fn read(fields: &mut Fields) -> Option<Self> {
        let token = fields.required("token", rule::text(TOKEN));
        let password = new_password(fields, "password", &[]);
        Some(Self { token: token?, password: password? })
    }
}

/// A new password, by the old one.
pub(super) struct Change {
    pub(super) current: String,
    pub(super) new: String,
}

impl Input for Change {
    fn read(fields: &mut Fields) -> Option<Self> {
        let current = fields.required("current_password", model::password());
        let new = new_password(fields, "new_password", &[]);
        if current.is_some() && current == new {
            fields.fault("new_password", "too_weak", "is the password that you have; choose another");
        }
        Some(Self { current: current?, new: new? })
    }
}
