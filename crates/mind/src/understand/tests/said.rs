use super::*;

#[test]
fn says_what_it_understood() {
    for (query, sentence) in [
        (
            "Find tech YouTubers with 100K+ subscribers who review gadgets",
            "Looking for technology creators on YouTube with at least 100K followers; ranked by meaning for “tech review gadgets”.",
        ),
        (
            "microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€",
            "Se buscan creadores de cocina vegana en España con entre 10K y 100K seguidores y al menos 5% de engagement por hasta \
             800 €; ordenados por afinidad con «cocina vegana».",
        ),
        (
            "Spanish-speaking gamers on TikTok or Instagram in the US under $2,000, no crypto, politics",
            "Looking for gaming creators on TikTok or Instagram in the United States who speak Spanish for up to $2,000, leaving out \
             crypto and politics; ranked by meaning for “gamers”.",
        ),
        ("most followed LATAM influencers", "Looking for creators in Latin America; largest audience first."),
        ("nano influencers", "Looking for creators with fewer than 10K followers."),
        (
            "youtubers de humor con 1,5 millones de suscriptores y entre 2,5% y 4% de interacción",
            "Se buscan creadores de humor en YouTube con al menos 1,5M de seguidores y entre 2,5% y 4% de engagement; ordenados por \
             afinidad con «humor».",
        ),
        ("influencers sin apuestas ni TikTok", "Se buscan creadores, sin apuestas ni TikTok."),
        ("find influencers", "Looking for creators; no filter was recognised."),
        ("", "Looking for creators; no filter was recognised."),
    ] {
        assert_eq!(parse(query).interpretation(None), sentence, "{query}");
    }
    let read = parse("beauty creators in Spain");
    assert_eq!(
        read.interpretation(Some(Lang::Es)),
        "Se buscan creadores de belleza en España; ordenados por afinidad con «beauty»."
    );
}

#[test]
fn recommends_filters() {
    let filters = |query: &str| parse(query).recommended_filters();
    assert_eq!(
        filters("Find tech YouTubers with 100K+ subscribers who review gadgets"),
        ["platform: youtube", "niche: technology", "followers: 100K+", "tech", "review", "gadgets"]
    );
    assert_eq!(
        filters("microinfluencers de cocina vegana en España con más de 5% de engagement, hasta 800€"),
        ["niche: vegan food", "followers: 10K–100K", "engagement: 5%+", "country: Spain", "budget: up to €800"]
    );
    assert_eq!(
        filters("LATAM rugby players, no gambling"),
        ["niche: sports", "region: Latin America", "not: gambling", "rugby", "players"]
    );
    assert_eq!(filters("xyzzy"), ["xyzzy"]);
    assert!(filters("find influencers").is_empty());
}
