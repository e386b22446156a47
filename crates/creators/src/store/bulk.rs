//! Many entries at once: an import's batch, in one transaction.

use std::collections::HashMap;

use db::{Saved as _, Sql, Stored as _, Tx};
use input::table::told;
use kernel::{Clock, CreatorId, Error, Platform, Result, Scope, WorkspaceId};

use super::write::{claim_written, kept_as, renew_keys};
use super::{read, vectors};
use crate::Creator;
use crate::catalogue::TOPIC;
use crate::embedding::EmbedHere;
use crate::identity::{folded, handle_key, names_agree, same_address};
use crate::model::{NewCreator, Visibility};
use crate::rights::{Referring, Viewer, frozen, judge, judge_new};
use crate::transfer::Fate;
use crate::vectors::Space;

/// What a batch is written with.
pub struct Batch<'a> {
    /// Where time and ids come from.
    pub clock: &'a Clock,
    /// Whose new entries are.
    pub workspace: Option<WorkspaceId>,
    /// How many new ones there is room for.
    pub room: u64,
    /// Who keeps rows that name creators.
    pub referring: Referring,
    /// The vectors that are kept, and what makes them, if it is in this process.
    pub embedder: Option<(Space<'a>, EmbedHere)>,
}

/// A row of an import.
pub struct Row {
    /// Its line in the file.
    pub line: u64,
    /// The id that an export of ours gave it.
    pub id: Option<CreatorId>,
    /// What it says.
    pub creator: NewCreator,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its line in the file.
    pub line: u64,
    /// What became of it.
    pub fate: Fate,
    /// The entry that it is about.
    pub id: Option<CreatorId>,
    /// The fields that it changed.
    pub changed: Vec<String>,
    /// The line that was about the same entry before.
    pub duplicate_of: Option<u64>,
    /// Why it was refused.
    pub why: Option<String>,
}

impl Outcome {
    /// Not taken.
    pub fn refused(line: u64, why: String) -> Self {
        Self { line, fate: Fate::Refused, id: None, changed: Vec::new(), duplicate_of: None, why: Some(why) }
    }
}

/// So many entries are looked through that share an address or a name with the rows of a batch.
const MOST_ALIKE: u32 = 5000;

/// The first line about each entry, over all batches of a file.
pub type Seen = HashMap<CreatorId, u64>;

/// An entry that the batch has or changes.
struct Known {
    creator: Creator,
    profile_before: Option<String>,
    changed: bool,
    is_new: bool,
}

/// The entries that a batch is about, by what they are known by: the handle on the platform, else the id of an export of ours; who has no
/// handle, by the name and the address together. An address alone merges nobody.
#[derive(Default)]
struct Entries {
    known: Vec<Known>,
    /// How many of them are new.
    added: u64,
    by_handle: HashMap<(Platform, String), usize>,
    by_id: HashMap<CreatorId, usize>,
    by_email: HashMap<(Platform, String), Vec<usize>>,
    by_name: HashMap<(Platform, String), Vec<usize>>,
}

impl Entries {
    fn add(&mut self, entry: Known) -> usize {
        self.added += u64::from(entry.is_new);
        self.known.push(entry);
        let place = self.known.len() - 1;
        self.by_id.insert(self.known[place].creator.id, place);
        self.index(place);
        place
    }

    /// Has it found by what it is known by now.
    fn index(&mut self, place: usize) {
        let creator = &self.known[place].creator;
        let platform = creator.platform;
        if let Some(handle) = creator.handle_key() {
            self.by_handle.entry((platform, handle)).or_insert(place);
        }
        let alike = creator.name_key().map(|name| self.by_name.entry((platform, name)).or_default());
        let sharing = creator.email.as_deref().map(|email| self.by_email.entry((platform, folded(email))).or_default());
        for places in alike.into_iter().chain(sharing) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }

    /// The entry that a row is about, if there is one.
    fn find(&self, row: &Row, may_change: impl Fn(&Creator) -> bool) -> Result<Option<usize>, String> {
        let (platform, details) = (row.creator.platform, &row.creator.details);
        let handle =
            details.channel_name.as_ref().and_then(Option::as_deref).and_then(|handle| handle_key(platform, handle));
        let by_handle = handle.as_ref().and_then(|handle| self.by_handle.get(&(platform, handle.clone()))).copied();
        let own = |place: &usize| self.known[*place].creator.platform == platform;
        let by_id = row.id.and_then(|id| self.by_id.get(&id)).copied().filter(own);
        match (by_handle, by_id) {
            // One's own private entry and a shared one may have the same handle: the id says which of them is meant.
            (Some(_), Some(place)) if self.known[place].creator.handle_key() == handle => return Ok(Some(place)),
            (Some(one), Some(other)) if one != other => {
                let [one, other] = [one, other].map(|place| &self.known[place].creator.name);
                return Err(format!("its handle is {one}'s, but its id is {other}'s: which of the two is meant?"));
            }
            (Some(place), _) | (None, Some(place)) => return Ok(Some(place)),
            (None, None) => {}
        }
        let (name, email) = (&row.creator.name, details.email.as_ref().and_then(Option::as_deref));
        let entry = |place: &usize| &self.known[*place].creator;
        let shares = |creator: &Creator| match (email, creator.email.as_deref()) {
            (Some(one), Some(other)) => same_address(one, other),
            _ => false,
        };
        let same_name = |creator: &Creator| folded(&creator.name) == folded(name);
        let of_name = self.by_name.get(&(platform, folded(name)));
        let with_address = match (&handle, email) {
            (None, Some(email)) => self.by_email.get(&(platform, folded(email))),
            // Who had no handle so far may have one now.
            _ => of_name,
        };
        let of_address = with_address.into_iter().flatten().filter(|place| {
            let creator = entry(place);
            let has_handle = creator.handle_key().is_some();
            let agrees =
                if has_handle { handle.is_none() && names_agree(&creator.name, name) } else { same_name(creator) };
            agrees && shares(creator) && may_change(creator)
        });
        let mut found: Vec<usize> = of_address.copied().collect();
        if found.is_empty() && handle.is_none() {
            let of_name = of_name.into_iter().flatten();
            let open = |creator: &Creator| email.is_none() || creator.email.is_none();
            found = of_name.filter(|place| open(entry(place)) && may_change(entry(place))).copied().collect();
        }
        match found[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            [one, ..] => Err(format!(
                "may be any of {} entries like {}: give the handle",
                found.len(),
                self.known[one].creator.name
            )),
        }
    }
}

/// Adds these creators, or changes those that are there already, and tells what became of each row.
pub async fn upsert(
    scope: Scope,
    tx: &mut Tx,
    rows: Vec<Row>,
    seen: &mut Seen,
    batch: &Batch<'_>,
) -> Result<Vec<Outcome>> {
    debug_assert!(scope.may_read_directory());
    if rows.iter().any(|row| row.creator.details.channel_name.iter().flatten().next().is_none()) {
        // No key keeps those apart who have no handle: who writes them reads what others wrote before.
        tx.next_version(TOPIC).await?;
    }
    let viewer = Viewer { scope, workspace: batch.workspace };
    let found = existing(tx, &rows, viewer).await?;
    let frozen = frozen(tx, &batch.referring, &found.iter().collect::<Vec<_>>()).await?;
    let mut entries = Entries::default();
    for creator in found {
        let profile_before = Some(creator.profile_text());
        entries.add(Known { creator, profile_before, changed: false, is_new: false });
    }
    let mut outcomes = Vec::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        let taken = take(row, batch, (viewer, &frozen), &mut entries, seen);
        outcomes.push(taken.unwrap_or_else(|why| Outcome::refused(line, why)));
    }
    save(scope, tx, entries.known, batch).await?;
    Ok(outcomes)
}

/// The entries that any of these rows may be about, as far as this viewer finds them. One's own private entry comes before a shared one of
/// the same handle.
async fn existing(tx: &mut Tx, rows: &[Row], viewer: Viewer) -> Result<Vec<Creator>> {
    let mut found: HashMap<CreatorId, Creator> = HashMap::new();
    for platform in Platform::ALL {
        let (mut handles, mut emails, mut names) = (Vec::new(), Vec::new(), Vec::new());
        for row in rows.iter().map(|row| &row.creator).filter(|row| row.platform == platform) {
            let own = row.details.channel_name.iter().flatten().find_map(|handle| handle_key(platform, handle));
            names.push(folded(&row.name));
            match own {
                Some(own) => handles.extend(kept_as(own)),
                None => emails.extend(row.details.email.iter().flatten().map(|email| folded(email))),
            }
        }
        let by_handle = look_up(tx, viewer, (platform, "handle_key"), &mut handles, u32::MAX).await?;
        renew_keys(tx, &by_handle, &handles).await?;
        let sharing = look_up(tx, viewer, (platform, "email_key"), &mut emails, MOST_ALIKE).await?;
        let alike = look_up(tx, viewer, (platform, "name_key"), &mut names, MOST_ALIKE).await?;
        let all = by_handle.into_iter().chain(sharing).chain(alike);
        found.extend(all.map(|creator| (creator.id, creator)));
    }
    let ids: Vec<CreatorId> = rows.iter().filter_map(|row| row.id).filter(|id| !found.contains_key(id)).collect();
    if !ids.is_empty() {
        let mut sql = Sql::of::<Creator>();
        sql.push(" AND deleted_at IS NULL AND withdrawn_at IS NULL").and_in("id", ids);
        read::visible(&mut sql, viewer.scope);
        let creators: Vec<Creator> = sql.all(tx).await?;
        found.extend(creators.into_iter().map(|creator| (creator.id, creator)));
    }
    let mut found: Vec<Creator> = found.into_values().collect();
    found.sort_by_key(|creator| (creator.visibility == Visibility::Shared, creator.id));
    Ok(found)
}

async fn look_up(
    tx: &mut Tx,
    viewer: Viewer,
    (platform, column): (Platform, &str),
    wanted: &mut Vec<String>,
    most: u32,
) -> Result<Vec<Creator>> {
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut sql = Sql::of::<Creator>();
    sql.push(" AND deleted_at IS NULL AND withdrawn_at IS NULL").and("platform = ", platform);
    sql.and_in(column, wanted.iter().map(String::as_str));
    // What another workspace keeps to itself is not there for this one; by its id alone an administrator finds it.
    sql.push(" AND (visibility = 'shared' OR workspace_id = ").bind(viewer.workspace).push(")");
    sql.push(" LIMIT ").bind(most);
    sql.all(tx).await
}

fn take(
    row: Row,
    batch: &Batch<'_>,
    (viewer, frozen): (Viewer, &[CreatorId]),
    entries: &mut Entries,
    seen: &mut Seen,
) -> Result<Outcome, String> {
    let now = batch.clock.now();
    let place = entries.find(&row, |creator| viewer.may_change(creator))?;
    let line = row.line;
    let Some(place) = place else {
        if entries.added >= batch.room {
            return Err("is one more than a workspace may add to the directory: take some out, or have CREATORS_PER_WORKSPACE raised".into());
        }
        let creator = Creator::new(row.creator, batch.clock.new_id(), batch.workspace, now);
        let creator = creator.ok_or("followers_count is missing")?;
        judge_new(viewer, &creator).map_err(|error| told(&error))?;
        let id = creator.id;
        entries.add(Known { creator, profile_before: None, changed: true, is_new: true });
        seen.insert(id, line);
        return Ok(Outcome {
            line,
            fate: Fate::Added,
            id: Some(id),
            changed: Vec::new(),
            duplicate_of: None,
            why: None,
        });
    };
    let entry = &mut entries.known[place];
    let (mut after, id) = (entry.creator.clone(), entry.creator.id);
    let mut row = row.creator;
    if !viewer.sees_contact_of(&after) {
        // Whoever may not see an address cannot find out by guessing it.
        row.details.email = None;
    }
    let handle = row.details.channel_name.iter().flatten().find_map(|handle| handle_key(row.platform, handle));
    if handle.is_some() && handle == after.handle_key() {
        // Written in another way it is the same handle, and stays as it was shown.
        row.details.channel_name = None;
    }
    after.apply(row.into(), now);
    let (before, first) = (&entry.creator, seen.get(&id).copied());
    let changed = before.differences(&after);
    if !changed.is_empty() {
        let is_frozen = !entry.is_new && frozen.contains(&id);
        judge(viewer, before, &after, is_frozen).map_err(|error| told(&error))?;
        if let Some(first) = first
            && before.handle_key().is_none()
            && before.email.is_none()
            && after.handle_key().is_none()
        {
            return Err(format!(
                "has the name of line {first} and says other things ({}), and nothing tells the two apart: give handles or addresses",
                changed.join(", ")
            ));
        }
    }
    entry.creator = after;
    entry.changed |= !changed.is_empty();
    entries.index(place);
    let fate = match first {
        Some(_) => Fate::Duplicate,
        None if changed.is_empty() => Fate::Unchanged,
        None => Fate::Updated,
    };
    seen.entry(id).or_insert(line);
    Ok(Outcome { line, fate, id: Some(id), changed, duplicate_of: first, why: None })
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
    claim_written(tx, &mut changed.iter_mut().map(|entry| &mut entry.creator).collect::<Vec<_>>()).await?;
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
