//! What is known of a member, as it is told to them.

use std::sync::Arc;

use db::Tx;
use kernel::Result;
use serde_json::{Map, Value, json};

use crate::model::{Interaction, Member};
use crate::ports::Keeper;
use crate::store;

/// Interactions in one statement.
const BATCH: u32 = 1_000;

/// Everything that is kept about a member, here and by others, as JSON. The same rows give the same text.
pub(crate) async fn export(tx: &mut Tx, keepers: &[Arc<dyn Keeper>], member: &Member) -> Result<Value> {
    let mut told = Map::new();
    told.insert("user".into(), of_member(member));
    let identities = store::identities::of(tx, member).await?;
    let identities = identities.into_iter().map(|row| {
        json!({"channel": row.channel, "kind": row.kind, "value": row.value, "created_at": row.created_at,
               "unreachable_at": row.unreachable_at})
    });
    told.insert("identities".into(), identities.collect());
    let permissions = store::permissions::of(tx, member).await?;
    let permissions = permissions.into_iter().map(|row| {
        json!({"channel": row.channel, "purpose": row.purpose, "allowed": row.allowed, "how": row.how, "at": row.at})
    });
    told.insert("permissions".into(), permissions.collect());
    let tags = store::tags::of(tx, member).await?;
    told.insert(
        "tags".into(),
        tags.into_iter().map(|row| json!({"tag": row.label, "created_at": row.created_at})).collect(),
    );
    let notes = store::notes::all(tx, member).await?;
    let notes = notes.into_iter().map(|note| {
        json!({"id": note.id, "content": note.content, "created_at": note.created_at, "updated_at": note.updated_at})
    });
    told.insert("notes".into(), notes.collect());
    let badges = store::badges::of(tx, member).await?;
    let badges = badges
        .into_iter()
        .map(|badge| json!({"badge_id": badge.badge_id, "badge_name": badge.name, "earned_at": badge.earned_at}));
    told.insert("badges".into(), badges.collect());
    told.insert("interactions".into(), interactions(tx, member).await?.into());
    for keeper in keepers {
        for (name, records) in keeper.told(tx, member).await? {
            told.insert(name.to_owned(), records.into());
        }
    }
    Ok(Value::Object(told))
}

fn of_member(member: &Member) -> Value {
    json!({
        "id": member.id,
        "external_id": member.external_id,
        "channel": member.channel,
        "profile_data": member.profile.0,
        "timezone": member.timezone,
        "language": member.language,
        "last_active_at": member.last_active_at,
        "is_active": member.is_active,
        "engagement_score": member.engagement_score(),
        "total_interactions": member.interactions,
        "created_at": member.created_at,
        "updated_at": member.updated_at,
    })
}

async fn interactions(tx: &mut Tx, member: &Member) -> Result<Vec<Value>> {
    let mut told = Vec::new();
    let mut before = None;
    loop {
        let batch: Vec<Interaction> = store::interactions::newest(tx, member, before, BATCH).await?;
        before = batch.last().map(|last| (last.at, last.id));
        told.extend(batch.iter().map(
            |row| json!({"id": row.id, "interaction_type": row.kind, "channel": row.channel, "created_at": row.at}),
        ));
        if batch.len() < BATCH as usize {
            return Ok(told);
        }
    }
}
