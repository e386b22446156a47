//! A million members of one workspace.

use std::time::{Duration, Instant};

use audience::{Channel, Member, MemberId, Seed};
use db::{Engine, args};
use kernel::time;
use serde_json::json;
use testkit::{Client, FreshDb, both_engines};

use crate::world::World;

const FIRST: [&str; 10] = ["Ana", "José", "Maria", "John", "Zoë", "Liam", "Olivia", "Noah", "Emma", "Lucía"];
const LAST: [&str; 10] = ["García", "Smith", "López", "Müller", "Rossi", "Silva", "Jones", "Novak", "Kim", "Nguyen"];

/// How long an answer takes in the middle, and at most, of these.
async fn measured(client: &Client, path: &str) -> (Duration, Duration, u64) {
    let (mut times, mut total) = (Vec::new(), 0);
    for _ in 0..7 {
        let started = Instant::now();
        let body = client.get(path).await.ok();
        times.push(started.elapsed());
        total = body["pagination"]["total"].as_u64().unwrap();
    }
    times.sort_unstable();
    (times[3], times[6], total)
}

/// Writes that many members as others would have come to be, with what is counted of them.
async fn fill(world: &World, many: usize) {
    let start = world.clock.now().plus(-400 * time::DAY);
    for first in (0..many).step_by(50_000) {
        let members: Vec<Member> = (first..(first + 50_000).min(many))
            .map(|place| {
                let number = place.cast_signed() as i64;
                let created = start.plus(number * 30 * time::SECOND);
                let id: MemberId = world.clock.id_at(created);
                let channel = Channel::ALL[if place % 100 < 90 { place % 2 } else { 2 + place % 2 }];
                let name = format!("{} {} {}", FIRST[place % 10], LAST[place / 10 % 10], place / 100);
                let seed = Seed::named(Some(&name));
                let mut member = Member::new(id, world.hub(), channel, format!("c-{place}"), seed, created);
                let silent = number * 7_919 % 60;
                member.active_at = world.clock.now().plus(-silent * time::DAY - number % 86_400 * time::SECOND);
                member.last_active_at = Some(member.active_at);
                member.is_active = silent < 29;
                member.score = number * 104_729 % 1_000_000;
                member.interactions = place as u64 % 50;
                member
            })
            .collect();
        let mut tx = world.audience.app().db().write_long().await.unwrap();
        tx.insert_all(&members).await.unwrap();
        let words = members.iter().flat_map(|member| {
            let words = member.search_text.split(' ').filter(|word| !word.is_empty());
            words.map(|word| args![member.workspace_id, word, member.id])
        });
        let words = words.collect();
        tx.insert_rows("INSERT INTO audience_words (workspace_id, word, member_id)", "", words).await.unwrap();
        let tags = members.iter().enumerate().filter(|(place, _)| place % 3 == 0 || place % 1_000 == 1).map(
            |(place, member)| {
                let tag = if place % 3 == 0 { "third" } else { "rare" };
                args![member.workspace_id, tag, member.id, tag, world.clock.now()]
            },
        );
        let tags = tags.collect();
        tx.insert_rows("INSERT INTO audience_tags (workspace_id, tag, member_id, label, created_at)", "", tags)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
    let mut tx = world.audience.app().db().write_long().await.unwrap();
    tx.execute(
        "INSERT INTO audience_counts (workspace_id, tag, channel, is_active, label, members) \
         SELECT workspace_id, '', channel, is_active, '', count(*) FROM audience_members GROUP BY workspace_id, channel, is_active",
        vec![],
    )
    .await
    .unwrap();
    tx.execute(
        "INSERT INTO audience_counts (workspace_id, tag, channel, is_active, label, members) \
         SELECT m.workspace_id, t.tag, m.channel, m.is_active, t.tag, count(*) FROM audience_tags AS t JOIN audience_members AS m ON m.id = t.member_id \
         GROUP BY m.workspace_id, t.tag, m.channel, m.is_active",
        vec![],
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    world.audience.app().db().analyze().await.unwrap();
}

#[both_engines]
#[ignore = "a million members take minutes to write; prints the figures"]
async fn lists_of_a_million_members(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let many: usize = std::env::var("AUDIENCE_MEMBERS").ok().and_then(|many| many.parse().ok()).unwrap_or(1_000_000);
    let started = Instant::now();
    fill(&world, many).await;
    let engine = world.audience.app().db().engine();
    eprintln!("{engine:?}: {many} members written in {:?}", started.elapsed());
    let last = many / 20;
    let client = world.coach();
    let mut slowest = Duration::ZERO;
    for query in [
        String::new(),
        "page=1000".to_owned(),
        format!("page={}", last / 2),
        format!("page={last}"),
        "sort=last_active_at".to_owned(),
        "sort=engagement_score&order=asc".to_owned(),
        "channel=web".to_owned(),
        "channel=telegram&sort=engagement_score".to_owned(),
        "channel=mobile&status=inactive&sort=last_active_at&order=asc".to_owned(),
        "status=active".to_owned(),
        "status=inactive&sort=engagement_score".to_owned(),
        format!("status=inactive&sort=engagement_score&page={}", last / 5),
        format!("channel=web&sort=last_active_at&page={}", last / 5),
        format!("channel=telegram&sort=created_at&page={}", last / 50),
        "search=garc%C3%ADa%201234".to_owned(),
        "search=c-77777".to_owned(),
        "search=zzz".to_owned(),
        "search=ana".to_owned(),
        "search=ana&sort=engagement_score&order=asc&page=40".to_owned(),
        "search=m".to_owned(),
        "search=maria%20lopez".to_owned(),
        "search=ana&channel=telegram&status=inactive&sort=last_active_at".to_owned(),
        "search=ana&channel=mobile&status=active".to_owned(),
        "search=c".to_owned(),
        "tag=rare&sort=engagement_score".to_owned(),
        "tag=third&sort=engagement_score".to_owned(),
        "tag=third&channel=web&status=inactive".to_owned(),
        "tag=rare&search=ana&channel=web".to_owned(),
        "tag=third&search=ana".to_owned(),
    ] {
        let (middle, most, total) = measured(&client, &format!("/api/v1/users?{query}")).await;
        slowest = slowest.max(middle);
        eprintln!("{engine:?}: {query:<60} {middle:>12.2?} (at most {most:.2?}), total {total}");
    }
    let started = Instant::now();
    let table: Vec<String> = (0..20_000).map(|place| format!("n-{place},web,New One {place},vip\n")).collect();
    let table = table.concat();
    let table = format!("external_id,channel,name,tags\n{table}");
    let sent = client.raw(axum::http::Method::POST, "/api/v1/users/import", "text/csv", table).await;
    assert_eq!(sent.status, 202);
    world.work().await;
    let path = format!("/api/v1/users/imports/{}", sent.json()["id"].as_str().unwrap());
    assert_eq!(client.get(&path).await.ok()["added"], json!(20_000));
    eprintln!("{engine:?}: 20,000 rows imported in {:?}", started.elapsed());
    let bound = if engine == Engine::Sqlite { Duration::from_secs(2) } else { Duration::from_secs(3) };
    assert!(slowest < bound, "{slowest:?}");
}
