//! Words that a coach sorts members by.

use input::rule::{self, Problem, Rule};
use kernel::{Timestamp, WorkspaceId};
use serde_json::json;

use super::MemberId;

/// A tag has no more characters than this.
const LONGEST: usize = 50;

/// That a member has a tag.
#[derive(Clone, Debug, PartialEq, Eq, db::Row)]
#[row(table = "audience_tags")]
pub(crate) struct TagRow {
    /// Whose audience.
    pub workspace_id: WorkspaceId,
    /// As it is compared.
    pub tag: String,
    /// Who has it.
    pub member_id: MemberId,
    /// As it was written.
    pub label: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// The rule of a field that is a tag.
pub(crate) fn tag() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": r"^[^,;|\x00-\x1f]+$"}),
        |value, from_text| {
            let tag = rule::text(LONGEST).read(value, from_text)?;
            // It stands in lists that are parted by these.
            if tag.contains([',', ';', '|']) || tag.chars().any(char::is_control) {
                return Err(Problem::new(
                    "wrong_format",
                    "must have no comma, semicolon, bar or control character in it",
                ));
            }
            if mind::text::fold(&tag).is_empty() {
                return Err(Problem::new("wrong_format", "must have a letter, a digit or a sign in it"));
            }
            Ok(tag)
        },
    )
}

/// The rule of a field that is a list of tags, or a text in which they are set apart by commas, semicolons or bars.
pub(crate) fn tags() -> impl Rule<Output = Vec<String>> {
    rule::texts(50, LONGEST).and_then(|tags| {
        let all =
            tags.into_iter().map(|one| tag().read(&one.into(), false)).collect::<Result<Vec<String>, Problem>>()?;
        Ok(all)
    })
}
