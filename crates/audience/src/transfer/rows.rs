//! Rows of a table, read as members.

use input::table::{Format, Shape, told};
use input::{Fields, Input};
use serde_json::{Map, Value};

use crate::model::{self, Channel};

/// A table of members.
pub(super) const SHAPE: Shape = Shape {
    formats: &[Format::Csv, Format::JsonLines],
    columns: &[&["external_id"], &["channel"]],
    hint: "; the names are: external_id, channel, name, email, phone, timezone, language, tags, profile_data, opted_out, consent; \
           a column whose name begins with profile_ becomes a field of the profile",
    longest: 1 << 20,
};

/// A member, as a row tells of them. What says nothing in it changes nothing.
#[derive(Clone, Debug, Input)]
#[input(name = "AudienceUserRow")]
pub(crate) struct MemberRow {
    /// What they are called on their channel: by it a row finds whom it is about.
    #[input(model::external_id())]
    pub(crate) external_id: String,
    /// Their channel.
    #[input(word())]
    pub(crate) channel: Channel,
    /// Their name.
    #[input(text(200), blank)]
    pub(crate) name: Option<String>,
    /// Their e-mail address.
    #[input(email(), blank)]
    pub(crate) email: Option<String>,
    /// Their phone number: on WhatsApp what they are known by as well, elsewhere a field of the profile.
    #[input(reference(40), blank)]
    pub(crate) phone: Option<String>,
    /// Their time zone.
    #[input(model::time_zone(), blank)]
    pub(crate) timezone: Option<String>,
    /// Their language.
    #[input(model::language(), blank)]
    pub(crate) language: Option<String>,
    /// What to sort them by, set apart by commas, semicolons or bars.
    #[input(model::tags())]
    pub(crate) tags: Option<Vec<String>>,
    /// Fields of the profile, as JSON.
    #[input(model::profile())]
    pub(crate) profile_data: Option<Map<String, Value>>,
    /// True if they want to be written to on no channel.
    #[input(flag())]
    pub(crate) opted_out: Option<bool>,
    /// True if they agreed to be written to.
    #[input(flag())]
    pub(crate) consent: Option<bool>,
}

impl MemberRow {
    /// What the row tells of the profile: `name`, `email` and `phone` are fields like others.
    pub(super) fn fields(&self) -> Map<String, Value> {
        let mut fields = self.profile_data.clone().unwrap_or_default();
        // An export tells the name twice: as it stands in the profile, and as it is shown.
        let shown = model::name_of(&fields);
        let name = self.name.as_ref().filter(|name| shown.as_ref() != Some(*name));
        // On WhatsApp it is what they are known by.
        let phone = self.phone.as_ref().filter(|_| self.channel != Channel::Whatsapp);
        for (field, value) in [("name", name), ("email", self.email.as_ref()), ("phone", phone)] {
            if let Some(value) = value {
                fields.insert(field.to_owned(), Value::from(value.clone()));
            }
        }
        fields
    }
}

/// A row; columns that begin with `profile_` are fields of the profile.
pub(super) fn member(_: u64, fields: Fields) -> Result<MemberRow, String> {
    let own = fields.all().iter().filter_map(|(name, value)| {
        let field = name.strip_prefix("profile").and_then(|rest| rest.strip_prefix(['.', '_']))?;
        (field != "data" && !field.is_empty()).then(|| (field.to_owned(), value.clone()))
    });
    let own: Map<String, Value> = own.collect();
    let mut row: MemberRow = fields.read().map_err(|error| told(&error))?;
    if !own.is_empty() {
        row.profile_data.get_or_insert_default().extend(own);
    }
    if row.opted_out == Some(true) && row.consent == Some(true) {
        return Err("opted_out and consent cannot both be true".to_owned());
    }
    Ok(row)
}
