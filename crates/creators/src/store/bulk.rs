//! Many entries at once: an import's batch, in one transaction.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use db::{Saved as _, Sql, Stored as _, Tx};
use kernel::{Clock, CreatorId, Error, Platform, Result, Scope, WorkspaceId};

use super::vectors;
use crate::Creator;
use crate::catalogue::TOPIC;
use crate::embedding::EmbedHere;
use crate::model::{NewCreator, identity};
use crate::vectors::Space;

/// What a batch is written with.
pub struct Batch<'a> {
    /// Where time and ids come from.
    pub clock: &'a Clock,
    /// Whose new entries are.
    pub workspace: Option<WorkspaceId>,
    /// How many new ones there is room for.
    pub room: u64,
    /// The vectors that are kept, and what makes them, if it is in this process.
    pub embedder: Option<(Space<'a>, EmbedHere)>,
}

/// What became of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchOutcome {
    /// New entries.
    pub added: u64,
    /// Entries that were there and changed.
    pub updated: u64,
    /// Entries that were there and say the same.
    pub unchanged: u64,
    /// Rows that were not taken: their place in the batch, and why.
    pub refused: Vec<(usize, String)>,
}

/// A row's handle or address on its platform.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Key {
    Handle(Platform, String),
    Email(Platform, String),
}

fn keys(platform: Platform, handle: Option<&str>, email: Option<&str>) -> Vec<Key> {
    let handle = handle.map(identity).filter(|key| !key.is_empty()).map(|key| Key::Handle(platform, key));
    let email = email.map(identity).map(|key| Key::Email(platform, key));
    handle.into_iter().chain(email).collect()
}

/// An entry that the batch has or changes.
struct Known {
    creator: Creator,
    profile_before: Option<String>,
    changed: bool,
    is_new: bool,
}

/// Adds these creators, or changes those that are there already: the same platform and the same handle or e-mail address.
pub async fn upsert(scope: Scope, tx: &mut Tx, rows: Vec<NewCreator>, batch: &Batch<'_>) -> Result<BatchOutcome> {
    debug_assert!(scope.may_read_directory());
    let mut outcome = BatchOutcome::default();
    let mut known: Vec<Known> = Vec::with_capacity(rows.len());
    let mut by_key: HashMap<Key, usize> = HashMap::new();
    for creator in existing(tx, &rows).await? {
        for key in keys(creator.platform, creator.channel_name.as_deref(), creator.email.as_deref()) {
            by_key.insert(key, known.len());
        }
        let profile_before = Some(creator.profile_text());
        known.push(Known { creator, profile_before, changed: false, is_new: false });
    }
    for (place, row) in rows.into_iter().enumerate() {
        if let Err(why) = take(row, batch, scope, &mut known, &mut by_key, &mut outcome) {
            outcome.refused.push((place, why));
        }
    }
    save(scope, tx, known, batch).await?;
    Ok(outcome)
}

/// The entries that any of these rows is about.
async fn existing(tx: &mut Tx, rows: &[NewCreator]) -> Result<Vec<Creator>> {
    let mut found: HashMap<CreatorId, Creator> = HashMap::new();
    for platform in Platform::ALL {
        let own = rows.iter().filter(|row| row.platform == platform);
        let (mut handles, mut emails) = (Vec::new(), Vec::new());
        for row in own {
            handles.extend(row.details.channel_name.iter().flatten().map(|handle| identity(handle)));
            emails.extend(row.details.email.iter().flatten().map(|email| identity(email)));
        }
        for (column, wanted) in [("handle_key", handles), ("email_key", emails)] {
            if wanted.is_empty() {
                continue;
            }
            let mut sql = Sql::of::<Creator>();
            sql.push(" AND deleted_at IS NULL").and("platform = ", platform).and_in(column, wanted);
            let creators: Vec<Creator> = sql.all(tx).await?;
            found.extend(creators.into_iter().map(|creator| (creator.id, creator)));
        }
    }
    Ok(found.into_values().collect())
}

fn take(
    row: NewCreator,
    batch: &Batch<'_>,
    scope: Scope,
    known: &mut Vec<Known>,
    by_key: &mut HashMap<Key, usize>,
    outcome: &mut BatchOutcome,
) -> Result<(), String> {
    let now = batch.clock.now();
    let flat = |field: &Option<Option<String>>| field.clone().flatten();
    let (handle, email) = (flat(&row.details.channel_name), flat(&row.details.email));
    let own = keys(row.platform, handle.as_deref(), email.as_deref());
    let mut places = own.iter().filter_map(|key| by_key.get(key).copied());
    let place = places.next();
    if let (Some(one), Some(other)) = (place, places.next())
        && one != other
    {
        return Err(format!(
            "its handle is {}'s, but its e-mail address is {}'s: which of the two is meant?",
            known[one].creator.name, known[other].creator.name
        ));
    }
    let place = if let Some(place) = place {
        let entry = &mut known[place];
        if !may_change(scope, &entry.creator, batch.workspace) {
            return Err(format!("{} was added by someone else, who alone may change it", entry.creator.name));
        }
        let changed = entry.creator.apply(row.into(), now);
        match (changed, entry.is_new) {
            (true, false) => outcome.updated += 1,
            _ => outcome.unchanged += 1,
        }
        entry.changed |= changed;
        place
    } else if outcome.added >= batch.room {
        return Err("is one more than a workspace may add to the directory: take some out, or have CREATORS_PER_WORKSPACE raised".into());
    } else {
        let id = batch.clock.new_id();
        let creator = Creator::new(row, id, batch.workspace, now).ok_or("followers_count is missing")?;
        outcome.added += 1;
        known.push(Known { creator, profile_before: None, changed: true, is_new: true });
        known.len() - 1
    };
    let creator = &known[place].creator;
    for key in keys(creator.platform, creator.channel_name.as_deref(), creator.email.as_deref()) {
        if let Entry::Vacant(free) = by_key.entry(key) {
            free.insert(place);
        }
    }
    Ok(())
}

/// May this caller change this entry? The one who added it may, the person it is about, and whoever runs the server.
pub(crate) fn may_change(scope: Scope, creator: &Creator, workspace: Option<WorkspaceId>) -> bool {
    scope.sees_everything()
        || (workspace.is_some() && creator.workspace_id == workspace)
        || (scope.person().is_some() && creator.claimed_by == scope.person())
}

async fn save(scope: Scope, tx: &mut Tx, known: Vec<Known>, batch: &Batch<'_>) -> Result<()> {
    let mut changed: Vec<Known> = known.into_iter().filter(|entry| entry.changed).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let seq = tx.next_version(TOPIC).await?;
    let mut written = 0;
    for is_new in [true, false] {
        let rows: Vec<_> = changed
            .iter_mut()
            .filter(|entry| entry.is_new == is_new)
            .map(|entry| {
                entry.creator.seq = seq;
                entry.creator.values()
            })
            .collect();
        let conflict = if is_new { "ON CONFLICT DO NOTHING" } else { Creator::OVERWRITE };
        written += tx.insert_rows(Creator::INTO, conflict, rows).await?;
    }
    if written != changed.len() as u64 {
        return Err(Error::conflict("The directory was changed by someone else meanwhile; run the import again"));
    }
    if let Some((space, embed)) = batch.embedder {
        let texts = changed.iter().map(|entry| (entry.creator.id, entry.creator.profile_text(), &entry.profile_before));
        let (ids, texts): (Vec<CreatorId>, Vec<String>) =
            texts.filter(|(_, text, before)| before.as_ref() != Some(text)).map(|(id, text, _)| (id, text)).unzip();
        let (model, backend, now) = (space.model.to_owned(), space.backend, batch.clock.now());
        let rows = tokio::task::spawn_blocking(move || {
            let vectors = embed(&texts);
            let made: Vec<_> =
                ids.into_iter().zip(texts).zip(vectors).map(|((id, text), vector)| (id, text, vector)).collect();
            vectors::rows(&made, Space { model: &model, backend }, now)
        })
        .await
        .map_err(Error::internal)?;
        vectors::save_rows(tx, backend, rows).await?;
    } else {
        let stale: Vec<_> = changed.iter().filter(|entry| !entry.is_new).map(|entry| entry.creator.id).collect();
        vectors::forget_vectors(scope, tx, &stale).await?;
    }
    Ok(())
}
