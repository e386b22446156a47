//! The directory as a table that an import reads.

use input::table::Format;
use kernel::{CreatorId, Result, Scope};
use serde_json::json;

use crate::store;
use crate::{Creator, Directory};

/// Entries in one query.
const BATCH: u32 = 1000;

const COLUMNS: [&str; 20] = [
    "name",
    "email",
    "platform",
    "channel_name",
    "followers_count",
    "followers_count_numeric",
    "engagement_rate",
    "niche",
    "language",
    "languages",
    "country",
    "location",
    "about",
    "audience_type",
    "previous_brands",
    "avg_views",
    "collaboration_rate",
    "rating",
    "profile_image",
    "id",
];

/// What stands before the entries.
pub fn export_head(format: Format) -> Vec<u8> {
    match format {
        Format::Csv => format!("{}\n", COLUMNS.join(",")).into_bytes(),
        Format::JsonLines => Vec::new(),
    }
}

/// The next entries after `after`, as they stand in the file, and the last one's id; nothing at the end.
pub async fn export_batch(
    directory: &Directory,
    scope: Scope,
    format: Format,
    after: CreatorId,
) -> Result<Option<(Vec<u8>, CreatorId, usize)>> {
    let mut tx = directory.app().read().await?;
    let creators = store::export_after(scope, &mut tx, after, BATCH).await?;
    drop(tx);
    let Some(last) = creators.last().map(|creator| creator.id) else { return Ok(None) };
    let mut bytes = Vec::with_capacity(creators.len() * 400);
    for creator in &creators {
        match format {
            Format::Csv => write_csv(creator, &mut bytes),
            Format::JsonLines => write_json(creator, &mut bytes),
        }
    }
    Ok(Some((bytes, last, creators.len())))
}

fn write_csv(creator: &Creator, out: &mut Vec<u8>) {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let fields: [String; 20] = [
        creator.name.clone(),
        text(&creator.email),
        creator.platform.word().to_owned(),
        text(&creator.channel_name),
        creator.followers_shown.clone(),
        creator.followers.to_string(),
        number(creator.engagement_rate),
        creator.niche.clone(),
        text(&creator.language),
        listed(&creator.languages.0),
        text(&creator.country),
        text(&creator.location),
        text(&creator.about),
        text(&creator.audience_type),
        listed(&creator.previous_brands.0),
        creator.avg_views.map(|views| views.to_string()).unwrap_or_default(),
        number(creator.collaboration_rate.map(kernel::Amount::to_number)),
        number(creator.rating),
        text(&creator.profile_image),
        creator.id.to_string(),
    ];
    for (place, field) in fields.iter().enumerate() {
        if place > 0 {
            out.push(b',');
        }
        if field.contains(['"', ',', '\n', '\r']) || field.starts_with(' ') || field.ends_with(' ') {
            out.push(b'"');
            out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(field.as_bytes());
        }
    }
    out.push(b'\n');
}

/// A list in one field: as people write it, or as JSON where that would be read as another list.
fn listed(items: &[String]) -> String {
    if items.iter().any(|item| item.contains([',', ';', '|']) || item.starts_with('[')) {
        return serde_json::Value::from(items).to_string();
    }
    items.join("; ")
}

fn write_json(creator: &Creator, out: &mut Vec<u8>) {
    let line = json!({
        "id": creator.id,
        "name": creator.name,
        "email": creator.email,
        "platform": creator.platform,
        "channel_name": creator.channel_name,
        "followers_count": creator.followers_shown,
        "followers_count_numeric": creator.followers,
        "engagement_rate": creator.engagement_rate,
        "niche": creator.niche,
        "language": creator.language,
        "languages": creator.languages.0,
        "country": creator.country,
        "location": creator.location,
        "about": creator.about,
        "audience_type": creator.audience_type,
        "previous_brands": creator.previous_brands.0,
        "avg_views": creator.avg_views,
        "collaboration_rate": creator.collaboration_rate,
        "rating": creator.rating,
        "profile_image": creator.profile_image,
    });
    out.extend_from_slice(line.to_string().as_bytes());
    out.push(b'\n');
}
