//! Rows of an import are written: some at a time, each time in one transaction with how far the import is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use db::{Stored as _, Tx};
use kernel::{Error, Result, WorkspaceId};

use super::rows::MemberRow;
use crate::calendar;
use crate::members::{self, of_name};
use crate::model::{Channel, Identity, IdentityKind, IdentityRow, Member, MemberId, Purpose, Report, Seed, TagRow};
use crate::store::{self, counts, days};

/// How an opt-out or a consent of an import came to be known.
const HOW: &str = "import of a table";
const CHANGED: &str = "The audience was changed by somebody else at the same moment";

/// What somebody is found by.
type Key = (Channel, String);

/// A row that makes a new member.
struct New {
    member: Member,
    identities: Vec<Identity>,
    row: MemberRow,
}

/// Adds these members, or changes those who are there, and tells in the report what became of each row.
pub(super) async fn write(
    tx: &mut Tx,
    workspace: WorkspaceId,
    rows: Vec<(u64, MemberRow)>,
    report: &mut Report,
) -> Result<()> {
    let now = tx.clock().now();
    let known = existing(tx, workspace, &rows).await?;
    let mut taken = owners(tx, workspace, &rows).await?;
    let mut here: HashMap<Key, usize> = HashMap::new();
    let mut new: Vec<New> = Vec::new();
    let mut later: Vec<(u64, MemberRow, Member)> = Vec::new();
    for (line, row) in rows {
        let key = (row.channel, row.external_id.clone());
        if let Some(member) = known.get(&key) {
            later.push((line, row, member.clone()));
            continue;
        }
        if let Some(place) = here.get(&key) {
            report.refuse(line, format!("external_id {} stands in the file twice", new[*place].row.external_id));
            continue;
        }
        let identities = identities_of(&row);
        let other = identities.iter().find(|one| taken.contains_key(&(row.channel, (*one).clone())));
        if let Some(other) = other {
            report.refuse(line, format!("another member is known by its {}", other.kind));
            continue;
        }
        let id: MemberId = tx.clock().new_id();
        let seed = Seed {
            external_id: None,
            profile: row.fields(),
            timezone: row.timezone.clone(),
            language: row.language.clone(),
        };
        let member = Member::new(id, workspace, row.channel, row.external_id.clone(), seed, now);
        taken.extend(identities.iter().map(|one| ((row.channel, one.clone()), id)));
        here.insert(key, new.len());
        new.push(New { member, identities, row });
    }
    report.added += new.len() as u64;
    for (line, row, member) in later {
        match update(tx, &row, member, &taken).await? {
            Ok(true) => report.updated += 1,
            Ok(false) => report.unchanged += 1,
            Err(why) => report.refuse(line, why),
        }
    }
    insert(tx, workspace, new).await
}

/// Whom these rows are about, of those who are there.
async fn existing(tx: &mut Tx, workspace: WorkspaceId, rows: &[(u64, MemberRow)]) -> Result<HashMap<Key, Member>> {
    let mut found = HashMap::new();
    for channel in &Channel::ALL {
        let ids: Vec<&str> =
            rows.iter().filter(|(_, row)| row.channel == *channel).map(|(_, row)| row.external_id.as_str()).collect();
        for member in store::members::by_external_ids(workspace, tx, *channel, &ids).await? {
            found.insert((*channel, member.external_id.clone()), member);
        }
    }
    Ok(found)
}

fn identities_of(row: &MemberRow) -> Vec<Identity> {
    let mut identities = of_name(row.channel, &row.external_id);
    let phone = row.phone.as_deref().filter(|_| row.channel == Channel::Whatsapp);
    identities.extend(phone.and_then(|phone| Identity::new(IdentityKind::Phone, phone)));
    identities.sort();
    identities.dedup();
    identities
}

/// Who has what these rows are known by.
async fn owners(
    tx: &mut Tx,
    workspace: WorkspaceId,
    rows: &[(u64, MemberRow)],
) -> Result<HashMap<(Channel, Identity), MemberId>> {
    let mut wanted: BTreeMap<(Channel, IdentityKind), BTreeSet<String>> = BTreeMap::new();
    for (_, row) in rows {
        for identity in identities_of(row) {
            wanted.entry((row.channel, identity.kind)).or_default().insert(identity.value);
        }
    }
    let mut found = HashMap::new();
    for ((channel, kind), values) in wanted {
        let known = store::identities::of_values(workspace, tx, channel, kind, values.into_iter().collect()).await?;
        found.extend(known.into_iter().map(|row| ((channel, row.identity()), row.member_id)));
    }
    Ok(found)
}

/// A member learns what a row says; tells whether that was anything, or why the row is refused.
async fn update(
    tx: &mut Tx,
    row: &MemberRow,
    before: Member,
    taken: &HashMap<(Channel, Identity), MemberId>,
) -> Result<std::result::Result<bool, String>> {
    let identities = identities_of(row);
    let other = identities
        .iter()
        .find(|one| taken.get(&(row.channel, (*one).clone())).is_some_and(|owner| *owner != before.id));
    if let Some(other) = other {
        return Ok(Err(format!("another member is known by its {}; merge the two if they are one person", other.kind)));
    }
    let (workspace, now) = (before.workspace_id, tx.clock().now());
    // Locked, so that it counts with its tags as what it is.
    let Some(before) = store::members::locked(workspace, tx, before.id).await? else {
        return Ok(Err("its member was erased meanwhile; import the row again".to_owned()));
    };
    let mut member = before.clone();
    let mut profile = member.profile.0.clone();
    profile.extend(row.fields());
    member.set_profile(profile);
    member.timezone = row.timezone.clone().or(member.timezone);
    member.language = row.language.clone().or(member.language);
    let mut changed = member != before;
    if changed {
        store::members::save_known(tx, &mut member, &before, now).await?;
    }
    changed |= store::identities::claim(tx, (workspace, row.channel), member.id, &identities, now).await? > 0;
    if let Some(tags) = &row.tags {
        changed |= !store::tags::add(tx, &member, tags, now).await?.is_empty();
    }
    changed |= say(tx, row, &member).await?;
    Ok(Ok(changed))
}

/// What a row says of being written to.
async fn say(tx: &mut Tx, row: &MemberRow, member: &Member) -> Result<bool> {
    let (about, now) = ((None, Purpose::Any), tx.clock().now());
    if row.opted_out == Some(true) {
        return members::opt_out(tx, member, about, HOW, now).await;
    }
    // A table does not take back what somebody said themselves.
    if row.consent == Some(true) && !member.opted_out {
        return members::opt_in(tx, member, about, HOW, now).await;
    }
    Ok(false)
}

/// New members, all at once. They were added today, and did not come.
async fn insert(tx: &mut Tx, workspace: WorkspaceId, new: Vec<New>) -> Result<()> {
    if new.is_empty() {
        return Ok(());
    }
    let now = tx.clock().now();
    let members: Vec<Member> = new.iter().map(|one| one.member.clone()).collect();
    let rows = members.iter().map(db::Stored::values).collect();
    if tx.insert_rows(Member::INTO, "ON CONFLICT DO NOTHING", rows).await? != members.len() as u64 {
        return Err(Error::conflict(CHANGED));
    }
    let mut identities: Vec<IdentityRow> = Vec::new();
    for one in &new {
        identities.extend(one.identities.iter().map(|identity| IdentityRow {
            workspace_id: workspace,
            channel: one.member.channel,
            kind: identity.kind,
            value: identity.value.clone(),
            member_id: one.member.id,
            created_at: now,
            unreachable_at: None,
        }));
    }
    // In the order in which others claim them.
    identities
        .sort_by(|one, other| (one.channel, one.kind, &one.value).cmp(&(other.channel, other.kind, &other.value)));
    let rows: Vec<_> = identities.iter().map(db::Stored::values).collect();
    let wanted = rows.len() as u64;
    if tx.insert_rows(IdentityRow::INTO, "ON CONFLICT DO NOTHING", rows).await? != wanted {
        return Err(Error::conflict(CHANGED));
    }
    store::members::add_words(tx, &members).await?;
    let mut moves: BTreeMap<(String, Channel), (String, i64)> = BTreeMap::new();
    let mut by_channel: BTreeMap<Channel, i64> = BTreeMap::new();
    let mut tags: Vec<TagRow> = Vec::new();
    for one in &new {
        *by_channel.entry(one.member.channel).or_default() += 1;
        moves.entry((String::new(), one.member.channel)).or_default().1 += 1;
        let mut own = BTreeSet::new();
        for label in one.row.tags.iter().flatten() {
            let tag = mind::text::fold(label);
            if !own.insert(tag.clone()) {
                continue;
            }
            let counted = moves.entry((tag.clone(), one.member.channel)).or_insert_with(|| (label.clone(), 0));
            counted.1 += 1;
            let (member_id, label) = (one.member.id, label.clone());
            tags.push(TagRow { workspace_id: workspace, tag, member_id, label, created_at: now });
        }
    }
    tx.insert_all(&tags).await?;
    for one in &new {
        say(tx, &one.row, &one.member).await?;
    }
    let moves = moves.into_iter().map(|((tag, channel), (label, by))| {
        if tag.is_empty() {
            counts::Move::all(channel, true, by)
        } else {
            counts::Move::tagged((&tag, &label), channel, true, by)
        }
    });
    counts::change(tx, workspace, moves.collect()).await?;
    let today = calendar::day(tx, workspace, now).await?;
    for (channel, new_members) in by_channel {
        let sums = days::Sums { new_members, ..days::Sums::default() };
        days::sum(tx, workspace, channel, today, sums).await?;
    }
    Ok(())
}
