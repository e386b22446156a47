//! Lists of members: pages of any mix of filters and orders, and how many there are.
//!
//! How much a page costs is bounded, however many members there are:
//! - **Without a search** the count is kept (`audience_counts`). The order comes from an index over all members of the workspace, which has channel and
//!   activity in it, so that what is left out costs a step of the index; a filter that leaves few is served by the indices of those few, one for each
//!   channel and activity. A page behind the middle is read from the end.
//! - **A search, or a tag, that finds few** (up to [`FEW`]) is read whole and put in order: the count is exact.
//! - **A search that finds more** goes through the list in its order, [`MOST_LOOKED_AT`] members at most, and stops at [`MOST_FOUND`]:
//!   the count is what was found, and the answer says that there may be more.

use db::{Sql, Tx, Value};
use kernel::{Result, WorkspaceId};

use super::{counts, members};
use crate::model::{Channel, Member, MemberId};

/// So many are read whole.
const FEW: u64 = 20_000;
/// A filter that leaves one of so many is served by the indices of those that it leaves.
const SPARSE: u64 = 8;
/// A search that finds many looks at so many members,
const MOST_LOOKED_AT: usize = 50_000;
/// and tells so many.
const MOST_FOUND: usize = 1_000;
/// Members in one statement of such a search.
const BATCH: usize = 2_000;

/// What a list is ordered by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, kernel::Words)]
#[words(name = "UserSort", no_column)]
pub(crate) enum Sort {
    /// When they were added.
    #[default]
    CreatedAt,
    /// When they did something last; who never did stands where they were added.
    LastActiveAt,
    /// Their engagement score; who has none yet stands below all others.
    EngagementScore,
}

impl Sort {
    const fn column(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::LastActiveAt => "active_at",
            Self::EngagementScore => "score",
        }
    }
}

/// Which members are wanted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) channel: Option<Channel>,
    pub(crate) is_active: Option<bool>,
    /// A tag as it is compared.
    pub(crate) tag: Option<String>,
    /// Words that each begin a word of theirs; nothing where nothing is searched for.
    pub(crate) words: Option<Vec<String>>,
    pub(crate) sort: Sort,
    /// The smallest first?
    pub(crate) ascending: bool,
}

/// A page of members.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) members: Vec<Member>,
    /// How many there are, as far as was looked.
    pub(crate) total: u64,
    /// May there be more than that?
    pub(crate) more: bool,
}

/// A page of an audience's members. `tx` should see one moment: the count and the page belong together.
pub(crate) async fn page(
    workspace: WorkspaceId,
    tx: &mut Tx,
    wanted: &Wanted,
    limit: u32,
    offset: u32,
) -> Result<Found> {
    let list = List { workspace, wanted };
    if wanted.words.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Found { members: Vec::new(), total: 0, more: false });
    }
    let (ids, total, more) = match list.few(tx).await? {
        Some(driver) => {
            let ids = list.all_of(tx, &driver).await?;
            let total = ids.len() as u64;
            (cut(ids, limit, offset), total, false)
        }
        None if wanted.words.is_some() => {
            let (ids, more) = list.looked_through(tx).await?;
            let total = ids.len() as u64;
            (cut(ids, limit, offset), total, more)
        }
        None => {
            let (ids, total) = list.counted(tx, limit, offset).await?;
            (ids, total, false)
        }
    };
    let mut found = members::by_ids(workspace, tx, &ids).await?;
    found.sort_by_key(|member| ids.iter().position(|id| *id == member.id));
    Ok(Found { members: found, total, more })
}

fn cut(ids: Vec<MemberId>, limit: u32, offset: u32) -> Vec<MemberId> {
    ids.into_iter().skip(offset as usize).take(limit as usize).collect()
}

/// What few members are found by.
enum Driver {
    Word(String),
    Tag,
    /// Those of a channel, active or not.
    Kinds,
}

struct List<'a> {
    workspace: WorkspaceId,
    wanted: &'a Wanted,
}

impl List<'_> {
    /// What finds few enough to be read whole: the smallest of what there is.
    async fn few(&self, tx: &mut Tx) -> Result<Option<Driver>> {
        let mut best: Option<(u64, Driver)> = None;
        let mut offer = |count: u64, driver: Driver| {
            if count <= FEW && best.as_ref().is_none_or(|(least, _)| count < *least) {
                best = Some((count, driver));
            }
        };
        if let Some(tag) = &self.wanted.tag {
            offer(counts::of(self.workspace, tx, tag, None, None).await?, Driver::Tag);
        }
        for word in self.wanted.words.iter().flatten() {
            let mut sql = Sql::new("SELECT count(*) FROM (SELECT 1 FROM audience_words WHERE workspace_id = ");
            sql.bind(self.workspace);
            begins(&mut sql, word);
            let count: u64 = sql.push(" LIMIT ").bind(FEW + 1).push(") AS w").one(tx).await?;
            offer(count, Driver::Word(word.clone()));
        }
        if self.wanted.words.is_some() && (self.wanted.channel.is_some() || self.wanted.is_active.is_some()) {
            let (channel, is_active) = (self.wanted.channel, self.wanted.is_active);
            offer(counts::of(self.workspace, tx, "", channel, is_active).await?, Driver::Kinds);
        }
        Ok(best.map(|(_, driver)| driver))
    }

    /// All that a driver finds and the other filters leave, in order.
    async fn all_of(&self, tx: &mut Tx, driver: &Driver) -> Result<Vec<MemberId>> {
        let mut sql = Sql::new("SELECT id FROM audience_members WHERE workspace_id = ");
        sql.bind(self.workspace);
        match driver {
            Driver::Word(word) => {
                sql.push(" AND id IN (SELECT member_id FROM audience_words WHERE workspace_id = ").bind(self.workspace);
                begins(&mut sql, word);
                sql.push(")");
                self.of_kinds_aside(&mut sql);
            }
            Driver::Tag => {
                sql.push(" AND id IN (SELECT member_id FROM audience_tags WHERE workspace_id = ").bind(self.workspace);
                sql.and("tag = ", &self.wanted.tag).push(")");
                self.of_kinds_aside(&mut sql);
            }
            Driver::Kinds => self.of_kinds(&mut sql),
        }
        with_words(&mut sql, self.wanted.words.iter().flatten());
        if !matches!(driver, Driver::Tag) {
            self.tagged(&mut sql);
        }
        sql.push(&self.order(false)).all(tx).await
    }

    /// A page and the count that is kept.
    async fn counted(&self, tx: &mut Tx, limit: u32, offset: u32) -> Result<(Vec<MemberId>, u64)> {
        let (channel, is_active) = (self.wanted.channel, self.wanted.is_active);
        let tag = self.wanted.tag.as_deref().unwrap_or_default();
        let total = counts::of(self.workspace, tx, tag, channel, is_active).await?;
        let (limit, offset) = (u64::from(limit), u64::from(offset));
        if offset >= total {
            return Ok((Vec::new(), total));
        }
        let take = limit.min(total - offset);
        let from_end = offset > total / 2;
        let skip = if from_end { total - offset - take } else { offset };
        let everybody = counts::of(self.workspace, tx, "", None, None).await?;
        let is_filtered = channel.is_some() || is_active.is_some();
        let mut sql = if is_filtered && self.wanted.tag.is_none() && total <= everybody / SPARSE {
            self.of_each_kind(skip + take, from_end)
        } else {
            let mut sql = Sql::new("SELECT id FROM audience_members WHERE workspace_id = ");
            sql.bind(self.workspace);
            self.of_kinds_in_order(&mut sql);
            self.tagged(&mut sql);
            sql.push(&self.order(from_end));
            sql
        };
        sql.push(" LIMIT ").bind(take).push(" OFFSET ").bind(skip);
        let mut ids: Vec<MemberId> = sql.all(tx).await?;
        if from_end {
            ids.reverse();
        }
        Ok((ids, total))
    }

    /// The first of each kind that the filter leaves, each by its own index, put together in order.
    fn of_each_kind(&self, most: u64, from_end: bool) -> Sql {
        let column = self.wanted.sort.column();
        // It begins with nothing, so that each kind can be added alike.
        let mut sql = Sql::new(format!("SELECT id FROM (SELECT {column}, id FROM audience_members WHERE FALSE"));
        for channel in Channel::ALL.iter().filter(|one| self.wanted.channel.is_none_or(|own| own == **one)) {
            for is_active in [true, false].into_iter().filter(|one| self.wanted.is_active.is_none_or(|own| own == *one))
            {
                sql.push(&format!(
                    " UNION ALL SELECT * FROM (SELECT {column}, id FROM audience_members WHERE workspace_id = "
                ));
                sql.bind(self.workspace).and("channel = ", *channel).and("is_active = ", is_active);
                sql.push(&self.order(from_end)).push(" LIMIT ").bind(most).push(") AS k");
            }
        }
        sql.push(") AS kinds").push(&self.order(from_end));
        sql
    }

    /// Goes through the list in its order, until enough was found or looked at. Tells whether there may be more.
    async fn looked_through(&self, tx: &mut Tx) -> Result<(Vec<MemberId>, bool)> {
        let column = self.wanted.sort.column();
        let wanted: Vec<String> = self.wanted.words.iter().flatten().map(|word| format!(" {word}")).collect();
        let (mut found, mut looked_at, mut last) = (Vec::new(), 0, None::<(i64, MemberId)>);
        loop {
            let mut sql =
                Sql::new(format!("SELECT {column}, id, search_text FROM audience_members WHERE workspace_id = "));
            sql.bind(self.workspace);
            if let Some(place) = last {
                behind(&mut sql, column, place, self.wanted.ascending);
            }
            self.of_kinds_in_order(&mut sql);
            self.tagged(&mut sql);
            let batch: Vec<(i64, MemberId, String)> =
                sql.push(&self.order(false)).push(" LIMIT ").bind(BATCH).all(tx).await?;
            last = batch.last().map(|(value, id, _)| (*value, *id));
            looked_at += batch.len();
            let is_last = batch.len() < BATCH;
            let fits = |text: &str| wanted.iter().all(|word| text.contains(word.as_str()));
            found.extend(batch.into_iter().filter(|(.., text)| fits(text)).map(|(_, id, _)| id));
            if is_last {
                return Ok((found, false));
            }
            if found.len() >= MOST_FOUND || looked_at >= MOST_LOOKED_AT {
                found.truncate(MOST_FOUND);
                return Ok((found, true));
            }
        }
    }

    /// Channel and activity, by which an index is chosen.
    fn of_kinds(&self, sql: &mut Sql) {
        match self.wanted.channel {
            Some(channel) => sql.and("channel = ", channel),
            None => sql.and_in("channel", Channel::ALL),
        };
        sql.and_if("is_active = ", self.wanted.is_active);
    }

    /// Channel and activity of what is read in its order: where both are given, they have an index with that order of their own.
    fn of_kinds_in_order(&self, sql: &mut Sql) {
        if self.wanted.channel.is_some() && self.wanted.is_active.is_some() {
            self.of_kinds(sql);
        } else {
            self.of_kinds_aside(sql);
        }
    }

    /// Channel and activity, so that no engine chooses an index by them: the order, or what few were found by, has chosen it.
    fn of_kinds_aside(&self, sql: &mut Sql) {
        let mut aside = |column: &str, value: Value| {
            sql.push(&format!(" AND (CASE WHEN {column} = ")).bind(value).push(" THEN 1 ELSE 0 END) = 1");
        };
        if let Some(channel) = self.wanted.channel {
            aside("channel", channel.into());
        }
        if let Some(is_active) = self.wanted.is_active {
            aside("is_active", is_active.into());
        }
    }

    fn tagged(&self, sql: &mut Sql) {
        tagged(sql, self.workspace, self.wanted.tag.as_deref());
    }

    fn order(&self, from_end: bool) -> String {
        let column = self.wanted.sort.column();
        let way = if self.wanted.ascending == from_end { "DESC" } else { "ASC" };
        format!(" ORDER BY {column} {way}, id {way}")
    }
}

/// Restricts a query to members with a (folded) tag, if one is given.
pub(super) fn tagged(sql: &mut Sql, workspace: WorkspaceId, tag: Option<&str>) {
    if let Some(tag) = tag {
        sql.push(" AND EXISTS (SELECT 1 FROM audience_tags AS t WHERE t.member_id = audience_members.id");
        sql.and("t.workspace_id = ", workspace).and("t.tag = ", tag).push(")");
    }
}

/// Restricts a query to members of whom each of these words starts a word.
pub(super) fn with_words(sql: &mut Sql, words: impl IntoIterator<Item = impl AsRef<str>>) {
    for word in words {
        sql.push(" AND search_text LIKE ").bind_contains(&format!(" {}", word.as_ref()));
    }
}

/// Restricts a query to members after a position in the order of a column and the id.
pub(super) fn behind(sql: &mut Sql, column: &str, (value, id): (impl Into<Value>, MemberId), ascending: bool) {
    let beyond = if ascending { ">" } else { "<" };
    sql.push(&format!(" AND ({column}, id) {beyond} (")).bind(value).push(", ").bind(id).push(")");
}

/// Words that begin so. `word` is sorted by its bytes on both engines, and no text begins with the last character and goes on.
fn begins(sql: &mut Sql, word: &str) {
    sql.and("word >= ", word).and("word < ", format!("{word}\u{10ffff}"));
}
