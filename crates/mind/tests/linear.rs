//! Reading takes time that grows with the text, and not with its square: whoever sends the longest text that is taken costs no more than
//! many who send short ones.

use std::time::Duration;

use cpu_time::ThreadTime;
use mind::brief::{self, Caption, Content, Unread};
use mind::dialogue::{self, Brief, Lang, Refusal, Talk};
use mind::{talk, text, understand};
use proptest::prelude::*;

/// What texts are put together of: words that mean something, signs, and what tempts a parser to look back or ahead.
const PIECES: &[&str] = &[
    ", sin abc",
    " no ",
    "not in ",
    "except ",
    "neither Mexico nor ",
    "1.2M ",
    "un millón y medio ",
    "under three hundred thousand ",
    "$",
    "€",
    "1,000,000.00 ",
    "Creator: ",
    "Brand: Hello. ",
    "[00:12] Agent: ",
    "\n",
    "\n\n",
    ". ",
    "! ",
    "… ",
    "\"",
    "(",
    ")",
    ":",
    "http://",
    "a@b.c ",
    "stop calling me ",
    "next week ",
    "rate ",
    "followers ",
    "yes ",
    "no. ",
    "  ",
    "\t",
    "ñandú ",
    "日本",
    "😀",
    "0",
    "-",
    "'",
    "I'd charge 500 dollars. ",
    "de comida ",
    "from Spain ",
    "with ",
    "and ",
    "y ",
    "or ",
    "twenty ",
    "veinte ",
    "k ",
    "%",
    "#",
    "#tag ",
    "#ad",
    "@a.b ",
    "＃ñ",
    "\u{200b}",
    "\u{202e}",
    "«",
    "Min 50 chars, ",
    "e\u{301}",
    "👨\u{200d}👩\u{200d}👧",
];

/// The least time of three that reading takes.
fn time(read: &impl Fn(&str), text: &str) -> Duration {
    let once = || {
        // Of this thread alone: what it has to wait for on a busy machine does not count.
        let started = ThreadTime::now();
        read(text);
        started.elapsed()
    };
    (0..3).map(|_| once()).min().unwrap_or_default()
}

/// Doubles the text three times. What is linear takes eight times as long then, what is quadratic sixty-four times; the bound lies between,
/// and a little is given to a busy machine.
fn is_linear(name: &str, unit: &str, most: usize, read: &impl Fn(&str)) {
    let text = unit.repeat(most / unit.len() + 1);
    let cut = |bytes: usize| &text[..text.floor_char_boundary(bytes)];
    let (short, long) = (time(read, cut(most / 8)), time(read, cut(most)));
    assert!(
        long <= short * 24 + Duration::from_millis(25),
        "{name}: {short:?} for {} bytes, {long:?} for {most} of {unit:?}",
        most / 8
    );
}

fn check(unit: &str) {
    is_linear("search", unit, understand::MAX_QUERY_BYTES, &|text| drop(understand::parse(text)));
    is_linear("transcript", unit, 1 << 17, &|text| drop(talk::analyse(text, Some("Ana Lía"))));
    is_linear("turns", unit, 1 << 18, &|text| drop(talk::turns(text, None)));
    is_linear("refusal", unit, 1 << 17, &|text| {
        let _ = Refusal::of(text);
    });
    is_linear("voicemail", unit, 1 << 17, &|text| {
        let _ = dialogue::is_voicemail(text);
    });
    is_linear("folding", unit, 1 << 18, &|text| drop(text::fold(text)));
    is_linear("caption", unit, 1 << 15, &|text| {
        let brief = brief::Brief {
            required_hashtags: vec!["#tag".into(), "#summer".into()],
            required_mentions: vec!["@brand".into()],
            caption_requirements:
                "Min 50 chars; mention the free shipping in the first line; don't mention prices; end with a question"
                    .into(),
            forbidden_words: vec!["cheap".into()],
            advertising: true,
            markets: vec!["US".into(), "ES".into()],
            ..brief::Brief::default()
        };
        let caption = Caption { name: "instagram".into(), text: text.to_owned() };
        let content = Content { captions: vec![caption], platform: "INSTAGRAM".into(), ..Content::default() };
        drop(brief::check(&brief, &content, &Unread));
    });
    is_linear("rules of a brief", unit, 1 << 13, &|text| {
        let brief = brief::Brief { caption_requirements: text.to_owned(), ..brief::Brief::default() };
        let caption = Caption { name: String::new(), text: "A caption about nothing. #ad".into() };
        drop(brief::check(&brief, &Content { captions: vec![caption], ..Content::default() }, &Unread));
    });
    is_linear("dialogue", unit, 1 << 15, &|said| {
        let brief = Brief::default();
        let (mut talk, _) = Talk::open(&brief, Lang::En);
        drop(talk.hear(&brief, said));
        drop(talk.report(&brief));
    });
}

#[test]
fn each_piece_over_and_over() {
    for piece in PIECES {
        check(piece);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn pieces_in_any_order(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..8)) {
        check(&pieces.concat());
    }
}
