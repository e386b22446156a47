use db::{Json, Listing, Migration, Sql, args};
use kernel::{Clock, Error, Kind, Platform, Scope, Timestamp, WorkspaceId};
use testkit_db::{FreshDb, both_engines};

/// Where a task stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug, kernel::Words)]
#[words(name = "TaskStatus")]
enum Status {
    Open,
    InProgress,
    #[word("done", also = "finished")]
    Done,
}

#[derive(Clone, PartialEq, Debug, db::Row)]
#[row(table = "tasks", key(id), fixed(workspace_id, created_at), compare(revision))]
struct Task {
    id: kernel::Id<()>,
    workspace_id: WorkspaceId,
    #[row(also = "name_key", by = str::to_lowercase)]
    name: String,
    #[row(also = "told", from = Task::told)]
    status: Status,
    platform: Option<Platform>,
    labels: Option<Json<Vec<String>>>,
    revision: i64,
    created_at: Timestamp,
}

impl Task {
    fn told(&self) -> String {
        format!("{}: {}", self.name, self.status)
    }
}

const TASKS: Migration = Migration {
    id: "0100_tasks",
    sql: "CREATE TABLE tasks (id {id} NOT NULL PRIMARY KEY, workspace_id {id} NOT NULL, name TEXT NOT NULL, name_key TEXT NOT NULL, \
          status TEXT NOT NULL, told TEXT NOT NULL, platform TEXT, labels TEXT, revision BIGINT NOT NULL, created_at BIGINT NOT NULL);
          CREATE UNIQUE INDEX tasks_name ON tasks (workspace_id, name_key);",
};

fn task(clock: &Clock, workspace_id: WorkspaceId, name: &str) -> Task {
    Task {
        id: clock.new_id(),
        workspace_id,
        name: name.into(),
        status: Status::InProgress,
        platform: Some(Platform::TikTok),
        labels: Some(Json(vec!["a \"quote\"".into(), "é".into()])),
        revision: 0,
        created_at: crate::start(),
    }
}

async fn by_id(tx: &mut db::Tx, id: kernel::Id<()>) -> Option<Task> {
    Sql::of::<Task>().and("id = ", id).optional(tx).await.unwrap()
}

#[both_engines]
async fn a_row_is_read_as_it_was_written(fresh: FreshDb) {
    fresh.db.migrate(&[TASKS], crate::start()).await.unwrap();
    let clock = crate::clock();
    let workspace = clock.new_id();
    let full = task(&clock, workspace, "Écrire");
    let empty = Task { platform: None, labels: None, ..task(&clock, workspace, "b") };
    let mut tx = fresh.db.write().await.unwrap();
    tx.insert(&full).await.unwrap();
    tx.insert_all([&empty, &task(&clock, workspace, "c")]).await.unwrap();
    assert!(!tx.insert_new(&task(&clock, workspace, "B")).await.unwrap(), "the name is there already");
    assert!(tx.insert_new(&task(&clock, clock.new_id(), "B")).await.unwrap());
    tx.commit().await.unwrap();

    let mut tx = fresh.db.read().await.unwrap();
    assert_eq!(by_id(&mut tx, full.id).await, Some(full.clone()));
    assert_eq!(by_id(&mut tx, empty.id).await, Some(empty.clone()));
    let key: String = tx.fetch_value("SELECT name_key FROM tasks WHERE id = $1", args![full.id]).await.unwrap();
    assert_eq!(key, "écrire");
    let word: String = tx.fetch_value("SELECT status FROM tasks WHERE id = $1", args![full.id]).await.unwrap();
    assert_eq!(word, "in_progress");
    let told: String = tx.fetch_value("SELECT told FROM tasks WHERE id = $1", args![full.id]).await.unwrap();
    assert_eq!(told, "Écrire: in_progress");
    drop(tx);

    let mut tx = fresh.db.write().await.unwrap();
    tx.put(&Task { name: "Lire".into(), workspace_id: clock.new_id(), ..full.clone() }).await.unwrap();
    assert_eq!(by_id(&mut tx, full.id).await, Some(Task { name: "Lire".into(), ..full }), "what is fixed stays");
    tx.commit().await.unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    let taken = tx.insert_or_conflict(&task(&clock, workspace, "c"), "This name is taken").await.unwrap_err();
    assert_eq!((taken.kind(), taken.message()), (Kind::Conflict, "This name is taken"));
}

#[both_engines]
async fn a_save_compares_and_sets(fresh: FreshDb) {
    fresh.db.migrate(&[TASKS], crate::start()).await.unwrap();
    let clock = crate::clock();
    let (workspace, other) = (clock.new_id(), kernel::Caller::Anonymous.scope());
    let was = task(&clock, workspace, "a");
    let now = Task { status: Status::Done, name: "A2".into(), labels: None, ..was.clone() };
    let mut tx = fresh.db.write().await.unwrap();
    tx.insert_all([&was, &task(&clock, workspace, "b")]).await.unwrap();
    // Another revision, another status, another scope, another condition: nothing is written.
    let stale = Task { revision: 1, ..now.clone() };
    assert!(!tx.save(&stale).done().await.unwrap());
    assert!(!tx.save(&now).was("status", Status::Open).done().await.unwrap());
    assert!(!tx.save(&now).within(other, "workspace_id").done().await.unwrap());
    assert!(
        !tx.save(&now)
            .only(|sql| {
                sql.and("created_at > ", crate::start());
            })
            .done()
            .await
            .unwrap()
    );
    let error: Error = tx.save(&stale).or_conflict("Read it again").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (Kind::Conflict, "Read it again"));
    assert_eq!(by_id(&mut tx, was.id).await, Some(was.clone()));

    tx.save(&now)
        .was("status", was.status)
        .within(Scope::system(), "workspace_id")
        .or_conflict("Read it again")
        .await
        .unwrap();
    assert_eq!(by_id(&mut tx, was.id).await, Some(now.clone()));
    let key: String = tx.fetch_value("SELECT name_key FROM tasks WHERE id = $1", args![was.id]).await.unwrap();
    assert_eq!(key, "a2", "what follows from a field follows it");
    let taken = tx.save(&Task { name: "b".into(), ..now }).unless_taken("This name is taken").done().await.unwrap_err();
    assert_eq!((taken.kind(), taken.message()), (Kind::Conflict, "This name is taken"));
}

#[both_engines]
async fn an_unknown_word_is_an_error(fresh: FreshDb) {
    let mut tx = fresh.db.read().await.unwrap();
    for status in Status::ALL {
        assert_eq!(tx.fetch_value::<Status>("SELECT $1", args![status]).await.unwrap(), status);
    }
    assert_eq!(tx.fetch_value::<Status>("SELECT 'finished'", args![]).await.unwrap(), Status::Done);
    assert_eq!(tx.fetch_value::<Option<Status>>("SELECT $1", args![None::<Status>]).await.unwrap(), None);
    for statement in ["SELECT 'lost'", "SELECT ''", "SELECT NULL", "SELECT 1"] {
        let error = tx.fetch_value::<Status>(statement, args![]).await.unwrap_err();
        assert_eq!(error.kind(), Kind::Internal, "{statement}");
    }
    let error = tx.fetch_value::<Option<Status>>("SELECT 'lost'", args![]).await.unwrap_err();
    assert!(error.to_string().contains("\"lost\" is no TaskStatus"), "{error}");
    assert!(tx.fetch_value::<Platform>("SELECT 'myspace'", args![]).await.is_err());
}

#[both_engines]
async fn a_listing_is_a_page_and_its_count(fresh: FreshDb) {
    fresh.db.migrate(&[TASKS], crate::start()).await.unwrap();
    let clock = crate::clock();
    let workspace = clock.new_id();
    let tasks: Vec<Task> = (0..7).map(|number| task(&clock, workspace, &number.to_string())).collect();
    let mut tx = fresh.db.write().await.unwrap();
    tx.insert_all(&tasks).await.unwrap();
    tx.insert(&task(&clock, clock.new_id(), "3")).await.unwrap();
    for (limit, offset, names) in [
        (3, 0, "0 1 2"),
        (3, 3, "3 4 5"),
        (3, 6, "6"),
        (7, 0, "0 1 2 3 4 5 6"),
        (9, 0, "0 1 2 3 4 5 6"),
        (3, 7, ""),
        (9, 99, ""),
    ] {
        let mut filter = Sql::filter();
        filter
            .and("workspace_id = ", workspace)
            .and_if("status = ", Some(Status::InProgress))
            .and_if("platform = ", None::<Platform>);
        let (page, total) =
            Listing::of::<Task>(filter).order("name").page::<Task>(&mut tx, limit, offset).await.unwrap();
        assert_eq!(page.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(" "), names, "{limit} {offset}");
        assert_eq!(total, 7, "{limit} {offset}");
    }
    let mut filter = Sql::filter();
    filter.and("a.name = ", "3");
    let listing = Listing::new("tasks AS a", "a.name, b.name", filter)
        .joined("LEFT JOIN tasks AS b ON b.workspace_id = a.workspace_id AND b.name = '4'")
        .order("a.id");
    let (mut page, total) = listing.page::<(String, Option<String>)>(&mut tx, 20, 0).await.unwrap();
    page.sort();
    assert_eq!(page, [("3".to_owned(), None), ("3".to_owned(), Some("4".to_owned()))]);
    assert_eq!(total, 2);
    let none = Listing::of::<Task>(Sql::filter().and("name = ", "x").clone());
    assert_eq!(none.page::<Task>(&mut tx, 20, 0).await.unwrap(), (vec![], 0));
}

#[test]
fn words_are_what_is_written_and_what_the_schema_says() {
    use utoipa::{PartialSchema as _, ToSchema as _};
    assert_eq!(Status::WORDS, ["open", "in_progress", "done"]);
    assert_eq!(serde_json::json!(Status::ALL), serde_json::json!(["open", "in_progress", "done"]));
    assert_eq!(serde_json::from_str::<Status>("\"FINISHED\"").unwrap(), Status::Done);
    assert!(serde_json::from_str::<Status>("\"lost\"").is_err());
    assert_eq!(format!("{:>12}", Status::InProgress), " in_progress");
    assert_eq!(Status::name(), "TaskStatus");
    let schema = serde_json::json!(Status::schema());
    let expected = serde_json::json!({
        "type": "string", "description": "Where a task stands.", "enum": ["open", "in_progress", "done"]
    });
    assert_eq!(schema, expected);
}
