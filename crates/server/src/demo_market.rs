//! The marketplace of the demo: offers and applications in every state, and what people write each other about them, made through the routes,
//! as people make them. Whoever is concerned is notified by that.

use accounts::NewAccount;
use kernel::time::DAY;
use kernel::{AccountId, Result, Scope, UserType};
use serde_json::{Value, json};

use crate::build::Server;
use crate::demo;
use crate::demo_receiver::Deliveries;
use crate::demo_told::{Person, Told};
use crate::settings::Settings;

/// The password of every log-in of the demo, which is for this machine alone.
pub const PASSWORD: &str = "only-on-this-machine-26";
/// The brand that one may log in as,
pub const BRAND: &str = "brand@demo.example.com";
/// the creator (an entry of the sample directory is theirs),
pub const CREATOR: &str = "sarah.johnson@example.com";
/// and the administrator.
pub const ADMIN: &str = "admin@demo.example.com";

/// Others of the sample directory who look for work.
const OTHERS: [(&str, &str); 4] = [
    ("mike@techmike.example.com", "tech_mike"),
    ("emma@beautybyemma.example.com", "beauty_by_emma"),
    ("carlos@chefcarlos.example.org", "chef_carlos"),
    ("lisa@travelwithlisa.example.com", "travel_with_lisa"),
];
const LOADED: &str = "demo_market";

/// Fills the marketplace of the demo, once.
pub async fn load(server: &Server, settings: &Settings) -> Result<()> {
    if !demo::begins(server.app.db(), LOADED).await? {
        return Ok(());
    }
    let hash = server.accounts.hasher().hash(PASSWORD).await?;
    account(server, (UserType::Business, BRAND, "fashion_brand"), &hash).await?;
    account(server, (UserType::Creator, CREATOR, "sarah_fitness"), &hash).await?;
    for (email, name) in OTHERS {
        account(server, (UserType::Creator, email, name), &hash).await?;
    }
    accounts::create_admin(&server.accounts, ADMIN, Some(PASSWORD.to_owned())).await?;
    let told = Told::of(server, settings)?;
    let brand = told.log_in(BRAND, PASSWORD).await?;
    let creator = told.log_in(CREATOR, PASSWORD).await?;
    let mut others = Vec::new();
    for (email, _) in OTHERS {
        others.push(told.log_in(email, PASSWORD).await?);
    }
    let deliveries = Deliveries::begin(server, &told, &brand, &["*"]).await?;
    world(server, &told, &brand, &creator, &others).await?;
    deliveries.work().await
}

/// An account whose address is known to be its own; of a creator, with what the directory knows of that address.
pub(crate) async fn account(
    server: &Server,
    (kind, email, name): (UserType, &str, &str),
    hash: &str,
) -> Result<AccountId> {
    let (scope, clock) = (Scope::system(), server.app.clock());
    let new = NewAccount {
        email: Some(email.to_owned()),
        username: Some(name.to_owned()),
        password_hash: Some(hash.to_owned()),
        is_verified: true,
        ..NewAccount::of(kind)
    };
    let mut tx = server.app.write().await?;
    let row = accounts::store::insert_account(scope, &mut tx, clock, new).await?;
    if kind == UserType::Creator {
        creators::store::prove(scope, &mut tx, email, row.id, clock.now()).await?;
    }
    tx.commit().await?;
    Ok(row.id)
}

impl Told {
    /// Makes an offer and publishes it; answers its path.
    async fn offer(&self, brand: &Person, body: &Value) -> Result<String> {
        let path = format!("/api/v1/offers/{}", id(&self.post(brand, "/api/v1/offers", body).await?));
        self.post(brand, &format!("{path}/publish"), &json!({})).await?;
        Ok(path)
    }

    /// Applies to an offer; answers the path of the application.
    async fn apply(&self, creator: &Person, offer: &str, (fee, message): (u64, &str)) -> Result<String> {
        let offer = offer.rsplit('/').next().unwrap_or_default();
        let body = json!({"offer_id": offer, "message": message, "proposed_fee": fee,
            "media_attachments": ["https://instagram.com/p/sample"]});
        Ok(format!("/api/v1/applications/{}", id(&self.post(creator, "/api/v1/applications", &body).await?)))
    }

    /// Accepts an application; answers the path of the collaboration.
    async fn accept(&self, brand: &Person, application: &str) -> Result<String> {
        let answer = self.post(brand, &format!("{application}/review"), &json!({"action": "accept"})).await?;
        let collaboration = answer["collaboration_id"].as_str().unwrap_or_default();
        Ok(format!("/api/v1/collaborations/{collaboration}"))
    }

    /// Writes somebody a message.
    async fn write(&self, from: &Person, to: &Person, text: &str) -> Result<Value> {
        self.post(from, "/api/v1/messages", &json!({"recipient_id": to.id, "content": text})).await
    }

    /// Schedules a collaboration, and hands content in; answers the path of the submission.
    async fn submit(&self, creator: &Person, collaboration: &str, (day, caption): (&Value, &str)) -> Result<String> {
        self.post(creator, &format!("{collaboration}/schedule"), &json!({"scheduled_date": day})).await?;
        let id_of = collaboration.rsplit('/').next().unwrap_or_default();
        let body = json!({"collaboration_id": id_of, "content_urls": ["https://example.com/photo1.jpg"],
            "captions": {"instagram": caption}, "platform": "INSTAGRAM"});
        Ok(format!("/api/v1/submissions/{}", id(&self.post(creator, "/api/v1/submissions", &body).await?)))
    }
}

fn id(answer: &Value) -> String {
    answer["id"].as_str().unwrap_or_default().to_owned()
}

/// Offers, applications and what they lead to, in every state.
async fn world(server: &Server, told: &Told, brand: &Person, creator: &Person, others: &[Person]) -> Result<()> {
    let now = server.app.clock().now();
    let in_days = |days: i64| json!(now.plus(days * DAY));
    let offer = |title: &str, description: &str, more: Value| {
        let mut body = json!({
            "title": title, "description": description, "category": "FITNESS", "platforms": ["INSTAGRAM", "TIKTOK", "YOUTUBE"],
            "budget_min": 500, "budget_max": 2000, "currency": "USD",
            "requirements": {"influencer": {"min_followers": 100_000, "min_engagement_rate": 3.0},
                "regular": {"min_followers": 0, "min_engagement_rate": 0}},
            "content_specs": {"formats": ["REEL", "POST"], "required_hashtags": ["#moveeveryday"], "required_mentions": ["@fitband"],
                "caption_requirements": "Min 50 chars describing product benefits"},
            "application_deadline": in_days(30), "content_deadline": in_days(60), "usage_rights": "6 months on our own channels",
        });
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        body
    };
    let caption =
        "Ad: my mornings with @fitband, which counts every step and keeps me going through winter #moveeveryday #ad";
    // Applications that wait: one plain, one on the short list, one with another fee asked for.
    let summer = offer(
        "FitBand Pro: your morning workout",
        "A reel that shows how the band helps through a morning workout",
        json!({}),
    );
    let summer = told.offer(brand, &summer).await?;
    told.apply(creator, &summer, (1500, "My followers train with me every morning. I would love to show the band."))
        .await?;
    let listed = told.apply(&others[0], &summer, (1200, "I review devices, and athletes trust my tests.")).await?;
    told.post(brand, &format!("{listed}/shortlist"), &json!({"shortlisted": true})).await?;
    let countered = told.apply(&others[1], &summer, (3000, "I can combine it with my beauty routine.")).await?;
    told.post(brand, &format!("{countered}/counter"), &json!({"fee": 1800, "message": "Could you do it for this?"}))
        .await?;
    // Decided ones, and a collaboration at each step.
    let recipes = offer(
        "Protein recipes for athletes",
        "Three recipes with our protein powder",
        json!({"category": "FOOD", "places": 3}),
    );
    let recipes = told.offer(brand, &recipes).await?;
    let rejected = told.apply(&others[3], &recipes, (900, "I cook on my journeys.")).await?;
    let reason = json!({"action": "reject", "rejection_reason": "We look for somebody who cooks every week"});
    told.post(brand, &format!("{rejected}/review"), &reason).await?;
    let withdrawn = told.apply(&others[0], &recipes, (900, "I test kitchen devices, too.")).await?;
    told.post(&others[0], &format!("{withdrawn}/withdraw"), &json!({})).await?;
    let accepted = told.apply(&others[2], &recipes, (1000, "Recipes are what I do.")).await?;
    told.accept(brand, &accepted).await?;
    let scheduled = told.apply(creator, &recipes, (1100, "I eat what I preach.")).await?;
    let scheduled = told.accept(brand, &scheduled).await?;
    told.submit(creator, &scheduled, (&in_days(20), caption)).await?;
    // One that is done, with both ratings.
    let launch =
        told.offer(brand, &offer("Launch day story", "A post on the day of the launch", json!({"places": 1}))).await?;
    let done = told.apply(creator, &launch, (1400, "I was at your last launch.")).await?;
    let done = told.accept(brand, &done).await?;
    let submission = told.submit(creator, &done, (&in_days(10), caption)).await?;
    told.post(brand, &format!("{submission}/analyze-ai"), &json!({})).await?;
    told.post(brand, &format!("{submission}/approve"), &json!({})).await?;
    let rate = format!("{done}/rate");
    told.post(brand, &rate, &json!({"rating": 5, "feedback": "Excellent work, and a day early."})).await?;
    told.post(creator, &rate, &json!({"rating": 5, "feedback": "A clear brief and quick answers."})).await?;
    // Offers that take no applications.
    let paused = told.offer(brand, &offer("Winter running series", "Four reels from the cold", json!({}))).await?;
    told.post(brand, &format!("{paused}/pause"), &json!({})).await?;
    let old = told.offer(brand, &offer("Spring challenge", "Thirty days of steps", json!({}))).await?;
    told.post(brand, &format!("{old}/archive"), &json!({})).await?;
    // One that was called off, and one that is in dispute.
    let marathon = told.offer(brand, &offer("City marathon", "Two posts on the day of the race", json!({}))).await?;
    let called_off = told.apply(&others[2], &marathon, (800, "I cook for runners.")).await?;
    let called_off = told.accept(brand, &called_off).await?;
    let reason = json!({"reason": "I am ill on the day of the race"});
    told.post(&others[2], &format!("{called_off}/cancel"), &reason).await?;
    let disputed = told.apply(&others[3], &marathon, (700, "I am in town on that day.")).await?;
    let disputed = told.accept(brand, &disputed).await?;
    told.submit(&others[3], &disputed, (&in_days(15), "I love running")).await?;
    let reason = json!({"reason": "The caption says nothing of the race, and there is no second version"});
    told.post(brand, &format!("{disputed}/dispute"), &reason).await?;
    // What they write each other: some of it is not read yet.
    told.write(brand, creator, "Hello Sarah, the powder is on its way. It should be with you on Monday.").await?;
    told.write(creator, brand, "Thank you! I will film on Tuesday. Is the green one fine as a background?").await?;
    told.post(brand, &format!("/api/v1/messages/{}/read", creator.id), &json!({})).await?;
    told.write(brand, creator, "Green is perfect. Please have the label in the picture for a moment.").await?;
    told.write(&others[1], brand, "I could do it for 2,000 if the morning light is enough for you.").await?;
    told.write(brand, &others[3], "We are sorry that it came to this. Could you send another caption?").await?;
    let draft = offer("Autumn collection", "Not ready yet", json!({"category": "FASHION", "contract": "draft"}));
    told.post(brand, "/api/v1/offers", &draft).await?;
    Ok(())
}
