//! What is sent about offers.

use collaborations::ContractWish;
use input::Input;
use input::rule::{self, Problem, Rule};
use kernel::{Amount, Currency, Timestamp, Words};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::figures::country_code;
use super::requirements::Requirements;
use super::words::{Category, Format, Network, PostedBy};

/// A list of words of an enumeration, each once.
fn words<T: Words + ToSchema + PartialEq>(most: usize) -> impl Rule<Output = Vec<T>> {
    rule::list(most, rule::word::<T>()).map(each_once)
}

/// The same with one word at least.
fn some_words<T: Words + ToSchema + PartialEq>(most: usize) -> impl Rule<Output = Vec<T>> {
    rule::some(most, rule::word::<T>()).map(each_once)
}

fn each_once<T: Copy + PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut each: Vec<T> = Vec::with_capacity(all.len());
    for one in all {
        if !each.contains(&one) {
            each.push(one);
        }
    }
    each
}

/// A tag or a mention: one word, with or without its sign.
fn one_word(most: usize, sign: char) -> impl Rule<Output = String> {
    let word = rule::text(most).and_then(move |word| {
        let bare = word.trim_start_matches([sign, '＃', '＠']);
        if bare.is_empty() || bare.contains(|letter: char| letter.is_whitespace() || letter.is_control()) {
            return Err(Problem::new("wrong_format", format!("must be one word, such as {sign}example")));
        }
        Ok(word)
    });
    let pattern = format!(r"^\s*[{sign}＃＠]*[^{sign}＃＠\s]\S*\s*$");
    word.described(move || json!({"type": "string", "minLength": 1, "maxLength": most, "pattern": pattern}))
}

/// A country, by code or name; two letters come of it.
pub(crate) fn country() -> impl Rule<Output = String> {
    rule::rule(
        || json!({"type": "string", "minLength": 2, "maxLength": 100}),
        |value, from_text| {
            let name = rule::text(100).read(value, from_text)?;
            country_code(&name).ok_or_else(|| {
                Problem::new("unknown_value", "must be a country, by name or by its code of ISO 3166, such as ES")
            })
        },
    )
}

/// What the content has to meet.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Input)]
#[input(name = "ContentSpecs")]
pub struct ContentSpecs {
    /// As what it may be published. Each has to be there on one of the offer's platforms.
    #[input(words::<Format>(11), default)]
    pub formats: Vec<Format>,
    /// Tags that have to stand in a caption.
    #[input(list(30, one_word(100, '#')), default)]
    pub required_hashtags: Vec<String>,
    /// Accounts that have to be mentioned in a caption.
    #[input(list(30, one_word(100, '@')), default)]
    pub required_mentions: Vec<String>,
    /// Rules of the caption in words.
    #[input(text(2_000), example = "Min 50 chars describing product benefits")]
    pub caption_requirements: Option<String>,
    /// Words that must not stand in any caption.
    #[input(list(100, text(100)), default)]
    pub forbidden_words: Vec<String>,
    /// Links that have to be there.
    #[input(list(10, url()), default)]
    pub required_links: Vec<String>,
    /// Codes that have to stand in a caption.
    #[input(list(10, text(60)), default)]
    pub required_codes: Vec<String>,
    /// The language to write in: a code or a name.
    #[input(text(60), example = "es")]
    pub language: Option<String>,
    /// Who publishes it. What a business publishes itself needs no disclosure of the creator.
    #[input(word, default = PostedBy::Creator)]
    pub posted_by: PostedBy,
    /// Anything else that a creator has to know.
    #[input(text(5_000))]
    pub guidelines: Option<String>,
}

/// A new offer. It begins as a draft, which its business alone sees.
#[derive(Clone, Debug, Input)]
#[input(change = OfferChanges)]
pub struct NewOffer {
    /// What is asked for, in a line.
    #[input(text(200), example = "Instagram Post - Summer Campaign")]
    pub title: String,
    /// More of it.
    #[input(text(10_000), example = "A post of summer for our product")]
    pub description: String,
    /// What it is about.
    #[input(word, example = "FASHION")]
    pub category: Category,
    /// Where the content is published; one at least.
    #[input(some_words::<Network>(4))]
    pub platforms: Vec<Network>,
    /// What a creator gets at least; 0 where the work is not paid in money.
    #[input(amount(true), example = 500)]
    pub budget_min: Amount,
    /// What a creator gets at most.
    #[input(amount(false), example = 2000)]
    pub budget_max: Amount,
    /// In which currency (ISO 4217).
    #[input(currency, default = Currency::USD, example = "EUR")]
    pub currency: Currency,
    /// Whom it takes; everybody, unless something is asked.
    #[input(nested::<Requirements>(), default, clears)]
    pub requirements: Requirements,
    /// What the content has to meet.
    #[input(nested::<ContentSpecs>(), default, clears)]
    pub content_specs: ContentSpecs,
    /// For creators in these countries (by code or name); an empty list is everywhere.
    #[input(list(50, country()), default, clears)]
    pub countries: Vec<String>,
    /// Until when creators may apply. Without one they may until the offer is archived.
    #[input(moment())]
    pub application_deadline: Option<Timestamp>,
    /// Until when content has to be handed in: after `application_deadline`.
    #[input(moment())]
    pub content_deadline: Option<Timestamp>,
    /// How many creators are wanted; without a number there is no bound.
    #[input(whole(1, 10_000).map(|places| places as u32), example = 3)]
    pub places: Option<u32>,
    /// Whether the collaboration has a contract: `none`, `draft`, or `required` before anything is scheduled.
    #[input(word, default = ContractWish::None)]
    pub contract: ContractWish,
    /// How often a creator may hand in again after a rejection.
    #[input(whole(0, 10).map(|times| times as u32), default = 2_u32)]
    pub max_revisions: u32,
    /// What you may do with the content, in words.
    #[input(text(2_000), example = "6 months on your own channels")]
    pub usage_rights: Option<String>,
    /// In the public list? Else only those whom you invite see it.
    #[input(flag(), default = true)]
    pub is_public: bool,
}
