//! The match score on real texts: the embedded model, thirty creators and eleven campaigns in English and Spanish with graded
//! judgements; and sixty campaigns for fine niches (which kind of running, of gaming, of skin care) among 127 creators.

use kernel::Platform;

use super::*;
use crate::embed::{StaticModel, cosine};

type Row = Vec<&'static str>;
type Judged = (Row, Brief, Vec<(&'static str, Evidence)>);

fn rows(table: &'static str) -> Vec<Row> {
    table.lines().filter(|line| !line.starts_with('#')).map(|line| line.split('\t').collect()).collect()
}

fn embed(text: &str) -> Vec<f32> {
    StaticModel::embedded().embed(text)
}

fn brief(row: &Row) -> Brief {
    let wish = Wish {
        product_name: row[0].into(),
        product_niche: row[1].into(),
        product_description: row[2].into(),
        key_use_cases: row[3].into(),
        target_audience: row[4].into(),
        budget: Budget::of(row[5].parse::<i64>().unwrap() * 100),
    };
    Brief::new(wish, Calibration::from_probes(embed), embed)
}

fn view(row: &Row) -> CreatorView<'static> {
    CreatorView {
        platform: Platform::parse(row[1]).unwrap(),
        followers: row[2].parse().unwrap(),
        engagement: row[3].parse().ok(),
        rate_minor: row[4].parse().ok().map(|rate: f64| (rate * 100.0) as i64),
        niche: row[5],
        about: Some(row[6]),
        audience_type: None,
        avg_views: None,
        rating: None,
        previous_brands: &[],
    }
}

fn evidence(brief: &Brief, creator: &Row) -> Evidence {
    let view = view(creator);
    let profile = embed(&profile_text(view.niche, view.about, None));
    let (topic, audience) = (cosine(brief.topic(), &profile), cosine(brief.audience(), &profile));
    brief.weigh(&Norms::builtin(), &view, || embed(view.niche), topic, audience)
}

fn creators() -> Vec<Row> {
    rows(include_str!("../../tests/data/match_creators.tsv"))
}

fn campaigns() -> Vec<Row> {
    rows(include_str!("../../tests/data/match_campaigns.tsv"))
}

fn grade(campaign: &Row, name: &str) -> u32 {
    campaign[6..]
        .iter()
        .position(|names| names.split(' ').any(|other| other == name))
        .map_or(0, |place| 3 - place as u32)
}

fn ndcg(campaign: &Row, mut ranked: Vec<(u32, &'static str)>) -> f64 {
    ranked.sort_by_key(|&(points, _)| std::cmp::Reverse(points));
    let gain = |name: &str| f64::from((1 << grade(campaign, name)) - 1);
    let sum = |gains: Vec<f64>| {
        gains.iter().take(10).zip(2_u32..).map(|(gain, place)| gain / f64::from(place).log2()).sum::<f64>()
    };
    let gains: Vec<_> = ranked.iter().map(|&(_, name)| gain(name)).collect();
    let mut ideal = gains.clone();
    ideal.sort_by(|a, b| b.total_cmp(a));
    sum(gains) / sum(ideal)
}

/// Every campaign, its brief, and every creator with what its scores are made of.
fn judged() -> Vec<Judged> {
    let judge = |campaign: Row| {
        let brief = brief(&campaign);
        let evidence = creators().iter().map(|creator| (creator[0], evidence(&brief, creator))).collect();
        (campaign, brief, evidence)
    };
    campaigns().into_iter().map(judge).collect()
}

/// A fine campaign, or a fine creator, in the columns of the others.
fn fine_campaign(row: &Row) -> Row {
    [&row[..5], &["0"], &row[5..]].concat()
}

fn fine_grade(campaign: &Row, name: &str) -> f64 {
    f64::from((1 << grade(campaign, name)) - 1)
}

/// nDCG@10 of a fine campaign where all have the same engagement and are affordable.
fn fine_ndcg(campaign: &Row, creators: &[(Row, Vec<f32>)], points: &dyn Fn(Scores) -> u32) -> f64 {
    let brief = brief(campaign);
    let ranked = creators.iter().map(|(creator, profile)| {
        let facts = Facts {
            niche_score: brief.label(creator[1], || embed(creator[1])).score,
            engagement_score: FULL,
            budget_fit: FULL,
        };
        let scores = brief.combine(facts, cosine(brief.topic(), profile), cosine(brief.audience(), profile));
        (points(scores), fine_grade(campaign, creator[0]))
    });
    let mut ranked: Vec<_> = ranked.collect();
    ranked.sort_by_key(|&(points, _)| std::cmp::Reverse(points));
    let gains: Vec<f64> = ranked.iter().map(|&(_, gain)| gain).collect();
    let mut ideal = gains.clone();
    ideal.sort_by(|a, b| b.total_cmp(a));
    let sum = |gains: Vec<f64>| {
        gains.iter().take(10).zip(2_u32..).map(|(gain, place)| gain / f64::from(place).log2()).sum::<f64>()
    };
    sum(gains) / sum(ideal)
}

fn of(campaign: &str, creator: &str) -> Evidence {
    let judged = judged().into_iter().find(|(row, ..)| row[0] == campaign).unwrap();
    judged.2.into_iter().find(|(name, _)| *name == creator).unwrap().1
}

#[test]
fn every_judgement_names_a_creator() {
    let creators = creators();
    for campaign in campaigns() {
        for name in campaign[6..].iter().flat_map(|names| names.split(' ')).filter(|name| *name != "-") {
            assert!(creators.iter().any(|creator| creator[0] == name), "{name}");
        }
    }
}

#[test]
fn the_ranking_is_as_good_as_measured() {
    let by = |points: &dyn Fn(Scores) -> u32| {
        let ndcg_of = |(campaign, _, all): &Judged| {
            let ndcg = ndcg(campaign, all.iter().map(|(name, evidence)| (points(evidence.scores), *name)).collect());
            assert!(ndcg > 0.8, "{}: {ndcg:.3}", campaign[0]);
            ndcg
        };
        let all: Vec<f64> = judged().iter().map(ndcg_of).collect();
        all.iter().sum::<f64>() / all.len() as f64
    };
    let niche = by(&|scores| scores.niche_match.into());
    let content = by(&|scores| u32::from(scores.niche_match) * 35 + u32::from(scores.audience_match) * 25);
    let total = by(&|scores| scores.total().into());
    println!("nDCG@10: niche {niche:.3}, niche and audience {content:.3}, total {total:.3}");
    // Measured 0.981, 0.970 and 0.953. Engagement and price move the total away from what the judgements are about.
    assert!(niche > 0.97 && content > 0.955 && total > 0.93, "{niche:.3} {content:.3} {total:.3}");
}

#[test]
fn the_same_niche_is_70_and_more_and_an_unrelated_one_30_and_less() {
    let (trainer, cook) = (of("FitBand Pro", "trainer").scores, of("FitBand Pro", "cook").scores);
    assert!(trainer.niche_match >= 7000 && trainer.total() >= 7500, "{trainer:?}");
    assert!(cook.niche_match <= 1000 && cook.audience_match <= 1000, "{cook:?}");
    for (campaign, _, all) in judged() {
        let mut strangers = Vec::new();
        for (name, evidence) in all {
            let kinship = evidence.label.nearest.as_ref().map(|nearest| nearest.1);
            if kinship == Some(niche::Kinship::Same) {
                assert!(evidence.scores.niche_match >= 7000, "{}: {name} {:?}", campaign[0], evidence.scores);
            } else if grade(&campaign, name) == 0 {
                strangers.push(evidence.scores.niche_match);
            }
        }
        strangers.sort_unstable();
        let (middle, nine_in_ten) = (strangers[strangers.len() / 2], strangers[strangers.len() * 9 / 10]);
        assert!(middle <= 1000, "{}: half of the unrelated reach {}", campaign[0], percent(middle));
        // Compound niches ("vegan food", "pet food", "Fitness Technology") are shared in half with a few.
        assert!(nine_in_ten <= 3000 || campaign[1].contains(' '), "{}: {}", campaign[0], percent(nine_in_ten));
    }
}

#[test]
fn a_bare_niche_is_enough_to_be_found() {
    let campaign = &campaigns()[0];
    let bare = |niche| {
        let row = vec!["-", "instagram", "374000", "5.9", "3769", niche, ""];
        evidence(&brief(campaign), &row).scores.niche_match
    };
    assert!(bare("Fitness") >= 6500 && bare("Food") <= 1500, "{} {}", bare("Fitness"), bare("Food"));
}

#[test]
fn within_a_niche_the_product_decides() {
    let niche = |creator| of("Green Bowl", creator).scores.niche_match;
    assert!(niche("veganchef") > niche("bbq") + 1000 && niche("cocinavegana") > niche("bbq") + 2000);
    let niche = |creator| of("Wireless Earbuds Pro", creator).scores.niche_match;
    assert!(niche("audio") > niche("phones") && niche("phones") > niche("makeup"));
}

#[test]
fn the_scale_means_something_on_texts_it_was_not_made_of() {
    let (mut best, mut strangers) = (Vec::new(), Vec::new());
    for (campaign, brief, all) in judged() {
        for (name, evidence) in all {
            match grade(&campaign, name) {
                3 => best.push(evidence.topic.unwrap()),
                0 => strangers.push(evidence.topic.unwrap()),
                _ => (),
            }
            let facts = Facts {
                niche_score: evidence.label.score,
                engagement_score: evidence.scores.engagement_score,
                budget_fit: evidence.scores.budget_fit,
            };
            assert!(brief.bound(facts) >= evidence.scores.total());
        }
    }
    let share = |scores: &[u16], fits: &dyn Fn(u16) -> bool| {
        scores.iter().filter(|score| fits(**score)).count() as f64 / scores.len() as f64
    };
    assert!(share(&best, &|score| score >= 7500) > 0.9, "{best:?}");
    assert!(share(&strangers, &|score| score <= 2000) > 0.85, "{strangers:?}");
}

#[test]
fn fine_niches_are_told_apart() {
    let creators = rows(include_str!("../../tests/data/fine_creators.tsv"));
    let creators: Vec<(Row, Vec<f32>)> = creators
        .into_iter()
        .map(|row| {
            let profile = embed(&profile_text(row[1], Some(row[2]), Some(row[3])));
            (row, profile)
        })
        .collect();
    let campaigns: Vec<Row> =
        rows(include_str!("../../tests/data/fine_briefs.tsv")).iter().map(fine_campaign).collect();
    for campaign in &campaigns {
        for name in campaign[6..].iter().flat_map(|names| names.split(' ')) {
            assert!(creators.iter().any(|(row, _)| row[0] == name), "{name}");
        }
    }
    let mean = |rows: &[&Row], points: &dyn Fn(Scores) -> u32| {
        rows.iter().map(|row| fine_ndcg(row, &creators, points)).sum::<f64>() / rows.len() as f64
    };
    let all: Vec<_> = campaigns.iter().collect();
    // How the parts are made was chosen on the even rows.
    let odd: Vec<_> = campaigns.iter().skip(1).step_by(2).collect();
    let total = |scores: Scores| u32::from(scores.total());
    let [total, niche, audience, held_out] = [
        mean(&all, &total),
        mean(&all, &|scores| scores.niche_match.into()),
        mean(&all, &|scores| scores.audience_match.into()),
        mean(&odd, &total),
    ];
    println!("nDCG@10: total {total:.3}, niche {niche:.3}, audience {audience:.3}; odd rows {held_out:.3}");
    // Measured 0.900 and 0.917; 0.865 and 0.889 where the names of niches weighed 40 to 70 %.
    assert!(total > 0.89 && held_out > 0.905, "{total:.3} {held_out:.3}");
}
