//! What the directory keeps about people who have claimed their entries. It is taken away, or given up, as they ask for:
//! [`store::disclaim`](crate::store::disclaim).

use http_base::data::As::{Amount, Json, Moment, Plain};
use http_base::data::{Data, Table};

/// What every export tells.
pub fn kept() -> Data {
    Data::told(SECTIONS.iter().copied())
}

/// What is told.
pub const SECTIONS: &[Table] = &[Table {
    name: "directory_entries",
    columns: &[
        ("id", Plain),
        ("name", Plain),
        ("email", Plain),
        ("platform", Plain),
        ("channel_name", Plain),
        ("followers", Plain),
        ("engagement_rate", Plain),
        ("niche", Plain),
        ("language", Plain),
        ("languages", Json),
        ("country", Plain),
        ("location", Plain),
        ("about", Plain),
        ("audience_type", Plain),
        ("previous_brands", Json),
        ("avg_views", Plain),
        ("collaboration_rate", Amount),
        ("rating", Plain),
        ("profile_image", Plain),
        ("created_at", Moment),
        ("updated_at", Moment),
    ],
    from: "FROM creators WHERE claimed_by = {account} AND deleted_at IS NULL ORDER BY id",
}];
