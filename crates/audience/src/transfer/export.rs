//! An audience as a table that an import reads.

use std::collections::HashMap;

use input::table::{Dialect, Format, Writer};
use kernel::{Result, Timestamp, WorkspaceId};
use serde_json::{Value, json};

use crate::model::{Channel, IdentityKind, Member, MemberId};
use crate::{Audience, store};

/// Members in one query.
const BATCH: u32 = 1_000;

const COLUMNS: [&str; 17] = [
    "external_id",
    "channel",
    "name",
    "email",
    "phone",
    "timezone",
    "language",
    "tags",
    "opted_out",
    "is_active",
    "last_active_at",
    "engagement_score",
    "total_interactions",
    "created_at",
    "updated_at",
    "profile_data",
    "id",
];

/// What stands before the members.
pub(crate) fn head(format: Format, dialect: Dialect) -> Vec<u8> {
    match format {
        Format::Csv => {
            let mut writer = Writer::new(dialect);
            writer.head(COLUMNS);
            writer.into_bytes()
        }
        Format::JsonLines => Vec::new(),
    }
}

/// Where an export is.
pub(crate) type Place = Option<(Timestamp, MemberId)>;

/// The next members after this place, as they stand in the file, and where that ends; nothing at the end.
pub(crate) async fn batch(
    audience: &Audience,
    workspace: WorkspaceId,
    (format, dialect): (Format, Dialect),
    after: Place,
) -> Result<Option<(Vec<u8>, Place)>> {
    let mut tx = audience.app().read().await?;
    let members = store::members::after(workspace, &mut tx, after, BATCH).await?;
    let Some(last) = members.last().map(|member| (member.created_at, member.id)) else { return Ok(None) };
    let ids: Vec<MemberId> = members.iter().map(|member| member.id).collect();
    let tags = store::tags::of_all(&mut tx, workspace, &ids).await?;
    let identities = store::identities::of_all(&mut tx, workspace, &ids).await?;
    drop(tx);
    let mut phones: HashMap<MemberId, String> = HashMap::new();
    for row in identities {
        // On WhatsApp they are known by it, and an import makes them known by it again.
        if row.kind == IdentityKind::Phone && row.channel == Channel::Whatsapp {
            phones.entry(row.member_id).or_insert(row.value);
        }
    }
    let phone_of = |member: &Member| {
        let phone = phones.get(&member.id).filter(|_| member.channel == Channel::Whatsapp);
        phone.map_or("", String::as_str)
    };
    // Tags come by member; members by when they were added.
    let of = |id: MemberId| {
        let first = tags.partition_point(|row| row.member_id < id);
        tags[first..].iter().take_while(move |row| row.member_id == id).map(|row| row.label.as_str())
    };
    let bytes = match format {
        Format::Csv => {
            let mut writer = Writer::new(dialect);
            for member in &members {
                write_csv(member, phone_of(member), &of(member.id).collect::<Vec<_>>(), &mut writer);
            }
            writer.into_bytes()
        }
        Format::JsonLines => members
            .iter()
            .flat_map(|member| json_line(member, phone_of(member), &of(member.id).collect::<Vec<_>>()))
            .collect(),
    };
    Ok(Some((bytes, Some(last))))
}

fn email(member: &Member) -> &str {
    member.profile.0.get("email").and_then(Value::as_str).unwrap_or_default()
}

fn write_csv(member: &Member, phone: &str, tags: &[&str], out: &mut Writer) {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let moment = |value: Option<Timestamp>| value.map(|value| value.to_string()).unwrap_or_default();
    out.text(&member.external_id);
    out.cell(member.channel.word());
    out.text(&text(&member.name));
    out.text(email(member));
    out.text(phone);
    out.text(&text(&member.timezone));
    out.text(&text(&member.language));
    out.text(&tags.join("; "));
    out.cell(if member.opted_out { "true" } else { "" });
    out.cell(if member.is_active { "true" } else { "false" });
    out.cell(&moment(member.last_active_at));
    out.number(&member.engagement_score().map(|score| score.to_string()).unwrap_or_default());
    out.cell(&member.interactions.to_string());
    out.cell(&member.created_at.to_string());
    out.cell(&member.updated_at.to_string());
    out.text(&Value::Object(member.profile.0.clone()).to_string());
    out.cell(&member.id.to_string());
    out.end();
}

fn json_line(member: &Member, phone: &str, tags: &[&str]) -> Vec<u8> {
    let line = json!({
        "external_id": member.external_id,
        "channel": member.channel,
        "phone": (!phone.is_empty()).then_some(phone),
        "timezone": member.timezone,
        "language": member.language,
        "tags": tags,
        "opted_out": member.opted_out,
        "is_active": member.is_active,
        "last_active_at": member.last_active_at,
        "engagement_score": member.engagement_score(),
        "total_interactions": member.interactions,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
        "profile_data": member.profile.0,
        "id": member.id,
    });
    format!("{line}\n").into_bytes()
}
