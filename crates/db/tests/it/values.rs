use db::{Migration, Value, args};
use kernel::{Amount, CreatorId, Id, Timestamp};
use testkit_db::{FreshDb, both_engines};
use uuid::Uuid;

/// One column of each kind.
#[derive(Debug, Clone, PartialEq, db::Row)]
struct Everything {
    id: CreatorId,
    flag: Option<bool>,
    number: Option<i64>,
    small: Option<u32>,
    ratio: Option<f64>,
    name: Option<String>,
    data: Option<Vec<u8>>,
    other: Option<Uuid>,
    at: Option<Timestamp>,
    price: Option<Amount>,
}

const EVERYTHING: Migration = Migration {
    id: "0100_everything",
    sql: "CREATE TABLE everything (id {id} NOT NULL PRIMARY KEY, flag BOOLEAN, number BIGINT, small INTEGER, \
          ratio DOUBLE PRECISION, name TEXT, data {bytes}, other {id}, at BIGINT, price BIGINT)",
};

#[both_engines]
async fn what_goes_in_comes_out(fresh: FreshDb) {
    fresh.db.migrate(&[EVERYTHING], crate::start()).await.unwrap();
    let clock = crate::clock();
    let full = Everything {
        id: clock.new_id(),
        flag: Some(true),
        number: Some(i64::MIN),
        small: Some(7),
        ratio: Some(0.1 + 0.2),
        name: Some("José 🦀 'quoted' -- \" $1".into()),
        data: Some(vec![0, 1, 255]),
        other: Some(clock.request_id()),
        at: Some(crate::start()),
        price: Some(Amount::from_minor(-12_345)),
    };
    let empty = Everything {
        id: clock.new_id(),
        flag: None,
        number: None,
        small: None,
        ratio: None,
        name: None,
        data: None,
        other: None,
        at: None,
        price: None,
    };
    let odd = Everything {
        name: Some(String::new()),
        data: Some(vec![]),
        flag: Some(false),
        ratio: Some(3.0),
        ..empty.clone()
    };
    let odd = Everything { id: clock.new_id(), ..odd };

    let mut tx = fresh.db.write().await.unwrap();
    for row in [&full, &empty, &odd] {
        let done = tx
            .execute(
                "INSERT INTO everything (id, flag, number, small, ratio, name, data, other, at, price) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                args![
                    row.id,
                    row.flag,
                    row.number,
                    row.small,
                    row.ratio,
                    &row.name,
                    row.data.clone(),
                    row.other,
                    row.at,
                    row.price
                ],
            )
            .await
            .unwrap();
        assert_eq!(done, 1);
    }
    tx.commit().await.unwrap();

    let mut tx = fresh.db.read().await.unwrap();
    let sql = format!("SELECT {} FROM everything ORDER BY id", Everything::COLUMNS);
    let mut expected = vec![full.clone(), empty, odd];
    expected.sort_by_key(|row| row.id);
    assert_eq!(tx.fetch_all::<Everything>(&sql, args![]).await.unwrap(), expected);

    // A row type beside a count, an argument used twice, and a column by name.
    let sql = format!(
        "SELECT {}, (SELECT count(*) FROM everything WHERE id <> $1) AS others FROM everything AS e WHERE e.id = $1",
        Everything::columns("e")
    );
    assert_eq!(tx.fetch_one::<(Everything, u64)>(&sql, args![full.id]).await.unwrap(), (full.clone(), 2));
    let row: Option<CreatorId> =
        tx.fetch_optional("SELECT id FROM everything WHERE name = $1", args!["nobody"]).await.unwrap();
    assert_eq!(row, None);
    let mut seen = Vec::new();
    tx.for_each::<CreatorId>("SELECT id FROM everything ORDER BY id", args![], |id| {
        seen.push(id);
        Ok(())
    })
    .await
    .unwrap();
    assert_eq!(seen, expected.iter().map(|row| row.id).collect::<Vec<_>>());
    // Every kind of NULL can be compared without a cast.
    for null in [
        Value::Bool(None),
        Value::Int(None),
        Value::Float(None),
        Value::Text(None),
        Value::Bytes(None),
        Value::Uuid(None),
    ] {
        assert!(tx.fetch_value::<bool>("SELECT $1 IS NULL", vec![null]).await.unwrap());
    }
}

#[both_engines]
async fn misfits_are_errors_and_not_panics(fresh: FreshDb) {
    let mut tx = fresh.db.read().await.unwrap();
    let message = |error: kernel::Error| {
        assert_eq!(error.kind(), kernel::Kind::Internal);
        error.to_string()
    };
    let wrong = tx.fetch_value::<i64>("SELECT 'secret'", args![]).await.map_err(message).unwrap_err();
    assert!(wrong.contains("it is text") && wrong.contains("SELECT 'secret'"), "{wrong}");
    let wrong = tx.fetch_value::<u32>("SELECT -1", args![]).await.map_err(message).unwrap_err();
    assert!(wrong.contains("out of range"), "{wrong}");
    assert!(tx.fetch_value::<String>("SELECT NULL", args![]).await.is_err());
    assert!(tx.fetch_one::<i64>("SELECT 1 WHERE 1 = 0", args![]).await.is_err());
    assert!(tx.fetch_one::<(i64, i64)>("SELECT 1", args![]).await.is_err(), "there is no second column");
    // The connection is as good as before.
    assert_eq!(tx.fetch_value::<i64>("SELECT 1", args![]).await.unwrap(), 1);
    let two: f64 = tx.fetch_value("SELECT 2", args![]).await.unwrap();
    assert!((two - 2.0).abs() < f64::EPSILON);
    let id: Id<()> = crate::clock().new_id();
    assert_eq!(tx.fetch_value::<Id<()>>("SELECT $1", args![id]).await.unwrap(), id);
    // NUL in text: kept by SQLite, refused by PostgreSQL; in no case a panic.
    let _ = tx.fetch_value::<String>("SELECT $1", args!["a\0b"]).await;
}

#[both_engines]
async fn contains_takes_wildcards_as_they_stand(fresh: FreshDb) {
    crate::migrate(&fresh).await;
    let clock = crate::clock();
    let mut tx = fresh.db.write().await.unwrap();
    for name in ["100% cotton", "100 cotton", "a_b", "axb", "c\\d", "it's"] {
        crate::insert(&mut tx, &clock, name).await.unwrap();
    }
    for (text, found) in [("100%", "100% cotton"), ("a_b", "a_b"), ("c\\d", "c\\d"), ("t's", "it's")] {
        let mut sql = db::Sql::new("SELECT name FROM things WHERE name LIKE ");
        sql.bind_contains(text);
        assert_eq!(tx.fetch_all::<String>(&sql.text, sql.args).await.unwrap(), vec![found]);
    }
    let mut sql = db::Sql::new("SELECT count(*) FROM things WHERE name IN ");
    sql.bind_list(["a_b", "axb"]).push(" AND name NOT IN ").bind_list(["axb"]);
    assert_eq!(tx.fetch_value::<i64>(&sql.text, sql.args).await.unwrap(), 1);
    let mut sql = db::Sql::new("SELECT count(*) FROM things WHERE name IN ");
    sql.bind_list(Vec::<String>::new());
    assert_eq!(tx.fetch_value::<i64>(&sql.text, sql.args).await.unwrap(), 0);
}
