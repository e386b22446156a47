//! Searches in plain words, in English and Spanish: what is understood, what is found, and what is said of it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use kernel::{Error, Kind};
use matching::{ExchangeRates, Matching};
use ports::Llm;
use serde_json::{Value, json};
use testkit::{Client, both_engines};

use crate::world::What::Demo;
use crate::world::{World, text, texts};

const SEARCH: &str = "/api/v1/creators/search";

async fn ask(world: &World, body: Value) -> Value {
    world.client.post(SEARCH, &body).await.ok()
}

fn each(found: &Value) -> &[Value] {
    found["creators"].as_array().unwrap()
}

fn strings(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

#[both_engines(Demo)]
async fn an_english_sentence_is_understood(world: World) {
    let found = ask(&world, json!({"query": "Find tech YouTubers with 100K+ subscribers who review gadgets"})).await;
    assert!(!each(&found).is_empty());
    for creator in each(&found) {
        assert_eq!(creator["platform"], "youtube");
        assert!(creator["followers_count_numeric"].as_u64().unwrap() >= 100_000);
    }
    assert!(text(&found["creators"][0], "niche").to_lowercase().contains("tech"), "{}", found["creators"][0]);
    let insights = &found["search_insights"];
    let filters = strings(&insights["recommended_filters"]).join("\n");
    assert!(filters.contains("youtube") && filters.contains("tech") && filters.contains("100K"), "{filters}");
    assert_eq!(
        (&insights["given_up"], &insights["parser"], &insights["budget_analysis"]),
        (&json!([]), &json!("local"), &json!(null))
    );
    assert!(text(insights, "query_interpretation").contains("YouTube"), "{insights}");
}

#[both_engines(Demo)]
async fn a_spanish_sentence_is_understood(world: World) {
    world
        .creator(
            "Vera Verde",
            json!({"niche": "vegan food", "country": "Spain", "language": "Spanish", "followers_count": "42K",
        "engagement_rate": 6.4, "collaboration_rate": 450, "about": "Cocina vegana para toda la familia"}),
        )
        .await;
    let query = "microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€";
    let found = ask(&world, json!({"query": query})).await;
    assert_eq!(found["creators"][0]["name"], "Vera Verde", "{found}");
    for creator in each(&found) {
        assert!((10_000..100_000).contains(&creator["followers_count_numeric"].as_u64().unwrap()), "{creator}");
        assert!(creator["engagement_rate"].as_f64().unwrap() >= 5.0, "{creator}");
        assert!(creator["collaboration_rate"].as_f64().is_none_or(|rate| rate <= 800.0), "{creator}");
        assert!(["Spain", "ES", "España"].contains(&text(creator, "country").as_str()), "{creator}");
    }
    let insights = &found["search_insights"];
    assert_eq!(insights["given_up"], json!([]), "{insights}");
    let said = text(insights, "query_interpretation");
    assert!(said.contains("España") && said.contains('5'), "{said}");
    assert!(text(insights, "budget_analysis").contains("800"), "{insights}");
}

#[both_engines(Demo)]
async fn the_order_of_the_niche_goes_before_all(world: World) {
    let found = ask(&world, json!({"query": "fitness trainers on instagram", "limit": 50})).await;
    let niches = texts(&found["creators"], "niche");
    assert_eq!(niches[0], "Fitness");
    assert!(texts(&found["creators"], "platform").iter().all(|platform| platform == "instagram"));
    let matches: Vec<f64> = each(&found)
        .iter()
        .filter(|own| own["niche"] == "Fitness")
        .map(|own| own["match_percentage"].as_f64().unwrap())
        .collect();
    assert!(matches.is_sorted_by(|one, next| one >= next), "{matches:?}");
}

#[both_engines(Demo)]
async fn where_nobody_fits_something_is_given_up_and_said(world: World) {
    let found = ask(&world, json!({"query": "fitness creators on instagram with over 90% engagement"})).await;
    assert_eq!(found["search_insights"]["given_up"], json!(["engagement"]), "{}", found["search_insights"]);
    assert!(text(&found["search_insights"], "query_interpretation").contains("engagement"));
    assert!(!each(&found).is_empty() && each(&found).iter().all(|own| own["platform"] == "instagram"));
    let found = ask(&world, json!({"query": "fitness", "budget_range": [0, 0.01]})).await;
    assert_eq!(found["search_insights"]["given_up"], json!(["budget"]), "{}", found["search_insights"]);
    let found = ask(&world, json!({"query": "creadores de fitness en Instagram con más de 90% de engagement"})).await;
    assert!(
        text(&found["search_insights"], "query_interpretation").contains("sin tener en cuenta"),
        "{}",
        found["search_insights"]
    );
}

#[both_engines(Demo)]
async fn a_budget_bounds_the_price_and_is_analysed(world: World) {
    let found =
        ask(&world, json!({"query": "beauty", "budget_range": [100, 2000], "target_audience": "young women"})).await;
    assert!(!each(&found).is_empty());
    assert!(each(&found).iter().all(|own| own["collaboration_rate"].as_f64().is_none_or(|rate| rate <= 2000.0)));
    assert!(text(&found["search_insights"], "budget_analysis").contains("2,000"), "{}", found["search_insights"]);
    for wrong in [
        json!([2000, 100]),
        json!([1]),
        json!([1, 2, 3]),
        json!(["a", "b"]),
        json!(100),
        json!([-1, 5]),
        json!([0, 1e30]),
    ] {
        let faults = world.client.post(SEARCH, &json!({"query": "beauty", "budget_range": wrong})).await.faults();
        assert!(faults[0].starts_with("budget_range"), "{wrong}: {faults:?}");
    }
}

#[both_engines(Demo)]
async fn who_is_named_is_found(world: World) {
    let entry = |niche: &str| json!({"niche": niche, "followers_count": "21K", "about": "Every day something new"});
    world.creator("María Lópezquez", entry("fitness")).await;
    world.creator("María Lópezquez Ruiz", entry("travel")).await;
    world.creator("Ana Torresmochas", entry("food")).await;
    for (query, first) in [
        ("María Lópezquez fitness", "María Lópezquez"),
        ("maria lopezquez", "María Lópezquez"),
        ("find Ana Torresmochas", "Ana Torresmochas"),
        ("busco a ana torresmochas en TikTok", "Ana Torresmochas"),
    ] {
        let found = ask(&world, json!({"query": query, "limit": 5})).await;
        assert_eq!(text(&found["creators"][0], "name"), first, "{query}");
        let said = text(&found["search_insights"], "query_interpretation");
        assert!(said.to_lowercase().contains(&query.split(' ').rev().nth(1).unwrap().to_lowercase()), "{said}");
    }
    // Nothing else was said: nobody else is found. With a niche, all others of it follow, and pages do not overlap.
    assert_eq!(ask(&world, json!({"query": "find Ana Torresmochas"})).await["total"], 1);
    assert_eq!(ask(&world, json!({"query": "maria lopezquez"})).await["total"], 2);
    let all = ask(&world, json!({"query": "María Lópezquez fitness", "limit": 12})).await;
    let mut paged = Vec::new();
    for offset in [0, 4, 8] {
        let page = ask(&world, json!({"query": "María Lópezquez fitness", "limit": 4, "offset": offset})).await;
        assert_eq!(page["total"], all["total"]);
        paged.extend(each(&page).iter().map(|creator| text(creator, "id")));
    }
    assert_eq!(paged, each(&all).iter().map(|creator| text(creator, "id")).collect::<Vec<_>>());
    // Who is ruled out by name is not found, and whoever others are to be like is not taken for who is looked for.
    let without = ask(&world, json!({"query": "fitness, excluding María Lópezquez", "limit": 100})).await;
    assert!(each(&without).iter().all(|creator| text(creator, "name") != "María Lópezquez"));
    let like = ask(&world, json!({"query": "travel creators similar to Ana Torresmochas"})).await;
    assert_eq!(like["search_insights"]["understood"]["names"], json!([]));
}

#[both_engines(Demo)]
async fn what_is_ruled_out_is_not_found_and_what_was_not_understood_is_told(world: World) {
    let entry = |location: &str, language: &str| json!({"niche": "food", "location": location, "language": language, "followers_count": "21K"});
    world.creator("Cook One", entry("Zaragoza", "Spanish")).await;
    world.creator("Cook Two", entry("London", "English")).await;
    let found = |query: &'static str| ask(&world, json!({"query": query, "limit": 100}));
    let names = |found: &Value| each(found).iter().map(|one| text(one, "name")).collect::<Vec<_>>();
    let all = names(&found("food creators").await);
    assert!(all.contains(&"Cook One".to_owned()) && all.contains(&"Cook Two".to_owned()));
    let no_city = names(&found("food creators, not in Zaragoza").await);
    assert!(!no_city.contains(&"Cook One".to_owned()) && no_city.contains(&"Cook Two".to_owned()), "{no_city:?}");
    let no_english = names(&found("food creators, not in English").await);
    assert!(no_english.contains(&"Cook One".to_owned()) && !no_english.contains(&"Cook Two".to_owned()));
    let told = found("food creators with more than a few hundred thousand followers").await;
    assert_eq!(
        told["search_insights"]["understood"]["not_understood"],
        json!(["more than a few hundred thousand followers"])
    );
    assert_eq!(told["search_insights"]["understood"]["followers_min"], json!(null));
    assert!(text(&told["search_insights"], "query_interpretation").contains("not understood"), "{told}");
}

#[both_engines(Demo)]
async fn an_object_of_filters_filters(world: World) {
    let object = json!({"platform": "youtube", "min_followers": 100_000});
    let found = ask(&world, json!({"query": object, "limit": 100})).await;
    let list = world.client.get("/api/v1/creators?platform=youtube&min_followers=100000&limit=100").await.ok();
    assert_eq!((texts(&found["creators"], "id"), &found["total"]), (texts(&list["creators"], "id"), &list["total"]));
    assert_eq!(found["search_insights"]["parser"], "filters");
    let bounded = ask(&world, json!({"query": object, "limit": 100, "budget_range": [0, 1000]})).await;
    assert!(bounded["total"].as_u64() < found["total"].as_u64());
    let faults = world
        .client
        .post(SEARCH, &json!({"query": {"platform": "myspace", "min_followers": -1}, "limit": 0}))
        .await
        .faults();
    assert_eq!(faults, ["query.platform", "query.min_followers", "limit"]);
    for wrong in [json!({}), json!({"query": ""}), json!({"query": 7}), json!({"query": ["a"]}), json!({"query": null})]
    {
        assert_eq!(world.client.post(SEARCH, &wrong).await.faults(), ["query"]);
    }
}

#[both_engines(Demo)]
async fn any_words_at_all_are_answered(world: World) {
    for query in [
        "?",
        "🎸🎸🎸",
        "the of and",
        "不知道",
        "a' OR 1=1; --",
        "<script>alert(1)</script>",
        "999999999999999999999999K+ followers",
        "-5 followers",
        "NOT NOT NOT",
        "€€€ %%% +++",
        &"word ".repeat(399),
    ] {
        let found = ask(&world, json!({"query": query})).await;
        assert!(!text(&found["search_insights"], "query_interpretation").is_empty(), "{query}");
    }
    let pages = ask(&world, json!({"query": "fitness", "limit": 2})).await;
    let second = ask(&world, json!({"query": "fitness", "limit": 2, "offset": 2})).await;
    assert!(texts(&pages["creators"], "id").iter().all(|id| !texts(&second["creators"], "id").contains(id)));
}

#[both_engines(Demo)]
async fn a_language_model_reads_first_and_its_failures_are_caught(world: World) {
    let query = json!({"query": "Find tech YouTubers with 100K+ subscribers"});
    let ask = async |model: Model| {
        let model = Arc::new(model);
        let found = with_model(&world, model.clone()).post(SEARCH, &query).await.ok();
        assert_eq!(model.asked.load(Ordering::Relaxed), 1, "it is asked once");
        found
    };
    let local = world.client.post(SEARCH, &query).await.ok();
    let read = ask(Model::says(Says::Answer(
        r#"Sure! {"platforms": ["tiktok"], "followers_min": 50000, "meaning": "dance"}"#,
    )))
    .await;
    assert_eq!(read["search_insights"]["parser"], "stand-in:1");
    assert!(!each(&read).is_empty() && each(&read).iter().all(|own| own["platform"] == "tiktok"));
    for failure in [
        Says::Answer("I cannot help with that"),
        Says::Answer("{\"half\": "),
        Says::Answer("{}"),
        Says::Answer("{\"platforms\": 7, \"followers_min\": \"many\"}"),
        Says::Failure,
    ] {
        let found = ask(Model::says(failure)).await;
        assert_eq!(found["search_insights"]["parser"], "local");
        assert_eq!(found["creators"], local["creators"]);
    }
    let started = Instant::now();
    let found = ask(Model::says(Says::Nothing)).await;
    assert!(started.elapsed() < Duration::from_secs(12), "it is not waited for any longer");
    assert_eq!((&found["search_insights"]["parser"], &found["creators"]), (&json!("local"), &local["creators"]));
}

/// What a language model does when it is asked.
enum Says {
    Answer(&'static str),
    Failure,
    Nothing,
}

struct Model {
    says: Says,
    asked: AtomicUsize,
}

impl Model {
    fn says(says: Says) -> Self {
        Self { says, asked: AtomicUsize::new(0) }
    }
}

#[async_trait]
impl Llm for Model {
    fn name(&self) -> &'static str {
        "stand-in:1"
    }

    async fn answer_json(&self, _: &str, prompt: &str) -> kernel::Result<String> {
        assert!(prompt.contains("Find tech YouTubers"), "the query is in the prompt");
        self.asked.fetch_add(1, Ordering::Relaxed);
        match self.says {
            Says::Answer(answer) => Ok(answer.to_owned()),
            Says::Failure => Err(Error::new(Kind::Provider, "no credit is left")),
            Says::Nothing => std::future::pending().await,
        }
    }
}

/// The routes of matching with this language model.
fn with_model(world: &World, model: Arc<Model>) -> Client {
    let matching = Matching::new(world.server.directory.clone(), Some(model), ExchangeRates::default());
    let router = matching::router(matching).served(&world.server.app);
    Client::new(router)
}
