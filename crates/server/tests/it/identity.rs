//! Who is the same creator in a table, and that what we write comes back as it was, in whatever form it is saved again.

use axum::http::Method;
use serde_json::{Value, json};
use testkit::{Form, both_engines};

use crate::world::What::Empty;
use crate::world::{IMPORT, World};

const HEAD: &str = "name,email,platform,handle,followers,niche\n";

/// Added, updated, unchanged, duplicates, failed.
fn counts(report: &Value) -> [u64; 5] {
    let counts = ["added", "updated", "unchanged", "duplicates", "failed"].map(|name| report[name].as_u64().unwrap());
    assert_eq!(report["processed"], counts.iter().sum::<u64>(), "every row has one fate: {report}");
    counts
}

async fn import(world: &World, rows: &str) -> Value {
    world.import("creators.csv", format!("{HEAD}{rows}")).await
}

#[both_engines(Empty)]
async fn each_of_these_is_a_person_of_their_own(world: World) {
    for rows in [
        "Ana,,instagram,N/A,1K,art\nBea,,instagram,n/a,2K,art\nCy,,instagram,-,3K,art\nDi,,instagram,None,4K,art\n",
        "Pena,,instagram,@pena,1K,art\nPeña,,instagram,@peña,2K,art\n",
        "Eva,all@agency.com,tiktok,@eva,1K,art\nFlo,all@agency.com,tiktok,@flo,2K,art\nGus,all@agency.com,tiktok,@gus,3K,art\n",
        "Hal,two@agency.com,tiktok,,1K,art\nIda,two@agency.com,tiktok,,2K,art\n",
        "Jan,,youtube,https://youtube.com/channel/UCaa,1K,art\nKim,,youtube,https://youtube.com/channel/UCAA,1K,art\n",
    ] {
        let people = rows.lines().count() as u64;
        assert_eq!(counts(&import(&world, rows).await), [people, 0, 0, 0, 0], "{rows}");
        assert_eq!(counts(&import(&world, rows).await), [0, 0, people, 0, 0], "again: {rows}");
    }
}

#[both_engines(Empty)]
async fn these_are_one_person_and_what_changed_is_told(world: World) {
    let first = import(&world, "Ana,,instagram,@Ana.Ruiz,1K,art\n").await;
    let id = &first["rows"][0]["creator_id"];
    for handle in ["ana.ruiz", "@ANA.RUIZ", "https://www.instagram.com/Ana.Ruiz/?hl=es", "instagram.com/ana.ruiz"] {
        let report =
            import(&world, &format!("Ana,,instagram,{handle},2K,art\nAna,,instagram,@ana.ruiz,1K,art\n")).await;
        assert_eq!(counts(&report), [0, 1, 0, 1, 0], "{handle}: {report}");
        let row = &report["rows"][0];
        assert_eq!((&row["fate"], &row["creator_id"], &row["line"]), (&json!("updated"), id, &json!(2)));
        let again = &report["rows"][1];
        assert_eq!((&again["fate"], &again["duplicate_of"]), (&json!("duplicate"), &json!(2)));
        let changed = again["changed"].as_array().unwrap();
        assert!(changed.contains(&json!("followers_count")), "an overwrite is told: {again}");
    }
    assert_eq!(world.creators().await, 1);
    // By the id of an export, also under another handle.
    let table = format!("id,{HEAD}{},Ana,,instagram,@ana.new,1K,art\n", id.as_str().unwrap());
    assert_eq!(counts(&world.import("a.csv", table).await), [0, 1, 0, 0, 0]);
    // Nothing tells these two apart, and they say different things.
    let report = import(&world, "Leo,,twitter,,1K,art\nLeo,,twitter,,9K,cars\nLeo,,twitter,,1K,art\n").await;
    assert_eq!(counts(&report), [1, 0, 0, 1, 1], "{report}");
}

/// Everybody that a table may trip over.
async fn crowd(world: &World) -> u64 {
    let people = [
        json!({"name": "=Ana", "platform": "instagram", "niche": "art", "followers": "1.2M", "handle": "@ana", "email": "ana@example.com",
            "engagement_rate": 4.125, "collaboration_rate": 1250.5, "about": "-\n+1, \"quoted\"; more"}),
        json!({"name": "N/A", "platform": "tiktok", "niche": "art", "followers": 1000, "about": "'=x"}),
        json!({"name": "José Peña", "platform": "youtube", "niche": "café", "followers": "125K", "email": "jose@example.com", "rating": 4.5}),
        json!({"name": "José Peña", "platform": "youtube", "niche": "cars", "followers": "12.5K", "email": "other@example.com"}),
        json!({"name": "Bo", "platform": "twitter", "niche": "news", "followers": 125_000, "languages": ["-", "=English"], "avg_views": 98_000}),
        json!({"name": "Di", "platform": "youtube", "niche": "news", "followers": 125_000, "collaboration_rate": 2000,
            "channel_name": "https://www.youtube.com/channel/UCaaBB"}),
    ];
    let lines: Vec<String> = people.iter().map(Value::to_string).collect();
    let report = world.client.raw(Method::POST, IMPORT, "application/jsonl", lines.join("\n")).await.ok();
    assert_eq!(counts(&report), [6, 0, 0, 0, 0], "{report}");
    people.len() as u64
}

#[both_engines(Empty)]
async fn our_own_files_change_nothing(world: World) {
    let people = crowd(&world).await;
    let export = "/api/v1/creators/export";
    let before = world.client.get(export).await.text();
    for query in
        ["", "?bom=true", "?delimiter=semicolon", "?delimiter=semicolon&bom=true", "?delimiter=tab", "?format=jsonl"]
    {
        let table = world.client.get(&format!("{export}{query}")).await;
        let text = table.text();
        let name = if query.contains("jsonl") { "creators.jsonl" } else { "creators.csv" };
        let utf16: Vec<u8> = text.trim_start_matches('\u{feff}').encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut saved: Vec<Vec<u8>> =
            vec![text.clone().into_bytes(), [vec![0xff, 0xfe], utf16.clone()].concat(), utf16];
        if name == "creators.csv" {
            // As a spreadsheet in Spain saves it.
            let windows = text.trim_start_matches('\u{feff}').replace("-\n+1", "\u{1}").replace('\n', "\r\n");
            let windows = windows.replace('\u{1}', "-\n+1");
            saved.push(windows.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect());
            saved.push(format!("sep={}\n{}", delimiter(query), text.trim_start_matches('\u{feff}')).into_bytes());
            for line in text.lines().skip(1) {
                let cells = line.split(delimiter(query)).map(|cell| cell.trim_start_matches('"'));
                assert!(
                    cells.into_iter().all(|cell| !cell.starts_with(['=', '+', '-', '@']) || cell.starts_with("+1")),
                    "{line}"
                );
            }
        }
        for bytes in saved {
            let report = world.client.upload(IMPORT, &Form::new().file("file", name, &bytes)).await.ok();
            assert_eq!(counts(&report), [0, 0, people, 0, 0], "{query}: {report}\n{text}");
        }
    }
    assert_eq!(world.client.get(export).await.text(), before);
}

fn delimiter(query: &str) -> char {
    if query.contains("semicolon") {
        ';'
    } else if query.contains("tab") {
        '\t'
    } else {
        ','
    }
}

#[both_engines(Empty)]
async fn numbers_are_those_of_the_file(world: World) {
    let table = "Lista de marzo;;;\n;;;\nname;platform;niche;followers;engagement_rate;collaboration_rate\r\n\
                 Ana;instagram;art;125.000;4,5 %;€ 320,50\r\nBea;instagram;art;1,2M;12,5;1.250\r\n";
    assert_eq!(counts(&world.import("es.csv", table).await), [2, 0, 0, 0, 0]);
    let list = world.client.get("/api/v1/creators?sort=followers").await.ok();
    let figures: Vec<[&Value; 3]> = (0..2)
        .map(|at| {
            ["followers_count_numeric", "engagement_rate", "collaboration_rate"].map(|name| &list["creators"][at][name])
        })
        .collect();
    assert_eq!(figures[0], [&json!(1_200_000), &json!(12.5), &json!(1250.0)]);
    assert_eq!(figures[1], [&json!(125_000), &json!(4.5), &json!(320.5)]);
    let open = "name,platform,niche,followers\nCy,instagram,art,125.000\nDi,instagram,art,950\n";
    let report = world.import("open.csv", open).await;
    assert_eq!(counts(&report), [1, 0, 0, 0, 1]);
    let message = report["errors"][0]["message"].as_str().unwrap();
    assert!(report["errors"][0]["line"] == 2 && message.contains("125 or 125000"), "{message}");
    let said = world.client.raw(Method::POST, &format!("{IMPORT}?decimal=comma"), "text/csv", open).await.ok();
    assert_eq!(counts(&said), [1, 0, 1, 0, 0], "{said}");
    let open = json!({"name": "E", "platform": "tiktok", "niche": "art", "followers_count": "125.000"});
    let refused = world.client.post("/api/v1/creators", &open).await.refused(422);
    assert!(refused.to_string().contains("125 or 125000"), "{refused}");
}

#[both_engines(Empty)]
async fn json_that_is_not_lines_is_one_message(world: World) {
    let ana = json!({"name": "Ana", "platform": "instagram", "niche": "art", "followers": 7, "handle": "@ana"});
    for text in [
        json!([ana]).to_string(),
        serde_json::to_string_pretty(&json!([ana, ana])).unwrap(),
        serde_json::to_string_pretty(&ana).unwrap(),
        json!({"creators": [ana]}).to_string(),
        format!("{ana},\n{ana}\n"),
    ] {
        let reply = world.client.upload(IMPORT, &Form::new().file("file", "creators.jsonl", &text)).await;
        assert_eq!(reply.faults(), ["file"], "{text}");
    }
    assert_eq!(world.creators().await, 0);
}
