//! The audience in and out as a table.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Client, Form, FreshDb, Reply, both_engines};

use crate::world::World;

async fn send(client: &Client, csv: &str) -> Reply {
    client.raw(Method::POST, "/api/v1/users/import", "text/csv", csv.to_owned()).await
}

/// Sends a table, has it read, and answers what became of it.
async fn import(world: &World, csv: &str) -> Value {
    let sent = send(&world.coach(), csv).await;
    assert_eq!(sent.status, 202, "{}", sent.text());
    world.work().await;
    let path = format!("/api/v1/users/imports/{}", sent.json()["id"].as_str().unwrap());
    world.other().get(&path).await.refused(404);
    world.coach().get(&path).await.ok()
}

#[both_engines]
async fn rows_add_and_change_members(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world.add("john", "web", json!({"name": "John", "goals": ["run"]})).await;
    let table = "external_id,channel,name,email,phone,timezone,language,tags,profile_city,consent,opted_out\n\
        john,web,John Doe,john@example.com,,Europe/Madrid,es,\"vip; new\",Sevilla,,\n\
        ana,whatsapp,Ana García,,+34 600 111 222,,,vip,,yes,\n\
        bob,pigeon,Bob,,,,,,,,\n\
        '=cmd,telegram,=1+1,,,,,,,,true\n\
        ana,whatsapp,Ana again,,,,,,,,\n\
        zoe,web,Zoë,not an address,,Mars/Olympus,,,,,\n\
        34600111222,whatsapp,Same number,,,,,,,,\n";
    let done = import(&world, table).await;
    assert_eq!((&done["status"], &done["progress"], &done["error"]), (&json!("completed"), &json!(1.0), &Value::Null));
    let counts = ["processed", "added", "updated", "unchanged", "failed"].map(|name| done[name].as_u64().unwrap());
    assert_eq!(counts, [7, 2, 1, 0, 4], "{done}");
    let errors: Vec<(u64, &str)> = done["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["line"].as_u64().unwrap(), one["message"].as_str().unwrap()))
        .collect();
    assert_eq!(errors.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 6, 7, 8]);
    assert!(
        errors[0].1.contains("channel") && errors[2].1.contains("email") && errors[2].1.contains("timezone"),
        "{errors:?}"
    );
    let john = world.coach().get("/api/v1/users?search=john").await.ok()["users"][0].clone();
    assert_eq!(
        john["profile_data"],
        json!({"name": "John Doe", "goals": ["run"], "email": "john@example.com", "city": "Sevilla"})
    );
    assert_eq!((&john["timezone"], &john["tags"]), (&json!("Europe/Madrid"), &json!(["new", "vip"])));
    assert_eq!(world.reach("34600111222", "x").await.name.as_deref(), Some("Ana García"));
    let formula = world.coach().get("/api/v1/users?channel=telegram").await.ok()["users"][0].clone();
    assert_eq!((&formula["external_id"], &formula["opted_out"]), (&json!("=cmd"), &json!(true)));
    assert_eq!(world.coach().get("/api/v1/users?tag=vip").await.ok()["pagination"]["total"], 2);
    let again = import(&world, "external_id,channel,name\njohn,web,John Doe\n").await;
    assert_eq!((&again["unchanged"], &again["updated"]), (&json!(1), &json!(0)));
    assert_eq!(world.coach().get("/api/v1/users/imports").await.ok()["pagination"]["total"], 2);
    let kinds: Vec<String> =
        world.happened().await.into_iter().map(|(kind, _)| kind).filter(|kind| kind == "user.imported").collect();
    assert_eq!(kinds.len(), 2);
    assert_eq!(world.counted("SELECT count(*) FROM audience_imports WHERE file IS NOT NULL").await, 0);
}

#[both_engines]
async fn a_table_comes_back_as_it_went(fresh: FreshDb) {
    let world = World::new(fresh).await;
    world
        .add(
            "=HYPERLINK(1)",
            "web",
            json!({"name": "+Ana, \"the\" García\n", "email": "a@example.com", "goals": ["a", "b"], "n": 1.5}),
        )
        .await;
    world.add("2", "telegram", json!({"name": "مريم 👩‍👩‍👧"})).await;
    let path =
        world.coach().get("/api/v1/users?channel=telegram").await.ok()["users"][0]["id"].as_str().unwrap().to_owned();
    world.coach().post(&format!("/api/v1/users/{path}/tags"), &json!({"tags": ["-x", "vip"]})).await.ok();
    world.coach().post(&format!("/api/v1/users/{path}/permissions"), &json!({"allowed": false, "how": "x"})).await;
    for format in ["csv", "jsonl"] {
        let export = world.coach().get(&format!("/api/v1/users/export?format={format}")).await;
        assert_eq!(export.status, 200);
        let text = export.text();
        if format == "csv" {
            assert_eq!(text.lines().count(), 3, "{text}");
            assert!(text.contains("'=HYPERLINK(1)") && text.contains("'+Ana"), "{text}");
        }
        let media = if format == "csv" { "text/csv" } else { "application/jsonl" };
        let sent = world.other().raw(Method::POST, "/api/v1/users/import", media, text).await;
        assert_eq!(sent.status, 202, "{}", sent.text());
        world.work().await;
        let done = world.other().get("/api/v1/users/imports?limit=1").await.ok();
        assert_eq!(done["imports"][0]["failed"], 0, "{done}");
        for query in ["channel=web", "channel=telegram"] {
            let (one, other) = (
                world.coach().get(&format!("/api/v1/users?{query}")).await.ok(),
                world.other().get(&format!("/api/v1/users?{query}")).await.ok(),
            );
            for field in ["external_id", "profile_data", "tags", "opted_out", "timezone"] {
                assert_eq!(one["users"][0][field], other["users"][0][field], "{format} {field}");
            }
        }
    }
    assert_eq!(world.anyone.get("/api/v1/users/export").await.status, 401);
    assert_eq!(world.other().get("/api/v1/users").await.ok()["pagination"]["total"], 2);
}

#[both_engines]
async fn what_is_no_table_is_told(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let failed = import(&world, "name,phone\nAna,1\n").await;
    assert_eq!(failed["status"], "failed");
    assert!(failed["error"].as_str().unwrap().contains("external_id"), "{failed}");
    assert_eq!(send(&world.coach(), "").await.faults(), ["file"]);
    let wrong = world.coach().raw(Method::POST, "/api/v1/users/import", "application/pdf", "x").await;
    wrong.refused(415);
    let form = Form::new().file("file", "people.csv", "external_id,channel\na,web\nb,web\n");
    let sent = world.coach().upload("/api/v1/users/import", &form).await;
    assert_eq!((sent.status, &sent.json()["status"]), (202, &json!("pending")), "{}", sent.text());
    world.work().await;
    assert_eq!(world.coach().get("/api/v1/users").await.ok()["pagination"]["total"], 2);
}

#[both_engines]
async fn an_import_goes_on_where_it_was_broken_off(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let rows: Vec<String> = (0..1_200).map(|place| format!("m{place},web,Name {place}\n")).collect();
    let rows = rows.concat();
    let sent = send(&world.coach(), &format!("external_id,channel,name\n{rows}")).await.json();
    world.work().await;
    // As if its last words had been lost: the job runs once more, and changes nothing.
    let path = format!("/api/v1/users/imports/{}", sent["id"].as_str().unwrap());
    let done = world.coach().get(&path).await.ok();
    assert_eq!((&done["added"], &done["processed"]), (&json!(1_200), &json!(1_200)));
    assert_eq!(world.counted("SELECT CAST(sum(new_members) AS BIGINT) FROM audience_days").await, 1_200);
    let list = world.coach().get("/api/v1/users?search=name%20119&limit=100").await.ok();
    assert_eq!(list["pagination"]["total"], 11);
}
