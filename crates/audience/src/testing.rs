//! A large audience, for measurements.

use db::{Tx, args};
use kernel::{Day, Result, WorkspaceId};

use crate::model::{Channel, Member, Seed};
use crate::store::visits::{FILL_LONG, FILL_OF_CHANNELS, FILL_OVER_ALL};

/// How many interactions each member has on a day on which they came.
const EACH_DAY: u32 = 5;

/// Fills an empty database with an audience of so many members, who came on a good quarter of the days from one to another: rows by day and member, and the
/// sums that the figures are read from, as if each of their interactions had been written. Tells how many interactions there are, and how many members came.
pub async fn crowd(tx: &mut Tx, workspace: WorkspaceId, members: u32, (from, until): (Day, Day)) -> Result<(u64, u64)> {
    let clock = tx.clock().clone();
    for bite in 0..members.div_ceil(500) {
        let numbers = bite * 500..((bite + 1) * 500).min(members);
        let rows: Vec<Member> = numbers
            .map(|number| {
                let channel = Channel::ALL[number as usize % Channel::ALL.len()];
                let seed = Seed::named(Some("Somebody"));
                // Some are added in the course of the time.
                let added = from.plus(i64::from(number % 300));
                let id = clock.new_id();
                let mut member = Member::new(id, workspace, channel, number.to_string(), seed, added.start());
                member.interactions = number.into();
                member
            })
            .collect();
        tx.insert_all(&rows).await?;
    }
    // Who comes when is as good as random, and always the same.
    let sql = "WITH RECURSIVE days (day) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT day + 1 FROM days WHERE day < $2) \
               INSERT INTO audience_member_days (workspace_id, channel, day, member_id, interactions, own, asked, answered, came) \
               SELECT m.workspace_id, m.channel, d.day, m.id, CAST($3 AS BIGINT), CAST($3 AS BIGINT), 0, 0, TRUE FROM audience_members m CROSS JOIN days d \
               WHERE d.day * 86400000000 >= m.created_at AND (m.interactions * 7919 + d.day * 104729 + (m.interactions * d.day) % 613) % 100 < 34";
    tx.execute(sql, args![from, until, EACH_DAY]).await?;
    let sql = "INSERT INTO audience_days (workspace_id, channel, day, interactions, messages_in, messages_out, ai, escalations, new_members) \
               SELECT workspace_id, channel, day, sum(interactions), sum(own), 0, 0, 0, 0 FROM audience_member_days \
               GROUP BY workspace_id, channel, day";
    tx.execute(sql, args![]).await?;
    for fill in [FILL_OF_CHANNELS, FILL_OVER_ALL, FILL_LONG] {
        tx.execute(fill, args![]).await?;
    }
    let sql = "SELECT CAST(sum(interactions) AS BIGINT), count(DISTINCT member_id) FROM audience_member_days";
    tx.fetch_one(sql, args![]).await
}
