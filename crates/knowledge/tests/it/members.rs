//! Questions of members, as channels ask them.

use kernel::{Kind, time};
use knowledge::{AskQuestion, BaseId, Outcome, Settings};
use serde_json::json;
use testkit::{FreshDb, both_engines};

use crate::world::{HANDBOOK, World};

fn id(base: &str) -> BaseId {
    base.rsplit('/').next().unwrap().parse().unwrap()
}

#[both_engines]
async fn several_bases_are_asked_as_one(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (english, spanish) = (world.base(json!({})).await, world.base(json!({})).await);
    world.document(&english, "handbook.md", HANDBOOK).await;
    world
        .document(
            &spanish,
            "comidas.md",
            "# Comidas\n\nLa cena debe llevar verduras y pescado azul dos veces por semana.",
        )
        .await;
    let (owner, both) = (world.coach.account.hub(), [id(&english), id(&spanish)]);
    let ask = async |question: &str| world.knowledge.ask(owner, &both, &AskQuestion::new(question)).await.unwrap();
    let answer = ask("How much does the eight-week course cost?").await;
    assert_eq!((answer.outcome, answer.knowledge_base_id), (Outcome::Answered, both[0]));
    let answer = ask("¿Qué debe llevar la cena?").await;
    assert_eq!((answer.outcome, answer.knowledge_base_id), (Outcome::Answered, both[1]), "{answer:?}");
    let unknown = ask("Who won the world cup in 1998?").await;
    assert_eq!(unknown.outcome, Outcome::Unknown);
    assert_eq!(world.count("SELECT count(*) FROM knowledge_questions WHERE by_member").await, 1);
    assert!(unknown.question_id.is_some() && unknown.gap_id.is_some());
    // What is another's is not asked.
    let stranger = world.other.account.hub();
    let refused = world.knowledge.ask(stranger, &both, &AskQuestion::new("How much?")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
    let all = world.knowledge.ask(owner, &[], &AskQuestion::new("¿Qué debe llevar la cena?")).await.unwrap();
    assert_eq!((all.outcome, all.knowledge_base_id), (Outcome::Answered, both[1]), "all of them, if none is named");
    let refused = world.knowledge.ask(stranger, &[], &AskQuestion::new("How much?")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotFound);
}

#[both_engines]
async fn the_base_that_answers_wins_whether_it_is_small_or_large(fresh: FreshDb) {
    let world = World::new(fresh).await;
    let (small, large) = (world.base(json!({})).await, world.base(json!({})).await);
    let (owner, both) = (world.coach.account.hub(), [id(&small), id(&large)]);
    // "Workshop" is rare in one of them, and stands everywhere in the other.
    let notes = (0..120).map(|number| {
        format!("## Note {number}\n\nThe workshop of day {number} is told here, with all that people did in it and said of it afterwards.\n\n")
    });
    let notes =
        format!("# Diary\n\n{}## Photography\n\nThe photography workshop costs 70 euros.\n", notes.collect::<String>());
    world.document(&large, "diary.md", &notes).await;
    world.document(&small, "pottery.md", "# Pottery\n\nThe pottery workshop costs 45 euros.").await;
    for (question, base, figure) in [
        ("How much does the pottery workshop cost?", both[0], "45"),
        ("How much does the photography workshop cost?", both[1], "70"),
    ] {
        for order in [[both[0], both[1]], [both[1], both[0]]] {
            let answer = world.knowledge.ask(owner, &order, &AskQuestion::new(question)).await.unwrap();
            assert_eq!((answer.outcome, answer.knowledge_base_id), (Outcome::Answered, base), "{answer:?}");
            assert!(answer.citations[0].quote.contains(figure), "{answer:?}");
        }
    }
}

#[both_engines]
async fn members_have_a_quota_of_their_own(fresh: FreshDb) {
    let world = World::set(fresh, None, Settings { answers: 3, ..Settings::default() }).await;
    let base = world.base(json!({})).await;
    let owner = world.coach.account.hub();
    let ask = async || world.knowledge.ask(owner, &[id(&base)], &AskQuestion::new("Who are you?")).await;
    for _ in 0..3 {
        ask().await.unwrap();
    }
    assert!(matches!(ask().await.unwrap_err().kind(), Kind::RateLimited(wait) if wait <= 1_201));
    world.ask(&base, "Who are you?").await;
    world.clock.advance(time::HOUR);
    ask().await.unwrap();
}

#[both_engines]
async fn old_gaps_are_forgotten(fresh: FreshDb) {
    let world = World::set(fresh, None, Settings { gaps_days: 30, ..Settings::default() }).await;
    let base = world.base(json!({})).await;
    world.ask(&base, "Who won the world cup?").await;
    world.clock.advance(20 * time::DAY);
    world.ask(&base, "Is there a car park for lorries?").await;
    world.clock.advance(15 * time::DAY);
    world.work().await;
    let gaps = world.coach().get(&format!("{base}/gaps")).await.json();
    assert_eq!((&gaps["pagination"]["total"], &gaps["gaps"][0]["asked"]), (&json!(1), &json!(1)));
    assert_eq!(world.count("SELECT count(*) FROM knowledge_questions").await, 1);
}

#[both_engines]
async fn what_was_not_asked_for_longest_leaves_memory(fresh: FreshDb) {
    let world = World::set(fresh, None, Settings { index_bytes: 1, ..Settings::default() }).await;
    let (one, other) = (world.base(json!({})).await, world.base(json!({})).await);
    for base in [&one, &other, &one] {
        world.document(base, "handbook.md", HANDBOOK).await;
        assert_eq!(world.ask(base, "How much does the eight-week course cost?").await["outcome"], "answered");
        let (held, bytes) = world.knowledge.indices_held();
        assert!(held == 1 && bytes > 1_000, "{held} indices of {bytes} bytes");
    }
}
