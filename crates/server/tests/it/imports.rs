//! Tables of creators by upload: every form that they come in, and everything that may be wrong with them.

use axum::body::{Body, Bytes};
use axum::http::Method;
use db::Engine;
use futures::future::join;
use serde_json::{Value, json};
use testkit::{Form, both_engines, fresh_db};

use crate::world::What::Empty;
use crate::world::{IMPORT, What, World, settings, text, texts};

/// Processed, added, updated, unchanged, failed.
fn counts(report: &Value) -> [u64; 5] {
    ["processed", "added", "updated", "unchanged", "failed"].map(|name| report[name].as_u64().unwrap())
}

/// The line and the message of each refused row.
fn refused(report: &Value) -> Vec<(u64, String)> {
    let errors = report["errors"].as_array().unwrap();
    errors.iter().map(|fault| (fault["line"].as_u64().unwrap(), text(fault, "message"))).collect()
}

fn lines(report: &Value) -> Vec<u64> {
    refused(report).into_iter().map(|(line, _)| line).collect()
}

async fn by_name(world: &World, search: &str) -> Value {
    let list = world.client.get(&format!("/api/v1/creators?search={search}")).await.ok();
    assert_eq!(list["total"], 1, "{search}: {list}");
    list["creators"][0].clone()
}

const HEAD: &str = "name,email,platform,channel_name,followers,niche\n";

#[both_engines(Empty)]
async fn every_form_of_a_table_is_read(world: World) {
    let two = "name,platform,niche,followers\nAna,instagram,food,5K\nBo,YouTube,tech,1.5M\n";
    let semicolons = "Name;Platform;Niche;Followers Count;Engagement-Rate\nCeci;tiktok;dance;12.5K;4.5%\n";
    let bom = "\u{feff}name,platform,niche,followers_count_numeric\r\nDani,twitter,news,1200\r\n\r\n";
    let tabs = "name\tplatform\tniche\tfollowers_count\nEli\tinstagram\ttravel\t950\n";
    let quoted = "name,platform,niche,followers,about\n\"Fay \"\"F\"\" Li\",instagram,art,1K,\"Paints, draws\nand more\r\nof it\"\n";
    let no_end = "name,platform,niche,followers\nGus,instagram,art,1K";
    for (name, table, added) in [
        ("two.csv", two, 2),
        ("semicolons.CSV", semicolons, 1),
        ("bom.csv", bom, 1),
        ("tabs.tsv", tabs, 1),
        ("quoted.txt", quoted, 1),
        ("without-an-end", no_end, 1),
    ] {
        let report = world.import(name, table).await;
        assert_eq!(counts(&report), [added, added, 0, 0, 0], "{name}: {report}");
        assert_eq!(report["awaiting_embedding"], 0, "{name}");
    }
    let raw = world
        .client
        .raw(Method::POST, IMPORT, "text/csv; charset=utf-8", "name,platform,niche,followers\nHal,instagram,art,7\n")
        .await
        .ok();
    assert_eq!(counts(&raw), [1, 1, 0, 0, 0]);
    let json_lines = "{\"name\": \"Ida\", \"platform\": \"instagram\", \"niche\": \"art\", \"followers_count_numeric\": 7}\n\n\
                      {\"name\": \"Jan\", \"platform\": \"TIKTOK\", \"niche\": \"art\", \"followers\": \"7K\", \"languages\": [\"Dutch\"]}";
    assert_eq!(counts(&world.import("lines.jsonl", json_lines).await), [2, 2, 0, 0, 0]);
    let raw =
        world.client.raw(Method::POST, IMPORT, "application/x-ndjson", json_lines.replace("Ida", "Kim")).await.ok();
    assert_eq!(counts(&raw)[0], 2);
    let ceci = by_name(&world, "ceci").await;
    assert_eq!((&ceci["followers_count_numeric"], &ceci["engagement_rate"]), (&json!(12_500), &json!(4.5)));
    assert_eq!(by_name(&world, "fay").await["name"], "Fay \"F\" Li");
    assert_eq!(by_name(&world, "fay").await["about"], "Paints, draws\nand more\r\nof it");
    assert_eq!(by_name(&world, "bo").await["platform"], "youtube");
}

#[both_engines(Empty)]
async fn a_bad_row_is_told_with_its_line_and_the_good_ones_go_in(world: World) {
    let rows: &[&[u8]] = &[
        b"name,platform,niche,followers,email\n",       // 1
        "Good One,instagram,café,5K,\n".as_bytes(),     // 2: in UTF-8, as is then the rest
        b"Broken,instagram,\"art,5K,\n",                // 3: a quote that is never closed
        b"Good Two,instagram,art,5K,\n",                // 4
        b"\n",                                          // 5: empty, and no row
        b"Wide,instagram,art,5K,,x\n",                  // 6: a field too many
        b"Foreign \xff,instagram,art,5K,\n",            // 7: no UTF-8
        b"Nul\0,instagram,art,5K,\n",                   // 8
        b"\"Good\nThree\",instagram,art,5K,\n",         // 9 and 10
        b",myspace,art,lots,me\n",                      // 11: four faults
        b"Quote \"in\" the middle,instagram,art,5K,\n", // 12: not quoted as a whole, and so as it stands
        b"Good Four,instagram,art,5K,\n",               // 13
    ];
    let report = world.import("creators.csv", rows.concat()).await;
    assert_eq!(counts(&report), [10, 5, 0, 0, 5], "{report}");
    assert_eq!(lines(&report), [3, 6, 7, 8, 11], "{report}");
    let messages: Vec<String> = refused(&report).into_iter().map(|(_, message)| message).collect();
    for (message, word) in messages.iter().zip(["quote", "6 fields", "UTF-8", "NUL", "platform"]) {
        assert!(message.contains(word), "{message} does not say {word}");
    }
    for word in ["name", "followers", "email"] {
        assert!(messages[4].contains(word), "all faults of a row: {}", messages[4]);
    }
    let mut names = world.names("limit=100").await;
    names.sort();
    assert_eq!(names, ["Good\nThree", "Good Four", "Good One", "Good Two", "Quote \"in\" the middle"]);
    let json_lines = "{\"name\": \"Ana\", \"platform\": \"instagram\", \"niche\": \"art\", \"followers\": 7}\n{\"half\": \n[1]\n\
                      {\"name\": \"Bo\", \"name\": \"Bob\", \"platform\": \"instagram\", \"niche\": \"art\", \"followers\": 7}\n{\"name\": 1e999}\n";
    let report = world.import("lines.jsonl", json_lines).await;
    assert_eq!((counts(&report), lines(&report)), ([5, 1, 0, 0, 4], vec![2, 3, 4, 5]));
}

#[both_engines(Empty)]
async fn what_is_no_table_of_creators_is_refused(world: World) {
    let upload =
        async |name: &str, bytes: &[u8]| world.client.upload(IMPORT, &Form::new().file("file", name, bytes)).await;
    upload("virus.exe", b"MZ\x90\0").await.refused(415);
    upload("table.xlsx", b"PK\x03\x04").await.refused(415);
    upload("named-like-one.csv", b"MZ\x90\0\x03").await.refused(415);
    upload("utf16.csv", b"\xff\xfen\0a\0m\0e\0").await.refused(422);
    for empty in [&b""[..], b"\n \n", b"\xef\xbb\xbf"] {
        assert_eq!(upload("empty.csv", empty).await.faults(), ["file"]);
    }
    let message = upload("head.csv", b"name,surname\nAna,B\n").await.message();
    for column in ["platform", "niche", "followers"] {
        assert!(message.contains(column), "{message}");
    }
    upload("quote.csv", b"\"name,platform\n").await.refused(422);
    world.client.upload(IMPORT, &Form::new()).await.refused(422);
    world.client.upload(IMPORT, &Form::new().text("note", "no file here")).await.refused(422);
    let broken = Form::new().file("file", "a.csv", HEAD).bytes();
    let reply =
        world.client.raw(Method::POST, IMPORT, &Form::new().media_type(), broken[..broken.len() - 20].to_vec()).await;
    reply.refused(400);
    world.client.raw(Method::POST, IMPORT, "multipart/form-data", "no boundary").await.refused(400);
    world.client.raw(Method::POST, IMPORT, "application/pdf", "%PDF").await.refused(415);
    world.client.post(IMPORT, &json!({"name": "Ana"})).await.refused(415);
    world.client.ask(Method::POST, IMPORT, None, Body::empty()).await.refused(415);
    let only_head = world.import("head.csv", HEAD).await;
    assert_eq!(counts(&only_head), [0; 5]);
    assert_eq!(world.creators().await, 0);
}

#[both_engines(Empty)]
async fn the_same_table_again_changes_nothing(world: World) {
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(3, 1500), &mut table).unwrap();
    let first = world.import("crowd.csv", &table).await;
    assert_eq!(counts(&first), [1500, 1500, 0, 0, 0], "{}", first["errors"]);
    let before = world.client.get("/api/v1/creators/export").await.text();
    let again = world.import("crowd.csv", &table).await;
    assert_eq!(counts(&again), [1500, 0, 0, 1500, 0], "{}", again["errors"]);
    assert_eq!(world.client.get("/api/v1/creators/export").await.text(), before);
    assert_eq!((world.creators().await, world.vectors().await), (1500, 1500));
}

#[both_engines(Empty)]
async fn the_same_handle_or_address_changes_the_entry(world: World) {
    world
        .import(
            "a.csv",
            format!("{HEAD}Ana,ana@example.com,instagram,@ana,5K,art\nBo,bo@example.com,instagram,@bo,6K,art\n"),
        )
        .await;
    let ana = by_name(&world, "ana").await;
    let report = world
        .import(
            "b.csv",
            format!("{HEAD}Ana María,ANA@example.com,Instagram,,7K,opera singing\nBob,,instagram,BO,8K,art\n"),
        )
        .await;
    assert_eq!(counts(&report), [2, 0, 2, 0, 0], "{report}");
    let changed = by_name(&world, "ana").await;
    assert_eq!(
        (&changed["id"], &changed["name"], &changed["followers_count"]),
        (&ana["id"], &json!("Ana María"), &json!("7K"))
    );
    assert_eq!(
        (&changed["channel_name"], &changed["created_at"]),
        (&json!("@ana"), &ana["created_at"]),
        "what the row leaves out stays"
    );
    assert_eq!(by_name(&world, "bob").await["email"], "bo@example.com");
    let query = json!({"product_niche": "opera singing", "product_description": "opera singing", "limit": 1});
    let meant = world.client.post("/api/v1/ai/similaritysearch", &query).await.ok();
    assert_eq!(texts(&meant["matches"], "id"), [text(&ana, "id")], "a changed profile is found by its new meaning");
    let both = world
        .import(
            "c.csv",
            format!("{HEAD}Who,ana@example.com,instagram,@bo,7K,art\nCy,cy@example.com,instagram,@cy,1K,art\n"),
        )
        .await;
    assert_eq!(counts(&both), [2, 1, 1, 0, 0], "the handle says who it is, and an address may be of many");
    assert_eq!((&both["rows"][0]["fate"], &both["rows"][0]["line"]), (&json!("updated"), &json!(2)));
    assert_eq!(both["rows"][0]["changed"], json!(["email", "followers_count", "followers_count_numeric", "name"]));
    let elsewhere = world.import("d.csv", format!("{HEAD}Ana,ana@example.com,tiktok,@ana,5K,art\n")).await;
    assert_eq!(counts(&elsewhere), [1, 1, 0, 0, 0], "another platform is another entry");
}

#[both_engines(Empty)]
async fn the_same_person_twice_in_one_table_is_one_entry(world: World) {
    let report = world.import("a.csv", format!("{HEAD}Ana,,instagram,@ana,5K,art\nAna,,instagram,@ANA,5K,art\nAna Lía,a@example.com,instagram,ana,6K,art\nAna Lía Sol,a@example.com,instagram,,6K,art\n")).await;
    assert_eq!((counts(&report)[0], counts(&report)[1], counts(&report)[4]), (4, 1, 0), "{report}");
    assert_eq!(report["duplicates"], 3, "{report}");
    for (row, changed) in
        [(1, json!(null)), (2, json!(["email", "followers_count", "followers_count_numeric", "name"]))]
    {
        let told = &report["rows"][row];
        assert_eq!(
            (&told["fate"], &told["duplicate_of"], &told["changed"]),
            (&json!("duplicate"), &json!(2), &changed)
        );
    }
    let ana = by_name(&world, "ana").await;
    assert_eq!(
        (&ana["name"], &ana["email"], &ana["followers_count"]),
        (&json!("Ana Lía Sol"), &json!("a@example.com"), &json!("6K"))
    );
}

#[both_engines(Empty)]
async fn an_upload_that_breaks_off_keeps_its_finished_batches(world: World) {
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(4, 2500), &mut table).unwrap();
    let pieces: Vec<_> = table.chunks(10_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let end = std::iter::once(Err(std::io::Error::other("the connection was reset")));
    let body = Body::from_stream(futures::stream::iter(pieces.into_iter().chain(end)));
    let reply = world.client.raw(Method::POST, IMPORT, "text/csv", body).await;
    assert!(reply.message().contains("taken in"), "{}", reply.message());
    reply.refused(400);
    let there = world.creators().await;
    assert!((2000..=2500).contains(&there), "{there}");
    let report = world.import("crowd.csv", &table).await;
    assert_eq!(counts(&report), [2500, 2500 - there, 0, there, 0]);
}

#[both_engines(Empty)]
async fn two_at_once_with_the_same_table_make_it_once(world: World) {
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(5, 1200), &mut table).unwrap();
    let form = Form::new().file("file", "crowd.csv", &table);
    let (one, other) = join(world.client.upload(IMPORT, &form), world.client.upload(IMPORT, &form)).await;
    for reply in [&one, &other] {
        assert!(reply.status == 200 || reply.refused(409)["status_code"] == 409);
    }
    let again = world.import("crowd.csv", &table).await;
    assert_eq!((counts(&again)[4], world.creators().await), (0, 1200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_beyond_the_limit_is_too_large() {
    let mut settings = settings();
    settings.limits.upload_bytes = 200_000;
    let world = World::set(fresh_db(Engine::Sqlite).await, What::Empty, &settings).await;
    let mut table = Vec::new();
    samples::write_csv(samples::crowd(6, 2000), &mut table).unwrap();
    world.client.upload(IMPORT, &Form::new().file("file", "crowd.csv", &table)).await.refused(413);
    world.client.raw(Method::POST, IMPORT, "text/csv", table.clone()).await.refused(413);
    let small = table.iter().take(150_000).copied().collect::<Vec<u8>>();
    assert!(counts(&world.import("crowd.csv", small).await)[1] > 100);
}
