//! The directory as a table that an import reads.

use input::table::{Dialect, Format, Writer};
use kernel::{CreatorId, Result};
use serde_json::json;

use crate::store;
use crate::{Creator, Directory, Viewer};

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
pub fn export_head(format: Format, dialect: Dialect) -> Vec<u8> {
    match format {
        Format::Csv => {
            let mut writer = Writer::new(dialect);
            writer.head(COLUMNS);
            writer.into_bytes()
        }
        Format::JsonLines => Vec::new(),
    }
}

/// The next entries after `after`, as they stand in the file, and the last one's id; nothing at the end.
pub async fn export_batch(
    directory: &Directory,
    viewer: Viewer,
    (format, dialect): (Format, Dialect),
    after: CreatorId,
) -> Result<Option<(Vec<u8>, CreatorId, usize)>> {
    let mut tx = directory.app().read().await?;
    let mut creators = store::export_after(viewer.scope, &mut tx, after, BATCH).await?;
    drop(tx);
    for creator in &mut creators {
        // How others' people are reached is not taken out with them.
        if !viewer.sees_contact_of(creator) {
            creator.email = None;
        }
    }
    let Some(last) = creators.last().map(|creator| creator.id) else { return Ok(None) };
    let count = creators.len();
    let bytes = match format {
        Format::Csv => {
            let mut writer = Writer::new(dialect);
            for creator in &creators {
                write_csv(creator, &mut writer);
            }
            writer.into_bytes()
        }
        Format::JsonLines => creators.iter().flat_map(json_line).collect(),
    };
    Ok(Some((bytes, last, count)))
}

fn write_csv(creator: &Creator, out: &mut Writer) {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    out.text(&creator.name);
    out.text(&text(&creator.email));
    out.cell(creator.platform.word());
    out.text(&text(&creator.channel_name));
    // What earlier releases kept as it was written may have marks of thousands in it.
    out.number(&creator.followers_shown.replace([',', ' '], ""));
    out.cell(&creator.followers.to_string());
    out.number(&number(creator.engagement_rate));
    out.text(&creator.niche);
    out.text(&text(&creator.language));
    out.text(&listed(&creator.languages.0));
    for field in [&creator.country, &creator.location, &creator.about, &creator.audience_type] {
        out.text(&text(field));
    }
    out.text(&listed(&creator.previous_brands.0));
    out.cell(&creator.avg_views.map(|views| views.to_string()).unwrap_or_default());
    out.number(&number(creator.collaboration_rate.map(kernel::Amount::to_number)));
    out.number(&number(creator.rating));
    out.text(&text(&creator.profile_image));
    out.cell(&creator.id.to_string());
    out.end();
}

/// A list in one field: as people write it, or as JSON where that would be read as another list.
fn listed(items: &[String]) -> String {
    if items.iter().any(|item| item.contains([',', ';', '|']) || item.starts_with('[')) {
        return serde_json::Value::from(items).to_string();
    }
    items.join("; ")
}

fn json_line(creator: &Creator) -> Vec<u8> {
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
    format!("{line}\n").into_bytes()
}
