use std::collections::BTreeSet;
use std::time::Duration;

use db::{Engine, args};
use proptest::prelude::*;
use testkit_db::fresh_db;

use crate::{insert, migrate, names};

/// What one client does with its transaction.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Commit,
    Undo,
    /// A statement fails.
    Fail,
    /// The client goes away after so many microseconds.
    Cancel(u64),
    Panic,
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => Just(Deed::Commit),
        1 => Just(Deed::Undo),
        1 => Just(Deed::Fail),
        2 => (0..4_000_u64).prop_map(Deed::Cancel),
        1 => Just(Deed::Panic),
    ]
}

async fn client(db: db::Db, name: String, deed: Deed) -> kernel::Result<()> {
    let clock = kernel::Clock::system();
    let mut tx = if name.ends_with('7') { db.write_long().await? } else { db.write().await? };
    insert(&mut tx, &clock, &name).await?;
    insert(&mut tx, &clock, &format!("{name} too")).await?;
    match deed {
        Deed::Undo => return Err(kernel::Error::internal("undone on purpose")),
        Deed::Fail => drop(insert(&mut tx, &clock, &name).await),
        Deed::Panic => panic!("on purpose"),
        Deed::Commit | Deed::Cancel(_) => {}
    }
    tx.commit().await
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever happens to the neighbours, what was acknowledged is there whole, and what was not cancelled at the last moment is not.
    #[test]
    fn exactly_what_was_acknowledged_is_kept(deeds in prop::collection::vec(deed(), 1..120)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let fresh = fresh_db(Engine::Sqlite).await;
            migrate(&fresh).await;
            let clients: Vec<_> = deeds.iter().enumerate().map(|(number, &deed)| {
                let name = format!("{number:03}");
                let task = tokio::spawn(client(fresh.db.clone(), name.clone(), deed));
                if let Deed::Cancel(after) = deed {
                    let abort = task.abort_handle();
                    tokio::spawn(async move {
                        tokio::time::sleep(Duration::from_micros(after)).await;
                        abort.abort();
                    });
                }
                (name, deed, task)
            }).collect();
            let (mut sure, mut open) = (BTreeSet::new(), BTreeSet::new());
            for (name, deed, task) in clients {
                let told = match task.await {
                    Ok(Ok(())) => true,
                    // A request that was cancelled while its commit was under way may have been kept.
                    Err(error) if error.is_cancelled() => { open.insert(name); continue }
                    _ => false,
                };
                assert_eq!(told, matches!(deed, Deed::Commit | Deed::Cancel(_)), "{name} {deed:?}");
                if told {
                    sure.insert(name);
                }
            }
            // Behind everything that is still on its way.
            fresh.db.write_long().await.unwrap().commit().await.unwrap();
            let there: BTreeSet<String> = names(&fresh.db).await.into_iter().collect();
            for name in &there {
                let first = name.trim_end_matches(" too");
                assert!(sure.contains(first) || open.contains(first), "{name} was never acknowledged");
                assert!(there.contains(first) && there.contains(&format!("{first} too")), "{first} is there by half");
            }
            for name in &sure {
                assert!(there.contains(name), "{name} was acknowledged and is not there");
            }
            // A second look, by another process.
            let again: BTreeSet<String> = names(&fresh.reopen().await).await.into_iter().collect();
            assert_eq!(there, again);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn small_transactions_share_a_commit() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let before = db::gauges(&fresh.db).await;
    let clients: Vec<_> = (0..32)
        .map(|client| {
            let db = fresh.db.clone();
            tokio::spawn(async move {
                for turn in 0..20 {
                    let mut tx = db.write().await.unwrap();
                    insert(&mut tx, &kernel::Clock::system(), &format!("{client} {turn}")).await.unwrap();
                    tx.commit().await.unwrap();
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
    let after = db::gauges(&fresh.db).await;
    assert_eq!(after.transactions - before.transactions, 640);
    let commits = after.commits - before.commits;
    assert!(commits < 320, "{commits} commits for 640 transactions of 32 clients");
    assert!(after.biggest_group > 1 && after.biggest_group <= 64, "{}", after.biggest_group);
    assert_eq!(names(&fresh.db).await.len(), 640);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_acknowledged_is_seen_by_the_next_read() {
    let fresh = fresh_db(Engine::Sqlite).await;
    migrate(&fresh).await;
    let clients: Vec<_> = (0..8)
        .map(|client| {
            let db = fresh.db.clone();
            tokio::spawn(async move {
                for turn in 0..25 {
                    let name = format!("{client} {turn}");
                    let mut tx = db.write().await.unwrap();
                    insert(&mut tx, &kernel::Clock::system(), &name).await.unwrap();
                    tx.commit().await.unwrap();
                    let mut read = db.read().await.unwrap();
                    let seen: i64 =
                        read.fetch_value("SELECT count(*) FROM things WHERE name = $1", args![name]).await.unwrap();
                    assert_eq!(seen, 1);
                }
            })
        })
        .collect();
    for client in clients {
        client.await.unwrap();
    }
}
