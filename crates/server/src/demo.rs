//! The sample world, written into an empty database.

use campaigns::Campaign;
use creators::vectors::Space;
use creators::{Creator, Directory};
use db::{Db, Migration, args};
use http_base::App;
use kernel::{CampaignId, Clock, CreatorId, Error, Kind, Result, Scope, Words, WorkspaceId};
use mind::embed::StaticModel;
use outreach::{Entry, NewEntry};
use ports::seal::Keys;
use samples::World;
use serde_json::json;

/// What the installation remembers of itself.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "0005_installation",
    sql: "CREATE TABLE installation (name TEXT PRIMARY KEY, value TEXT NOT NULL);",
}];

/// The seed of the sample world: everyone sees the same one.
const SEED: u64 = 2026;
const WORKSPACE: &str = "demo_workspace";
/// What the demo signs its tokens with.
const SECRET: &str = "jwt_secret_key";
/// Where the demo keeps what it seals secrets with.
const KEY_FILE: &str = "secrets.key";

/// The workspace of a demo's database, if it is one; a database with other data is refused.
pub async fn workspace(db: &Db) -> Result<Option<WorkspaceId>> {
    let mut tx = db.read().await?;
    let kept: Option<String> =
        tx.fetch_optional("SELECT value FROM installation WHERE name = $1", args![WORKSPACE]).await?;
    if let Some(kept) = kept {
        return kept.parse().map(Some).map_err(Error::internal);
    }
    // Whoever adds a creator or a campaign counts these up.
    if tx.version(creators::catalogue::TOPIC).await? > 0 || tx.version(campaigns::TOPIC).await? > 0 {
        return Err(Error::new(
            Kind::Conflict,
            "this database has data that is not the demo's; give the demo a folder of its own with --data-dir",
        ));
    }
    Ok(None)
}

/// What this demo signs its tokens with: whoever is logged in stays so over a restart.
pub async fn secret(db: &Db) -> Result<String> {
    kept(db, SECRET).await
}

/// A secret of this demo, by its name: made once at random.
pub(crate) async fn kept(db: &Db, name: &str) -> Result<String> {
    let sql = "SELECT value FROM installation WHERE name = $1";
    if let Some(kept) = db.read().await?.fetch_optional(sql, args![name]).await? {
        return Ok(kept);
    }
    let made = accounts::secrets::random(&Clock::system(), "");
    let mut tx = db.write().await?;
    let into = "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
    tx.execute(into, args![name, made]).await?;
    let kept = tx.fetch_one(sql, args![name]).await?;
    tx.commit().await?;
    Ok(kept)
}

/// What this demo seals secrets with: a key in a file of its folder, made once at random, for its owner alone.
pub fn keys(folder: &std::path::Path) -> Result<Keys> {
    let path = folder.join(KEY_FILE);
    let fault = |what: &str, why: &dyn std::fmt::Display| {
        Error::new(Kind::Unavailable, format!("the demo's key file {} {what}: {why}", path.display()))
    };
    let made = Keys::generate()?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = std::fs::create_dir_all(folder)
        .and_then(|()| options.open(&path))
        .and_then(|mut file| std::io::Write::write_all(&mut file, made.as_bytes()));
    match written {
        Ok(()) => Keys::parse(&made).map_err(Error::internal),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let kept = std::fs::read_to_string(&path).map_err(|error| fault("cannot be read", &error))?;
            Keys::parse(&kept).map_err(|why| fault("is spoilt, delete it together with the demo's data", &why))
        }
        Err(error) => Err(fault("cannot be written", &error)),
    }
}

/// Is this part of the demo to be made now? Said before it is: one that was broken off half-way is not begun a second time.
pub(crate) async fn begins(db: &Db, part: &str) -> Result<bool> {
    let mut tx = db.write().await?;
    let sql = "INSERT INTO installation (name, value) VALUES ($1, 'yes') ON CONFLICT (name) DO NOTHING";
    let is_new = tx.execute(sql, args![part]).await? == 1;
    tx.commit().await?;
    Ok(is_new)
}

/// Fills an empty database with the sample world, in one transaction: it is there whole, or not at all.
pub async fn load(app: &App, directory: &Directory, workspace: WorkspaceId) -> Result<World> {
    let (clock, scope) = (app.clock(), Scope::system());
    let world = samples::demo(SEED, clock.now());
    let mut tx = app.db().write_long().await?;
    let model = StaticModel::embedded();
    let space = Space { model: StaticModel::id(), backend: directory.backend() };
    let mut creators: Vec<CreatorId> = Vec::with_capacity(world.creators.len());
    for sample in &world.creators {
        let mut creator = entry_of(sample, clock.id_at(sample.created_at));
        creators::store::insert(scope, &mut tx, &mut creator).await?;
        let text = creator.profile_text();
        let vector = model.embed(&text);
        creators::store::save_vector(scope, &mut tx, creator.id, space, &text, &vector, creator.created_at).await?;
        creators.push(creator.id);
    }
    let mut campaigns: Vec<Campaign> = Vec::with_capacity(world.campaigns.len());
    for sample in &world.campaigns {
        let mut campaign = campaign_of(sample, clock.id_at(sample.created_at), workspace)?;
        campaigns::store::insert(scope, &mut tx, &mut campaign).await?;
        campaigns.push(campaign);
    }
    for (selection, outreach) in world.selections.iter().zip(&world.outreach) {
        let (campaign, creator) = (&campaigns[selection.campaign], creators[selection.creator]);
        let entry = outreach_of(outreach, workspace, campaign.id, creator, clock.id_at(outreach.created_at))?;
        let (pair, notes) = ((creator, entry.id), Some(selection.notes.as_str()));
        campaigns::store::note_selection(&mut tx, campaign, pair, notes, selection.selected_at).await?;
        outreach::store::insert(scope, &mut tx, &entry).await?;
    }
    let sql = "INSERT INTO installation (name, value) VALUES ($1, $2)";
    tx.execute(sql, args![WORKSPACE, workspace.to_string()]).await?;
    tx.commit().await?;
    directory.catalogue().fresh().await?;
    Ok(world)
}

fn entry_of(sample: &samples::Creator, id: CreatorId) -> Creator {
    Creator {
        id,
        seq: 0,
        workspace_id: None,
        claimed_by: None,
        name: sample.name.clone(),
        email: sample.email.clone(),
        platform: sample.platform,
        channel_name: Some(sample.channel_name.clone()),
        followers_shown: sample.followers_count(),
        followers: sample.followers,
        engagement_rate: Some(sample.engagement_rate),
        niche: sample.niche.clone(),
        language: Some(sample.language.clone()),
        languages: creators::model::Texts(sample.languages.clone()),
        country: Some(sample.country.clone()),
        location: sample.location.clone(),
        about: Some(sample.about.clone()),
        audience_type: sample.audience_type.clone(),
        previous_brands: creators::model::Texts(sample.previous_brands.clone()),
        avg_views: sample.avg_views,
        collaboration_rate: sample.collaboration_rate,
        rating: sample.rating,
        profile_image: sample.profile_image.clone(),
        created_at: sample.created_at,
        updated_at: sample.created_at,
        visibility: creators::Visibility::Shared,
        withdrawn_at: None,
    }
}

fn campaign_of(sample: &samples::Campaign, id: CampaignId, workspace_id: WorkspaceId) -> Result<Campaign> {
    Ok(Campaign {
        id,
        code: 0,
        workspace_id,
        product_name: sample.product_name.clone(),
        brand_name: sample.brand_name.clone(),
        product_description: Some(sample.product_description.clone()),
        target_audience: Some(sample.target_audience.clone()),
        key_use_cases: Some(sample.key_use_cases.clone()),
        campaign_goal: Some(sample.campaign_goal.clone()),
        product_niche: Some(sample.product_niche.clone()),
        total_budget: sample.total_budget,
        status: word(sample.status)?,
        influencer_count: sample.influencer_count as u64,
        exclusions: campaigns::Exclusions::default(),
        created_at: sample.created_at,
        updated_at: sample.created_at,
    })
}

fn outreach_of(
    sample: &samples::Outreach,
    workspace_id: WorkspaceId,
    campaign_id: CampaignId,
    creator_id: CreatorId,
    id: kernel::OutreachId,
) -> Result<Entry> {
    let new = NewEntry { id, workspace_id, campaign_id, creator_id, notes: sample.notes.clone() };
    let text = |word: Option<&'static str>| word.map(str::to_owned);
    let turns = sample.call_transcript.as_ref().map(|transcript| {
        let turns = transcript.lines().map(|line| {
            let (role, message) = line.split_once(": ").unwrap_or(("", line));
            json!({"role": role, "message": message})
        });
        json!(turns.collect::<Vec<_>>()).to_string()
    });
    let status = match (sample.channel, sample.call_status) {
        (Some("call"), status) => status,
        (Some(_), _) => sample.email_status,
        (None, _) => "pending",
    };
    Ok(Entry {
        channel: sample.channel.map(word).transpose()?,
        message_type: sample.message_type.map(word).transpose()?,
        status: word(status)?,
        call_duration_seconds: sample.call_duration_minutes.map(|minutes| u64::from(minutes) * 60),
        call_successful: (sample.call_status == "completed").then(|| "success".to_owned()),
        transcript_summary: sample.transcript_summary.clone(),
        full_transcript: turns,
        interest_level: text(sample.interest_level),
        follow_up_actions: (!sample.action_items.is_empty()).then(|| sample.action_items.join("; ")),
        call_status: Some(word(sample.call_status)?),
        email_status: Some(word(sample.email_status)?),
        call_recording_url: sample.call_recording_url.clone(),
        call_transcript: sample.call_transcript.clone(),
        last_contact_date: sample.last_contact,
        next_steps: sample.next_steps.clone(),
        sentiment: text(sample.sentiment),
        updated_at: sample.updated_at,
        ..Entry::open(new, sample.created_at)
    })
}

/// What a word of the sample world means.
fn word<T: Words>(word: &str) -> Result<T> {
    T::parse(word).ok_or_else(|| Error::internal(format!("the sample world has the unknown word {word}")))
}

#[cfg(test)]
mod tests {
    use ports::seal::Place;

    use super::*;

    #[test]
    fn the_demo_s_key_is_made_once() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { row: "channels/1", field: "access_token" };
        let sealed = keys(&folder.path().join("new")).unwrap().seal(place, "EAAG").unwrap();
        assert_eq!(keys(&folder.path().join("new")).unwrap().open(place, &sealed).unwrap(), "EAAG");
        std::fs::write(folder.path().join(KEY_FILE), "cut off").unwrap();
        let error = keys(folder.path()).unwrap_err();
        assert!(error.message().contains("secrets.key is spoilt") && !error.message().contains("cut off"));
    }
}
