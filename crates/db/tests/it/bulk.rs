use db::args;
use testkit_db::{FreshDb, both_engines};

use crate::{clock, migrate};

#[both_engines]
async fn any_number_of_rows_goes_in(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let mut total = 0;
    for count in [0_u64, 1, 3, 500, 501, 1999] {
        let rows =
            (total..total + count).map(|number| args![clock.new_id::<()>(), format!("{number}"), number]).collect();
        let mut tx = fresh.db.write_long().await.unwrap();
        assert_eq!(tx.insert_rows("INSERT INTO things (id, name, number)", "", rows).await.unwrap(), count);
        tx.commit().await.unwrap();
        total += count;
    }
    let mut tx = fresh.db.write().await.unwrap();
    let rows = vec![args![clock.new_id::<()>(), "0", 1], args![clock.new_id::<()>(), "new", 1]];
    let done =
        tx.insert_rows("INSERT INTO things (id, name, number)", "ON CONFLICT (name) DO NOTHING", rows).await.unwrap();
    assert_eq!(done, 1);
    let (count, sum): (u64, u64) = tx
        .fetch_one("SELECT count(*), CAST(sum(number) AS BIGINT) FROM things WHERE name <> 'new'", args![])
        .await
        .unwrap();
    assert_eq!((count, sum), (total, total * (total - 1) / 2));
    assert!(tx.insert_rows("INSERT INTO things (id, name)", "", vec![args![1], args![1, 2]]).await.is_err());
}

#[both_engines]
async fn wide_rows_stay_within_the_engines_limits(fresh: FreshDb) {
    use std::fmt::Write as _;
    let mut columns = String::from("c0");
    let mut create = String::from("CREATE TABLE wide (c0 BIGINT");
    for column in 1..300 {
        write!(columns, ", c{column}").unwrap();
        write!(create, ", c{column} BIGINT").unwrap();
    }
    create.push(')');
    let mut tx = fresh.db.write().await.unwrap();
    tx.execute(&create, args![]).await.unwrap();
    let rows = (0..400_i64).map(|row| (0..300).map(|column| db::Value::from(row * column)).collect()).collect();
    assert_eq!(tx.insert_rows(&format!("INSERT INTO wide ({columns})"), "", rows).await.unwrap(), 400);
    let last: i64 = tx.fetch_value("SELECT max(c299) FROM wide", args![]).await.unwrap();
    assert_eq!(last, 399 * 299);
    tx.commit().await.unwrap();
}

#[both_engines]
async fn rows_are_changed_each_by_its_own_values(fresh: FreshDb) {
    migrate(&fresh).await;
    let clock = clock();
    let ids: Vec<kernel::Id<()>> = (0..700).map(|_| clock.new_id()).collect();
    let mut tx = fresh.db.write().await.unwrap();
    let rows = ids.iter().zip(0..).map(|(id, number)| args![*id, format!("thing {number}"), number]).collect();
    tx.insert_rows("INSERT INTO things (id, name, number)", "", rows).await.unwrap();
    let given = ids.iter().zip(0..).map(|(id, number)| args![*id, number, (number % 2 == 0).then_some(number * 10)]);
    let update = "UPDATE things SET number = given.column3 FROM";
    // The number that was read is compared, row by row.
    let which = "WHERE things.id = given.column1 AND things.number = given.column2 RETURNING things.id";
    let mut given: Vec<_> = given.collect();
    given[3][1] = db::Value::from(99);
    let changed: Vec<kernel::Id<()>> = tx.change_rows(update, which, given).await.unwrap();
    assert_eq!(changed.len(), 699);
    assert!(!changed.contains(&ids[3]));
    let sums = "SELECT count(*), count(number), CAST(sum(number) AS BIGINT) FROM things";
    let (all, there, sum): (i64, i64, i64) = tx.fetch_one(sums, args![]).await.unwrap();
    assert_eq!((all, there, sum), (700, 351, (0..700).filter(|n| n % 2 == 0).sum::<i64>() * 10 + 3));
    assert!(tx.change_rows::<i64>(update, which, Vec::new()).await.unwrap().is_empty());
}
