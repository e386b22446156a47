use proptest::prelude::*;

use super::*;

/// Words that mean something, to be put together at random.
const PIECES: [&str; 46] = [
    "100K+",
    "followers",
    "under",
    "€",
    "800",
    "no",
    "sin",
    "gaming",
    "in",
    "Spain",
    "and",
    ",",
    "entre",
    "y",
    "5%",
    "engagement",
    "micro",
    "influencers",
    "US",
    "x",
    "-",
    "more than",
    "hasta",
    "mil",
    "k",
    "M",
    "Spanish",
    "speaking",
    "de",
    "food",
    "mexicano",
    "YouTube",
    "except",
    "TikTok",
    "between",
    "to",
    "$",
    ":",
    "country",
    "LATAM",
    "Madrid",
    "based",
    "not",
    "or less",
    "/",
    "million",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_is_read(query in "\\PC{0,200}") {
        holds(&query)?;
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        holds(&String::from_utf8_lossy(&bytes))?;
    }

    #[test]
    fn any_sentence_is_read(pieces in proptest::collection::vec(0..PIECES.len(), 0..25), glue in "[ ]{0,1}") {
        let words: Vec<&str> = pieces.iter().map(|&piece| PIECES[piece]).collect();
        holds(&words.join(&glue))?;
        holds(&words.join(" "))?;
    }

    #[test]
    fn counts_round_trip(thousands in 1_u64..900) {
        let value = thousands * 1_000;
        for query in [
            format!("creators with {thousands}K+ followers"),
            format!("creators with at least {value} subscribers"),
            format!("creadores con más de {thousands} mil seguidores"),
            format!("creadores con más de {thousands}.000 seguidores"),
            format!("more than {thousands},000 followers"),
        ] {
            let read = parse(&query);
            prop_assert_eq!((read.followers_min, read.followers_max), (Some(value), None), "{}", query);
            prop_assert_eq!(read.meaning, "");
        }
    }

    #[test]
    fn ranges_round_trip(low in 1_u64..400, more in 1_u64..400) {
        let (low, high) = (low * 1_000, (low + more) * 1_000);
        for query in [
            format!("{}k-{}k followers", low / 1_000, high / 1_000),
            format!("between {}k and {}k followers", low / 1_000, high / 1_000),
            format!("entre {low} y {high} seguidores"),
            format!("de {} a {} mil seguidores", low / 1_000, high / 1_000),
        ] {
            let read = parse(&query);
            prop_assert_eq!((read.followers_min, read.followers_max), (Some(low), Some(high)), "{}", query);
        }
    }

    #[test]
    fn budgets_round_trip(low in 1_i64..5_000, more in 0_i64..5_000) {
        let high = low + more;
        let read = parse(&format!("gamers for ${low}-${high}"));
        prop_assert_eq!((read.budget_min_minor, read.budget_max_minor), (Some(low * 100), Some(high * 100)));
        let read = parse(&format!("gamers, presupuesto de {low}€ a {high}€"));
        prop_assert_eq!((read.budget_min_minor, read.budget_max_minor), (Some(low * 100), Some(high * 100)));
    }
}

/// What is true of every reading.
fn holds(query: &str) -> Result<(), TestCaseError> {
    let read = parse(query);
    prop_assert_eq!(&parse(query), &read);
    for evidence in &read.evidence {
        prop_assert!(query.contains(&evidence.words) && !evidence.words.is_empty());
    }
    prop_assert!(read.meaning.len() <= query.len() + 1);
    prop_assert!(read.engagement_min.into_iter().chain(read.engagement_max).all(|rate| (0.0..=100.0).contains(&rate)));
    prop_assert!(read.budget_min_minor.into_iter().chain(read.budget_max_minor).all(|minor| minor >= 0));
    prop_assert!(!read.interpretation(Some(Lang::En)).is_empty() && !read.interpretation(Some(Lang::Es)).is_empty());
    let json = serde_json::to_string(&read).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let back: Understanding = serde_json::from_str(&json).map_err(|error| TestCaseError::fail(error.to_string()))?;
    prop_assert_eq!(back, read.clone());
    read.recommended_filters();
    Ok(())
}

#[test]
fn long_queries_are_read_in_part() {
    for piece in ["100K ", "no ", "é", "in Spain and ", "$", "-", "1.", "x", "\u{0}", "and, ", "Spanish ", "micro "] {
        let query = piece.repeat(10_000 / piece.chars().count() + 1);
        let read = parse(&query);
        assert!(read.meaning.len() <= MAX_QUERY_BYTES + 1, "{piece}");
        assert!(read.evidence.len() <= MAX_QUERY_BYTES);
    }
}
