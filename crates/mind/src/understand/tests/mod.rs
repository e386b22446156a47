//! Whole queries in, whole readings out.

mod fuzz;
mod llm;
mod said;
mod spelled;

use super::*;

/// An understanding in one line, as queries.tsv writes it.
fn brief(of: &Understanding) -> String {
    fn range<T: std::fmt::Display>(name: &str, min: Option<T>, max: Option<T>) -> Option<String> {
        let show = |end: Option<T>| end.map_or(String::new(), |end| end.to_string());
        (min.is_some() || max.is_some()).then(|| format!("{name}={}..{}", show(min), show(max)))
    }
    fn list<T: std::fmt::Display>(name: &str, items: &[T]) -> Option<String> {
        let items: Vec<String> = items.iter().map(ToString::to_string).collect();
        (!items.is_empty()).then(|| format!("{name}={}", items.join(",")))
    }
    let names = |platforms: &[Platform]| platforms.iter().map(|platform| platform.word()).collect::<Vec<_>>();
    let sort = of.sort.map(|sort| format!("sort={}", format!("{sort:?}").to_lowercase()));
    let money = of.currency.as_deref().unwrap_or("budget");
    [
        Some(format!("{:?}", of.lang).to_lowercase()),
        list("on", &names(&of.platforms)),
        list("niche", &of.niches),
        range("followers", of.followers_min, of.followers_max),
        range("views", of.views_min, of.views_max),
        range("engagement", of.engagement_min, of.engagement_max),
        list("in", &of.countries),
        list("speaks", &of.languages),
        range(money, of.budget_min_minor, of.budget_max_minor),
        list("no", &of.excluded_niches),
        list("not-on", &names(&of.excluded_platforms)),
        list("not-in", &of.excluded_countries),
        list("not-speaking", &of.excluded_languages),
        list("no-words", &of.excluded_words),
        list("unread", &of.not_understood),
        sort,
        Some(format!("~ {}", of.meaning)),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(" ")
    .trim_end()
    .to_owned()
}

#[test]
fn reads_queries() {
    let mut wrong = Vec::new();
    let mut read = 0;
    for line in include_str!("queries.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (query, expected) = line.split_once('\t').unwrap();
        let found = brief(&parse(query));
        if found != expected {
            wrong.push(format!("{query}\n  expected {expected}\n  found    {found}"));
        }
        read += 1;
    }
    assert!(read >= 80);
    assert!(wrong.is_empty(), "{} of {read}:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn shows_the_words_each_constraint_was_read_from() {
    let evidence = |query: &str| -> Vec<(String, String)> {
        parse(query).evidence.into_iter().map(|evidence| (evidence.field, evidence.words)).collect()
    };
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>();
    assert_eq!(
        evidence("Find tech YouTubers with 100K+ subscribers who review gadgets"),
        pairs(&[
            ("niches", "tech"),
            ("platforms", "YouTubers"),
            ("followers", "100K+ subscribers"),
            ("niches", "gadgets"),
        ])
    );
    assert_eq!(
        evidence("microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€"),
        pairs(&[
            ("followers", "microinfluencers"),
            ("niches", "cocina vegana"),
            ("countries", "en España"),
            ("engagement", "más de 5% de engagement"),
            ("budget", "hasta 800€"),
        ])
    );
    assert_eq!(
        evidence("gamers in Spain, Mexico and Peru, no TikTok"),
        pairs(&[
            ("niches", "gamers"),
            ("countries", "in Spain"),
            ("countries", "Mexico"),
            ("countries", "Peru"),
            ("excluded_platforms", "no TikTok"),
        ])
    );
}

#[test]
fn is_the_same_after_a_trip_through_json() {
    let read = parse("microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€, sin TikTok");
    let json = serde_json::to_string(&read).unwrap();
    assert_eq!(serde_json::from_str::<Understanding>(&json).unwrap(), read);
    assert_eq!(serde_json::from_str::<Understanding>("{}").unwrap(), Understanding::default());
    assert!(Understanding::default().is_empty() && !read.is_empty());
}

#[test]
fn macro_begins_where_micro_ends() {
    let asked: Vec<_> = Tier::ALL.iter().map(|tier| tier.asked()).collect();
    assert_eq!(asked[3], (100_000, Some(999_999)));
    for tier in [Tier::Nano, Tier::Micro, Tier::Mid, Tier::Mega] {
        assert_eq!(tier.asked(), tier.bounds());
    }
    assert!(llm_prompt("x").contains("macro 100000 to 999999"));
}

#[test]
fn tiers_have_the_reference_bounds() {
    for (followers, tier) in [
        (0, Tier::Nano),
        (9_999, Tier::Nano),
        (10_000, Tier::Micro),
        (99_999, Tier::Micro),
        (100_000, Tier::Mid),
        (500_000, Tier::Macro),
        (999_999, Tier::Macro),
        (1_000_000, Tier::Mega),
        (u64::MAX, Tier::Mega),
    ] {
        assert_eq!(Tier::of(followers), tier, "{followers}");
    }
}
