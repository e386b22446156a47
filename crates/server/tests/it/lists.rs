//! The list of creators: names, filters, orders, pages.

use serde_json::{Value, json};
use testkit::both_engines;

use crate::world::What::{Demo, Empty};
use crate::world::{World, encoded, texts};

/// Five people who differ in everything that a list can be narrowed by.
async fn five(world: &World) {
    for (name, fields) in [
        (
            "José Núñez",
            json!({"platform": "youtube", "niche": "Vegan Food", "country": "Spain", "language": "Spanish", "followers_count": "54K",
                "engagement_rate": 6.2, "collaboration_rate": 700, "channel_name": "@pepe.cocina", "rating": 4.5}),
        ),
        (
            "Jose Ibarra",
            json!({"niche": "vegan food", "country": "ES", "language": "es", "followers_count_numeric": 8000,
                "engagement_rate": 3.1}),
        ),
        (
            "María Josefina",
            json!({"platform": "TikTok", "niche": "fashion", "country": "Mexico", "language": "Spanish",
                "followers_count": "1.2M", "collaboration_rate": 2500, "rating": 3}),
        ),
        (
            "Emma Carver",
            json!({"country": "United States", "language": "English", "engagement_rate": 4.5, "collaboration_rate": 90.5}),
        ),
        ("Kenji Sato", json!({"platform": "twitter", "niche": "tech", "country": "Japan", "followers_count": "300"})),
    ] {
        world.creator(name, fields).await;
    }
}

async fn sorted_names(world: &World, query: &str) -> Vec<String> {
    let mut names = world.names(query).await;
    names.sort();
    names
}

#[both_engines(Empty)]
async fn a_part_of_a_name_or_handle_finds_it_without_case_and_accents(world: World) {
    five(&world).await;
    for search in ["jose", "JOSÉ", "José"] {
        let found = sorted_names(&world, &format!("search={}", encoded(search))).await;
        assert_eq!(found, ["Jose Ibarra", "José Núñez", "María Josefina"], "{search}");
    }
    for (search, whom) in [
        ("nunez", "José Núñez"),
        ("PEPE", "José Núñez"),
        ("@pepe", "José Núñez"),
        ("arve", "Emma Carver"),
        ("maria j", "María Josefina"),
    ] {
        assert_eq!(world.names(&format!("search={}", encoded(search))).await, [whom], "{search}");
    }
    for search in ["zzz", "%", "_", "'; DROP TABLE \"creators\"; --", "jose ibarra kenji"] {
        let list = world.client.get(&format!("/api/v1/creators?search={}", encoded(search))).await.ok();
        assert_eq!((&list["creators"], &list["total"]), (&json!([]), &json!(0)), "{search}");
    }
    let ordered = ["José Núñez", "Jose Ibarra", "María Josefina"];
    assert_eq!(world.names("search=jose").await, ordered, "the best fit first, of equal ones who has more followers");
}

#[both_engines(Empty)]
async fn every_filter_lets_through_whom_it_says(world: World) {
    five(&world).await;
    let everyone = ["Emma Carver", "Jose Ibarra", "José Núñez", "Kenji Sato", "María Josefina"];
    for (query, whom) in [
        ("", &everyone[..]),
        ("search=%20&niche=&country=", &everyone),
        ("platform=YouTube", &["José Núñez"]),
        ("platform=instagram", &["Emma Carver", "Jose Ibarra"]),
        ("niche=VEGAN%20food", &["Jose Ibarra", "José Núñez"]),
        ("niche=undertaking", &[]),
        ("country=Spain", &["Jose Ibarra", "José Núñez"]),
        ("country=es", &["Jose Ibarra", "José Núñez"]),
        ("country=Espa%C3%B1a", &["Jose Ibarra", "José Núñez"]),
        ("country=USA", &["Emma Carver"]),
        ("country=Atlantis", &[]),
        ("language=spanish", &["Jose Ibarra", "José Núñez", "María Josefina"]),
        ("language=ES", &["Jose Ibarra", "José Núñez", "María Josefina"]),
        ("min_followers=54000", &["Emma Carver", "José Núñez", "María Josefina"]),
        ("max_followers=8000", &["Jose Ibarra", "Kenji Sato"]),
        ("min_followers=300&max_followers=300", &["Kenji Sato"]),
        ("min_engagement=4.5", &["Emma Carver", "José Núñez"]),
        // Whoever told no price may be right.
        ("max_rate=700", &["Emma Carver", "Jose Ibarra", "José Núñez", "Kenji Sato"]),
        ("max_rate=90.49", &["Jose Ibarra", "Kenji Sato"]),
        ("country=Spain&min_engagement=5&platform=youtube&niche=vegan+food&search=nu", &["José Núñez"]),
    ] {
        let list = world.client.get(&format!("/api/v1/creators?{query}")).await.ok();
        let mut names = texts(&list["creators"], "name");
        names.sort();
        assert_eq!(
            (names.as_slice(), &list["total"]),
            (&whom.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()[..], &json!(whom.len())),
            "{query}"
        );
    }
}

#[both_engines(Empty)]
async fn the_filters_are_told_as_they_were_applied(world: World) {
    let applied = async |query: &str| {
        world.client.get(&format!("/api/v1/creators?{query}")).await.ok()["filters_applied"].clone()
    };
    let all = applied("").await;
    assert_eq!(all, json!({"niche": "all", "platform": "all", "size": "all"}));
    let told = applied("niche=Fitness&platform=YOUTUBE&min_followers=100000&country=US&max_rate=12.5").await;
    let wanted = json!({"niche": "Fitness", "platform": "youtube", "size": "100K+", "min_followers": 100_000, "country": "US", "max_rate": 12.5});
    assert_eq!(told, wanted);
    assert_eq!(applied("max_followers=500000").await["size"], "up to 500K");
}

#[both_engines(Empty)]
async fn orders_put_the_unknown_last_both_ways(world: World) {
    five(&world).await;
    for (sort, order) in [
        ("followers", ["María Josefina", "Emma Carver", "José Núñez", "Jose Ibarra", "Kenji Sato"]),
        ("-followers", ["Kenji Sato", "Jose Ibarra", "José Núñez", "Emma Carver", "María Josefina"]),
        ("newest", ["Kenji Sato", "Emma Carver", "María Josefina", "Jose Ibarra", "José Núñez"]),
        ("-newest", ["José Núñez", "Jose Ibarra", "María Josefina", "Emma Carver", "Kenji Sato"]),
    ] {
        assert_eq!(world.names(&format!("sort={sort}")).await, order, "{sort}");
    }
    for (sort, known) in [
        ("engagement", &["José Núñez", "Emma Carver", "Jose Ibarra"][..]),
        ("-engagement", &["Jose Ibarra", "Emma Carver", "José Núñez"]),
        ("rate", &["María Josefina", "José Núñez", "Emma Carver"]),
        ("-rate", &["Emma Carver", "José Núñez", "María Josefina"]),
        ("rating", &["José Núñez", "María Josefina"]),
        ("-rating", &["María Josefina", "José Núñez"]),
    ] {
        let names = world.names(&format!("sort={sort}")).await;
        assert_eq!(
            (&names[..known.len()], names.len()),
            (&known.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()[..], 5),
            "{sort}"
        );
    }
}

#[both_engines(Demo)]
async fn pages_of_any_order_make_the_whole_list(world: World) {
    for sort in [
        "followers",
        "-engagement",
        "rate",
        "-rating",
        "newest",
        "match&campaign_id=CAMP-002",
        "-followers&campaign_id=camp-1",
    ] {
        let whole = world.client.get(&format!("/api/v1/creators?limit=100&sort={sort}")).await.ok();
        let ids = texts(&whole["creators"], "id");
        assert_eq!((ids.len() as u64, ids.len() >= 60), (whole["total"].as_u64().unwrap(), true), "{sort}");
        let mut paged = Vec::new();
        for offset in (0..ids.len() + 7).step_by(7) {
            let page = world.client.get(&format!("/api/v1/creators?limit=7&offset={offset}&sort={sort}")).await.ok();
            assert_eq!(page["total"], whole["total"], "{sort} {offset}");
            paged.extend(texts(&page["creators"], "id"));
        }
        assert_eq!(paged, ids, "{sort}");
    }
}

#[both_engines(Empty)]
async fn what_a_list_cannot_be_asked_is_told(world: World) {
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=101", "limit"),
        ("limit=-1", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.5", "limit"),
        ("limit=99999999999999999999", "limit"),
        ("limit=1&limit=2", "limit"),
        ("offset=-1", "offset"),
        ("offset=4294967296", "offset"),
        ("platform=myspace", "platform"),
        ("min_followers=-5", "min_followers"),
        ("min_followers=10&max_followers=5", "min_followers"),
        ("min_engagement=NaN", "min_engagement"),
        ("min_engagement=101", "min_engagement"),
        ("max_rate=inf", "max_rate"),
        ("sort=beauty", "sort"),
        ("sort=match", "sort"),
    ] {
        let faults = world.client.get(&format!("/api/v1/creators?{query}")).await.faults();
        assert_eq!(faults, [field], "{query}");
    }
    let many = world.client.get("/api/v1/creators?limit=0&offset=-1&platform=myspace&sort=y").await.faults();
    assert_eq!(many.len(), 4, "all faults at once: {many:?}");
    world.client.get("/api/v1/creators?campaign_id=CAMP-404").await.refused(404);
    world.client.get("/api/v1/creators?search=%ff").await.refused(400);
    world.client.get("/api/v1/creators?search=a%00b").await.refused(400);
    let empty: Value = world.client.get("/api/v1/creators?limit=100&offset=4294967295").await.ok();
    assert_eq!((&empty["creators"], &empty["total"]), (&json!([]), &json!(0)));
}
