//! Creators as the files that `influencerflow import creators` reads.

use std::io::{self, Write};

use serde::Serialize;

use crate::Creator;

/// One line, under the names of the Creator model. What is unknown is empty in CSV and null in JSON.
#[derive(Serialize)]
struct Row<'a, List> {
    name: &'a str,
    email: Option<&'a str>,
    platform: &'a str,
    followers_count: String,
    followers_count_numeric: u64,
    engagement_rate: f64,
    niche: &'a str,
    language: &'a str,
    country: &'a str,
    about: &'a str,
    channel_name: &'a str,
    avg_views: Option<u64>,
    collaboration_rate: Option<f64>,
    rating: Option<f64>,
    profile_image: Option<&'a str>,
    location: Option<&'a str>,
    audience_type: Option<&'a str>,
    languages: List,
    previous_brands: List,
}

fn row<'a, List>(creator: &'a Creator, list: impl Fn(&'a [String]) -> List) -> Row<'a, List> {
    Row {
        name: &creator.name,
        email: creator.email.as_deref(),
        platform: creator.platform.word(),
        followers_count: creator.followers_count(),
        followers_count_numeric: creator.followers,
        engagement_rate: creator.engagement_rate,
        niche: &creator.niche,
        language: &creator.language,
        country: &creator.country,
        about: &creator.about,
        channel_name: &creator.channel_name,
        avg_views: creator.avg_views,
        collaboration_rate: creator.collaboration_rate.map(kernel::Amount::to_number),
        rating: creator.rating,
        profile_image: creator.profile_image.as_deref(),
        location: creator.location.as_deref(),
        audience_type: creator.audience_type.as_deref(),
        languages: list(&creator.languages),
        previous_brands: list(&creator.previous_brands),
    }
}

/// Writes CSV with a line of headers, quoted where it has to be; the items of a list are separated by semicolons.
///
/// # Errors
/// What `out` says.
pub fn write_csv(creators: impl IntoIterator<Item = Creator>, out: impl Write) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    for creator in creators {
        writer.serialize(row(&creator, |list| list.join("; "))).map_err(as_told)?;
    }
    writer.flush()
}

/// Writes one JSON object a line; lists are lists.
///
/// # Errors
/// What `out` says.
pub fn write_jsonl(creators: impl IntoIterator<Item = Creator>, out: impl Write) -> io::Result<()> {
    let mut out = io::BufWriter::new(out);
    for creator in creators {
        serde_json::to_writer(&mut out, &row(&creator, |list| list))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// The error of `out` itself rather than csv's account of it: callers look at its kind.
fn as_told(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        kind => io::Error::other(format!("{kind:?}")),
    }
}
