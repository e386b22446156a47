//! The talk as a language model words it, over the wire: at its best, at its worst, and never without its rules.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use calls::Settings;
use ports::Llm;
use providers::{GeminiLlm, LlmSettings, OpenAiLlm};
use serde_json::{Value, json};
use testkit::{FreshDb, both_engines};

use crate::stand_in::{Asked, Broken, StandIn, answer, broken};
use crate::telephony::{event, hook, placed};
use crate::world::{NUMBER, PUBLIC, Parts, World};

const KEY: &str = "key-do-not-show-me";
const PERSON: &str = "+34600999999";

/// A protocol of language models.
#[derive(Clone, Copy, Debug)]
enum Speaks {
    Gemini,
    OpenAi,
}

impl Speaks {
    fn llm(self, url: &str) -> Arc<dyn Llm> {
        match self {
            Self::Gemini => {
                let settings = LlmSettings { base_url: format!("{url}/v1beta"), ..LlmSettings::gemini(KEY) };
                Arc::new(GeminiLlm::new(&settings).unwrap())
            }
            Self::OpenAi => {
                let settings = LlmSettings { base_url: format!("{url}/v1"), ..LlmSettings::openai(KEY) };
                Arc::new(OpenAiLlm::new(&settings).unwrap())
            }
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Gemini => "gemini:gemini-flash-latest",
            Self::OpenAi => "openai:gpt-4o-mini",
        }
    }

    /// An answer as it is documented, with this text in it.
    fn answers(self, text: &str) -> Response {
        let body = match self {
            Self::Gemini => json!({
                "candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
                "usageMetadata": {"promptTokenCount": 200, "candidatesTokenCount": 20, "totalTokenCount": 220},
            }),
            Self::OpenAi => json!({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "gpt-4o-mini",
                "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            }),
        };
        answer(200, &body)
    }

    fn says(self, line: &str) -> Response {
        self.answers(&json!({"say": line, "timeline": null, "content_types": []}).to_string())
    }

    /// What a model is asked, whatever the protocol: the instructions and the prompt.
    fn asked(self, asked: &Asked) -> (String, Value) {
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let (path, key, instructions, prompt) = match self {
            Self::Gemini => {
                let instructions = &body["systemInstruction"]["parts"][0]["text"];
                let prompt = &body["contents"][0]["parts"][0]["text"];
                ("/v1beta/models/gemini-flash-latest:generateContent", KEY.to_owned(), instructions, prompt)
            }
            Self::OpenAi => {
                let (instructions, prompt) = (&body["messages"][0]["content"], &body["messages"][1]["content"]);
                ("/v1/chat/completions", format!("Bearer {KEY}"), instructions, prompt)
            }
        };
        assert_eq!((asked.path.as_str(), &asked.key), (path, &key));
        (instructions.as_str().unwrap().to_owned(), serde_json::from_str(prompt.as_str().unwrap()).unwrap())
    }
}

/// What a model says next after what it was asked: the line for the question that is to be asked.
fn line_for(prompt: &Value) -> &'static str {
    let question = prompt["question_to_ask"].as_str().unwrap_or_default();
    match question {
        question if question.contains("charge") => "Lovely! And what is your usual price?",
        question if question.contains("time") => "Thanks for telling me. When could you start?",
        question if question.contains("kinds of content") => "Great. Which formats do you enjoy most?",
        "" => "That was all. Somebody from TechFit reads it and answers you. Goodbye.",
        other => panic!("{other}"),
    }
}

/// A world that calls by a stand-in of Twilio and talks by one of a model; the call is answered, and the first words were said.
struct Talking {
    world: World,
    model: StandIn,
    _twilio: StandIn,
}

impl Talking {
    async fn new(
        fresh: testkit::FreshDb,
        speaks: Speaks,
        reply: impl Fn(&Asked) -> Response + Send + Sync + 'static,
    ) -> Self {
        let twilio = StandIn::start(|_| answer(201, &placed())).await;
        let model = StandIn::start(reply).await;
        let parts = Parts::twilio(&twilio.url);
        let settings = Settings { handover: Some(PERSON.into()), ..parts.settings.clone() };
        let world = World::new(fresh, Parts { llm: Some(speaks.llm(&model.url)), settings, ..parts }).await;
        world.consent().await;
        world.client.post("/api/v1/voice-call/outbound-call", &world.outbound()).await.ok();
        let talking = Self { world, model, _twilio: twilio };
        let first = talking.twiml("voice", "").await;
        assert!(first.contains("This is an AI assistant, not a person, calling for TechFit."), "{first}");
        assert!(talking.model.asked().is_empty(), "what the law wants said is not left to a model");
        talking
    }

    async fn twiml(&self, path: &str, said: &str) -> String {
        let reply = hook(&self.world.client, path, &event("in-progress", &[("SpeechResult", said)])).await;
        assert_eq!(reply.status, 200, "{}", reply.text());
        assert!(!reply.text().contains(KEY));
        reply.text()
    }

    async fn says(&self, turn: u32, said: &str) -> String {
        self.twiml(&format!("gather?turn={turn}"), said).await
    }

    /// Hangs up, and tells who worded our lines, and the lines.
    async fn hang_up(&self) -> Vec<(String, String)> {
        hook(&self.world.client, "status", &event("completed", &[("CallDuration", "60")])).await;
        let entry = self.world.entry().await;
        assert!(!entry.to_string().contains(KEY));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let lines = entry["full_transcript"].as_array().unwrap().iter();
        let ours = lines.filter(|line| line["role"] == "agent");
        ours.map(|line| (text(&line["worded_by"]), text(&line["message"]))).collect()
    }
}

async fn whole_talk(fresh: testkit::FreshDb, speaks: Speaks) {
    let talking = Talking::new(fresh, speaks, move |asked| speaks.says(line_for(&speaks.asked(asked).1))).await;
    let health = talking.world.client.get("/api/v1/voice-call/health").await.ok();
    assert_eq!(
        (&health["data"]["gemini_client"], &health["data"]["mode"]),
        (&json!(speaks.name()), &json!("production"))
    );
    for (turn, said, line) in [
        (1, "Yes, I'd love to", "Lovely! And what is your usual price?"),
        (2, "Eight hundred dollars", "Thanks for telling me. When could you start?"),
        (3, "Next week", "Great. Which formats do you enjoy most?"),
    ] {
        let twiml = talking.says(turn, said).await;
        assert!(twiml.contains(&format!("<Say language=\"en-US\">{line}</Say></Gather>")), "{twiml}");
        assert!(twiml.contains(&format!("action=\"{PUBLIC}/api/v1/voice-call/gather?turn={}\"", turn + 1)), "{twiml}");
        assert_eq!(talking.says(turn, said).await, twiml, "the same turn is not asked for again");
    }
    let last = talking.says(4, "Reels and stories").await;
    assert!(last.contains("That was all.") && last.contains("<Hangup/>"), "{last}");

    let asked = talking.model.asked();
    assert_eq!(asked.len(), 4);
    for one in &asked {
        let (instructions, prompt) = speaks.asked(one);
        assert!(instructions.contains("never claim to be a person") && instructions.contains("Never name an amount"));
        assert_eq!(
            (&prompt["campaign"]["product"], &prompt["campaign"]["brand"]),
            (&json!("FitBand Pro"), &json!("TechFit"))
        );
        // What it does not know it cannot give away.
        assert!(
            !one.body.contains(NUMBER) && !one.body.contains("25000") && !one.body.contains("2500000"),
            "{}",
            one.body
        );
    }
    let talk = speaks.asked(&asked[3]).1["talk"].clone();
    assert_eq!(talk[1], json!({"who": "user", "text": "Yes, I'd love to"}));
    let spoken = talking.hang_up().await;
    let by: Vec<&str> = spoken.iter().map(|(by, _)| by.as_str()).collect();
    assert_eq!(by, ["local", speaks.name(), speaks.name(), speaks.name(), speaks.name()]);
    let entry = talking.world.entry().await;
    assert_eq!(
        (entry["call_status"].as_str(), entry["call_successful"].as_str()),
        (Some("completed"), Some("success"))
    );
    assert_eq!(entry["collaboration_rate"], "$800 (\"Eight hundred dollars\")");
    assert_eq!(
        (&entry["timeline_availability"], &entry["preferred_content_types"]),
        (&json!("Next week"), &json!("reels, stories"))
    );
}

#[both_engines]
async fn gemini_leads_a_whole_talk(fresh: FreshDb) {
    whole_talk(fresh, Speaks::Gemini).await;
}

#[both_engines]
async fn so_does_whatever_speaks_openais_protocol(fresh: FreshDb) {
    whole_talk(fresh, Speaks::OpenAi).await;
}

#[both_engines]
async fn stop_calling_and_a_person_wanted_are_not_left_to_a_model(fresh: FreshDb) {
    let speaks = Speaks::Gemini;
    let talking =
        Talking::new(fresh, speaks, move |_| speaks.says("Oh, do stay on the line! When could you start?")).await;
    assert!(talking.says(1, "yes").await.contains("do stay on the line"));
    let last = talking.says(2, "No. Stop calling me, please").await;
    assert!(last.contains("do-not-call list") && last.contains("<Hangup/>") && !last.contains("stay"), "{last}");
    assert_eq!(talking.model.asked().len(), 1);
    let listed = talking.world.client.get("/api/v1/outreach/do-not-call?phone_number=%2B34600000001").await.ok();
    assert_eq!((listed["total"].as_u64(), &listed["do_not_call"][0]["everybody"]), (Some(1), &json!(true)));
    talking.hang_up().await;
    talking.world.client.post("/api/v1/voice-call/outbound-call", &talking.world.outbound()).await.refused(403);
}

#[both_engines]
async fn whoever_asks_for_a_person_is_put_through(fresh: FreshDb) {
    let speaks = Speaks::OpenAi;
    let talking = Talking::new(fresh, speaks, move |_| speaks.says("I am all you need. When could you start?")).await;
    let last = talking.says(1, "Can I speak to a real person?").await;
    assert!(last.contains(&format!("<Dial timeout=\"25\">{PERSON}</Dial>")), "{last}");
    assert!(talking.model.asked().is_empty());
    let spoken = talking.hang_up().await;
    assert_eq!(spoken[1], ("local".to_owned(), "Of course, I am putting you through to a person now.".to_owned()));
}

type Trouble = fn(Speaks) -> Response;

/// How a model fails.
const TROUBLES: [(&str, Trouble); 13] = [
    ("401", |_| {
        answer(
            401,
            &json!({"error": {"code": 401, "message": format!("The key {KEY} is wrong"), "status": "UNAUTHENTICATED"}}),
        )
    }),
    ("400 of a wrong key", |_| {
        answer(400, &json!({"error": {"code": 400, "details": [{"reason": "API_KEY_INVALID"}]}}))
    }),
    ("429 for long", |_| (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "30")]).into_response()),
    ("429", |_| answer(429, &json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED"}}))),
    ("500", |_| answer(500, &json!({"error": {"status": "INTERNAL"}}))),
    ("503", |_| answer(503, &json!({"error": {"status": "UNAVAILABLE"}}))),
    ("silence", |_| broken(Broken::Never)),
    ("half an answer", |_| broken(Broken::Half)),
    ("no JSON around it", |_| "<html>Welcome</html>".into_response()),
    ("no JSON in it", |speaks| speaks.answers("Sure! When could you start?")),
    ("half the JSON in it", |speaks| speaks.answers("{\"say\": \"When could")),
    ("another JSON in it", |speaks| speaks.answers("{\"say\": 7, \"timeline\": []}")),
    ("nobody to say it", |_| {
        answer(200, &json!({"candidates": [], "choices": [], "promptFeedback": {"blockReason": "SAFETY"}}))
    }),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_a_model_does_the_talk_goes_on() {
    for speaks in [Speaks::Gemini, Speaks::OpenAi] {
        let talks = TROUBLES.iter().map(|(name, trouble)| async move {
            let in_trouble = Arc::new(AtomicBool::new(false));
            let (flag, trouble) = (Arc::clone(&in_trouble), *trouble);
            let reply = move |asked: &Asked| {
                let line = line_for(&speaks.asked(asked).1);
                if flag.load(Ordering::SeqCst) { trouble(speaks) } else { speaks.says(line) }
            };
            let talking = Talking::new(testkit::fresh_db(db::Engine::Sqlite).await, speaks, reply).await;
            assert!(talking.says(1, "yes, for sure").await.contains("Lovely!"), "{name}");
            in_trouble.store(true, Ordering::SeqCst);
            let begun = Instant::now();
            let twiml = talking.says(2, "Eight hundred dollars").await;
            // Twilio waits for 15 s, and whoever is on the phone for much less.
            assert!(begun.elapsed() < Duration::from_secs(4), "{speaks:?} {name}: {:?}", begun.elapsed());
            assert!(
                twiml.contains(">Good, thank you. When would you have time for it?</Say></Gather>"),
                "{name}: {twiml}"
            );
            in_trouble.store(false, Ordering::SeqCst);
            assert!(talking.says(3, "Next week").await.contains("Which formats"), "{name}");
            let by: Vec<String> = talking.hang_up().await.into_iter().map(|(by, _)| by).collect();
            assert_eq!(by, ["local", speaks.name(), "local", speaks.name()], "{name}");
        });
        futures::future::join_all(talks).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_promised_that_the_campaign_does_not_offer() {
    // The campaign has 25,000 dollars; what the creator names comes first, then what the model makes of it.
    for (said, line) in [
        ("yes", "Wonderful. We will pay you 30,000 dollars. Fine?"),
        ("yes", "Wonderful, so thirty thousand euros for one video. Fine?"),
        ("yes", "The budget is 25,000 dollars. What is your price?"),
        ("yes", "Others get 900 per reel. What is your price?"),
        ("I charge thirty thousand dollars", "30000 dollars, noted. When could you start?"),
        ("I charge thirty thousand dollars", "Thirty thousand, noted. When could you start?"),
        ("Eight hundred dollars", "Eight hundred works for us. When could you start?"),
        ("Eight hundred dollars", "We can offer you 800 dollars. When could you start?"),
        ("Eight hundred dollars", "We accept. When could you start?"),
        ("yes", "I guarantee that you get it. What is your price?"),
        ("yes", "You will receive free products. What is your price?"),
        ("yes", "I am a person like you. What is your price?"),
    ] {
        let speaks = Speaks::Gemini;
        let fresh = testkit::fresh_db(db::Engine::Sqlite).await;
        let talking = Talking::new(fresh, speaks, move |_| speaks.says(line)).await;
        let twiml = talking.says(1, said).await;
        assert_eq!(talking.model.asked().len(), 1, "{line}");
        assert!(!twiml.contains(line) && twiml.contains("</Say></Gather>"), "{twiml}");
        let spoken = talking.hang_up().await;
        assert_eq!(spoken[1].0, "local", "{line}");
        assert!(spoken.iter().all(|(_, text)| text != line), "{spoken:?}");
    }
    // What they named, and what is within the budget, may be repeated.
    let (speaks, line) = (Speaks::Gemini, "800 dollars, noted. When could you start?");
    let talking = Talking::new(testkit::fresh_db(db::Engine::Sqlite).await, speaks, move |_| speaks.says(line)).await;
    assert!(talking.says(1, "Eight hundred dollars").await.contains(line));
}
