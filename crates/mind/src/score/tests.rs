use proptest::prelude::*;

use super::*;

fn any_calibration() -> impl Strategy<Value = Calibration> {
    let scale = proptest::collection::vec((-1000_i16..=1000, 0..=FULL), 1..9).prop_map(|mut points| {
        points.sort_unstable();
        points.dedup_by_key(|point| point.0);
        let mut scores: Vec<u16> = points.iter().map(|point| point.1).collect();
        scores.sort_unstable();
        let knots = points.iter().zip(scores).map(|(point, score)| (f32::from(point.0) / 1000.0, score)).collect();
        Scale::new(knots).unwrap()
    });
    (scale.clone(), scale.clone(), scale).prop_map(|(labels, topics, audiences)| Calibration {
        labels,
        topics,
        audiences,
    })
}

fn brief(calibration: Calibration, product: &str, niche: &str) -> Brief {
    let wish = Wish { product_name: product.into(), product_niche: niche.into(), ..Wish::default() };
    Brief::new(wish, calibration, |_| vec![0.6, 0.8])
}

proptest! {
    #[test]
    fn no_cosine_takes_a_total_above_its_bound(
        calibration in any_calibration(),
        parts in (0..=FULL, 0..=FULL, 0..=FULL), has_label: bool, has_topic: bool,
        cosines in (-1.1_f32..1.1, -1.1_f32..1.1), nearer in (0.0_f32..0.5, 0.0_f32..0.5),
    ) {
        let brief = brief(calibration, if has_topic { "band" } else { "" }, if has_label && has_topic { "fitness" } else { "" });
        let niche_score = if has_label { parts.0 } else { Facts::NO_LABEL };
        let facts = Facts { niche_score, engagement_score: parts.1, budget_fit: parts.2 };
        let scores = brief.combine(facts, cosines.0, cosines.1);
        prop_assert!(scores.total() <= brief.bound(facts));
        let better = brief.combine(facts, cosines.0 + nearer.0, cosines.1 + nearer.1);
        prop_assert!(scores.niche_match <= better.niche_match && scores.audience_match <= better.audience_match);
        prop_assert!(scores.parts().iter().all(|&part| part <= FULL));
        prop_assert!(brief.bound(facts) <= FULL);
        prop_assert!(brief.bound(facts) <= brief.ceiling(facts.niche_score).of(facts.engagement_score));
    }

    #[test]
    fn a_better_niche_name_never_scores_less(calibration in any_calibration(), label in 0..FULL, cosine in -1.0_f32..1.0) {
        let brief = brief(calibration, "band", "fitness");
        let score = |niche_score| {
            brief.combine(Facts { niche_score, engagement_score: 0, budget_fit: 0 }, cosine, 0.0).niche_match
        };
        prop_assert!(score(label) <= score(label + 1));
    }

    #[test]
    fn scales_are_monotone_and_within_range(calibration in any_calibration(), one in -2.0_f32..2.0, more in 0.0_f32..2.0) {
        let scale = calibration.topics;
        prop_assert!(scale.percent(one) <= scale.percent(one + more) && scale.percent(one) <= FULL);
    }

    #[test]
    fn any_model_gives_a_scale(seed: u64, size in 1_usize..8, flat: bool) {
        // Not a model at all: texts point anywhere, or all the same way.
        let embed = |text: &str| -> Vec<f32> {
            let mut state = text.bytes().fold(seed, |state, byte| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
            (0..size).map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                if flat { 1.0 } else { (state >> 40) as f32 / 8_388_608.0 - 1.0 }
            }).collect()
        };
        let calibration = Calibration::from_probes(embed);
        for scale in [&calibration.labels, &calibration.topics, &calibration.audiences] {
            prop_assert!(Scale::new(scale.knots().to_vec()).is_some(), "{:?}", scale.knots());
            prop_assert_eq!((scale.percent(-1.0), scale.percent(1.0), scale.percent(f32::NAN)), (0, FULL, 0));
        }
        let stored = serde_json::to_string(&calibration).unwrap();
        prop_assert_eq!(serde_json::from_str::<Calibration>(&stored).unwrap(), calibration);
    }
}

#[test]
fn a_model_that_knows_nothing_still_gives_a_scale() {
    for vector in [vec![], vec![0.0, 0.0], vec![f32::NAN, 1.0], vec![f32::INFINITY]] {
        let calibration = Calibration::from_probes(|_| vector.clone());
        assert!(Scale::new(calibration.topics.knots().to_vec()).is_some(), "{vector:?}");
    }
}

#[test]
fn stored_scales_are_checked() {
    for wrong in ["[]", "[[0.5,0],[0.4,1]]", "[[0.1,5],[0.2,4]]", "[[0.1,10001]]", "[[1.5,0]]"] {
        assert!(serde_json::from_str::<Scale>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_same_niche_by_name_is_worth_70_and_more() {
    let scale = Scale::new(vec![(0.0, 0), (1.0, FULL)]).unwrap();
    let calibration = Calibration { labels: scale.clone(), topics: scale.clone(), audiences: scale };
    let brief = brief(calibration, "band", "Fitness, Tech");
    let never = || -> Vec<f32> { unreachable!("the names say it") };
    let niche_match = |label: Label, cosine| {
        brief.combine(Facts { niche_score: label.score, engagement_score: 0, budget_fit: 0 }, cosine, 0.0).niche_match
    };
    assert_eq!(niche_match(brief.label("FITNESS", never), 0.0), 7000);
    assert_eq!(niche_match(brief.label("tecnología", never), 1.0), FULL);
    assert_eq!(brief.label("cooking, technology", never).score, FULL);
    let unrelated = brief.label("cooking", || vec![0.8, -0.6]);
    assert_eq!((unrelated.score, niche_match(unrelated, 0.5)), (0, 3000));
    assert_eq!(brief.label("  ", never).score, Facts::NO_LABEL);
}

#[test]
fn texts_to_embed_are_those_that_are_asked_for() {
    let wish = Wish {
        product_name: "Band".into(),
        product_description: "It counts steps.".into(),
        product_niche: "Fitness, Tech".into(),
        target_audience: "Runners".into(),
        ..Wish::default()
    };
    assert_eq!(wish.texts(), ["Band. It counts steps", "Fitness, Tech", "Runners", "Fitness", "Tech"]);
    let texts = wish.texts();
    let scale = Scale::new(vec![(0.0, 0)]).unwrap();
    let calibration = Calibration { labels: scale.clone(), topics: scale.clone(), audiences: scale };
    Brief::new(wish, calibration, |text| {
        assert!(texts.iter().any(|known| known == text), "{text}");
        vec![1.0]
    });
    assert_eq!(profile_text("fitness", None, Some("Runners.")), "fitness. Runners");
    assert!(Wish::default().texts().is_empty());
}
